//! What senders held back because of how their receivers had answered, in sentences.

use super::metric::{number, per_run};
use crate::study::summary::{ClientSummary, Summary};
use crate::study::{Results, human, window_s};

/// A sentence for each client whose deliveries a slow-receiver penalty delayed or dropped.
pub(super) fn slow(summary: &Summary) -> Vec<String> {
    let of = |client: &ClientSummary| {
        let held = client.held_back;
        let parts = [(held.delayed, "delayed"), (held.dropped, "dropped")];
        let parts = parts.into_iter().filter(|(sum, _)| *sum > 0);
        let told: Vec<String> = parts.map(|(sum, what)| format!("{} {what}", count(summary, sum))).collect();
        let name = human::quoted(&client.name);
        (!told.is_empty())
            .then(|| format!("deliveries to {name}, which answered slowly: {}", told.join(", ")))
    };
    summary.clients.iter().filter_map(of).collect()
}

/// A sentence for each client whose breaker opened.
pub(super) fn broken(results: &Results) -> Vec<String> {
    let summary = &results.summary;
    let of = |client: &ClientSummary| {
        let held = client.held_back;
        let times = |sum: u64| match count(summary, sum) {
            one if one == "1" => "once".to_owned(),
            many => format!("{many} times"),
        };
        let each = if client.count > 1 { " each" } else { "" };
        (held.opened > 0).then(|| {
            format!(
                "the breaker of {} opened {}, and was open for {}{each} of {}; waited for it: {}",
                human::quoted(&client.name),
                times(held.opened),
                human::duration(held.open_s),
                human::duration(window_s(&results.scenario)),
                deliveries(&count(summary, held.waited)),
            )
        })
    };
    summary.clients.iter().filter_map(of).collect()
}

fn count(summary: &Summary, sum: u64) -> String {
    number(per_run(sum, summary.replications))
}

fn deliveries(count: &str) -> String {
    if count == "1" { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::RunOptions;
    use crate::study;

    fn run(keys: &str) -> (ClientSummary, Vec<String>) {
        run_after("", keys)
    }

    fn run_after(warmup: &str, keys: &str) -> (ClientSummary, Vec<String>) {
        let text = format!(
            "{warmup}duration = \"100s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
             [network]\ndelay = \"0s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = []\n{keys}\n"
        );
        let scenario = crate::scenario::load("it", &text, &[]).unwrap_or_else(|why| panic!("{why}"));
        let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
        let told = [slow(&results.summary), broken(&results)].concat();
        (results.summary.clients[0].clone(), told)
    }

    /// By hand: an event each second from 1 s on, each attempt fails at once. The breaker opens at the third, at 3 s, until
    /// 13 s; those of 4 to 12 s wait, at 13 s one of them is tried and fails, and so every 10 s until 93 s: ten times, of
    /// which the last is cut by the end after 7 s.
    #[test]
    fn a_breaker_that_opens_is_told() {
        let (client, told) =
            run("endpoint = { failure_rate = 1.0 }\nbreaker = { failures = 3, pause = \"10s\" }");
        let held = client.held_back;
        assert_eq!((held.opened, held.open_s), (10, 97.0));
        // Of 99 events three were sent before it opened. The timer of a pause is set before that of the event of its end.
        assert_eq!(held.waited, 96);
        assert_eq!(
            told,
            [
                "the breaker of “it” opened 10 times, and was open for 97 s of 100 s; waited for it: 96 deliveries"
            ]
        );
    }

    /// From 50 s on it is open until the end, but for the instants at which a delivery is tried.
    #[test]
    fn it_is_told_of_the_time_that_counts() {
        let (client, told) = run_after(
            "warmup = \"50s\"\n",
            "endpoint = { failure_rate = 1.0 }\nbreaker = { failures = 3, pause = \"10s\" }\n\
             [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"",
        );
        assert_eq!((client.held_back.opened, client.held_back.open_s), (5, 50.0));
        let [told] = &told[..] else { panic!("a poller has no breaker: {told:?}") };
        assert!(
            told.starts_with("the breaker of “it” opened 5 times, and was open for 50 s of 50 s;"),
            "{told}"
        );
    }

    /// By hand: each answer takes 2 s, and over 1 s is slow. At the end of the fifth, at 7 s, five of five are slow: all
    /// events after it are dropped, or, with a drop share that is never exceeded, sent 5 s later.
    #[test]
    fn what_a_penalty_delays_and_drops_is_told() {
        let told = |drop: &str| {
            let (client, told) = run(&format!(
                "endpoint = {{ service_time = \"2s\" }}\nslow_penalty = {{ over = \"1s\", window = \"1h\", at_least = 5, \
                 delay_share = 0.1, delay = \"5s\", drop_share = {drop} }}"
            ));
            (client.held_back, client.attempts.gave_up, told)
        };
        let (held, gave_up, sentence) = told("0.5");
        assert_eq!((held.delayed, held.dropped, gave_up), (0, 92, 92));
        assert_eq!(sentence, ["deliveries to “it”, which answered slowly: 92 dropped"]);
        let (held, gave_up, sentence) = told("1.0");
        assert_eq!((held.delayed, held.dropped, gave_up), (92, 0, 0));
        assert_eq!(sentence, ["deliveries to “it”, which answered slowly: 92 delayed"]);
    }
}
