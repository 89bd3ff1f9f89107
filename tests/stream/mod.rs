//! A stream of a source whose API shows events out of order.

use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario::Scenario;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// A stream begins with a page of what is shown already, which is in order of occurrence, and then has each event when it is
/// committed.
pub(crate) fn has_events_in_the_order_of_their_commits(source: impl ToSocketAddrs, scenario: &Scenario) {
    let mut stream = TcpStream::connect(source).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /stream HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let id = |line: String| line.strip_prefix("id: evt_").and_then(|id| id.parse::<u32>().ok());
    let read: Vec<u32> = lines.filter_map(id).take(300).map(|id| id - 1).collect();
    assert_eq!(read.len(), 300);

    let events = Events::draw(scenario, Randomness::new(scenario.seed, 0));
    let order = events.in_order_of_showing(0);
    let as_shown = |already: &usize| {
        let (page, then) = order[..300].split_at(*already);
        let mut page = page.to_vec();
        page.sort_unstable();
        read == [&page[..], then].concat()
    };
    assert!(!order[100..300].is_sorted());
    assert!((0..200).any(|already| as_shown(&already)), "{read:?}");
}
