//! The draws that the generators of random scenarios share.

/// A random number generator of its own, so that a change of the program's generator does not change the scenarios.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// SplitMix64 (Steele, Lea and Flood 2014).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between two bounds, uniform in its logarithm.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low * libm::pow(high / low, self.unit())
    }

    pub(crate) fn one_in(&mut self, number: u64) -> bool {
        self.next().is_multiple_of(number)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.next() as usize % of.len()]
    }

    pub(crate) fn whole(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// A duration between two bounds, in whole seconds or in milliseconds.
    pub(crate) fn time(&mut self, low_s: f64, high_s: f64) -> String {
        let seconds = self.between(low_s, high_s);
        if self.one_in(2) {
            format!("\"{}s\"", seconds.ceil())
        } else {
            format!("\"{}ms\"", (seconds * 1e3).ceil())
        }
    }

    /// Mostly a constant, otherwise a distribution with about that mean.
    pub(crate) fn delay(&mut self, mean_s: f64) -> String {
        let ms = |seconds: f64| format!("\"{}us\"", (seconds * 1e6).round().max(1.0));
        match self.whole(0, 9) {
            0 => format!("{{ distribution = \"exponential\", mean = {} }}", ms(mean_s)),
            1 => format!(
                "{{ distribution = \"uniform\", min = {}, max = {} }}",
                ms(mean_s * 0.5),
                ms(mean_s * 1.5)
            ),
            2 => {
                let sigma = self.pick(&[0.2, 0.5, 1.0]);
                format!("{{ distribution = \"lognormal\", median = {}, sigma = {sigma} }}", ms(mean_s))
            }
            3 => {
                let shape = self.pick(&[1.5, 2.5, 3.5, 8.0]);
                format!("{{ distribution = \"pareto\", min = {}, shape = {shape} }}", ms(mean_s))
            }
            _ => ms(mean_s),
        }
    }

    pub(crate) fn chance(&mut self) -> f64 {
        self.pick(&[0.001, 0.01, 0.1, 0.3])
    }
}
