//! `--find 'CLIENT.METRIC < VALUE'` and `--cheapest CLIENT.METRIC`: what a setting must keep, and what it should cost
//! least.

use crate::figure::{Metric, Unit};
use crate::scenario::{Quantity, nearest_name};
use std::str::FromStr;

/// A figure of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    /// The client's name.
    pub client: String,
    /// The figure.
    pub metric: Metric,
    /// The path of the figure.
    pub path: String,
}

impl FromStr for Aim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let found = Metric::readings(text).next().map(|(client, path, metric)| (client.trim(), path, metric));
        let (client, path, metric) = found.filter(|(client, ..)| !client.is_empty()).ok_or_else(|| {
            let mut paths = text.match_indices('.').map(|(dot, _)| &text[dot + 1..]);
            let near = paths.find_map(|path| nearest_name(path, Metric::paths()));
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!(
                "`{text}` is no CLIENT.METRIC, such as webhook.known_after_s.p99{help} (`pollhook schema --summary` lists the figures)"
            )
        })?;
        Ok(Self { client: client.to_owned(), metric, path: path.to_owned() })
    }
}

/// A figure and its limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// As it was written.
    pub text: String,
    /// The figure.
    pub aim: Aim,
    /// Below the limit, else above it.
    pub below: bool,
    /// Whether the limit itself is allowed.
    pub or_equal: bool,
    /// In the unit of the figure.
    pub limit: f64,
}

impl Wish {
    /// Whether a value keeps the limit.
    pub fn is_met_by(&self, value: f64) -> bool {
        match (self.below, self.or_equal) {
            (true, false) => value < self.limit,
            (true, true) => value <= self.limit,
            (false, false) => value > self.limit,
            (false, true) => value >= self.limit,
        }
    }

    /// How far a value is from the limit, on the wrong side of it.
    pub(super) fn misses_by(&self, value: f64) -> f64 {
        if self.below { value - self.limit } else { self.limit - value }
    }
}

impl FromStr for Wish {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no wish; write CLIENT.METRIC < VALUE, such as 'webhook.known_after_s.p99 < 30s'"
            )
        };
        let at = text.rfind(['<', '>']).ok_or_else(wrong)?;
        let (name, rest) = (&text[..at], &text[at + 1..]);
        let (or_equal, value) = match rest.strip_prefix('=') {
            Some(rest) => (true, rest.trim()),
            None => (false, rest.trim()),
        };
        let aim: Aim = name.parse()?;
        let limit = limit(value, aim.metric.unit()).ok_or_else(|| {
            let such = match aim.metric.unit() {
                Unit::Seconds => "30s",
                Unit::Bytes => "2MB",
                Unit::Share => "0.99 or 99%",
                Unit::PerSecond => "0.5/s or 10/h",
                Unit::Count | Unit::PerEvent => "100",
            };
            format!("`{value}` is no limit of `{}`; write it as {such}", aim.path)
        })?;
        Ok(Self { text: text.trim().to_owned(), aim, below: text[at..].starts_with('<'), or_equal, limit })
    }
}

fn limit(text: &str, unit: Unit) -> Option<f64> {
    if let (Unit::Share, Some(percent)) = (unit, text.strip_suffix('%')) {
        let percent = percent.trim().parse().ok().filter(|percent: &f64| percent.is_finite());
        return percent.map(|percent| percent / 100.0);
    }
    let quantity = Quantity::read(text)?;
    let fits = match quantity {
        Quantity::Number(_) => true,
        Quantity::Time(_) => unit == Unit::Seconds,
        Quantity::Rate(_) => unit == Unit::PerSecond,
        Quantity::Size(_) => unit == Unit::Bytes,
    };
    fits.then(|| quantity.amount())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;

    #[test]
    fn a_wish_has_a_client_a_figure_and_a_limit_in_its_unit() {
        let wish: Wish = "webhook + poll 1.5m.known_after_s.p99 <= 30s".parse().unwrap();
        assert_eq!(wish.aim.client, "webhook + poll 1.5m");
        assert_eq!(wish.aim.metric, Metric::Measured(Figure::KnownAfterP99));
        assert_eq!((wish.below, wish.or_equal, wish.limit), (true, true, 30.0));
        let limit = |text: &str| text.parse::<Wish>().unwrap().limit;
        assert_eq!(limit("a.fresh_share > 95 %"), 0.95);
        assert_eq!(limit("a.requests.per_s < 36/h"), 0.01);
        assert_eq!(limit("a.bytes.total < 2KB"), 2000.0);
        assert_eq!(limit("a.requests.total < 12"), 12.0);
    }

    #[test]
    fn only_what_keeps_the_limit_meets_it() {
        let met = |text: &str| {
            [29.0, 30.0, f64::INFINITY].map(|value| text.parse::<Wish>().unwrap().is_met_by(value))
        };
        assert_eq!(met("a.known_after_s.max < 30s"), [true, false, false]);
        assert_eq!(met("a.known_after_s.max <= 30s"), [true, true, false]);
        assert_eq!(met("a.known_after_s.max > 29.5s"), [false, true, true]);
    }

    #[test]
    fn what_is_no_wish_is_refused_with_the_remedy() {
        for (text, part) in [
            ("webhook.known_after_s.p99", "CLIENT.METRIC < VALUE"),
            ("webhook.known_after_s.p98 < 30s", "did you mean `known_after_s.p9"),
            ("known_after_s < 30s", "no CLIENT.METRIC"),
            ("a.known_after_s.p99 < 30B", "write it as 30s"),
            ("a.fresh_share > nan%", "write it as 0.99 or 99%"),
            ("a.requests.total < soon", "write it as 100"),
        ] {
            let error = text.parse::<Wish>().unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
