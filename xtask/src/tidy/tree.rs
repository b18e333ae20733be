//! What the names of files tell: both engines have the same migrations, and scripts by hand stay where they are few.

use std::collections::BTreeSet;

/// The only scripts of the product that are written by hand.
const SCRIPTS: &[&str] = &["public/boot.js", "public/sw.template.js", "server/src/assets/farewell.js"];
const ENDINGS_OF_SCRIPTS: &[&str] = &[".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx"];

/// What is wrong with the tree.
pub fn check(paths: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let migrations = |engine: &str| -> BTreeSet<&str> {
        paths.iter().filter_map(|path| path.strip_prefix("server/migrations/")?.strip_prefix(engine)).collect()
    };
    for name in migrations("sqlite/").symmetric_difference(&migrations("postgres/")) {
        problems.push(format!("server/migrations: {name} is there for one engine only"));
    }
    for path in paths {
        let is_script = ENDINGS_OF_SCRIPTS.iter().any(|ending| path.ends_with(ending));
        if is_script && !path.starts_with("end2end/") && !SCRIPTS.contains(path) {
            problems.push(format!("{path}: no scripts by hand but the workers and the boot guard"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_tree_passes() {
        let paths = [
            "server/migrations/sqlite/0001_init.sql",
            "server/migrations/postgres/0001_init.sql",
            "public/boot.js",
            "end2end/tests/sign-up.spec.js",
        ];
        assert!(check(&paths).is_empty());
    }

    #[test]
    fn each_planted_problem_is_found() {
        assert_eq!(check(&["server/migrations/sqlite/0002_more.sql"]).len(), 1);
        assert_eq!(check(&["server/migrations/postgres/0002_more.sql"]).len(), 1);
        assert_eq!(check(&["public/extra.js"]).len(), 1);
        assert_eq!(check(&["app/src/glue.ts"]).len(), 1);
    }
}
