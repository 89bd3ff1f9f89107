//! `--fail-if 'CLIENT.METRIC > +5%'`: a change that must not happen.

use crate::figure::{Figure, Metric};
use std::str::FromStr;

/// A change that fails the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// As it was written.
    pub text: String,
    /// The client.
    pub client: String,
    /// The figure; None where there is none of that name, which fails.
    pub figure: Option<Figure>,
    pub(super) limit: Limit,
}

/// What the change is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limit {
    /// `>`, else `<`.
    pub(super) above: bool,
    amount: f64,
    relative: bool,
}

impl Limit {
    /// OTHER is beyond the limit where it is beyond `times * BASE + plus`.
    pub(super) fn times(&self) -> f64 {
        if self.relative { 1.0 + self.amount } else { 1.0 }
    }

    pub(super) fn plus(&self) -> f64 {
        if self.relative { 0.0 } else { self.amount }
    }
}

impl FromStr for Gate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no condition; write a client, a figure and the change that fails, such as \
                 `poll 60s.known_after_s.p99 > +5%` or `webhook.events.lost > +0`"
            )
        };
        let at = text.rfind(['>', '<']).ok_or_else(wrong)?;
        let (name, change) = (text[..at].trim(), text[at + 1..].trim());
        let (number, relative) = match change.strip_suffix('%') {
            Some(percent) => (percent.trim(), true),
            None => (change.strip_suffix('s').unwrap_or(change).trim(), false),
        };
        // Without a sign it could be taken for a limit of the figure itself.
        if !number.starts_with(['+', '-']) {
            return Err(format!("{}; the change has a sign, such as +5%", wrong()));
        }
        let number: f64 = number.parse().map_err(|_| wrong())?;
        if !number.is_finite() {
            return Err(wrong());
        }
        let amount = if relative { number / 100.0 } else { number };
        let measured = Metric::readings(name).find_map(|(client, _, metric)| match metric {
            Metric::Measured(figure) => Some((client, Some(figure))),
            Metric::Predicted(_) | Metric::Answered(_) => None,
        });
        let unknown = || name.split_once('.').map(|(client, _)| (client, None));
        let (client, figure) = measured.or_else(unknown).ok_or_else(wrong)?;
        Ok(Self {
            text: text.to_owned(),
            client: client.to_owned(),
            figure,
            limit: Limit { above: text[at..].starts_with('>'), amount, relative },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_has_a_client_a_figure_and_a_signed_change() {
        let gate: Gate = "poll 60s.known_after_s.p99 > +5%".parse().unwrap();
        assert_eq!((gate.client.as_str(), gate.figure), ("poll 60s", Some(Figure::KnownAfterP99)));
        assert_eq!((gate.limit.above, gate.limit.times(), gate.limit.plus()), (true, 1.05, 0.0));
        let gate: Gate = "a.b.requests.total < -10".parse().unwrap();
        assert_eq!((gate.client.as_str(), gate.limit.above, gate.limit.plus()), ("a.b", false, -10.0));
        assert_eq!("a.nothing > +5%".parse::<Gate>().unwrap().figure, None);
        for wrong in ["", "a.requests.total", "a.requests.total > 5%", "a > +x", "requests > +1"] {
            assert!(wrong.parse::<Gate>().unwrap_err().contains("such as"), "{wrong}");
        }
    }
}
