//! A figure of `summary.json` as people read it: its unit follows from its path.
//!
//! It knows the names of the summary and nothing of where the figure is shown.

use crate::study::human;

/// The figure at that path of a client's object: `latency_s.p99` as a duration, `fresh_share` as a share,
/// `requests.total` as a count. None, which `summary.json` has as null, is a dash.
pub fn value(path: &str, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let within = |names: &[&str]| path.split('.').any(|part| names.contains(&part));
    if within(&["latency_s", "age_s", "lateness_s", "cpu_s"]) {
        human::duration(value)
    } else if within(&["known_within"]) || path.ends_with("_share") {
        human::share(value)
    } else if path.ends_with("per_s") {
        format!("{}/s", human::amount(value))
    } else if value >= 0.0 && value == libm::round(value) && value < 1e15 {
        human::count(value as u64)
    } else {
        human::amount(value)
    }
}

/// A share of polls that brought nothing; None for a client that does not poll.
pub fn empty_share(requests: &crate::study::summary::Requests) -> Option<f64> {
    (requests.polls > 0).then(|| requests.empty_polls as f64 / requests.polls as f64)
}

/// So many events: `1 event`, `1 410 events`.
pub fn events(number: u64) -> String {
    format!("{} event{}", human::count(number), if number == 1 { "" } else { "s" })
}

/// How often events occur, in the unit that gives a number of a humane size: `60/s`, `12.2/h`, `1.46/d`.
pub fn rate(per_s: f64) -> String {
    let (factor, unit) = match per_s {
        _ if per_s >= 0.5 => (1.0, "s"),
        _ if per_s * 3600.0 >= 0.5 => (3600.0, "h"),
        _ => (86_400.0, "d"),
    };
    format!("{}/{unit}", human::amount(per_s * factor))
}

/// The text with a no-break space between each number and its unit, so that a line never begins with a unit.
pub fn unbroken(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for word in text.split(' ') {
        let unit = UNITS.contains(&word.trim_end_matches(['.', ',', ')', ':', ';']));
        let glue = if unit && whole.ends_with(|c: char| c.is_ascii_digit()) { '\u{a0}' } else { ' ' };
        if !whole.is_empty() {
            whole.push(glue);
        }
        whole.push_str(word);
    }
    whole
}

/// A point of the run's time: `13:00` within a day, `day 3 13:00` beyond, seconds where there are any.
pub fn clock(seconds: f64) -> String {
    let total = libm::round(seconds) as u64;
    let (days, hours, minutes, rest) = (total / 86_400, total / 3600 % 24, total / 60 % 60, total % 60);
    let seconds = if rest == 0 { String::new() } else { format!(":{rest:02}") };
    let day = if days == 0 { String::new() } else { format!("day {} ", days + 1) };
    format!("{day}{hours:02}:{minutes:02}{seconds}")
}

const UNITS: [&str; 8] = ["ns", "µs", "ms", "s", "min", "h", "d", "%"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_the_unit() {
        for (path, figure, text) in [
            ("latency_s.p99", Some(2105.0), "35m05s"),
            ("latency_s.p99", None, "–"),
            ("known_within.1m", Some(0.974), "97.4 %"),
            ("theory.empty_share", Some(1.0), "100 %"),
            ("requests.per_s", Some(0.01667), "0.0167/s"),
            ("requests.per_event", Some(5.284), "5.28"),
            ("events.lost", Some(1410.0), "1\u{202f}410"),
        ] {
            assert_eq!(value(path, figure), text);
        }
    }

    #[test]
    fn a_rate_has_a_humane_unit() {
        assert_eq!(
            [60.0, 293.0 / 86_400.0, 1.46 / 86_400.0, 0.0].map(rate),
            ["60/s", "12.2/h", "1.46/d", "0/d"]
        );
    }

    #[test]
    fn a_number_keeps_its_unit() {
        let text = unbroken("event 0.25 s (4 %), in 30 min. A d, 3 days");
        assert_eq!(text, "event 0.25\u{a0}s (4\u{a0}%), in 30\u{a0}min. A d, 3 days");
    }

    #[test]
    fn a_moment_is_spelt_as_on_a_clock() {
        assert_eq!(
            [0.0, 46_800.0, 46_805.2, 180_000.0].map(clock),
            ["00:00", "13:00", "13:00:05", "day 3 02:00"]
        );
    }
}
