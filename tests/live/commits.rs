//! The public source of a run whose API shows events out of order.

use crate::api::{ask, visiting_of};
use crate::{load, options, stream};

/// Pages are in order of occurrence, and have what is committed by then.
#[test]
fn events_are_shown_in_the_order_of_their_commits() {
    const DRAWN: &str = "duration = \"20s\"\nseed = 3\n\
        [events]\narrivals = { process = \"poisson\", rate = \"100/s\" }\n\
        [source]\ncommit_delay = { distribution = \"exponential\", mean = \"300ms\" }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"5s\"\n";
    visiting_of(DRAWN, options(), |source| {
        stream::has_events_in_the_order_of_their_commits(source, &load(DRAWN));
        let (status, page) = ask(source, "GET /events?limit=100");
        assert!(status == 200 && !page.contains("etag"), "{page}");
        let places: Vec<usize> =
            (0..100).filter_map(|number| page.find(&format!("\"id\":\"evt_{:010}\"", number + 1))).collect();
        assert!(places.is_sorted() && places.len() > 90, "{page}");
    })
    .unwrap();
}
