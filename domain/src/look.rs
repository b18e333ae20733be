//! How a person wants the app to look: language, colours, layout, size of text, and the community on screen.
//!
//! It belongs to the phone and not to an account. The phone keeps it and tells the server in a cookie
//! ([`Look::cookie`]), so that the first thing drawn is in the right size, whoever draws it. Deliberately absent:
//! where it is kept.

use serde::{Deserialize, Serialize};

use crate::id::CommunityId;
use crate::words::Language;

/// The name of the cookie.
pub const COOKIE: &str = "look";
/// The sizes of text there are, in pixels of the root.
pub const STEPS: [u8; 5] = [17, 20, 22, 26, 30];

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the phone has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The standard one.
    #[default]
    Standard,
    /// For elders: larger targets, fewer things on a screen, no function less.
    Elder,
}

/// What a person has set on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Look {
    /// The language.
    #[serde(default)]
    pub language: Language,
    /// The colours.
    #[serde(default)]
    pub theme: Theme,
    /// The layout.
    #[serde(default)]
    pub mode: Mode,
    /// The size of text.
    #[serde(default)]
    pub step: Step,
    /// The community chosen; none until somebody chooses.
    #[serde(default)]
    pub community: Option<CommunityId>,
}

/// A size of text: one of [`STEPS`]. Any other number reads as the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub struct Step(u8);

impl Default for Step {
    fn default() -> Self {
        Self(STEPS[0])
    }
}

impl From<u8> for Step {
    fn from(px: u8) -> Self {
        if STEPS.contains(&px) { Self(px) } else { Self::default() }
    }
}

impl From<Step> for u8 {
    fn from(step: Step) -> Self {
        step.0
    }
}

impl Theme {
    const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of `data-theme`, the same word as in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Mode {
    const ALL: [Self; 2] = [Self::Standard, Self::Elder];

    /// The value of `data-mode`, the same word as in the cookie.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elder => "elder",
        }
    }
}

impl Look {
    /// Chooses a layout, and with it the size of text it starts at.
    pub const fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        self.step = match mode {
            Mode::Standard => Step(STEPS[0]),
            Mode::Elder => Step(STEPS[2]),
        };
    }

    /// Whether the layout is the one for elders.
    #[must_use]
    pub const fn is_elder(&self) -> bool {
        matches!(self.mode, Mode::Elder)
    }

    /// The attributes of `<html>` that `style/README.md` lists; none means that the attribute is absent.
    #[must_use]
    pub fn attributes(&self) -> [(&'static str, Option<String>); 4] {
        let theme = (self.theme != Theme::System).then(|| self.theme.as_str().to_owned());
        [
            ("lang", Some(self.language.tag().to_owned())),
            ("data-theme", theme),
            ("data-mode", Some(self.mode.as_str().to_owned())),
            ("data-step", Some(self.step.0.to_string())),
        ]
    }

    /// The cookie's value: `language.theme.mode.step.community`, the last one empty where none is chosen.
    #[must_use]
    pub fn cookie(&self) -> String {
        let community = self.community.as_ref().map_or("", CommunityId::as_str);
        let step = self.step.0.to_string();
        [self.language.tag(), self.theme.as_str(), self.mode.as_str(), &step, community].join(".")
    }

    /// Reads a cookie's value. What is not one of ours is nobody's.
    #[must_use]
    pub fn from_cookie(value: &str) -> Option<Self> {
        let mut parts = value.splitn(5, '.');
        let mut next = || parts.next();
        let language = next()?;
        let (theme, mode, step) = (next()?, next()?, next()?.parse::<u8>().ok()?);
        let community = next()?;
        Some(Self {
            language: Language::ALL.into_iter().find(|one| one.tag() == language)?,
            theme: Theme::ALL.into_iter().find(|one| one.as_str() == theme)?,
            mode: Mode::ALL.into_iter().find(|one| one.as_str() == mode)?,
            step: STEPS.contains(&step).then_some(Step(step))?,
            community: if community.is_empty() { None } else { Some(community.parse().ok()?) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks() -> impl Iterator<Item = Look> {
        let communities = [None, Some("banzha".parse().expect("a slug"))];
        communities.into_iter().flat_map(|community: Option<CommunityId>| {
            Language::ALL.into_iter().flat_map(move |language| {
                let community = community.clone();
                Theme::ALL.into_iter().zip(Mode::ALL.into_iter().cycle()).zip(STEPS).map(
                    move |((theme, mode), step)| Look {
                        language,
                        theme,
                        mode,
                        step: step.into(),
                        community: community.clone(),
                    },
                )
            })
        })
    }

    #[test]
    fn a_look_survives_its_cookie_and_its_json() {
        for look in looks() {
            assert_eq!(Look::from_cookie(&look.cookie()), Some(look.clone()));
            let json = serde_json::to_string(&look).expect("json");
            assert_eq!(serde_json::from_str::<Look>(&json).expect("a look"), look);
            assert!(look.cookie().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')));
        }
    }

    #[test]
    fn a_cookie_of_somebody_else_is_no_look() {
        for bad in
            ["", "x", "zh-CN.system.elder.22", "zh-CN.system.elder.23.", "fr.system.elder.22.", "en.dim.elder.22.a"]
        {
            assert_eq!(Look::from_cookie(bad), None, "{bad}");
        }
        assert_eq!(Look::from_cookie("en.dark.elder.22.<b>"), None);
    }

    #[test]
    fn what_an_older_build_kept_is_read_with_what_was_not_there_yet() {
        let kept: Look = serde_json::from_str(r#"{"mode":"elder","step":99,"later":1}"#).expect("a look");
        assert_eq!(kept, Look { mode: Mode::Elder, ..Look::default() });
    }
}
