//! The generator of random scenarios.

use crate::dice::Dice;
use std::fmt::Write as _;

/// A scenario in parts, so that clients can be left out.
pub(crate) struct Drawn {
    head: String,
    pub(crate) clients: Vec<String>,
    outages: Vec<(Whose, String)>,
}

/// The party that an outage affects.
enum Whose {
    All,
    Source,
    These(Vec<usize>),
}

impl Drawn {
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.clients.len()).collect()
    }

    /// The text of the scenario with only these clients.
    pub(crate) fn text(&self, clients: &[usize]) -> String {
        let mut text = self.head.clone();
        let polls = |client: &usize| self.clients[*client].contains("kind = \"poll\"");
        if !clients.iter().any(polls) {
            // Only polls ask for jobs.
            text = without(&text, &["job"]);
        }
        clients.iter().for_each(|&client| text.push_str(&self.clients[client]));
        for (whose, keys) in &self.outages {
            let whose = match whose {
                Whose::All => "client = \"*\"".to_owned(),
                Whose::Source => "party = \"source\"".to_owned(),
                Whose::These(these) => {
                    let here = these.iter().filter(|client| clients.contains(client));
                    let names: Vec<String> = here.map(|client| format!("\"c{client}\"")).collect();
                    if names.is_empty() {
                        continue;
                    }
                    format!("client = [{}]", names.join(", "))
                }
            };
            let _ = writeln!(text, "[[outage]]\n{whose}\n{keys}");
        }
        text
    }
}

