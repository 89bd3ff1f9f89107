//! What a folder or file is that another command was to read, and which command reads it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// What pollhook writes beside the report of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The report of a run.
    Run,
    Sweep,
    Comparison,
    Twin,
    /// A folder with parts.
    Parts,
}

/// What is in that folder; None where it is nothing of pollhook's.
pub(super) fn kind(folder: &Path) -> Option<Kind> {
    let has = |file: &str| folder.join(file).is_file();
    match () {
        () if has("twin.json") => Some(Kind::Twin),
        () if has("compare.json") => Some(Kind::Comparison),
        () if has("sweep.csv") => Some(Kind::Sweep),
        () if has("summary.json") => Some(Kind::Run),
        () if has_parts(folder) => Some(Kind::Parts),
        () => None,
    }
}

fn has_parts(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| is_part(&path))
}

fn is_part(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("part"))
}

impl Kind {
    /// What it is, as the end of a sentence.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Run => "the report of a run",
            Self::Sweep => "the report of a sweep",
            Self::Comparison => "a comparison of reports",
            Self::Twin => "the report of a twin run",
            Self::Parts => "a folder of parts",
        }
    }
}

/// Why that path is not the report of a run, and what to name instead; None where it is one, or nothing of pollhook's.
/// `remedy`: what to do with a sweep, a comparison and a twin run.
pub(super) fn not_a_run(path: &Path, remedy: impl FnOnce(Kind) -> String) -> Option<String> {
    if path.is_file() && is_part(path) {
        return Some("it is a part; `pollhook merge` makes a report of all parts".to_owned());
    }
    let kind = kind(path)?;
    let remedy = match kind {
        Kind::Run => return None,
        Kind::Parts => "`pollhook merge` makes a report of all parts".to_owned(),
        Kind::Sweep | Kind::Comparison | Kind::Twin => remedy(kind),
    };
    Some(format!("it is {}; {remedy}", kind.words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_told_by_its_files() {
        let folder = std::env::temp_dir().join(format!("pollhook-kinds-{}", std::process::id()));
        let of = |files: &[&str]| {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            files.iter().for_each(|file| fs::write(folder.join(file), "{}").unwrap());
            kind(&folder)
        };
        assert_eq!(of(&["summary.json", "replications.csv"]), Some(Kind::Run));
        assert_eq!(of(&["summary.json", "sweep.csv"]), Some(Kind::Sweep));
        assert_eq!(of(&["compare.json"]), Some(Kind::Comparison));
        assert_eq!(of(&["twin.json"]), Some(Kind::Twin));
        assert_eq!(of(&["day.1-of-2.part"]), Some(Kind::Parts));
        assert_eq!(of(&["notes.txt"]), None);
        let _ = fs::remove_dir_all(&folder);
        assert_eq!(kind(&folder), None);
    }
}
