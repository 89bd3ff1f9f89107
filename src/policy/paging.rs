//! How much of what waits one poll fetches, and how it knows that there is more.

/// How many pages a poll fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// It asks on at once until the last page has come.
    All,
    /// One; what is left waits for the next poll.
    One,
}

/// How a poller knows that a page was the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPage {
    /// The page says so (`has_more`).
    Flag,
    /// It is not full: where the last event fills a page, the poller learns of it from an empty one.
    Short,
}

impl Pages {
    /// Whether a poll asks on after a page of that many events.
    pub const fn ask_on(self, last_page: LastPage, events: u32, has_more: bool, page_size: u32) -> bool {
        match (self, last_page) {
            (Self::One, _) => false,
            (Self::All, LastPage::Flag) => has_more,
            (Self::All, LastPage::Short) => events == page_size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_last_page_is_known_by_its_flag_only() {
        assert!(!Pages::All.ask_on(LastPage::Flag, 3, false, 3));
        assert!(Pages::All.ask_on(LastPage::Short, 3, false, 3));
        assert!(!Pages::All.ask_on(LastPage::Short, 2, false, 3));
        assert!(!Pages::One.ask_on(LastPage::Flag, 3, true, 3));
    }
}
