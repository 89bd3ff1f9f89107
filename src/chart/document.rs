//! A finished chart, as a file of its own or as a part of a page. This module adds the words around the drawing, and
//! the texts for people who cannot see it.

use super::canvas::draw;
use super::colours::{Palette, Role, Theme, dark_css};
use super::drawing::{Drawing, USUAL_FONT_SIZE, USUAL_STROKE_WIDTH, units};
use super::letters::{Letters, PLAIN, SMALL};
use super::plans::{Plan, Runs};
use super::text::{escape, family, keep_units};
use super::{Sketch, WIDTH, font};
use crate::study::figures::Figures;
use crate::study::human::count;
use std::fmt::Write as _;

/// One chart of a run.
#[derive(Clone, Debug)]
pub struct Chart {
    /// The stem of its files, such as `known`; the same in every run.
    pub name: &'static str,
    /// The heading over it and its neighbours of the same chapter.
    pub chapter: &'static str,
    /// A question.
    pub title: &'static str,
    /// Its answer, with the numbers of this run.
    pub subtitle: String,
    /// How to read it, in a sentence or two.
    pub how_to_read: String,
    /// The chart in words, for those who do not see it.
    pub description: String,
    height: f64,
    body: Drawing,
}

impl Chart {
    pub(super) fn new(plan: &Plan, sketch: Sketch, figures: &Figures) -> Self {
        let shown = plan.how_to_read.iter().filter(|(_, is_shown)| is_shown(figures));
        let sentences: Vec<&str> = shown.map(|(sentence, _)| *sentence).collect();
        let runs = match (plan.of, figures.runs) {
            (_, 0 | 1) => String::new(),
            (Runs::One, runs) if figures.shown <= 1 => format!(" The first of {} runs.", count(runs.into())),
            (Runs::One, runs) => {
                format!(" Run {} of {}.", count(figures.shown.into()), count(runs.into()))
            }
            (Runs::All, runs) => format!(" All {} runs together.", count(runs.into())),
        };
        Self {
            name: plan.name,
            chapter: plan.chapter,
            title: plan.title,
            subtitle: keep_units(&sketch.subtitle),
            how_to_read: keep_units(&(sentences.join(" ") + &runs)),
            description: sketch.description,
            height: sketch.height,
            body: sketch.body,
        }
    }

    /// A chart that is not of a run's own table, with the words beside it.
    pub(super) fn with_words(
        name: &'static str,
        chapter: &'static str,
        title: &'static str,
        how_to_read: &str,
        sketch: Sketch,
    ) -> Self {
        let Sketch { subtitle, description, height, body } = sketch;
        let how_to_read = keep_units(how_to_read);
        Self { name, chapter, title, subtitle: keep_units(&subtitle), how_to_read, description, height, body }
    }

    /// A file that stands alone, and is light or dark as its reader's screen is.
    pub fn svg_file(&self) -> String {
        self.alone(Theme::Light, &dark_css())
    }

    /// The same in one theme everywhere, for a picture of pixels, which knows no screens.
    pub fn svg(&self, theme: Theme) -> String {
        self.alone(theme, "")
    }

    /// With title, answer and how to read it in the picture, and the font inside.
    fn alone(&self, theme: Theme, css: &str) -> String {
        let subtitle = SUBTITLE.wrap(&self.subtitle, WIDTH - 2.0 * MARGIN);
        let notes = SMALL.wrap(&self.how_to_read, WIDTH - 2.0 * MARGIN);
        let head = TITLE_HEIGHT + subtitle.len() as f64 * SUBTITLE_ROW + 12.0;
        let height = head + self.height + notes.len() as f64 * NOTE_ROW + 18.0;
        let words = draw((WIDTH, height), |canvas| {
            canvas.text((MARGIN, 27.0), self.title, TITLE);
            for (row, line) in subtitle.into_iter().enumerate() {
                canvas.text((MARGIN, TITLE_HEIGHT + 8.0 + row as f64 * SUBTITLE_ROW), line, SUBTITLE);
            }
            for (row, line) in notes.into_iter().enumerate() {
                canvas.text((MARGIN, head + self.height + 10.0 + row as f64 * NOTE_ROW), line, SMALL);
            }
        });
        let palette = Palette::Values(theme);
        let [words, body] = [&words, &self.body].map(|drawing| drawing.svg(palette, self.name));
        let body = format!("{words}<g transform=\"translate(0 {})\">{body}</g>", units(head));
        let style = format!("<style>\n{}{css}</style>", font::css());
        self.element(palette, height, &style, &body)
    }

    /// An `<svg>` element for a page that defines the colours (see [`css`](super::css)) and the font (see
    /// [`font::css`]), and that writes title, answer and how to read it itself.
    pub fn inline(&self) -> String {
        self.element(Palette::Variables, self.height, "", &self.body.svg(Palette::Variables, self.name))
    }

    fn element(&self, palette: Palette, height: f64, style: &str, body: &str) -> String {
        let (name, width) = (self.name, WIDTH);
        let (right, bottom) = (units(width), units(height));
        let paper = palette.colour(Role::Paper);
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{name}-title\" \
             aria-describedby=\"{name}-desc\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {right} {bottom}\" font-family=\"{}\" \
             font-size=\"{USUAL_FONT_SIZE}\" fill=\"none\" stroke-width=\"{USUAL_STROKE_WIDTH}\" \
             stroke-linejoin=\"round\" stroke-linecap=\"butt\">",
            family(),
        );
        let title = if self.subtitle.is_empty() { "" } else { " " };
        _ = writeln!(
            text,
            "<title id=\"{name}-title\">{}{title}{}</title><desc id=\"{name}-desc\">{}</desc>{style}\
             <path fill=\"{paper}\" d=\"M0 0h{right}v{bottom}H0z\"/>{body}</svg>",
            escape(self.title),
            escape(&self.subtitle),
            escape(&self.description),
        );
        text
    }
}

const MARGIN: f64 = 14.0;
const TITLE: Letters = Letters { size: 20.0, bold: true, ..PLAIN };
const TITLE_HEIGHT: f64 = 46.0;
const SUBTITLE: Letters = Letters { size: 14.5, ..PLAIN };
const SUBTITLE_ROW: f64 = 20.0;
const NOTE_ROW: f64 = 16.0;
