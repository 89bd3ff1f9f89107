//! Notices that a client answers by fetching, one request at a time, for Poisson notices. One that arrives during a fetch
//! makes one more. Knows no network.

/// The fetches of a stationary process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fetches {
    /// Fetches per second.
    pub per_s: f64,
    /// Mean time from a notice until its event is held, in seconds.
    pub after_notice_s: f64,
}

/// A fetch takes `fetch_s`, and `back_s` of it from the moment at which the source reads its log. The API shows an event
/// when its notice arrives.
pub fn one_at_a_time(rate_per_s: f64, fetch_s: f64, back_s: f64) -> Fetches {
    // A fetch follows another at once if a notice has arrived meanwhile, and else the next notice.
    let cycle_s = fetch_s + libm::exp(-rate_per_s * fetch_s) / rate_per_s;
    let busy = fetch_s / cycle_s;
    // A notice that meets a fetch waits for half of it; an event shown after its log was read also for the next.
    let after_notice_s = (1.0 - busy) * fetch_s + busy * (fetch_s / 2.0 + back_s);
    Fetches { per_s: 1.0 / cycle_s, after_notice_s }
}

/// The greatest time from a notice until its event is held: it has just missed the log.
pub const fn longest_s(fetch_s: f64, back_s: f64) -> f64 {
    back_s + fetch_s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_notices_a_second() {
        let Fetches { per_s, after_notice_s } = one_at_a_time(5.0, 0.4, 0.3);
        assert!((per_s / 5.0 - 0.4683).abs() < 1e-4, "{per_s}");
        assert!((after_notice_s - 0.4937).abs() < 1e-4, "{after_notice_s}");
    }

    #[test]
    fn rare_notices_have_a_fetch_each() {
        let Fetches { per_s, after_notice_s } = one_at_a_time(1e-6, 0.4, 0.3);
        assert!((per_s / 1e-6 - 1.0).abs() < 1e-6 && (after_notice_s - 0.4).abs() < 1e-6);
    }
}
