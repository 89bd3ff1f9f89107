//! The public source of a run whose API shows events out of order.

use crate::api::{ask, visiting_of};
use crate::{load, options};
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A stream begins with a page of what is shown already, and then has each event when it is committed. Pages are in order of
/// occurrence, and have what is committed by then.
#[test]
fn events_are_shown_in_the_order_of_their_commits() {
    const DRAWN: &str = "duration = \"20s\"\nseed = 3\n\
        [events]\narrivals = { process = \"poisson\", rate = \"100/s\" }\n\
        [source]\ncommit_delay = { distribution = \"exponential\", mean = \"300ms\" }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"5s\"\n";
    let scenario = load(DRAWN);
    let events = Events::draw(&scenario, Randomness::new(3, 0));
    let order = events.in_order_of_showing(0);
    visiting_of(DRAWN, options(), |source| {
        let mut stream = TcpStream::connect(source).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(stream, "GET /stream HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        let id = |line: String| line.strip_prefix("id: evt_").and_then(|id| id.parse::<u32>().ok());
        let read: Vec<u32> = lines.filter_map(id).take(300).map(|id| id - 1).collect();
        let as_shown = |already: &usize| {
            let (page, then) = order[..300].split_at(*already);
            let mut page = page.to_vec();
            page.sort_unstable();
            read == [&page[..], then].concat()
        };
        assert!(!order[100..300].is_sorted());
        assert!((0..200).any(|already| as_shown(&already)), "{read:?}");
        let (status, page) = ask(source, "GET /events?limit=100");
        assert!(status == 200 && !page.contains("etag"), "{page}");
        let places: Vec<usize> =
            (0..100).filter_map(|number| page.find(&format!("\"id\":\"evt_{:010}\"", number + 1))).collect();
        assert!(places.is_sorted() && places.len() > 90, "{page}");
    })
    .unwrap();
}
