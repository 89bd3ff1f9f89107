//! Which two clients the sentence compares.

use super::contender::Contender;
use crate::figure::Figure;
use crate::policy::channel::Opener;
use crate::scenario::{Client, Scenario};

/// Clients by their channels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Polls,
    Streams,
    Hooks,
    Reconciled,
}

pub(super) fn group(client: &Client) -> Group {
    match (client.kind.channel().opener(), client.reconciles()) {
        (Opener::Client, _) if client.kind.channel().stays_connected() => Group::Streams,
        (Opener::Client, _) => Group::Polls,
        (Opener::Source, false) => Group::Hooks,
        (Opener::Source, true) => Group::Reconciled,
    }
}

/// The two clients that `[answer]` names.
pub(super) fn asked_pair<'c, 'a>(
    clients: &'c [Contender<'a>],
    scenario: &Scenario,
) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let config = scenario.answer.as_ref()?;
    let of = |name: &str| clients.iter().find(|client| client.summary.name == name);
    of(&config.client).zip(config.against.as_deref().and_then(of))
}

/// The two clients to compare without `[answer]`; None with one client.
pub(super) fn pair<'c, 'a>(clients: &'c [Contender<'a>]) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let freshest = |groups: &[Group]| {
        let mut best: Option<&Contender<'_>> = None;
        for client in clients.iter().filter(|client| groups.contains(&group(client.config))) {
            if best.is_none_or(|best| fresher(client, best)) {
                best = Some(client);
            }
        }
        best
    };
    let hooks = freshest(&[Group::Hooks]).or_else(|| freshest(&[Group::Reconciled]));
    let sides = [freshest(&[Group::Polls]), hooks, freshest(&[Group::Streams])];
    let sides: Vec<_> = sides.into_iter().flatten().collect();
    if let [_, _, ..] = sides[..] {
        let best =
            sides.iter().copied().reduce(|best, side| if fresher(side, best) { side } else { best })?;
        let slowest = (sides.iter().copied().filter(|side| !std::ptr::eq(*side, best)))
            .reduce(|slowest, side| if fresher(slowest, side) { side } else { slowest })?;
        let in_order = best.index < slowest.index;
        return Some(if in_order { (best, slowest) } else { (slowest, best) });
    }
    let best = freshest(&[Group::Polls, Group::Streams, Group::Hooks, Group::Reconciled])?;
    let slowest = (clients.iter().filter(|client| !std::ptr::eq(*client, best)))
        .reduce(|slowest, client| if fresher(slowest, client) { client } else { slowest })?;
    Some((best, slowest))
}

/// Whether `a` was better than `b`: by the typical event, then by the events not held, then by requests.
fn fresher(a: &Contender<'_>, b: &Contender<'_>) -> bool {
    match (a.silent(), b.silent()) {
        (true, _) => false,
        (false, true) => true,
        (false, false) if a.too_close(Figure::KnownAfterP50, a.typical_s(), b.typical_s()) => {
            (a.never(), a.summary.requests.total) < (b.never(), b.summary.requests.total)
        }
        (false, false) => a.typical_s() < b.typical_s(),
    }
}
