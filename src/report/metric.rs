//! Figures of `summary.json` as text for people, in the unit with which each is declared.

use crate::figure::{Combine, Figure, Metric, Unit};
pub use crate::study::human::{number, rate};
use crate::study::summary::{ClientSummary, Live, Precision, Requests};
use crate::study::{self, human};

/// The figure at that path of a client's object, in the unit that it is declared with: `latency_s.p99` as a duration,
/// `fresh_share` as a share, `requests.total` as a count. None, which `summary.json` has as null, is a dash.
pub fn value(path: &str, value: Option<f64>) -> String {
    let unit = Metric::find(path).map_or(Unit::Count, |metric| metric.unit());
    value.map_or_else(dash, |value| human::figure(unit, value))
}

/// A share of polls that brought nothing; None for a client that does not poll.
pub fn empty_share(requests: &Requests) -> Option<f64> {
    (requests.polls > 0).then(|| requests.empty_polls as f64 / requests.polls as f64)
}

/// The 95 % interval of a figure, of one run: `29.1 s to 30.9 s`. None where there is none.
pub fn interval(client: &ClientSummary, figure: Figure, runs: u32) -> Option<String> {
    let ends = study::interval(client, figure)?;
    let of = if figure.combine() == Combine::Sum { f64::from(runs.max(1)) } else { 1.0 };
    let [low, high] = ends.map(|end| human::figure(figure.unit(), end.seconds() / of));
    Some(if low == high { low } else { format!("{low} to {high}") })
}

/// How precise a run became that was to be so precise: `±0.8 %`, or `±3.1 %, not ±1 %`.
pub fn precision(precision: &Precision) -> String {
    let share = |half_width: f64| format!("±{}", human::share(half_width));
    match precision.half_width {
        Some(half_width) if precision.is_reached() => share(half_width),
        Some(half_width) => format!("{}, not {}", share(half_width), share(precision.wanted)),
        None => format!("not {}", share(precision.wanted)),
    }
}

/// A sum over replications, for one of them.
pub fn per_run(sum: u64, replications: u32) -> f64 {
    sum as f64 / f64::from(replications.max(1))
}

/// What a column of that figure is called: at most eleven letters.
pub fn label(metric: &Metric) -> String {
    match metric {
        Metric::Measured(figure) => figure.label().to_owned(),
        Metric::Predicted(_) => "theory".to_owned(),
        Metric::Answered(outcome) => outcome.to_string(),
    }
}

/// The label behind a count of it: of one, `try/event`, `delivery`.
pub fn counted(count: &str, label: &str) -> String {
    let (what, per) =
        label.split_once('/').map_or((label, String::new()), |(what, per)| (what, format!("/{per}")));
    let one = match (what.strip_suffix("ies"), what.strip_suffix('s')) {
        (Some(stem), _) => format!("{stem}y"),
        (None, Some(stem)) => stem.to_owned(),
        (None, None) => what.to_owned(),
    };
    if count == "1" { format!("{count} {one}{per}") } else { format!("{count} {label}") }
}

/// What is not there.
pub fn dash() -> String {
    "–".to_owned()
}

/// A length of time, or a dash.
pub fn duration(seconds: Option<f64>) -> String {
    seconds.map_or_else(dash, human::duration)
}

/// By how much a live run was late: `3 ms at p99, 12 ms at most`, or that nothing fell due.
pub fn lateness(live: &Live) -> String {
    let late = |value: Option<f64>, what: &str| value.map(|late| format!("{} {what}", human::duration(late)));
    let parts = [late(live.lateness_s.p99, "at p99"), late(live.lateness_s.max, "at most")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "nothing fell due, so that its lateness is not known".to_owned()
    } else {
        format!("the engine was late by {}", parts.join(", "))
    }
}

