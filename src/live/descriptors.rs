//! File descriptors: how many a run needs, whether the system allows them, and what happens when none is left.
//!
//! Both ends of every connection are in this process, so each takes two. Common systems allow 1,024 unless a process
//! asks for more. A socket that the system cannot open looks like a refused connection: a run that continued would
//! count refusals that no party of the scenario made.

use super::error::LiveError;
use super::guests::MAX_STRANGERS;
use super::subscriptions::MAX_SUBSCRIPTIONS;
use crate::scenario::{Client, Scenario};
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::sync::Notify;

/// Connections that one client's parties have open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Concurrent {
    /// From the client to its source: one for each poll loop.
    pub(super) to_source: u64,
    /// From the source to the client's endpoints, while each delivery is answered before the next event.
    pub(super) to_client: u64,
    /// The same in the worst case: no delivery is ever answered.
    pub(super) max_to_client: u64,
}

impl Concurrent {
    /// The connections of a client in a run with that many events.
    pub(super) fn of(scenario: &Scenario, client: &Client, events: u64) -> Self {
        let count = u64::from(client.count);
        let to_source = if client.asks() { count * u64::from(scenario.events.resources) } else { 0 };
        let workers = client.webhook().map(|webhook| match webhook.workers {
            0 => u64::MAX,
            workers => u64::from(workers),
        });
        let at_once = |deliveries: u64| workers.map_or(0, |workers| deliveries.min(workers));
        Self { to_source, to_client: at_once(count), max_to_client: at_once(count.saturating_mul(events)) }
    }
}

/// Makes sure that the process may open what the run needs: raises the soft limit as far as the hard limit allows.
///
/// # Errors
/// The limit stays below what the run needs if every delivery is answered before the next event.
pub(super) fn secure(scenario: &Scenario, events: u64) -> Result<(), LiveError> {
    let each = || scenario.clients.iter().map(|client| Concurrent::of(scenario, client, events));
    let listeners = 2 * scenario.clients.len() as u64 + 1;
    let beside = listeners + VISITORS + in_use() + RUNTIMES;
    let needed = each().map(|one| 2 * (one.to_source + one.to_client)).sum::<u64>() + beside;
    let strangers = (MAX_STRANGERS * 2 * scenario.clients.len()) as u64;
    let wanted = each().fold(beside + strangers, |sum, one| {
        sum.saturating_add(one.to_source.saturating_add(one.max_to_client).saturating_mul(2))
    });
    let limit = raise(wanted.max(needed));
    if limit < needed {
        return Err(LiveError::Descriptors { needed, limit });
    }
    Ok(())
}

/// The same for a source by itself, at which so many streams may be open.
///
/// # Errors
/// The limit stays below that.
pub(super) fn secure_public(streams: u32) -> Result<(), LiveError> {
    let needed = u64::from(streams) + VISITORS + in_use() + RUNTIMES;
    let limit = raise(needed);
    if limit < needed { Err(LiveError::Streams { needed, limit }) } else { Ok(()) }
}

/// Connections to the public source, and from it to registered URLs.
const VISITORS: u64 = (PUBLIC_CONNECTIONS + MAX_SUBSCRIPTIONS) as u64;
/// Connections that the public source accepts at the same time.
pub(super) const PUBLIC_CONNECTIONS: usize = 128;
/// Descriptors of the runtimes and threads of a run, and some in reserve.
const RUNTIMES: u64 = 32;

/// Descriptors that are open now; a guess if the system does not tell.
fn in_use() -> u64 {
    std::fs::read_dir("/dev/fd").map_or(16, |open| open.count() as u64)
}

/// Raises the soft limit towards `wanted`; returns what it is then.
#[cfg(unix)]
fn raise(wanted: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let before = getrlimit(Resource::Nofile);
    let unlimited = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    let (soft, hard) = (unlimited(before.current), unlimited(before.maximum));
    if soft >= wanted {
        return soft;
    }
    let raised = wanted.min(hard);
    let new = Rlimit { current: Some(raised), maximum: before.maximum };
    if setrlimit(Resource::Nofile, new).is_ok() { raised } else { soft }
}

/// On other systems sockets are not files, and a process has no limit.
#[cfg(not(unix))]
const fn raise(_: u64) -> u64 {
    u64::MAX
}

/// Whether a socket could not be opened because the machine has no more, and not because it was refused.
pub(super) fn ran_out(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let of_the_machine = [Errno::MFILE, Errno::NFILE, Errno::ADDRNOTAVAIL, Errno::NOBUFS, Errno::NOMEM];
        Errno::from_io_error(error).is_some_and(|errno| of_the_machine.contains(&errno))
    }
    #[cfg(not(unix))]
    {
        error.kind() == io::ErrorKind::OutOfMemory
    }
}

/// Where a task reports that the machine has no more sockets, which ends the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Exhaustion(Arc<Reported>);

#[derive(Debug, Default)]
struct Reported {
    first: OnceLock<io::Error>,
    told: Notify,
}

impl Exhaustion {
    /// Reports an error if it says that the machine has no more sockets.
    pub(super) fn note(&self, error: &io::Error) {
        let copy = || error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
        if ran_out(error) && self.0.first.set(copy()).is_ok() {
            self.0.told.notify_one();
        }
    }

    /// Waits for the first report. Only one task may wait.
    pub(super) async fn reported(&self) -> LiveError {
        loop {
            if let Some(first) = self.0.first.get() {
                return LiveError::Exhausted(io::Error::new(first.kind(), first.to_string()));
            }
            self.0.told.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concurrent(text: &str) -> Concurrent {
        let text = format!(
            "duration = \"9s\"\n[events]\nresources = 3\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
             [[client]]\n{text}"
        );
        let scenario = crate::scenario::load("it", &text, &[]).unwrap();
        Concurrent::of(&scenario, &scenario.clients[0], 9)
    }

    #[test]
    fn loops_members_and_workers_are_counted() {
        let of = |to_source, to_client, max_to_client| Concurrent { to_source, to_client, max_to_client };
        assert_eq!(concurrent("kind = \"poll\"\ninterval = \"1s\"\ncount = 5"), of(15, 0, 0));
        assert_eq!(concurrent("kind = \"webhook\"\ncount = 5"), of(0, 5, 45));
        assert_eq!(concurrent("kind = \"webhook\"\ncount = 5\nworkers = 2"), of(0, 2, 2));
        assert_eq!(concurrent("kind = \"webhook\"\nreconcile = \"5s\""), of(3, 1, 9));
    }

    #[test]
    fn a_refusal_is_told_from_a_shortage() {
        assert!(!ran_out(&io::ErrorKind::ConnectionRefused.into()));
        #[cfg(unix)]
        assert!(ran_out(&rustix::io::Errno::MFILE.into()) && ran_out(&rustix::io::Errno::NFILE.into()));
    }
}
