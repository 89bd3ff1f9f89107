//! The keys of `[[outage]]`, `[answer]` and `[[expect]]`: the tables that refer to clients by name.

use crate::policy::outage::Mode;
use crate::policy::security::AttackKind;
use crate::scenario::Relation;
use crate::scenario::declare::{Keys, optional};
use crate::scenario::form::{Filled, Form, Metric, Moment, Placed, Positive, Rate, Time};
use crate::scenario::keys::{Absent, Key, Shape, Table};
use crate::scenario::mixed::{Limit, Whose};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};

partial! {
    /// One `[[outage]]`.
    OutageKeys, one_of ["client", "party"] {
        client: Whose, optional,
            "Name of the client that is down; or a list of names; or \"*\": all clients.";
        party: Party, optional, "The party that is down, if it is not a client.";
        from: Placed<Moment>, required, "Start of the outage.";
        lasts as "for": Positive, required, "Length of the outage.";
        mode: Placed<Mode>, default(r#""refuse""#), "How requests to the party fail during the outage.";
    }
}

choice! { Mode {
    Refuse = "refuse": "connections are refused at once";
    Hang = "hang": "requests get no answer";
    Error = "error": "requests are answered 503";
    Lose = "lose": "a webhook client acknowledges and loses its deliveries; its polls go on";
    Gone = "gone": "a webhook client answers its deliveries 410 Gone; its polls go on";
} }

/// A party that is not a client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Party {
    Source,
}

choice! { Party { Source = "source": "the provider: its API and its webhook deliveries"; } }

partial! {
    /// One `[[attack]]`.
    AttackKeys {
        client: Whose, required,
            "Name of the webhook client whose URL was found; or a list of names; or \"*\": all webhook clients.";
        kind: AttackKind, required, "What is sent to the endpoint.";
        rate: Placed<Rate>, required, "Requests of the attacker; the first after one period. During an outage it waits.";
        after: Placed<Time>, default(r#""0s""#), "With \"replay\": how old the recorded delivery is at least.";
    }
}

choice! { AttackKind {
    Forge = "forge": "a made-up delivery with a made-up secret";
    Replay = "replay": "a recorded delivery, under another id where that is not signed";
    Tamper = "tamper": "a recorded delivery with one byte of its data changed";
    Oversize = "oversize": "a body longer than any delivery";
    Slow = "slow": "a body that never ends";
    EavesdropForge = "eavesdrop-forge": "a made-up event with the URL and the headers that plain HTTP showed";
} }

partial! {
    /// `[answer]`
    AnswerKeys {
        client: Placed<Filled>, required,
            "Name of the client that the sentence is about; or \"*\": whichever has the best value of the metric, and with \
             `attacked.accepted` the first client of the file that let no attacker in.";
        against: Placed<Filled>, optional, "Name of the client that it is compared with.";
        metric: Metric, optional,
            "Path of the figure that answers the title, in the client's object of summary.json; \
             by default latency and requests.";
        yes_if: Placed<Relation>, optional,
            "For a title that asks yes or no: how the figure of `client` compares with that of `against` if the answer is yes.";
    }
}

choice! { Relation {
    Below = "below": "it is less";
    Above = "above": "it is more";
    Equal = "equal": "the two are about the same";
} }

partial! {
    /// One `[[expect]]`.
    ExpectKeys, one_of ["below", "above", "equals"] {
        client: Placed<Filled>, required, "Name of the client.";
        metric: Metric, required, "Path of a figure in the client's object of summary.json.";
        below: Placed<Limit>, optional, "The figure is less than this; a duration, or seconds, if the figure is a time.";
        above: Placed<Limit>, optional, "The figure is more than this.";
        equals: Placed<Limit>, optional, "The figure is exactly this.";
    }
}
