//! What the pages of several runs - of a comparison and of a sweep - have in common: charts, and what these tables add to
//! the style of all pages.

use super::frame::{Looks, squeezed, tight};
use crate::chart::{self, Chart};
use crate::report::metric::unbroken;

/// A chart as a part of a page.
pub(super) struct Drawn {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) subtitle: String,
    pub(super) how_to_read: String,
    pub(super) svg: String,
}

/// The charts of a page.
pub(super) fn drawn(charts: &[Chart]) -> Vec<Drawn> {
    let view = |chart: &Chart| Drawn {
        name: chart.name,
        title: chart.title,
        subtitle: unbroken(&chart.subtitle),
        how_to_read: unbroken(&chart.how_to_read),
        svg: chart.inline(),
    };
    charts.iter().map(view).collect()
}

/// How such a page looks.
pub(super) fn looks() -> Looks {
    Looks::new(&(chart::font::css() + &chart::css()), &tight(&squeezed(include_str!("page.css"))))
}
