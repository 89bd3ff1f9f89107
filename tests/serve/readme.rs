//! The first minute with a webhook, as the README has it.

use crate::serve;
use std::path::Path;
use std::process::Command;

/// Each command of the section answers what the section says, if there is a curl to try them.
#[cfg(unix)]
#[test]
fn the_commands_of_the_first_minute_work() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let section = readme.split("\n## Your first webhook in a minute\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let commands: Vec<&str> = blocks.flat_map(str::lines).filter(|line| line.starts_with("curl ")).collect();
    assert!(commands.len() >= 4, "{section}");
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let source = serve(&["--set", "events.arrivals.rate=1/d"]);
    let run = |command: &str| {
        let command = command.replace("127.0.0.1:7878", &source.address.to_string());
        let output = Command::new("sh").args(["-c", &format!("{command} -sS")]).output().unwrap();
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        answer
    };
    for (command, says) in commands.into_iter().zip([
        "\"id\": \"sub_000001\"",
        "\"event\": \"evt_4000000001\"",
        "\"status\": 200",
        "\"verdict\": \"proof right\"",
        "401 Unauthorized",
    ]) {
        let command = command.split("  #").next().unwrap();
        let mut answer = run(command);
        // The delivery takes a moment.
        for _ in 0..200 {
            if answer.contains(says) || !command.contains("deliveries") {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
            answer = run(command);
        }
        assert!(answer.contains(says), "{command}: {answer}");
    }
}
