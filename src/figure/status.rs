//! How a request ended for its sender, under the name that reports give it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

macro_rules! statuses {
    ($(#[doc = $about:literal] $name:ident = $word:literal;)*) => {
        /// The answer to a request, or why there is none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Status {
            /// An HTTP status.
            Http(u16),
            $(#[doc = $about] $name,)*
        }

        impl Status {
            /// The names of the ends without an answer.
            pub const UNANSWERED: &'static [&'static str] = &[$($word),*];
        }

        impl fmt::Display for Status {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Http(status) => write!(f, "{status}"),
                    $(Self::$name => f.write_str($word),)*
                }
            }
        }

        impl FromStr for Status {
            type Err = ();

            /// The status of that name: three digits, or one of [`UNANSWERED`](Self::UNANSWERED).
            fn from_str(name: &str) -> Result<Self, ()> {
                match name {
                    $($word => Ok(Self::$name),)*
                    code if code.len() == 3 => {
                        let code = code.parse().ok().filter(|code| (100..600).contains(code));
                        code.map(Self::Http).ok_or(())
                    }
                    _ => Err(()),
                }
            }
        }
    };
}

statuses! {
    /// The connection was refused.
    Refused = "refused";
    /// The connection was closed before an answer.
    Closed = "closed";
    /// No answer before the deadline.
    Timeout = "timeout";
    /// No answer before its sender went down or the run ended.
    Unanswered = "unanswered";
}
