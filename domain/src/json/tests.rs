//! The reader against serde_json, on texts of any kind.

mod samples;

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;
use crate::refusal::Refusal;

/// What the reader makes of a text and what serde_json does, written down again.
fn both<T: DeserializeOwned + Serialize>(text: &str) -> (Option<String>, Option<String>) {
    (written(read::<T>(text)), written(serde_json::from_str::<T>(text).ok()))
}

fn written<T: Serialize>(value: Option<T>) -> Option<String> {
    value.map(|value| serde_json::to_string(&value).expect("json"))
}

#[derive(Debug, Serialize, Deserialize)]
struct Everything {
    small: u8,
    large: u64,
    signed: i64,
    flag: bool,
    text: String,
    #[serde(default)]
    maybe: Option<i32>,
    must: Option<u16>,
    list: Vec<Plain>,
    two: [u8; 2],
    inner: Option<Box<Strict>>,
    unit: (),
    #[serde(default)]
    raw: Option<Box<RawValue>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    text: String,
    which: Plain,
    inner: Option<Box<Strict>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Plain {
    One,
    Number(u32),
    Pair(u8, bool),
    Fields {
        text: String,
        flag: Option<bool>,
    },
    #[serde(other)]
    Other,
}

const KEYS: [&str; 14] = [
    "small", "large", "signed", "flag", "text", "maybe", "must", "list", "two", "inner", "unit", "raw", "which", "kind",
];

/// A string as it stands in a text: mostly right.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z 淮剧]{0,3}",
        2 => prop::sample::select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\b\\f\\r\\t", "\\u0041", "\\u6dee", "\\ud83d\\ude00"])
            .prop_map(str::to_owned),
        1 => prop::sample::select(KEYS.to_vec()).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["one", "number", "pair", "fields", "\\u006fne"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..3).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn key() -> impl Strategy<Value = String> {
    let known = prop::sample::select(KEYS.to_vec()).prop_map(|key| format!("\"{key}\""));
    prop_oneof![8 => known, 1 => string()]
}

/// What may stand anywhere, one after the other.
const WORDS: &str = r#"null true false 0 1 7 -1 -0 255 256 65535 65536 -128 -129 4294967296 0.0 -0.0 1.5 1e2 1E+2 -1.0e-2
    9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615
    18446744073709551616 "one" "other" {} {"one":null}"#;
/// And what may not.
const BROKEN: &str = "nul nulll True 01 -01 00 1. 1.e1 .5 +1 - 1e 1e+ 0x1 --1 1,2 [1,] {,} {\"a\"} {\"a\":} {1:2}";

fn scalar() -> impl Strategy<Value = String> {
    let words: Vec<_> = WORDS.split_whitespace().map(str::to_owned).collect();
    prop_oneof![3 => prop::sample::select(words), 2 => string()]
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec((key(), value), 0..6).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

/// A value without arrays, which serde_json takes for structs.
fn value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        let variant = (prop::sample::select(vec!["one", "number", "pair", "fields", "none"]), inner.clone())
            .prop_map(|(name, content)| format!("{{\"{name}\":{content}}}"));
        prop_oneof![object(inner), variant]
    })
}

fn list() -> impl Strategy<Value = String> {
    prop::collection::vec(value(), 0..4).prop_map(|items| format!("[{}]", items.join(" ,")))
}

