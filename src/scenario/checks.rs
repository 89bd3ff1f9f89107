//! Rules between several keys of one table. The vocabulary names these functions; rules between different tables are in
//! [`assemble`](super::assemble).

pub(crate) mod failing;
pub(crate) mod fetching;
pub(crate) mod polling;

use super::problems::Problem;
use super::record::{Record, Value};
use super::{Endpoint, LongPoll, Stream, Webhook};
use crate::policy::arrivals::Arrivals;
use crate::policy::backoff::Backoff;
use crate::policy::billing::Billing;
use crate::policy::delay::Delay;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::limit::OnLimit;
use crate::policy::paging::{LastPage, Pages};
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, PollSchedule};
use crate::policy::security::{Format, Replay, Security};
use crate::time::Span;

pub(crate) fn schedule(schedule: &PollSchedule, record: &Record, problems: &mut Vec<Problem>) {
    if schedule.pages == Pages::One && schedule.last_page == LastPage::Short {
        let message = "`last_page` is \"short\", and `pages` is \"one\": no poll asks for a second page";
        problems.push(Problem::at(record.place_of("last_page"), message, "leave `last_page` out"));
    }
    polling::asks(schedule, record, problems);
    if schedule.on_limit == OnLimit::Spread && schedule.interval.constant().is_none() {
        let message = "`on_limit` is \"spread\", and `interval` is a distribution";
        let help = "give a fixed interval, which can be made longer, or leave `on_limit` out";
        problems.push(Problem::at(record.place_of("on_limit"), message, help));
    }
    backing_off(schedule, record, problems);
    let is_tick = schedule.jitter_kind == JitterKind::Tick;
    if schedule.pacing == Pacing::FixedDelay {
        let mut refuse = |key: &'static str, word: &str| {
            let message = format!("`{key}` is {word:?}, and `pacing` is \"fixed-delay\": there are no ticks");
            problems.push(Problem::at(record.place_of(key), message, format!("leave `{key}` out")));
        };
        if schedule.overrun == Overrun::Delay {
            refuse("overrun", "delay");
        }
        if is_tick {
            refuse("jitter_kind", "tick");
        }
    } else if is_tick {
        if schedule.jitter == 0.0 {
            let message = "`jitter_kind` is \"tick\", and `jitter` is 0: nothing moves";
            let help = "leave `jitter_kind` out, or give a `jitter`";
            problems.push(Problem::at(record.place_of("jitter_kind"), message, help));
        }
        if schedule.jitter > 0.5 {
            let message =
                format!("`jitter` is {}; with `jitter_kind` \"tick\" it is at most 0.5", schedule.jitter);
            let help = "lower it: the polls of two ticks must not change places";
            problems.push(Problem::at(record.place_of("jitter"), message, help));
        }
        if schedule.interval.constant().is_none() {
            let message = "`jitter_kind` is \"tick\", and `interval` is a distribution";
            let help = "give a fixed interval, or set `jitter_kind` to \"interval\"";
            problems.push(Problem::at(record.place_of("jitter_kind"), message, help));
        }
    }
}

pub(crate) fn billing(billing: &Billing, record: &Record, problems: &mut Vec<Problem>) {
    let is_twice = |(place, free)| billing.free[..place].contains(free);
    if billing.free.iter().enumerate().any(is_twice) {
        let message = "`free` names the same requests twice";
        problems.push(Problem::at(record.place_of("free"), message, "name each kind of request once"));
    }
}

/// An interval that grows has to be a fixed one, and its polls have no ticks that jitter could move them from.
fn backing_off(schedule: &PollSchedule, record: &Record, problems: &mut Vec<Problem>) {
    let Some(backoff) = schedule.backoff else { return };
    let (message, help) = match (schedule.interval.constant(), schedule.jitter_kind) {
        (None, _) => (
            "`backoff` is given, and `interval` is a distribution".to_owned(),
            "give a fixed interval, or leave `backoff` out",
        ),
        (Some(_), JitterKind::Tick) => (
            "`backoff` is given, and `jitter_kind` is \"tick\": an interval that grows has no ticks"
                .to_owned(),
            "set `jitter_kind` to \"interval\"",
        ),
        (Some(first), JitterKind::Interval) if backoff.max <= first => (
            format!("`max` of `backoff` is {} and `interval` is {first}: it never grows", backoff.max),
            "make `max` longer, or leave `backoff` out",
        ),
        (Some(_), JitterKind::Interval) => return,
    };
    problems.push(Problem::at(record.place_of("backoff"), message, help));
}

pub(crate) fn backoff(backoff: &Backoff, record: &Record, problems: &mut Vec<Problem>) {
    if backoff.factor <= 1.0 {
        let message = format!("`factor` is {}: the interval does not grow", backoff.factor);
        problems.push(Problem::at(record.place_of("factor"), message, "give more than 1"));
    }
}

