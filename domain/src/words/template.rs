//! Entries of the catalogue: how they are declared, and how a sentence takes its parameters.

use std::fmt::{Display, Write};

/// A sentence with places for values: `{n}` takes a value, `{n?place|places}` a word by whether the value is one.
#[derive(Debug, Clone, Copy)]
pub struct Template(pub(super) &'static str);

impl Template {
    /// The sentence with its values. A place nobody names stays as it is, so that it is seen; a test finds it first.
    #[must_use]
    pub fn fill(self, values: &[(&str, &dyn Display)]) -> String {
        let mut text = String::with_capacity(self.0.len() + 16);
        let mut rest = self.0;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((place, after)) = after.split_once('}') else { break };
            rest = after;
            let (name, forms) = place.split_once('?').map_or((place, None), |(name, forms)| (name, Some(forms)));
            let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
                debug_assert!(false, "no value for {{{place}}}");
                continue;
            };
            let start = text.len();
            // Writing to a string cannot fail.
            let _ = write!(text, "{value}");
            if let Some((one, many)) = forms.and_then(|forms| forms.split_once('|')) {
                let is_one = &text[start..] == "1";
                text.truncate(start);
                text.push_str(if is_one { one } else { many });
            }
        }
        text.push_str(rest);
        text
    }
}

/// One entry of the catalogue, for its checks.
#[cfg(test)]
pub(super) struct Entry {
    pub key: String,
    pub zh: &'static str,
    pub en: &'static str,
    pub places: Vec<&'static str>,
}

/// Declares a section: a struct with a field per entry, its two values, and a method per entry with parameters.
macro_rules! catalogue {
    ($(#[$doc:meta])* $section:ident { $($key:ident $(($($place:ident),+))? : $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $section {
            $(#[doc = $zh] pub $key: $crate::words::template::entry_type!($($($place),+)?),)+
        }

        impl $section {
            pub(super) const ZH: Self = Self { $($key: $crate::words::template::entry_value!($zh $(, $($place),+)?)),+ };
            pub(super) const EN: Self = Self { $($key: $crate::words::template::entry_value!($en $(, $($place),+)?)),+ };

            $($crate::words::template::entry_method!($key, $zh $(, $($place),+)?);)+

            #[cfg(test)]
            pub(super) fn entries(section: &str) -> Vec<$crate::words::template::Entry> {
                vec![$($crate::words::template::Entry {
                    key: format!("{section}.{}", stringify!($key)),
                    zh: $zh,
                    en: $en,
                    places: vec![$($(stringify!($place)),+)?],
                }),+]
            }
        }
    };
}

macro_rules! entry_type {
    () => { &'static str };
    ($($place:ident),+) => { $crate::words::template::Template };
}

macro_rules! entry_value {
    ($text:literal) => {
        $text
    };
    ($text:literal, $($place:ident),+) => {
        $crate::words::template::Template($text)
    };
}

macro_rules! entry_method {
    ($key:ident, $zh:literal) => {};
    ($key:ident, $zh:literal, $($place:ident),+) => {
        #[doc = $zh]
        #[must_use]
        pub fn $key(&self, $($place: impl std::fmt::Display),+) -> String {
            self.$key.fill(&[$((stringify!($place), &$place)),+])
        }
    };
}

pub(super) use {catalogue, entry_method, entry_type, entry_value};
