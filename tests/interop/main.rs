//! What a live run really sends, verified by the providers' own libraries: each takes the deliveries of its format, and
//! refuses them with one byte of the body changed.
//!
//! The libraries are installed in the target folder, in the versions of `requirements.txt` and `package.json`. Where
//! Python, Node or a package registry is missing, the test says that it is skipped.

use pollhook::live::{self, Delivered, Options, Recording};
use pollhook::model::events::Events;
use pollhook::policy::security::{Format, Scheme, secret::secrets};
use pollhook::rng::Randomness;
use pollhook::scenario::{self, Scenario};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Who verifies a format. Facebook's header and code are GitHub's.
const PYTHON: [Format; 4] = [Format::StandardWebhooks, Format::Stripe, Format::Slack, Format::Twilio];
const NODE: [Format; 2] = [Format::Github, Format::Facebook];

#[test]
#[ignore = "installs the providers' libraries; .ci/run runs it"]
fn the_providers_libraries_take_what_a_run_sends_and_nothing_else() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop");
    let python = python(&folder).map(|python| (python, "verify.py", &PYTHON[..]));
    let node = node(&folder).map(|node| (node, "verify.mjs", &NODE[..]));
    let tools: Vec<_> = [python, node]
        .into_iter()
        .filter_map(|tool| {
            tool.inspect_err(|why| say(&format!("SKIPPED, part of the test interop: {why}"))).ok()
        })
        .collect();
    let formats: Vec<Format> = tools.iter().flat_map(|(_, _, formats)| formats.iter().copied()).collect();
    if formats.is_empty() {
        return;
    }
    let deliveries = deliveries(&formats);
    for (program, script, formats) in tools {
        let own: Vec<&Value> = deliveries
            .iter()
            .filter(|one| formats.iter().any(|format| one["format"] == format.rule().name))
            .collect();
        let taken = verified(&folder, &program, script, &own);
        let formats_told = |list: &[bool]| {
            let mut told: BTreeMap<String, [u32; 2]> = BTreeMap::new();
            for (delivery, &taken) in own.iter().zip(list) {
                told.entry(delivery["format"].to_string()).or_default()[usize::from(taken)] += 1;
            }
            told
        };
        assert!(taken.iter().all(|&taken| taken), "refused and taken: {:?}", formats_told(&taken));
        // In the middle, and at both ends.
        for place in [0.0, 0.5, 1.0] {
            let changed: Vec<Value> = own.iter().map(|delivery| changed(delivery, place)).collect();
            let taken = verified(&folder, &program, script, &changed.iter().collect::<Vec<_>>());
            assert!(taken.iter().all(|&taken| !taken), "at {place}: {:?}", formats_told(&taken));
        }
        say(&format!("{script}: {} deliveries taken, and refused with one byte changed", own.len()));
    }
}

/// A validator that nobody here wrote finds the deliveries and lists of a run valid by the published schema, and changed
/// ones invalid.
#[test]
#[ignore = "installs a validator of XML; .ci/run runs it"]
fn what_a_run_sends_as_xml_is_valid_by_the_schema() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop-xml");
    let python = match python(&folder) {
        Ok(python) => python,
        Err(why) => return say(&format!("SKIPPED, the validation of XML: {why}")),
    };
    let text = "duration = \"2s\"\nseed = 3\n[events]\npayload = { format = \"xml\", size = \"600B\" }\n\
        types = { event = 1, like = 1, comment = 1, message = 1, \"orders/create\" = 1, payment = 1, push = 1, call = 1 }\n\
        arrivals = { process = \"constant\", rate = \"100/s\" }\n[network]\ndelay = \"5ms\"\n\
        [[client]]\nkind = \"webhook\"\n\
        [[client]]\nname = \"list\"\nkind = \"webhook\"\nbatch = { wait = \"100ms\" }\n";
    let (delivered, _, _) = delivered(text);
    let bodies: Vec<String> =
        delivered.iter().map(|one| String::from_utf8(one.body.to_vec()).unwrap()).collect();
    assert!(bodies.len() > 200 && bodies.iter().any(|body| body.contains("<events")), "{}", bodies.len());
    let valid = |documents: &[String]| -> Vec<bool> {
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/event.xsd");
        told(&folder, &python, "validate.py", Some(&schema), documents)
    };
    let first = bodies.iter().zip(valid(&bodies)).find(|(_, valid)| !valid);
    assert_eq!(first, None, "a delivery is not valid");
    let wrong = [
        ("<data>", "<date>"),
        ("specversion=\"1.0\"", "specversion=\"2.0\""),
        ("id=\"evt_", "id=\"evx_"),
        (" time=", " when="),
    ];
    for (from, to) in wrong {
        let changed: Vec<String> = bodies.iter().take(20).map(|body| body.replacen(from, to, 1)).collect();
        assert!(valid(&changed).iter().all(|valid| !valid), "{from} as {to}");
    }
}

