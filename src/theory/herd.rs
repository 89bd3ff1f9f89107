//! How long requests wait for a server where many clients ask at a fixed interval: all at the same moment, or each at a
//! phase of its own. Knows no client.
//!
//! The service time s is fixed. A wait is drawn as a list of (seconds, share of the requests), in the order of the seconds.

/// The waits of `requests` that all arrive at once at `servers` servers: the one with k before it waits for floor(k / c)
/// services. Their mean is [`in_phase_mean`](super::queue::in_phase_mean). Waits next to each other are one where there are
/// more than 1,000, at their mean.
pub fn together(requests: u32, servers: u32, service_s: f64) -> Vec<(f64, f64)> {
    let (requests, servers) = (u64::from(requests), u64::from(servers));
    let services = requests.div_ceil(servers);
    let merged = services.div_ceil(MOST);
    let groups = (0..services).step_by(merged as usize).map(|first| {
        let last = (first + merged).min(services);
        let (mut sum, mut number) = (0, 0);
        for before in first..last {
            let served = servers.min(requests - before * servers);
            (sum, number) = (sum + before * served, number + served);
        }
        (service_s * sum as f64 / number as f64, number as f64 / requests as f64)
    });
    groups.collect()
}

/// The wait of the last of them, in seconds.
pub fn last_s(requests: u32, servers: u32, service_s: f64) -> f64 {
    f64::from(requests.saturating_sub(1) / servers) * service_s
}

/// The queue of one server that `clients` ask at the same interval, each once, at independent phases: ND/D/1. A request
/// waits for what the others, n = N - 1, have left of work. (Eckberg, IEEE Trans. Commun. 27, 1979; Roberts, Mocci and
/// Virtamo, Broadband Network Teletraffic, 1996, 6.2.)
#[derive(Clone, Debug, PartialEq)]
pub struct Phases {
    /// n, the clients but the one that waits.
    others: u32,
    /// T/s, at least n + 1.
    services: f64,
    service_s: f64,
    /// ln C(n, k) for each k, as far as the sums need it.
    log_choices: Vec<f64>,
}

impl Phases {
    /// None where the server is asked for more than it can do, N s > T, or where very many clients keep it so busy that the sums would have
    /// more than 4,000 terms.
    pub fn new(clients: u32, service_s: f64, interval_s: f64) -> Option<Self> {
        if clients == 0 || f64::from(clients) * service_s > interval_s {
            return None;
        }
        let (others, services) = (clients - 1, interval_s / service_s);
        let idle = 1.0 - f64::from(others) / services;
        // Terms fall as e^(-k (1 - ρ)²/2).
        let terms = libm::fmin(f64::from(others), 80.0 / (idle * idle) + 40.0) as u32;
        let log_choices = (0..=terms).scan(0.0, |log, number| {
            let own = *log;
            *log += libm::log(f64::from(others - number) / f64::from(number + 1));
            Some(own)
        });
        (terms <= MOST_TERMS).then(|| Self {
            others,
            services,
            service_s,
            log_choices: log_choices.collect(),
        })
    }

    /// The mean wait: s/2 Σ_k n!/(n - k)! (s/T)^k, k from 1 to n. For large n at a load of ρ it is that of M/D/1, ρ s/(2 (1 - ρ)).
    pub fn mean_s(&self) -> f64 {
        let mut term = 1.0;
        let terms = (0..self.others).map(|before| {
            term *= f64::from(self.others - before) / self.services;
            term
        });
        self.service_s / 2.0 * terms.take_while(|&term| term > 1e-18).sum::<f64>()
    }

    /// P(wait > x s): Σ_k C(n, k) p^k (1 - p)^(n - k) (T - n + x)/(T - k + x) with p = (k - x)/T, k from above x to n, times in
    /// services. All terms are positive.
    pub fn longer(&self, services: f64) -> f64 {
        let others = f64::from(self.others);
        let left = self.services - others + services;
        let (mut sum, mut before) = (0.0, 0.0);
        let from = libm::floor(services) as usize + 1;
        for (number, log_choice) in self.log_choices.iter().enumerate().skip(from) {
            let number = number as f64;
            let share = (number - services) / self.services;
            let log = log_choice + number * libm::log(share) + (others - number) * libm::log1p(-share);
            let term = libm::exp(log) * left / (self.services - number + services);
            // Terms have one maximum.
            if term < before && term < 1e-16 {
                break;
            }
            (sum, before) = (sum + term, term);
        }
        sum.min(1.0)
    }

    /// The waits, but for a share below 10^-7. Their mean is that of the form but for 10^-6 of it.
    pub fn waits(&self) -> Vec<(f64, f64)> {
        let mut high = 1.0;
        while self.longer(high) > 1e-7 {
            high *= 2.0;
        }
        let cells = (CELLS_A_SERVICE * high).min(MOST_CELLS);
        let width = high / cells;
        let mut from = self.longer(0.0);
        let mut waits = vec![(0.0, 1.0 - from)];
        for cell in 0..cells as u32 {
            let at = f64::from(cell) * width;
            // The tail has kinks at whole services only, where cells end. In the cell it is smooth: Simpson's rule.
            let until = self.longer(at + width);
            let inner = width / 6.0 * (from + 4.0 * self.longer(at + width / 2.0) + until);
            let share = from - until;
            if share > 0.0 {
                let mean = (at * from - (at + width) * until + inner) / share;
                waits.push((mean * self.service_s, share));
            }
            from = until;
        }
        waits
    }
}

