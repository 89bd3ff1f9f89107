//! Which events a poll asks for, how many pages of them it fetches, and how it knows which is the last.

/// Which events a poll asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Those after its cursor, the oldest first. Nothing is passed over.
    Oldest,
    /// The newest that a page holds, as a feed shows them. What has left the page between two polls is lost.
    Newest,
}

/// How many pages a poll fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// All: it asks for the next page at once until it has the last.
    All,
    /// One: the other events wait for the next poll.
    One,
}

/// How a poller knows that a page was the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastPage {
    /// The page says so (`has_more`).
    Flag,
    /// The page is not full. Where the last event fills a page, the poller asks once more and receives an empty page.
    Short,
}

impl Pages {
    /// Whether a poll asks for another page after a page with that many events.
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
