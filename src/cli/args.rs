//! The arguments, as clap reads them.

use super::shard::Asked;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use pollhook::live::MAX_STREAMS;
use pollhook::scenario::Override;
use pollhook::sweep::{Aim, Vary, Wish};
use pollhook::time::Span;
use std::path::PathBuf;

/// Polling, long polling, streams and webhooks on the same events: latency, requests and losses, measured and charted.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and write a report folder for each
    Run(Box<RunArgs>),
    /// Run the source of a scenario by itself on loopback, with events occurring, until Ctrl-C
    Serve(ServeArgs),
    /// Validate scenarios, run nothing
    Check(CheckOptions),
    /// Print what closed forms predict for a scenario, without a run
    Predict(PredictArgs),
    /// Run the scenarios of report folders again and say whether every byte is the same
    Verify(VerifyArgs),
    /// Run a scenario at every setting of a grid, and find the cheapest that keeps a wish
    Sweep(Box<SweepArgs>),
    /// Run a scenario over real HTTP and in virtual time, and say event by event whether both agree
    Twin(Box<TwinArgs>),
    /// Make the one report of the parts that `run --shard` or `sweep --shard` wrote
    Merge(MergeArgs),
    /// Compare report folders: which figures differ, by how much, and whether chance explains it
    Compare(CompareArgs),
    /// List the shipped scenarios, one line each
    List,
    /// Show how real providers deliver webhooks: all side by side, or one with every fact and its source
    Providers {
        /// The name of a provider, or the path of a profile; none: all of them
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// What standard output gets
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write a commented template of a scenario, or a copy of a shipped one
    New {
        /// The file to write; it must not exist yet
        file: PathBuf,
        /// Copy the shipped scenario of this name in place of the template
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Write it even where a shipped scenario has its name
        #[arg(long)]
        force: bool,
    },
    /// Print the JSON Schema of a scenario
    Schema {
        /// Print the figures of summary.json and replications.csv instead, as a table
        #[arg(long)]
        summary: bool,
    },
    /// Print shell completions
    Completions {
        /// The shell to complete for
        shell: Shell,
    },
}

/// What `run` takes.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Paths, names of shipped scenarios, or `-` for standard input; none: the first shipped scenario
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenarios: Vec<String>,
    /// Write events.csv even above a million rows
    #[arg(long)]
    pub(crate) all_events: bool,
    /// Run part K of N of the replications and write what `merge` reads; auto: as the environment of the job says
    #[arg(
        long,
        value_name = "K/N",
        conflicts_with_all = ["live", "open", "no_charts", "all_events", "format"]
    )]
    pub(crate) shard: Option<Asked>,
    /// Replicate until the figures of the first sentence are so precise: half of each 95 % interval, as a share
    #[arg(long, value_name = "PERCENT", value_parser = precision, conflicts_with_all = ["replications", "live", "shard"])]
    pub(crate) precision: Option<f64>,
    /// The replication that charts along time and events.csv are of, by its number in replications.csv
    #[arg(long, allow_negative_numbers = true, value_name = "K", default_value_t = 1, conflicts_with = "shard", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) replication: u32,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// What `sweep` takes.
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// Path, name of a shipped scenario, or `-` for standard input
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// What to vary, and its values: PATH=V1,V2,... or PATH=1s..60s:log:10 (or :lin:); several make a grid
    #[arg(long = "vary", value_name = "PATH=VALUES", required = true)]
    pub(crate) vary: Vec<Vary>,
    /// What a setting must keep: 'webhook.known_after_s.p99 < 30s'; all of several
    #[arg(long = "find", value_name = "WISH")]
    pub(crate) wishes: Vec<Wish>,
    /// What the setting should cost least: webhook.requests.per_s, that of the first wish's client if left out
    #[arg(long, value_name = "CLIENT.METRIC", requires = "wishes")]
    pub(crate) cheapest: Option<Aim>,
    /// Go on with a sweep that was stopped: settings that its report has are not run again
    #[arg(long)]
    pub(crate) resume: bool,
    /// Run part K of N of the settings and write what `merge` reads; auto: as the environment of the job says
    #[arg(long, value_name = "K/N", conflicts_with_all = ["live", "open", "no_charts", "format"])]
    pub(crate) shard: Option<Asked>,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// Whether scenarios run over real HTTP, and how.
#[derive(Debug, Args)]
pub(crate) struct Live {
    /// Run over real HTTP on loopback, in real time
    #[arg(long)]
    pub(crate) live: bool,
    /// Compress the time of a live run: every duration divided by N
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1.0, requires = "live", value_parser = speed)]
    pub(crate) speed: f64,
    /// Where the source of a live run listens; 0 takes a free port
    #[arg(long, allow_negative_numbers = true, value_name = "PORT", default_value_t = 0, requires = "live")]
    pub(crate) port: u16,
}

/// What is run of scenarios, and where their report goes.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// Replace the scenario's seed
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Replace the scenario's number of replications
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) replications: Option<u32>,
    /// Override one value: events.arrivals.rate=5/s, client.NAME.interval=5s
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
    /// The folder that takes the report folders
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub(crate) out: PathBuf,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Threads to run on; the results do not depend on it [default: one for each core]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Leave the charts out
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Print the first sentence only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Open the report in the browser when it is there
    #[arg(long)]
    pub(crate) open: bool,
}

/// What `twin` takes.
#[derive(Debug, Args)]
pub(crate) struct TwinArgs {
    /// Path, name of a shipped scenario, or `-` for standard input
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// How far the mean of live may be from that of virtual time, in real time; the 99th percentile twice as far
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = band)]
    pub(crate) band: Span,
    /// Compress the time of the live run: every duration divided by N
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Where the source of the live run listens; 0 takes a free port
    #[arg(long, allow_negative_numbers = true, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) running: Running,
}

