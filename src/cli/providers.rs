//! `pollhook providers`: all profiles side by side, or one with its facts.

use super::args::Format;
use super::{End, complain, inputs, print};
use pollhook::report::terminal;
use pollhook::scenario::{self, Profile};
use serde_json::{Value, json};

/// Prints the profile of that name or path, or all.
pub(crate) fn providers(name: Option<&str>, format: Format) -> End {
    let text = match (name, format) {
        (Some(name), format) => match inputs::profile(name) {
            Err(end) => return end,
            Ok(profile) => match format {
                Format::Text => terminal::provider(&profile),
                Format::Json => format!("{:#}\n", as_json(&profile)),
            },
        },
        (None, format) => match all() {
            Err(end) => return end,
            Ok(profiles) => match format {
                Format::Text => terminal::providers(&profiles),
                Format::Json => format!("{:#}\n", Value::Array(profiles.iter().map(as_json).collect())),
            },
        },
    };
    print(&super::say::clean(&text))
}

fn all() -> Result<Vec<Profile>, End> {
    let profiles = scenario::profiles().iter().map(|profile| Profile::load(profile.name, profile.text));
    profiles.collect::<Result<_, _>>().map_err(|problems| {
        complain(problems);
        End::Failed
    })
}

/// A profile as JSON; `default` says whether the fact is the default of a key of a webhook client.
fn as_json(profile: &Profile) -> Value {
    let fact = |fact: &scenario::Fact| {
        let value = json!({
            "value": fact.value,
            "mark": fact.mark.name(),
            "source": fact.source,
            "text": fact.text,
            "default": fact.is_default,
        });
        (fact.key.to_owned(), value)
    };
    let facts: serde_json::Map<String, Value> = profile.facts.iter().map(fact).collect();
    json!({ "name": profile.name, "title": profile.title, "about": profile.about, "facts": facts })
}
