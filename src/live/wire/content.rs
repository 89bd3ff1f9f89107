//! Reads events in bodies: of deliveries, of lists and of pages, in JSON and in XML. Anybody may have sent them.

use crate::policy::message::Format;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event as Token};
use quick_xml::{Reader, XmlVersion};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use std::borrow::Cow;

/// The events of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::live) struct Found {
    /// Their ids, in their order.
    pub(in crate::live) ids: Vec<String>,
    /// Whether the source has more; None where the body is one event.
    pub(in crate::live) has_more: Option<bool>,
}

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live) enum Fault {
    /// It is not of its format.
    NotParsed,
    /// It has more levels than any event needs.
    TooDeep,
    /// It lacks what an event has.
    NoEvent,
}

impl Fault {
    /// In words for its sender.
    pub(in crate::live) const fn words(self) -> &'static str {
        match self {
            Self::NotParsed => "the body is not valid in the format of the payload",
            Self::TooDeep => "the body is nested too deep",
            Self::NoEvent => "the body is no event: it needs specversion 1.0, and id, source, type and data",
        }
    }
}

/// Reads a body of that format: of events, or of notices, which have no more than an id.
pub(in crate::live) fn found(format: Format, thin: bool, body: &[u8]) -> Result<Found, Fault> {
    match format {
        Format::Json => json(thin, body),
        Format::Xml => xml(thin, body),
    }
}

/// The attributes of an event that are looked at. Others are skipped, as CloudEvents asks of a receiver.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attributes<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    data: Option<IgnoredAny>,
}

impl Attributes<'_> {
    fn id(self, thin: bool) -> Result<String, Fault> {
        let is_given = |value: &str| !value.is_empty();
        let is_event = thin && is_given(&self.id)
            || self.specversion == "1.0"
                && [&self.id, &self.source, &self.kind].into_iter().all(|value| is_given(value))
                && self.data.is_some();
        if is_event { Ok(self.id.into_owned()) } else { Err(Fault::NoEvent) }
    }
}

/// What a body may be beside an event: a page or a list, or an event beside a signature (as Mailgun has it).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    events: Option<Vec<Attributes<'a>>>,
    has_more: Option<bool>,
    #[serde(borrow, rename = "event-data")]
    event_data: Option<Attributes<'a>>,
}

fn json(thin: bool, body: &[u8]) -> Result<Found, Fault> {
    if is_too_deep(body) {
        return Err(Fault::TooDeep);
    }
    let Envelope { events, has_more, event_data } = parsed(body)?;
    let one = |event: Attributes<'_>| Ok(Found { ids: vec![event.id(thin)?], has_more: None });
    match (events, has_more, event_data) {
        (None, None, None) => one(parsed(body)?),
        (None, None, Some(event)) => one(event),
        (Some(events), Some(has_more), None) => {
            let ids: Result<Vec<String>, Fault> = events.into_iter().map(|event| event.id(thin)).collect();
            Ok(Found { ids: ids?, has_more: Some(has_more) })
        }
        _ => Err(Fault::NoEvent),
    }
}

fn parsed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => Fault::NoEvent,
        Category::Syntax | Category::Eof | Category::Io => Fault::NotParsed,
    })
}

/// Levels of values or elements at most: an event has four in a list.
const LEVELS: usize = 32;

/// Whether arrays and objects are nested too deep. The parser has no limit for what it skips.
fn is_too_deep(body: &[u8]) -> bool {
    let (mut level, mut in_text, mut is_escaped) = (0_usize, false, false);
    for &byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => level += 1,
            b']' | b'}' if !in_text => level = level.saturating_sub(1),
            _ => {}
        }
        if level > LEVELS {
            return true;
        }
    }
    false
}

