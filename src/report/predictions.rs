//! The predictions of closed forms for a scenario that was not run, as data.

use crate::figure::Figure;
use crate::scenario::{Client, Scenario, resolved};
use crate::study::predict::{Outlook, outlook};
use crate::study::summary::SCHEMA;
use serde_json::{Map, Value, json};

/// A client and what closed forms say of it.
#[derive(Clone, Debug)]
pub struct Predicted<'a> {
    client: &'a Client,
    outlook: Outlook,
}

/// What closed forms say of each client.
pub fn predict(scenario: &Scenario) -> Vec<Predicted<'_>> {
    let of = |client| Predicted { client, outlook: outlook(scenario, client) };
    scenario.clients.iter().map(of).collect()
}

impl Predicted<'_> {
    /// The client's name.
    pub fn name(&self) -> &str {
        &self.client.name
    }

    /// The prediction for a figure.
    pub fn value(&self, figure: Figure) -> Option<f64> {
        crate::study::predicted(&self.outlook.theory, figure)
    }

    /// The figures of such a client without a prediction, and why.
    pub fn missing(&self) -> &[(Figure, String)] {
        &self.outlook.missing
    }
}

/// The predictions as JSON: each client with the object `theory` of summary.json, and the reason for each null in it.
pub fn json(scenario: &Scenario, predicted: &[Predicted<'_>]) -> String {
    let client = |one: &Predicted<'_>| {
        let missing: Map<String, Value> = one
            .missing()
            .iter()
            .map(|(figure, reason)| (figure.path().to_owned(), reason.as_str().into()))
            .collect();
        let stable = one.outlook.unstable_because.is_none();
        json!({
            "name": one.client.name,
            "kind": one.client.kind.name(),
            "count": one.client.count,
            "stable": stable,
            "theory": one.outlook.theory,
            "without_form": missing,
        })
    };
    let whole = json!({
        "schema": SCHEMA,
        "version": env!("CARGO_PKG_VERSION"),
        "scenario": resolved(scenario),
        "clients": predicted.iter().map(client).collect::<Vec<_>>(),
    });
    format!("{whole:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every null of `theory` that such a client could have is explained, and nothing else.
    #[test]
    fn every_gap_of_every_shipped_scenario_has_a_reason() {
        let mut gaps = 0;
        for shipped in crate::scenario::shipped() {
            let scenario = crate::scenario::load(shipped.name, shipped.text, &[]).expect("it loads");
            let predicted = predict(&scenario);
            for client in &predicted {
                let reason = |figure| client.missing().iter().find(|(missing, _)| *missing == figure);
                for figure in Figure::ALL.iter().copied().filter(|figure| figure.is_predicted()) {
                    let is_explained = reason(figure).map(|(_, reason)| !reason.is_empty());
                    let has_it = applies(figure, client.client);
                    let expected = (has_it && client.value(figure).is_none()).then_some(true);
                    assert_eq!(
                        is_explained,
                        expected,
                        "{}, {}: {}",
                        shipped.name,
                        client.name(),
                        figure.path()
                    );
                }
                gaps += client.missing().len();
            }
            let json: Value = serde_json::from_str(&json(&scenario, &predicted)).expect("it is JSON");
            for (json, client) in json["clients"].as_array().expect("a list").iter().zip(&predicted) {
                let told = json["without_form"].as_object().map(Map::len);
                assert_eq!(told, Some(client.missing().len()), "{}", shipped.name);
            }
        }
        assert!(gaps > 100, "the shipped scenarios have keys without a form: {gaps}");
    }

    /// By the kind alone.
    fn applies(figure: Figure, client: &Client) -> bool {
        let kind = client.kind.name();
        match figure {
            Figure::EmptyShare => kind == "poll" || kind == "long-poll" || client.reconciles(),
            Figure::FramesHeartbeatsPerSecond => kind == "sse" || kind == "websocket",
            Figure::AttemptsPerEvent | Figure::DuplicatesPerEvent => kind == "webhook",
            _ => true,
        }
    }
}
