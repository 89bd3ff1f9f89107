//! The types of events: how often each occurs, and which of them a client wants.

/// The types of the events of a source, each with its weight; at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTypes(pub Vec<(String, f64)>);

/// The number of a type in [`EventTypes`].
pub type TypeId = u8;

/// The types that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All.
    All,
    /// Those of these names; at least one.
    These(Vec<String>),
}

impl EventTypes {
    /// The most types of a source.
    pub const MOST: usize = 100;
    /// The longest name, in bytes.
    pub const LONGEST_NAME: usize = 40;

    /// The name of a type.
    pub fn name(&self, id: TypeId) -> &str {
        self.0.get(usize::from(id)).map_or("event", |(name, _)| name.as_str())
    }

    /// The names of all types.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there is more than one.
    pub const fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    /// The type that a number in [0, 1) draws: each with a probability of its weight over the sum of all.
    pub fn drawn(&self, unit: f64) -> TypeId {
        let mut rest = unit * self.0.iter().map(|(_, weight)| weight).sum::<f64>();
        for (id, (_, weight)) in self.0.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return id as TypeId;
            }
        }
        // The differences were rounded.
        self.0.len().saturating_sub(1) as TypeId
    }

    /// For each type whether a client wants it; None where it wants all.
    pub fn chosen(&self, wanted: &Wanted) -> Option<Vec<bool>> {
        let chosen: Vec<bool> = self.names().map(|name| wanted.has(name)).collect();
        (!chosen.iter().all(|&is_wanted| is_wanted)).then_some(chosen)
    }

    /// The share of the events that a client wants; exactly 1 where it wants all.
    pub fn share(&self, wanted: &Wanted) -> f64 {
        let Some(chosen) = self.chosen(wanted) else { return 1.0 };
        let all: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let own: f64 = self
            .0
            .iter()
            .zip(chosen)
            .filter(|(_, is_wanted)| *is_wanted)
            .map(|((_, weight), _)| weight)
            .sum();
        own / all
    }
}

impl Wanted {
    /// Whether it has the type of that name.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.iter().any(|wanted| wanted == name),
        }
    }

    /// As a parameter of a query, `types=like,comment`; None for all. The characters of a name need no escaping there.
    pub fn parameter(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::These(names) => Some(format!("types={}", names.join(","))),
        }
    }
}

/// Whether a type may have this name: it stands in JSON, XML, URLs and tables as it is.
pub fn is_name(name: &str) -> bool {
    let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:".contains(&byte);
    !name.is_empty() && name.len() <= EventTypes::LONGEST_NAME && name.bytes().all(stands)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> EventTypes {
        EventTypes(vec![("like".into(), 3.0), ("comment".into(), 1.0)])
    }

    #[test]
    fn a_type_is_drawn_as_often_as_it_weighs() {
        let drawn = |unit: f64| page().name(page().drawn(unit)).to_owned();
        assert_eq!([0.0, 0.7499, 0.75, 0.9999].map(drawn), ["like", "like", "comment", "comment"]);
    }

    #[test]
    fn a_client_wants_a_share() {
        let these = |names: &[&str]| Wanted::These(names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(page().share(&these(&["comment"])), 0.25);
        assert_eq!((page().share(&Wanted::All), page().share(&these(&["comment", "like"]))), (1.0, 1.0));
        assert_eq!(page().chosen(&these(&["comment", "like"])), None);
        assert_eq!(page().chosen(&these(&["comment"])), Some(vec![false, true]));
        assert_eq!(these(&["a", "b"]).parameter().as_deref(), Some("types=a,b"));
    }

    #[test]
    fn a_name_needs_no_escaping_anywhere() {
        for name in ["like", "issue_comment", "invoice.paid", "orders/create", "a:b"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a b", "a,b", "a&b", "<a", "\"", "é", &"x".repeat(41)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
