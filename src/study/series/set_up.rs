//! What setting a client up costs beside what running it costs, and when it has paid for itself against a poller.

use super::costs::sent_per_s;
use crate::policy::channel::{Opener, Pace};
use crate::policy::handshake::Handshake;
use crate::scenario::{Client, Scenario};
use crate::study::figures::{PaysOff, SetUpCosts, SetUpLine};
use crate::study::summary::{ClientSummary, Summary};

/// The requests of one member of each client. `compared`: the two clients of the report's first sentence, of which a
/// poller is the one to be paid back against; else the first poller is.
pub(super) fn set_up(scenario: &Scenario, summary: &Summary, compared: Option<(usize, usize)>) -> SetUpCosts {
    let runs = f64::from(summary.replications.max(1));
    let each = || scenario.clients.iter().zip(&summary.clients);
    let of_member = |client: &Client, sum: f64| sum / f64::from(client.count.max(1));
    let lines = each().enumerate().map(|(index, (client, measured))| {
        let set_up = of_member(client, measured.setup.requests as f64 / runs);
        let sent_per_s = of_member(client, sent_per_s(&measured.requests, scenario, summary));
        // Streams are opened within the run.
        let window_s = scenario.duration.as_secs_f64() - scenario.warmup.as_secs_f64();
        let opened = if client.kind.channel().stays_connected() { set_up / window_s } else { 0.0 };
        SetUpLine { client: index, set_up, per_s: (sent_per_s - opened).max(0.0), pays_off: None }
    });
    let mut lines: Vec<SetUpLine> = lines.collect();
    let is_poller = |place: &usize| {
        let channel = scenario.clients[*place].kind.channel();
        channel.opener() == Opener::Client && channel.pace() != Pace::Breaks
    };
    let named = compared.into_iter().flat_map(|(one, other)| [one, other]);
    let poller = named.chain(0..lines.len()).find(is_poller);
    if let Some(poller) = poller {
        let missed = |client: &ClientSummary| {
            (client.events.lost + client.events.pending) as f64 / client.events.occurred.max(1) as f64
        };
        let polled_per_s = lines[poller].per_s;
        for (line, (client, measured)) in lines.iter_mut().zip(each()) {
            let saved_per_s = polled_per_s - line.per_s;
            let after_s = line.set_up / saved_per_s;
            let is_called = client.kind.channel().opener() == Opener::Source;
            // Who loses events saves the requests that would bring them.
            let is_as_good = missed(measured) <= missed(&summary.clients[poller]);
            if is_called && is_as_good && saved_per_s > 0.0 && after_s.is_finite() {
                let events = after_s * summary.events.rate_per_s;
                line.pays_off = Some(PaysOff { against: poller, after_s, events });
            }
        }
    }
    SetUpCosts { is_told: scenario.clients.iter().any(asks_more), lines }
}

/// Whether setting the client up takes more than to register a URL.
fn asks_more(client: &Client) -> bool {
    client.handshake() != Handshake::None || client.security().https()
}

#[cfg(test)]
mod tests {
    use crate::scenario;
    use crate::sim::RunOptions;

    /// A poll every 10 s sends 0.1 a second, an event every 40 s costs 0.025: the two requests of a ping are saved after
    /// 2 / 0.075 s, in which 0.67 events occur.
    #[test]
    fn a_webhook_is_paid_back_when_it_has_saved_its_set_up() {
        let of = |hook: &str| {
            let text = format!(
                "duration = \"4000s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"0.025/s\" }}\n\
                 [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"10s\"\nphase = \"0s\"\n\
                 [[client]]\nname = \"hook\"\nkind = \"webhook\"\n{hook}\n"
            );
            let scenario = scenario::load("set-up", &text, &[]).expect("it is valid");
            let results = crate::study::run(&scenario, RunOptions::TO_THE_END, false, || ());
            results.expect("it is not stopped").figures.set_up
        };
        let costs = of("handshake = \"ping\"\ncount = 3");
        let pays = costs.lines[1].pays_off.clone().expect("it saves requests");
        assert!(costs.is_told && costs.lines[0].pays_off.is_none());
        assert!((pays.after_s - 2.0 / 0.075).abs() < 0.3 && (pays.events - 0.667).abs() < 0.02, "{pays:?}");
        assert_eq!((costs.lines[1].set_up, pays.against), (2.0, 0));
        assert!(pays.words().starts_with("with the first event"), "{}", pays.words());
        assert!(!of("").is_told, "a URL alone is not worth telling");
        // All is lost, and nothing is saved by that.
        let lost = of("handshake = \"ping\"\nretries = []\nendpoint = { failure_rate = 1.0 }");
        assert_eq!(lost.lines[1].pays_off, None);
        let dear = of("handshake = \"ping\"\nreconcile = \"10s\"");
        assert_eq!(dear.lines[1].pays_off, None, "it polls as often");
    }
}
