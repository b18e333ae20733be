//! The samples: files of lines, as `golden/README.md` says.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use domain::json;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One sample.
pub struct Sample {
    /// The name of its file.
    pub name: String,
    /// What was shipped, byte for byte.
    pub shipped: String,
    /// What is written by whoever has read it.
    pub rewritten: String,
    /// What a command means.
    pub meaning: Option<String>,
}

impl Sample {
    /// Reads what was shipped.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.shipped).unwrap_or_else(|error| panic!("{} does not read: {error}", self.name))
    }

    /// Reads what was shipped, as the server reads and as the phone does; looks how it is written today, and that this says the same.
    pub fn holds<T: DeserializeOwned + Serialize + PartialEq + Debug>(&self) -> T {
        let value: T = self.read();
        assert_eq!(json::read::<T>(&self.shipped).as_ref(), Some(&value), "{} on a phone", self.name);
        assert_eq!(serde_json::to_string(&value).expect("json"), self.rewritten, "{}", self.name);
        assert_eq!(serde_json::from_str::<T>(&self.rewritten).expect("what was written"), value, "{}", self.name);
        value
    }
}

/// The samples in a folder, in order of their names.
pub fn samples(folder: &str) -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(folder);
    let mut samples: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("a sample is text");
            let mut lines = text.lines().map(str::to_owned);
            Sample {
                name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
                shipped: lines.next().expect("a first line"),
                rewritten: lines.next().unwrap_or_default(),
                meaning: lines.next(),
            }
        })
        .collect();
    samples.sort_by(|one, other| one.name.cmp(&other.name));
    samples
}
