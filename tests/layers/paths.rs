//! The modules that a source text names: `crate::time`, `use crate::{time::Span, rng}`, `super::super::time` and, in the
//! binary, `pollhook::time`.

/// What follows the root of the crate in each path of `text`, with its line. `depth`: the number of modules around the
/// text, so many times `super` lead to the root. The name is `*` or `as` where the root itself is taken.
pub(crate) fn names(text: &str, depth: usize) -> Vec<(String, usize)> {
    let tokens = tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |(word, _)| word.as_str());
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_first = at == 0 || word(at - 1) != "::";
        let supers =
            (0..).take_while(|n| word(at + 2 * n) == "super" && word(at + 2 * n + 1) == "::").count();
        let root = match word(at) {
            "crate" | "pollhook" if is_first && word(at + 1) == "::" => Some(at + 2),
            "crate" | "pollhook" if is_first && word(at + 1) == "as" => Some(at + 1),
            "super" if is_first && supers >= depth => Some(at + 2 * depth),
            _ => None,
        };
        if let Some(root) = root {
            let of = |at: usize| (word(at).to_owned(), tokens[at].1);
            if word(root) == "{" {
                found.extend(members(&tokens, root).map(of))
            } else {
                found.push(of(root))
            }
        }
        at += 1;
    }
    found
}

/// The positions of the first tokens of a list `{a::b, c::{d, e}}`.
fn members(tokens: &[(String, usize)], open: usize) -> impl Iterator<Item = usize> {
    let mut level = 0;
    let mut found = Vec::new();
    for (at, (token, _)) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "{" => level += 1,
            "}" => level -= 1,
            _ => {}
        }
        if level == 0 {
            break;
        }
        if level == 1
            && (at == open || token == ",")
            && !matches!(tokens.get(at + 1), Some((next, _)) if next == "}")
        {
            found.push(at + 1);
        }
    }
    found.into_iter()
}

/// Words, `::` and single characters with their lines, without comments and strings.
fn tokens(text: &str) -> Vec<(String, usize)> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(length) = string(rest) {
            length
        } else if rest.starts_with("::") {
            2
        } else if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let token = &rest[..length];
        if token.starts_with("::")
            || length == first.len_utf8() && !first.is_whitespace()
            || is_word(first) && !token.contains('"')
        {
            tokens.push((token.to_owned(), line));
        }
        line += token.matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of the string or the quote character that the text begins with.
fn string(text: &str) -> Option<usize> {
    if let Some(quote) = ["'\"'", "'\\\"'"].into_iter().find(|quote| text.starts_with(quote)) {
        return Some(quote.len());
    }
    let raw = text.strip_prefix('r').or_else(|| text.strip_prefix("br"));
    if let Some(raw) = raw {
        let marks = raw.len() - raw.trim_start_matches('#').len();
        if raw[marks..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(marks));
            let start = text.len() - raw.len() + marks + 1;
            return text[start..].find(&end).map(|at| start + at + end.len());
        }
    }
    let mut escaped = false;
    let inside = text.strip_prefix('"')?;
    let end = inside.char_indices().find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 2)
}

#[test]
fn every_way_to_name_a_module_is_seen() {
    let of = |text: &str, depth| {
        names(text, depth).into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of("use crate::time::Span; let x = crate::rng::draw(super::time);", 2), "time rng");
    assert_eq!(of("use crate::{\n    time::{Instant, Span},\n    rng,\n};", 1), "time rng");
    assert_eq!(of("use pollhook::{study, RunOptions}; pollhook::live::run()", 1), "study RunOptions live");
    assert_eq!(of("use super::super::time; use super::{super::rng, a}; super::b()", 2), "time");
    assert_eq!(of("use super::{time, rng::{self, b}};", 1), "time rng");
    assert_eq!(of("use crate as root; use crate::*;", 1), "as *");
    assert_eq!(
        of("// crate::a\n\"crate::b\" r#\"crate::\"c\"# '\"' crate::d /* x */ \"\\\"\" crate::e", 1),
        "d e"
    );
    assert_eq!(of("pub(crate) fn f() {} pub(super) use self::crate_::x; a::crate::b", 2), "");
    assert_eq!(names("\n\"\n\"\ncrate::a", 1), [("a".to_owned(), 4)]);
}
