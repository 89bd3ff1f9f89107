//! Why a live run could not be, with the remedy.

use std::io;
use thiserror::Error;

/// Why a live run could not be.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The port of the public source is taken, or may not be used.
    #[error("cannot listen on port {port}: {source}; --port 0 takes a free one")]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// A listener, a thread or a connection could not be had.
    #[error("cannot set the live run up: {0}")]
    SetUp(#[from] io::Error),
    /// The scenario asks for more connections than one machine should open.
    #[error(
        "client `{client}` has {loops} poll loops, and a live run at most {MAX_LOOPS}; \
         lower count or events.resources, or leave --live out"
    )]
    TooMany {
        /// The client.
        client: String,
        /// Its loops: members × resources.
        loops: u64,
    },
    /// The system does not allow as many descriptors as the run needs.
    #[error(
        "the run needs {needed} open sockets and files, and the system allows {limit}; raise the limit \
         (`ulimit -n {needed}`), lower count, events.resources or workers, or leave --live out"
    )]
    Descriptors {
        /// What it needs at least.
        needed: u64,
        /// The limit, raised as far as it can be.
        limit: u64,
    },
    /// The system had no more sockets to give in the middle of the run.
    #[error(
        "the run was stopped: the system has no more sockets to give ({0}), and what it cannot open would be \
         counted as refused; raise the limit (`ulimit -n`), set workers, lower count or rates, or leave --live out"
    )]
    Exhausted(io::Error),
    /// A delivery cannot be registered.
    #[error("the source did not take the subscription of `{0}`")]
    Registration(String),
}

/// Poll loops of one client at most: each has a connection of its own.
pub const MAX_LOOPS: u64 = 2_000;
