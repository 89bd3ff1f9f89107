//! The macros of the [`vocabulary`](super::vocabulary). From a declaration each makes the table of keys, which reader,
//! schema, parameters and `--set` use, the code that reads into the program's own types, and the code that writes them.
//! Both match without `..` and without `_`, so a field without a key, a key without a field, a choice
//! without a word and a variant without a name do not compile.

/// The name of a key: that of its field, unless another is given.
macro_rules! key_name {
    ($key:ident) => {
        stringify!($key)
    };
    ($key:ident $name:literal) => {
        $name
    };
}

/// What the absence of a key means.
macro_rules! absent {
    (required) => {
        Absent::Required
    };
    (optional) => {
        Absent::Optional
    };
    (default($toml:expr)) => {
        Absent::Default($toml)
    };
    (derived($from:expr)) => {
        Absent::Derived($from)
    };
    (inherited($from:expr)) => {
        Absent::Derived($from)
    };
}

/// Reads one key into an `Option` that is None if the value is wrong.
macro_rules! read_key {
    (optional, $form:ty, $record:ident, $name:expr, $problems:ident) => {
        optional::<$form>($record, $name, $problems)
    };
    (inherited($from:expr), $form:ty, $record:ident, $name:expr, $problems:ident) => {
        optional::<$form>($record, $name, $problems)
    };
    ($absent:ident $(($arg:expr))?, $form:ty, $record:ident, $name:expr, $problems:ident) => {
        value::<$form>($record, $name, absent!($absent $(($arg))?), $problems)
    };
}

/// One key of a record, if it has a value.
macro_rules! write_key {
    (optional, $form:ty, $name:expr, $value:expr) => {
        $value.as_ref().map(|value| ($name, <$form as Form>::write(value)))
    };
    (inherited, $form:ty, $name:expr, $value:expr) => {
        $value.as_ref().map(|value| ($name, <$form as Form>::write(value)))
    };
    ($absent:ident, $form:ty, $name:expr, $value:expr) => {
        Some(($name, <$form as Form>::write($value)))
    };
}

macro_rules! keys {
    ($($key:ident $(as $name:literal)? : $form:ty, $absent:ident $(($arg:expr))?, $about:expr;)*) => {
        &[$(Key {
            name: key_name!($key $($name)?),
            shape: <$form as Form>::SHAPE,
            absent: absent!($absent $(($arg))?),
            about: $about,
        }),*]
    };
}

/// A table whose content is the named struct: `field: Form, required | default("TOML") | derived(function) |
/// optional, "one line of help";`. `as "name"` gives a key another name than its field has, `in field` a field
/// another name than its key has. `check` verifies rules between several keys.
macro_rules! table {
    ($type:ident $(, check $check:path)? {
        $($key:ident $(in $field:ident)? : $form:ty, $absent:ident $(($arg:expr))?, $about:expr;)*
    }) => {
        impl Keys for $type {
            const TABLE: Table = Table {
                keys: keys!($($key: $form, $absent $(($arg))?, $about;)*),
                one_of: &[],
            };

            fn read_keys(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
                $(let $key = read_key!($absent $(($arg))?, $form, record, stringify!($key), problems);)*
                $(let $key = $key?;)*
                let read = Self { $($($field :)? $key),* };
                $($check(&read, record, problems);)?
                Some(read)
            }

            fn write_keys(&self) -> Record {
                let Self { $($($field :)? $key),* } = self;
                let fields = [$(write_key!($absent, $form, stringify!($key), $key)),*];
                Record::of(fields.into_iter().flatten())
            }
        }
    };
}

