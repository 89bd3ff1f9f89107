//! How wide a text is, and how it is made to fit. The widths are the font's own, kept here as a table, because the
//! drawing library measures nothing; the letters themselves are drawn by whoever shows the chart.

use super::font;
use super::ink::is_reserved;

/// What separates the short form of a text from its full one inside a drawing; see [`fit`].
pub(super) const FULL_TEXT: char = '\u{E1FF}';

/// The width of a line of text, in pixels, for a font size in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|character| advance(character, bold)).sum::<f64>() * size / UNITS_PER_EM
}

/// The text, shortened with an ellipsis where it is wider than `room`; the shortened one carries the full text with
/// it, which becomes its tooltip.
pub(super) fn fit(text: &str, room: f64, size: f64, bold: bool) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size, bold);
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if width(&short, size, bold) > room {
            short.pop();
            break;
        }
    }
    format!("{}…{FULL_TEXT}{text}", short.trim_end())
}

/// The text in lines of at most `room`; only a word that is wider by itself is shortened.
pub(super) fn wrap(text: &str, room: f64, size: f64, bold: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line)
                if width(line, size, bold) + width(" ", size, bold) + width(word, size, bold) <= room =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(word, room, size, bold)),
        }
    }
    lines
}

/// The text without what a drawing cannot hold: control characters, and those it keeps for itself.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_reserved(c) && c != FULL_TEXT { ' ' } else { c }).collect()
}

/// What is drawn as text needs these in XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The `font-family` of a chart: the embedded font, then what a page has.
pub(super) fn family() -> String {
    format!("{},system-ui,sans-serif", font::FAMILY)
}

fn advance(character: char, bold: bool) -> f64 {
    let table = if bold { &SEMIBOLD } else { &REGULAR };
    match character {
        ' '..='~' => f64::from(table[character as usize - 0x20]),
        '\u{a0}' => f64::from(table[0]),
        '·' | '’' | '‘' => 660.0,
        '\u{202f}' | '\u{2009}' => 372.0,
        '…' => 1_960.0,
        // Wide enough for the other Latin letters and, beyond them, for the ideographs of another font.
        character if (character as u32) < 0x2e80 => 1_480.0,
        _ => UNITS_PER_EM,
    }
}

const UNITS_PER_EM: f64 = 2_048.0;

#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    576, 589, 954, 1297, 1314, 2011, 1319, 614, 747, 747, 1026, 1355, 590, 942, 590, 738,
    1292, 833, 1249, 1265, 1323, 1215, 1270, 1159, 1267, 1270, 590, 618, 1355, 1355, 1355, 1047,
    1978, 1413, 1340, 1496, 1478, 1231, 1209, 1528, 1522, 550, 1169, 1376, 1158, 1850, 1543, 1566,
    1308, 1566, 1318, 1314, 1322, 1524, 1413, 2018, 1397, 1390, 1288, 747, 738, 747, 965, 934,
    661, 1150, 1254, 1170, 1254, 1194, 758, 1256, 1211, 496, 496, 1124, 496, 1794, 1210, 1228,
    1254, 1254, 771, 1081, 670, 1211, 1151, 1676, 1118, 1151, 1131, 873, 681, 873, 1355,
];

#[rustfmt::skip]
const SEMIBOLD: [u16; 95] = [
    516, 658, 1071, 1318, 1332, 2057, 1357, 667, 764, 764, 1105, 1378, 653, 953, 653, 776,
    1351, 866, 1276, 1303, 1364, 1254, 1310, 1180, 1311, 1310, 653, 674, 1378, 1378, 1378, 1113,
    2046, 1490, 1350, 1509, 1479, 1240, 1204, 1534, 1527, 567, 1187, 1440, 1158, 1889, 1555, 1574,
    1321, 1583, 1336, 1332, 1352, 1507, 1490, 2089, 1474, 1461, 1336, 764, 776, 764, 986, 961,
    719, 1176, 1278, 1193, 1278, 1211, 796, 1281, 1254, 536, 536, 1166, 536, 1844, 1253, 1247,
    1278, 1278, 813, 1125, 723, 1254, 1202, 1719, 1165, 1205, 1159, 931, 735, 931, 1378,
];

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::usvg;

    /// The width of a text as the PNG renderer lays it out.
    fn laid_out(text: &str, weight: u32) -> f64 {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><text y=\"90\" font-family=\"Inter\" font-size=\"100\" \
             font-weight=\"{weight}\" style=\"font-kerning:none\">{text}|</text></svg>"
        );
        let tree = usvg::Tree::from_str(&svg, &super::super::png::options()).unwrap();
        f64::from(tree.root().children()[0].bounding_box().width())
    }

    #[test]
    fn widths_are_those_of_the_embedded_font() {
        for (weight, bold) in [(400, false), (600, true)] {
            for text in [
                "How late did we learn of it?",
                "0123456789 28m29s",
                "poll-60s_(XYZ)",
                "1\u{202f}410 · 83.1 %",
            ] {
                let (drawn, reckoned) = (laid_out(text, weight), width(&format!("{text}|"), 100.0, bold));
                assert!(
                    (drawn - reckoned).abs() < 0.04 * reckoned,
                    "{text}: {drawn} drawn, {reckoned} reckoned"
                );
            }
        }
    }

    #[test]
    fn a_long_name_ends_in_an_ellipsis_and_keeps_its_full_form() {
        let fitted = fit("webhook with a very long and telling name", 100.0, 12.0, true);
        let (short, full) = fitted.split_once(FULL_TEXT).unwrap();
        assert!(short.ends_with('…') && width(short, 12.0, true) <= 100.0, "{short}");
        assert_eq!(full, "webhook with a very long and telling name");
        assert_eq!(fit("poll", 100.0, 12.0, true), "poll");
    }

    #[test]
    fn lines_are_broken_between_words() {
        let lines = wrap("one two three four", 60.0, 12.0, false);
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 12.0, false) <= 60.0));
        assert_eq!(lines.join(" "), "one two three four");
    }
}
