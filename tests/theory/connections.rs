//! Open connections over time: the time for which the source holds each, against closed forms.

use crate::{near, records, text};
use pollhook::measure::{ConnectionsBin, Record};
use pollhook::theory::gap::Gap;
use pollhook::theory::stream::Cut;

const SECOND: u128 = 1_000_000_000;

/// An event in ten thousand days: none in a run of hours.
const NEVER: &str = "0.0001/d";

fn open_ns(record: &Record) -> u128 {
    record.connections.iter().map(|bin| bin.open_ns).sum()
}

fn of(duration: &str, network: &str, client: &str) -> Record {
    let (_, mut replication) = records(&text(duration, NEVER, network, client));
    assert!(replication.events.occurred().is_empty(), "nothing occurs");
    replication.records.remove(0)
}

/// Streams on which nothing is sent are cut each 60 s, and asked for again after 9.5 s. With ways of 250 ms they are open in
/// [0.25 s + 70 s n, 60.25 s + 70 s n): a hundred times 60 s in 7000 s, and in a bin of a minute what that leaves.
#[test]
fn a_stream_that_is_cut_each_minute_is_open_six_sevenths_of_the_time() {
    for kind in ["sse", "websocket"] {
        let keys = "count = 7\nheartbeat = \"none\"\nidle_timeout = \"60s\"\nreconnect = \"9500ms\"";
        let record = of("7000s", "delay = \"250ms\"", &format!("[[client]]\nkind = \"{kind}\"\n{keys}\n"));
        assert_eq!((record.requests.total(), record.bin.0 as u128), (700, 60 * SECOND));
        let minutes: Vec<u128> = record.connections.iter().map(|bin| bin.open_ns / 7).collect();
        for (minute, &open_ns) in minutes.iter().enumerate() {
            let (from, until) =
                (minute as u128 * 60 * SECOND, ((minute as u128 + 1) * 60).min(7000) * SECOND);
            let expected: u128 = (0..100)
                .map(|cut| {
                    let opened = SECOND / 4 + cut * 70 * SECOND;
                    until.min(opened + 60 * SECOND).saturating_sub(from.max(opened))
                })
                .sum();
            assert_eq!(open_ns, expected, "minute {minute}");
        }
        assert_eq!(open_ns(&record), 7 * 100 * 60 * SECOND);
        assert!(record.connections.iter().all(|bin| bin.most == 7 && [0, 7].contains(&bin.least)));
    }
}

/// A request that is held for 10 s, and the next one after two ways of 250 ms.
#[test]
fn a_long_poll_is_open_while_it_is_held() {
    let record = of("1050s", "delay = \"250ms\"", "[[client]]\nkind = \"long-poll\"\nhold = \"10s\"\n");
    assert_eq!((record.requests.total(), open_ns(&record)), (100, 100 * 10 * SECOND));
}

/// The times at which a stream is open are those of a renewal process: away for 20.1 s after each minute without an event.
#[test]
fn an_idle_stream_is_open_as_long_as_its_renewals_say() {
    let keys = "kind = \"sse\"\nheartbeat = \"none\"\nidle_timeout = \"60s\"\nreconnect = \"20s\"";
    let (_, replication) =
        records(&text("10000000s", "1/m", "delay = \"50ms\"", &format!("[[client]]\n{keys}\n")));
    let cut = Cut { rate_per_s: 1.0 / 60.0, idle_s: 60.0, away: Gap::fixed(20.1) };
    let record = &replication.records[0];
    let open_share = open_ns(record) as f64 / 1e9 / 1e7;
    // A cycle is away for 20.1 s, and its length has about its mean as its deviation.
    let error = cut.away_share() / libm::sqrt(record.requests.total() as f64);
    near("open", open_share, 1.0 - cut.away_share(), 4.0 * error);
}

/// A source that is down for a minute closes its streams, or keeps them where it only hangs. So does a client.
#[test]
fn nothing_is_open_in_an_outage() {
    let of = |outage: &str| {
        let client = format!("[[client]]\nname = \"it\"\nkind = \"sse\"\ncount = 2\n{outage}");
        of("7200s", "delay = \"250ms\"", &client)
    };
    let at = "from = \"1h\"\nfor = \"1m\"\n";
    for (party, mode, away_s) in [
        ("client = \"it\"", "refuse", 60.0),
        ("party = \"source\"", "refuse", 60.0),
        ("party = \"source\"", "hang", 0.0),
    ] {
        let record = of(&format!("[[outage]]\n{party}\n{at}mode = \"{mode}\"\n"));
        let open_s = open_ns(&record) as f64 / 1e9;
        // The first way; and the ways and the pause of a second before a new stream is open.
        let least = 2.0 * (7200.0 - 0.25 - away_s - 2.0);
        assert!((least..=2.0 * (7200.0 - 0.25 - away_s)).contains(&open_s), "{party} {mode}: {open_s} s");
        let minute = &record.connections[60];
        assert_eq!(minute.least == 0, away_s > 0.0, "{party} {mode}: {minute:?}");
    }
}

/// What is answered at once holds no connection.
#[test]
fn a_poller_and_a_webhook_keep_no_connection() {
    for kind in ["kind = \"poll\"\ninterval = \"10s\"", "kind = \"webhook\"\nreconcile = \"1m\""] {
        let (_, replication) =
            records(&text("1h", "60/h", "delay = \"50ms\"", &format!("[[client]]\n{kind}\n")));
        assert_eq!(replication.records[0].connections, Vec::<ConnectionsBin>::new());
    }
}
