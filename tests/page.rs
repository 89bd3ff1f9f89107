//! The pages of the shipped scenarios: they are small, and in a real browser a page asks nobody for anything, its
//! policy refuses nothing of its own, and its script runs. Where no browser is installed there is nothing to hold it
//! against, and the test says so.

mod chromium;

use assert_cmd::Command;
use pollhook::scenario::{find, load, shipped};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;
use tempfile::TempDir;

/// What a browser did with a page.
struct Visit {
    /// The document after its script has run.
    document: String,
    /// What it wrote to its console: errors, refusals of its policy.
    console: Vec<String>,
    /// The addresses that were asked, but for files.
    asked: BTreeSet<String>,
}

#[test]
fn a_browser_finds_nothing_to_ask_for_and_nothing_to_refuse() {
    let Some(browser) = chromium::installed() else { return };
    let folder = TempDir::new().unwrap();
    let names: Vec<&str> = shipped().iter().map(|one| one.name).collect();
    reports(&folder, &names);

    // Every page of the shipped scenarios at once, each in a frame of its own.
    let frames: String =
        names.iter().map(|name| format!("<iframe src=\"{name}/index.html\"></iframe>")).collect();
    fs::write(folder.path().join("all.html"), format!("<!doctype html><title>all</title>{frames}")).unwrap();
    let all = visit(&browser, &folder.path().join("all.html"), &[]);
    assert_eq!((all.console, all.asked), (vec![], BTreeSet::new()));

    let page = folder.path().join("day/index.html");
    let alone = visit(&browser, &page, &[]);
    assert_eq!((alone.console, alone.asked), (vec![], BTreeSet::new()));
    // Only the script makes buttons.
    assert!(alone.document.contains(">Light or dark</button>"));

    // Faults of both kinds do show: a picture from elsewhere is refused, and asked for where no policy forbids it.
    let text = fs::read_to_string(&page).unwrap();
    let elsewhere = "http://127.0.0.1:9/picture.png";
    let faulty = text.replace("</main>", &format!("<img src=\"{elsewhere}\"></main>"));
    fs::write(&page, &faulty).unwrap();
    let refused = visit(&browser, &page, &[]);
    assert!(
        refused.console.iter().any(|line| line.contains("Content Security Policy")),
        "{:?}",
        refused.console
    );
    fs::write(&page, faulty.replace("Content-Security-Policy", "nothing")).unwrap();
    let asked = visit(&browser, &page, &[]).asked;
    assert!(asked.contains(elsewhere), "{asked:?}");
}

#[test]
fn on_a_narrow_screen_a_chart_slides_under_its_clients_names() {
    let Some(browser) = chromium::installed() else { return };
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("day/index.html");
    reports(&folder, &["day"]);
    // Without a screen nothing is drawn, so the browser tells of no scrolling by itself.
    let scroll = "const chart = document.querySelector('#behind .chart'); chart.scrollLeft = 200; chart.dispatchEvent(new Event('scroll'))";
    let text = fs::read_to_string(&page).unwrap().replace("Content-Security-Policy", "nothing");
    fs::write(&page, text.replace("</html>", &format!("<script>{scroll}</script></html>"))).unwrap();
    let document = visit(&browser, &page, &["--window-size=390,800"]).document;
    let chart = document.split("<figure id=\"behind\">").nth(1).unwrap().split("</figure>").next().unwrap();
    let is_moved = |text: &&str| {
        let tag = text.split('>').next().unwrap();
        tag.contains("translate(") && !tag.contains("translate(0 ")
    };
    let moved = chart.split("<text ").filter(is_moved);
    let names: Vec<&str> = moved.map(|text| text.split(['>', '<']).nth(1).unwrap()).collect();
    assert_eq!(names, ["poll 60s", "webhook", "webhook + poll 15m"]);
}

#[test]
fn the_page_of_every_shipped_scenario_is_at_most_275_kb_or_52_kb_a_client() {
    let folder = TempDir::new().unwrap();
    let names: Vec<&str> = shipped().iter().map(|one| one.name).collect();
    reports(&folder, &names);
    for name in names {
        let page = fs::metadata(folder.path().join(name).join("index.html")).unwrap();
        let scenario = load(name, find(name).unwrap().text, &[]).unwrap();
        let limit = 275_000.max(52_000 * scenario.clients.len() as u64);
        assert!(page.len() <= limit, "{name}: {} bytes", page.len());
    }
}

