//! Forms of more than one shape: a duration or a distribution, a list or a table, a name or several.

use super::check::default_value;
use super::declare::{Keys, Variants};
use super::form::{At, Filled, Form, ListOf, Placed, Positive, Time};
use super::keys::{Absent, Shape};
use super::problems::{Place, Problem};
use super::record::{Item, Record, Value};
use super::vocabulary::Growing;
use crate::figure::{Metric, Unit};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::event_types::{self, EventTypes};
use crate::policy::retry::Retries;
use crate::policy::schedule::PollSchedule;
use crate::policy::security::Security;
use crate::time::Span;

impl Form for Arrivals {
    type Of = Self;
    const SHAPE: Shape = Shape::Tagged(&Self::TAGGED);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Table(record) => Self::read_variant(record, problems),
            _ => None,
        }
    }

    fn write(arrivals: &Self) -> Value {
        Value::Table(arrivals.write_variant())
    }
}

impl Form for Security {
    type Of = Self;
    const SHAPE: Shape = Shape::Tagged(&Self::TAGGED);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Table(record) => Self::read_variant(record, problems),
            _ => None,
        }
    }

    fn write(security: &Self) -> Value {
        Value::Table(security.write_variant())
    }
}

impl Form for EventTypes {
    type Of = Self;
    const SHAPE: Shape = Shape::Weights;

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        let Value::Weights(types) = value else { return None };
        let mut refuse = |message: String, help: String| problems.push(Problem::at(place, message, help));
        if types.len() > Self::MOST {
            refuse(format!("{} types, more than {}", types.len(), Self::MOST), "leave some out".to_owned());
        }
        for (name, weight) in types {
            if !event_types::is_name(name) {
                let help =
                    format!("use 1 to {} letters, digits and the characters . _ - / :", Self::LONGEST_NAME);
                refuse(format!("a type is called {name:?}"), help);
            }
            if !(LEAST_WEIGHT..=GREATEST_WEIGHT).contains(weight) {
                let message = format!("the weight of {name:?} is {weight}");
                refuse(message, format!("give a number from {LEAST_WEIGHT} to {GREATEST_WEIGHT}"));
            }
        }
        Some(Self(types.clone()))
    }

    fn write(types: &Self) -> Value {
        Value::Weights(types.0.clone())
    }
}

/// Between these the sum of all weights, and the share of each, keep their precision.
const LEAST_WEIGHT: f64 = 1e-6;
const GREATEST_WEIGHT: f64 = 1e9;

/// A fixed duration, or a distribution.
impl Form for Delay {
    type Of = Self;
    const SHAPE: Shape = Shape::Either(&[Time::SHAPE, Shape::Tagged(&Self::TAGGED)]);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Span(span) => Some(Self::Constant(*span)),
            Value::Table(record) => Self::read_variant(record, problems),
            _ => None,
        }
    }

    fn write(delay: &Self) -> Value {
        match delay.constant() {
            Some(span) => Value::Span(span),
            None => Value::Table(delay.write_variant()),
        }
    }
}

/// A [`Delay`], or none.
pub(crate) struct NoDelay;

impl Form for NoDelay {
    type Of = Option<Delay>;
    const SHAPE: Shape = Shape::Either(&[
        Shape::Choice { words: &[("none", "there is none")] },
        Time::SHAPE,
        Shape::Tagged(&Delay::TAGGED),
    ]);

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        match value {
            Value::Text(_) => Some(None),
            value => Delay::read(value, place, problems).map(Some),
        }
    }

    fn write(delay: &Self::Of) -> Value {
        delay.as_ref().map_or_else(|| Value::Text("none".to_owned()), Delay::write)
    }
}

/// A [`Delay`] that is not zero.
pub(crate) struct Interval;

impl Form for Interval {
    type Of = Delay;
    const SHAPE: Shape = Shape::Either(&[Positive::SHAPE, Shape::Tagged(&Delay::TAGGED)]);

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Delay> {
        let interval = Delay::read(value, place, problems)?;
        if interval == Delay::ZERO {
            let help = "expected a time above zero between two polls";
            problems.push(Problem::at(place, "`interval` is zero", help));
        }
        Some(interval)
    }

    fn write(interval: &Delay) -> Value {
        Delay::write(interval)
    }
}

/// None, or a poll at an interval; its other keys have the defaults of a poller.
pub(crate) struct Reconcile;