pub(crate) fn long_poll(config: &LongPoll, record: &Record, problems: &mut Vec<Problem>) {
    if config.timeout <= config.hold {
        let message = format!("`timeout` is {} and `hold` is {}", config.timeout, config.hold);
        let help =
            "make `timeout` longer than `hold`: otherwise a request that the source holds to the end fails";
        problems.push(Problem::at(record.place_of("timeout"), message, help));
    }
    if let Some(idle) = config.idle_timeout.filter(|&idle| idle < SHORTEST) {
        let message = format!("`idle_timeout` is {idle}, less than {SHORTEST}");
        problems.push(Problem::at(record.place_of("idle_timeout"), message, "make it longer"));
    }
    if config.hold + config.pause < SHORTEST {
        let message = format!("`hold` and `pause` are less than {SHORTEST} together");
        problems.push(Problem::at(record.place_of("hold"), message, "make one of them longer"));
    }
}

/// What a client does without end must not take all of a run.
pub(crate) fn stream(config: &Stream, record: &Record, problems: &mut Vec<Problem>) {
    let spans = [
        ("heartbeat", config.heartbeat),
        ("idle_timeout", config.idle_timeout),
        ("reconnect", Some(config.reconnect)),
    ];
    for (key, span) in spans {
        if let Some(span) = span.filter(|&span| span < SHORTEST) {
            let message = format!("`{key}` is {span}, less than {SHORTEST}");
            problems.push(Problem::at(record.place_of(key), message, "make it longer"));
        }
    }
    if config.heartbeat.is_none() && config.heartbeat_when == HeartbeatWhen::Always {
        let message = "`heartbeat_when` is \"always\", and `heartbeat` is \"none\"";
        problems.push(Problem::at(record.place_of("heartbeat_when"), message, "leave `heartbeat_when` out"));
    }
}

/// The default timeout leaves 10 s for the answer to arrive after the full hold.
pub(crate) fn long_poll_timeout(record: &Record) -> Option<Value> {
    let Value::Span(hold) = record.value("hold")? else { return None };
    Some(Value::Span(*hold + Span::from_secs(10)))
}

pub(crate) fn webhook(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    retry_jitter(webhook, record, problems);
    failing::disabled(webhook, record, problems);
    failing::slow_in_order(webhook, record, problems);
    failing::ignored(webhook, record, problems);
    fetching::fetches(webhook, record, problems);
}

/// Jitter has no effect without retries. Decorrelated jitter draws each delay from the one before, between the first and
/// the longest, so it cannot follow a list.
fn retry_jitter(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    let (message, help) = match (&webhook.retries, webhook.retry_jitter) {
        (_, RetryJitter::None) => return,
        (Retries::List(delays), _) if delays.is_empty() => {
            ("`retry_jitter` is set, and `retries` is empty", "leave it out, or give retries")
        }
        (Retries::Exponential { attempts: 1, .. }, _) => (
            "`retry_jitter` is set, and `attempts` is 1: there is no retry",
            "leave it out, or give more attempts",
        ),
        (Retries::List(delays), RetryJitter::Decorrelated) if delays.len() > 2 => (
            "`retry_jitter` is \"decorrelated\", which does not follow a list of `retries`",
            "give retries = { first, factor, max, attempts }",
        ),
        _ => return,
    };
    problems.push(Problem::at(record.place_of("retry_jitter"), message, help));
}

/// The name of a token has to stand in a URL as it is. What a format does not have, an endpoint cannot look at.
pub(crate) fn security(security: &Security, record: &Record, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &'static str, message: String, help: &str| {
        problems.push(Problem::at(record.place_of(key), message, help));
    };
    match security {
        Security::None { .. } | Security::Basic { .. } => {}
        Security::Token { token_name, secrets: _, https: _ } => {
            let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            if token_name.len() > 100 || !token_name.bytes().all(stands) {
                let message = format!("`token_name` is {token_name:?}");
                refuse("token_name", message, "use at most 100 letters, digits and the characters - . _ ~");
            }
        }
        Security::Signature { format, tolerance, replay, secrets: _, https: _ } => {
            let rule = format.rule();
            if tolerance.is_some() && rule.timestamp.is_none() {
                let message = format!("`tolerance` is given, and format {:?} signs no time", rule.name);
                refuse("tolerance", message, "leave `tolerance` out");
            }
            if tolerance.is_some_and(|tolerance| tolerance.0 % Span::SECOND.0 != 0) {
                let message = "`tolerance` is no whole number of seconds".to_owned();
                refuse("tolerance", message, "give whole seconds: signatures have no others");
            }
            if *replay == Replay::Refuse && rule.id.is_none() {
                let message = format!("`replay` is \"refuse\", and format {:?} has no id", rule.name);
                refuse("replay", message, "leave `replay` out");
            }
        }
    }
}

