//! The generator of random clients of any kind.

use crate::dice::Dice;
use crate::drawn::span;
use std::fmt::Write as _;

impl Dice {
    pub(crate) fn client(&mut self, number: usize, duration_s: f64, are_typed: bool) -> String {
        let mut text = format!("[[client]]\nname = \"c{number}\"\n");
        if self.one_in(3) {
            let _ = writeln!(text, "count = {}", self.whole(2, 4));
        }
        if are_typed && self.one_in(2) {
            let wanted =
                [r#""like""#, r#""comment", "orders/create""#, r#""comment", "like", "orders/create""#];
            let _ = writeln!(text, "types = [{}]", self.pick(&wanted));
        }
        match self.whole(0, 7) {
            0..=2 => self.webhook(&mut text, duration_s),
            3 => self.long_poll(&mut text, duration_s),
            4 => self.stream(&mut text, duration_s),
            _ => self.poll(&mut text, duration_s),
        }
        text.push_str("[client.network]\n");
        for way in ["to_source", "to_client"] {
            let mean_s = self.between(0.001, duration_s / 20.0);
            let delay = if self.one_in(5) { "\"0s\"".to_owned() } else { self.delay(mean_s) };
            let _ = writeln!(text, "{way} = {delay}");
            if self.one_in(4) {
                let _ = writeln!(text, "loss_{way} = {}", self.chance());
            }
        }
        text
    }

    fn poll(&mut self, text: &mut String, duration_s: f64) {
        let interval_s = self.between(duration_s / 200.0, duration_s * 1.5);
        let interval = if self.one_in(4) { self.delay(interval_s) } else { span(interval_s) };
        let _ = writeln!(text, "kind = \"poll\"\ninterval = {interval}");
        if self.one_in(3) {
            text.push_str("pacing = \"fixed-delay\"\n");
        } else if self.one_in(3) {
            text.push_str("overrun = \"delay\"\n");
        } else if self.one_in(3) {
            text.push_str("jitter = 0.25\njitter_kind = \"tick\"\n");
        }
        if self.one_in(3) {
            let _ = writeln!(text, "phase = {}", span(interval_s * 2.0 * self.unit()));
        }
        if self.one_in(3) && !text.ends_with("jitter_kind = \"tick\"\n") {
            let _ = writeln!(text, "jitter = {}", self.pick(&[0.1, 0.5]));
        }
        if self.one_in(5) {
            text.push_str("order = \"newest\"\n");
        } else if self.one_in(3) {
            let cursor = self.pick(&["time", "time-inclusive", "time-overlap"]);
            let _ = writeln!(text, "cursor = \"{cursor}\"");
            if self.one_in(2) {
                let _ = writeln!(text, "time_resolution = {}", self.time(0.001, duration_s / 20.0));
            }
            if cursor == "time-overlap" && self.one_in(2) {
                let _ = writeln!(text, "overlap = {}", self.time(0.001, duration_s / 5.0));
            }
            if cursor != "time" && self.one_in(2) {
                text.push_str("dedupe = false\n");
            }
        } else if self.one_in(3) {
            text.push_str("pages = \"one\"\n");
        } else if self.one_in(3) {
            text.push_str("last_page = \"short\"\n");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", self.time(0.01, duration_s));
        }
        if self.one_in(3) && !text.contains("cursor = ") {
            text.push_str("conditional = true\n");
        }
        if self.one_in(3) && !interval.contains('{') && !text.contains("jitter_kind") {
            let (factor, max_s) = (self.pick(&[1.3, 2.0, 10.0]), interval_s * self.between(1.1, 20.0));
            let _ = writeln!(text, "backoff = {{ factor = {factor:?}, max = {} }}", span(max_s));
        }
    }

    fn long_poll(&mut self, text: &mut String, duration_s: f64) {
        let hold_s = self.between(duration_s / 100.0, duration_s);
        let _ = writeln!(text, "kind = \"long-poll\"\nhold = {}", span(hold_s));
        if self.one_in(2) {
            let _ = writeln!(text, "pause = {}", self.time(0.001, duration_s / 20.0));
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", span(hold_s * (1.001 + self.unit())));
        }
        if self.one_in(3) {
            let _ = writeln!(text, "idle_timeout = {}", self.time(hold_s / 10.0, hold_s * 1.5));
        }
    }

    fn stream(&mut self, text: &mut String, duration_s: f64) {
        let _ = writeln!(text, "kind = \"{}\"", self.pick(&["sse", "websocket"]));
        if self.one_in(2) {
            let _ = writeln!(text, "heartbeat = {}", self.time(duration_s / 300.0, duration_s));
        } else if self.one_in(3) {
            text.push_str("heartbeat = \"none\"\n");
        }
        if self.one_in(2) && !text.contains("heartbeat = \"none\"") {
            text.push_str("heartbeat_when = \"always\"\n");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "idle_timeout = {}", self.time(duration_s / 300.0, duration_s / 2.0));
        }
        if self.one_in(2) {
            text.push_str("replay = false\n");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "reconnect_jitter = \"{}\"", self.pick(&["full", "equal"]));
        }
        if self.one_in(2) {
            let _ = writeln!(text, "reconnect = {}", self.time(duration_s / 1000.0, duration_s / 10.0));
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", self.time(0.01, duration_s / 2.0));
        }
    }

    fn webhook(&mut self, text: &mut String, duration_s: f64) {
        text.push_str("kind = \"webhook\"\n");
        if self.one_in(3) {
            let handshake = self.pick(&["ping", "challenge-get", "challenge-post", "options"]);
            let _ = writeln!(text, "handshake = \"{handshake}\"");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "deadline = {}", self.time(0.01, duration_s / 10.0));
        }
        let delay = |dice: &mut Self| dice.time(0.1, duration_s / 5.0);
        match self.whole(0, 3) {
            0 => text.push_str("retries = []\n"),
            1 => {
                let _ = writeln!(text, "retries = [{}, {}]", delay(self), delay(self));
            }
            2 => {
                let (first, factor) = (span(self.between(0.1, 2.0)), self.pick(&[1.0, 2.0, 3.5]));
                let max = span(2.0 + self.between(0.1, duration_s / 5.0));
                let _ = writeln!(
                    text,
                    "retries = {{ first = {first}, factor = {factor:?}, max = {max}, attempts = {} }}",
                    self.whole(1, 8)
                );
            }
            _ => {}
        }
        if self.one_in(3) {
            let _ = writeln!(text, "retry_jitter = \"{}\"", self.pick(&["full", "equal", "decorrelated"]));
        }
        if self.one_in(3) {
            let _ = writeln!(text, "workers = {}", self.pick(&[1, 2, 10]));
        }
        if self.one_in(4) {
            text.push_str("ordered = true\n");
        }
        if self.one_in(3) {
            let kind = self.pick(&["window", "tick", "debounce"]);
            let wait = self.time(duration_s / 1000.0, duration_s / 5.0);
            let max = if self.one_in(2) { format!(", max = {}", self.whole(1, 5)) } else { String::new() };
            let _ = writeln!(text, "batch = {{ kind = \"{kind}\", wait = {wait}{max} }}");
        }
        if self.one_in(3) {
            let coalesce = self.one_in(2);
            let again = self.time(duration_s / 2000.0, duration_s / 50.0);
            let again = if self.one_in(3) { "\"never\"".to_owned() } else { again };
            let _ = writeln!(text, "thin = true\ncoalesce = {coalesce}\nfetch_again = {again}");
        }
        if self.one_in(3) {
            let _ = writeln!(text, "reconcile = {}", self.time(duration_s / 50.0, duration_s));
        }
        if self.one_in(3) {
            let security = self.security();
            let _ = writeln!(text, "security = {{ {security} }}");
        }
        self.failing(text, duration_s);
        let endpoint = self.endpoint(duration_s);
        if endpoint.contains("retry_after") && self.one_in(3) {
            text.push_str("honour_retry_after = false\n");
        }
        let _ = writeln!(text, "endpoint = {{ {endpoint} }}");
    }

    /// Of those that carry any payload.
    fn security(&mut self) -> String {
        let signature = |format: &str| format!("scheme = \"signature\", format = \"{format}\"");
        let scheme = match self.whole(0, 5) {
            0 => "scheme = \"none\"".to_owned(),
            1 => "scheme = \"token\", token_name = \"key\"".to_owned(),
            2 => "scheme = \"basic\", secrets = 2".to_owned(),
            3 => signature("standard-webhooks") + ", replay = \"accept\", tolerance = \"1s\"",
            4 => signature("slack") + ", secrets = 2",
            _ => signature(self.pick(&["github", "stripe", "shopify", "twilio"])),
        };
        format!("{scheme}, https = {}", self.one_in(2))
    }

    /// What the source does while the receiver fails.
    fn failing(&mut self, text: &mut String, duration_s: f64) {
        if self.one_in(4) {
            let (failures, pause) = (self.whole(1, 5), self.time(0.01, duration_s / 4.0));
            let opens = if self.one_in(2) {
                format!("failures = {failures}")
            } else {
                let window = self.time(0.01, duration_s);
                format!("share = {}, window = {window}, at_least = {failures}", self.chance())
            };
            let _ = writeln!(text, "breaker = {{ {opens}, pause = {pause} }}");
        }
        if self.one_in(4) && !text.contains("ordered = true") {
            let (over, window, delay) =
                (self.time(0.001, 5.0), self.time(0.01, duration_s), self.time(0.01, duration_s / 4.0));
            let share = self.pick(&[0.0, 0.1, 0.5]);
            let _ = writeln!(
                text,
                "slow_penalty = {{ over = {over}, window = {window}, at_least = {}, delay_share = {share}, delay = {delay}, \
                 drop_share = {} }}",
                self.whole(1, 5),
                share + self.pick(&[0.0, 0.3])
            );
        }
        if self.one_in(4) {
            let _ = writeln!(text, "redeliver_after = {}", self.time(0.01, duration_s));
        }
        if self.one_in(3) {
            let rule = match self.whole(0, 4) {
                4 => {
                    let window = self.time(0.01, duration_s);
                    format!(
                        "{{ share = {}, window = {window}, at_least = {} }}",
                        self.chance(),
                        self.whole(1, 9)
                    )
                }
                0 => "\"gone\"".to_owned(),
                1 => "\"last-retry\"".to_owned(),
                2 => format!("{{ failures = {} }}", self.whole(1, 6)),
                _ => self.time(0.01, duration_s / 4.0),
            };
            let _ = writeln!(text, "disable_after = {rule}");
            if self.one_in(2) {
                let _ = writeln!(text, "enable_after = {}", self.time(0.01, duration_s));
            }
        }
    }

    fn endpoint(&mut self, duration_s: f64) -> String {
        let mut keys = Vec::new();
        if self.one_in(2) {
            let work_s = self.between(0.001, duration_s / 30.0);
            keys.push(format!("service_time = {}", self.delay(work_s)));
        }
        if self.one_in(2) {
            keys.push(format!("capacity = {}", self.whole(1, 3)));
            if self.one_in(2) {
                keys.push(format!("queue = {}", self.whole(0, 5)));
                if self.one_in(2) {
                    keys.push("overload_status = 429".to_owned());
                }
                if self.one_in(2) {
                    let after_s = self.between(1.0, duration_s / 3.0) as u64;
                    keys.push(format!("retry_after = \"{}s\"", after_s.max(1)));
                }
            }
        }
        if self.one_in(3) {
            keys.push(format!("failure_rate = {}", self.chance()));
        }
        if self.one_in(3) {
            keys.push("dedupe = false".to_owned());
        } else if self.one_in(3) {
            keys.push(format!("dedupe_window = {}", self.time(0.01, duration_s)));
        }
        keys.join(", ")
    }
}