impl Form for Reconcile {
    type Of = Option<PollSchedule>;
    const SHAPE: Shape =
        Shape::Either(&[Shape::Choice { words: &[("none", "not at all")] }, Positive::SHAPE]);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        let Value::Span(interval) = value else { return Some(None) };
        let defaults = PollSchedule::TABLE.keys.iter().filter_map(|key| match key.absent {
            Absent::Default(toml) => Some((key.name, default_value(&key.shape, toml)?)),
            Absent::Required | Absent::Derived(_) | Absent::Optional => None,
        });
        let mut record = Record { place: None, fields: defaults.collect() };
        record.fields.push(("interval", Item { place: None, value: Value::Span(*interval) }));
        PollSchedule::read_keys(&record, problems).map(Some)
    }

    fn write(reconcile: &Self::Of) -> Value {
        match reconcile {
            None => Value::Text("none".to_owned()),
            Some(schedule) => Delay::write(&schedule.interval),
        }
    }
}

type Delays = ListOf<Time, 0>;

impl Form for Retries {
    type Of = Self;
    const SHAPE: Shape = Shape::Either(&[Delays::SHAPE, Shape::Table(&Growing::TABLE)]);

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        let retries = match value {
            Value::Table(record) => growing(Growing::read_keys(record, problems)?, problems)?,
            list => Self::List(Delays::read(list, place, problems)?),
        };
        let sum_s: f64 =
            (1..retries.attempts()).filter_map(|n| retries.delay(n)).map(Span::as_secs_f64).sum();
        if sum_s > LONGEST_RETRIES.as_secs_f64() {
            let message = format!("the retries last longer than {LONGEST_RETRIES}");
            problems.push(Problem::at(place, message, "give fewer retries or shorter delays"));
        }
        Some(retries)
    }

    fn write(retries: &Self) -> Value {
        match retries {
            Self::List(delays) => Delays::write(delays),
            Self::Exponential { first, factor, max, attempts } => {
                let growing = Growing {
                    first: Some(*first),
                    factor: Some(*factor),
                    max: Some(At::nowhere(*max)),
                    attempts: Some(*attempts),
                };
                Value::Table(growing.write_keys())
            }
        }
    }
}

fn growing(growing: Growing, problems: &mut Vec<Problem>) -> Option<Retries> {
    let Growing { first, factor, max, attempts } = growing;
    let (first, At { value: max, place }) = (first?, max?);
    if max < first {
        let message = format!("`max` is {max} and `first` is {first}");
        problems.push(Problem::at(place, message, "make `max` no shorter than `first`"));
    }
    Some(Retries::Exponential { first, factor: factor?, max, attempts: attempts? })
}

/// The clients of an outage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Whose {
    /// Every client.
    All,
    /// The clients of these names.
    Named(Vec<At<String>>),
}

/// Instead of a client's name: every client.
pub(crate) const ALL: &str = "*";

type Names = ListOf<Placed<Filled>, 1>;

impl Form for Whose {
    type Of = Self;
    const SHAPE: Shape = Shape::Either(&[Filled::SHAPE, Names::SHAPE]);

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Text(all) if all == ALL => Some(Self::All),
            Value::Text(name) => Some(Self::Named(vec![At { value: name.clone(), place }])),
            list => Names::read(list, place, problems).map(Self::Named),
        }
    }

    fn write(whose: &Self) -> Value {
        match whose {
            Self::All => Value::Text(ALL.to_owned()),
            Self::Named(names) => match names.as_slice() {
                [name] => Value::Text(name.value.clone()),
                _ => Names::write(names),
            },
        }
    }
}

/// Whether the figure of that path is a time, so that its limit may be a duration.
pub(crate) fn is_time(metric: &str) -> bool {
    Metric::find(metric).is_some_and(|metric| metric.unit() == Unit::Seconds)
}

/// The limit of an expectation, as written in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    /// A duration: the figure is a time.
    Time(Span),
    /// A number; of seconds, if the figure is a time.
    Number(f64),
}

impl Form for Limit {
    type Of = Self;
    const SHAPE: Shape =
        Shape::Either(&[Time::SHAPE, Shape::Number { min: f64::NEG_INFINITY, max: f64::INFINITY }]);

    fn read(value: &Value, _: Option<Place>, _: &mut Vec<Problem>) -> Option<Self> {
        match value {
            Value::Span(span) => Some(Self::Time(*span)),
            Value::Number(number) => Some(Self::Number(*number)),
            _ => None,
        }
    }

    fn write(limit: &Self) -> Value {
        match limit {
            Self::Time(span) => Value::Span(*span),
            Self::Number(number) => Value::Number(*number),
        }
    }
}

/// A quarter of the longest time, so that the clock of a run stays in range.
const LONGEST_RETRIES: Span = Span(Span::LONGEST.0 / 4);
