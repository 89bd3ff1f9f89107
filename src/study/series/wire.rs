//! Bytes and open connections over time, in the bins in which they were measured.

use crate::measure::{BytesBin, ConnectionsBin, Record};
use crate::scenario::Scenario;
use crate::study::figures::{BytesBins, BytesOverTime, ConnectionLine, Connections, ConnectionsOverTime};
use crate::study::replication::Replication;

pub(super) fn bytes(scenario: &Scenario, first: &Replication) -> BytesOverTime {
    let each = || first.records.iter().enumerate();
    let clients = each().map(|(client, record)| BytesBins { client, bins: record.bytes.clone() });
    BytesOverTime {
        from_s: scenario.warmup.as_secs_f64(),
        bin_s: bin_s(first),
        clients: clients.collect(),
        say_more: asks_for_bytes(scenario) || first.records.iter().any(says_more),
    }
}

/// Whether the report's question is about bytes.
fn asks_for_bytes(scenario: &Scenario) -> bool {
    let metric = scenario.answer.as_ref().and_then(|answer| answer.metric.as_deref());
    metric.is_some_and(|metric| metric.starts_with("bytes."))
}

/// Whether the bytes of a client cannot be read off its requests: frames on streams are no requests, and where what brings
/// events is far heavier than what brings none, the part for nothing is another one. What failed is left out: a refused
/// request has no bytes, which the requests show well enough.
fn says_more(record: &Record) -> bool {
    let requests = &record.requests;
    let sum = |of: fn(&BytesBin) -> u64| record.bytes.iter().map(of).sum::<u64>();
    let empty_of = |useful: u64, empty: u64| empty as f64 / (useful + empty).max(1) as f64;
    let of_bytes = empty_of(sum(|bin| bin.useful), sum(|bin| bin.empty));
    let of_requests = empty_of(requests.useful, requests.empty);
    requests.event_frames + requests.heartbeats > 0 || (of_bytes - of_requests).abs() >= ANOTHER_PART
}

/// Two parts of a whole that are so far apart tell different stories.
const ANOTHER_PART: f64 = 0.25;

pub(super) fn connections(scenario: &Scenario, first: &Replication) -> ConnectionsOverTime {
    let span_s = (scenario.warmup.as_secs_f64(), scenario.duration.as_secs_f64());
    let each = first.records.iter().enumerate();
    let kept = each.filter(|(_, record)| record.connections.iter().any(|bin| bin.most > 0));
    let clients = kept.map(|(client, record)| line(client, record, span_s)).collect();
    ConnectionsOverTime { span_s, bin_s: bin_s(first), clients }
}

fn line(client: usize, record: &Record, (from_s, until_s): (f64, f64)) -> ConnectionLine {
    let bin_s = record.bin.as_secs_f64();
    let seconds = |bin: &ConnectionsBin| bin.open_ns as f64 / 1e9;
    let of_bin = |(number, bin): (usize, &ConnectionsBin)| {
        let begins_s = from_s + number as f64 * bin_s;
        let length_s = (until_s - begins_s).min(bin_s);
        Connections { mean: seconds(bin) / length_s, least: bin.least, most: bin.most }
    };
    let bins = record.connections.iter();
    ConnectionLine {
        client,
        mean: bins.clone().map(seconds).sum::<f64>() / (until_s - from_s),
        most: bins.clone().map(|bin| bin.most).max().unwrap_or(0),
        bins: bins.enumerate().map(of_bin).collect(),
    }
}

fn bin_s(first: &Replication) -> f64 {
    first.records.first().map_or(0.0, |record| record.bin.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use crate::scenario;
    use crate::sim::RunOptions;
    use crate::study::{self, Results};

    fn run(name: &str, text: &str) -> Results {
        let scenario = scenario::load(name, text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it")
    }

    /// What is drawn is what the figures count. Of several replications one is drawn.
    #[test]
    fn bytes_over_time_add_up_to_those_of_the_figures() {
        for one in scenario::shipped() {
            let Results { figures, summary, .. } = run(one.name, one.text);
            for (series, client) in figures.bytes.clients.iter().zip(&summary.clients) {
                let told = client.bytes.total;
                assert!(
                    series.total() == told || summary.replications > 1,
                    "{} in {}",
                    client.name,
                    one.name
                );
            }
        }
    }

    /// A client has one connection for each member and resource, and a poller and a webhook have none.
    #[test]
    fn a_stream_keeps_one_connection_for_each_member_and_resource() {
        let figures = run(
            "it",
            "duration = \"1000s\"\nwarmup = \"100s\"\n[events]\nresources = 2\n\
             arrivals = { process = \"constant\", rate = \"0.1/s\" }\n[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n\
             [[client]]\nkind = \"sse\"\ncount = 3\n[[client]]\nkind = \"webhook\"\n",
        )
        .figures;
        let [line] = figures.connections.clients.as_slice() else { panic!("{:?}", figures.connections) };
        assert_eq!((line.client, line.most, line.mean), (1, 6, 6.0));
        assert!(line.bins.iter().all(|bin| (bin.mean, bin.least, bin.most) == (6.0, 6, 6)), "{line:?}");
        assert!(figures.bytes.say_more, "frames are no requests");
    }

    #[test]
    fn bytes_say_more_where_requests_differ_in_them() {
        let says_more = |size: &str, rest: &str| {
            let text = format!(
                "duration = \"10h\"\n[events]\npayload = {{ size = \"{size}\" }}\n\
                 arrivals = {{ process = \"constant\", rate = \"6/h\" }}\n\
                 [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nkind = \"webhook\"\n{rest}"
            );
            run("it", &text).figures.bytes.say_more
        };
        let asked = "[answer]\nclient = \"webhook\"\nagainst = \"poll 60s\"\nmetric = \"bytes.total\"\n";
        assert_eq!(
            [says_more("300B", ""), says_more("20KiB", ""), says_more("300B", asked)],
            [false, true, true]
        );
    }
}
