//! Conditional requests (RFC 9110, section 13): a poll names the last event that the client has, and is answered 304
//! without a body where none has been added.
//!
//! The entity tag of a page is the id of its last event. A client that asks for what follows an event has, by that, the
//! tag of the page that it would get if nothing followed.

use super::message::{Head, event_id, status_line};

/// The header with the entity tag of an answer.
pub const ETAG: &str = "etag";
/// The header with the entity tag that the client has.
pub const IF_NONE_MATCH: &str = "if-none-match";

/// The entity tag of a page that ends with the event of that number, counted from 1; 0 before the first.
pub fn entity_tag(last: u32) -> String {
    format!("\"{}\"", event_id(last))
}

/// Whether a header [`IF_NONE_MATCH`] names the page that ends with that event. It may have several tags, weak ones or `*`
/// (RFC 9110, section 13.1.2).
pub fn is_named(header: &str, last: u32) -> bool {
    let tag = entity_tag(last);
    let names = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag;
    header.split(',').any(|one| names(one.trim()))
}

/// The answer to a request whose tag is still that of the page.
pub fn not_modified(last: u32) -> Head {
    Head { start: status_line(304), headers: Vec::new() }.tagged(last)
}

impl Head {
    /// The request, as one that need not be answered with a page where the client has the last event.
    pub fn if_none_match(mut self, after: u32) -> Self {
        self.headers.push((IF_NONE_MATCH, entity_tag(after)));
        self
    }

    /// The answer, with the entity tag of its page.
    pub fn tagged(mut self, last: u32) -> Self {
        self.headers.push((ETAG, entity_tag(last)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_a_page_by_any_of_its_tags() {
        for header in ["\"evt_0000000042\"", "W/\"evt_0000000042\"", "\"x\" , \"evt_0000000042\"", "*"] {
            assert!(is_named(header, 42), "{header}");
        }
        for header in ["", "evt_0000000042", "\"evt_0000000041\"", "\"\"", "W/", "\"*\""] {
            assert!(!is_named(header, 42), "{header}");
        }
        assert!(is_named(&entity_tag(0), 0));
    }
}
