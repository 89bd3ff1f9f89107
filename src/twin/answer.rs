//! The first sentence of a twin run, with what speaks against it.

use super::{ClientTwin, Equivalence, Gap, Measure, Twin};
use crate::study::human::{count, duration, list, quoted};
use crate::time::Span;

pub(super) fn sentence(twin: &Twin) -> String {
    let [mean, tail] = [twin.band.mean, twin.band.p99].map(|span| duration(span.as_secs_f64()));
    let judged = |measure: Measure, as_what: Equivalence| {
        (twin.clients.iter())
            .filter_map(move |client| Some((client, client.gap(measure)?)))
            .filter(move |(_, gap)| gap.verdict == Some(as_what))
    };
    let beyond = judged(Measure::Mean, Equivalence::Beyond).chain(judged(Measure::P99, Equivalence::Beyond));
    if let Some((client, gap)) = beyond.max_by(|a, b| weight(twin, a.1).total_cmp(&weight(twin, b.1))) {
        let band = gap.measure.band(twin.band).filter(|_| gap.gap_s().is_finite());
        let allowed = band
            .map_or_else(String::new, |band| format!(", and {} was allowed", duration(band.as_secs_f64())));
        return format!("Live differs from virtual time: {}{allowed}.", told(client, gap));
    }
    let all = twin.clients.len();
    let within = [Measure::Mean, Measure::P99].map(|measure| judged(measure, Equivalence::Within).count());
    let largest = (judged(Measure::Mean, Equivalence::Within))
        .max_by(|a, b| a.1.gap_s().abs().total_cmp(&b.1.gap_s().abs()))
        .map_or_else(String::new, |(client, gap)| format!(" The largest mean gap: {}.", told(client, gap)));
    match within {
        [means, tails] if means == all && tails == all => format!(
            "Live agrees with virtual time: of every client the mean is within {mean} and the 99th percentile within {tail}.\
             {largest}"
        ),
        [means, _] if means == all => {
            format!("Live agrees with virtual time in the mean, within {mean} for every client.{largest}")
        }
        _ => "This run cannot tell whether live agrees with virtual time.".to_owned(),
    }
}

/// Where the run cannot tell, which events only one engine brought, and how late the machine was.
pub(super) fn exception(twin: &Twin) -> String {
    let mut parts = Vec::new();
    for (measure, word) in [(Measure::Mean, "mean"), (Measure::P99, "99th percentile")] {
        let unclear = |client: &&ClientTwin| {
            client.gap(measure).is_none_or(|gap| gap.verdict == Some(Equivalence::CannotTell))
        };
        let needed = measure.events_needed().unwrap_or_default();
        let is_few = |client: &&ClientTwin| client.pairs.len() < needed;
        let has_interval =
            |client: &&ClientTwin| client.gap(measure).is_some_and(|gap| gap.interval_s.is_some());
        let names = |of: Vec<&ClientTwin>| list(&of.iter().map(|it| quoted(&it.name)).collect::<Vec<_>>());
        let (few, many): (Vec<_>, Vec<_>) = twin.clients.iter().filter(unclear).partition(is_few);
        let (wide, lossy): (Vec<_>, Vec<_>) = many.into_iter().partition(has_interval);
        if let Some(least) = few.iter().map(|client| client.pairs.len()).min() {
            parts.push(format!(
                "The {word} of {} cannot be told from {} events; it takes {}.",
                names(few),
                count(least as u64),
                count(needed as u64)
            ));
        }
        if !wide.is_empty() {
            parts.push(format!(
                "The gap of the {word} of {} lies too near to the end of its band to tell.",
                names(wide)
            ));
        }
        if !lossy.is_empty() {
            parts.push(format!(
                "The {word} of {} cannot be told, because too many of its events were never known.",
                names(lossy)
            ));
        }
    }
    for client in &twin.clients {
        let [live, simulated] = client.known_by_one();
        if live + simulated > 0 {
            parts.push(format!(
                "Of {}, {} of {} events were known in one engine only.",
                quoted(&client.name),
                count((live + simulated) as u64),
                count(client.pairs.len() as u64)
            ));
        }
    }
    let latest = twin.live.lateness_s.max.unwrap_or_default();
    if twin.verdict() != Equivalence::Within && latest > twin.band.mean.as_secs_f64() {
        parts.push(format!("The machine was late by up to {}.", duration(latest)));
    }
    parts.join(" ")
}

/// How many times its band a gap is.
fn weight(twin: &Twin, gap: &Gap) -> f64 {
    let band = gap.measure.band(twin.band).unwrap_or_default();
    gap.gap_s().abs() / band.max(Span(1)).as_secs_f64()
}

/// `“poll” is 0.3 ms ± 0.1 ms later live, on average`.
fn told(client: &ClientTwin, gap: &Gap) -> String {
    let name = quoted(&client.name);
    let of = if gap.measure == Measure::Mean { "on average" } else { "at its 99th percentile" };
    let seconds = gap.gap_s();
    if seconds.is_infinite() {
        let [lost, known] =
            if seconds > 0.0 { ["live", "in virtual time"] } else { ["in virtual time", "live"] };
        return format!("more than 1 % of the events of {name} were never known {lost}, but {known}");
    }
    let reach = gap.interval_s.map_or(0.0, |[low, high]| (high - low) / 2.0);
    let [size, reach] = [seconds.abs(), reach].map(|time| duration(Span::from_secs_f64(time).as_secs_f64()));
    let way = if seconds < 0.0 { "sooner" } else { "later" };
    format!("{name} is {size} ± {reach} {way} live, {of}")
}
