//! The files of `dist` before they are written: their names, hashes, kinds and encodings.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Who keeps a file besides the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The service worker fetches it with the build, so that it is there without a network.
    OnPhone,
    /// Nobody.
    OnServer,
}

/// One file of the build.
pub struct File {
    path: String,
    bytes: Vec<u8>,
    keep: Keep,
    digest: [u8; 32],
}

impl File {
    fn kind(&self) -> &'static str {
        kind(&self.path)
    }

    fn is_immutable(&self) -> bool {
        self.path.starts_with("assets/")
    }

    /// Whether it travels in an encoding made here. The first page is filled for each request instead.
    fn is_compressible(&self) -> bool {
        self.path != "index.html" && !matches!(self.kind(), "image/png" | "application/octet-stream")
    }
}

/// Everything that goes into `dist`.
#[derive(Default)]
pub struct Shelf {
    files: Vec<File>,
}

impl Shelf {
    /// Puts a file under its name.
    pub fn put(&mut self, path: &str, bytes: Vec<u8>, keep: Keep) {
        let digest = digest_of(&bytes);
        self.files.push(File { path: path.to_owned(), bytes, keep, digest });
    }

    /// Puts a file under its hash and returns its address.
    pub fn put_hashed(&mut self, name: &str, ending: &str, bytes: Vec<u8>) -> String {
        let path = format!("assets/{name}.{}.{ending}", short_hash(&bytes));
        self.put(&path, bytes, Keep::OnPhone);
        format!("/{path}")
    }

    /// Puts files that name each other side by side below the hash of all of them, and returns the folder's address.
    pub fn put_folder(&mut self, name: &str, files: Vec<(String, Vec<u8>)>) -> String {
        let digests: Vec<u8> = files.iter().flat_map(|(_, bytes)| digest_of(bytes)).collect();
        let folder = format!("assets/{name}.{}", short_hash(&digests));
        for (file, bytes) in files {
            self.put(&format!("{folder}/{file}"), bytes, Keep::OnPhone);
        }
        format!("/{folder}")
    }

    /// Every file so far with its hash, as text that changes when one of them does.
    pub fn inventory(&self) -> String {
        self.files.iter().map(|file| format!("{} {}\n", file.path, hexadecimal(&file.digest))).collect()
    }

    /// The service worker's list: `[{url, integrity, type}]`.
    pub fn list_for_worker(&self) -> Result<String> {
        let entries: Vec<_> = self
            .files
            .iter()
            .filter(|file| file.keep == Keep::OnPhone)
            .map(|file| {
                let integrity = format!("sha256-{}", base64(&file.digest));
                serde_json::json!({ "url": format!("/{}", file.path), "integrity": integrity, "type": file.kind() })
            })
            .collect();
        Ok(serde_json::to_string(&entries)?)
    }

    /// Writes all of them and `build.json` below `folder`; compressed beside themselves where that is asked for.
    pub fn write(&self, folder: &Path, build: &str, compressed: bool) -> Result<()> {
        let mut entries = Vec::new();
        for file in &self.files {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().context("a file has a folder")?)?;
            fs::write(&path, &file.bytes)?;
            let mut sizes = [None, None];
            if compressed && file.is_compressible() {
                for (size, (ending, packed)) in
                    sizes.iter_mut().zip([("br", brotli(&file.bytes)?), ("gz", gzip(&file.bytes)?)])
                {
                    if packed.len() < file.bytes.len() {
                        *size = Some(packed.len());
                        fs::write(PathBuf::from(format!("{}.{ending}", path.display())), packed)?;
                    }
                }
            }
            entries.push(serde_json::json!({
                "path": file.path,
                "type": file.kind(),
                "sha256": hexadecimal(&file.digest),
                "bytes": file.bytes.len(),
                "br": sizes[0],
                "gz": sizes[1],
                "immutable": file.is_immutable(),
            }));
        }
        let list = serde_json::json!({ "build": build, "files": entries });
        fs::write(folder.join("build.json"), serde_json::to_string_pretty(&list)?)?;
        Ok(())
    }
}

/// The media type by the name's ending, as the server says it without parameters.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript",
        "css" => "text/css",
        "wasm" => "application/wasm",
        "pack" => "application/vnd.lifehub.pack",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

/// The SHA-256 of some bytes.
pub fn digest_of(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The first eight bytes of the hash: enough to tell files of one name apart.
pub fn short_hash(bytes: &[u8]) -> String {
    hexadecimal(&digest_of(bytes)[..8])
}

/// Two digits a byte.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().enumerate().fold(0u32, |word, (place, byte)| word | u32::from(*byte) << (16 - 8 * place));
        for place in 0..4 {
            let is_filler = place > chunk.len();
            let digit = ALPHABET[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if is_filler { '=' } else { char::from(digit) });
        }
    }
    text
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    // The window covers the largest file; the size hint lets the first bytes be packed as well as the last.
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_what_a_browser_computes() {
        assert_eq!(base64(&digest_of(b"")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"abcd"), "YWJjZA==");
    }

    #[test]
    fn the_worker_keeps_what_a_phone_needs_and_no_page_of_a_person() {
        let mut shelf = Shelf::default();
        let url = shelf.put_hashed("app", "js", b"1".to_vec());
        shelf.put("index.html", b"<html>".to_vec(), Keep::OnServer);
        let list: serde_json::Value =
            serde_json::from_str(&shelf.list_for_worker().expect("a list")).expect("the list is JSON");
        assert_eq!(list.as_array().map(Vec::len), Some(1));
        assert_eq!(list[0]["url"], url);
        assert_eq!(list[0]["type"], "text/javascript");
        assert_eq!(list[0]["integrity"], "sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=");
    }

    #[test]
    fn what_changes_in_a_file_changes_the_inventory() {
        let inventory = |bytes: &[u8]| {
            let mut shelf = Shelf::default();
            shelf.put("icons.svg", bytes.to_vec(), Keep::OnPhone);
            shelf.inventory()
        };
        assert_eq!(inventory(b"1"), inventory(b"1"));
        assert_ne!(inventory(b"1"), inventory(b"2"));
    }

    #[test]
    fn the_list_of_a_build_is_true_of_what_lies_there() {
        let folder = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        let mut shelf = Shelf::default();
        shelf.put_hashed("style", "css", b"a { color: red }\n".repeat(50));
        shelf.put("index.html", b"<html>".repeat(50), Keep::OnServer);
        shelf.put("icons/a.png", b"png".repeat(50), Keep::OnServer);
        shelf.write(&folder, "b1", true).expect("a temporary folder takes files");
        let text = fs::read_to_string(folder.join("build.json")).expect("a list");
        let list: serde_json::Value = serde_json::from_str(&text).expect("the list is JSON");
        assert_eq!(list["build"], "b1");
        for file in list["files"].as_array().expect("files") {
            let path = folder.join(file["path"].as_str().expect("a path"));
            let bytes = fs::read(&path).expect("the file");
            assert_eq!(file["sha256"], hexadecimal(&digest_of(&bytes)));
            for ending in ["br", "gz"] {
                let beside = PathBuf::from(format!("{}.{ending}", path.display()));
                assert_eq!(file[ending].as_u64(), fs::metadata(beside).ok().map(|found| found.len()), "{file}");
            }
            assert_eq!(file["br"].is_u64(), file["path"].as_str().expect("a path").starts_with("assets/"));
        }
        fs::remove_dir_all(folder).expect("the folder was ours");
    }
}
