//! The charts of a twin run: live against virtual time.

mod gaps;
mod quantiles;
#[cfg(all(test, feature = "png"))]
mod tests;

use super::document::Chart;
use super::style::{ClientStyle, client_styles};
use super::{Sketch, text};
use crate::policy::channel::Channel;
use crate::twin::{ClientTwin, Twin};

/// One row of the table of charts.
struct Plan {
    name: &'static str,
    title: &'static str,
    how_to_read: &'static str,
    sketch: fn(&Twin) -> Sketch,
}

static PLANS: [Plan; 2] = [
    Plan {
        name: "gaps",
        title: "How far is live from virtual time, event by event?",
        how_to_read: "The events sorted by their gap: right of zero they were known later live than in virtual time, left of \
                      it sooner; the height is the share of the events. Shaded: the band of the mean. A poll that is a \
                      moment late may bring an event one interval sooner.",
        sketch: gaps::sketch,
    },
    Plan {
        name: "quantiles",
        title: "Do both engines know events after the same times?",
        how_to_read: "Each line: the time within which a share of the events was known, in virtual time (level) and live \
                      (upright), from the least to the greatest. On the diagonal they are the same. Shaded: the band of the \
                      99th percentile. The symbols mark half of the events, the rings 99 %.",
        sketch: quantiles::sketch,
    },
];

/// The charts of a twin run.
pub fn of_twin(twin: &Twin) -> Vec<Chart> {
    (PLANS.iter())
        .map(|plan| {
            Chart::with_words(plan.name, "The twins", plan.title, plan.how_to_read, (plan.sketch)(twin))
        })
        .collect()
}

/// A client as it is drawn.
struct Shown<'t> {
    of: &'t ClientTwin,
    name: String,
    style: ClientStyle,
}

fn clients(twin: &Twin) -> Vec<Shown<'_>> {
    let channels: Vec<Channel> = twin.clients.iter().map(|client| client.channel).collect();
    (twin.clients.iter().zip(client_styles(&channels)))
        .filter(|(client, _)| !client.pairs.is_empty())
        .map(|(of, style)| Shown { of, name: text::clean(&of.name), style })
        .collect()
}
