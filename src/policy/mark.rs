//! What the knowledge of a provider's rule rests on.

/// Where a fact is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The provider's documentation, or the specification.
    Documented,
    /// Code or tests in the provider's repository.
    Source,
    /// Written by others.
    ThirdParty,
    /// No document was found.
    Unverified,
    /// Not a fact: chosen so that an unpublished figure can be simulated.
    Modelled,
}