/// The pages of a comparison and of a sweep look and behave as that of a run.
#[test]
fn pages_of_several_runs_have_the_same_frame() {
    let Some(browser) = chromium::installed() else { return };
    let folder = TempDir::new().unwrap();
    let pollhook = |args: &[&str]| {
        let mut command = Command::cargo_bin("pollhook").unwrap();
        command.current_dir(folder.path()).args(args).assert().success();
    };
    let scenario = "duration = \"2h\"\n[events]\narrivals = { process = \"poisson\", rate = \"60/h\" }\n\
        [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n";
    fs::write(folder.path().join("it.toml"), scenario).unwrap();
    let run = ["run", "it.toml", "--quiet", "--no-charts", "--out"];
    pollhook(&[&run[..], &["base"]].concat());
    pollhook(&[&run[..], &["other", "--set", "client.poll.interval=30s"]].concat());
    pollhook(&["compare", "base/it", "other/it", "--out", "compared"]);
    pollhook(&["sweep", "it.toml", "--quiet", "--vary", "client.poll.interval=30s,60s", "--out", "swept"]);
    let styled = |page: &str| {
        let text = fs::read_to_string(folder.path().join(page)).unwrap();
        let body = text.split("body{").nth(1).unwrap().split('}').next().unwrap().to_owned();
        (body, text.contains("Inter") && text.contains("@font-face"))
    };
    for page in ["compared/index.html", "swept/it/index.html"] {
        assert_eq!(styled(page), styled("base/it/index.html"), "{page}");
        let visit = visit(&browser, &folder.path().join(page), &[]);
        assert_eq!((visit.console, visit.asked), (vec![], BTreeSet::new()), "{page}");
        assert!(visit.document.contains(">Light or dark</button>"), "{page}");
    }
}

/// Runs shipped scenarios into the folder.
fn reports(folder: &TempDir, names: &[&str]) {
    let mut run = Command::cargo_bin("pollhook").unwrap();
    run.current_dir(folder.path()).args(["run", "--quiet", "--no-charts", "--out", "."]).args(names);
    run.assert().success();
}

/// Loads a file, with a log of everything that the browser asked the network for.
fn visit(browser: &Path, page: &Path, options: &[&str]) -> Visit {
    let folder = TempDir::new().unwrap();
    let [log, document, messages] = ["net.json", "document", "messages"].map(|name| folder.path().join(name));
    let mut child = chromium::command(browser, folder.path())
        .args(["--enable-logging=stderr", "--dump-dom"])
        .args(options)
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("file://{}", page.display()))
        .stdout(Stdio::from(File::create(&document).unwrap()))
        .stderr(Stdio::from(File::create(&messages).unwrap()))
        .spawn()
        .unwrap();
    let mut ended = None;
    for _ in 0..PATIENCE {
        ended = child.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    if ended.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let messages = String::from_utf8_lossy(&fs::read(&messages).unwrap()).into_owned();
    assert!(ended.is_some_and(|status| status.success()), "{}: {ended:?}\n{messages}", page.display());
    Visit {
        document: fs::read_to_string(&document).unwrap(),
        console: messages.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect(),
        asked: asked(&fs::read_to_string(&log).unwrap()),
    }
}

/// How often a browser is looked at, twenty times a second, until it is taken to hang and ended.
const PATIENCE: u32 = 2_400;

/// The addresses of a network log that a page asked for, and not the browser on its own account, but for files.
fn asked(log: &str) -> BTreeSet<String> {
    let log: serde_json::Value = serde_json::from_str(log).unwrap();
    let events = log["events"].as_array().unwrap();
    let of_a_page = |params: &&serde_json::Value| {
        params["initiator"].as_str().is_some_and(|initiator| initiator != "not an origin")
    };
    let params = events.iter().map(|event| &event["params"]).filter(of_a_page);
    let urls = params.filter_map(|params| params["url"].as_str());
    let inside = |url: &&str| url.starts_with("file:") || url.starts_with("data:");
    urls.filter(|url| !inside(url)).map(str::to_owned).collect()
}
