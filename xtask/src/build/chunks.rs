//! What several pieces share, in two files.
//!
//! Cutting leaves a small module for each set of pieces that share something: some twenty, each a request of its own. Here
//! their bytes are laid end to end, those that the piece `sync` needs (every page has it) in one file and the others in
//! another, and the loader is given its modules out of these.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// How the loader asks for a chunk, before and after its number.
const ASKS: (&str, &str) = ("fetch(new URL(\"./chunk_", ".wasm\", import.meta.url))");
/// The piece that every page has.
const EVERYWHERE: &str = "sync";

/// Fetches a file of modules once, and again if that failed, and hands out one of them as if it had come alone.
const PART: &str = r#"
const packs = new Map();
function part(name, from, to) {
    if (!packs.has(name)) {
        const coming = fetch(new URL(name, import.meta.url)).then((answer) => {
            if (!answer.ok) throw new TypeError(`Failed to fetch ${name}: ${answer.status}`);
            return answer.arrayBuffer();
        });
        coming.catch(() => packs.delete(name));
        packs.set(name, coming);
    }
    return packs.get(name).then((bytes) => new Response(bytes.slice(from, to), { headers: { "content-type": "application/wasm" } }));
}
"#;

/// A file of modules, laid end to end.
#[derive(Debug, PartialEq, Eq)]
struct Pack {
    name: &'static str,
    bytes: Vec<u8>,
}

/// Packs the chunks in `folder`; `loader` is the script there that asks for them.
pub fn pack(folder: &Path, loader: &str) -> Result<()> {
    let loader = folder.join(loader);
    let mut read = Vec::new();
    let (script, packs) = packed(&fs::read_to_string(&loader)?, |chunk| {
        let path = folder.join(chunk);
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        read.push(path);
        Ok(bytes)
    })?;
    for path in read {
        fs::remove_file(path)?;
    }
    for pack in packs {
        fs::write(folder.join(pack.name), pack.bytes)?;
    }
    fs::write(loader, script)?;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        ensure!(
            !name.to_string_lossy().starts_with("chunk_"),
            "the loader names {} in a way not known here",
            name.display()
        );
    }
    Ok(())
}

/// The script that takes its chunks out of packs, and these.
fn packed(script: &str, mut read: impl FnMut(&str) -> Result<Vec<u8>>) -> Result<(String, [Pack; 2])> {
    let mut packs = ["shared.pack", "pages.pack"].map(|name| Pack { name, bytes: Vec::new() });
    let mut out = String::new();
    let mut rest = script;
    while let Some((before, after)) = rest.split_once(ASKS.0) {
        let asked = after.split_once(ASKS.1).filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let (number, after) = asked.context("the loader asks for a chunk in a way not known here")?;
        let users = before.rsplit_once("/* ").and_then(|(_, tail)| tail.split_once(" */"));
        let (users, _) = users.context("the loader does not say whose a chunk is")?;
        let pack = &mut packs[usize::from(!users.split(", ").any(|piece| piece == EVERYWHERE))];
        let from = pack.bytes.len();
        pack.bytes.extend(read(&format!("chunk_{number}.wasm"))?);
        out.push_str(before);
        out.push_str(&format!("part(\"./{}\", {from}, {})", pack.name, pack.bytes.len()));
        rest = after;
    }
    out.push_str(rest);
    out.push_str(PART);
    Ok((out, packs))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r#"/* entry, own */
const __chunk_6 = makeLoad(() => {
    const src = fetch(new URL("./chunk_6.wasm", import.meta.url));
}, []);
/* entry, own, sync */
const __chunk_7 = makeLoad(() => {
    const src = fetch(new URL("./chunk_7.wasm", import.meta.url));
}, []);
/* own, staff */
const __chunk_8 = makeLoad(() => {
    const src = fetch(new URL("./chunk_8.wasm", import.meta.url));
}, []);
const load = makeLoad(() => {
    const src = fetch(new URL("./split_own.wasm", import.meta.url));
}, [__chunk_6, __chunk_7]);
"#;

    #[test]
    fn a_chunk_is_taken_out_of_the_file_of_those_who_need_it() {
        let (script, packs) = packed(SCRIPT, |chunk| Ok(chunk.as_bytes()[6..7].repeat(2))).expect("packs");
        let [everywhere, pages] = packs;
        assert_eq!((everywhere.bytes, pages.bytes), (b"77".to_vec(), b"6688".to_vec()));
        for asks in [
            r#"const __chunk_6 = makeLoad(() => {
    const src = part("./pages.pack", 0, 2);"#,
            r#"const __chunk_7 = makeLoad(() => {
    const src = part("./shared.pack", 0, 2);"#,
            r#"const __chunk_8 = makeLoad(() => {
    const src = part("./pages.pack", 2, 4);"#,
            r#"fetch(new URL("./split_own.wasm", import.meta.url))"#,
        ] {
            assert!(script.contains(asks), "{asks}\n{script}");
        }
    }

    #[test]
    fn a_loader_that_asks_otherwise_is_noticed() {
        let nothing = |_: &str| Ok(Vec::new());
        assert!(packed(&SCRIPT.replace("/* entry, own */", ""), nothing).is_err());
        assert!(packed(&SCRIPT.replace("chunk_8.wasm\"", "chunk_8.wasm?\""), nothing).is_err());
    }
}
