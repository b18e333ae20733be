//! What the address of the activities asks for (a day, a way to show them, filters), and the switch between the ways.

use domain::activity::Category;
use domain::agenda::Filter;
use domain::time::LocalDate;
use domain::words::Words;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::model::use_model;

/// A way to show activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// One day after the other.
    #[default]
    List,
    /// Seven days.
    Week,
    /// A whole month, and one day of it.
    Month,
}

impl Shown {
    const ALL: [Self; 3] = [Self::List, Self::Week, Self::Month];

    /// The word in the address; the list needs none.
    const fn word(self) -> Option<&'static str> {
        match self {
            Self::List => None,
            Self::Week => Some("week"),
            Self::Month => Some("month"),
        }
    }

    const fn name(self, words: &Words) -> &'static str {
        match self {
            Self::List => words.list.list,
            Self::Week => words.list.week,
            Self::Month => words.list.month,
        }
    }
}

/// What an address asks for. Everything is in it, so that back works and a list can be shared in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// The day; none is today.
    pub on: Option<LocalDate>,
    /// How.
    pub shown: Shown,
    /// Which.
    pub filter: Filter,
}

impl Asked {
    /// Reads an address; what is not understood is as if it were not there.
    pub fn read(query: &ParamsMap) -> Self {
        let named = |name: &str| query.get(name);
        let word = named("view");
        let kind = named("kind");
        Self {
            on: named("on").and_then(|text| text.parse().ok()),
            shown: Shown::ALL.into_iter().find(|shown| shown.word() == word.as_deref()).unwrap_or_default(),
            filter: Filter {
                category: kind.and_then(|kind| Category::ALL.into_iter().find(|category| category.as_str() == kind)),
                team: named("team").and_then(|id| id.parse().ok()),
                space: named("space").and_then(|id| id.parse().ok()),
                for_children: named("kids").is_some(),
                mine: named("mine").is_some(),
            },
        }
    }

    /// The address.
    pub fn href(&self) -> String {
        let filter = &self.filter;
        let mut parts = Vec::new();
        parts.extend(self.shown.word().map(|word| ["view=", word].concat()));
        parts.extend(self.on.map(|date| ["on=", &date.to_string()].concat()));
        parts.extend(filter.category.map(|category| ["kind=", category.as_str()].concat()));
        parts.extend(filter.team.map(|id| ["team=", &id.to_string()].concat()));
        parts.extend(filter.space.map(|id| ["space=", &id.to_string()].concat()));
        parts.extend(filter.for_children.then(|| "kids=1".to_owned()));
        parts.extend(filter.mine.then(|| "mine=1".to_owned()));
        if parts.is_empty() { "/".to_owned() } else { ["/?", &parts.join("&")].concat() }
    }
}

/// List, week or month, of the same day and filters.
#[component]
pub fn ViewSwitch(asked: Memo<Asked>) -> impl IntoView {
    let model = use_model();
    let ways = Shown::ALL.map(|shown| {
        view! {
            <a
                class="segment-item"
                href=move || Asked { shown, ..asked.get() }.href()
                aria-current=move || (asked.read().shown == shown).then_some("page")
            >
                {move || shown.name(model.words())}
            </a>
        }
    });
    view! {
        <nav class="segment view-switch" aria-label=move || model.words().list.views_label>
            {ways.collect_view()}
        </nav>
    }
}