/// A client of WebSockets in Python reads a source: events in order, a pong, a goodbye, and what is refused.
#[test]
#[ignore = "installs a client of WebSockets; .ci/run runs it"]
fn a_client_of_others_reads_the_socket_of_a_source() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop-sockets");
    let python = match python(&folder) {
        Ok(python) => python,
        Err(why) => return say(&format!("SKIPPED, the client of WebSockets: {why}")),
    };
    let mut source = Command::new(assert_cmd::cargo::cargo_bin("pollhook"))
        .args(["serve", "--port", "0", "--speed", "120"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(source.stdout.take().unwrap()).lines().map_while(Result::ok);
    let address = lines
        .filter_map(|line| line.split_once("listens at http://").map(|(_, rest)| rest.to_owned()))
        .next();
    let url = format!("ws://{}/socket", address.unwrap().trim_end_matches('/'));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/sockets.py");
    let output = Command::new(&python).arg(script).arg(url).output();
    source.kill().unwrap();
    source.wait().unwrap();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ids = |from: u32, to: u32| json!((from..=to).map(|id| format!("evt_{id:010}")).collect::<Vec<_>>());
    assert_eq!((&told["first"], &told["further"], &told["again"]), (&ids(1, 20), &ids(21, 25), &ids(11, 13)));
    assert_eq!((&told["goodbye"], &told["elsewhere"]), (&json!(1000), &json!(403)));
    assert_eq!(told["too_long"], json!(1009));
}

/// The deliveries of a run with a client of each format, with and without TLS and with a change of the secret, as JSON.
fn deliveries(formats: &[Format]) -> Vec<Value> {
    let mut text =
        "duration = \"2s\"\nseed = 3\n[events]\narrivals = { process = \"constant\", rate = \"10/s\" }\n\
        [network]\ndelay = \"5ms\"\n"
            .to_owned();
    for (number, format) in formats.iter().flat_map(|format| [format, format]).enumerate() {
        let name = format.rule().name;
        text += &format!(
            "[[client]]\nname = \"{number}\"\nkind = \"webhook\"\n\
             security = {{ scheme = \"signature\", format = \"{name}\", secrets = 2, https = {} }}\n",
            number % 2 == 1
        );
    }
    let (delivered, scenario, randomness) = delivered(&text);
    let mut seen = [0; 2];
    let told: Vec<Value> = delivered
        .iter()
        .filter(|delivery| event(delivery) != MIDDLE)
        .map(|delivery| {
            let number = scenario.clients.iter().position(|client| client.name == delivery.client).unwrap();
            let security = scenario.clients[number].security();
            let Scheme::Signature(format) = security.scheme() else { panic!("signatures alone") };
            let secrets = secrets(security, randomness, number as u64);
            // The second replaces the first in the middle of the run.
            let second = event(delivery) > MIDDLE;
            seen[usize::from(second)] += 1;
            let scheme = if security.https() { "https" } else { "http" };
            let headers: BTreeMap<&str, &str> = (delivery.headers.iter())
                .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()))
                .collect();
            json!({
                "format": format.rule().name,
                "secret": secrets[usize::from(second)],
                "url": format!("{scheme}://localhost{}", delivery.target),
                "headers": headers,
                "body": std::str::from_utf8(&delivery.body).unwrap(),
            })
        })
        .collect();
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    told
}

/// What a live run of the scenario delivered: every event to each client, alone or in a list.
fn delivered(text: &str) -> (Vec<Delivered>, Scenario, Randomness) {
    let scenario = scenario::load("interop", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let recording = Recording::default();
    let options = Options { recording: Some(recording.clone()), ..Options::default() };
    live::run(&scenario, &events, randomness, &options, |_| (), |_| ()).unwrap();
    let delivered = recording.all();
    assert!(delivered.len() >= events.occurred().len(), "{}", delivered.len());
    (delivered, scenario, randomness)
}

/// The number of the event. Event n occurs after n tenths of a second, and is delivered then.
fn event(delivery: &Delivered) -> u32 {
    let body = String::from_utf8_lossy(&delivery.body);
    let id = body.split("evt_").nth(1).and_then(|rest| rest.get(..10)).expect("an event has an id");
    id.parse().expect("ten digits")
}

/// The event in the middle of the run, at which the second secret replaces the first.
const MIDDLE: u32 = 10;

/// The delivery with one letter or digit of its body changed, the first after that part of it.
fn changed(delivery: &Value, place: f64) -> Value {
    let mut body = delivery["body"].as_str().unwrap().as_bytes().to_vec();
    let from = ((body.len() - 1) as f64 * place) as usize;
    let at = (from..body.len()).chain((0..from).rev()).find(|&at| body[at].is_ascii_alphanumeric()).unwrap();
    body[at] = if body[at] == b'1' { b'2' } else { b'1' };
    let mut delivery = delivery.clone();
    delivery["body"] = String::from_utf8(body).unwrap().into();
    delivery
}

/// What the script of the test says of each delivery.
fn verified(folder: &Path, program: &Path, script: &str, deliveries: &[&Value]) -> Vec<bool> {
    told(folder, program, script, None, deliveries)
}

/// What a script says of each of the things that it is given as JSON.
fn told<T: Serialize>(
    folder: &Path,
    program: &Path,
    script: &str,
    argument: Option<&Path>,
    things: &[T],
) -> Vec<bool> {
    // Node looks for libraries beside the script.
    let copy = folder.join(script);
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script), &copy).unwrap();
    let mut child = Command::new(program)
        .arg(&copy)
        .args(argument)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(things).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    let taken: Vec<bool> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(taken.len(), things.len());
    taken
}

/// A Python with the libraries.
fn python(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join("venv/bin/python");
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    if !python.exists() {
        done(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
    }
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/requirements.txt");
    done(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(wanted),
    )?;
    Ok(python)
}

/// Node, with the libraries in the folder.
fn node(folder: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/package.json");
    std::fs::copy(wanted, folder.join("package.json")).map_err(|error| error.to_string())?;
    done(Command::new("npm").args(["install", "--silent", "--no-audit", "--no-fund"]).current_dir(folder))?;
    Ok("node".into())
}

/// Runs a command to its end.
fn done(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(format!("{program} cannot be started: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "a test has nothing else to say it with")]
fn say(note: &str) {
    eprintln!("{note}");
}
