//! All style sheets as one, in the order of their list, without what browsers do not read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The one sheet. Files stand in the order of `manifest.txt`, one path a line; without a list, all in order of their names.
pub fn sheet(folder: &Path) -> Result<String> {
    let found = all(folder)?;
    let list = fs::read_to_string(folder.join("manifest.txt")).ok();
    let names = match &list {
        Some(list) => {
            let listed: Vec<String> =
                list.lines().map(str::trim).filter(|name| !name.is_empty()).map(Into::into).collect();
            for name in &found {
                ensure!(listed.contains(name), "style/manifest.txt does not list {name}, so nobody would see it");
            }
            listed
        }
        None => found,
    };
    let mut sheet = String::new();
    for name in names {
        let file = folder.join(&name);
        sheet.push_str(&squeeze(&fs::read_to_string(&file).with_context(|| format!("style/{name}"))?));
        sheet.push('\n');
    }
    Ok(sheet)
}

fn all(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == "css") {
            names.push(entry.path().strip_prefix(folder)?.to_str().context("names are UTF-8")?.to_owned());
        }
    }
    Ok(names)
}

/// A sheet without comments, indentation and blank lines. Strings stay as they are.
fn squeeze(sheet: &str) -> String {
    let mut plain = String::with_capacity(sheet.len());
    let mut quote = None;
    let mut rest = sheet.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                plain.push(c);
                plain.extend(rest.next());
            }
            (None, '/') if rest.peek() == Some(&'*') => {
                rest.next();
                let mut before = ' ';
                for c in rest.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            _ => {
                plain.push(c);
                match quote {
                    None if matches!(c, '"' | '\'') => quote = Some(c),
                    Some(open) if open == c => quote = None,
                    _ => {}
                }
            }
        }
    }
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_squeezed_sheet_keeps_its_rules() {
        assert_eq!(squeeze("/* a\n b */\n.x {\n\n  color: red; /* c */\n}\n"), ".x {\ncolor: red;\n}");
        assert_eq!(squeeze("/***/a{}/**/b{}"), "a{}b{}");
    }

    #[test]
    fn strings_are_left_alone() {
        let sheet = "a::before { content: \"/* \\\" it's */\"; }";
        assert_eq!(squeeze(sheet), sheet);
    }

    #[test]
    fn a_sheet_that_is_not_listed_is_noticed() {
        let folder = std::env::temp_dir().join(format!("xtask-style-{}", std::process::id()));
        fs::create_dir_all(folder.join("ui")).expect("a folder");
        for (name, text) in [("b.css", "b{}"), ("ui/a.css", "a{}"), ("manifest.txt", "ui/a.css\nb.css\n")] {
            fs::write(folder.join(name), text).expect("a file");
        }
        assert_eq!(sheet(&folder).expect("both"), "a{}\nb{}\n");
        fs::write(folder.join("manifest.txt"), "b.css\n").expect("a file");
        assert!(sheet(&folder).is_err());
        fs::remove_file(folder.join("manifest.txt")).expect("the file");
        assert_eq!(sheet(&folder).expect("both"), "b{}\na{}\n");
        fs::remove_dir_all(folder).expect("the folder was ours");
    }
}
