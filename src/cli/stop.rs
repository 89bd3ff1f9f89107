//! Ctrl-C and the signals with the same meaning: the first one ends what the program does, the second one the program.

use super::End;
use super::say::note;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Listens for signals from now on. The flag becomes true with the first one, and stays so; `stopping` tells the user.
pub(crate) fn on_signal(stopping: &'static str) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    // Without a way to listen, a signal ends the program as it does any other.
    if let Ok(runtime) = runtime {
        // Signals that come before the thread has begun to listen would end the program, so it begins here.
        let entered = runtime.enter();
        let Ok(mut signals) = Signals::new() else { return flag };
        drop(entered);
        std::thread::spawn(move || {
            runtime.block_on(async {
                signals.next().await;
                raised.store(true, Ordering::Relaxed);
                // A terminal shows `^C` in the line of the progress bar.
                let line = if io::stderr().is_terminal() { "\n" } else { "" };
                note(&format!("{line}{stopping}\n"));
                // A program that ends this one may send its signal twice, to the process and to its group.
                let _ = tokio::time::timeout(GRACE, async {
                    loop {
                        signals.next().await
                    }
                })
                .await;
                signals.next().await;
                std::process::exit(i32::from(End::Stopped.code()));
            });
        });
    }
    flag
}

/// For so long a second signal counts as the first one again. A user who wants the end needs longer to ask for it.
const GRACE: Duration = Duration::from_millis(200);

/// The signals that end a run: Ctrl-C, a request to terminate, a terminal that is closed.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// None if the program was started so that it survives its terminal, as with `nohup`.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = if hangup_is_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hangup })
    }

    async fn next(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hangup => {}
        }
    }
}

/// Whether SIGHUP was ignored from the start: the lowest bit of `SigIgn` on Linux; elsewhere no.
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|mask| mask.trim().ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']))
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
