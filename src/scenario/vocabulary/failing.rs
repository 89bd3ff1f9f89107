//! The keys of a webhook that decide what happens while its receiver fails.

use crate::policy::breaker::{Breaker, Opens};
use crate::policy::disable::Disable;
use crate::policy::share::Share;
use crate::policy::slow::SlowPenalty;
use crate::scenario::checks;
use crate::scenario::declare::{Keys, optional, value};
use crate::scenario::form::{Chance, Count, Form, Positive};
use crate::scenario::keys::{Absent, Key, Shape, Table};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::time::Span;

word_or! { Never for Option<Span>: None = "never": "never", or Some => Positive }

word_or! { NotSent for Option<Span>: None = "none": "no such header", or Some => Positive }

word_or! { Window for Option<Span>: None = "forever": "to the end of the run", or Some => Positive }

word_or! { NoBreaker for Option<Breaker>: None = "none": "the sender has none", or Some => Breaker }

partial! {
    /// A breaker, as in [`Breaker`].
    BreakerKeys {
        failures: Count<1, 1_000_000>, optional, IN_A_ROW;
        share: Chance, optional, SHARE;
        window: Positive, optional, WINDOW;
        at_least: Count<1, 1_000_000>, optional, AT_LEAST;
        pause: Positive, required, "Time for which nothing is sent; then one delivery is tried.";
    }
}

impl Form for Breaker {
    type Of = Self;
    const SHAPE: Shape = Shape::Table(&BreakerKeys::TABLE);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        let Value::Table(record) = value else { return None };
        let BreakerKeys { failures, share, window, at_least, pause } = BreakerKeys::read_keys(record, problems)?;
        let opens = one_of(record, failures, (share, window, at_least), problems)?;
        Some(Self { opens, pause: pause? })
    }

    fn write(breaker: &Self) -> Value {
        let (failures, share) = match breaker.opens {
            Opens::InARow(failures) => (Some(failures), None),
            Opens::Share(share) => (None, Some(share)),
        };
        let keys = BreakerKeys {
            failures,
            share: share.map(|rule| rule.share),
            window: share.map(|rule| rule.window),
            at_least: share.map(|rule| rule.at_least),
            pause: Some(breaker.pause),
        };
        Value::Table(keys.write_keys())
    }
}

/// The rule of a table that has either a number of failures in a row, or a share with its window.
fn one_of(
    record: &Record,
    failures: Option<u32>,
    (share, window, at_least): (Option<f64>, Option<Span>, Option<u32>),
    problems: &mut Vec<Problem>,
) -> Option<Opens> {
    let (message, key) = match (failures, share, window) {
        (Some(failures), None, None) if at_least.is_none() => return Some(Opens::InARow(failures)),
        (None, Some(share), Some(window)) => {
            return Some(Opens::Share(Share { share, window, at_least: at_least.unwrap_or(1) }));
        }
        (Some(_), _, _) => ("`failures` counts failures in a row, and the other keys are of a share", "failures"),
        (None, Some(_), None) => ("`share` has no `window`", "share"),
        (None, None, _) => ("there is neither `failures` nor `share`", "pause"),
    };
    let place = record.place_of(key).or(record.place);
    let help = "give { failures = 5 } for failures in a row, or { share = 0.9, window = \"1h\", at_least = 100 } for a share";
    problems.push(Problem::at(place, message, help));
    None
}

const IN_A_ROW: &str = "Failed attempts in a row, of any deliveries of the member.";
const SHARE: &str = "In place of `failures`: more than this share of the attempts of the last `window` failed.";
const WINDOW: &str = "With `share`: how far back attempts count.";
const AT_LEAST: &str = "With `share`: of fewer attempts the rule says nothing; 1 if it is left out.";

word_or! { NoPenalty for Option<SlowPenalty>: None = "none": "slow answers have no consequence", or Some => SlowPenalty }

table! { SlowPenalty, check checks::failing::slow {
    over: Positive, required, "An attempt that takes longer, or gets no answer, is slow.";
    window: Positive, required, "How far back attempts count.";
    at_least: Count<1, 1_000_000>, default("10"), "With fewer attempts in that time there is no penalty.";
    delay_share: Chance, required, "With more than this share of slow attempts, new deliveries are delayed.";
    delay: Positive, required, "Time by which they are delayed.";
    drop_share: Chance, required, "With more than this share of slow attempts, new deliveries are dropped.";
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
    /// A number or a share of failures, as in [`Disable::InARow`] and [`Disable::Share`].
    TooMany {
        failures: Count<1, 1_000_000>, optional, IN_A_ROW;
        share: Chance, optional, SHARE;
        window: Positive, optional, WINDOW;
        at_least: Count<1, 1_000_000>, optional, AT_LEAST;
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
        },
        Positive::SHAPE,
        Shape::Table(&TooMany::TABLE),
    ]);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Text(word) => {
                [(NEVER, Self::Never), (GONE, Self::Gone), (LAST_RETRY, Self::LastRetry)]
                    .into_iter()
                    .find_map(|(name, rule)| (word == name).then_some(rule))
            }
            Value::Span(span) => Some(Self::Unbroken(*span)),
            Value::Table(record) => {
                let TooMany { failures, share, window, at_least } = TooMany::read_keys(record, problems)?;
                Some(match one_of(record, failures, (share, window, at_least), problems)? {
                    Opens::InARow(failures) => Self::InARow(failures),
                    Opens::Share(share) => Self::Share(share),
                })
            }
            _ => None,
        }
    }

    fn write(rule: &Self) -> Value {
        match rule {
            Self::Never => Value::Text(NEVER.to_owned()),
            Self::Gone => Value::Text(GONE.to_owned()),
            Self::LastRetry => Value::Text(LAST_RETRY.to_owned()),
            Self::Unbroken(span) => Value::Span(*span),
            Self::InARow(failures) => {
                let none = TooMany { failures: Some(*failures), share: None, window: None, at_least: None };
                Value::Table(none.write_keys())
            }
            Self::Share(Share { share, window, at_least }) => {
                let (share, window, at_least) = (Some(*share), Some(*window), Some(*at_least));
                Value::Table(TooMany { failures: None, share, window, at_least }.write_keys())
            }
        }
    }
}

const NEVER: &str = "never";
const GONE: &str = "gone";
const LAST_RETRY: &str = "last-retry";
