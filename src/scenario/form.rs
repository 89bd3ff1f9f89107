//! Forms: a [`Form`] ties the shape that a value must have in a file to its type in the program, and converts the one to
//! the other and back.
//!
//! These are the forms of single values. The forms of choices, tables and tagged tables come from the macros of
//! `macros.rs`.

use super::keys::Shape;
use super::problems::{Place, Problem};
use super::record::{Item, Value};
use crate::time::{Instant, Span};
use std::marker::PhantomData;

/// The representation of a value in a file, and its type in the program.
pub(crate) trait Form {
    /// The type in the program.
    type Of;
    /// The values that a file may have.
    const SHAPE: Shape;
    /// Converts `value`, which has the shape. None: it is invalid, which is then in `problems`.
    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of>;
    /// The value as it is written in a file.
    fn write(value: &Self::Of) -> Value;
}

/// A form of one shape, whose value needs no conversion.
macro_rules! plain {
    ($(#[$about:meta])* $form:ident $(<$($min:ident: $number:ty),+>)?, $of:ty, $shape:expr,
     $pattern:pat => $read:expr, |$value:ident| $write:expr) => {
        $(#[$about])*
        pub(crate) struct $form $(<$(const $min: $number),+>)?;

        impl $(<$(const $min: $number),+>)? Form for $form $(<$($min),+>)? {
            type Of = $of;
            const SHAPE: Shape = $shape;

            fn read(value: &Value, _: Option<Place>, _: &mut Vec<Problem>) -> Option<$of> {
                match value {
                    $pattern => Some($read),
                    _ => None,
                }
            }

            fn write($value: &$of) -> Value {
                $write
            }
        }
    };
}

plain!(/** Any string. */ Text, String, Shape::Text { filled: false },
    Value::Text(text) => text.clone(), |text| Value::Text(text.clone()));
plain!(/** A string that is not empty. */ Filled, String, Shape::Text { filled: true },
    Value::Text(text) => text.clone(), |text| Value::Text(text.clone()));
plain!(/** The path of a figure. */ Metric, String, Shape::Metric,
    Value::Text(text) => text.clone(), |text| Value::Text(text.clone()));
plain!(/** True or false. */ Flag, bool, Shape::Flag,
    Value::Flag(flag) => *flag, |flag| Value::Flag(*flag));
plain!(/** Any whole number of 64 bits. */ Seed, u64, Shape::Count { min: 0, max: u64::MAX },
    Value::Count(count) => *count, |count| Value::Count(*count));
plain!(/** A whole number from MIN to MAX. */ Count<MIN: u32, MAX: u32>, u32,
    Shape::Count { min: MIN as u64, max: MAX as u64 },
    Value::Count(count) => u32::try_from(*count).ok()?, |count| Value::Count(u64::from(*count)));
plain!(/** A number from MIN to MAX. */ Number<MIN: u32, MAX: u32>, f64,
    Shape::Number { min: MIN as f64, max: MAX as f64 },
    Value::Number(number) => *number, |number| Value::Number(*number));
plain!(/** A number above zero. */ Factor, f64, Shape::Factor,
    Value::Number(number) => *number, |number| Value::Number(*number));
plain!(/** A rate above zero, per second. */ Rate, f64, Shape::Rate { zero: false },
    Value::Rate(per_s) => *per_s, |per_s| Value::Rate(*per_s));
plain!(/** A rate per second; it may be zero. */ RateOrNone, f64, Shape::Rate { zero: true },
    Value::Rate(per_s) => *per_s, |per_s| Value::Rate(*per_s));
plain!(/** A size from MIN to MAX bytes. */ Size<MIN: u32, MAX: u32>, u32, Shape::Size { min: MIN, max: MAX },
    Value::Size(bytes) => *bytes, |bytes| Value::Size(*bytes));
plain!(/** A duration; it may be zero. */ Time, Span, Shape::Span { zero: true },
    Value::Span(span) => *span, |span| Value::Span(*span));
plain!(/** A duration above zero. */ Positive, Span, Shape::Span { zero: false },
    Value::Span(span) => *span, |span| Value::Span(*span));
plain!(/** A time since the run began. */ Moment, Instant, Shape::Span { zero: true },
    Value::Span(span) => Instant::START + *span, |at| Value::Span(*at - Instant::START));

/// A probability, or another share.
pub(crate) type Chance = Number<0, 1>;

/// A list of at least MIN values; invalid ones are reported and left out.
pub(crate) struct ListOf<F, const MIN: usize>(PhantomData<F>);

impl<F: Form, const MIN: usize> Form for ListOf<F, MIN> {
    type Of = Vec<F::Of>;
    const SHAPE: Shape = Shape::List { of: &F::SHAPE, min: MIN, max: usize::MAX };

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        let Value::List(items) = value else { return None };
        Some(items.iter().filter_map(|item| F::read(&item.value, item.place, problems)).collect())
    }

    fn write(values: &Self::Of) -> Value {
        Value::List(values.iter().map(|value| Item { place: None, value: F::write(value) }).collect())
    }
}

/// Two values of one form.
pub(crate) struct PairOf<F>(PhantomData<F>);

impl<F: Form> Form for PairOf<F> {
    type Of = [F::Of; 2];
    const SHAPE: Shape = Shape::List { of: &F::SHAPE, min: 2, max: 2 };

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        ListOf::<F, 2>::read(value, place, problems)?.try_into().ok()
    }

    fn write(pair: &Self::Of) -> Value {
        Value::List(pair.iter().map(|value| Item { place: None, value: F::write(value) }).collect())
    }
}

/// A value together with its place, for rules that involve other keys.
pub(crate) struct Placed<F>(PhantomData<F>);

/// A value and its place; None: it does not come from a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Option<Place>,
}

impl<T> At<T> {
    /// A value without a place.
    pub(crate) const fn nowhere(value: T) -> Self {
        Self { value, place: None }
    }
}

impl<F: Form> Form for Placed<F> {
    type Of = At<F::Of>;
    const SHAPE: Shape = F::SHAPE;

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        Some(At { value: F::read(value, place, problems)?, place })
    }

    fn write(value: &Self::Of) -> Value {
        F::write(&value.value)
    }
}
