//! Ordered delivery: an event that fails blocks those behind it, so that its whole delivery, with all attempts and the
//! delays between them, is the service time of a queue with one server (M/G/1). Knows no endpoint and no schedule.

/// The mean and the mean square of the time from the first attempt of a delivery until it is acknowledged or given up.
/// Each attempt takes `attempt_s` and fails with chance `fails`; there is one attempt more than delays.
///
/// With one delay d and without end, this is S = s + K (s + d) with K geometric: E K = p/(1 - p),
/// Var K = p/(1 - p)^2.
pub fn service(fails: f64, attempt_s: f64, delays_s: &[f64]) -> (f64, f64) {
    let (mut mean, mut second) = (0.0, 0.0);
    let (mut reached, mut took_s) = (1.0, attempt_s);
    for delay_s in delays_s {
        let ends = reached * (1.0 - fails);
        mean += ends * took_s;
        second += ends * took_s * took_s;
        reached *= fails;
        took_s += delay_s + attempt_s;
    }
    (mean + reached * took_s, second + reached * took_s * took_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::queue;

    fn near(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-9 * right.abs().max(1.0), "{left} against {right}");
    }

    #[test]
    fn a_geometric_number_of_retries() {
        let (fails, attempt_s, delay_s) = (0.1, 0.1, 2.0);
        let (mean, second) = service(fails, attempt_s, &[delay_s; 60]);
        let (retries, spread) = (fails / (1.0 - fails), fails / ((1.0 - fails) * (1.0 - fails)));
        let each_s = attempt_s + delay_s;
        near(mean, attempt_s + retries * each_s);
        near(second - mean * mean, spread * each_s * each_s);
        // In order 0.825 s from the event to the answer on average, and 0.333 s in any order.
        near(queue::single_mean(1.0, mean, second) + mean, 0.825);
        near(mean, 1.0 / 3.0);
    }

    #[test]
    fn a_single_attempt_takes_its_time_whether_it_fails_or_not() {
        assert_eq!(service(0.7, 2.0, &[]), (2.0, 4.0));
    }
}