fn xml(thin: bool, body: &[u8]) -> Result<Found, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::NotParsed)?;
    let mut reader = Reader::from_str(text);
    let (mut level, mut roots) = (0, 0);
    let mut content = Found { ids: Vec::new(), has_more: None };
    // The event whose data has not come yet.
    let mut open: Option<Attributes<'_>> = None;
    loop {
        let token = reader.read_event().map_err(|_| Fault::NotParsed)?;
        let start = match &token {
            Token::Start(start) | Token::Empty(start) => Some(start),
            _ => None,
        };
        if let Some(start) = start {
            roots += usize::from(level == 0);
            let in_list = content.has_more.is_some();
            match (level, start.name().as_ref()) {
                (0, "events") => {
                    let more = attributes(start, |name| name == "has_more")?.pop();
                    let more = more.and_then(|(_, more)| more.parse().ok()).ok_or(Fault::NoEvent)?;
                    content.has_more = Some(more);
                }
                (0, "event") if thin => content.ids.push(event(start)?.id(thin)?),
                (1, "event") if thin && in_list => content.ids.push(event(start)?.id(thin)?),
                (0, "event") => open = Some(event(start)?),
                (1, "event") if in_list => open = Some(event(start)?),
                (1 | 2, "data") if !thin && (level == 2) == in_list => {
                    let event = open.take().ok_or(Fault::NoEvent)?;
                    content.ids.push(Attributes { data: Some(IgnoredAny), ..event }.id(thin)?);
                }
                (0, _) => return Err(Fault::NoEvent),
                _ => {
                    attributes(start, |_| false)?;
                }
            }
        }
        match token {
            Token::Start(_) => level += 1,
            Token::End(_) => level -= 1,
            Token::GeneralRef(reference) => {
                let is_char = reference.resolve_char_ref().map_err(|_| Fault::NotParsed)?.is_some();
                if !is_char && resolve_predefined_entity(&reference).is_none() {
                    return Err(Fault::NotParsed);
                }
            }
            // An event needs no entities of its own, and they are how XML attacks its readers.
            Token::DocType(_) => return Err(Fault::NotParsed),
            Token::Text(text) if level == 0 && !text.trim_ascii().is_empty() => {
                return Err(Fault::NotParsed);
            }
            Token::CData(_) if level == 0 => return Err(Fault::NotParsed),
            Token::Eof if level > 0 || roots != 1 => return Err(Fault::NotParsed),
            // The last event had no data.
            Token::Eof if open.is_some() => return Err(Fault::NoEvent),
            Token::Eof => return Ok(content),
            Token::Empty(_)
            | Token::Text(_)
            | Token::CData(_)
            | Token::Comment(_)
            | Token::Decl(_)
            | Token::PI(_) => {}
        }
        if level > LEVELS {
            return Err(Fault::TooDeep);
        }
    }
}

