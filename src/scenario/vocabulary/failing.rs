//! The keys of a webhook that decide what happens while its receiver fails.

use crate::policy::breaker::Breaker;
use crate::policy::disable::Disable;
use crate::scenario::declare::{Keys, optional, value};
use crate::scenario::form::{Count, Form, Positive};
use crate::scenario::keys::{Absent, Key, Shape, Table};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::time::Span;

word_or! { Never for Option<Span>: None = "never": "never", or Some => Positive }

word_or! { NotSent for Option<Span>: None = "none": "no such header", or Some => Positive }

word_or! { Window for Option<Span>: None = "forever": "to the end of the run", or Some => Positive }

word_or! { NoBreaker for Option<Breaker>: None = "none": "the sender has none", or Some => Breaker }

table! { Breaker {
    failures: Count<1, 1_000_000>, required, "Failed attempts in a row, of any deliveries of the member, that open it.";
    pause: Positive, required, "Time for which nothing is sent; then one delivery is tried.";
} }

/// 503 or 429; the rules between keys refuse what is in between.
pub(crate) struct Overload;

impl Form for Overload {
    type Of = u16;
    const SHAPE: Shape = Shape::Count { min: 429, max: 503 };

    fn read(value: &Value, _: Option<Place>, _: &mut Vec<Problem>) -> Option<u16> {
        match value {
            Value::Count(status) => u16::try_from(*status).ok(),
            _ => None,
        }
    }

    fn write(status: &u16) -> Value {
        Value::Count(u64::from(*status))
    }
}

partial! {
    /// A number of failures, as in [`Disable::InARow`].
    InARow {
        failures: Count<1, 1_000_000>, required, "Failed attempts in a row, of any deliveries of the member.";
    }
}

impl Form for Disable {
    type Of = Self;
    const SHAPE: Shape = Shape::Either(&[
        Shape::Choice {
            words: &[
                (NEVER, "nothing: the source goes on"),
                (GONE, "an answer 410 alone"),
                (LAST_RETRY, "a delivery whose last retry has failed"),
            ],
            planned: &[],
        },
        Positive::SHAPE,
        Shape::Table(&InARow::TABLE),
    ]);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Text(word) => {
                [(NEVER, Self::Never), (GONE, Self::Gone), (LAST_RETRY, Self::LastRetry)]
                    .into_iter()
                    .find_map(|(name, rule)| (word == name).then_some(rule))
            }
            Value::Span(span) => Some(Self::Unbroken(*span)),
            Value::Table(record) => InARow::read_keys(record, problems)?.failures.map(Self::InARow),
            _ => None,
        }
    }

    fn write(rule: &Self) -> Value {
        match rule {
            Self::Never => Value::Text(NEVER.to_owned()),
            Self::Gone => Value::Text(GONE.to_owned()),
            Self::LastRetry => Value::Text(LAST_RETRY.to_owned()),
            Self::Unbroken(span) => Value::Span(*span),
            Self::InARow(failures) => Value::Table(InARow { failures: Some(*failures) }.write_keys()),
        }
    }
}

const NEVER: &str = "never";
const GONE: &str = "gone";
const LAST_RETRY: &str = "last-retry";
