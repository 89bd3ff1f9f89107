//! `pollhook serve`: a source by itself, until Ctrl-C.

use super::args::ServeArgs;
use super::say::{clean, note};
use super::{End, complain, inputs, print, stop};
use pollhook::live::{self, Reach, ServeOptions};
use pollhook::report::metric;
use pollhook::scenario::{Override, Scenario};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;

/// Runs the source of a scenario until the user stops it.
pub(crate) fn serve(options: &ServeArgs) -> End {
    let seed = options.seed.map(|seed| Override { path: "seed".into(), value: seed.to_string() });
    let overrides: Vec<Override> = seed.into_iter().chain(options.overrides.iter().cloned()).collect();
    let scenario = match inputs::load(options.scenario.as_deref().unwrap_or(FIRST), &overrides) {
        Ok(scenario) => scenario,
        Err(end) => {
            if options.scenario.is_some() && options.allow_remote.iter().any(String::is_empty) {
                note(HOST_BY_EQUALS);
            }
            return end;
        }
    };
    let mut trust = Vec::new();
    for path in &options.trust {
        match std::fs::read(path) {
            Ok(text) => trust.push((path.to_string_lossy().into_owned(), text)),
            Err(error) => {
                complain(format!("cannot read {}: {error}", path.display()));
                return End::Refused;
            }
        }
    }
    let stopped = stop::on_signal(STOPPING);
    let (named, any): (Vec<String>, Vec<String>) =
        options.allow_remote.iter().cloned().partition(|host| !host.is_empty());
    let reach = Reach { public: !any.is_empty(), named };
    let with = ServeOptions {
        speed: options.speed,
        port: options.port,
        streams: options.streams,
        reach,
        trust,
        stop: stopped.clone(),
    };
    let mut end = End::Done;
    let served = live::serve(&scenario, &with, |address| {
        end = print(&clean(&greeting(&scenario, options.speed, address)));
        if end != End::Done {
            stopped.store(true, Ordering::Relaxed);
        }
    });
    if let Err(error) = served {
        complain(error);
        return End::Failed;
    }
    end
}

/// For who leaves the `=` out, so that the host is taken for a scenario.
pub(crate) const HOST_BY_EQUALS: &str =
    "note: a host to deliver to is given with `=`, as in --allow-remote=hooks.example\n";

/// With ten events a minute there is something to see in the first minute.
const FIRST: &str = "busy-feed";

const STOPPING: &str = "stopped";

/// Where it listens, and what to try first.
fn greeting(scenario: &Scenario, speed: f64, address: SocketAddr) -> String {
    let name = &scenario.name;
    let gap = metric::duration(Some(1.0 / (scenario.events.arrivals.rate_per_s() * speed)));
    format!(
        "{name}: an event every {gap} on average, until Ctrl-C\n\n\
         The source listens at http://{address}/\n\n\
         Open that address in a browser: it registers a URL, or a receiver of its own, and shows every delivery.\n\n\
         The same from a shell:\n  \
         curl 'http://{address}/events?limit=3'\n  \
         curl --json '{{\"url\":\"http://{address}/receiver/first\"}}' http://{address}/subscriptions\n  \
         curl http://{address}/subscriptions/sub_000001/deliveries\n  \
         curl -N 'http://{address}/stream'\n"
    )
}
