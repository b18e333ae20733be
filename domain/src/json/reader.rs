//! A place in a text, and what is written there: words, strings, numbers, what lies in brackets.

use std::borrow::Cow;
use std::fmt;

use serde::de;

/// The most arrays and objects inside each other, as with serde_json.
pub const DEPTH_MAX: u8 = 127;

/// The text is not JSON, or not of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the JSON that was asked for")]
pub struct Unreadable;

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A place in a text, as a [`Deserializer`](serde::Deserializer) of what comes next.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// How many more levels may be opened.
    pub(super) room: u8,
}

impl<'de> Reader<'de> {
    /// The beginning of a text.
    #[must_use]
    pub const fn new(text: &'de str) -> Self {
        Self { text, at: 0, room: DEPTH_MAX }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn since(&self, from: usize) -> Result<&'de str, Unreadable> {
        self.text.get(from..self.at).ok_or(Unreadable)
    }

    fn comes(&self, wanted: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(wanted))
    }

    /// The next byte that is no white space.
    pub(super) fn look(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let is_there = self.look() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    pub(super) fn expect(&mut self, wanted: u8) -> Result<(), Unreadable> {
        if self.take(wanted) { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        self.look();
        if !self.comes(word) {
            return Err(Unreadable);
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        self.expect(b'"')?;
        let mut unescaped = String::new();
        let mut from = self.at;
        loop {
            match self.byte().ok_or(Unreadable)? {
                b'"' => {
                    let rest = self.since(from)?;
                    self.at += 1;
                    return Ok(if unescaped.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned(unescaped + rest) });
                }
                b'\\' => {
                    unescaped.push_str(self.since(from)?);
                    self.at += 1;
                    unescaped.push(self.escaped()?);
                    from = self.at;
                }
                0..0x20 => return Err(Unreadable),
                _ => self.at += 1,
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Unreadable> {
        let byte = self.byte().ok_or(Unreadable)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.hexadecimal()?;
                if let 0xd800..0xdc00 = code
                    && self.comes("\\u")
                {
                    self.at += 2;
                    let low = self.hexadecimal()?.wrapping_sub(0xdc00);
                    // Past the last character, so that it is none, unless it is the second half.
                    code = if low < 0x400 { 0x1_0000 + ((code - 0xd800) << 10) + low } else { u32::MAX };
                }
                char::from_u32(code).ok_or(Unreadable)?
            }
            _ => return Err(Unreadable),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, Unreadable> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16)).ok_or(Unreadable)?;
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<&'de str, Unreadable> {
        self.look();
        let from = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.since(from)
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let from = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn unsigned(&mut self) -> Result<u64, Unreadable> {
        self.number()?.parse().map_err(|_| Unreadable)
    }

    pub(super) fn signed(&mut self) -> Result<i64, Unreadable> {
        match self.number()? {
            // No whole number has this form; serde_json makes a fraction of it.
            "-0" => Err(Unreadable),
            number => number.parse().map_err(|_| Unreadable),
        }
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Unreadable> {
        let value = self.look() == Some(b't');
        self.word(if value { "true" } else { "false" }).map(|()| value)
    }

    /// Passes over a value, which has to be one.
    pub(super) fn skip(&mut self) -> Result<(), Unreadable> {
        match self.look().ok_or(Unreadable)? {
            b'"' => self.string().map(drop),
            b'n' => self.word("null"),
            b't' | b'f' => self.boolean().map(drop),
            open @ (b'[' | b'{') => {
                let mut items = self.open(open)?;
                while items.go_on()? {
                    if open == b'{' {
                        items.reader.string()?;
                        items.reader.expect(b':')?;
                    }
                    items.reader.skip()?;
                }
                Ok(())
            }
            _ => self.number().map(drop),
        }
    }

    /// The value of a field of the object that comes next, which has it once.
    pub(super) fn field(&self, name: &str) -> Result<Self, Unreadable> {
        let mut ahead = *self;
        let mut found = Err(Unreadable);
        let mut items = ahead.open(b'{')?;
        while items.go_on()? {
            let is_it = items.reader.string()? == name;
            items.reader.expect(b':')?;
            if is_it {
                found = if found.is_ok() { return Err(Unreadable) } else { Ok(*items.reader) };
            }
            items.reader.skip()?;
        }
        found
    }

    pub(super) fn skipped(&mut self) -> Result<&'de str, Unreadable> {
        self.look();
        let from = self.at;
        self.skip()?;
        self.since(from)
    }

    /// Goes into an array or an object.
    pub(super) fn open(&mut self, open: u8) -> Result<Items<'_, 'de>, Unreadable> {
        self.expect(open)?;
        self.room = self.room.checked_sub(1).ok_or(Unreadable)?;
        // In ASCII each closes two after it opens.
        Ok(Items { level: self.room, reader: self, close: open + 2, is_first: true, tag: "" })
    }

    /// Sees to it that what was opened with so much room is closed.
    pub(super) fn closed(&mut self, room: u8, close: u8) -> Result<(), Unreadable> {
        if self.room < room {
            self.expect(close)?;
            self.room = room;
        }
        Ok(())
    }
}

/// What is in an array or an object.
pub(super) struct Items<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    level: u8,
    close: u8,
    is_first: bool,
    /// A field that is not shown, because it was read before.
    tag: &'static str,
}

impl Items<'_, '_> {
    /// The same as if there were no field of this name.
    pub(super) fn without(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    /// Whether another one comes; the last time, goes out.
    pub(super) fn go_on(&mut self) -> Result<bool, Unreadable> {
        if self.reader.room != self.level {
            return Ok(false);
        }
        if self.reader.take(self.close) {
            self.reader.room += 1;
            return Ok(false);
        }
        if !self.is_first {
            self.reader.expect(b',')?;
        }
        self.is_first = false;
        Ok(true)
    }

    /// The same for the next key.
    pub(super) fn go_on_to_key(&mut self) -> Result<bool, Unreadable> {
        while self.go_on()? {
            let key = *self.reader;
            if self.reader.string()? != self.tag || self.tag.is_empty() {
                *self.reader = key;
                return Ok(true);
            }
            self.reader.expect(b':')?;
            self.reader.skip()?;
        }
        Ok(false)
    }
}
