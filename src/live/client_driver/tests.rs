use super::*;
use crate::measure;
use crate::model::events::Events;
use crate::rng::Randomness;
use std::sync::Arc;
use std::time::Duration;

/// The driver of the only client of a scenario, and what its world sends.
fn driver(client: &str) -> (ClientDriver, mpsc::UnboundedReceiver<Request>) {
    let text = format!(
        "duration = \"1ms\"\n[events]\n\
         arrivals = {{ process = \"constant\", rate = \"1000/s\", first = \"0s\" }}\n\
         [network]\ndelay = \"0s\"\n[[client]]\n{client}"
    );
    let scenario = crate::scenario::load("it", &text, &[]).unwrap();
    let client = &scenario.clients[0];
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    assert_eq!(events.occurred().len(), 1);
    let world = World::new(&scenario, client, &events, randomness);
    let recorder = measure::recorder(&scenario, client, &events);
    let (sends, sent) = mpsc::unbounded_channel();
    let clock = Clock::starting_in(Duration::ZERO, 1.0);
    (ClientDriver::new(world, recorder, scenario.sizes(client), clock, sends), sent)
}

#[test]
fn a_request_that_arrives_late_shows_in_the_lateness() {
    let (driver, mut sent) = driver("kind = \"poll\"\ninterval = \"1h\"\nphase = \"0s\"\n");
    driver.begin();
    driver.wake(Side::Client);
    let request = sent.try_recv().unwrap();
    let before = driver.clock.now();
    let due = Instant(before.0 - Span::SECOND.0 * 60);
    assert!(driver.request(&request, due).is_some());
    let closed = driver.close(Instant::NEVER).unwrap();
    let latest_s = closed.lateness.max.as_secs_f64();
    assert!(latest_s >= 59.9, "a minute late, and {latest_s} s are recorded");
}

/// Who is kept out of the source is not answered, and does not arrive.
#[test]
fn a_request_that_never_arrives_is_as_late_as_its_sender_waits() {
    let (driver, mut sent) = driver("kind = \"poll\"\ninterval = \"1h\"\nphase = \"0s\"\ntimeout = \"7s\"\n");
    driver.begin();
    driver.wake(Side::Client);
    let request = sent.try_recv().unwrap();
    driver.given_up(&request, request.sent);
    driver.answer(&request, Answer::TimedOut, (0, 0));
    let closed = driver.close(Instant::NEVER).unwrap();
    assert!(closed.lateness.max >= Span::from_secs(7), "{:?}", closed.lateness.max);
}

/// The timer that ends a hold stays when the request is answered before.
#[test]
fn a_hold_that_was_answered_does_not_keep_the_run_open() {
    let (driver, mut sent) = driver("kind = \"long-poll\"\nhold = \"1h\"\n");
    driver.begin();
    driver.wake(Side::Client);
    let request = sent.try_recv().unwrap();
    assert!(driver.request(&request, Instant::START).is_some(), "it is held");
    driver.occur(0);
    driver.all_occurred();
    let horizon = Instant(1_000_000);
    driver.clock.block_until(horizon);
    assert!(!driver.lock().is_at_rest(), "its request is under way");
    driver.answer(&request, Answer::Page { events: 1, has_more: false }, (0, 0));
    // The client has all events and asks no more.
    while driver.lock().timers.next(Side::Client).is_some() {
        driver.wake(Side::Client);
    }
    assert!(sent.try_recv().is_err(), "nothing more is sent");
    assert!(driver.lock().timers.next(Side::Source).is_some(), "the timer of the hold is left");
    assert!(driver.lock().is_at_rest());
}
