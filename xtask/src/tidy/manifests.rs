//! Who may depend on whom, read from the manifests.

/// Crates `domain` may depend on. Each is pure, and small in the browser.
const DOMAIN_MAY_USE: &[&str] =
    &["chinese-lunisolar-calendar", "serde", "serde_json", "sha2", "thiserror", "time", "uuid"];
/// Crates of the workspace that each of them may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("domain/Cargo.toml", &[]),
    ("app/Cargo.toml", &["domain"]),
    // The server's own tests ask for a feature of the server.
    ("server/Cargo.toml", &["domain", "server"]),
    ("simulator/Cargo.toml", &["domain"]),
    ("xtask/Cargo.toml", &[]),
];
const OURS: &[&str] = &["domain", "app", "server", "simulator", "xtask"];

/// What is wrong with one manifest; nothing, for other files.
pub fn check(path: &str, text: &str) -> Vec<String> {
    let Some((_, known)) = MAY_KNOW.iter().find(|(name, _)| *name == path) else { return Vec::new() };
    let mut problems = Vec::new();
    for (name, is_for_tests) in dependencies(text) {
        if OURS.contains(&name) && !known.contains(&name) {
            problems.push(format!("{path}: does not know {name}"));
        } else if path.starts_with("domain/") && !is_for_tests && !DOMAIN_MAY_USE.contains(&name) {
            problems.push(format!("{path}: domain does not depend on {name}"));
        }
    }
    problems
}

/// Every dependency and whether only tests use it, in all the ways a manifest may name one.
fn dependencies(manifest: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut table = "";
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_end_matches(']');
            // [dependencies.name], also below [target.'cfg(…)'.…]
            if let Some((before, name)) = table.rsplit_once('.')
                && before.ends_with("dependencies")
            {
                found.push((name, before.ends_with("dev-dependencies")));
            }
        } else if table.ends_with("dependencies")
            && !line.starts_with('#')
            && let Some((name, _)) = line.split_once('=')
        {
            let name = name.split('.').next().unwrap_or_default().trim();
            found.push((name, table.ends_with("dev-dependencies")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_passes() {
        let manifest = "[dependencies]\nserde.workspace = true\n# tokio = \"1\"\n\n[dev-dependencies]\nproptest = \"1\"\n\n[lints]\nworkspace = true\n";
        assert!(check("domain/Cargo.toml", manifest).is_empty());
        assert!(check("Cargo.toml", "[workspace.dependencies]\ndomain = { path = \"domain\" }\n").is_empty());
        let server = "[dependencies]\ndomain.workspace = true\n[dev-dependencies]\nserver = { path = \".\" }\n";
        assert!(check("server/Cargo.toml", server).is_empty());
    }

    #[test]
    fn each_planted_dependency_is_found() {
        for (path, manifest) in [
            ("domain/Cargo.toml", "[dependencies]\ntokio = \"1\"\n"),
            ("domain/Cargo.toml", "[dependencies.tokio]\nversion = \"1\"\n"),
            ("domain/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n"),
            ("domain/Cargo.toml", "[build-dependencies]\ncc = \"1\"\n"),
            ("app/Cargo.toml", "[dependencies]\nserver = { path = \"../server\" }\n"),
            ("server/Cargo.toml", "[dependencies]\napp = { path = \"../app\" }\n"),
            ("simulator/Cargo.toml", "[dependencies]\nserver.workspace = true\n"),
            ("xtask/Cargo.toml", "[dependencies]\ndomain.workspace = true\n"),
        ] {
            assert_eq!(check(path, manifest).len(), 1, "{manifest}");
        }
    }
}
