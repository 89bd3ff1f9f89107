//! The table of charts: what each asks, when it says something, how it is read, and who draws it.

use super::{Sketch, Subject};
use super::{
    attacks, attempts, behind, break_even, bytes, connections, fates, known, lanes, marks, recovery,
    requests, set_up, story, trade_off,
};
use crate::study::figures::Figures;

/// One row of the table of charts.
pub(super) struct Plan {
    /// The stem of its files.
    pub(super) name: &'static str,
    /// The heading that the page puts over it and its neighbours of the same chapter.
    pub(super) chapter: &'static str,
    /// A question.
    pub(super) title: &'static str,
    pub(super) how_to_read: &'static [Sentence],
    pub(super) of: Runs,
    /// Whether it has something to say.
    pub(super) says: fn(&Figures) -> bool,
    pub(super) sketch: fn(&Subject<'_>) -> Sketch,
}

/// Which of several replications a chart shows.
#[derive(Clone, Copy)]
pub(super) enum Runs {
    One,
    All,
}

/// A sentence on how to read a chart, and whether the chart shows what it speaks of.
pub(super) type Sentence = (&'static str, fn(&Figures) -> bool);

const ALWAYS: fn(&Figures) -> bool = |_| true;
const WITH_OUTAGES: fn(&Figures) -> bool = |figures| !figures.outages.is_empty();

/// The charts in the order of a report: the story in time, the latency, the costs, what happened to the events.
/// Where there are attackers, they come first: such a run is about them.
pub(super) static PLANS: [Plan; 13] = [
    Plan {
        name: "attacks",
        chapter: "Who got in",
        title: "Which attacks got in?",
        how_to_read: &[
            ("Dark: the endpoint took these requests of an attacker for the source's, and how many.", ALWAYS),
            ("Light: it refused all of them, with this status.", ALWAYS),
            ("What got in counts in no other figure.", ALWAYS),
        ],
        of: Runs::All,
        says: attacks::says,
        sketch: attacks::sketch,
    },
    Plan {
        name: "lanes",
        chapter: "The story in time",
        title: "Who calls whom, and when is it known?",
        how_to_read: &[
            (
                "Diamonds: events. Bars: from an event until the client knew of it; shorter is fresher.",
                ALWAYS,
            ),
            ("Circles: polls, filled when they brought events.", marks::has_polls),
            (
                "Squares: connections, with a line while they stay open. Triangles that point down: events received on them.",
                marks::has_connections,
            ),
            (
                "Triangles: deliveries, hollow for a retry, double for an event already known.",
                marks::has_deliveries,
            ),
            ("Crosses: failures.", marks::has_failures),
            (
                "A cross on a triangle: delivered, but its sender received no answer in time.",
                marks::has_unacknowledged,
            ),
            (
                "Ringed: the event for which this time was chosen, its attempts connected and numbered.",
                |figures| figures.lanes.as_ref().is_some_and(attempts::are_shown),
            ),
            ("Ringed: the event for which this time was chosen.", |figures| {
                figures
                    .lanes
                    .as_ref()
                    .is_some_and(|shown| lanes::misses_chosen(shown) && !attempts::are_shown(shown))
            }),
            ("A line to the right of a symbol: until its sender had the result.", marks::has_flights),
            ("Hatched: down.", lanes::has_outages),
        ],
        of: Runs::One,
        says: lanes::says,
        sketch: lanes::sketch,
    },
    Plan {
        name: "story",
        chapter: "The story in time",
        title: "How did the worst event arrive?",
        how_to_read: &[
            (
                "Attempts to deliver one event, each with its number and its answer; times are since it occurred.",
                ALWAYS,
            ),
            ("Triangles: delivered, hollow where the client had it already. Crosses: failures.", ALWAYS),
            (
                "A cross on a triangle: delivered, but its sender received no answer in time.",
                story::has_unacknowledged,
            ),
            ("The bar: until the client knew of it.", ALWAYS),
            ("Hatched: down.", story::has_outages),
        ],
        of: Runs::One,
        says: story::says,
        sketch: story::sketch,
    },
    Plan {
        name: "known",
        chapter: "How late",
        title: "How late did we learn of it?",
        how_to_read: &[
            ("Share of the events known within a time; higher and further left is better.", ALWAYS),
            (
                "The axis stretches the rare late events: from 90 % to 99 % is as far as from 99 % to 99.9 %.",
                ALWAYS,
            ),
            ("The symbols mark half of the events and 99 %.", ALWAYS),
            ("Dotted: what theory predicts.", |figures| figures.known.iter().any(|k| k.theory.is_some())),
            ("The column on the right shows what was never known.", known::has_shelf),
        ],
        of: Runs::All,
        says: known::says,
        sketch: known::sketch,
    },
    Plan {
        name: "behind",
        chapter: "How late",
        title: "How far behind were we?",
        how_to_read: &[
            ("Age of the oldest event that the client did not know yet; lower is fresher.", ALWAYS),
            ("At zero, nothing was missing.", ALWAYS),
            ("All clients on one scale.", behind::has_one_scale),
            (
                "“Other scale”: far behind for most of the time; the lines of the others would be flat on it.",
                behind::has_two_scales,
            ),
            ("Each point is the highest age in its time step.", ALWAYS),
            ("Hatched: down.", WITH_OUTAGES),
        ],
        of: Runs::One,
        says: behind::says,
        sketch: behind::sketch,
    },
    Plan {
        name: "recovery",
        chapter: "How late",
        title: "What happens when a receiver comes back?",
        how_to_read: &[
            (
                "Above: events that have occurred and arrive later; those that never come are left out.",
                ALWAYS,
            ),
            ("Below: requests sent in each time step, and a line for the events that arrived.", ALWAYS),
            ("Where the line stays below the bars, requests bring nothing.", ALWAYS),
            ("Hatched: down.", WITH_OUTAGES),
        ],
        of: Runs::One,
        says: recovery::says,
        sketch: recovery::sketch,
    },
    Plan {
        name: "trade-off",
        chapter: "What it costs",
        title: "What does freshness cost?",
        how_to_read: &[
            ("Requests a day against mean latency; further down and left is better.", ALWAYS),
            ("Ringed: some events were never known; the mean leaves them out.", |figures| {
                figures.trade_off.points.iter().any(|point| point.never > 0.0)
            }),
            ("Lines through a mark: its 95 % intervals.", |figures| {
                figures.trade_off.points.iter().any(|point| point.intervals.iter().any(Option::is_some))
            }),
            ("Dotted: a poller at other intervals.", trade_off::has_polling),
            (
                "Grey: another client is no worse in requests, latency and losses, and better in one of them.",
                |figures| figures.trade_off.points.iter().any(|point| point.dominated),
            ),
        ],
        of: Runs::All,
        says: trade_off::says,
        sketch: trade_off::sketch,
    },
    Plan {
        name: "requests",
        chapter: "What it costs",
        title: "How many requests, and how many for nothing?",
        how_to_read: &[
            ("Requests in each time step, by their result.", ALWAYS),
            ("All clients on one scale from zero.", ALWAYS),
            ("A bar of less than a pixel is drawn as high as one.", requests::has_thin),
            (
                "Unacknowledged: the event came, but its sender received no answer in time.",
                requests::has_unacknowledged,
            ),
            ("Hatched: down.", WITH_OUTAGES),
        ],
        of: Runs::One,
        says: requests::says,
        sketch: requests::sketch,
    },
    Plan {
        name: "bytes",
        chapter: "What it costs",
        title: "What goes over the wire, and when?",
        how_to_read: &[
            ("HTTP bytes in both directions, in each time step, by what they brought.", ALWAYS),
            ("All clients on one scale from zero.", ALWAYS),
            ("A bar of less than a pixel is drawn as high as one.", bytes::has_thin),
            ("Heartbeats keep a connection open.", bytes::has_heartbeats),
            (
                "Failed: for the sender; a delivery whose acknowledgement came too late is among them.",
                requests::has_unacknowledged,
            ),
            ("Hatched: down.", WITH_OUTAGES),
        ],
        of: Runs::One,
        says: bytes::says,
        sketch: bytes::sketch,
    },
    Plan {
        name: "connections",
        chapter: "What it costs",
        title: "How many connections stay open?",
        how_to_read: &[
            ("Streams, and requests that wait for an event, as the source holds them.", ALWAYS),
            ("The line: the average in each time step.", ALWAYS),
            ("The band: from the fewest to the most that were open at a time.", connections::has_bands),
            ("All clients on one scale from zero.", connections::has_several),
            ("Hatched: down.", WITH_OUTAGES),
        ],
        of: Runs::One,
        says: connections::says,
        sketch: connections::sketch,
    },
    Plan {
        name: "break-even",
        chapter: "What it costs",
        title: "At which event rate does a webhook send fewer requests?",
        how_to_read: &[
            ("Requests that each client would send at other event rates; lower is cheaper.", ALWAYS),
            ("The symbols show this run.", ALWAYS),
        ],
        of: Runs::All,
        says: break_even::says,
        sketch: break_even::sketch,
    },
    Plan {
        name: "set-up",
        chapter: "What it costs",
        title: "When has setting up paid for itself?",
        how_to_read: &[
            (
                "Requests of one member from its set-up on, at the mean rate of this run; lower is cheaper.",
                ALWAYS,
            ),
            ("Ringed: from here on the poller has sent more.", ALWAYS),
        ],
        of: Runs::All,
        says: set_up::says,
        sketch: set_up::sketch,
    },
    Plan {
        name: "fates",
        chapter: "What happened to the events",
        title: "What happened to each event?",
        how_to_read: &[
            ("One bar for each client, all its events.", ALWAYS),
            ("Parts too small to see are drawn wider.", ALWAYS),
        ],
        of: Runs::One,
        says: fates::says,
        sketch: fates::sketch,
    },
];
