//! A source whose API shows events out of order: in the order of their commits, as the model does.

use crate::serve;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A hundred events a second, each committed after its own time.
const DRAWN: &str = "duration = \"1h\"\nseed = 5\n\
    [events]\narrivals = { process = \"poisson\", rate = \"100/s\" }\n\
    [source]\ncommit_delay = { distribution = \"exponential\", mean = \"300ms\" }\n\
    [[client]]\nkind = \"poll\"\ninterval = \"5s\"\n";

#[test]
fn events_are_shown_in_the_order_of_their_commits() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("drawn.toml");
    std::fs::write(&file, DRAWN).unwrap();
    let source = serve(&[file.to_str().unwrap()]);
    let mut stream = TcpStream::connect(source.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /stream HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let id = |line: String| line.strip_prefix("id: evt_").and_then(|id| id.parse::<u32>().ok());
    let read: Vec<u32> = lines.filter_map(id).take(300).map(|id| id - 1).collect();
    assert_eq!(read.len(), 300);

    let scenario = scenario::load("drawn", DRAWN, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let events = Events::draw(&scenario, Randomness::new(scenario.seed, 0));
    let order = events.in_order_of_showing(0);
    // A stream begins with a page of what is shown already, which is in order of occurrence.
    let as_shown = |already: &usize| {
        let (page, then) = order[..300].split_at(*already);
        let mut page = page.to_vec();
        page.sort_unstable();
        read == [&page[..], then].concat()
    };
    assert!(!order[100..300].is_sorted());
    assert!((0..200).any(|already| as_shown(&already)), "{read:?}");

    let (_, page) = source.ask("GET /events?limit=100");
    assert!(!page.contains("etag"), "a page may change before its last event: {page}");
    let all = source.json("GET /events", 200);
    let ids = all["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap());
    assert!(ids.clone().is_sorted() && ids.count() == 100, "{all}");
}