/// A table without a type of its own in the program. Every field of the struct made for it is optional, so
/// that correct keys can be checked further where others are wrong.
macro_rules! partial {
    ($(#[$doc:meta])* $type:ident $(, one_of [$($one:literal),*])? {
        $($key:ident $(as $name:literal)? : $form:ty, $absent:ident $(($arg:expr))?, $about:expr;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct $type {
            $(pub(crate) $key: Option<<$form as Form>::Of>),*
        }

        impl Keys for $type {
            const TABLE: Table = Table {
                keys: keys!($($key $(as $name)? : $form, $absent $(($arg))?, $about;)*),
                one_of: &[$($($one),*)?],
            };

            fn read_keys(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
                Some(Self {
                    $($key: optional::<$form>(record, key_name!($key $($name)?), problems).flatten()),*
                })
            }

            fn write_keys(&self) -> Record {
                let Self { $($key),* } = self;
                let fields = [$(write_key!(optional, $form, key_name!($key $($name)?), $key)),*];
                Record::of(fields.into_iter().flatten())
            }
        }
    };
}

/// A choice of words: `Variant = "word": "its meaning";`.
macro_rules! choice {
    ($type:ident { $($variant:ident = $word:literal: $about:literal;)* }) => {
        impl Form for $type {
            type Of = Self;
            const SHAPE: Shape = Shape::Choice {
                words: &[$(($word, $about)),*],
            };

            fn read(value: &Value, _: Option<Place>, _: &mut Vec<Problem>) -> Option<Self> {
                match value {
                    $(Value::Text(word) if word == $word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn write(value: &Self) -> Value {
                Value::Text(match value { $(Self::$variant => $word),* }.to_owned())
            }
        }
    };
}

/// A word or a value, such as "none" or a duration: `Type: Variant = "word": "its meaning", or Variant(Form)`.
macro_rules! word_or {
    ($form:ident for $of:ty: $none:path = $word:literal: $about:literal, or $some:path => $value:ty) => {
        pub(crate) struct $form;

        impl Form for $form {
            type Of = $of;
            const SHAPE: Shape =
                Shape::Either(&[Shape::Choice { words: &[($word, $about)] }, <$value as Form>::SHAPE]);

            fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<$of> {
                match value {
                    Value::Text(word) if word == $word => Some($none),
                    value => <$value as Form>::read(value, place, problems).map($some),
                }
            }

            fn write(value: &$of) -> Value {
                match value {
                    $none => Value::Text($word.to_owned()),
                    $some(value) => <$value as Form>::write(value),
                }
            }
        }
    };
}

/// A table whose keys depend on a tag: `"name", "one line" => Variant { keys as in a table }`. The optional keys that stand
/// in `after { .. }` have been replaced by others before the table is read (as `file` of a trace, by `trace::apply`).
macro_rules! tagged {
    ($type:ident, tag $tag:literal: $about:literal $(, check $check:path)? {
        $($name:literal: $meaning:literal => $variant:ident {
            $($key:ident $(in $field:tt)? : $form:ty, $absent:ident $(($arg:expr))?, $help:expr;)*
        } $(after { $($before:ident: $before_form:ty, $before_help:expr;)* })?)*
    }) => {
        impl Variants for $type {
            const TAGGED: Tagged = Tagged {
                tag: $tag,
                about: $about,
                common: &[],
                variants: &[$(Variant {
                    name: $name,
                    about: $meaning,
                    keys: keys!(
                        $($key: $form, $absent $(($arg))?, $help;)*
                        $($($before: $before_form, optional, $before_help;)*)?
                    ),
                }),*],
            };

            fn read_variant(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
                let read = match record.text($tag)? {
                    $($name => {
                        $(let $key = read_key!($absent $(($arg))?, $form, record, stringify!($key), problems);)*
                        $(let $key = $key?;)*
                        Self::$variant { $($($field :)? $key),* }
                    })*
                    _ => return None,
                };
                $($check(&read, record, problems);)?
                Some(read)
            }

            fn write_variant(&self) -> Record {
                match self {
                    $(Self::$variant { $($($field :)? $key),* } => {
                        let tag = Some(($tag, Value::Text($name.to_owned())));
                        let fields = [tag, $(write_key!($absent, $form, stringify!($key), $key)),*];
                        Record::of(fields.into_iter().flatten())
                    })*
                }
            }
        }
    };
}
