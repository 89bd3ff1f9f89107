//! A discrete distribution of latencies. The chances may sum to less than 1; the rest is the chance that it never
//! happens. Knows nothing of what causes the steps.

/// Possible latencies in seconds and their chances, in ascending order of latency, all different.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps(Vec<(f64, f64)>);

impl Steps {
    /// From (latency, chance) in any order. Drops chances below 10^-15, and merges latencies that differ by less than
    /// one part in 10^12.
    pub fn new(mut parts: Vec<(f64, f64)>) -> Self {
        parts.retain(|&(_, chance)| chance > 1e-15);
        parts.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut steps: Vec<(f64, f64)> = Vec::with_capacity(parts.len());
        for (latency, chance) in parts {
            match steps.last_mut() {
                Some(last) if latency - last.0 <= 1e-12 * latency => last.1 += chance,
                _ => steps.push((latency, chance)),
            }
        }
        Self(steps)
    }

    /// The steps as (latency, chance), in ascending order of latency.
    pub fn parts(&self) -> &[(f64, f64)] {
        &self.0
    }

    /// Chance that it happens at all.
    pub fn total(&self) -> f64 {
        chance(&self.0)
    }

    /// Chance that it happens within `latency_s`.
    pub fn cdf(&self, latency_s: f64) -> f64 {
        chance(self.0.iter().take_while(|step| step.0 <= latency_s))
    }

    /// Mean latency of what happens; None where nothing does.
    pub fn mean(&self) -> Option<f64> {
        let total = self.total();
        (total > 0.0).then(|| self.0.iter().map(|(latency, chance)| latency * chance).sum::<f64>() / total)
    }

    /// Variance of the latency of what happens.
    pub fn variance(&self) -> Option<f64> {
        let mean = self.mean()?;
        let sum: f64 =
            self.0.iter().map(|(latency, chance)| (latency - mean) * (latency - mean) * chance).sum();
        Some(sum / self.total())
    }

    /// The least latency within which `share` of what happens has happened.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = share * self.total() - 1e-12;
        let mut reached = 0.0;
        self.0
            .iter()
            .find(|step| {
                reached += step.1;
                reached >= wanted
            })
            .map(|step| step.0)
    }
}

/// The chance of any of the steps. The standard sum of none is -0.
fn chance<'a>(steps: impl IntoIterator<Item = &'a (f64, f64)>) -> f64 {
    (0.0 + steps.into_iter().map(|step| step.1).sum::<f64>()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_sorted_and_merged() {
        let steps = Steps::new(vec![(3.0, 0.2), (1.0, 0.5), (3.0, 0.1), (9.0, 0.0)]);
        assert_eq!(steps.parts().len(), 2);
        assert!((steps.total() - 0.8).abs() < 1e-12);
        assert!((steps.mean().unwrap() - (0.5 + 0.9) / 0.8).abs() < 1e-12);
        assert_eq!((steps.quantile(0.625), steps.quantile(0.63)), (Some(1.0), Some(3.0)));
        assert_eq!((steps.cdf(0.9), steps.cdf(1.0)), (0.0, 0.5));
        let none = Steps::new(vec![]);
        assert_eq!((none.mean(), none.total().is_sign_positive()), (None, true));
    }
}
