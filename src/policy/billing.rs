//! What counts as a call: which requests a source bills to its clients.

/// A kind of request that a source may leave out of its bill. Those that bring events or open a stream are always billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Free {
    /// Answered 304.
    NotModified,
    /// Answered with a page without events, or 404: the event is not there yet.
    Empty,
    /// Answered 429.
    Limited,
    /// Answered with another error, or not at all.
    Failed,
    /// Sent by the source.
    Deliveries,
}

/// What a source bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billing {
    /// What it does not bill.
    pub free: Vec<Free>,
}

/// The same, as it is asked for each request: for each kind, whether it is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tariff([bool; 5]);

impl Billing {
    /// As it is asked for each request.
    pub fn tariff(&self) -> Tariff {
        let mut billed = [true; 5];
        self.free.iter().for_each(|&free| billed[free as usize] = false);
        Tariff(billed)
    }
}

impl Tariff {
    /// Whether a request of that kind is billed; None: it brought events or opened a stream.
    #[inline]
    pub fn bills(self, kind: Option<Free>) -> bool {
        kind.is_none_or(|kind| self.0[kind as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_is_billed_and_else_what_is_not_free() {
        let tariff = Billing { free: vec![Free::NotModified, Free::Deliveries] }.tariff();
        assert!(tariff.bills(None) && tariff.bills(Some(Free::Empty)) && tariff.bills(Some(Free::Limited)));
        assert!(!tariff.bills(Some(Free::NotModified)) && !tariff.bills(Some(Free::Deliveries)));
        assert!(Billing { free: Vec::new() }.tariff().bills(Some(Free::Failed)));
    }
}
