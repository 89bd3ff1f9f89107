//! The keys of a provider profile, and the key `provider` of a webhook client.

use crate::scenario::declare::{Keys, optional, value};
use crate::scenario::form::{Filled, Form, ListOf};
use crate::scenario::keys::{Absent, Key, Shape, Table};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::provider::{Figure, Mark, Provider};
use crate::scenario::record::{Record, Value};
use crate::scenario::Webhook;

partial! {
    /// The file of a profile.
    ProfileKeys {
        title: Filled, required, "The provider, and the part of it that the profile describes.";
        about: Filled, required, "What is special about it, in one or two sentences.";
        webhook: Webhook, default("{}"), "Keys of a webhook client; their values are its defaults.";
        facts: Facts, required, "What is known of the provider, and where it is written.";
    }
}

partial! {
    /// `[facts]`: a key of `[webhook]` has a fact of its name.
    Facts {
        handshake: FactKeys, optional, "How a URL is registered and confirmed.";
        deadline: FactKeys, optional, "Longest time that an attempt may take.";
        retries: FactKeys, optional, "When a failed delivery is tried again.";
        retry_jitter: FactKeys, optional, "Random change of the delays.";
        success: FactKeys, optional, "Answers that count as success.";
        security: FactKeys, optional, "How the receiver knows that a delivery is the provider's.";
        ordered: FactKeys, optional, "Whether deliveries come in order.";
        batch: FactKeys, optional, "Events in one delivery.";
        thin: FactKeys, optional, "Whether a delivery has the event, or tells only that there is one.";
        dedupe: FactKeys, optional, "What identifies a delivery that came twice.";
        breaker: FactKeys, optional, "What makes the sender leave a receiver alone for a while.";
        slow_penalty: FactKeys, optional, "What slow answers lead to.";
        disable_after: FactKeys, optional, "What stops the deliveries for good.";
        poll_limit: FactKeys, optional, "How often the polling API may be asked.";
        not_modified: FactKeys, optional, "Whether an answer 304 counts against that limit.";
    }
}

partial! {
    /// One fact.
    FactKeys {
        value: Filled, optional, "The fact in a few words; it may be left out if `[webhook]` has it.";
        mark: Mark, required, "Where the fact is from.";
        source: Filled, required, "The document; of a modelled figure, the reason for its value.";
        text: Filled, optional, "What the document says beyond the value.";
    }
}

choice! { Mark {
    Documented = "documented": "the provider's documentation, or the specification";
    Source = "source": "code or tests in the provider's repository";
    ThirdParty = "third party": "written by others";
    Unverified = "unverified": "no document was found";
    Modelled = "modelled": "chosen so that an unpublished figure can be simulated";
} }

table! { Provider {
    name: Filled, required, "Name of the profile.";
    figures: ListOf<Figure, 0>, default("[]"), "The keys of the client whose values are those of the profile.";
} }

table! { Figure {
    key: Filled, required, "The key.";
    mark: Mark, required, "Where its value is from.";
    source: Filled, required, "The document; of a modelled figure, the reason for its value.";
} }

/// The name of a profile or the path of its file. Before the file of a scenario is checked, both are replaced by a table,
/// which a report writes, so that the marks are known without the profile.
pub(crate) struct ProviderForm;

impl Form for ProviderForm {
    type Of = Provider;
    const SHAPE: Shape = Shape::Either(&[Filled::SHAPE, Shape::Table(&Provider::TABLE)]);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Provider> {
        match value {
            Value::Table(record) => Provider::read_keys(record, problems),
            // The profile is unknown or has an error, which is reported already.
            _ => None,
        }
    }

    fn write(provider: &Provider) -> Value {
        Value::Table(provider.write_keys())
    }
}
