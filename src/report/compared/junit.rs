//! `junit.xml`: a test case for each gate, as most CI servers show them.

use crate::chart;
use crate::compare::{Comparison, Outcome};

/// The gates as JUnit XML.
pub fn junit(comparison: &Comparison) -> String {
    let failures = comparison.gates.iter().filter(|gate| gate.fails).count();
    let skipped = |outcome: Outcome, fails: bool| outcome == Outcome::CannotTell && !fails;
    let open = comparison.gates.iter().filter(|gate| skipped(gate.outcome, gate.fails)).count();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"pollhook compare\" tests=\"{}\" \
         failures=\"{failures}\" errors=\"0\" skipped=\"{open}\">\n",
        comparison.gates.len(),
    );
    for gate in &comparison.gates {
        let class = &comparison.sides[gate.run].name;
        text += &format!("<testcase classname=\"{}\" name=\"{}\"", escape(class), escape(&gate.text));
        let because = escape(&gate.because);
        text += &match () {
            () if gate.fails => {
                format!("><failure message=\"{}: {because}\"/></testcase>\n", gate.outcome.name())
            }
            () if skipped(gate.outcome, gate.fails) => {
                format!("><skipped message=\"{}: {because}\"/></testcase>\n", gate.outcome.name())
            }
            () => "/>\n".to_owned(),
        };
    }
    text + "</testsuite>\n</testsuites>\n"
}

/// As XML; control characters, which it cannot hold, as question marks.
fn escape(text: &str) -> String {
    chart::escape(&text.replace(char::is_control, "?"))
}
