//! What a reader must know of a scenario before its figures: results that depend on chance more than one run shows.

use super::warm_up;
use crate::policy::arrivals::Arrivals;
use crate::policy::schedule::{Pacing, Phase};
use crate::scenario::{Client, Mark, Scenario};
use crate::study::human;
use crate::theory::polling::greatest_common_divisor;
use crate::time::Instant;

/// All that a reader must know: [`seed_dependence`], a warm-up that was found, events that a trace has and the run does not, and [`modelled`].
pub fn notes(scenario: &Scenario) -> Vec<String> {
    let modelled =
        modelled(scenario).map(|values| format!("modelled, as the provider does not publish it: {values}"));
    let warm_up = warm_up::note(scenario);
    seed_dependence(scenario).into_iter().chain(warm_up).chain(cut_off(scenario)).chain(modelled).collect()
}

/// A sentence for each client whose result one random number decides.
///
/// If events and polls both come at fixed intervals, an event waits for one of a few times only, and these depend on the
/// random phase of the first poll. Theory has no value for such a run, and another seed gives another result.
pub fn seed_dependence(scenario: &Scenario) -> Vec<String> {
    let locked = scenario.clients.iter().filter(|client| is_locked(scenario, client));
    locked.map(|client| format!("“{}” {LOCKED}", client.name)).collect()
}

/// How many events of a trace are in the run, and how many it has; None where the run has all, or no trace.
pub fn trace_events(scenario: &Scenario) -> Option<(usize, usize)> {
    let Arrivals::Trace { times } = &scenario.events.arrivals else { return None };
    let within = scenario.events.arrivals.expected(Instant::START + scenario.duration) as usize;
    (within < times.len()).then_some((within, times.len()))
}

/// The events of a trace that are after the end of the run.
pub fn cut_off(scenario: &Scenario) -> Option<String> {
    let (within, all) = trace_events(scenario)?;
    let after = all - within;
    let (is, end) = (if after == 1 { "is" } else { "are" }, human::duration(scenario.duration.as_secs_f64()));
    let [after, all] = [after, all].map(|events| human::count(events as u64));
    Some(format!("{after} of the {all} events of the trace {is} after the end, {end}, and left out"))
}

/// The values of provider profiles that were chosen because the provider does not publish them.
pub fn modelled(scenario: &Scenario) -> Option<String> {
    let of = |client: &Client| {
        let figures = &client.webhook()?.provider.as_ref()?.figures;
        let modelled = figures.iter().filter(|figure| figure.mark == Mark::Modelled);
        let keys: Vec<String> = modelled.map(|figure| figure.key.clone()).collect();
        (!keys.is_empty()).then(|| format!("{} of “{}”", human::list(&keys), client.name))
    };
    let clients: Vec<String> = scenario.clients.iter().filter_map(of).collect();
    (!clients.is_empty()).then(|| clients.join("; "))
}

const LOCKED: &str = "polls in step with the events: the random time of its first poll decides its latency. \
                      More replications, jitter or Poisson arrivals give a result that holds for other seeds.";

fn is_locked(scenario: &Scenario, client: &Client) -> bool {
    let (&Arrivals::Constant { rate_per_s, .. }, false) = (&scenario.events.arrivals, client.is_called())
    else {
        return false;
    };
    // A random part of the events is not periodic.
    if scenario.events.types.share(&client.types) < 1.0 {
        return false;
    }
    // The phase of polls for a job follows from its start.
    let Some(schedule) = client.schedule().filter(|_| !scenario.asks_for_jobs(client)) else { return false };
    let loops = f64::from(client.count) * f64::from(scenario.events.resources);
    let phases = loops * f64::from(scenario.replications);
    let is_fixed =
        schedule.pacing == Pacing::FixedRate && schedule.phase == Phase::Random && schedule.jitter == 0.0;
    let Some(interval) = schedule.steady().filter(|_| is_fixed && phases < ENOUGH_PHASES) else {
        return false;
    };
    let (period_ns, interval_ns) = (libm::round(1e9 / rate_per_s) as u64, interval.0.unsigned_abs());
    interval_ns / greatest_common_divisor(period_ns, interval_ns).max(1) <= FEW_TIMES
}

/// With so many random phases their mean is near that of all phases.
const ENOUGH_PHASES: f64 = 10.0;
/// With more different waiting times than this, the phase moves each by less than a tenth of the interval.
const FEW_TIMES: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(process: &str, rate: &str, keys: &str) -> bool {
        let text = format!(
            "[events]\narrivals = {{ process = \"{process}\", rate = \"{rate}\" }}\n[[client]]\nkind = \"poll\"\n{keys}"
        );
        let scenario =
            crate::scenario::load("noted", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        !notes(&scenario).is_empty()
    }

    #[test]
    fn a_poll_in_step_with_the_events_is_noted() {
        let minute = "interval = \"60s\"\n";
        for rate in ["60/h", "30/h", "120/h", "90/h"] {
            assert!(noted("constant", rate, minute), "{rate}");
        }
        assert!(!noted("constant", "61/h", minute), "60 different waiting times");
        assert!(!noted("poisson", "60/h", minute));
        let helped = ["jitter = 0.1", "phase = \"5s\"", "pacing = \"fixed-delay\"", "count = 30"];
        for key in helped {
            assert!(!noted("constant", "60/h", &format!("{minute}{key}\n")), "{key}");
        }
        let spread = "interval = { distribution = \"exponential\", mean = \"60s\" }\n";
        assert!(!noted("constant", "60/h", spread));
    }

    #[test]
    fn a_value_that_no_provider_publishes_is_noted_unless_the_client_has_its_own() {
        let noted = |keys: &str| {
            let text = format!(
                "[events]\narrivals = {{ process = \"poisson\", rate = \"1/m\" }}\n[[client]]\nkind = \"webhook\"\n{keys}"
            );
            modelled(&crate::scenario::load("noted", &text, &[]).unwrap())
        };
        let stripe = "deadline and retries of “stripe”";
        assert_eq!(noted("provider = \"stripe\"").as_deref(), Some(stripe));
        let own = noted("provider = \"stripe\"\ndeadline = \"9s\"").unwrap();
        assert_eq!(own, "retries of “stripe”");
        assert_eq!(noted("provider = \"slack\""), None);
    }

    #[test]
    fn replications_draw_other_phases() {
        let text = |replications: u32| {
            format!(
                "replications = {replications}\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
                 [[client]]\nname = \"lock\"\nkind = \"poll\"\ninterval = \"1m\"\n[[client]]\nkind = \"webhook\"\n"
            )
        };
        let of = |replications| notes(&crate::scenario::load("noted", &text(replications), &[]).unwrap());
        assert_eq!(of(1).len(), 1);
        assert!(of(1)[0].starts_with("“lock” polls in step with the events"), "{:?}", of(1));
        assert!(of(30).is_empty());
    }
}
