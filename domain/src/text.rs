//! Text that people type: bounded, clean, and parsed once.
//!
//! A value of these types can be stored, sent and shown without looking at it again. Deserialising calls the same
//! constructor. Deliberately absent: names of fields and sentences about what is wrong (the catalogue has those).

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Why a text is refused. The field that holds it is known by the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TextProblem {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// More characters than the field takes.
    #[error("longer than {max} characters")]
    TooLong {
        /// The most characters it takes.
        max: u16,
    },
    /// Control characters, direction overrides, invisible characters or piled-up accents.
    #[error("unprintable characters")]
    Unprintable,
    /// Not the shape the field needs (a phone number, a code).
    #[error("not in the expected form")]
    Form,
}

/// Marks allowed to follow one character. Vietnamese needs two; a tower of them is an attack on the screen.
const MARKS_IN_A_ROW_MAX: u8 = 3;

fn clean(text: &str, max: u16, lines: bool) -> Result<String, TextProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextProblem::Empty);
    }
    // Bytes first: a megabyte must not be walked character by character before it is refused.
    if text.len() > usize::from(max) * 4 {
        return Err(TextProblem::TooLong { max });
    }
    let mut count: u16 = 0;
    // A mark needs something to stand on: at the beginning it would stand on whatever the screen has there.
    let mut marks = MARKS_IN_A_ROW_MAX;
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        count += 1;
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let is_hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{fdd0}'..='\u{fdef}')
            || u32::from(c) & 0xfffe == 0xfffe;
        // U+200D joins emoji families: between two of them it is part of a picture, elsewhere it is nothing to see.
        let is_joiner = c == '\u{200d}' && is_picture(before) && rest.peek().copied().is_some_and(is_picture);
        before = c;
        let is_line = lines && c == '\n';
        if (c.is_control() && !is_line) || (is_hidden && !is_joiner) || marks > MARKS_IN_A_ROW_MAX {
            return Err(TextProblem::Unprintable);
        }
    }
    if count > max {
        return Err(TextProblem::TooLong { max });
    }
    Ok(text.to_owned())
}

/// Whether a character only changes the one before it: accents, vowel signs, tones of any script. The standard library
/// knows them: it shows them apart where they come first, and as they are where they come after something.
fn is_mark(c: char) -> bool {
    // Most text is plain letters or ideographs.
    if c < '\u{300}' || matches!(c, '\u{3400}'..='\u{9fff}') {
        return false;
    }
    let mut bytes = *b"x\0\0\0\0";
    let length = c.encode_utf8(&mut bytes[1..]).len();
    let after_something = std::str::from_utf8(&bytes[..=length]).unwrap_or_default();
    c.escape_debug().nth(1).is_some() && after_something.escape_debug().nth(2).is_none()
}

/// Whether a character may stand beside a joiner: pictographs, and the mark that asks for their coloured form.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident ($max:literal, lines: $lines:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The most characters it takes.
            pub const MAX: u16 = $max;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextProblem;

            fn from_str(text: &str) -> Result<Self, TextProblem> {
                clean(text, $max, $lines).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        read_as_text!($name);
    )+};
}

texts! {
    /// The title of an activity, one line.
    Title(40, lines: false),
    /// What a person is called: 王阿姨, 小宝, Zoë.
    PersonName(20, lines: false),
    /// The name of a team or a space, one line.
    Name(30, lines: false),
    /// A place or an address, one line.
    Place(60, lines: false),
    /// A note to a host, a reason for declining, one line.
    Note(100, lines: false),
    /// A description in paragraphs.
    Description(2000, lines: true),
}

/// A mainland mobile number in its one stored form: `1[3-9]` and nine more digits.
///
/// Accepts what people and phones write: blanks and hyphens, `+86`, `0086`, full-width digits.
/// `Debug` shows only the last four digits, so that a number never lands in a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four digits, which is all that other people ever see.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.0[7..]
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone(…{})", self.tail())
    }
}

impl FromStr for Phone {
    type Err = TextProblem;

