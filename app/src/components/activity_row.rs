//! One date of an activity in a list: what, when, where, and the one fact that matters.

use domain::activity::Category;
use domain::agenda::{Entry, RowFact};
use domain::id::OccurrenceId;
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::components::fact_chip::FactChip;
use crate::model::use_model;
use crate::route::Route;
use crate::ui::icon::Icon;

/// What a row draws: plain values, so that a list is compared and not rebuilt.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityRowData {
    id: OccurrenceId,
    category: Category,
    title: String,
    when: String,
    place: String,
    team: Option<String>,
    fact: RowFact,
    is_mine: bool,
}

impl ActivityRowData {
    /// The row of an entry at `now`.
    #[must_use]
    pub fn of(entry: &Entry<'_>, words: &'static Words, now: Timestamp) -> Self {
        Self {
            id: entry.id,
            category: entry.activity.category,
            title: entry.activity.title.to_string(),
            when: format::time_range(words.language, entry.occurrence.range),
            place: entry.venue().place.to_string(),
            team: entry.team.map(str::to_owned),
            fact: entry.fact(now),
            is_mine: entry.sign_up.is_some(),
        }
    }

    /// The fact its chip shows.
    #[must_use]
    pub const fn fact(&self) -> RowFact {
        self.fact
    }
}

/// The icon of a category.
#[must_use]
pub const fn category_icon(category: Category) -> &'static str {
    match category {
        Category::Opera => "i-opera",
        Category::Dance => "i-dance",
        Category::Reading => "i-book",
        Category::Course => "i-course",
        Category::Poetry => "i-poem",
        Category::Festival => "i-festival",
        Category::Family => "i-family",
        Category::MoralReview | Category::Council | Category::PolicyTalk => "i-council",
        Category::Other => "i-calendar",
    }
}

/// The tag of a category: icon and word.
#[component]
pub fn CategoryTag(category: Category) -> impl IntoView {
    let model = use_model();
    view! {
        <span class="category" data-category=category.as_str()>
            <Icon name=category_icon(category)/>
            {move || model.words().category(category)}
        </span>
    }
}

/// A row of the list; the whole of it is the link.
#[component]
pub fn ActivityRow(row: ActivityRowData) -> impl IntoView {
    let state = match row.fact {
        RowFact::Cancelled => Some("cancelled"),
        RowFact::Over => Some("past"),
        _ => None,
    };
    view! {
        <li class="activity-row" data-category=row.category.as_str() data-state=state data-mine=row.is_mine.then_some("")>
            <a class="activity-row-link" href=Route::Occurrence(row.id).href()>
                <h3 class="activity-row-title">{row.title}</h3>
                <p class="activity-row-when"><span class="nb">{row.when}</span></p>
                <p class="activity-row-where">{row.place}</p>
                <p class="activity-row-foot">
                    <CategoryTag category=row.category/>
                    <FactChip fact=row.fact/>
                    {row.team.map(|team| view! { <span class="activity-row-team">{team}</span> })}
                </p>
            </a>
        </li>
    }
}
