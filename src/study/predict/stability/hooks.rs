//! Deliveries that workers, lines or handlers do not keep up with, and the fetches of thin ones.

use super::polls::{page_size, quota};
use super::{Effect, Overload, product, short, things};
use crate::policy::delay::Delay;
use crate::study::predict::given::HookSetup;
use crate::study::predict::hooks::Hooks;
use crate::study::predict::{batched, ordered};

/// More deliveries than the workers or the handlers can take.
pub(super) fn hooks(setup: &HookSetup<'_>) -> Option<Overload> {
    let rate_per_s = setup.given.run.rate_per_s() * batched::deliveries_per_event(setup);
    let hooks = Hooks::of(setup);
    let attempts = hooks.as_ref().map_or(1.0, |hooks| hooks.worked.attempts);
    let busy_s = occupation(setup);
    let sent_per_s = rate_per_s * f64::from(setup.given.members) * attempts;
    let busy = sent_per_s * busy_s;
    if setup.workers > 0 && busy >= f64::from(setup.workers) {
        return Some(Effect::LatenciesGrow.because(format!(
            "{} {} busy, and there {}.",
            things(
                sent_per_s,
                &format!("attempt a second of {} s each keeps", short(busy_s)),
                &format!("attempts a second of {} s each keep", short(busy_s))
            ),
            things(busy, "worker", "workers"),
            if setup.workers == 1 { "is 1".to_owned() } else { format!("are {}", setup.workers) }
        )));
    }
    if let (true, Some(hooks)) = (setup.ordered, &hooks) {
        let blocked_s = ordered::blocked_s(setup, hooks, busy_s);
        let load = rate_per_s * blocked_s;
        if load >= 1.0 {
            let (one, come) = match setup.batch {
                None => ("event", ["event occurs", "events occur"]),
                Some(_) => ("batch", ["batch is due", "batches are due"]),
            };
            return Some(Effect::LatenciesGrow.because(format!(
                "In order, each {one} blocks those behind it for {} s on average, retries included, and {} in \
                 that time.",
                short(blocked_s),
                things(load, come[0], come[1])
            )));
        }
    }
    let works_s = setup.service_time.mean_s();
    // Recognised duplicates take no work.
    let spared = hooks.filter(|_| setup.dedupe).map_or(0.0, |hooks| hooks.worked.duplicates);
    let works = attempts * (1.0 - setup.given.to_client.loss) - spared;
    let busy = product(rate_per_s * works, works_s);
    let capacity = f64::from(setup.capacity);
    // A queue with a limit does not grow without end at a load that is just what can be served.
    let over = if setup.queue.is_some() { busy > capacity } else { busy >= capacity };
    (setup.capacity > 0 && over).then(|| {
        let full = setup.queue.map_or_else(String::new, |queue| match queue {
            0 => ", so that it refuses the others".to_owned(),
            1 => ", so that the one place of its queue is taken and it refuses the others".to_owned(),
            _ => format!(", so that the {queue} places of its queue are taken and it refuses the others"),
        });
        // Where deliveries wait for a worker or for each other, those that are refused hold up the others.
        let turns_away = setup.queue.is_some() && setup.workers == 0 && !setup.ordered;
        let effect = if turns_away { Effect::TurnedAway } else { Effect::LatenciesGrow };
        effect.because(format!(
            "{} {} at work, and an endpoint has {}{full}.",
            things(
                rate_per_s * works,
                &format!("delivery a second of {} s each keeps", short(works_s)),
                &format!("deliveries a second of {} s each keep", short(works_s))
            ),
            things(busy, "handler", "handlers"),
            setup.capacity
        ))
    })
}

/// More announced events than fetches may bring.
pub(super) fn fetches(setup: &HookSetup<'_>) -> Option<String> {
    let each = if setup.coalesce { page_size(setup.given) } else { 1.0 };
    setup.thin.then(|| quota(setup.given, each)).flatten()
}

/// The mean time that an attempt occupies a worker, without queueing.
fn occupation(setup: &HookSetup<'_>) -> f64 {
    let lost = setup.given.lost();
    let trip_s: f64 = setup.parts().iter().map(Delay::mean_s).sum();
    lost * setup.deadline_s + (1.0 - lost) * trip_s.min(setup.deadline_s)
}
