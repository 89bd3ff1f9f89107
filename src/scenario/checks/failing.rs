//! Rules between the keys of a webhook that decide what happens while its receiver fails.

use crate::policy::disable::Disable;
use crate::policy::slow::SlowPenalty;
use crate::scenario::problems::Problem;
use crate::scenario::record::Record;
use crate::scenario::{Endpoint, Webhook};
use crate::time::Span;

pub(super) fn disabled(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    if webhook.disable_after == Disable::Never && webhook.enable_after.is_some() {
        let message = "`enable_after` is set, and `disable_after` is \"never\": nothing is ever disabled";
        let help = "leave `enable_after` out, or give `disable_after`";
        problems.push(Problem::at(record.place_of("enable_after"), message, help));
    }
}

/// A member in order gets one delivery after the other, so that a delay of one delays all.
pub(super) fn slow_in_order(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    if webhook.ordered && webhook.slow_penalty.is_some() {
        let message =
            "`slow_penalty` is set, and `ordered` is true: a delivery that is delayed would be overtaken";
        problems.push(Problem::at(record.place_of("slow_penalty"), message, "leave one of them out"));
    }
}

/// More slow attempts are worse.
pub(crate) fn slow(penalty: &SlowPenalty, record: &Record, problems: &mut Vec<Problem>) {
    let SlowPenalty { delay_share, drop_share, .. } = penalty;
    if drop_share < delay_share {
        let message = format!("`drop_share` is {drop_share}, and `delay_share` is {delay_share}");
        let help = "make `drop_share` at least as large: deliveries are delayed before they are dropped";
        problems.push(Problem::at(record.place_of("drop_share"), message, help));
    }
}

pub(super) fn ignored(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    if !webhook.honour_retry_after && webhook.endpoint.retry_after.is_none() {
        let message = "`honour_retry_after` is false, and the endpoint sends no `Retry-After`";
        let help = "leave it out, or give `endpoint.retry_after`";
        problems.push(Problem::at(record.place_of("honour_retry_after"), message, help));
    }
}

pub(super) fn overload(endpoint: &Endpoint, record: &Record, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &'static str, message: String, help: &str| {
        problems.push(Problem::at(record.place_of(key), message, help));
    };
    if ![429, 503].contains(&endpoint.overload_status) {
        let message = format!("`overload_status` is {}", endpoint.overload_status);
        refuse("overload_status", message, "expected 503 (service unavailable) or 429 (too many requests)");
    } else if endpoint.overload_status == 429 && endpoint.queue.is_none() {
        let message = "`overload_status` is 429, and `queue` is unlimited: it is never full".to_owned();
        refuse("overload_status", message, "leave it out, or give a `queue`");
    }
    if endpoint.retry_after.is_some_and(|after| after.0 % Span::SECOND.0 != 0) {
        let message = "`retry_after` is no whole number of seconds".to_owned();
        refuse("retry_after", message, "give whole seconds: the header has no others");
    }
}

pub(super) fn forgotten(endpoint: &Endpoint, record: &Record, problems: &mut Vec<Problem>) {
    if !endpoint.dedupe && endpoint.dedupe_window.is_some() {
        let message = "`dedupe_window` is set, and `dedupe` is false: nothing is ever remembered";
        problems.push(Problem::at(record.place_of("dedupe_window"), message, "leave one of them out"));
    }
}