fn event(start: &BytesStart<'_>) -> Result<Attributes<'static>, Fault> {
    let mut event = Attributes::default();
    for (name, value) in attributes(start, |name| ["specversion", "id", "source", "type"].contains(&name))? {
        let value = Cow::Owned(value);
        match name.as_str() {
            "specversion" => event.specversion = value,
            "id" => event.id = value,
            "source" => event.source = value,
            _ => event.kind = value,
        }
    }
    Ok(event)
}

/// The attributes that are wanted; those that are not have to be well-formed as well.
fn attributes(
    start: &BytesStart<'_>,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(String, String)>, Fault> {
    let mut wanted = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Fault::NotParsed)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Fault::NotParsed)?;
        if is_wanted(attribute.key.as_ref()) {
            wanted.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::content::Event;
    use crate::policy::message::{Payload, event_id};
    use crate::time::Instant;
    use proptest::prelude::*;

    const FORMATS: [Format; 2] = [Format::Json, Format::Xml];

    fn one(number: u32) -> Event<'static> {
        Event { number, resource: 3, kind: "comment", occurred: Instant(5) }
    }

    #[test]
    fn what_is_no_event_is_refused_for_its_reason() {
        let event = |format| Payload { format, size_bytes: 300 }.event(one(6));
        for (format, from, to, fault) in [
            (Format::Json, "\"specversion\":\"1.0\"", "\"specversion\":\"2.0\"", Fault::NoEvent),
            (Format::Json, "\"source\"", "\"origin\"", Fault::NoEvent),
            (Format::Json, "\"data\"", "\"dato\"", Fault::NoEvent),
            (Format::Json, "\"evt_0000000007\"", "7", Fault::NoEvent),
            (Format::Json, "}}", "}", Fault::NotParsed),
            (Format::Json, "\"1.0\"", "\"1.0", Fault::NotParsed),
            (Format::Xml, "specversion=\"1.0\"", "specversion=\"2.0\"", Fault::NoEvent),
            (Format::Xml, "type=", "kind=", Fault::NoEvent),
            (Format::Xml, "event ", "evant ", Fault::NoEvent),
            (Format::Xml, "</data>", "</dato>", Fault::NotParsed),
            (Format::Xml, "</text></data></event>", "", Fault::NotParsed),
            (Format::Xml, "<text>", "<text a=1>", Fault::NotParsed),
            (Format::Xml, "<text>", "<text>&nobody;", Fault::NotParsed),
            (Format::Xml, "<event ", "<!DOCTYPE event [<!ENTITY a \"b\">]><event ", Fault::NotParsed),
        ] {
            let text = event(format).replacen(from, to, 1);
            assert_ne!(text, event(format), "{from} is in it");
            assert_eq!(found(format, false, text.as_bytes()), Err(fault), "{text}");
        }
        for format in FORMATS {
            assert_eq!(found(format, false, b""), Err(Fault::NotParsed));
            assert_eq!(found(format, false, b"\xff\xfe"), Err(Fault::NotParsed));
        }
        let twice = event(Format::Xml).repeat(2);
        assert_eq!(found(Format::Xml, false, twice.as_bytes()), Err(Fault::NotParsed));
    }

    #[test]
    fn levels_without_end_are_refused() {
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(found(Format::Json, false, deep.as_bytes()), Err(Fault::TooDeep));
        let event = Payload { format: Format::Json, size_bytes: 300 }.event(one(6));
        let closed =
            |levels: usize| format!("{{\"a\":{}{},{}", "[".repeat(levels), "]".repeat(levels), &event[1..]);
        assert_eq!(found(Format::Json, false, closed(LEVELS).as_bytes()), Err(Fault::TooDeep));
        assert!(found(Format::Json, false, closed(LEVELS - 1).as_bytes()).is_ok());
        let deep = format!("<event>{}", "<a>".repeat(100_000));
        assert_eq!(found(Format::Xml, false, deep.as_bytes()), Err(Fault::TooDeep));
    }

    #[test]
    fn an_event_beside_a_signature_is_one() {
        let event = Payload { format: Format::Json, size_bytes: 300 }.event(one(6));
        let body = format!("{{\"signature\":{{\"token\":\"x\"}},\"event-data\":{event}}}");
        let read = found(Format::Json, false, body.as_bytes());
        assert_eq!(read, Ok(Found { ids: vec![event_id(7)], has_more: None }));
    }

    #[test]
    fn a_notice_is_an_id() {
        for format in FORMATS {
            let payload = Payload { format, size_bytes: 300 };
            for (list, has_more) in [(false, None), (true, Some(false))] {
                let body = payload.delivery(&[one(6)], crate::policy::message::Content { list, thin: true });
                assert_eq!(
                    found(format, true, body.as_bytes()),
                    Ok(Found { ids: vec![event_id(7)], has_more })
                );
                assert_eq!(found(format, false, body.as_bytes()), Err(Fault::NoEvent), "{body}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        /// What the source writes reads back, and any change of a byte is read or refused.
        #[test]
        fn any_event_and_any_page_read_back(
            numbers in prop::collection::vec(0..u32::MAX - 1, 0..10),
            has_more: bool,
            size_bytes in 300_u32..600,
            place: prop::sample::Index,
            byte: u8,
        ) {
            for format in FORMATS {
                let payload = Payload { format, size_bytes };
                let events: Vec<Event<'_>> = numbers.iter().map(|&number| one(number)).collect();
                let ids: Vec<String> = numbers.iter().map(|number| event_id(number + 1)).collect();
                let page = payload.page(&events, has_more);
                prop_assert_eq!(
                    found(format, false, page.as_bytes()),
                    Ok(Found { ids: ids.clone(), has_more: Some(has_more) })
                );
                for (&event, id) in events.iter().zip(ids) {
                    let read = found(format, false, payload.event(event).as_bytes());
                    prop_assert_eq!(read, Ok(Found { ids: vec![id], has_more: None }));
                }
                let mut changed = page.into_bytes();
                let place = place.index(changed.len());
                changed[place] = byte;
                let _ = found(format, false, &changed);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for format in FORMATS {
                prop_assert!(found(format, false, &bytes).is_err());
            }
        }
    }
}