    fn from_str(text: &str) -> Result<Self, TextProblem> {
        if text.trim().is_empty() {
            return Err(TextProblem::Empty);
        }
        if text.len() > 64 {
            return Err(TextProblem::Form);
        }
        let mut digits = String::with_capacity(16);
        for c in text.trim().chars() {
            match c {
                '0'..='9' | '+' => digits.push(c),
                '\u{ff10}'..='\u{ff19}' => {
                    digits.push(char::from(b'0' + (u32::from(c) - 0xff10) as u8));
                }
                ' ' | '-' | '\u{3000}' | '\u{a0}' => {}
                _ => return Err(TextProblem::Form),
            }
        }
        let national = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
        let bytes = national.as_bytes();
        let is_mobile = bytes.len() == 11
            && bytes[0] == b'1'
            && (b'3'..=b'9').contains(&bytes[1])
            && bytes.iter().all(u8::is_ascii_digit);
        if is_mobile { Ok(Self(national.to_owned())) } else { Err(TextProblem::Form) }
    }
}

read_as_text!(Phone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_trimmed_and_bounded() {
        assert_eq!(" 淮剧教唱 ".parse::<Title>().map(|t| t.to_string()).as_deref(), Ok("淮剧教唱"));
        assert_eq!("淮".repeat(40).parse::<Title>().map(|_| ()), Ok(()));
        assert_eq!("淮".repeat(41).parse::<Title>(), Err(TextProblem::TooLong { max: 40 }));
        assert_eq!("  \n ".parse::<Title>(), Err(TextProblem::Empty));
    }

    #[test]
    fn text_that_would_disturb_a_screen_is_refused() {
        let tower = format!("a{}", "\u{301}".repeat(30));
        for bad in ["a\u{0}b", "a\u{202e}b", "a\u{200b}b", "a\tb", "a\nb", tower.as_str()] {
            assert_eq!(bad.parse::<Title>(), Err(TextProblem::Unprintable), "{bad:?}");
        }
        for script in
            ["a\u{489}", "א\u{5bf}", "क\u{94d}", "ก\u{e49}", "ກ\u{ec8}", "ཀ\u{f72}", "ក\u{17d2}", "\u{11013}\u{11046}"]
        {
            let letter: String = script.chars().take(1).collect();
            let mark: String = script.chars().skip(1).collect();
            assert!(format!("{letter}{}", mark.repeat(3)).parse::<Title>().is_ok(), "{script}");
            assert_eq!(
                format!("{letter}{}", mark.repeat(4)).parse::<Title>(),
                Err(TextProblem::Unprintable),
                "{script}"
            );
            assert_eq!(mark.parse::<Title>(), Err(TextProblem::Unprintable), "on nothing: {script}");
        }
        for unseen in [
            "\u{fffe}",
            "\u{fdd0}",
            "淮剧\u{1ffff}",
            "\u{200d}",
            "\u{3164}",
            "\u{2800}",
            "\u{ffa0}",
            "\u{180e}",
            "淮\u{61c}剧",
            "淮\u{200d}剧",
            "\u{f39}\u{f39}\u{f39}\u{f39}",
        ] {
            assert_eq!(unseen.parse::<Title>(), Err(TextProblem::Unprintable), "{unseen:?}");
        }
        assert!("两行\n文字".parse::<Description>().is_ok());
        for seen in
            ["一家👨‍👩‍👧来", "❤️‍🔥", "1️⃣", "👍🏽", "Zoë", "Zoe\u{308}", "Trần Thị Mỹ", "नमस्ते", "ภาษาไทย", "བོད་སྐྱོང", "한글", "가"]
        {
            assert!(seen.parse::<Title>().is_ok(), "{seen}");
        }
        assert_eq!("\u{301}".repeat(1_000_000).parse::<Title>(), Err(TextProblem::TooLong { max: 40 }));
    }

    #[test]
    fn a_phone_number_has_one_form() {
        for text in ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "１３８１２３４５６７８"] {
            assert_eq!(text.parse::<Phone>().map(|p| p.as_str().to_owned()).as_deref(), Ok("13812345678"), "{text}");
        }
        for text in ["1381234567", "12812345678", "138123456789", "+1 202 555 0100", "138a2345678", "٠١٢٣٤٥٦٧٨٩٠"]
        {
            assert_eq!(text.parse::<Phone>(), Err(TextProblem::Form), "{text}");
        }
        let phone: Phone = "13812345678".parse().expect("a good number");
        assert_eq!(format!("{phone:?}"), "Phone(…5678)");
    }
}
