//! Between parsing and checking: the file of a trace becomes its times, so that a scenario as it ran needs no file.

use super::document::{Raw, RawTable, RawValue};
use super::problems::Problem;
use super::{shipped, units};
use crate::time::Span;
use std::str::FromStr;
use toml::value::{Datetime, Offset};

/// A message and its help.
type Refusal = (String, String);

/// Reads the trace of the events. `files` reads the file of a path.
pub(super) fn apply(
    document: &mut Raw,
    files: &dyn Fn(&str) -> Result<String, String>,
    problems: &mut Vec<Problem>,
) {
    let Some(arrivals) = arrivals(document).filter(|table| table.text("process") == Some("trace")) else {
        return;
    };
    let speed = match arrivals.get("speed").map(|speed| &speed.value) {
        None => 1.0,
        Some(RawValue::Integer(speed)) if *speed > 0 => *speed as f64,
        Some(RawValue::Float(speed)) if *speed > 0.0 && speed.is_finite() => *speed,
        // The check of its shape tells what is wrong.
        Some(_) => return,
    };
    let refuse = |problems: &mut Vec<Problem>, key: &str, arrivals: &RawTable, (message, help): Refusal| {
        problems.push(Problem::at(arrivals.get(key).and_then(|value| value.place), message, help));
    };
    let has = |key: &str| arrivals.get(key).is_some();
    if has("file") && has("times") {
        let refusal =
            ("`file` and `times` both give the events".to_owned(), "leave one of them out".to_owned());
        return refuse(problems, "file", arrivals, refusal);
    }
    if !has("file") && !has("times") {
        let refusal = (
            "the trace has no events: `file` and `times` are missing",
            "name a `file` of times, or give `times`",
        );
        return refuse(problems, "process", arrivals, (refusal.0.to_owned(), refusal.1.to_owned()));
    }
    if has("column") && !has("file") {
        let refusal = ("`column` is of a file, and `file` is missing".to_owned(), "leave it out".to_owned());
        refuse(problems, "column", arrivals, refusal);
    }
    if let Some(path) = arrivals.text("file").map(str::to_owned) {
        let place = arrivals.get("file").and_then(|file| file.place);
        let column = arrivals.text("column").map(str::to_owned);
        match read(&path, files).and_then(|text| times(&text, column.as_deref())) {
            Ok(times) => {
                let value = |at: &i64| Raw { place, value: RawValue::Text(Span(*at).to_string()) };
                let times = RawValue::List(times.iter().map(value).collect());
                arrivals.entry("times", place, times);
            }
            Err(refusal) => refuse(problems, "file", arrivals, refusal),
        }
    }
    if let Some(RawValue::List(times)) = arrivals.get_mut("times").map(|times| &mut times.value) {
        for time in times {
            if let RawValue::Text(text) = &mut time.value
                && speed != 1.0
                && let Ok(span) = units::span(text)
            {
                *text = Span::from_secs_f64(span.as_secs_f64() / speed).to_string();
            }
        }
    }
    arrivals.0.retain(|(key, _)| !["file", "column", "speed"].contains(&key.name.as_str()));
}

fn arrivals(document: &mut Raw) -> Option<&mut RawTable> {
    document.table_mut()?.get_mut("events")?.table_mut()?.get_mut("arrivals")?.table_mut()
}

/// The text of a file, or of the embedded one of that name.
fn read(path: &str, files: &dyn Fn(&str) -> Result<String, String>) -> Result<String, Refusal> {
    files(path).or_else(|why| {
        shipped::trace(path).map(str::to_owned).ok_or_else(|| {
            (
                format!("`file` cannot be read: {why}"),
                "a path is relative to the folder of the scenario, and `-` is standard input".to_owned(),
            )
        })
    })
}

/// The times in a file, in nanoseconds since the run began.
fn times(text: &str, column: Option<&str>) -> Result<Vec<i64>, Refusal> {
    let cells = match column {
        Some(column) => cells(text, column)?,
        None => {
            let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim().to_owned()));
            lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).collect()
        }
    };
    let mut moments = Vec::with_capacity(cells.len());
    for (line, cell) in &cells {
        moments.push(moment(cell).ok_or_else(|| no_time(*line, cell, column))?);
    }
    let Some(earliest) = moments.iter().map(|moment| moment.nanos).min() else {
        return Err(("the file has no times".to_owned(), "give one time in each line".to_owned()));
    };
    // Seconds since the beginning stay as they are; points of the calendar count from the first.
    let of_calendar = moments.iter().filter(|moment| moment.of_calendar).count();
    let start = match of_calendar {
        0 => 0,
        all if all == moments.len() => earliest,
        _ => {
            let message = "the file has both seconds since the beginning, and dates or Unix times";
            return Err((message.to_owned(), "give all times in one way".to_owned()));
        }
    };
    let mut times = Vec::with_capacity(moments.len());
    for moment in moments {
        let since =
            i64::try_from(moment.nanos - start).ok().filter(|since| (0..=Span::LONGEST.0).contains(since));
        times.push(since.ok_or_else(|| {
            let message =
                "an event of the file is more than 100 years after the first, or before the beginning";
            (message.to_owned(), "check the times of the file".to_owned())
        })?);
    }
    times.sort_unstable();
    Ok(times)
}

