//! The errors of a scenario, each with its place, rendered together as a compiler renders its errors.
//!
//! This module has texts and places in them. It does not depend on the content of a scenario.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// All errors of a scenario, in the order of the file; errors of overrides come after those of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(false))]
pub struct Problems {
    sources: Sources,
    problems: Vec<Problem>,
    /// The most of them that are shown.
    shown: usize,
}

/// One error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What is wrong.
    pub(crate) message: String,
    /// What would be correct.
    pub(crate) help: Option<String>,
    /// Its place; None: it is not in a text.
    pub(crate) place: Option<Place>,
}

/// A range of text, in bytes from the start of all sources in sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Its start.
    pub(crate) start: usize,
    /// Just after its end.
    pub(crate) end: usize,
}

/// The texts of a scenario: the file, then each override. Their positions form one sequence, so that a place
/// needs no separate reference to its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources(Vec<Source>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    name: String,
    text: String,
    start: usize,
}

impl Problems {
    /// A problem that is not in a text, with its help.
    pub fn outside(message: impl Into<String>, help: impl Into<String>) -> Self {
        let problem = Problem { message: message.into(), help: Some(help.into()), place: None };
        Self::new(Sources::default(), vec![problem])
    }

    /// Problems found in `sources`.
    pub(crate) fn new(sources: Sources, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        Self { sources, problems, shown: MAX_SHOWN }
    }

    /// The syntax errors of a text. Only the first are shown: the others often follow from them, and a file that is not TOML
    /// has one in each line.
    pub(crate) fn of_syntax(sources: Sources, problems: Vec<Problem>) -> Self {
        Self { shown: MAX_SYNTAX_SHOWN, ..Self::new(sources, problems) }
    }

    /// The same problems, with `path` as the name of the file.
    #[must_use]
    pub fn shown_as(mut self, path: impl Into<String>) -> Self {
        if let Some(file) = self.sources.0.first_mut() {
            file.name = path.into();
        }
        self
    }

    /// The number of problems; at least one.
    #[expect(clippy::len_without_is_empty, reason = "there is at least one problem")]
    pub fn len(&self) -> usize {
        self.problems.len()
    }

    /// The message of each problem, without its place.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(|problem| problem.message.as_str())
    }

    /// Each problem with its help in one sentence, without its place.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.problems.iter().map(|Problem { message, help, place: _ }| match help {
            Some(help) => format!("{message}: {help}"),
            None => message.clone(),
        })
    }

    /// The problems in sequence: file, line, column, the text with a marker under it, and the help.
    /// `styled` adds colours as ANSI escapes. The result ends with a line end. At most 50 problems are shown, and three
    /// of a text that is not TOML.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let rendered: Vec<String> =
            self.problems.iter().take(self.shown).map(|p| self.render_one(&renderer, p)).collect();
        let more = self.problems.len().saturating_sub(self.shown);
        let more = if more > 0 { format!("\n\nand {more} more") } else { String::new() };
        rendered.join("\n\n") + &more + "\n"
    }

    fn render_one(&self, renderer: &Renderer, problem: &Problem) -> String {
        let mut group = Group::with_title(Level::ERROR.primary_title(problem.message.as_str()));
        if let Some((source, place)) = problem.place.and_then(|place| self.sources.find(place)) {
            let (from, until, number) = lines(&source.text, place);
            let marker = AnnotationKind::Primary.span(place.start - from..place.end - from);
            let snippet = Snippet::source(&source.text[from..until]).line_start(number);
            group = group.element(snippet.path(source.name.as_str()).annotation(marker));
        }
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

/// Start and end of the lines that contain a place, and the number of the first line. The renderer gets only these lines,
/// because it scans its whole input again for each problem.
fn lines(text: &str, place: Place) -> (usize, usize, usize) {
    let from = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
    let until = text[place.end..].find('\n').map_or(text.len(), |at| place.end + at);
    (from, until, text[..from].bytes().filter(|&byte| byte == b'\n').count() + 1)
}

/// The most problems that are shown; more would not be read.
const MAX_SHOWN: usize = 50;
/// The most syntax errors that are shown.
const MAX_SYNTAX_SHOWN: usize = 3;

impl Problem {
    /// A problem at a place.
    pub(crate) fn at(place: Option<Place>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()), place }
    }
}

impl Sources {
    /// Adds a text and returns its start.
    pub(crate) fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        // One byte between two texts, so that a place just after the end of one is not in the next.
        let start = self.0.last().map_or(0, |last| last.start + last.text.len() + 1);
        self.0.push(Source { name: name.into(), text: text.into(), start });
        start
    }

    /// The text that contains a place, and the place within that text.
    fn find(&self, place: Place) -> Option<(&Source, Place)> {
        let source = self.0.iter().rev().find(|source| source.start <= place.start)?;
        let within = |at: usize| (at - source.start).min(source.text.len());
        Some((source, Place { start: within(place.start), end: within(place.end) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_shows_its_text_whichever_it_is_in() {
        let mut sources = Sources::default();
        sources.add("day.toml", "duration = \"1h\"\nseed = -1\n");
        let set = sources.add("--set", "seed=-2");
        let place = |start, end| Some(Place { start, end });
        let problems = Problems::new(
            sources,
            vec![
                Problem::at(place(set + 5, set + 7), "second", "another seed"),
                Problem::at(place(23, 25), "first", "a seed"),
            ],
        );
        insta::assert_snapshot!(problems.shown_as("a/day.toml").render(false), @r"
        error: first
         --> a/day.toml:2:8
          |
        2 | seed = -1
          |        ^^
          |
          = help: a seed

        error: second
         --> --set:1:6
          |
        1 | seed=-2
          |      ^^
          |
          = help: another seed
        ");
    }

    #[test]
    fn a_problem_without_a_place_is_told_all_the_same() {
        let problems = Problems::outside("no `=` in `seed`", "write PATH=VALUE");
        assert_eq!(problems.render(false), "error: no `=` in `seed`\n |\n = help: write PATH=VALUE\n");
        assert!(problems.render(true).contains('\u{1b}'));
    }
}
