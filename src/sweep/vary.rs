//! `--vary PATH=V1,V2,...` and `PATH=FROM..TO:log:N`: which values a path takes.

use crate::scenario::Quantity;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A path of the scenario, and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vary {
    /// As in an override, such as `client.poll 60s.interval`.
    pub path: String,
    /// As an override spells them.
    pub values: Vec<String>,
}

impl Vary {
    /// The values as amounts of one unit; None where they are words, or of several.
    pub fn amounts(&self) -> Option<Vec<(Quantity, f64)>> {
        let read: Option<Vec<Quantity>> = self.values.iter().map(|text| Quantity::read(text)).collect();
        let read = read?;
        let alike = read.iter().all(|one| one.is_like(read[0]));
        alike.then(|| read.into_iter().map(|one| (one, one.amount())).collect())
    }

    /// What follows the client in a path of one, which names it or has its place.
    pub(super) fn key_of(&self, place: usize, name: &str) -> Option<&str> {
        let rest = self.path.strip_prefix("client.")?;
        let of = |client: &str| rest.strip_prefix(client)?.strip_prefix('.');
        of(name).or_else(|| of(&place.to_string()))
    }

    /// The last key of the path.
    pub fn key(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }
}

impl FromStr for Vary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').map(|(path, values)| (path.trim(), values.trim()));
        let (path, listed) = parts.filter(|(path, values)| !path.is_empty() && !values.is_empty()).ok_or_else(|| {
            format!("`{text}` is not PATH=VALUES, such as client.poll 60s.interval=10s,60s or events.arrivals.rate=1/h..10/s:log:8")
        })?;
        let values = match listed.split_once("..") {
            Some((from, rest)) if Quantity::read(from.trim()).is_some() => range(from.trim(), rest)?,
            Some(_) | None => list(listed),
        };
        if let Some(empty) = values.iter().position(String::is_empty) {
            return Err(format!(
                "value {} of `{path}` is empty; separate values by one comma each",
                empty + 1
            ));
        }
        if let Some(twice) = values.iter().enumerate().find(|(at, value)| values[..*at].contains(value)) {
            return Err(format!("`{path}` takes the value {} twice", twice.1));
        }
        let vary = Self { path: path.to_owned(), values };
        let amounts = vary.amounts().unwrap_or_default();
        let twice = (0..amounts.len())
            .find_map(|at| Some((amounts[..at].iter().position(|one| *one == amounts[at])?, at)));
        if let Some((one, other)) = twice {
            let [one, other] = [one, other].map(|at| &vary.values[at]);
            return Err(format!("{one} and {other} are one value of `{path}`; leave one of them out"));
        }
        Ok(vary)
    }
}

/// The values between commas; commas inside brackets or quotes belong to a value.
fn list(text: &str) -> Vec<String> {
    let (mut values, mut depth, mut quote) = (vec![String::new()], 0_i32, None);
    for c in text.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        values.last_mut().expect("it begins with one").push(c);
    }
    values.iter().map(|value| value.trim().to_owned()).collect()
}

