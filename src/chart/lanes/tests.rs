use super::*;
use crate::policy::channel::Channel;
use crate::study::figures::{Mark, MarkKind};

/// Nine bars that never end take all rows; the tenth may be the one that the picture is about.
#[test]
fn the_chosen_event_has_a_bar_where_there_is_no_room_for_all() {
    for held in [Held::Never, Held::At(0.0)] {
        let bar = |event: usize| Bar { event, from: event as f64 * 10.0, to: 600.0, held: Held::Never };
        for chosen in [0, 8, 9, 20, 29] {
            let bars = (0..30)
                .map(|event| Bar { held: if event == chosen { held } else { Held::Never }, ..bar(event) });
            let rows = rows(bars.collect(), chosen);
            let drawn: Vec<usize> =
                rows.iter().filter(|(_, row)| row.is_some()).map(|(bar, _)| bar.event).collect();
            assert!(drawn.contains(&chosen), "{chosen}: {drawn:?}");
            assert_eq!(drawn.len(), BAR_ROWS, "{chosen}: {drawn:?}");
        }
    }
}

/// A thin webhook whose fetches meet a rate limit: its deliveries succeed.
#[test]
fn a_failure_stands_beside_what_failed() {
    let mark =
        |kind, channel, attempt| Mark { sent_s: 0.0, ended_s: 0.0, kind, channel, attempt, chosen: false };
    let (asked, told) =
        (mark(MarkKind::AskedAndFailed, Channel::Poll, 0), mark(MarkKind::Delivery, Channel::Webhook, 1));
    let lane = |marks: &[Mark]| Lane { client: 0, marks: marks.to_vec(), held: Vec::new() };
    assert_eq!(tallies(&lane(&[asked, told])).join(", "), "1 poll, 0 useful, 1 failed, 1 attempt");
    let failed = mark(MarkKind::FailedAttempt, Channel::Webhook, 1);
    assert_eq!(
        tallies(&lane(&[asked, asked, failed, told])).join(", "),
        "2 polls, 0 useful, 2 failed, 2 attempts, 1 failed"
    );
}
