//! Why a live run failed, and what to do.

use std::io;
use thiserror::Error;

/// Why a live run failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LiveError {
    /// A warm-up is found in virtual time.
    #[error(
        "`warmup = \"auto\"` is found in virtual time only; run the scenario there, and give the warm-up that it names"
    )]
    Warmup,
    /// The port of the public source is in use, or not allowed.
    #[error("cannot listen on port {port}: {source}; --port 0 takes a free one")]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// A file of authorities cannot be used.
    #[error("cannot trust {file}: {why}")]
    Trust {
        /// Its path.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// A listener, a thread or a connection could not be opened.
    #[error("cannot set up the live run: {0}")]
    SetUp(#[from] io::Error),
    /// The scenario needs more connections than one machine should open.
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
        /// The limit, after it was raised as far as possible.
        limit: u64,
    },
    /// The system does not allow as many descriptors as a source by itself needs for its streams.
    #[error(
        "the source needs {needed} open sockets and files, and the system allows {limit}; raise the limit \
         (`ulimit -n {needed}`), or give fewer --streams"
    )]
    Streams {
        /// What it needs.
        needed: u64,
        /// The limit, after it was raised as far as possible.
        limit: u64,
    },
    /// The system had no more sockets during the run.
    #[error(
        "the run was stopped: the system has no more sockets to give ({0}), and what it cannot open would be \
         counted as refused; raise the limit (`ulimit -n`), set workers, lower count or rates, or leave --live out"
    )]
    Exhausted(io::Error),
    /// The endpoint of a client could not be registered.
    #[error("the source did not take the subscription of `{0}`")]
    Registration(String),
}

/// The most poll loops of one client: each has its own connection.
pub const MAX_LOOPS: u64 = 2_000;
