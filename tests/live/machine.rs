//! What a test needs of the machine: some checks hold on any machine, others only if it is not busy with something
//! else.

use std::panic::{AssertUnwindSafe, RefUnwindSafe, catch_unwind, panic_any, resume_unwind};

/// Other processes of the machine can delay a run, so a check that depends on time may be tried three times. It fails
/// if it fails each time, but runs in which other processes used the processors do not count. What [`must_hold`] checks
/// fails at once, however busy the machine is.
pub(crate) fn in_one_of_three_runs(check: impl Fn() + RefUnwindSafe) {
    let mut undisturbed = 0;
    let mut last = None;
    for _ in 0..3 {
        let before = Processors::now();
        match catch_unwind(&check) {
            Ok(()) => return,
            Err(why) if why.is::<Broken>() => resume_unwind(why),
            Err(why) => last = Some(why),
        }
        let others = before.zip(Processors::now()).map_or(0.0, |(before, after)| after.others_since(before));
        undisturbed += u32::from(others < BUSY);
    }
    match last {
        Some(why) if undisturbed > 1 => resume_unwind(why),
        _ => say("others were using the processors: what depends on time is not judged"),
    }
}

#[expect(clippy::print_stderr, reason = "a test has nothing else to say it with")]
fn say(note: &str) {
    eprintln!("{note}");
}

/// From this share of the processors on, other processes make the threads of a run wait.
const BUSY: f64 = 0.2;

/// Checks what must hold in every run, however late the machine is.
pub(crate) fn must_hold(check: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(check)).is_err() {
        panic_any(Broken);
    }
}

/// The payload of a panic for something that must hold and does not. The panic before it has the message.
struct Broken;

/// Ticks of processor time up to now.
#[derive(Clone, Copy)]
struct Processors {
    all: u64,
    idle: u64,
    own: u64,
}

impl Processors {
    /// None on systems other than Linux.
    fn now() -> Option<Self> {
        let system = std::fs::read_to_string("/proc/stat").ok()?;
        let words = system.lines().next()?.split_whitespace().skip(1);
        let ticks: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        let own = std::fs::read_to_string("/proc/self/stat").ok()?;
        // After the name, which may have blanks: user and system time, and those of children that have ended.
        let fields: Vec<&str> = own.rsplit_once(')')?.1.split_whitespace().collect();
        let own = fields.get(11..15)?.iter().map_while(|field| field.parse::<u64>().ok()).sum();
        // The last two are of guests, and in user time already.
        Some(Self { all: ticks.iter().take(8).sum(), idle: ticks.get(3)? + ticks.get(4)?, own })
    }

    /// The share of the processors that other processes have used since then.
    fn others_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all).max(1);
        let used = all.saturating_sub(self.idle.saturating_sub(before.idle));
        used.saturating_sub(self.own.saturating_sub(before.own)) as f64 / all as f64
    }
}

/// How many connections to itself, up to that number, this process may have beside what a run needs; the soft limit is
/// raised for them.
#[cfg(unix)]
pub(crate) fn connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const BESIDE: u64 = 600;
    let before = getrlimit(Resource::Nofile);
    let needed = (2 * wanted as u64 + BESIDE).min(before.maximum.unwrap_or(u64::MAX));
    let allowed = before.current.unwrap_or(u64::MAX).max(needed);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum: before.maximum });
    raised.expect("a limit below the hard one may be set");
    wanted.min((allowed.saturating_sub(BESIDE) / 2) as usize)
}

/// On other systems sockets are not files.
#[cfg(not(unix))]
pub(crate) const fn connections(wanted: usize) -> usize {
    wanted
}
