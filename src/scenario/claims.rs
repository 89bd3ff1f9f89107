//! What a scenario says of its result: the figure that answers its question, and the claims that must hold.

use super::mixed::ALL;

/// `[answer]`: the figure that answers the title's question.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AnswerConfig {
    /// The client that the sentence is about; `*`: whoever of all answers best.
    pub client: String,
    /// The client that it is compared with; None: no other.
    pub against: Option<String>,
    /// A path in the client's object of `summary.json`, such as `requests.per_event`; None: latency and requests.
    pub metric: Option<String>,
    /// For a title that asks yes or no: how the figure of `client` compares with that of `against` if the answer is yes.
    pub yes_if: Option<Relation>,
}

impl AnswerConfig {
    /// Whether the sentence finds its client among all.
    pub fn is_of_all(&self) -> bool {
        self.client == ALL
    }
}

/// How one figure compares with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Less.
    Below,
    /// More.
    Above,
    /// About the same.
    Equal,
}

/// One `[[expect]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// Name of the client.
    pub client: String,
    /// A path in the client's object of `summary.json`, such as `latency_s.p99`.
    pub metric: String,
    /// The condition on the figure.
    pub bound: Bound,
}

/// The condition of an expectation. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// Less than this.
    Below(f64),
    /// More than this.
    Above(f64),
    /// Exactly this.
    Equals(f64),
}
