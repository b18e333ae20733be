//! What the compiler does not check: where words, SQL and time may stand, how long a file may be, what domain may use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::shell::root;

/// Paths in which Han characters may stand: the catalogue, the almanac, demo data, tests, texts.
const HAN_ALLOWED: &[&str] = &[
    "domain/src/words/",
    "domain/src/almanac/",
    "server/src/demo/",
    "end2end/",
    "docs/",
    "public/",
    "style/",
    "app/index.template.html",
];
/// Crates `domain` may depend on.
const DOMAIN_MAY_USE: &[&str] = &["serde", "serde_json", "thiserror", "time", "uuid", "chinese-lunisolar-calendar"];
/// The most lines of a source file.
const LINES_MAX: usize = 600;
/// Calls that read a clock or make randomness, and the files that may.
const TIME_CALLS: &[&str] =
    &["SystemTime::now", "Instant::now", "Date::now", "Uuid::now_v7", "Uuid::new_v4", "Math::random"];
const TIME_ALLOWED: &[&str] = &["server/src/state.rs", "app/src/platform.rs", "xtask/", "server/tests/"];
/// Words that begin a statement of SQL inside a string.
const SQL_STARTS: &[&str] =
    &["\"select ", "\"insert into", "\"update ", "\"delete from", "\"create table", "\"savepoint "];
const SQL_ALLOWED: &[&str] = &["server/src/store/", "server/migrations/", "server/tests/", "xtask/"];

/// Checks the whole tree.
pub fn run() -> Result<()> {
    let mut problems = Vec::new();
    for (path, text) in sources()? {
        check_file(&path, &text, &mut problems);
    }
    check_domain(&fs::read_to_string(root().join("domain/Cargo.toml"))?, &mut problems);
    check_migrations(&mut problems)?;
    for problem in &problems {
        println!("   {problem}");
    }
    if problems.is_empty() { Ok(()) } else { bail!("{} untidy places", problems.len()) }
}

fn sources() -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for folder in ["domain", "app", "server", "xtask"] {
        for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
            let entry = entry?;
            if entry.path().extension().is_some_and(|ending| ending == "rs") {
                let name = entry.path().strip_prefix(root())?.display().to_string();
                found.push((name, fs::read_to_string(entry.path())?));
            }
        }
    }
    Ok(found)
}

fn is_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

/// The text before its tests: tests may say and do more.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\n").next().unwrap_or(text)
}

fn check_file(path: &str, text: &str, problems: &mut Vec<String>) {
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    let code = if is_test { "" } else { without_tests(text) };
    let mut say = |line: usize, what: &str| problems.push(format!("{path}:{line}: {what}"));
    if !text.starts_with("//!") && !text.starts_with("#![doc") {
        say(1, "a file opens with what it owns");
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        say(lines, "too long to be read in one sitting");
    }
    for (number, line) in text.lines().enumerate() {
        if line.trim_end() != line {
            say(number + 1, "blanks at the end of the line");
        }
    }
    for (number, line) in code.lines().enumerate() {
        let is_comment = line.trim_start().starts_with("//");
        if !is_in(path, HAN_ALLOWED) && !is_comment && line.chars().any(is_han) {
            say(number + 1, "a sentence for people outside the catalogue");
        }
        if is_comment {
            continue;
        }
        if !is_in(path, TIME_ALLOWED) && TIME_CALLS.iter().any(|call| line.contains(call)) {
            say(number + 1, "time and randomness are arguments");
        }
        let lower = line.to_lowercase();
        if !is_in(path, SQL_ALLOWED) && SQL_STARTS.iter().any(|start| lower.contains(start)) {
            say(number + 1, "SQL stands in server/src/store");
        }
    }
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}')
}

fn check_domain(manifest: &str, problems: &mut Vec<String>) {
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let dependencies = dependencies.split("\n[").next().unwrap_or_default();
    for line in dependencies.lines().filter(|line| line.contains('=')) {
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        if !DOMAIN_MAY_USE.contains(&name) {
            problems.push(format!("domain/Cargo.toml: domain does not depend on {name}"));
        }
    }
}

fn check_migrations(problems: &mut Vec<String>) -> Result<()> {
    let names = |engine: &str| -> Result<BTreeSet<String>> {
        let folder = root().join("server/migrations").join(engine);
        if !Path::new(&folder).exists() {
            return Ok(BTreeSet::new());
        }
        Ok(fs::read_dir(folder)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    };
    if names("sqlite")? != names("postgres")? {
        problems.push("server/migrations: both engines have the same files".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(path: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        check_file(path, text, &mut problems);
        problems
    }

    #[test]
    fn a_tidy_file_passes() {
        assert!(problems_of("server/src/a.rs", "//! Owns a.\n\nfn a() {}\n").is_empty());
    }

    #[test]
    fn each_planted_problem_is_found() {
        for (path, text) in [
            ("server/src/a.rs", "fn a() {}\n"),
            ("server/src/a.rs", "//! A.\nfn a() { say(\"\u{4f60}\u{597d}\") }\n"),
            ("server/src/a.rs", "//! A.\nfn a() { SystemTime::now() }\n"),
            ("app/src/a.rs", "//! A.\nfn a() { Date::now() }\n"),
            ("server/src/a.rs", "//! A.\nfn a() { all(\"select 1\") }\n"),
            ("domain/src/a.rs", "//! A. \nfn a() {}\n"),
        ] {
            assert_eq!(problems_of(path, text).len(), 1, "{text}");
        }
        assert_eq!(problems_of("domain/src/a.rs", &format!("//! A.\n{}", "//\n".repeat(700))).len(), 1);
        let mut problems = Vec::new();
        check_domain("[dependencies]\nserde.workspace = true\ntokio = \"1\"\n[lints]\nx = 1\n", &mut problems);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn tests_may_say_what_they_like() {
        let text = "//! A.\n#[cfg(test)]\nmod tests { fn a() { all(\"select 1\") } }\n";
        assert!(problems_of("server/src/a.rs", text).is_empty());
    }
}
