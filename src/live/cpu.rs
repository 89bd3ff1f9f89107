//! CPU time by side, from the names of the threads.

use crate::measure::Cpu;

/// The names of the threads of each side.
pub(super) const SOURCE: &str = "source-side";
/// See [`SOURCE`].
pub(super) const CLIENT: &str = "client-side";
/// The name of the thread of the public source, which counts for neither side.
pub(super) const PUBLIC: &str = "public-side";

/// The CPU seconds of the running threads of each side, to 10 ms; None on systems other than Linux.
pub(super) fn by_side() -> Option<Cpu> {
    const TICKS_PER_S: f64 = 100.0;
    let mut cpu = Cpu { source: 0.0, client: 0.0 };
    for task in std::fs::read_dir("/proc/self/task").ok()?.flatten() {
        // A thread may end between the two reads.
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        // The name is in parentheses and may contain anything; user and system time are the 12th and 13th field after
        // it.
        let Some((name, fields)) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(") ")) else {
            continue;
        };
        let ticks: f64 =
            fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        match name {
            SOURCE => cpu.source += ticks / TICKS_PER_S,
            CLIENT => cpu.client += ticks / TICKS_PER_S,
            _ => {}
        }
    }
    Some(cpu)
}
