//! What became of each attack on each client.

use crate::policy::security::AttackKind;
use crate::scenario::Scenario;
use crate::study::figures::{AttackCell, AttackRow, Attacks};
use crate::study::summary::{Attacked, Summary};

/// The attacks of all replications; empty where no client is attacked. Attacks of one kind on one client are one cell.
pub(super) fn attacks(scenario: &Scenario, summary: &Summary) -> Attacks {
    let mut columns: Vec<(AttackKind, f64)> = Vec::new();
    for attack in scenario.clients.iter().flat_map(|client| &client.attacks) {
        let column = (attack.kind, attack.after.as_secs_f64());
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let clients = scenario.clients.iter().zip(&summary.clients).enumerate();
    let attacked = clients.filter(|(_, (config, _))| !config.attacks.is_empty());
    let rows = attacked.map(|(client, (_, results))| {
        let cells = columns.iter().map(|&(kind, after_s)| {
            let is_here = |attack: &&Attacked| attack.kind == kind.name() && attack.after_s == after_s;
            results.attacks.iter().filter(is_here).map(cell).reduce(AttackCell::and)
        });
        AttackRow { client, cells: cells.collect() }
    });
    Attacks { rows: rows.collect(), columns }
}

fn cell(attack: &Attacked) -> AttackCell {
    AttackCell {
        sent: attack.sent,
        accepted: attack.accepted,
        unanswered: attack.unanswered,
        refused_with: attack.refused_with().map(str::to_owned).collect(),
    }
}
