//! Which parameters a request has: one that nothing reads would be a wish that is silently not granted.

use super::problem::Problem;
use hyper::Uri;

/// The parameters of `GET /events`.
pub(super) const OF_EVENTS: &[&str] = &["after", "limit", "types", "resource", "wait", "since", "order"];
/// The parameters of `GET /stream` and `GET /socket`, which neither end nor wait.
pub(super) const OF_STREAM: &[&str] = &["after", "types", "resource"];

/// Refuses a request to `what` with another parameter than those of `known`, with one twice or without a value.
pub(super) fn check(uri: &Uri, what: &str, known: &[&str]) -> Result<(), Problem> {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut seen = Vec::new();
    for pair in pairs {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !known.contains(&name) {
            return Err(Problem::no_such(what, name, known));
        }
        if value.is_empty() {
            return Err(Problem::new(400, format!("{name} needs a value: {name}=...")));
        }
        if seen.contains(&name) {
            return Err(Problem::new(400, format!("{name} is given twice; give it once")));
        }
        seen.push(name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_nothing_reads_is_refused_with_the_right_one() {
        let said = |query: &str| {
            let uri: Uri = format!("/events{query}").parse().unwrap();
            check(&uri, "/events", OF_EVENTS).map_err(|problem| problem.detail.into_owned())
        };
        for fine in ["", "?", "?after=evt_0000000001&limit=3", "?types=like,comment&"] {
            assert_eq!(said(fine), Ok(()), "{fine}");
        }
        for (query, says) in [
            ("?type=like", "/events has no \"type\"; did you mean types?"),
            ("?page=3", "/events has no \"page\"; it has after, limit, types, resource, wait, since, order"),
            ("?limit", "limit needs a value: limit=..."),
            ("?limit=", "limit needs a value: limit=..."),
            ("?limit=1&limit=2", "limit is given twice; give it once"),
        ] {
            assert_eq!(said(query), Err(says.to_owned()), "{query}");
        }
        let none: Uri = "/subscriptions?state=paused".parse().unwrap();
        assert_eq!(
            check(&none, "this path", &[]).unwrap_err().detail,
            "this path has no \"state\"; it has none"
        );
    }
}