fn band(text: &str) -> Result<Span, String> {
    let wrong = |why: String| format!("it {why}; a band is a time above zero, such as 5ms");
    match pollhook::scenario::span(text) {
        Ok(Span::ZERO) => Err(wrong("is zero".into())),
        read => read.map_err(wrong),
    }
}

/// What `merge` takes.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// All parts of one run or of one sweep, in any order
    #[arg(value_name = "PART", required = true)]
    pub(crate) parts: Vec<PathBuf>,
    /// Of a run: the replication that charts along time and events.csv are of, by its number in replications.csv [default: 1]
    #[arg(long, allow_negative_numbers = true, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) replication: Option<u32>,
    /// The folder that takes the report folder
    #[arg(long, value_name = "DIR", default_value = "reports")]
    pub(crate) out: PathBuf,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Leave the charts out
    #[arg(long)]
    pub(crate) no_charts: bool,
    /// Of a run: write events.csv even above a million rows
    #[arg(long)]
    pub(crate) all_events: bool,
    /// Print the first sentence only
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Open the report in the browser when it is there
    #[arg(long)]
    pub(crate) open: bool,
}

/// What `predict` takes.
#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// Path, name of a shipped scenario, or `-` for standard input
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// Override one value, as in `run`
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// What `verify` takes.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Report folders, as `run` writes them
    #[arg(value_name = "REPORT", required = true)]
    pub(crate) reports: Vec<PathBuf>,
    /// Print nothing but what differs
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// What `compare` takes.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The folders of two or more reports, the one that the others are compared with first
    #[arg(value_name = "REPORT", required = true, num_args = 2..)]
    pub(crate) reports: Vec<PathBuf>,
    /// Compare all figures, not only those that most readers want
    #[arg(long)]
    pub(crate) all: bool,
    /// What counts as the same: a share of the figure
    #[arg(long, value_name = "PERCENT", default_value = "1%", value_parser = margin)]
    pub(crate) margin: f64,
    /// Exit with 3 where a figure changed so much: 'poll 60s.known_after_s.p99 > +5%'
    #[arg(long = "fail-if", value_name = "CONDITION")]
    pub(crate) gates: Vec<pollhook::compare::Gate>,
    /// Exit with 3 also where the reports cannot tell whether a condition holds
    #[arg(long)]
    pub(crate) strict: bool,
    /// What standard output gets
    #[arg(long, value_enum, default_value_t = CompareFormat::Text)]
    pub(crate) format: CompareFormat,
    /// Write the comparison into this folder: compare.json, compare.md, junit.xml, index.html and charts
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// What standard output gets of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// A text to read
    Text,
    /// The text of compare.json
    Json,
    /// A table for the comment of a pull request
    Markdown,
    /// The conditions as test cases
    Junit,
}

fn margin(text: &str) -> Result<f64, String> {
    match text.trim().strip_suffix('%').map(|percent| percent.trim().parse::<f64>()) {
        Some(Ok(percent)) if (0.0..100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a margin is a percentage from 0% to below 100%, such as 1%".into()),
    }
}

fn precision(text: &str) -> Result<f64, String> {
    let meant = text.trim().parse::<f64>().ok().filter(|number| *number > 0.0 && *number < 100.0);
    margin(text).ok().filter(|share| *share > 0.0).ok_or_else(|| match meant {
        Some(number) => format!("a precision is a percentage: {number}%"),
        None => "a precision is a percentage above 0% and below 100%, such as 1%".to_owned(),
    })
}

/// What `serve` takes.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Path, name of a shipped scenario, or `-` for standard input [default: busy-feed, ten events a minute]
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: Option<String>,
    /// Let events occur N times as fast
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Where the source listens; 0 takes a free port
    #[arg(long, allow_negative_numbers = true, value_name = "PORT", default_value_t = 7878)]
    pub(crate) port: u16,
    /// Deliver to every public address too; with HOST, which may be given several times, to that host, private or not
    #[arg(long, value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = host)]
    pub(crate) allow_remote: Vec<String>,
    /// Streams that may be open at the same time
    #[arg(long, value_name = "N", default_value_t = MAX_STREAMS)]
    pub(crate) streams: u32,
    /// Take certificates of receivers that these authorities have signed, too: a file in PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Vec<PathBuf>,
    /// Replace the scenario's seed
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Override one value: events.arrivals.rate=5/s
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
}

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// Paths, names of shipped scenarios, or `-` for standard input
    #[arg(value_name = "SCENARIO", required = true)]
    pub(crate) scenarios: Vec<String>,
    /// Override one value, as in `run`
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
}

/// What standard output gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A text to read
    Text,
    /// JSON; of a run, the text of summary.json
    Json,
}

/// A host by name or address, as it stands in a URL; empty for all public ones.
fn host(text: &str) -> Result<String, String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_host = |text: &str| text.parse::<std::net::IpAddr>().is_ok() || text.bytes().all(is_part);
    if is_host(text) {
        return Ok(text.to_owned());
    }
    // The host of a URL, or before a port.
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let meant = match rest.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => rest.split(':').next().unwrap_or_default(),
    };
    let shown =
        if is_host(meant) && !meant.is_empty() { format!(": --allow-remote={meant}") } else { String::new() };
    Err(format!("it is a host alone, without http://, port or path{shown}"))
}

/// Below a hundredth a run takes too long for any use; a million times as fast is beyond the resolution of every timer.
fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.01..=1e6).contains(&speed) => Ok(speed),
        _ => Err("a speed is a number from 0.01 to 1000000, such as 60".into()),
    }
}
