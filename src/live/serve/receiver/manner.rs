//! How a receiver behaves, as the parameters of its URL say.

use crate::live::serve::deliver::TOKEN;
use crate::live::serve::problem::Problem;
use crate::scenario::units;
use std::time::Duration;

/// What a receiver does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// None: as a receiver does that works.
    pub(super) answer: Option<Answer>,
    /// How long it takes to answer, in real time.
    pub(super) after: Duration,
    /// It misbehaves with every request of that number.
    pub(super) every: u32,
    /// What a handshake has to name.
    pub(super) token: String,
}

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Status(u16),
    /// Not at all: it closes the connection.
    Close,
}

/// The longest time that a receiver takes.
const MAX_AFTER: Duration = Duration::from_secs(60);

impl Manner {
    /// Reads the parameters of a URL. The others are a token's, a signature's or a handshake's.
    pub(super) fn of(query: &str) -> Result<Self, Problem> {
        let refuse = |detail| Problem::new(400, detail);
        let mut manner = Self { answer: None, after: Duration::ZERO, every: 1, token: TOKEN.into() };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "answer" => {
                    manner.answer = match (value, value.parse()) {
                        ("close", _) => Some(Answer::Close),
                        (_, Ok(status @ 200..=599)) => Some(Answer::Status(status)),
                        _ => return Err(refuse("answer is a status from 200 to 599, or close")),
                    }
                }
                "after" => {
                    let after = units::span(value).map(|span| Duration::from_nanos(span.0.unsigned_abs()));
                    let after = after.ok().filter(|&after| after <= MAX_AFTER);
                    manner.after =
                        after.ok_or_else(|| refuse("after is a duration, 60s at most, such as after=20s"))?;
                }
                "every" => {
                    let every = value.parse().ok().filter(|&every| every > 0);
                    manner.every =
                        every.ok_or_else(|| refuse("every is a number from 1 on, such as every=3"))?;
                }
                "token" => manner.token = value.to_owned(),
                _ => {}
            }
        }
        // Alone it says how often something is to go wrong.
        if manner.every > 1 && manner.answer.is_none() && manner.after.is_zero() {
            manner.answer = Some(Answer::Status(500));
        }
        Ok(manner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_say_how_it_misbehaves() {
        let of = |query| Manner::of(query).unwrap();
        assert_eq!(of("").answer, None);
        assert_eq!(of("auth=abc&x").every, 1);
        assert_eq!((of("every=3").answer, of("every=3").every), (Some(Answer::Status(500)), 3));
        assert_eq!(of("every=3&answer=close").answer, Some(Answer::Close));
        assert_eq!(
            (of("after=20s&every=2").after, of("after=20s&every=2").answer),
            (Duration::from_secs(20), None)
        );
        assert_eq!(
            (of("answer=503").answer, of("token=t").token),
            (Some(Answer::Status(503)), "t".to_owned())
        );
        for query in ["answer=100", "answer=600", "answer=", "after=2m", "after=-1s", "every=0", "every=x"] {
            assert!(Manner::of(query).is_err(), "{query}");
        }
    }
}
