//! `pollhook serve`: a source by itself on loopback, with events that occur until it is stopped.
//!
//! ```text
//! occur ─> Recent (the newest events), Jobs ─> GET /events, /stream, /socket, /jobs
//!      └─> Hub (subscriptions) ─> attempts ─> receivers of the user's, or the built-in ones
//! ```
//!
//! There is no world and no client here: whoever asks is a program of the user.

mod api;
mod deliver;
mod events;
mod jobs;
mod occur;
mod page;
mod receiver;
mod recent;
mod site;
mod watch;

use super::clock::Clock;
use super::descriptors::{self, Exhaustion, PUBLIC_CONNECTIONS};
use super::error::LiveError;
use super::problem;
use super::server::{Room, Terms, listen, serve as accept};
use super::tls::{Certificate, Tls};
use crate::policy::outage::Outages;
use crate::rng::Randomness;
use crate::scenario::Scenario;
use crate::time::Span;
use api::Api;
pub use deliver::Reach;
use deliver::{Hub, Settings, Way};
use events::Published;
use occur::Step;
use page::{About, Looks};
use receiver::Receivers;
use recent::Recent;
use site::{ReceiversAlone, Site};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

/// Options of a source that runs by itself.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// How many times as fast as real time events occur; above zero.
    pub speed: f64,
    /// Where it listens; 0 takes a free port.
    pub port: u16,
    /// Streams that may be open at the same time.
    pub streams: u32,
    /// Where deliveries may go beside this machine.
    pub reach: Reach,
    /// Files (PEM) with authorities that receivers over HTTPS may have their certificates from, beside the public ones.
    pub trust: Vec<(String, Vec<u8>)>,
    /// Set to true to end it.
    pub stop: Arc<AtomicBool>,
}

/// Runs the source of a scenario until it is stopped. `listening` gets its address before the first event.
///
/// # Errors
/// The port or a thread cannot be had, or the system does not allow as many connections.
pub fn serve(
    scenario: &Scenario,
    options: &ServeOptions,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), LiveError> {
    descriptors::secure_public(options.streams)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let port = options.port;
    let (listener, address) =
        runtime.block_on(listen(port)).map_err(|source| LiveError::Port { port, source })?;
    // The receivers over HTTPS, with a right certificate and with one that has expired.
    let secure = [Tls::new(Certificate::Right)?, Tls::new(Certificate::Expired)?];
    let listeners = [runtime.block_on(listen(0))?, runtime.block_on(listen(0))?];
    let own = [address, listeners[0].1, listeners[1].1];
    let https = [listeners[0].1.port(), listeners[1].1.port()];
    let way = Way::new(options.reach.clone(), own.to_vec(), secure.each_ref(), &options.trust)?;
    let clock = Clock::starting_in(Duration::ZERO, options.speed);
    let randomness = Randomness::new(scenario.seed, 0);
    let hub = Hub::new(Settings::of(scenario), way, clock, randomness);
    let hub = Arc::new(hub);
    let published = Arc::new(Published::new(Arc::new(Recent::default()), scenario, options.streams));
    let site = Site {
        api: Api { hub: Arc::clone(&hub), published: Arc::clone(&published) },
        published: Arc::clone(&published),
        receivers: Receivers::new(MAX_BODY),
        about: About { name: scenario.name.clone(), gap: gap(scenario, options.speed), occurred: 0, https },
        looks: Looks::new(),
    };
    let terms = Terms {
        outages: Outages::default(),
        room: Room::Anybody(Arc::new(Semaphore::new(PUBLIC_CONNECTIONS + options.streams as usize))),
        clock,
        exhaustion: Exhaustion::default(),
        tls: None,
    };
    listening(address);
    let site = Arc::new(site);
    for ((listener, _), tls) in listeners.into_iter().zip(&secure) {
        let terms = Terms { tls: Some(Arc::clone(&tls.endpoint)), ..terms.clone() };
        runtime.spawn(accept(listener, Arc::new(ReceiversAlone(Arc::clone(&site))), terms));
    }
    runtime.spawn(accept(listener, site, terms));
    runtime.spawn(occur::for_ever(scenario.clone(), clock, move |step, event| match step {
        Step::Starts(at) => published.jobs.start(event, at),
        Step::Occurs { shows } => {
            if shows {
                published.show(event);
            }
            hub.announce(event);
        }
        Step::Shows => published.show(event),
    }));
    runtime.block_on(async {
        while !options.stop.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK).await;
        }
    });
    runtime.shutdown_timeout(TEAR_DOWN);
    Ok(())
}

/// Real time between two events on average, to three digits.
fn gap(scenario: &Scenario, speed: f64) -> String {
    let gap_s = 1.0 / (scenario.events.arrivals.rate_per_s() * speed);
    let digits = libm::pow(10.0, 2.0 - libm::floor(libm::log10(gap_s)));
    Span::from_secs_f64(libm::round(gap_s * digits) / digits).to_string()
}

/// The longest body that a receiver takes: of an event of any size, and a signature in it.
const MAX_BODY: usize = 17 << 20;
/// How often it looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(50);
/// Real time that the tasks have to end.
const TEAR_DOWN: Duration = Duration::from_millis(500);

/// For the fuzz target: any body of the API, any URL, and any form of the page.
#[cfg(fuzzing)]
pub(super) fn read_anything(text: &str) {
    if let Ok(serde_json::Value::Object(chosen)) = serde_json::from_str(text) {
        let _ = Settings::read(&chosen, None);
    }
    page::read_any_form(text);
}
