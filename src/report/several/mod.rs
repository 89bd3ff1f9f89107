//! What the pages of several runs - of a comparison and of a sweep - have in common: head, style and charts.

use crate::chart::{self, Chart};

/// A chart as a part of a page.
pub(super) struct Drawn<'a> {
    pub(super) chart: &'a Chart,
    pub(super) svg: String,
}

/// The charts of a page.
pub(super) fn drawn(charts: &[Chart]) -> Vec<Drawn<'_>> {
    charts.iter().map(|chart| Drawn { chart, svg: chart.inline() }).collect()
}

/// The style sheet of a page.
pub(super) fn style() -> String {
    chart::font::css() + &chart::css() + include_str!("page.css")
}
