//! Checks of every chart of every sample: nothing is cut off, no text overlaps another, the file is small and well-formed,
//! and the description says the same. With `POLLHOOK_CHARTS=FOLDER` the pictures are written to that folder.

mod said;
mod shown;

use super::*;
use crate::study::figures;
use crate::study::summary::Reached;
use resvg::usvg;

fn every_chart(mut check: impl FnMut(&str, &Chart)) {
    for sample in samples::all() {
        for chart in charts(&sample.figures, &sample.clients) {
            check(&format!("{} of {}", chart.name, sample.name), &chart);
        }
    }
}

/// The words of a drawing with the boxes that they take, in pixels.
fn words(svg: &str) -> (usvg::Size, Vec<(String, usvg::Rect)>) {
    fn collect(group: &usvg::Group, words: &mut Vec<(String, usvg::Rect)>) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => collect(group, words),
                usvg::Node::Text(text) => {
                    let content = text.chunks().iter().map(usvg::TextChunk::text).collect();
                    words.push((content, text.abs_bounding_box()));
                }
                _ => {}
            }
        }
    }
    let tree = usvg::Tree::from_str(svg, &png::options()).expect("a chart is an SVG");
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    (tree.size(), found)
}

#[test]
fn no_word_is_clipped_or_stands_on_another() {
    let mut faults = Vec::new();
    every_chart(|what, chart| {
        let (size, words) = words(&chart.svg(Theme::Light));
        for (place, (text, area)) in words.iter().enumerate() {
            let inside = area.left() >= 0.0
                && area.top() >= 0.0
                && area.right() <= size.width()
                && area.bottom() <= size.height();
            if !inside {
                faults.push(format!("{what}: {text:?} at {area:?}"));
            }
            for (other, taken) in &words[place + 1..] {
                let apart = area.right() <= taken.left() + 0.5
                    || taken.right() <= area.left() + 0.5
                    || area.bottom() <= taken.top() + 3.0
                    || taken.bottom() <= area.top() + 3.0;
                if !apart {
                    faults.push(format!("{what}: {text:?} and {other:?} overlap"));
                }
            }
        }
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_chart_is_complete_in_words_and_follows_the_theme() {
    every_chart(|what, chart| {
        assert!(chart.title.ends_with('?') && chart.subtitle.ends_with('.'), "{what}: {}", chart.subtitle);
        let words =
            [&chart.subtitle, &chart.description].map(|text| text.contains("NaN") || text.contains("inf"));
        assert_eq!(words, [false, false], "{what}: {} {}", chart.subtitle, chart.description);
        let (light, dark, inline) = (chart.svg(Theme::Light), chart.svg(Theme::Dark), chart.inline());
        assert!(light.contains("#FFFFFF") && dark.contains("#14171A") && !dark.contains("var("), "{what}");
        assert!(
            inline.contains("var(--chart-paper)") && !inline.contains('#'.to_string().as_str())
                || inline.contains("url(#"),
            "{what}"
        );
        assert!(
            inline.starts_with("<svg") && inline.contains("role=\"img\"") && inline.contains("<desc"),
            "{what}"
        );
    });
}

#[test]
fn what_is_too_pale_for_its_paper_has_an_edge() {
    every_chart(|what, chart| {
        if !["requests", "bytes", "fates"].contains(&chart.name) {
            return;
        }
        let inline = chart.inline();
        for path in inline.split("<path ").filter(|path| path.starts_with("fill=\"var(--chart-client")) {
            let colour = path.split('"').nth(1).unwrap_or_default();
            let is_pale = path.contains(" opacity=");
            assert!(!is_pale || inline.contains(&format!("<path stroke=\"{colour}\"")), "{what}: {path}");
        }
    });
}

#[test]
fn a_file_is_light_with_a_rule_for_dark_screens() {
    every_chart(|what, chart| {
        let file = chart.svg_file();
        assert!(file.contains("prefers-color-scheme:dark") && !file.contains("var("), "{what}");
        assert!(file.replace(&colours::dark_css(), "") == chart.svg(Theme::Light), "{what}");
    });
}

/// The page puts one heading over neighbours of one chapter.
#[test]
fn the_charts_of_a_chapter_are_neighbours() {
    let mut chapters: Vec<&str> = PLANS.iter().map(|plan| plan.chapter).collect();
    chapters.dedup();
    let headings = chapters.len();
    chapters.sort_unstable();
    chapters.dedup();
    assert_eq!(chapters.len(), headings);
}

fn shipped(name: &str) -> &'static samples::Sample {
    samples::all().iter().find(|sample| sample.name == name).expect("it is shipped")
}

fn names(sample: &samples::Sample) -> Vec<&'static str> {
    charts(&sample.figures, &sample.clients).iter().map(|chart| chart.name).collect()
}

fn chart(sample: &samples::Sample, name: &str) -> Chart {
    let charts = charts(&sample.figures, &sample.clients);
    charts.into_iter().find(|chart| chart.name == name).expect("it is shown")
}

#[test]
fn a_day_takes_little_room_in_a_page() {
    let sample = samples::day();
    let sizes: Vec<(&str, usize)> = charts(&sample.figures, &sample.clients)
        .iter()
        .map(|chart| (chart.name, chart.inline().len()))
        .collect();
    let total: usize = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < 90_000, "{total} bytes: {sizes:?}");
}

#[test]
fn every_chart_becomes_a_picture() {
    let folder = std::env::var_os("POLLHOOK_CHARTS").map(std::path::PathBuf::from);
    for sample in samples::all() {
        for chart in charts(&sample.figures, &sample.clients) {
            // Both themes have the same shapes, so the test draws one. For a reader it draws both.
            let themes = if folder.is_some() { &[Theme::Light, Theme::Dark][..] } else { &[Theme::Light] };
            for &theme in themes {
                let picture = png(&chart.svg(theme)).expect("a chart can be drawn");
                assert!(picture.len() > 4_000, "{} of {}", chart.name, sample.name);
                if let Some(folder) = &folder {
                    let name = format!("{}-{}-{theme:?}.png", sample.name, chart.name);
                    std::fs::write(folder.join(name), picture).expect("the folder can be written");
                }
            }
        }
    }
}
