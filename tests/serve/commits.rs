//! A source whose API shows events out of order: in the order of their commits, as the model does.

use crate::{serve, stream};
use pollhook::scenario;

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
    let scenario = scenario::load("drawn", DRAWN, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    stream::has_events_in_the_order_of_their_commits(source.address, &scenario);

    let (_, page) = source.ask("GET /events?limit=100");
    assert!(!page.contains("etag"), "a page may change before its last event: {page}");
    let all = source.json("GET /events", 200);
    let ids = all["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap());
    assert!(ids.clone().is_sorted() && ids.count() == 100, "{all}");
}