/// The cells of a column, each with the number of its line.
fn cells(text: &str, column: &str) -> Result<Vec<(usize, String)>, Refusal> {
    let broken = |error: csv::Error| (format!("`file` is not CSV: {error}"), "check the file".to_owned());
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let head = table.headers().map_err(broken)?.clone();
    let place = head.iter().position(|name| name.trim() == column).ok_or_else(|| {
        let names: Vec<&str> = head.iter().collect();
        (format!("the file has no column `{column}`"), format!("it has `{}`", names.join("`, `")))
    })?;
    let mut cells = Vec::new();
    for record in table.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        cells.push((line, record.get(place).unwrap_or_default().trim().to_owned()));
    }
    Ok(cells)
}

fn no_time(line: usize, cell: &str, column: Option<&str>) -> Refusal {
    let shown: String = cell.chars().take(40).collect();
    let csv = if column.is_none() && (cell.contains(',') || line == 1) {
        "; of a CSV file, name the `column`"
    } else {
        ""
    };
    (
        format!("line {line} of the file has no time: `{shown}`"),
        format!("a time is in seconds, such as 12.5, or a date and time, such as 2026-01-31T12:00:00Z{csv}"),
    )
}

/// A time in a file.
struct Moment {
    nanos: i128,
    /// Whether it is a date or a Unix time.
    of_calendar: bool,
}

fn moment(text: &str) -> Option<Moment> {
    if let Ok(seconds) = text.parse::<f64>() {
        let is_known = (0.0..LATEST).contains(&seconds);
        let nanos = || {
            libm::round((seconds - libm::floor(seconds)) * 1e9) as i128
                + libm::floor(seconds) as i128 * 1_000_000_000
        };
        return is_known.then(|| Moment { nanos: nanos(), of_calendar: seconds > CALENDAR });
    }
    Some(Moment { nanos: unix_nanos(text)?, of_calendar: true })
}

/// The Unix time of a date and time as RFC 3339 has it, in nanoseconds; without an offset it is that of UTC.
pub(crate) fn unix_nanos(text: &str) -> Option<i128> {
    let when = Datetime::from_str(text).ok()?;
    let (date, time) = (when.date?, when.time?);
    let offset_minutes = match when.offset {
        None | Some(Offset::Z) => 0,
        Some(Offset::Custom { minutes }) => i128::from(minutes),
    };
    let days = i128::from(days_since_1970(i64::from(date.year), i64::from(date.month), i64::from(date.day)));
    let minutes = days * 1440 + i128::from(time.hour) * 60 + i128::from(time.minute) - offset_minutes;
    let (second, nanosecond) =
        (i128::from(time.second.unwrap_or(0)), i128::from(time.nanosecond.unwrap_or(0)));
    Some((minutes * 60 + second) * 1_000_000_000 + nanosecond)
}

/// The year 5138: greater numbers are not in seconds.
const LATEST: f64 = 1e11;

/// Numbers above it are Unix times: as seconds since the beginning of a run it is three years.
const CALENDAR: f64 = 1e8;

/// Days of the Gregorian calendar since 1 January 1970, with years that begin in March, so that a leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_stay_and_points_of_the_calendar_count_from_the_first() {
        let seconds = |text: &str, column| {
            times(text, column).map(|all| all.iter().map(|at| *at as f64 / 1e9).collect::<Vec<_>>())
        };
        assert_eq!(seconds("5\n\n# note\n0.25\n10\n", None).unwrap(), [0.25, 5.0, 10.0]);
        assert_eq!(seconds("1700000060\n1700000000\n", None).unwrap(), [0.0, 60.0]);
        let dates = "2024-02-28T23:59:59Z\n2024-03-01T01:00:00+01:00\n2024-02-29 00:00:00.5Z";
        assert_eq!(seconds(dates, None).unwrap(), [0.0, 1.5, 86_401.0]);
        assert_eq!(seconds("id,when\n1,3\n\"a,b\",1\n", Some("when")).unwrap(), [1.0, 3.0]);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for ((year, month, day), days) in [
            ((1970, 1, 1), 0),
            ((1969, 12, 31), -1),
            ((2000, 2, 29), 11_016),
            ((2000, 3, 1), 11_017),
            ((2100, 3, 1), 47_541),
        ] {
            assert_eq!(days_since_1970(year, month, day), days, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn a_file_without_times_is_refused_at_its_line() {
        for (text, column, part) in [
            ("", None, "no times"),
            ("time\n1\n", None, "name the `column`"),
            ("1\n2\nsoon\n", None, "line 3"),
            ("a,b\n1,2\n", Some("c"), "it has `a`, `b`"),
            ("a,b\n1\n", Some("a"), "not CSV"),
            ("1\n1700000000\n", None, "both seconds"),
            ("-1\n", None, "line 1"),
            ("1700000000000\n", None, "a time is in seconds"),
            ("1e300\n", None, "a time is in seconds"),
            ("nan\n", None, "a time is in seconds"),
            ("0001-01-01T00:00:00Z\n2024-01-01T00:00:00Z\n", None, "100 years"),
        ] {
            let (message, help) = times(text, column).unwrap_err();
            assert!(format!("{message} {help}").contains(part), "{text:?}: {message}; {help}");
        }
    }
}
