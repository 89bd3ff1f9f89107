//! Formulas for retries and outages. Attempts fail independently, all with the same chance p;
//! [`deliveries`](super::deliveries) computes the same step by step where there are several kinds of failure.
//!
//! The offset O_j is the time from the first attempt to attempt j + 1, so O_0 = 0 < O_1 < ... < O_n. It includes the
//! time that each failure takes: a retry's delay starts at the failure before it.

/// The offsets of all attempts, from the delays between them and the time that each failure takes.
pub fn offsets(delays_s: &[f64], failure_s: f64) -> Vec<f64> {
    let mut offset = 0.0;
    let later = delays_s.iter().map(|delay| {
        offset += failure_s + delay;
        offset
    });
    std::iter::once(0.0).chain(later).collect()
}

/// Attempts per event with n = `retries`: (1 - p^(n+1))/(1 - p); n + 1 for p = 1.
pub fn attempts(failure: f64, retries: u32) -> f64 {
    if failure >= 1.0 {
        return f64::from(retries) + 1.0;
    }
    delivered_share(failure, retries) / (1.0 - failure)
}

/// Share of the events that are delivered: 1 - p^(n+1).
pub fn delivered_share(failure: f64, retries: u32) -> f64 {
    1.0 - libm::pow(failure, f64::from(retries) + 1.0)
}

/// Mean latency of those that are delivered: Σ_j p^j (1 - p) O_j / (1 - p^(n+1)) + d with d = `to_client_s`. `failure` below 1.
pub fn latency_mean(failure: f64, offsets_s: &[f64], to_client_s: f64) -> f64 {
    let mut reached = 1.0;
    let sum: f64 = offsets_s
        .iter()
        .map(|offset| {
            let part = reached * (1.0 - failure) * offset;
            reached *= failure;
            part
        })
        .sum();
    sum / (1.0 - reached) + to_client_s
}

/// Duplicates per event where the request is lost with chance p_r and the acknowledgement with p_a:
/// attempts × (1 - p_r) - (1 - p_r^(n+1)), where an attempt fails with p = 1 - (1 - p_r)(1 - p_a).
pub fn duplicates(request_lost: f64, answer_lost: f64, retries: u32) -> f64 {
    let failure = 1.0 - (1.0 - request_lost) * (1.0 - answer_lost);
    attempts(failure, retries) * (1.0 - request_lost) - delivered_share(request_lost, retries)
}

/// Share of the events of an outage that are lost: (L - S)+ / L, with L the length of the outage and S the last offset.
pub fn outage_lost(outage_s: f64, offsets_s: &[f64]) -> f64 {
    let span = offsets_s.last().copied().unwrap_or(0.0);
    (outage_s - span).max(0.0) / outage_s
}

/// Mean latency of the events of an outage that are recovered, without d: with M = min(L, S),
/// (1/M) Σ_j O_j [min(O_j, M) - min(O_(j-1), M)]. None without retries: then nothing is recovered.
pub fn outage_latency_mean(outage_s: f64, offsets_s: &[f64]) -> Option<f64> {
    let reach = outage_s.min(*offsets_s.last()?);
    let sum: f64 = offsets_s.windows(2).map(|pair| pair[1] * (pair[1].min(reach) - pair[0].min(reach))).sum();
    (reach > 0.0).then(|| sum / reach)
}

/// Attempts per event of an outage: (1/L) { Σ_j (j+1) [min(O_j, M) - min(O_(j-1), M)] + (n+1) (L - S)+ }.
pub fn outage_attempts(outage_s: f64, offsets_s: &[f64]) -> f64 {
    let span = offsets_s.last().copied().unwrap_or(0.0);
    let reach = outage_s.min(span);
    let recovered: f64 = offsets_s
        .windows(2)
        .zip(2_u32..)
        .map(|(pair, attempts)| f64::from(attempts) * (pair[1].min(reach) - pair[0].min(reach)))
        .sum();
    (recovered + offsets_s.len() as f64 * (outage_s - span).max(0.0)) / outage_s
}

/// Mean latency of the events of an outage for a poller: L/2 + T/2 + d2; nothing is lost.
pub fn outage_polling_mean(outage_s: f64, interval_s: f64, delay_s: f64) -> f64 {
    outage_s / 2.0 + interval_s / 2.0 + delay_s
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    const SVIX: [f64; 7] = [5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0];

    /// Four retries with p = 0.3, and three with p_r = 0.1 and p_a = 0.15.
    #[test]
    fn independent_failures() {
        let offsets = offsets(&[5.0, 30.0, 120.0, 600.0], 10.0);
        assert_eq!(offsets, [0.0, 15.0, 55.0, 185.0, 795.0]);
        near(attempts(0.3, 4), 1.4251, 5e-5);
        near(delivered_share(0.3, 4), 0.99757, 5e-6);
        near(latency_mean(0.3, &offsets, 0.2), 14.85, 5e-3);
        near(attempts(1.0 - 0.9 * 0.85, 3), 1.3032, 5e-5);
        near(duplicates(0.1, 0.15, 3), 0.1730, 5e-5);
        near(1.0 - delivered_share(1.0 - 0.9 * 0.85, 3), 0.00305, 5e-6);
        near(1.0 - delivered_share(0.1, 3), 0.0001, 1e-12);
        assert_eq!(attempts(1.0, 3), 4.0);
    }

    /// The schedule that Svix documents, with attempts that take no time, in outages of 1 h and 36 h; a poller in an
    /// outage of 1 h.
    #[test]
    fn outages() {
        let offsets = offsets(&SVIX, 0.0);
        near(outage_latency_mean(3600.0, &offsets).unwrap(), 4942.0, 0.5);
        near(outage_attempts(3600.0, &offsets), 4.329, 5e-4);
        assert_eq!(outage_lost(3600.0, &offsets), 0.0);
        near(outage_lost(36.0 * 3600.0, &offsets), 0.2338, 5e-5);
        near(outage_latency_mean(36.0 * 3600.0, &offsets).unwrap(), 64_612.0, 0.5);
        near(outage_attempts(36.0 * 3600.0, &offsets), 7.210, 5e-4);
        assert_eq!(outage_latency_mean(3600.0, &[0.0]), None);
        assert_eq!((outage_attempts(3600.0, &[0.0]), outage_lost(3600.0, &[0.0])), (1.0, 1.0));
        near(outage_polling_mean(3600.0, 60.0, 0.0), 1830.0, 1e-9);
    }
}
