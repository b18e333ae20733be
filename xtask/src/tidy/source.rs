//! What may stand in a file: sentences, SQL, clocks, how it opens, how long it is.

/// Where Han characters may stand: the catalogue, the almanac, demo data, tests and their fixtures, texts for people.
const HAN_ALLOWED: &[&str] = &[
    "domain/src/words/",
    "domain/src/almanac/",
    "server/src/demo/",
    "server/src/store/testing.rs",
    "end2end/",
    "docs/",
    "public/",
    "style/",
    "app/src/locales/",
    "app/index.template.html",
];
/// Files whose comments quote words of the glossary, and in how many lines at most. The numbers only go down.
const HAN_IN_COMMENTS: &[(&str, usize)] = &[
    ("app/src/components/day_group.rs", 2),
    ("app/src/components/day_picker.rs", 2),
    ("app/src/components/filter_bar.rs", 1),
    ("app/src/components/request_card.rs", 3),
    ("app/src/components/space_days.rs", 1),
    ("app/src/components/space_filter.rs", 1),
    ("app/src/components/team_dates.rs", 1),
    ("app/src/model.rs", 1),
    ("app/src/model/prefs.rs", 3),
    ("app/src/pages/activities.rs", 1),
    ("app/src/pages/publish.rs", 1),
    ("app/src/ui/unbroken.rs", 2),
    ("domain/src/activity.rs", 1),
    ("domain/src/space.rs", 6),
    ("domain/src/text.rs", 1),
];
/// The most lines of a source file.
const LINES_MAX: usize = 600;
/// Files that are longer, and how long at most. The numbers only go down.
const LONG_FILES: &[(&str, usize)] = &[];
/// Calls that read a clock or make an id or a random number.
const TIME_CALLS: &[&str] = &[
    "SystemTime::now",
    "Utc::now",
    "Local::now",
    "OffsetDateTime::now",
    "Date::now",
    "Date::new_0",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "Math::random",
    "getrandom::",
    "rand::",
];
const TIME_ALLOWED: &[&str] = &["server/src/state.rs", "app/src/platform.rs"];
/// What a rule never does. The compiler lets it, so it is looked for.
const OUTSIDE_WORLD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::time",
    "async fn",
    "println!",
    "eprintln!",
];
/// What a phone reads with `domain::json` and sorts with `domain::order`, whose code is a fraction.
const LARGE_READERS: &[&str] = &["serde_json::from_", "RawValue::from_string"];
const LARGE_SORTS: &[&str] = &[".sort()", ".sort_by(", ".sort_by_key(", ".sort_by_cached_key(", ".sort_unstable"];
const SQL_ALLOWED: &[&str] = &["server/src/store/", "server/src/store.rs"];

/// What is wrong with one file.
pub fn check(path: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let is_rust = path.ends_with(".rs");
    if path != "Cargo.lock" && !path.ends_with("package-lock.json") {
        check_blanks(path, text, &mut problems);
    }
    if is_rust || path.ends_with(".css") || path.ends_with(".js") {
        check_length(path, text, &mut problems);
    }
    if is_rust {
        check_opening(path, text, &mut problems);
        check_words(path, text, &mut problems);
        let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
        if !is_test && !path.starts_with("xtask/") {
            check_calls(path, without_tests(text), &mut problems);
        }
    }
    problems
}

fn check_blanks(path: &str, text: &str, problems: &mut Vec<String>) {
    for (number, line) in numbered(text) {
        if line.trim_end() != line {
            problems.push(format!("{path}:{number}: blanks at the end of the line"));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        problems.push(format!("{path}: the last line does not end"));
    }
}

fn check_length(path: &str, text: &str, problems: &mut Vec<String>) {
    let lines = text.lines().count();
    let max = allowance(LONG_FILES, path).unwrap_or(LINES_MAX);
    if lines > max {
        problems.push(format!("{path}:{lines}: too long to be read in one sitting (at most {max} lines)"));
    }
}

fn check_opening(path: &str, text: &str, problems: &mut Vec<String>) {
    // Or with its README, as the crate that has one does.
    if !text.starts_with("//!") && !text.starts_with("#![doc = include_str!") {
        problems.push(format!("{path}:1: a file opens with what it owns (//!)"));
    }
}

/// Sentences for people stand in the catalogue, in both languages; comments are English.
fn check_words(path: &str, text: &str, problems: &mut Vec<String>) {
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    if is_test || is_in(path, HAN_ALLOWED) {
        return;
    }
    let (in_comments, in_code): (Vec<_>, Vec<_>) = numbered(without_tests(text))
        .filter(|(_, line)| line.chars().any(is_han))
        .partition(|(_, line)| line.trim_start().starts_with("//"));
    for (number, _) in in_code {
        problems.push(format!("{path}:{number}: a sentence for people outside the catalogue"));
    }
    let max = allowance(HAN_IN_COMMENTS, path).unwrap_or(0);
    for (number, _) in in_comments.iter().skip(max) {
        problems.push(format!("{path}:{number}: a comment that is not English"));
    }
}

fn check_calls(path: &str, code: &str, problems: &mut Vec<String>) {
    for (number, line) in numbered(code) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        if !is_in(path, TIME_ALLOWED) && TIME_CALLS.iter().any(|call| mentions(line, call)) {
            problems.push(format!("{path}:{number}: time, ids and randomness are arguments"));
        }
        if path.starts_with("domain/") && OUTSIDE_WORLD.iter().any(|name| line.contains(name)) {
            problems.push(format!("{path}:{number}: a rule knows nothing of the world outside"));
        }
        if !is_in(path, SQL_ALLOWED) && is_sql(line) {
            problems.push(format!("{path}:{number}: SQL stands in server/src/store"));
        }
        let is_phone = path.starts_with("app/") || path.starts_with("domain/");
        if is_phone && LARGE_READERS.iter().any(|call| mentions(line, call)) {
            problems.push(format!("{path}:{number}: a phone reads JSON with domain::json"));
        }
        if is_phone && LARGE_SORTS.iter().any(|call| line.contains(call)) {
            problems.push(format!("{path}:{number}: a phone sorts with domain::order"));
        }
    }
}

