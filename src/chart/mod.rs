//! The charts of a report: what is in `study::figures`, drawn by plotters. Each chart asks a question in its title and
//! answers it with a number below; it decides nothing about the run and computes no figure that a report states.
//!
//! A chart is drawn once, without colours. [`Chart::svg_file`] makes a file of it, [`Chart::inline`] a part of a page
//! that defines the colours with [`css`], and with the feature `png` the function of that name a picture of
//! [`Chart::svg`] on light or dark paper. To add a chart, write its file and a row of `plans::PLANS`.

mod attacks;
mod attempts;
mod axis;
mod backend;
mod behind;
mod break_even;
mod bytes;
mod canvas;
mod colours;
mod compared;
mod connections;
mod document;
mod drawing;
mod fates;
pub mod font;
mod known;
mod labels;
mod lanes;
mod letters;
mod marks;
mod moments;
#[cfg(feature = "png")]
mod palette;
mod path;
mod plans;
mod plot;
#[cfg(feature = "png")]
mod png;
mod recovery;
mod requests;
#[cfg(all(test, feature = "png"))]
mod samples;
mod set_up;
mod stacks;
mod story;
mod strips;
mod stroke;
mod style;
mod swept;
#[cfg(all(test, feature = "png"))]
mod tests;
mod text;
mod trade_off;
mod twin;

pub use colours::{Theme, css};
pub use compared::of_comparison;
pub use document::Chart;
#[cfg(feature = "png")]
pub use png::{PngError, png};
pub use style::{ClientStyle, client_styles};
pub use swept::of_sweep;
#[cfg(feature = "report")]
pub(crate) use text::escape;
pub use twin::of_twin;

use crate::policy::channel::Channel;
use crate::scenario::{self, Scenario};
use crate::study::figures::Figures;
use crate::study::human;
use plans::{PLANS, Plan};

/// What a chart needs to know of a client, beside its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLabel {
    /// As in the scenario.
    pub name: String,
    /// Its main channel; what that can decides its colour.
    pub channel: Channel,
}

/// The clients of a scenario, in its order.
pub fn labels(scenario: &Scenario) -> Vec<ClientLabel> {
    let label =
        |client: &scenario::Client| ClientLabel { name: client.name.clone(), channel: client.kind.channel() };
    scenario.clients.iter().map(label).collect()
}

/// The charts of a run that have something to say, in the order of a report. `clients` are those of the scenario, in
/// its order.
pub fn charts(figures: &Figures, clients: &[ClientLabel]) -> Vec<Chart> {
    let channels: Vec<Channel> = clients.iter().map(|client| client.channel).collect();
    let clients = clients.iter().zip(client_styles(&channels));
    let clients = clients.map(|(label, style)| Client { name: text::clean(&label.name), style }).collect();
    let subject = Subject { figures, clients };
    shown(figures).map(|plan| Chart::new(plan, (plan.sketch)(&subject), figures)).collect()
}

/// Which charts a report shows: those that say something of this run.
fn shown(figures: &Figures) -> impl Iterator<Item = &'static Plan> {
    PLANS.iter().filter(|plan| (plan.says)(figures))
}

/// Pixels from the left edge of every chart to its right one.
const WIDTH: f64 = 820.0;

/// What is charted.
struct Subject<'f> {
    figures: &'f Figures,
    clients: Vec<Client>,
}

/// A client as it is drawn.
struct Client {
    name: String,
    style: ClientStyle,
}

/// A chart as its own file makes it.
struct Sketch {
    /// The answer to the title.
    subtitle: String,
    /// The chart in words.
    description: String,
    height: f64,
    body: drawing::Drawing,
}

impl Subject<'_> {
    fn name(&self, client: usize) -> &str {
        self.clients.get(client).map_or("", |client| &client.name)
    }

    /// The name as part of a sentence.
    fn named(&self, client: usize) -> String {
        human::name(self.name(client))
    }

    fn style(&self, client: usize) -> ClientStyle {
        self.clients.get(client).map_or_else(ClientStyle::default, |client| client.style)
    }

    /// Whether a sentence below a title speaks of this client: of the two that the report's first sentence compares,
    /// and of every one where that compares none.
    fn speaks_of(&self, client: usize) -> bool {
        self.figures.compared.is_none_or(|(one, other)| client == one || client == other)
    }

    /// The two clients that the report's first sentence compares; failing that, the first two.
    fn leading_pair(&self) -> Option<(usize, usize)> {
        self.figures.compared.or_else(|| (self.clients.len() > 1).then_some((0, 1)))
    }
}
