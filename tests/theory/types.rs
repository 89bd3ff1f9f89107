//! Types of event: a client that asks for some of them sees a stream of its own, whose rate is a share of the whole.

use crate::{near, scenario, summary};
use pollhook::study::predict;

/// Likes are three quarters of the events.
fn typed(duration: &str, process: &str, clients: &str) -> String {
    format!(
        "duration = \"{duration}\"\nseed = 3\n[events]\ntypes = {{ like = 3, comment = 1 }}\n\
         arrivals = {{ {process} }}\n[network]\ndelay = \"0s\"\n{clients}"
    )
}

const SERIAL: &str = "deadline = \"30d\"\nretries = []\nworkers = 1\nendpoint = { service_time = \"1s\" }\n";

/// A random part of a Poisson process is one. A worker that takes 1 s waits as at the rate of the part (M/D/1, 0.8/s), and
/// could not keep up with the whole.
#[test]
fn a_part_of_the_events_queues_at_its_own_rate() {
    let clients = format!("[[client]]\nkind = \"webhook\"\ntypes = [\"like\"]\n{SERIAL}");
    let text = typed("600000s", "process = \"poisson\", rate = \"1.066666667/s\"", &clients);
    let summary = summary(&text);
    let client = &summary.clients[0];
    near("mean wait", client.latency_s.mean, 2.0, 0.1);
    // Four standard deviations of a binomial count.
    let whole = summary.events.occurred as f64;
    near("events", client.events.occurred as f64, 0.75 * whole, 4.0 * libm::sqrt(whole * 0.75 * 0.25));
    assert_eq!((client.stable, client.events.delivered), (true, client.events.occurred));
    let whole = text.replace("types = [\"like\"]\n", "");
    let scenario = scenario(&whole);
    assert!(
        predict::stability(&scenario, &scenario.clients[0]).is_some(),
        "1.07 events a second of 1 s each"
    );
}

/// A poll that asks for a quarter of the events is empty, and fresh, as at a quarter of the rate.
#[test]
fn a_poll_for_some_types_meets_their_rate_alone() {
    let clients = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\ntypes = [\"comment\"]\n";
    let summary = summary(&typed("400000s", "process = \"poisson\", rate = \"0.4/s\"", clients));
    let client = &summary.clients[0];
    near("mean", client.latency_s.mean, 5.0, 0.06);
    near("empty", client.requests.empty as f64 / client.requests.total as f64, 0.3679, 0.01);
    near("fresh", client.fresh_share, 1.0 - libm::exp(-1.0), 0.01);
    near("age", client.age_s.mean, 15.0, 0.4);
    let theory = &client.theory;
    near("predicted empty", theory.empty_share, 0.367_879, 1e-6);
    near("predicted fresh", theory.fresh_share, 0.632_121, 1e-6);
}

/// A part of periodic events is neither periodic nor Poisson, and no closed form is given for it.
#[test]
fn a_part_of_periodic_events_has_no_closed_form() {
    let clients = "[[client]]\nname = \"some\"\nkind = \"webhook\"\ntypes = [\"like\"]\n\
        [[client]]\nname = \"all\"\nkind = \"webhook\"\n";
    let summary = summary(&typed("100000s", "process = \"constant\", rate = \"1/s\"", clients));
    assert_eq!(summary.clients[0].theory.latency_s.mean, None);
    assert!(summary.clients[1].theory.latency_s.mean.is_some());
}

/// The types of a client change nothing for another, and all types named are the same as none.
#[test]
fn who_names_all_types_has_what_every_other_client_has() {
    let client = |name: &str, types: &str| {
        format!(
            "[[client]]\nname = \"{name}\"\nkind = \"webhook\"\nreconcile = \"1h\"\n{types}\
             endpoint = {{ failure_rate = 0.2 }}\n"
        )
    };
    let process = "process = \"poisson\", rate = \"30/h\"";
    let clients = [
        client("all", ""),
        client("named", "types = [\"comment\", \"like\"]\n"),
        client("some", "types = [\"comment\"]\n"),
    ];
    let together = summary(&typed("24h", process, &clients.concat()));
    let [all, named, some] = &together.clients[..] else { panic!("three clients") };
    assert_eq!(
        (&all.events, &all.latency_s, &all.attempts),
        (&named.events, &named.latency_s, &named.attempts)
    );
    assert!(some.events.occurred < all.events.occurred / 2);
    let alone = summary(&typed("24h", process, &clients[2]));
    assert_eq!(alone.clients[0], *some);
    // The names are in every request of the polls.
    assert!(named.bytes.to_source > all.bytes.to_source);
}