/// Waits that are kept apart.
const MOST: u64 = 1000;
const MOST_TERMS: u32 = 4000;
const CELLS_A_SERVICE: f64 = 16.0;
/// A power of two, so that whole services stay ends of cells.
const MOST_CELLS: f64 = 128.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::md1::FixedService;
    use crate::theory::queue::{in_phase_mean, single_mean};

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    fn mean(waits: &[(f64, f64)]) -> f64 {
        waits.iter().map(|(wait, share)| wait * share).sum()
    }

    #[test]
    fn together_the_last_waits_for_all_before_it() {
        for (requests, servers) in [(1000, 1), (1000, 7), (7, 3), (2, 3), (250_000, 3), (1_000_000, 1)] {
            let waits = together(requests, servers, 0.02);
            near(waits.iter().map(|wait| wait.1).sum(), 1.0, 1e-9);
            let expected = in_phase_mean(requests, servers, 0.02);
            near(mean(&waits), expected, 1e-9 * expected.max(1.0));
            assert!(waits.len() <= 1000 && waits.is_sorted_by(|a, b| a.0 < b.0));
        }
        assert_eq!(together(7, 3, 1.0), [(0.0, 3.0 / 7.0), (1.0, 3.0 / 7.0), (2.0, 1.0 / 7.0)]);
        assert_eq!((last_s(7, 3, 1.0), last_s(6, 3, 1.0), last_s(1000, 1, 0.02)), (2.0, 1.0, 999.0 * 0.02));
    }

    /// One other client: its request is younger than a service with chance s/T, and any age is as likely.
    #[test]
    fn two_clients_meet_by_chance() {
        let two = Phases::new(2, 0.5, 2.0).unwrap();
        near(two.mean_s(), 0.5 / 8.0, 1e-12);
        near(two.longer(0.0), 0.25, 1e-12);
        near(two.longer(0.6), 0.1, 1e-12);
        near(two.longer(1.0), 0.0, 0.0);
        assert_eq!(Phases::new(1, 0.5, 2.0).unwrap().mean_s(), 0.0);
        assert_eq!(Phases::new(5, 0.5, 2.0), None);
        // Very many at a load that is nearly all that can be served.
        assert_eq!(Phases::new(1_000_000, 1.0, 1_000_001.0), None);
        assert!(Phases::new(1_000_000, 1.0, 1_500_000.0).is_some());
    }

    /// Requests at phases drawn from a plain generator: a request waits for max_k (k s - age of the k-th before it).
    #[test]
    fn phases_drawn_at_random_wait_as_long() {
        let mut state = 7_u64;
        let mut unit = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (clients, services) in [(3_u32, 3.5), (6, 6.2), (21, 22.0), (51, 150.0)] {
            let queue = Phases::new(clients, 1.0, services).unwrap();
            let (draws, at) = (40_000, [0.0, 0.3, 1.5, 2.2]);
            let (mut sum, mut square, mut above) = (0.0, 0.0, [0.0; 4]);
            for _ in 0..draws {
                let mut ages: Vec<f64> = (1..clients).map(|_| unit() * services).collect();
                ages.sort_by(f64::total_cmp);
                let left = (1..).zip(&ages).map(|(number, age)| f64::from(number) - age);
                let wait = left.fold(0.0, f64::max);
                (sum, square) = (sum + wait, square + wait * wait);
                at.iter().zip(&mut above).for_each(|(x, above)| *above += f64::from(u8::from(wait > *x)));
            }
            let draws = f64::from(draws);
            let deviation = libm::sqrt((square / draws - sum / draws * sum / draws) / draws);
            near(sum / draws, queue.mean_s(), 4.0 * deviation);
            for (x, above) in at.iter().zip(above) {
                let chance = queue.longer(*x);
                near(above / draws, chance, 4.0 * libm::sqrt(chance * (1.0 - chance) / draws) + 1e-12);
            }
        }
    }

    /// The table has the mean of the form, from few clients to very many at a load that is nearly all that can be served; and with many
    /// the queue is M/D/1.
    #[test]
    fn the_table_has_the_mean_of_the_form() {
        for (clients, services) in
            [(2, 3.0), (10, 10.0), (10, 11.0), (1000, 3000.0), (1000, 1001.0), (20_000, 25_000.0)]
        {
            let queue = Phases::new(clients, 0.02, services * 0.02).unwrap();
            let waits = queue.waits();
            near(waits.iter().map(|wait| wait.1).sum(), 1.0, 1e-6);
            near(mean(&waits) / queue.mean_s(), 1.0, 2e-5);
            assert!(waits.is_sorted_by(|a, b| a.0 < b.0) && waits.len() < 200, "{clients} {services}");
        }
        let (many, poisson) =
            (Phases::new(1_000_000, 1.0, 2e6).unwrap(), FixedService::new(0.5, 1.0).unwrap());
        near(many.mean_s(), single_mean(0.5, 1.0, 1.0), 1e-5);
        for x in [0.0, 0.4, 1.0, 2.5, 6.0] {
            near(many.longer(x), 1.0 - poisson.cdf(x), 1e-5);
        }
    }
}
