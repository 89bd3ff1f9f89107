//! The content of an event on the wire: the attributes of CloudEvents 1.0 and the fields of its type.
//!
//! JSON is its structured mode (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>).
//! XML has the same in the form of `schemas/event.xsd`: the XML format of CloudEvents is a draft, and its namespaces alone
//! would fill half of a usual event. `time` counts from the beginning of 2026, when every run begins, so that a body
//! depends on the scenario alone.

use super::message::{Format, Payload, event_id, resource_id};
use crate::time::{Instant, Span};

/// The content of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// Its number, counted from 0.
    pub number: u32,
    /// The resource that it belongs to.
    pub resource: u32,
    /// Its type.
    pub kind: &'a str,
    /// When it occurred.
    pub occurred: Instant,
}

/// A field of the data.
#[derive(Clone, Copy, Debug)]
enum Field {
    /// The id of something: the name of the field, and the word before the number.
    Id(&'static str, &'static str),
    /// An amount of money in the smallest unit.
    Cents(&'static str),
    /// A word that never changes.
    Word(&'static str, &'static str),
}

/// The fields of types whose name has such a word in it, before the text that all events have.
const KINDS: [(&str, &[Field]); 12] = [
    ("comment", &[Field::Id("post", "post"), Field::Id("author", "user")]),
    ("message", &[Field::Id("chat", "chat"), Field::Id("sender", "user")]),
    ("text", &[Field::Id("chat", "chat"), Field::Id("sender", "user")]),
    ("like", &[Field::Id("post", "post"), Field::Id("user", "user")]),
    ("reaction", &[Field::Id("post", "post"), Field::Id("user", "user")]),
    ("follow", &[Field::Id("user", "user")]),
    ("order", &[Field::Id("order", "ord"), Field::Cents("total"), Field::Word("currency", "EUR")]),
    ("payment", &[Field::Id("payment", "pay"), Field::Cents("amount"), Field::Word("currency", "EUR")]),
    ("invoice", &[Field::Id("invoice", "inv"), Field::Cents("total"), Field::Word("currency", "EUR")]),
    ("issue", &[Field::Id("issue", "iss"), Field::Word("action", "opened")]),
    ("push", &[Field::Id("repository", "repo"), Field::Word("branch", "main")]),
    ("call", &[Field::Id("call", "call"), Field::Id("caller", "user")]),
];

/// The words of a text, in turn from a place that depends on the event. Some need to be escaped.
const WORDS: [&str; 16] = [
    "thanks", "for", "the", "tea", "&", "cake", "see", "you", "at", "\"home\"", "before", "noon", "if",
    "rain", "<", "sun",
];

impl Payload {
    /// The media type of one event by itself.
    pub const fn event_media_type(self) -> &'static str {
        match self.format {
            Format::Json => "application/cloudevents+json",
            Format::Xml => self.media_type(),
        }
    }

    /// One event, exactly [`size_bytes`](Self::size_bytes) long: as much text as it takes.
    pub fn event(self, event: Event<'_>) -> String {
        let (mut text, close) = self.around(event);
        let room = (self.size_bytes as usize).saturating_sub(text.len() + close.len());
        text.reserve_exact(room + close.len());
        push_text(&mut text, self.format, event.number, room);
        text + close
    }

    /// The shortest event of that type: with one character of text.
    pub fn shortest_bytes(self, kind: &str) -> u32 {
        let (open, close) = self.around(Event { number: 0, resource: 0, kind, occurred: Instant::START });
        (open.len() + 1 + close.len()) as u32
    }

    /// What stands before the text and after it.
    fn around(self, event: Event<'_>) -> (String, &'static str) {
        let Event { number, resource, kind, occurred } = event;
        let (id, resource, time) = (event_id(number + 1), resource_id(resource), rfc_3339(occurred));
        let kind_shown = escaped(self.format, kind);
        let fields = fields(kind).iter().map(|field| self.field(*field, number));
        match self.format {
            Format::Json => (
                format!(
                    r#"{{"specversion":"1.0","id":"{id}","source":"/resources/{resource}","type":"{kind_shown}","time":"{time}","data":{{{}"text":""#,
                    fields.collect::<String>()
                ),
                r#""}}"#,
            ),
            Format::Xml => (
                format!(
                    r#"<event specversion="1.0" id="{id}" source="/resources/{resource}" type="{kind_shown}" time="{time}"><data>{}<text>"#,
                    fields.collect::<String>()
                ),
                "</text></data></event>",
            ),
        }
    }

