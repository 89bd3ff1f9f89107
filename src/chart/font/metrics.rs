//! How wide each letter of the embedded font is, read from the very files that a PNG is drawn with, so that no
//! second table can differ from them. It knows two tables of TrueType, `cmap` and `hmtx`, and no more.

use super::TRUETYPE;

/// Units of the font for one em.
pub(in crate::chart) const UNITS_PER_EM: f64 = 2_048.0;

/// The advance width of a character in units of the font; None where the font has no glyph for it.
pub(in crate::chart) fn advance(character: char, bold: bool) -> Option<f64> {
    let file = TRUETYPE[usize::from(bold)];
    let glyph = glyph(table(file, b"cmap")?, character)?;
    let widths = usize::from(u16_at(table(file, b"hhea")?, 34)?);
    // The last width is that of all glyphs after it.
    let place = usize::from(glyph).min(widths.checked_sub(1)?);
    u16_at(table(file, b"hmtx")?, place * 4).map(f64::from)
}

fn table<'f>(file: &'f [u8], tag: &[u8; 4]) -> Option<&'f [u8]> {
    let tables = usize::from(u16_at(file, 4)?);
    let entries = file.get(12..12 + tables * 16)?.chunks_exact(16);
    let entry = entries.into_iter().find(|entry| entry.starts_with(tag))?;
    let (start, length) = (u32_at(entry, 8)?, u32_at(entry, 12)?);
    file.get(start..start + length)
}

/// Looks a character up in the first subtable, which is in format 4: segments of characters that are mapped alike.
fn glyph(cmap: &[u8], character: char) -> Option<u16> {
    let code = u16::try_from(u32::from(character)).ok()?;
    let segments = cmap.get(u32_at(cmap, 8)?..)?;
    let double = usize::from(u16_at(segments, 6)?);
    let (ends, starts) = (14, 16 + double);
    let (deltas, offsets) = (starts + double, starts + 2 * double);
    let covers = |place: &usize| u16_at(segments, ends + place).is_some_and(|end| end >= code);
    let place = (0..double).step_by(2).find(covers)?;
    let start = u16_at(segments, starts + place)?;
    let along = code.checked_sub(start)?;
    let delta = u16_at(segments, deltas + place)?;
    let glyph = match u16_at(segments, offsets + place)? {
        0 => code.wrapping_add(delta),
        offset => {
            let at = offsets + place + usize::from(offset) + 2 * usize::from(along);
            u16_at(segments, at).filter(|glyph| *glyph > 0)?.wrapping_add(delta)
        }
    };
    (glyph > 0).then_some(glyph)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_other_alphabets_have_glyphs() {
        for bold in [false, true] {
            for name in
                ["poll 60s", "опрос каждую минуту", "Đăng ký, kế tiếp", "Έλεγχος", "Łódź ✓", "1\u{202f}410"]
            {
                assert!(name.chars().all(|c| advance(c, bold).is_some()), "{name}");
            }
            assert_eq!(advance('漢', bold), None);
        }
        assert_eq!((advance('0', false), advance('W', true)), (Some(1_292.0), Some(2_089.0)));
    }
}
