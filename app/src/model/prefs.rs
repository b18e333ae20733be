//! What a person has set on this phone: language, colours, layout, size of text, community.

use domain::id::CommunityId;
use domain::words::Language;
use leptos::leptos_dom::helpers::document;
use serde::{Deserialize, Serialize};

use crate::platform;
use crate::storage::guest;

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// The layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 标准版.
    #[default]
    Standard,
    /// 长辈版: larger targets, fewer things on a screen, no function less.
    Elder,
}

/// The sizes of text there are, in pixels of the root.
pub const STEPS: [u8; 5] = [17, 20, 22, 26, 30];

/// What a person has set on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefs {
    /// The language.
    #[serde(default)]
    pub language: Language,
    /// The colours.
    #[serde(default)]
    pub theme: Theme,
    /// The layout.
    #[serde(default)]
    pub mode: Mode,
    /// The size of text, one of [`STEPS`].
    #[serde(default = "first_step")]
    pub step: u8,
    /// The community chosen; none until somebody chooses.
    #[serde(default)]
    pub community: Option<CommunityId>,
}

const fn first_step() -> u8 {
    STEPS[0]
}

impl Prefs {
    /// Chooses a layout, and with it the size of text it starts at.
    pub const fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        self.step = match mode {
            Mode::Standard => STEPS[0],
            Mode::Elder => STEPS[2],
        };
    }

    /// Whether the layout is 长辈版.
    #[must_use]
    pub const fn is_elder(&self) -> bool {
        matches!(self.mode, Mode::Elder)
    }

    /// What was set before, or what the browser suggests.
    #[must_use]
    pub fn load() -> Self {
        let saved: Option<Self> = guest::read(guest::PREFS).and_then(|json| serde_json::from_str(&json).ok());
        let mut prefs = saved.unwrap_or_else(|| Self {
            language: Language::from_tags(&platform::languages()),
            theme: Theme::System,
            mode: Mode::Standard,
            step: first_step(),
            community: None,
        });
        if !STEPS.contains(&prefs.step) {
            prefs.step = first_step();
        }
        prefs
    }

    /// Remembers them and dresses the page accordingly.
    pub fn save(&self) {
        if let Ok(json) = serde_json::to_string(self) {
            guest::write(guest::PREFS, &json);
        }
        self.apply();
    }

    /// Dresses the page: the attributes of `<html>` that `style/README.md` lists.
    pub fn apply(&self) {
        let Some(root) = document().document_element() else { return };
        let _ = root.set_attribute("lang", self.language.tag());
        let theme = match self.theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        let _ = match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
        let mode = if self.is_elder() { "elder" } else { "standard" };
        let _ = root.set_attribute("data-mode", mode);
        let _ = root.set_attribute("data-step", &self.step.to_string());
    }
}
