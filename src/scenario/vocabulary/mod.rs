//! Every key of a scenario file, declared once: its name, its form (what a file may contain and what the program turns
//! it into), what its absence means, and one line of help. Reading, error messages, writing, the JSON Schema,
//! `--set`, the parameters of a report and their defaults all use these declarations.
//!
//! # To add a key
//! Add a field to the struct that uses it, and one line here: `pages: Pages, default(r#""all""#), "...";` in the
//! table of `PollSchedule`; if its values are words, add a `choice!` for the enum as well. Then
//! run `UPDATE=1 cargo test --test scenarios`, which writes the schema and the reference of all keys. A key without a
//! default needs a value in `reference-frame.toml` (a test fails without it).
//!
//! # To add a kind of client
//! Add a variant to `Channel` and to `Kind`, a `table!` for the struct of the kind, and one line to `kinds!`.
//! An arrival process or a distribution is one arm of its `tagged!`.
//!
//! # Profiles
//! A profile (`provider = "stripe"`) is a TOML file whose table `[webhook]` has keys of a webhook client. Between parsing
//! and checking, `provider::apply` adds to the client's table each key that the client does not have. So a profile is
//! checked as a client is, and needs no Rust code. `provider.rs` declares the rest of such a file.
//!
//! # Why our own macros
//! serde stops at the first error and loses the places inside a tagged table (it buffers them); `eserde` continues
//! after an error, but reports paths instead of places; `toml-span` keeps places and leaves reading to hand-written
//! code; `schemars` only writes a schema. None of them writes values with their units, or
//! accepts a value that is a duration or a table. These macros are 300 lines and need no dependency.

mod claims;
mod client;
mod failing;
mod provider;
mod source;
mod webhook;

pub(crate) use claims::{AnswerKeys, AttackKeys, ExpectKeys, OutageKeys, Party};
pub(crate) use client::{ClientCommon, ClientKeys};
pub(crate) use provider::{Facts, FactKeys, ProfileKeys};
pub(crate) use source::{Events, GeneralNetwork, NetworkKeys};
pub(crate) use webhook::Growing;

use super::declare::{Keys, optional};
use super::form::{Count, Filled, Form, ListOf, Placed, Positive, Seed, Text, Time};
use super::keys::{Absent, Key, Shape, Table};
use super::problems::{Place, Problem};
use super::record::{Record, Value};
use super::{Drain, SourceConfig, Warmup};

partial! {
    /// The whole file.
    File {
        title: Filled, optional, "The question, in one line; by default the scenario's name.";
        about: Text, default(r#""""#), "The expected answer, and why.";
        duration: Placed<Positive>, default(r#""1h""#), "Length of the run: events occur in [0, duration).";
        warmup: Placed<WarmupForm>, default(r#""0s""#),
            "Events and requests before this time count in no figure; shorter than `duration`.";
        drain: DrainForm, default(r#""auto""#),
            "After `duration` the run continues until every event is delivered or lost, at most this long.";
        seed: Seed, default("1"), "Seed of all random draws; another seed gives other events.";
        replications: Placed<AtLeastOne>, default("1"), "Number of runs, each with its own random draws.";
        events: Events, required, "The events that occur at the source.";
        source: SourceConfig, default("{}"), "The provider: its API and its limits.";
        network: GeneralNetwork, default("{}"), "The network between the source and every client.";
        client: ListOf<Placed<ClientKeys>, 1>, required, "The clients to compare.";
        outage: ListOf<OutageKeys, 0>, default("[]"), "Times at which a client or the source is down.";
        attack: ListOf<AttackKeys, 0>, default("[]"),
            "What is sent by somebody who found the URL of a webhook client.";
        answer: AnswerKeys, optional,
            "The subject of the first sentence of the report; by default latency and requests of all clients.";
        expect: ListOf<ExpectKeys, 0>, default("[]"),
            "Claims about the result; where one does not hold, the exit status is 3.";
    }
}

word_or! { WarmupForm for Warmup: Warmup::Auto = "auto": "found from the latencies of ten replications", or Warmup::Given => Time }

word_or! { DrainForm for Drain: Drain::Auto = "auto": "as long as necessary", or Drain::AtMost => Time }

pub(crate) type AnyCount = Count<0, { u32::MAX }>;
pub(crate) type AtLeastOne = Count<1, { u32::MAX }>;