/// Whether a string, or a line inside one, begins a statement.
fn is_sql(line: &str) -> bool {
    let lower = line.to_lowercase();
    let pieces = std::iter::once(lower.trim_start()).chain(lower.split('"').skip(1));
    pieces.into_iter().any(|piece| {
        let words: Vec<&str> = piece.split_whitespace().take(3).collect();
        match words[..] {
            ["select", ..] => piece.len() > "select ".len(),
            ["insert", "into", ..] | ["delete", "from", ..] | ["update", _, "set"] => true,
            ["savepoint" | "release" | "rollback", name, ..] => name.chars().all(|c| c.is_alphanumeric() || c == '_'),
            _ => false,
        }
    })
}

/// Whether a line names a call, and not one whose name only ends like it (`operand::` is not `rand::`).
fn mentions(line: &str, call: &str) -> bool {
    line.match_indices(call).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The text before its tests: tests may say and do more.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\n").next().unwrap_or(text)
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(number, line)| (number + 1, line))
}

fn is_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

fn allowance(list: &[(&str, usize)], path: &str) -> Option<usize> {
    list.iter().find(|(name, _)| *name == path).map(|(_, max)| *max)
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff5e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_file_passes() {
        for (path, text) in [
            ("server/src/a.rs", "//! Owns a.\n\nfn a() { operand::of(\"Update available\") }\n"),
            ("server/src/store/a.rs", "//! A.\nfn a() { all(\"select 1\") }\n"),
            ("server/src/state.rs", "//! A.\nfn a() { SystemTime::now() }\n"),
            ("domain/src/words/a.rs", "//! A.\nconst A: &str = \"\u{4f60}\";\n"),
            ("server/src/a.rs", "//! A.\nfn a() { select(1); tokio::select! { } }\n"),
            ("server/src/a.rs", "//! A.\nfn a() { serde_json::from_str(a) }\n"),
        ] {
            assert_eq!(check(path, text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn each_planted_problem_is_found() {
        let long = format!("//! A.\n{}", "//\n".repeat(LINES_MAX));
        for (what, path, text) in [
            ("opens with", "server/src/a.rs", "fn a() {}\n"),
            ("outside the catalogue", "server/src/a.rs", "//! A.\nfn a() { say(\"\u{4f60}\u{597d}\") }\n"),
            ("outside the catalogue", "app/src/a.rs", "//! A.\nfn a() { join(\"\u{ff0c}\") }\n"),
            ("not English", "app/src/a.rs", "//! \u{4f60}.\nfn a() {}\n"),
            ("are arguments", "server/src/a.rs", "//! A.\nfn a() { SystemTime::now() }\n"),
            ("are arguments", "app/src/a.rs", "//! A.\nfn a() { js_sys::Date::now() }\n"),
            ("are arguments", "server/src/a.rs", "//! A.\nfn a() { Uuid::now_v7() }\n"),
            ("are arguments", "server/src/a.rs", "//! A.\nuse rand::Rng;\n"),
            ("world outside", "domain/src/a.rs", "//! A.\nuse std::time::Duration;\n"),
            ("world outside", "domain/src/a.rs", "//! A.\npub async fn a() {}\n"),
            ("SQL stands", "server/src/a.rs", "//! A.\nfn a() { all(\"select 1\") }\n"),
            ("SQL stands", "server/src/a.rs", "//! A.\nfn a() { all(r#\"INSERT INTO a values (1)\"#) }\n"),
            ("SQL stands", "server/src/a.rs", "//! A.\nfn a() { all(\n\"\n    update a set b = 1\") }\n"),
            ("SQL stands", "server/src/a.rs", "//! A.\nfn a() { all(\"delete from a\") }\n"),
            ("SQL stands", "server/src/a.rs", "//! A.\nfn a() { all(\"savepoint a\") }\n"),
            ("reads JSON with", "app/src/a.rs", "//! A.\nfn a() { serde_json::from_str(a) }\n"),
            ("sorts with", "app/src/a.rs", "//! A.\nfn a() { list.sort_by_key(a) }\n"),
            ("blanks at the end", "domain/src/a.rs", "//! A. \nfn a() {}\n"),
            ("blanks at the end", "style/a.css", "a {\t\n}\n"),
            ("does not end", "docs/a.md", "# A"),
            ("too long", "domain/src/a.rs", &long),
        ] {
            let problems = check(path, text);
            assert!(problems.len() == 1 && problems[0].contains(what), "{what}: {problems:?}");
        }
    }

    #[test]
    fn a_ratchet_lets_through_what_is_there_and_no_more() {
        let (path, max) = HAN_IN_COMMENTS[0];
        let of = |lines: usize| check(path, &format!("//! A.\n{}", "// \u{4f11}\n".repeat(lines))).len();
        assert_eq!((of(max), of(max + 1)), (0, 1));
    }

    #[test]
    fn tests_may_say_what_they_like() {
        let text = "//! A.\n#[cfg(test)]\nmod tests { fn a() { all(\"select 1\", \"\u{4f60}\") } }\n";
        assert!(check("server/src/a.rs", text).is_empty());
        assert!(check("server/tests/a.rs", "//! A.\nfn a() { all(\"select 1\", \"\u{4f60}\") }\n").is_empty());
    }
}
