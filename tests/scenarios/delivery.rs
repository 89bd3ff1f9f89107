//! The deliveries that the README shows are what is sent.

use crate::folder;
use pollhook::policy::content::Event;
use pollhook::policy::message::{Format, Payload, hook_path, request_id};
use pollhook::time::Instant;
use std::env;
use std::fs;

/// The first attempt of a delivery of a comment, as a source without a scheme sends it.
fn delivery(format: Format) -> String {
    let payload = Payload { format, size_bytes: 300 };
    let event = Event { number: 41, resource: 0, kind: "comment", occurred: Instant(3_661_500_000_000) };
    let (path, request_id) = (hook_path(0), request_id(1 << 63 | 41, 1));
    let head = Payload::delivery_request(payload.plain_delivery(&path, 41, 1_767_229_261, &request_id));
    let lines = head.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    format!("{}\n{}\n{}\n", head.start, lines.collect::<String>(), payload.event(event))
}

#[test]
fn the_readme_shows_a_delivery_in_each_format_as_it_is_sent() {
    let path = folder("README.md");
    let mut readme = fs::read_to_string(&path).expect("the README");
    for (title, format) in [("In JSON:", Format::Json), ("In XML:", Format::Xml)] {
        let after = readme.find(title).expect("a title") + title.len();
        let start = after + readme[after..].find("```http\n").expect("a block") + "```http\n".len();
        let end = start + readme[start..].find("```").expect("its end");
        if env::var_os("UPDATE").is_some() {
            readme.replace_range(start..end, &delivery(format));
            fs::write(&path, &readme).expect("the README is written");
        } else {
            assert_eq!(readme[start..end], delivery(format), "out of date: run with UPDATE=1");
        }
    }
}