/// The tolerance of the libraries of a format.
pub(crate) fn tolerance(record: &Record) -> Option<Value> {
    let tolerance_s = Format::named(record.text("format")?)?.rule().tolerance_s;
    Some(tolerance_s.map_or_else(
        || Value::Text("none".to_owned()),
        |seconds| Value::Span(Span::from_secs(seconds as i64)),
    ))
}

/// An id is there to be refused.
pub(crate) fn replay(record: &Record) -> Option<Value> {
    let id = Format::named(record.text("format")?)?.rule().id;
    Some(Value::Text(if id.is_some() { "refuse" } else { "accept" }.to_owned()))
}

pub(crate) fn endpoint(endpoint: &Endpoint, record: &Record, problems: &mut Vec<Problem>) {
    if endpoint.capacity == 0 && endpoint.queue.is_some() {
        let message = "`queue` is a number, and `capacity` is unlimited: nothing ever waits";
        let help = "give a `capacity`, or leave `queue` out";
        problems.push(Problem::at(record.place_of("queue"), message, help));
    }
    failing::overload(endpoint, record, problems);
    failing::forgotten(endpoint, record, problems);
}

pub(crate) fn arrivals(arrivals: &Arrivals, record: &Record, problems: &mut Vec<Problem>) {
    match *arrivals {
        Arrivals::SelfExciting { offspring: 1.0, .. } => {
            let message = "`offspring` is 1: each event would cause another, without end";
            problems.push(Problem::at(record.place_of("offspring"), message, "give less than 1"));
            return;
        }
        Arrivals::Mmpp { rates_per_s: [0.0, 0.0], .. } => {
            let message = "both `rates` are 0: no event would occur";
            problems.push(Problem::at(record.place_of("rates"), message, "give one above zero"));
            return;
        }
        Arrivals::Constant { .. }
        | Arrivals::Poisson { .. }
        | Arrivals::Bursts { .. }
        | Arrivals::Mmpp { .. }
        | Arrivals::Diurnal { .. }
        | Arrivals::SelfExciting { .. }
        | Arrivals::FlashCrowd { .. } => {}
        Arrivals::Trace { .. } => return,
    }
    if 1.0 / arrivals.rate_per_s() > Span::LONGEST.as_secs_f64() {
        let message = format!("`rate` is less than one event in {} days", Span::LONGEST.0 / DAY.0);
        problems.push(Problem::at(record.place_of("rate"), message, "give a higher `rate`"));
    }
}

/// Durations are cut at [`Span::LONGEST`]. A distribution whose mean is longer, or that often exceeds it, would be
/// distorted, so it is refused.
pub(crate) fn delay(delay: &Delay, record: &Record, problems: &mut Vec<Problem>) {
    if let Delay::Uniform { min, max } = delay
        && min > max
    {
        let message = format!("`min` is {min} and `max` is {max}");
        problems.push(Problem::at(record.place_of("min"), message, "make `min` no longer than `max`"));
    }
    let longest_s = Span::LONGEST.as_secs_f64();
    if delay.mean_s() > longest_s {
        let message =
            format!("the mean is longer than {} days, the longest possible duration", longest_days());
        let help = "give shorter durations or a lighter tail: the mean of a Pareto distribution is finite above shape 1";
        problems.push(Problem::at(record.place, message, help));
        return;
    }
    let (key, too_long) = match *delay {
        Delay::Constant(_) | Delay::Uniform { .. } => return,
        // P(longer than the longest) = exp(-longest/mean).
        Delay::Exponential { mean } => ("mean", libm::exp(-longest_s / mean.as_secs_f64())),
        Delay::Lognormal { median, sigma } => {
            let deviations = libm::log(longest_s / median.as_secs_f64()) / sigma;
            ("sigma", libm::erfc(deviations / std::f64::consts::SQRT_2) / 2.0)
        }
        Delay::Pareto { min, shape } => ("shape", libm::pow(min.as_secs_f64() / longest_s, shape)),
    };
    if too_long > RARE {
        let message = format!(
            "one of {:.0} durations is longer than {} days, the longest possible",
            1.0 / too_long,
            longest_days()
        );
        let help = "give shorter durations or a lighter tail";
        problems.push(Problem::at(record.place_of(key), message, help));
    }
}

const fn longest_days() -> i64 {
    Span::LONGEST.0 / DAY.0
}

/// The shortest time between two requests or heartbeats of a client that nothing else slows down.
const SHORTEST: Span = Span::from_millis(1);
const DAY: Span = Span(86_400 * Span::SECOND.0);
/// A probability so small that no run meets it: the largest run has far fewer messages.
const RARE: f64 = 1e-9;
