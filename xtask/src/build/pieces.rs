//! The app's module cut into the pieces that `app/src/app/pieces.rs` names, and bound to JavaScript.
//!
//! What comes out names itself from inside: `app.js` imports `pieces.js`, which imports `app.js` and fetches the pieces
//! beside itself. So they keep these names and share a folder that is named by the hash of them all.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

use super::{chunks, remove};

/// The script that loads the pieces.
const LOADER: &str = "pieces.js";

/// Leaves the app's modules and scripts in `folder`, and nothing else.
pub fn cut_and_bind(wasm: &Path, folder: &Path) -> Result<()> {
    remove(folder)?;
    let whole = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let main = folder.join("main.wasm");
    let loader = format!("./{LOADER}");
    let mut options = Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./app.js";
    options.link_name = &loader;
    let cut = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cutting the module: {error:#}"))?;
    for piece in &cut.split_modules {
        let lean = without_custom_sections(&fs::read(piece)?)?;
        fs::write(piece, lean)?;
    }

    Bindgen::new()
        .input_path(&main)
        .out_name("app")
        .web(true)?
        .typescript(false)
        // The pieces import from the main module what the linker exported.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .generate(folder)?;
    ensure!(!folder.join("snippets").exists(), "a crate brings its own JavaScript; it would need a place in dist");
    fs::remove_file(&main)?;
    fs::rename(folder.join("app_bg.wasm"), folder.join("app.wasm"))?;
    chunks::pack(folder, LOADER)
}

/// The files of `folder` by name, in the order of their names.
pub fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1).sort_by_file_name() {
        let entry = entry?;
        let name = entry.file_name().to_str().context("names are UTF-8")?.to_owned();
        files.push((name, fs::read(entry.path())?));
    }
    Ok(files)
}

/// A module without names and other notes for tools: they are more than half of a piece, and no browser needs them.
fn without_custom_sections(module: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    let mut lean = module[..HEADER].to_vec();
    let mut at = HEADER;
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let Some((id, range)) = payload?.as_section() else { continue };
        // A section's range leaves out its own head (the kind and the length), which stands before it.
        let end = usize::try_from(range.end)?;
        if id != CUSTOM {
            lean.extend_from_slice(&module[at..end]);
        }
        at = end;
    }
    Ok(lean)
}

/// The kind of sections that mean nothing to the machine (WebAssembly core, 5.5.3).
const CUSTOM: u8 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_notes_for_tools_are_left_out() {
        let header = *b"\0asm\x01\0\0\0";
        let types = [1, 4, 1, 0x60, 0, 0];
        let names = [0, 5, 4, b'n', b'a', b'm', b'e'];
        let exports = [7, 1, 0];
        let module = [&header[..], &types, &names, &exports].concat();
        let lean = without_custom_sections(&module).expect("a module");
        assert_eq!(lean, [&header[..], &types, &exports].concat());
    }
}
