//! The words of the product: the one catalogue that phone and server share, in Chinese and English.
//!
//! Each entry stands once, Chinese beside English, so that a missing one does not compile. An entry with parameters is
//! a method, one without is a field: `words.list.all`, `words.list.left(3)`. Notices, feeds and page heads take their
//! sentences from here too, so nothing in this module knows a browser. Deliberately absent: what people wrote
//! themselves, which is never translated.

mod activities;
mod calendar;
mod check_in;
mod common;
mod draws;
mod editing;
pub mod format;
mod mine;
mod names;
mod queue;
pub(crate) mod readings;
mod refusals;
mod reports;
mod series;
mod spaces;
mod staff;
mod template;

pub use activities::{Festivals, List, Month, OccurrencePage, Poster, Search, SignUpSheet};
pub use calendar::Calendar;
pub use check_in::{AtTheDoor, CheckIn, Neighbour};
pub use common::{Common, Errors, Feed, Footer, Offline, States};
pub use draws::Draws;
pub use editing::Editing;
pub use mine::{Family, Help, Install, Login, Me, Messages, Outbox, Privacy, Settings};
pub use names::Names;
pub use queue::{CapacitySheet, Queue};
pub use refusals::Refusals;
pub use reports::{Closing, Duties, Numbers};
pub use series::{Moving, SeriesWords};
pub use spaces::{BookingSheet, Door, SpacePage, SpacesList};
pub use staff::{Desk, Publish, Roster, TeamPage};
pub use template::Template;

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese: the default, and always complete.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag, as in `<html lang>` and in stores.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::ZhCn => "中文",
            Self::En => "English",
        }
    }

    /// The language a browser's tag or an `Accept-Language` list asks for first among those we have.
    #[must_use]
    pub fn from_tags(tags: &str) -> Self {
        for tag in tags.split(',') {
            let tag = tag.trim().as_bytes();
            match tag.get(..2).map(|two| (two[0].to_ascii_lowercase(), two[1].to_ascii_lowercase())) {
                Some((b'z', b'h')) => return Self::ZhCn,
                Some((b'e', b'n')) => return Self::En,
                _ => {}
            }
        }
        Self::default()
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $field:ident: $section:ident),+ $(,)?) => {
        /// All words of one language, by screen.
        #[derive(Debug)]
        pub struct Words {
            /// The language.
            pub language: Language,
            $($(#[$doc])* pub $field: $section,)+
        }

        static ZH: Words = Words { language: Language::ZhCn, $($field: $section::ZH),+ };
        static EN: Words = Words { language: Language::En, $($field: $section::EN),+ };

        /// Every entry, for the checks of the catalogue.
        #[cfg(test)]
        fn entries() -> Vec<template::Entry> {
            let mut all = Vec::new();
            $(all.extend($section::entries(stringify!($field)));)+
            all
        }
    };
}

words! {
    /// Buttons, tabs and words of every screen.
    common: Common,
    /// Names of kinds, roles and purposes.
    names: Names,
    /// Offers and their answers.
    queue: Queue,
    /// The draw of a date.
    draws: Draws,
    /// Changing how many may come.
    capacity: CapacitySheet,
    /// Days, months, festivals.
    calendar: Calendar,
    /// The state words of chips.
    states: States,
    /// Being offline, unsent, undecided.
    offline: Offline,
    /// Pages and bands that say what went wrong.
    errors: Errors,
    /// Why something was refused.
    refusals: Refusals,
    /// The foot of public pages.
    footer: Footer,
    /// Calendar feeds and the heads of public pages.
    feed: Feed,
    /// The list of activities.
    list: List,
    /// The month picker.
    month: Month,
    /// One date of an activity.
    occurrence: OccurrencePage,
    /// Looking for something.
    search: Search,
    /// The seven festivals.
    festivals: Festivals,
    /// A date to print and pin up.
    poster: Poster,
    /// The sheet that signs up a party.
    sign_up: SignUpSheet,
    /// The list of spaces.
    spaces: SpacesList,
    /// One space.
    space: SpacePage,
    /// The sheet that books a space.
    booking: BookingSheet,
    /// One's own page.
    me: Me,
    /// The household.
    family: Family,
    /// What waits to be sent.
    outbox: Outbox,
    /// Messages.
    messages: Messages,
    /// Settings.
    settings: Settings,
    /// Help.
    help: Help,
    /// Signing in.
    login: Login,
    /// Consent and privacy.
    privacy: Privacy,
    /// Installing and updating.
    install: Install,
    /// The hosts' desk.
    desk: Desk,
    /// A team.
    team: TeamPage,
    /// Publishing an activity.
    publish: Publish,
    /// Rules, and choosing one.
    series: SeriesWords,
    /// Moving one date.
    moving: Moving,
    /// Editing a series.
    editing: Editing,
    /// Who comes, and checking them in.
    roster: Roster,
    /// Checking in by code.
    check_in: CheckIn,
    /// Signing up somebody who has no phone.
    neighbour: Neighbour,
    /// Who comes without having signed up.
    at_the_door: AtTheDoor,
    /// How a date went.
    closing: Closing,
    /// The monthly three.
    duties: Duties,
    /// Numbers for the district.
    numbers: Numbers,
}

/// The words of a language.
#[must_use]
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::ZhCn => &ZH,
        Language::En => &EN,
    }
}

#[cfg(test)]
mod tests;
