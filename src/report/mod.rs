//! The report folder and the terminal's summary, made from `study::Results` and nothing else.
//!
//! [`files`] makes every file of a report in memory and [`terminal`] says the same in a few lines, both without a file
//! system; `folder`, a feature of its own, puts the files on the disk.

mod attacks;
mod columns;
pub mod compared;
pub mod data;
mod disabled;
#[cfg(feature = "files")]
pub mod folder;
mod frame;
mod held_back;
pub mod html;
pub mod metric;
pub mod names;
pub mod part;
pub mod predictions;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(feature = "files")]
pub mod scratch;
mod several;
pub mod swept;
pub mod terminal;
pub mod twin;

use crate::chart::{self, Chart, ClientLabel, PngError, Theme};
use crate::parallel;
use crate::policy::channel::Channel;
use crate::study::Results;
use html::{ChartView, Mark, Material};

/// A file of a report: its name (no path) and its bytes.
pub type File = (String, Vec<u8>);

/// Every file of a report: the data, the page, and with `charts` each chart as SVG and PNG. The page has the charts
/// in any case.
pub fn files(results: &Results, charts: bool) -> Result<Vec<File>, PngError> {
    let mut files = short_files(results, charts)?;
    files.push((REPLICATIONS.to_owned(), data::replications_csv(results)));
    Ok(files)
}

/// Its table of replications, which may be too long for memory: [`data::write_replications`] writes it.
pub const REPLICATIONS: &str = "replications.csv";

/// Every file of a report but [`REPLICATIONS`].
pub fn short_files(results: &Results, charts: bool) -> Result<Vec<File>, PngError> {
    let clients = chart::labels(&results.scenario);
    let drawn = chart::charts(&results.figures, &clients);
    let mut files = vec![("summary.json".to_owned(), data::summary_json(&results.summary).into_bytes())];
    files.extend(data::events_csv(results).map(|bytes| ("events.csv".to_owned(), bytes)));
    files.push(("requests.csv".to_owned(), data::requests_csv(results)));
    files.extend(data::histogram_logs(results));
    if charts {
        let pictures =
            parallel::map(drawn.iter().collect(), |chart: &Chart| chart::png(&chart.svg(Theme::Light)));
        for (chart, picture) in drawn.iter().zip(pictures) {
            files.push((format!("{}.png", chart.name), picture?));
            files.push((format!("{}.svg", chart.name), chart.svg_file().into_bytes()));
        }
    }
    let page = html::page(results, &material(&clients, &drawn));
    files.push(("index.html".to_owned(), page.into_bytes()));
    Ok(files)
}

/// Each chart as PNG and SVG, drawn on all cores.
fn pictures(charts: &[Chart]) -> Result<Vec<File>, PngError> {
    let drawn = parallel::map(charts.iter().collect(), |chart: &Chart| {
        let png = chart::png(&chart.svg(Theme::Light))?;
        let svg = chart.svg_file().into_bytes();
        Ok([(format!("{}.png", chart.name), png), (format!("{}.svg", chart.name), svg)])
    });
    Ok(drawn.into_iter().collect::<Result<Vec<_>, PngError>>()?.into_iter().flatten().collect())
}

fn material(clients: &[ClientLabel], charts: &[Chart]) -> Material {
    let channels: Vec<Channel> = clients.iter().map(|client| client.channel).collect();
    let styles = chart::client_styles(&channels).into_iter();
    Material {
        charts: charts.iter().map(view).collect(),
        marks: styles
            .map(|style| Mark { variable: style.variable().to_owned(), symbol: style.character() })
            .collect(),
        css: chart::font::css() + &chart::css(),
    }
}

fn view(chart: &Chart) -> ChartView {
    ChartView {
        name: chart.name.to_owned(),
        chapter: chart.chapter.to_owned(),
        title: chart.title.to_owned(),
        subtitle: metric::unbroken(&chart.subtitle),
        how_to_read: metric::unbroken(&chart.how_to_read),
        inline_svg: chart.inline(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_each_of_its_files_once_and_makes_the_same_bytes_again() {
        let results = sample::day();
        let files = files(&results, true).unwrap();
        let mut names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        for name in ["events.csv", "index.html", "poll-60s.hdr", "known.png", "known.svg", "summary.json"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(files == super::files(&results, true).unwrap());
        let page = &files.iter().find(|file| file.0 == "index.html").unwrap().1;
        assert!(page.len() <= 190_000, "{} bytes", page.len());
    }

    #[test]
    fn without_charts_and_rows_the_rest_stands() {
        let mut results = sample::day();
        results.rows = None;
        let files = files(&results, false).unwrap();
        let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
        assert_eq!(
            names,
            [
                "summary.json",
                "requests.csv",
                "poll-60s.hdr",
                "webhook.hdr",
                "webhook-poll-15m.hdr",
                "index.html",
                "replications.csv",
            ]
        );
    }
}