/// `TO:log:N` after `FROM..`: N values from one to the other, equally far apart or by equal ratios. Those between are
/// rounded to three digits, so that they are easy to name and to set.
fn range(from: &str, rest: &str) -> Result<Vec<String>, String> {
    let wrong = || {
        format!(
            "`{from}..{rest}` is no range; write FROM..TO:log:N or FROM..TO:lin:N, such as 1s..60s:log:10"
        )
    };
    let mut parts = rest.split(':').map(str::trim);
    let (Some(to), Some(scale), Some(count), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let count: usize = count.parse().map_err(|_| wrong())?;
    if !(2..=MOST).contains(&count) {
        return Err(format!("a range has from 2 to {MOST} values, not {count}"));
    }
    let (Some(first), Some(last)) = (Quantity::read(from), Quantity::read(to)) else { return Err(wrong()) };
    if !first.is_like(last) {
        return Err(format!("`{from}` and `{to}` are of different units"));
    }
    // Values between are in the unit of the first: `10/h` after `1/h`.
    let unit = from.trim_start_matches(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let is_one = !unit.contains(|c: char| c.is_ascii_digit());
    let (unit, size) = match Quantity::read(&format!("1{unit}")).filter(|_| is_one) {
        Some(one) => (unit, one.amount()),
        // Of several units, as in `1m30s`.
        None => ("s", 1.0),
    };
    let (low, high) = (first.amount() / size, last.amount() / size);
    let is_log = match scale {
        "log" if low > 0.0 && high > 0.0 => true,
        "log" => {
            return Err(format!(
                "a range on a logarithmic scale begins and ends above zero; write {from}..{to}:lin:{count}"
            ));
        }
        "lin" => false,
        _ => return Err(wrong()),
    };
    let whole = [from, to].iter().all(|text| text.parse::<i64>().is_ok());
    let between = |step: usize| {
        let part = step as f64 / (count - 1) as f64;
        let number = if is_log { low * libm::pow(high / low, part) } else { low + (high - low) * part };
        // Close ends need more digits than three to be told apart.
        let rounded = if (high - low).abs() > 0.1 * low.abs() { three_digits(number) } else { number };
        format!(
            "{}{unit}",
            if whole { libm::round(number) } else { rounded.clamp(low.min(high), low.max(high)) }
        )
    };
    let inner = (1..count - 1).map(between);
    let mut values: Vec<String> =
        std::iter::once(from.to_owned()).chain(inner).chain([to.to_owned()]).collect();
    // Whole numbers that are close together fall into one.
    values.dedup();
    Ok(values)
}

/// Values of one path at most.
const MOST: usize = 1_000;

fn three_digits(number: f64) -> f64 {
    if number == 0.0 {
        return 0.0;
    }
    // The text is rounded as decimals are, and reads back as the nearest number.
    format!("{number:.2e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<Vary>().unwrap().values
    }

    #[test]
    fn a_list_keeps_what_stands_in_brackets_and_quotes_together() {
        assert_eq!(values("a.b=1s, 2m ,3h"), ["1s", "2m", "3h"]);
        assert_eq!(
            values("a=\"x,y\",[1, 2],{ k = 'a,b', n = 1 }"),
            ["\"x,y\"", "[1, 2]", "{ k = 'a,b', n = 1 }"]
        );
        let vary: Vary = "client.poll 60s.interval=10s,1m".parse().unwrap();
        assert_eq!((vary.path.as_str(), vary.key()), ("client.poll 60s.interval", "interval"));
        assert_eq!(vary.amounts().unwrap().iter().map(|one| one.1).collect::<Vec<_>>(), [10.0, 60.0]);
    }

    #[test]
    fn a_range_has_its_ends_and_steps_that_can_be_named() {
        assert_eq!(values("i=1s..100s:log:5"), ["1s", "3.16s", "10s", "31.6s", "100s"]);
        assert_eq!(values("i=1m30s..4m30s:lin:3"), ["1m30s", "180s", "4m30s"]);
        assert_eq!(values("f=../a.csv,../b.csv"), ["../a.csv", "../b.csv"]);
        assert_eq!(values("i=1m..5m:lin:5"), ["1m", "2m", "3m", "4m", "5m"]);
        assert_eq!(values("r=1/h..100/h:log:3"), ["1/h", "10/h", "100/h"]);
        assert_eq!(values("n=1..10:log:4"), ["1", "2", "5", "10"]);
        assert_eq!(values("n=1..3:lin:9"), ["1", "2", "3"]);
        assert_eq!(values("i=1001s..1004s:lin:4"), ["1001s", "1002s", "1003s", "1004s"]);
        assert_eq!(values("p=0..0.5:lin:3"), ["0", "0.25", "0.5"]);
        assert_eq!(values("s=1KiB..4KiB:log:3"), ["1KiB", "2KiB", "4KiB"]);
    }

    #[test]
    fn what_is_no_list_and_no_range_is_refused_with_the_remedy() {
        for (text, part) in [
            ("", "PATH=VALUES"),
            ("a", "PATH=VALUES"),
            ("a=", "PATH=VALUES"),
            ("=1s", "PATH=VALUES"),
            ("a=1s,,2s", "value 2 of `a` is empty"),
            ("a=1s,2s,1s", "1s twice"),
            ("a=1m,2s,60s", "1m and 60s are one value"),
            ("a=1s..60s", "FROM..TO:log:N"),
            ("a=1s..60s:log:1", "from 2 to 1000"),
            ("a=1s..60s:sqrt:5", "FROM..TO:log:N"),
            ("a=1s..60/h:log:5", "different units"),
            ("a=0s..60s:log:5", ":lin:5"),
            ("a=1s..y:log:5", "FROM..TO:log:N"),
        ] {
            let error = text.parse::<Vary>().unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
