//! Both charts of a run that has something of everything: late events, lost ones, and a client without any.

use super::super::{Theme, png};
use super::of_twin;
use crate::scenario;
use crate::sim::RunOptions;
use crate::study::replicate;
use crate::study::summary::Live;
use crate::time::{Instant, Span};
use crate::twin::{Band, Twin};

#[test]
fn the_charts_of_a_twin_say_how_far_it_is() {
    let text = "duration = \"10m\"\n[events]\ntypes = { a = 9, b = 1 }\narrivals = { process = \"poisson\", rate = \"2/s\" }\n\
        [[client]]\nname = \"poll 10s\"\nkind = \"poll\"\ninterval = \"10s\"\n\
        [[client]]\nname = \"hook\"\nkind = \"webhook\"\n[[client]]\nname = \"stream\"\nkind = \"sse\"\n";
    let scenario = scenario::load("twin", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let mut live = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("nobody stops it");
    for (client, record) in live.records.iter_mut().enumerate() {
        for (event, receipt) in (0..).zip(&mut record.receipts).filter(|(_, it)| it.held < Instant::NEVER) {
            receipt.held = match event % 97 {
                late if client == 1 && late < 2 => Instant::NEVER,
                late => receipt.held + Span(late * 150_000 * (client as i64 + 1)),
            };
        }
    }
    let band = Band::new(Span::from_millis(5), 1.0);
    let charts = of_twin(&Twin::new(&scenario, &[live], Live::default(), band));
    assert_eq!(charts.iter().map(|chart| chart.name).collect::<Vec<_>>(), ["gaps", "quantiles"]);
    let folder = std::env::var_os("POLLHOOK_CHARTS").map(std::path::PathBuf::from);
    for chart in &charts {
        for (theme, word) in [(Theme::Light, ""), (Theme::Dark, "-dark")] {
            let picture = png(&chart.svg(theme)).expect("a chart can be drawn");
            assert!(picture.len() > 4_000, "{}", chart.name);
            if let Some(folder) = &folder {
                std::fs::write(folder.join(format!("twin-{}{word}.png", chart.name)), picture).unwrap();
            }
        }
    }
    let told = charts[0].subtitle.replace('\u{a0}', " ");
    assert!(told.contains("hook: half within 15 ms, 99 % within no time."), "{told}");
}
