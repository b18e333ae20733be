//! Values that travel and rest as their own text: `Display` writes them, `FromStr` reads them, and nothing else does.

/// Reads them with `FromStr`.
macro_rules! read_as_text {
    ($($name:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

/// Writes them with `Display`.
macro_rules! write_as_text {
    ($($name:ty),+ $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

/// Both.
macro_rules! as_text {
    ($($name:ty),+ $(,)?) => {
        write_as_text!($($name),+);
        read_as_text!($($name),+);
    };
}
