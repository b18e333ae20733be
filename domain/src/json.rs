//! Reading JSON on a phone.
//!
//! What the derived code of serde can do depends on what its reader can hand it, and a phone goes over a slow line to get
//! that code. This reader hands it what our JSON is made of and no more: a struct from an object, a name from a string, a
//! whole number from a whole number. The code for our types is then a quarter of what it is with serde_json.
//!
//! It reads what serde_json reads, with the same result, except that it refuses a struct written as an array, a variant
//! named by its number, and in what it passes over half a surrogate or more than [`DEPTH_MAX`] levels; what it passes over
//! only has to be JSON. Deliberately absent: numbers with a fraction, values of any type, and what is wrong with a text.
//! Whoever has to tell that (the server, of a request) reads with serde_json.

mod access;
mod reader;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub use reader::{DEPTH_MAX, Reader, Unreadable};

/// Reads a text that is one value and nothing else.
#[must_use]
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader).ok()?;
    reader.look().is_none().then_some(value)
}

/// Two things out of the fields of one object, as `#[serde(flatten)]` reads them, without a copy of the fields.
///
/// # Errors
/// Those of the deserializer.
pub fn flattened<'de, A, B, D>(deserializer: D) -> Result<(A, B), D::Error>
where
    A: for<'a> Deserialize<'a>,
    B: for<'a> Deserialize<'a>,
    D: Deserializer<'de>,
{
    let text = Box::<RawValue>::deserialize(deserializer)?;
    read(text.get()).zip(read(text.get())).ok_or_else(|| serde::de::Error::custom(Unreadable))
}

/// Reads and writes an enum whose tag stands among its fields, as `#[serde(tag = "…")]` does.
///
/// What serde derives for it copies an object before it knows the tag, and so has all code for the fields twice. The
/// [`Reader`] looks for the tag first, and then there is an enum like any other. Any other deserializer gets what serde
/// derives.
macro_rules! tagged {
    (#[serde(tag = $tag:literal, content = $content:literal $(, $how:meta)*)] $($enum:tt)*) => {
        $crate::json::tagged! {
            @ [concat!($tag, " ", $content)] [tag = $tag, content = $content] [$($how),*] $($enum)*
        }
    };
    (#[serde(tag = $tag:literal $(, $how:meta)*)] $($enum:tt)*) => {
        $crate::json::tagged! { @ [$tag] [tag = $tag] [$($how),*] $($enum)* }
    };
    (
        @ [$where:expr] [$($tag:tt)*] [$($how:tt)*]
        $(#[$about:meta])*
        pub enum $name:ident { $($variants:tt)* }
    ) => {
        $(#[$about])*
        #[derive(serde::Serialize)]
        #[serde($($tag)*, $($how)*)]
        pub enum $name { $($variants)* }

        const _: () = {
            use std::fmt;

            use serde::de::value::EnumAccessDeserializer;
            use serde::de::{Deserialize, Deserializer, EnumAccess, Visitor};

            type Whole = $name;

            #[derive(serde::Deserialize)]
            #[serde(remote = "Whole", $($how)*)]
            enum Found { $($variants)* }

            #[derive(serde::Deserialize)]
            #[serde(remote = "Whole", $($tag)*, $($how)*)]
            enum Copied { $($variants)* }

            struct Either;

            impl<'de> Visitor<'de> for Either {
                type Value = $name;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!("enum ", stringify!($name)))
                }

                fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<$name, A::Error> {
                    Found::deserialize(EnumAccessDeserializer::new(variant))
                }

                fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<$name, D::Error> {
                    Copied::deserialize(deserializer)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_newtype_struct(concat!("domain::json::tagged ", $where), Either)
                }
            }
        };
    };
}
pub(crate) use tagged;

#[cfg(test)]
mod tests;
