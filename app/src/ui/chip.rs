//! Chips: a fact with a tone, or the state of something with its icon and its word.

use leptos::prelude::*;

use super::icon::Icon;

/// The tone of a chip, band or notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Ok,
    Warn,
    Bad,
    Info,
}

impl Tone {
    /// The value of `data-tone`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }
}

/// The state of a sign-up, booking or command, as the whole product shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChipState {
    Saved,
    Checking,
    Requested,
    Waitlisted,
    Confirmed,
    Arrived,
    Refused,
    Cancelled,
    Missed,
    Past,
}

impl ChipState {
    /// The value of `data-state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Checking => "checking",
            Self::Requested => "requested",
            Self::Waitlisted => "waitlisted",
            Self::Confirmed => "confirmed",
            Self::Arrived => "arrived",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Missed => "missed",
            Self::Past => "past",
        }
    }

    /// Its icon; what is past needs none.
    #[must_use]
    pub const fn icon(self) -> Option<&'static str> {
        Some(match self {
            Self::Saved => "i-phone-arrow",
            Self::Checking => "i-dots",
            Self::Requested => "i-hourglass",
            Self::Waitlisted => "i-queue",
            Self::Confirmed => "i-check",
            Self::Arrived => "i-double-check",
            Self::Refused => "i-exclamation",
            Self::Cancelled => "i-slash",
            Self::Missed => "i-circle",
            Self::Past => return None,
        })
    }
}

/// A fact.
#[component]
pub fn Chip(
    #[prop(into)] text: String,
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<&'static str>,
) -> impl IntoView {
    view! {
        <span class="chip" data-tone=tone.as_str()>
            {icon.map(|name| view! { <Icon name/> })}
            {text}
        </span>
    }
}

/// A state, with its icon and its word.
#[component]
pub fn StateChip(state: ChipState, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class="state-chip" data-state=state.as_str()>
            {state.icon().map(|name| view! { <Icon name/> })}
            {text}
        </span>
    }
}
