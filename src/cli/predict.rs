//! `pollhook predict`: the closed forms of a scenario, without a run.

use super::args::{Format, PredictArgs};
use super::say::clean;
use super::{End, inputs, print};
use pollhook::report::{predictions, terminal};

/// Prints what closed forms predict.
pub(crate) fn predict(options: &PredictArgs) -> End {
    let scenario = match inputs::load(&options.scenario, &options.overrides) {
        Ok(scenario) => scenario,
        Err(end) => return end,
    };
    let predicted = predictions::predict(&scenario);
    match options.format {
        Format::Json => print(&predictions::json(&scenario, &predicted)),
        Format::Text => {
            let columns =
                terminal_size::terminal_size().map_or(terminal::COLUMNS, |(width, _)| width.0.into());
            print(&clean(&terminal::predictions(&scenario.name, &predicted, columns)))
        }
    }
}
