//! The charts of a comparison. Which of them have something to say is decided here and nowhere else.

mod beside;
mod differences;
mod known;
mod quantiles;
mod ratios;
mod requests;
mod slopes;
#[cfg(all(test, feature = "png"))]
mod tests;

pub(super) use differences::staircase;

use super::document::Chart;
use super::style::{ClientStyle, client_styles};
use super::{Sketch, text};
use crate::compare::{Comparison, Pictured};
use crate::policy::channel::Channel;

/// One row of the table of charts.
struct Plan {
    name: &'static str,
    title: &'static str,
    how_to_read: &'static str,
    says: fn(&Comparison) -> bool,
    sketch: fn(&Comparison) -> Sketch,
}

/// In the order of a page: all figures, then single events and requests of two reports.
static PLANS: [Plan; 7] = [
    Plan {
        name: "ratios",
        title: "What changed, and by how much?",
        how_to_read: "Each mark: a figure of OTHER divided by BASE's, on a logarithmic scale; the line through it is the 95 % \
                      interval. Filled: the whole line lies beyond the shaded margin, which chance does for one or two of so \
                      many. Figures that are equal in every run are left out.",
        says: ratios::says,
        sketch: ratios::sketch,
    },
    Plan {
        name: "slopes",
        title: "Where does it go from report to report?",
        how_to_read: "Each line: a figure of a client, divided by BASE's, on a logarithmic scale. Bars: the 95 % interval. \
                      The shaded band counts as no change.",
        says: slopes::says,
        sketch: slopes::sketch,
    },
    Plan {
        name: "known",
        title: "How late is it known, now and before?",
        how_to_read: "Share of the events known within a time; higher and further left is better. Thin and dashed: BASE. \
                      Clients whose events are known after the same times in both are left out. The first replication of \
                      each report.",
        says: known::says,
        sketch: known::sketch,
    },
    Plan {
        name: "differences",
        title: "For how many events is it later?",
        how_to_read: "The same events in both reports, sorted by the difference: left of zero OTHER knew sooner, right of \
                      zero later; the height is the share of the events. Ringed: the largest difference. What only one \
                      report ever knew is at the end of the axis. The first replication.",
        says: differences::says,
        sketch: differences::sketch,
    },
    Plan {
        name: "quantiles",
        title: "By how much is it later, from the usual event to the rare one?",
        how_to_read: "OTHER's latency less BASE's at each share of the events of these runs; above zero OTHER knows \
                      later. Shaded: the 95 % band, from replications drawn again. What only one report ever knew is at the \
                      end of the axis. Dashed and hatched: fewer than ten events lie beyond, so that the band, widened to \
                      all draws, says little.",
        says: quantiles::says,
        sketch: quantiles::sketch,
    },
    Plan {
        name: "beside",
        title: "How did the event with the largest difference arrive?",
        how_to_read: "One event in both reports, BASE above OTHER; times are since it occurred. Triangles: attempts to deliver \
                      it, each with its number and its answer. Circles: requests of the client, filled when they brought \
                      something. Crosses: failures. The bar: until the client knew of it. Hatched: down. The first \
                      members only, in the replication that both reports show.",
        says: beside::says,
        sketch: beside::sketch,
    },
    Plan {
        name: "requests",
        title: "When does it send more requests?",
        how_to_read: "Requests in each time step. Filled: OTHER. Line: BASE. Clients that send evenly, or alike in both, \
                      are left out. The first replication of each report.",
        says: requests::says,
        sketch: requests::sketch,
    },
];

/// The charts of a comparison that have something to say.
pub fn of_comparison(comparison: &Comparison) -> Vec<Chart> {
    (PLANS.iter())
        .filter(|plan| (plan.says)(comparison))
        .map(|plan| {
            Chart::with_words(
                plan.name,
                "The comparison",
                plan.title,
                plan.how_to_read,
                (plan.sketch)(comparison),
            )
        })
        .collect()
}

/// More clients than that are not told apart in one picture.
const MOST: usize = 5;

/// A client that a chart shows.
struct Shown<'c> {
    of: &'c Pictured,
    /// As it is written.
    name: String,
    style: ClientStyle,
}

/// The first clients for which a chart has something to show, each in the colour of its place among all.
fn clients(comparison: &Comparison, says: fn(&Pictured) -> bool) -> Vec<Shown<'_>> {
    let channel = |client: &Pictured| {
        Channel::ALL.into_iter().find(|channel| channel.name() == client.kind).unwrap_or(Channel::Poll)
    };
    let channels: Vec<Channel> = comparison.pictured.iter().map(channel).collect();
    (comparison.pictured.iter().zip(client_styles(&channels)))
        .filter(|(client, _)| says(client))
        .take(MOST)
        .map(|(of, style)| Shown { of, name: text::clean(&comparison.client_title(1, &of.client)), style })
        .collect()
}

/// Sentences on the first few clients; a picture has the others.
fn sentences(all: impl Iterator<Item = String>) -> String {
    const MOST: usize = 3;
    all.take(MOST).collect::<Vec<_>>().join(" ")
}
