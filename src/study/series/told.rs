//! How one client came to know one event of a replication: the deliveries of it, and what the client asked in the
//! meantime.

use super::lanes::mark;
use super::story::tell;
use crate::measure::Traced;
use crate::policy::channel::Opener;
use crate::policy::message::event_id;
use crate::scenario::Scenario;
use crate::study::figures::{Asked, MarkKind, Told};
use crate::study::replication::{Replication, first_counted};
use crate::time::Instant;
use std::collections::BTreeMap;

/// The requests of a client that are told at most, the first ones and the last.
const ASKED: usize = 160;

/// The events of which can be told how a client came to know them, by their number in the whole stream, each with its
/// latency in seconds; infinite for never. They are those of one resource, and what the first member did.
pub(in crate::study) fn latencies(
    scenario: &Scenario,
    replication: &Replication,
    client: usize,
) -> BTreeMap<u32, f64> {
    let Replication { events, records } = replication;
    let (config, record) = (&scenario.clients[client], &records[client]);
    let own = replication.events_of(scenario, config);
    let first = first_counted(scenario, &own) as u32;
    let resource = events.busiest_resource();
    let mut latencies = BTreeMap::new();
    for (place, &occurred) in (0..).zip(own.occurred()).skip(first as usize) {
        let held = record.receipts[place as usize * config.count as usize].held;
        let seen = if held == Instant::NEVER { occurred } else { held };
        let is_traced = record.trace_ends.is_none_or(|ends| seen < ends);
        if own.resource(place) == resource && is_traced {
            let never = held == Instant::NEVER;
            let latency = if never { f64::INFINITY } else { (held - occurred).as_secs_f64() };
            latencies.insert(own.number(place), latency);
        }
    }
    latencies
}

/// How a client came to know the event of that number. Where it never did, its requests until `until_s` after the
/// occurrence are told. None: the client does not want the event.
pub(in crate::study) fn told(
    scenario: &Scenario,
    replication: &Replication,
    (client, event): (usize, u32),
    until_s: f64,
) -> Option<Told> {
    let (config, record) = (&scenario.clients[client], &replication.records[client]);
    let own = replication.events_of(scenario, config);
    let place = own.place(event)?;
    let at = own.occurred()[place as usize];
    let held = record.receipts[place as usize * config.count as usize].held;
    let deliveries: Vec<&Traced> = record.trace.iter().filter(|traced| traced.delivers(place)).collect();
    let story = tell(scenario, replication, (client, place), &deliveries, "");
    let after_s = |time: Instant| (time - at).as_secs_f64();
    let asked = record.trace.iter().filter_map(|traced| {
        let Asked { sent_after_s, ended_after_s, kind } = Asked {
            sent_after_s: after_s(traced.sent),
            ended_after_s: after_s(traced.ended),
            kind: mark(traced, None, (false, false)).kind,
        };
        let waits = if held == Instant::NEVER { sent_after_s <= until_s } else { traced.sent < held };
        // Of a stream, its connections and what brought the event.
        let concerns = kind != MarkKind::Streamed || traced.ended == held;
        let is_asked = traced.exchange.channel.opener() == Opener::Client;
        (is_asked && waits && concerns && traced.ended >= at).then_some(Asked {
            sent_after_s: sent_after_s.max(0.0),
            ended_after_s,
            kind,
        })
    });
    let mut asked: Vec<Asked> = asked.collect();
    asked.sort_by(|one, other| one.sent_after_s.total_cmp(&other.sent_after_s));
    if asked.len() > ASKED {
        asked.drain(ASKED / 2..asked.len() - ASKED / 2);
    }
    Some(Told { event: event_id(event + 1), story, asked })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;
    use crate::sim::RunOptions;
    use crate::study::replication::replicate;

    /// A poll at 0 s, 30 s, ... asks a second after each event at 25 s + 50 s k: 55 s, so that the events of 25 s and 75 s
    /// wait 5 s and 15 s for the poll, and a second for its answer.
    fn of(client: &str) -> (Scenario, Replication) {
        let text = format!(
            "duration = \"120s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"0.02/s\", first = \"25s\" }}\n\
             [network]\ndelay = \"500ms\"\n[[client]]\nname = \"it\"\n{client}\n"
        );
        let scenario = scenario::load("told", &text, &[]).expect("it is valid");
        let run = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
        (scenario, run)
    }

    #[test]
    fn a_poller_asks_until_it_knows_the_event() {
        let (scenario, run) = of("kind = \"poll\"\ninterval = \"10s\"\nphase = \"8s\"");
        let known = latencies(&scenario, &run, 0);
        // The poll of 28 s is at the source at 28.5 s, and its answer back at 29 s.
        assert_eq!(known.get(&0), Some(&4.0));
        let told = told(&scenario, &run, (0, 0), 0.0).unwrap();
        assert_eq!((told.story.known_after_s, told.story.attempts.len()), (Some(4.0), 0));
        let [poll] = told.asked[..] else { panic!("{:?}", told.asked) };
        assert_eq!((poll.sent_after_s, poll.ended_after_s, poll.kind), (3.0, 4.0, MarkKind::AskedAndGot));
    }

    #[test]
    fn a_webhook_is_told_by_its_attempts_and_a_poll_beside_it_by_what_it_asked() {
        let down = "[[outage]]\nclient = \"it\"\nfrom = \"20s\"\nfor = \"10s\"\nmode = \"lose\"";
        let hook = "kind = \"webhook\"\nreconcile = \"30s\"\n";
        let (scenario, run) = of(&format!("{hook}{down}"));
        let event = told(&scenario, &run, (0, 0), 0.0).unwrap();
        assert_eq!(event.story.attempts.len(), 1);
        let got: Vec<&Asked> =
            event.asked.iter().filter(|asked| asked.kind == MarkKind::AskedAndGot).collect();
        assert_eq!(got.len(), 1);
        assert_eq!(Some(got[0].ended_after_s), event.story.known_after_s);
        assert!(event.story.found);
    }
}
