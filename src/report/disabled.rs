//! Which clients got nothing for a while, because their source had disabled them.

use super::metric;
use crate::scenario::Client;
use crate::study::summary::ClientSummary;
use crate::study::{Results, human, window_s};

/// `“hook” from 03:05 on; “other” for 2 h of 24 h`; None where no client was disabled.
pub(super) fn disabled(results: &Results) -> Option<String> {
    let summary = &results.summary;
    let of = |(config, client): (&Client, &ClientSummary)| {
        let disabled_s = client.disabled_s.filter(|&disabled_s| disabled_s > 0.0)?;
        let is_for_good = config.webhook().is_some_and(|webhook| webhook.enable_after.is_none());
        let when = if is_for_good && client.count == 1 && summary.replications == 1 {
            let at_s = summary.duration_s - disabled_s;
            let to_the_minute = libm::round(at_s / 60.0) * 60.0;
            format!("from {} on", metric::clock(if at_s < HOUR_S { at_s } else { to_the_minute }))
        } else {
            format!("for {} of {}", human::duration(disabled_s), human::duration(window_s(&results.scenario)))
        };
        Some(format!("{} {when}", human::quoted(&client.name)))
    };
    let clients: Vec<String> = results.scenario.clients.iter().zip(&summary.clients).filter_map(of).collect();
    (!clients.is_empty()).then(|| clients.join("; "))
}

/// Before it seconds matter.
const HOUR_S: f64 = 3600.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::RunOptions;
    use crate::study;

    #[test]
    fn the_time_from_which_nothing_was_sent_is_told() {
        const RULE: &str = "disable_after = \"1h\"";
        let told = |keys: &str| {
            let text = format!(
                "duration = \"10h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
                 [[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = []\n{keys}\n\
                 [[outage]]\nclient = \"it\"\nfrom = \"2h4m30s\"\nfor = \"1d\"\n"
            );
            let scenario = crate::scenario::load("it", &text, &[]).unwrap_or_else(|why| panic!("{why}"));
            disabled(&study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it"))
        };
        assert_eq!(told(RULE).as_deref(), Some("“it” from 03:05 on"));
        assert_eq!(told(&format!("{RULE}\ncount = 2")).as_deref(), Some("“it” for 6h55m of 10 h"));
        assert_eq!(
            told(&format!("{RULE}\nenable_after = \"1d\"")).as_deref(),
            Some("“it” for 6h55m of 10 h")
        );
        assert_eq!(told(""), None);
    }
}