/// One text for [`Everything`] that is right, but for what is put in the place of one field and behind all.
fn everything() -> impl Strategy<Value = String> {
    let right = [
        ("small", "7"),
        ("large", "8"),
        ("signed", "-9"),
        ("flag", "true"),
        ("text", r#""t""#),
        ("must", "null"),
        ("list", r#"["one",{"pair":[1,false]},{"fields":{"text":"x"}}]"#),
        ("two", "[1,2]"),
        ("unit", "null"),
        ("inner", r#"{"text":"","which":{"number":3},"inner":null}"#),
        ("raw", r#"{"a": [1.50, "\u0041"]}"#),
    ];
    let strange = (key(), prop_oneof![3 => value(), 1 => list()]);
    (0..=right.len(), prop::option::of(strange)).prop_flat_map(move |(place, strange)| {
        let old = right.get(place).map_or(r#""more""#.to_owned(), |(key, _)| format!("\"{key}\""));
        // An array may stand for any field but a struct.
        let new = if old == r#""inner""# { value().boxed() } else { prop_oneof![3 => value(), 1 => list()].boxed() };
        (Just(old), new).prop_map(move |(old, new)| {
            let mut fields: Vec<_> =
                right.iter().map(|(key, value)| (format!("\"{key}\""), (*value).to_owned())).collect();
            fields.retain(|(key, _)| *key != old);
            fields.push((old, new));
            fields.extend(strange.clone().filter(|(key, value)| key != r#""inner""# || !value.starts_with('[')));
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key} : {value}")).collect();
            format!(" {{\n{}\t}}\r", fields.join(" , "))
        })
    })
}

proptest! {
    #[test]
    fn any_text_is_read_as_serde_json_reads_it(text in everything()) {
        let (ours, theirs) = both::<Everything>(&text);
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn any_value_is_read_as_serde_json_reads_it(text in value()) {
        for (ours, theirs) in [both::<Strict>(&text), both::<Plain>(&text), both::<Option<u64>>(&text), both::<String>(&text)] {
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }

    #[test]
    fn a_text_that_lost_or_got_a_character_is_refused_like_there(
        text in everything(), place in any::<prop::sample::Index>(), new in prop::option::of("[\\[\\]{}:,\"\\\\0e.+ -]"),
    ) {
        let mut characters: Vec<_> = text.chars().map(String::from).collect();
        characters[place.index(text.chars().count())] = new.unwrap_or_default();
        let text = characters.concat();
        // Half a surrogate in what is passed over is refused here alone: see below.
        prop_assume!(!text.replace("\\ud83d\\ude00", "").contains("\\ud"));
        let (ours, theirs) = both::<Everything>(&text);
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn anything_is_passed_over_whole_or_refused(text in prop_oneof![value(), list()], place in any::<prop::sample::Index>()) {
        let cut: String = text.chars().take(place.index(text.chars().count()) + 1).collect();
        for text in [text, cut] {
            let ours = read::<Box<RawValue>>(&text).map(|raw| raw.get().to_owned());
            prop_assert_eq!(ours, serde_json::from_str::<Box<RawValue>>(&text).ok().map(|raw| raw.get().to_owned()));
        }
    }
}

#[test]
fn words_and_numbers_are_read_as_serde_json_reads_them() {
    fn alike<T: DeserializeOwned + Serialize>(text: &str) {
        let (ours, theirs) = both::<T>(text);
        assert_eq!(ours, theirs, "{text:?} as {}", std::any::type_name::<T>());
    }
    for text in WORDS.split_whitespace().chain(BROKEN.split_whitespace()).chain(["", " ", "1 2", "- 1", "tr ue"]) {
        alike::<()>(text);
        alike::<bool>(text);
        alike::<u8>(text);
        alike::<u16>(text);
        alike::<u32>(text);
        alike::<u64>(text);
        alike::<i8>(text);
        alike::<i32>(text);
        alike::<i64>(text);
        alike::<Option<u64>>(text);
        alike::<String>(text);
        alike::<Plain>(text);
        alike::<Vec<u8>>(&format!("[{text}]"));
        alike::<Box<RawValue>>(text);
    }
    let escapes = r#""\ud800" "\ud800x" "\ud800\u0041" "\ud800\udbff" "\ud800\ue000" "\udc00" "\u00g0" "\u+041" "\u004" "\x" "\" ""
        "\uD83D\uDE00\udbff\udfff" "\"\\\/\b\f\n\r\t""#;
    for text in escapes.split_whitespace().chain(["\"\u{1f}\"", "\"\n\"", "\"\u{7f}\""]) {
        alike::<String>(text);
        alike::<Strict>(&format!(r#"{{"text":{text},"which":"one"}}"#));
    }
}

#[test]
fn it_refuses_what_serde_json_would_make_something_of() {
    #[derive(Debug, Deserialize)]
    struct One {
        #[serde(default)]
        _a: u8,
    }
    fn refuses<T: DeserializeOwned>(text: &str, what: &str) {
        assert!(read::<T>(text).is_none() && serde_json::from_str::<T>(text).is_ok(), "{what}");
    }
    refuses::<One>("[1]", "a struct from an array");
    let by_number = r#"{"code":"not-eligible","people":[],"why":{"kind":1}}"#;
    refuses::<Refusal>(by_number, "a variant by its number, inside another");
    refuses::<One>(r#"{"more":"\ud800"}"#, "half a surrogate, passed over");
    let nested = |levels: u8| format!(r#"{{"more":{}{}}}"#, "[".repeat(levels.into()), "]".repeat(levels.into()));
    assert!(read::<One>(&nested(DEPTH_MAX - 1)).is_some());
    refuses::<One>(&nested(DEPTH_MAX), "more levels, passed over");
    assert!(read::<f64>("1.5").is_none() && read::<Value>("1").is_none(), "what nothing of ours asks for");
}