    fn field(self, field: Field, number: u32) -> String {
        let (name, value, is_number) = match field {
            Field::Id(name, of) => (name, format!("{of}_{:08}", mixed(number, name) % 100_000_000), false),
            Field::Cents(name) => (name, (10_000 + mixed(number, name) % 90_000).to_string(), true),
            Field::Word(name, word) => (name, word.to_owned(), false),
        };
        match self.format {
            Format::Json if is_number => format!(r#""{name}":{value},"#),
            Format::Json => format!(r#""{name}":"{value}","#),
            Format::Xml => format!("<{name}>{value}</{name}>"),
        }
    }
}

fn fields(kind: &str) -> &'static [Field] {
    KINDS.iter().find(|(word, _)| kind.contains(word)).map_or(&[], |(_, fields)| fields)
}

/// A number that depends on the event and the field, and looks like no other.
fn mixed(number: u32, field: &str) -> u32 {
    let seed = field.bytes().fold(number, |seed, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (seed ^ (seed >> 15)).wrapping_mul(0x85eb_ca6b) >> 1
}

/// Whole words while they find room, and then full stops, of which there is at least one.
fn push_text(text: &mut String, format: Format, number: u32, room: usize) {
    let end = text.len() + room;
    let words = WORDS.iter().cycle().skip(mixed(number, "text") as usize % WORDS.len());
    for (place, word) in words.enumerate() {
        let word = escaped(format, word);
        let between = usize::from(place > 0);
        if text.len() + between + word.len() >= end {
            break;
        }
        text.push_str(&" "[..between]);
        text.push_str(&word);
    }
    while text.len() < end {
        text.push('.');
    }
}

/// The text as it stands in a string of JSON, or between tags and in attributes of XML.
fn escaped(format: Format, text: &str) -> String {
    let escape = |character: char| match (format, character) {
        (Format::Json, '"') => "\\\"".to_owned(),
        (Format::Json, '\\') => "\\\\".to_owned(),
        (Format::Json, control) if control < ' ' => format!("\\u{:04x}", u32::from(control)),
        (Format::Xml, '&') => "&amp;".to_owned(),
        (Format::Xml, '<') => "&lt;".to_owned(),
        (Format::Xml, '>') => "&gt;".to_owned(),
        (Format::Xml, '"') => "&quot;".to_owned(),
        (_, other) => other.to_string(),
    };
    text.chars().map(escape).collect()
}

/// A time as RFC 3339 has it, to the nanosecond. A run begins with the year 2026.
pub fn rfc_3339(at: Instant) -> String {
    let since = at - Instant::START;
    let (seconds, nanos) = (since.0.div_euclid(Span::SECOND.0), since.0.rem_euclid(Span::SECOND.0));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(DAY_OF_2026 + days);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
}

/// The time of a run at that Unix time, in nanoseconds; the nearest one where a run has no such time.
pub fn at_unix_nanos(nanos: i128) -> Instant {
    // The Unix epoch is 719,468 days after 1 March of the year 0.
    let begins = i128::from(DAY_OF_2026 - 719_468) * 86_400 * i128::from(Span::SECOND.0);
    let since = (nanos - begins).clamp(0, i128::from(Span::LONGEST.0));
    Instant::START + Span(since as i64)
}

/// Days from 1 March of the year 0 to 1 January 2026, in the Gregorian calendar.
const DAY_OF_2026: i64 = 739_922;

/// The date of a day, counted from 1 March of the year 0: years begin in March, so that a leap day is the last of its year.
const fn date(day: i64) -> (i64, i64, i64) {
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::event_types::EventTypes;
    use proptest::prelude::*;

    const TYPES: [&str; 5] = ["comment", "orders/create", "issue_comment", "event", "payment"];

    #[test]
    fn an_event_is_as_long_as_the_scenario_says() {
        let longest = "x".repeat(EventTypes::LONGEST_NAME);
        for kind in TYPES.into_iter().chain([longest.as_str()]) {
            let latest = Event {
                number: u32::MAX - 1,
                resource: 99_999_999,
                kind,
                occurred: Instant::START + Span::LONGEST,
            };
            let first = Event { number: 0, resource: 0, occurred: Instant::START, ..latest };
            for format in [Format::Json, Format::Xml] {
                let shortest = Payload { format, size_bytes: 300 }.shortest_bytes(kind);
                assert!((Payload::SMALLEST_BYTES..=300).contains(&shortest), "{shortest} of {kind}");
                for size_bytes in [shortest, shortest + 1, 300, 1000] {
                    let payload = Payload { format, size_bytes };
                    for event in [latest, first] {
                        let text = payload.event(event);
                        assert_eq!(text.len(), size_bytes as usize, "{text}");
                        assert!(text.contains('.') && text.is_ascii() && !text.contains('\n'), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn json_is_a_cloud_event_with_the_fields_of_its_type() {
        let payload = Payload { format: Format::Json, size_bytes: 400 };
        let event =
            Event { number: 41, resource: 3, kind: "orders/create", occurred: Instant(1_500_000_000) };
        let read: serde_json::Value = serde_json::from_str(&payload.event(event)).unwrap();
        assert_eq!((&read["specversion"], &read["id"]), (&"1.0".into(), &"evt_0000000042".into()));
        assert_eq!(
            (&read["source"], &read["type"]),
            (&"/resources/res_00000003".into(), &"orders/create".into())
        );
        assert_eq!(read["time"], "2026-01-01T00:00:01.500000000Z");
        assert!(read["data"]["total"].as_u64().is_some_and(|cents| (10_000..100_000).contains(&cents)));
        let text = read["data"]["text"].as_str().unwrap();
        assert!(text.contains(" & ") && text.contains("\"home\"") && text.contains(" < "), "{text}");
    }

    #[test]
    fn the_schema_of_xml_has_every_field() {
        let schema = include_str!("../../schemas/event.xsd");
        for field in KINDS.iter().flat_map(|(_, fields)| *fields) {
            let (Field::Id(name, _) | Field::Cents(name) | Field::Word(name, _)) = field;
            assert!(schema.contains(&format!("<xs:element name=\"{name}\"")), "{name}");
        }
        let payload = Payload { format: Format::Xml, size_bytes: 300 };
        let text = payload.event(Event { number: 6, resource: 0, kind: "like", occurred: Instant(7) });
        let attributes = text[..text.find('>').unwrap()].split(' ').skip(1);
        for attribute in attributes {
            let name = attribute.split('=').next().unwrap();
            assert!(schema.contains(&format!("<xs:attribute name=\"{name}\"")), "{name}");
        }
    }

    /// By GNU date: `date -u -d @$((1767225600 + SECONDS))`.
    #[test]
    fn times_are_dates_of_the_calendar() {
        let at = |seconds: i64| rfc_3339(Instant::START + Span::from_secs(seconds));
        assert_eq!(at(0), "2026-01-01T00:00:00.000000000Z");
        assert_eq!(at(86_400 * 58 + 3_661), "2026-02-28T01:01:01.000000000Z");
        assert_eq!(at(86_400 * 59), "2026-03-01T00:00:00.000000000Z");
        assert_eq!(at(86_400 * 789), "2028-02-29T00:00:00.000000000Z");
        assert_eq!(at(86_400 * 27_087), "2100-03-01T00:00:00.000000000Z");
        assert_eq!(rfc_3339(Instant::START + Span::LONGEST).len(), 30);
        let unix = |seconds: i128| at_unix_nanos(seconds * 1_000_000_000);
        assert_eq!(unix(1_767_225_600 + 3_661), Instant::START + Span::from_secs(3_661));
        assert_eq!([unix(0), unix(i128::from(i64::MAX))], [Instant::START, Instant::START + Span::LONGEST]);
    }

    proptest! {
        /// Whatever the text, the escaped one reads back.
        #[test]
        fn escaped_text_reads_back(text: String) {
            let json: String = serde_json::from_str(&format!("\"{}\"", escaped(Format::Json, &text))).unwrap();
            prop_assert_eq!(json, text.clone());
            let xml = escaped(Format::Xml, &text);
            prop_assert!(!xml.contains(['<', '>', '"']));
            let back = xml.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