/// So many events: `1 event`, `1 410 events`.
pub fn events(events: f64) -> String {
    format!("{} event{}", number(events), if events == 1.0 { "" } else { "s" })
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

/// A point of the run's time: `13:00` within the first day, `2 d 13:00` after it, seconds where there are any.
pub fn clock(seconds: f64) -> String {
    let seconds = libm::round(seconds);
    if (seconds as u64).is_multiple_of(60) { minute(seconds) } else { to_the_second(seconds, 0) }
}

/// Points of the run's time in rising order, as one column: all as fine as tells them apart, from days to
/// nanoseconds. A column that ends within two minutes counts seconds alone: `0.017 s`.
pub fn moments(seconds: &[f64]) -> Vec<String> {
    let (Some(&first), Some(&last)) = (seconds.first(), seconds.last()) else { return Vec::new() };
    let gap_s = (last - first) / (seconds.len() - 1).max(1) as f64;
    // A tenth of the usual gap, so that few of them look alike even where gaps differ.
    let decimals =
        if gap_s > 0.0 { libm::ceil(1.0 - libm::log10(gap_s) - 1e-6).clamp(0.0, 9.0) } else { 0.0 } as usize;
    let whole_minutes =
        || decimals == 0 && seconds.iter().all(|at| (libm::round(*at) as u64).is_multiple_of(60));
    let spell = match () {
        () if last < 120.0 => |at: f64, decimals: usize| format!("{at:.decimals$} s"),
        () if whole_minutes() => |at: f64, _| minute(libm::round(at)),
        () => to_the_second,
    };
    seconds.iter().map(|&at| spell(at, decimals)).collect()
}

fn minute(seconds: f64) -> String {
    let total = seconds as u64;
    let (days, hours, minutes) = (total / 86_400, total / 3600 % 24, total / 60 % 60);
    // As on the axes of the charts.
    let day = if days == 0 { String::new() } else { format!("{} d ", human::count(days)) };
    format!("{day}{hours:02}:{minutes:02}")
}

fn to_the_second(seconds: f64, decimals: usize) -> String {
    // Rounding comes first, so that 59.9996 is the next minute and not 60.000.
    let unit = libm::pow(10.0, decimals as f64);
    let seconds = libm::round(seconds * unit) / unit;
    let minutes = libm::floor(seconds / 60.0 + 1e-12) * 60.0;
    let rest = libm::fmax(seconds - minutes, 0.0);
    let width = if decimals == 0 { 2 } else { decimals + 3 };
    format!("{}:{rest:0width$.decimals$}", minute(minutes))
}

/// The paragraphs of a text, which empty lines separate, each as one line.
pub fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| unbroken(&lines.join(" "))).collect()
}

const UNITS: [&str; 11] = ["ns", "µs", "ms", "s", "min", "h", "d", "%", "B", "kB", "MB"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_it_is_named_so() {
        for (count, label, text) in [
            ("1", "tries/event", "1 try/event"),
            ("4", "tries/event", "4 tries/event"),
            ("1", "deliveries", "1 delivery"),
            ("1", "duplicates", "1 duplicate"),
            ("1", "per event", "1 per event"),
        ] {
            assert_eq!(counted(count, label), text);
        }
    }

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
            ("known_after_s.p99", Some(70.0), "70 s"),
            ("known_after_s.max", Some(f64::INFINITY), "never"),
            ("bytes.total", Some(1410.0), "1\u{202f}410 B"),
            ("requests.by_status.503", Some(2.0), "2"),
        ] {
            assert_eq!(value(path, figure), text);
        }
    }

    #[test]
    fn a_number_keeps_its_unit() {
        let text = unbroken("event 0.25 s (4 %), in 30 min. A d, 3 days, 794 B");
        assert_eq!(text, "event 0.25\u{a0}s (4\u{a0}%), in 30\u{a0}min. A d, 3 days, 794\u{a0}B");
    }

    #[test]
    fn an_empty_line_separates_paragraphs() {
        assert_eq!(paragraphs("One\n of 3\ns.\r\n \n\nTwo.\n"), ["One of 3\u{a0}s.", "Two."]);
        assert_eq!(paragraphs(""), Vec::<String>::new());
    }

    #[test]
    fn a_moment_is_spelt_as_on_a_clock() {
        assert_eq!(
            [0.0, 46_800.0, 46_805.2, 180_000.0].map(clock),
            ["00:00", "13:00", "13:00:05", "2 d 02:00"]
        );
    }

    #[test]
    fn a_column_of_moments_is_as_fine_as_it_needs() {
        for (seconds, texts) in [
            (&[0.0, 0.0167, 0.0333][..], ["0.000 s", "0.017 s", "0.033 s"]),
            (&[0.0, 50.0, 100.0], ["0 s", "50 s", "100 s"]),
            (&[0.0, 7200.0, 14_400.0], ["00:00", "02:00", "04:00"]),
            (&[0.0, 7200.0, 14_405.0], ["00:00:00", "02:00:00", "04:00:05"]),
            (&[3600.0, 3600.5, 3659.9996], ["01:00:00", "01:00:01", "01:01:00"]),
            (&[3600.0, 3600.01, 3600.02], ["01:00:00.000", "01:00:00.010", "01:00:00.020"]),
            (&[86_400.0, 129_600.0, 172_800.0], ["1 d 00:00", "1 d 12:00", "2 d 00:00"]),
        ] {
            assert_eq!(moments(seconds), texts);
        }
        assert_eq!((moments(&[]), moments(&[61.5])), (Vec::new(), vec!["62 s".to_owned()]));
    }
}
