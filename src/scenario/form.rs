//! Forms: what a key's value is in a file and what it is in the program, as one type. A [`Form`] has the shape
//! that a value must have, and turns a value into the program's type and back; the compiler holds the two together.
//!
//! These are the forms of single values. Choices, tables and tagged tables get theirs from the macros of
//! [`declare`](super::declare).

use super::keys::Shape;
use super::problems::{Place, Problem};
use super::record::{Item, Value};
use crate::time::{Instant, Span};
use std::marker::PhantomData;

/// How a value stands in a file, and what it is in the program.
pub(crate) trait Form {
    /// What the program works with.
    type Of;
    /// What a file may say.
    const SHAPE: Shape;
    /// The program's value. `value` has the shape. None: it is wrong by itself, and `problems` says why.
    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of>;
    /// The value as a file has it.
    fn write(value: &Self::Of) -> Value;
}

/// A form of one shape, whose value is taken as it is.
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

plain!(/** Any text. */ Text, String, Shape::Text { filled: false },
    Value::Text(text) => text.clone(), |text| Value::Text(text.clone()));
plain!(/** A text that is not empty. */ Filled, String, Shape::Text { filled: true },
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
plain!(/** A rate above zero, per second. */ Rate, f64, Shape::Rate,
    Value::Rate(per_s) => *per_s, |per_s| Value::Rate(*per_s));
plain!(/** A size from MIN to MAX bytes. */ Size<MIN: u32, MAX: u32>, u32, Shape::Size { min: MIN, max: MAX },
    Value::Size(bytes) => *bytes, |bytes| Value::Size(*bytes));
plain!(/** A duration; it may be zero. */ Time, Span, Shape::Span { zero: true },
    Value::Span(span) => *span, |span| Value::Span(*span));
plain!(/** A duration above zero. */ Positive, Span, Shape::Span { zero: false },
    Value::Span(span) => *span, |span| Value::Span(*span));
plain!(/** A time since the run began. */ Moment, Instant, Shape::Span { zero: true },
    Value::Span(span) => Instant::START + *span, |at| Value::Span(*at - Instant::START));

/// A chance, or another share.
pub(crate) type Chance = Number<0, 1>;

/// A list of at least MIN values; what is wrong in it is left out.
pub(crate) struct ListOf<F, const MIN: usize>(PhantomData<F>);

impl<F: Form, const MIN: usize> Form for ListOf<F, MIN> {
    type Of = Vec<F::Of>;
    const SHAPE: Shape = Shape::List { of: &F::SHAPE, min: MIN };

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        let Value::List(items) = value else { return None };
        Some(items.iter().filter_map(|item| F::read(&item.value, item.place, problems)).collect())
    }

    fn write(values: &Self::Of) -> Value {
        Value::List(values.iter().map(|value| Item { place: None, value: F::write(value) }).collect())
    }
}

/// A value together with its place, for what only other keys can show to be wrong.
pub(crate) struct Placed<F>(PhantomData<F>);

/// A value and where it stands; what is not of a text has no place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Option<Place>,
}

impl<T> At<T> {
    /// A value that stands nowhere.
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