/// A text without the lines of these keys.
fn without(text: &str, keys: &[&str]) -> String {
    let is_kept = |line: &&str| !keys.iter().any(|key| line.starts_with(&format!("{key} = ")));
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// A duration, to the microsecond.
pub(crate) fn span(seconds: f64) -> String {
    format!("\"{}us\"", (seconds * 1e6).round().max(1.0))
}

impl Dice {
    pub(crate) fn draw(mut self) -> Drawn {
        let duration_s = self.between(5.0, 86_400.0).ceil();
        let mut head = String::new();
        let (seed, replications) = (self.next() % 1_000_000, self.pick(&[1, 1, 2]));
        let _ = writeln!(head, "duration = \"{duration_s}s\"\nseed = {seed}\nreplications = {replications}");
        if self.one_in(3) {
            let share = self.unit();
            let warmup = if share < 0.25 { "\"auto\"".to_owned() } else { span(duration_s * 0.8 * share) };
            let _ = writeln!(head, "warmup = {warmup}");
        }
        match self.whole(0, 3) {
            0 => head.push_str("drain = \"0s\"\n"),
            1 => {
                let _ = writeln!(head, "drain = {}", span(duration_s * self.unit()));
            }
            _ => {}
        }
        self.events(&mut head, duration_s);
        self.source(&mut head, duration_s);
        let clients = self.whole(1, 3) as usize;
        let are_typed = head.contains("types = ");
        let clients = (0..clients).map(|number| self.client(number, duration_s, are_typed));
        let mut clients: Vec<String> = clients.collect();
        if self.one_in(3) {
            self.jobs(&mut head, &mut clients, duration_s);
        }
        let outages = self.outages(&clients, duration_s);
        Drawn { head, clients, outages }
    }

    fn events(&mut self, text: &mut String, duration_s: f64) {
        let rate_per_s = self.between(0.5, 200.0) / duration_s;
        let (format, size) = (self.pick(&["json", "xml"]), self.pick(&["250B", "300B", "2KiB"]));
        let rate = |per_s: f64| format!("\"{per_s:.9}/s\"");
        let time = |share: f64| span(duration_s * share);
        let process = match self.whole(1, 9) {
            1 | 2 => format!("\"constant\", rate = {}", rate(rate_per_s)),
            3 => format!("\"constant\", rate = {}, first = {}", rate(rate_per_s), time(self.unit())),
            4 => format!(
                "\"bursts\", rate = {}, mean_size = {:.3}",
                rate(rate_per_s / 3.0),
                self.between(1.0, 6.0)
            ),
            5 => format!(
                "\"mmpp\", rates = [{}, \"0/s\"], stays = [{}, {}]",
                rate(rate_per_s),
                time(self.between(0.01, 0.5)),
                time(self.between(0.01, 0.5))
            ),
            6 => format!(
                "\"self-exciting\", rate = {}, offspring = {:.3}, decay = {}",
                rate(rate_per_s / 3.0),
                0.7 * self.unit(),
                time(self.between(0.001, 0.1))
            ),
            7 => format!(
                "\"flash-crowd\", rate = {}, at = {}, factor = {:.3}, decay = {}",
                rate(rate_per_s / 3.0),
                time(0.9 * self.unit()),
                self.between(1.0, 20.0),
                time(self.between(0.01, 0.2))
            ),
            _ => format!("\"poisson\", rate = {}", rate(rate_per_s)),
        };
        let _ = writeln!(
            text,
            "[events]\npayload = {{ format = \"{format}\", size = \"{size}\" }}\n\
             arrivals = {{ process = {process} }}"
        );
        if self.one_in(3) {
            let _ = writeln!(text, "resources = {}", self.whole(2, 4));
        }
        if self.one_in(2) {
            let weights = [0.01, 1.0, 20.0];
            let _ = writeln!(
                text,
                "types = {{ like = {:?}, comment = {:?}, \"orders/create\" = 1 }}",
                self.pick(&weights),
                self.pick(&weights)
            );
        }
    }

    /// Makes each event the end of a job, which leaves polls the keys that then have an effect.
    fn jobs(&mut self, head: &mut String, clients: &mut [String], duration_s: f64) {
        let mean_s = self.between(duration_s / 1000.0, duration_s / 5.0);
        let job = if self.one_in(4) { span(mean_s) } else { self.delay(mean_s) };
        *head = head.replace("arrivals = ", &format!("job = {job}\narrivals = "));
        *head = without(head, &["resources"]);
        let of_pages = [
            "phase",
            "order",
            "cursor",
            "time_resolution",
            "overlap",
            "dedupe",
            "pages",
            "last_page",
            "conditional",
            "on_limit",
        ];
        for client in clients.iter_mut().filter(|client| client.contains("kind = \"poll\"")) {
            *client = without(client, &of_pages);
        }
    }

    fn source(&mut self, text: &mut String, duration_s: f64) {
        text.push_str("[source]\n");
        if self.one_in(3) {
            let mean_s = self.between(0.0001, duration_s / 200.0);
            let _ = writeln!(text, "service_time = {}", self.delay(mean_s));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "capacity = {}", self.whole(1, 3));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "failure_rate = {}", self.chance());
        }
        if self.one_in(4) {
            let later_s = self.between(duration_s / 2000.0, duration_s / 20.0);
            // Only polls and webhooks are defined where each event is shown after its own time.
            let later = if self.one_in(3) { self.delay(later_s) } else { span(later_s) };
            let _ = writeln!(text, "commit_delay = {later}");
        }
        if self.one_in(4) {
            let per_s = self.between(duration_s / 100.0, duration_s / 2.0);
            let requests = self.pick(&[1, 3, 10, 50]);
            let free = if self.one_in(2) { ", not_modified_free = true" } else { "" };
            let _ = writeln!(text, "rate_limit = {{ requests = {requests}, per = {}{free} }}", span(per_s));
        }
        if self.one_in(3) {
            let kinds = ["not-modified", "empty", "limited", "failed", "deliveries"];
            let free: Vec<String> =
                kinds.iter().filter(|_| self.one_in(2)).map(|kind| format!("\"{kind}\"")).collect();
            let _ = writeln!(text, "billing = {{ free = [{}] }}", free.join(", "));
        }
        let _ = writeln!(text, "page_size = {}", self.pick(&[1, 2, 5, 100, 1000, 1000]));
    }

    /// Each outage has its own part of the run, since two of one party must not overlap. The last one can outlast the run.
    fn outages(&mut self, clients: &[String], duration_s: f64) -> Vec<(Whose, String)> {
        let number = self.whole(0, 3);
        let stretch_s = duration_s / (number.max(1)) as f64;
        let mut outages = Vec::new();
        for outage in 0..number {
            let whose = match self.whole(0, 3) {
                0 => Whose::All,
                1 => Whose::Source,
                _ => {
                    Whose::These((0..clients.len()).filter(|client| *client == 0 || self.one_in(2)).collect())
                }
            };
            let from_s = stretch_s * (outage as f64 + 0.5 * self.unit());
            let longest = if outage + 1 == number { 2.0 } else { 0.49 };
            let for_s = stretch_s * longest * self.unit();
            let is_webhook = |client: &String| client.contains("kind = \"webhook\"");
            let can_lose = match &whose {
                Whose::All => clients.iter().all(is_webhook),
                Whose::Source => false,
                Whose::These(these) => these.iter().all(|&client| is_webhook(&clients[client])),
            };
            // Only clients with a webhook channel can lose deliveries, or be gone.
            let modes = if can_lose { 5 } else { 3 };
            let mode = self.pick(&["refuse", "hang", "error", "lose", "gone"][..modes]);
            outages
                .push((whose, format!("from = {}\nfor = {}\nmode = \"{mode}\"", span(from_s), span(for_s))));
        }
        outages
    }
}
