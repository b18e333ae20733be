//! Moving one date: another day, time, length or place, what follows for those who have signed up, and the one button.

use domain::activity::Venue;
use domain::agenda::Entry;
use domain::id::{OccurrenceId, SpaceId};
use domain::moving::Wish;
use domain::order::sort_by_key;
use domain::refusal::Alternative;
use domain::sync::View;
use domain::sync::overlay::predict_move;
use domain::time::{LocalDate, MinuteOfDay, TimeRange};
use domain::words::format;
use leptos::prelude::*;

use super::publish_draft::LENGTHS;
use crate::model::use_model;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// What is typed so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    sequence: u32,
    on: String,
    at: String,
    minutes: u16,
    space: Option<SpaceId>,
    place: String,
}

impl Draft {
    /// The date as it is.
    pub fn of(entry: &Entry<'_>) -> Self {
        let (range, venue) = (entry.occurrence.range, entry.venue());
        Self {
            sequence: entry.occurrence.sequence,
            on: range.start().date().to_string(),
            at: range.start().minute_of_day().to_string(),
            minutes: u16::try_from(range.minutes()).unwrap_or(90),
            space: venue.space,
            place: if venue.space.is_some() { String::new() } else { venue.place.to_string() },
        }
    }

    /// A place alone.
    pub fn of_venue(venue: &Venue) -> Self {
        let place = if venue.space.is_some() { String::new() } else { venue.place.to_string() };
        Self { space: venue.space, place, ..Self::default() }
    }

    fn range(&self) -> Option<TimeRange> {
        let (on, at): (LocalDate, MinuteOfDay) = (self.on.parse().ok()?, self.at.parse().ok()?);
        let start = on.at(at);
        TimeRange::new(start, start.plus_minutes(self.minutes.into()))
    }

    /// Where, if that is another place than before.
    pub fn venue(&self, before: &Venue, view: &View) -> Option<Option<Venue>> {
        if self.space.is_some() && self.space == before.space {
            return Some(None);
        }
        let place = match self.space {
            Some(space) => view.spaces.get(&space)?.row.name.as_str().parse().ok()?,
            None => self.place.parse().ok()?,
        };
        let venue = Venue { space: self.space, place };
        Some(Some(venue).filter(|venue| venue != before))
    }
}

/// What the sheet asks for.
#[derive(Debug, Clone)]
pub struct MoveWish {
    /// The sequence of what was looked at.
    pub sequence: u32,
    /// When it is to be.
    pub range: TimeRange,
    /// Where, if elsewhere.
    pub venue: Option<Venue>,
}

/// The sheet; `offer` is a free time that was taken up and fills it.
#[component]
pub fn MoveSheet(
    id: OccurrenceId,
    open: RwSignal<bool>,
    offer: RwSignal<Option<Alternative>>,
    parties: Signal<usize>,
    on_confirm: Callback<MoveWish>,
) -> impl IntoView {
    let model = use_model();
    let draft = RwSignal::new(Draft::default());
    let problem = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if open.get() {
            let view = model.view_untracked();
            let mut next = Entry::of(&view, id).map(|entry| Draft::of(&entry)).unwrap_or_default();
            if let Some(Alternative::Slot { space, range }) = offer.get_untracked() {
                (next.on, next.at) = (range.start().date().to_string(), range.start().minute_of_day().to_string());
                (next.space, next.minutes) = (Some(space), u16::try_from(range.minutes()).unwrap_or(next.minutes));
            }
            draft.set(next);
            offer.set(None);
            problem.set(None);
        }
    });
    let wish = move || -> Result<MoveWish, String> {
        let (view, words) = (model.view_untracked(), model.words_untracked());
        let draft = draft.get_untracked();
        let entry = Entry::of(&view, id).ok_or_else(|| words.refusals.gone.to_owned())?;
        let range = draft.range().ok_or_else(|| words.publish.time_first.to_owned())?;
        let venue = draft.venue(entry.venue(), &view).ok_or_else(|| words.publish.place_first.to_owned())?;
        let asked = Wish { sequence: draft.sequence, range, venue: venue.as_ref() };
        let moved =
            predict_move(&view, id, &asked, model.now_untracked()).map_err(|refusal| words.refusal(&refusal))?;
        if moved.time || moved.place {
            Ok(MoveWish { sequence: draft.sequence, range, venue })
        } else {
            Err(words.moving.nothing.to_owned())
        }
    };
    let confirm = move |_| match wish() {
        Ok(wish) => {
            open.set(false);
            on_confirm.run(wish);
        }
        Err(text) => problem.set(Some(text)),
    };
    let foot = move || {
        let words = model.words();
        view! {
            <button type="button" class="button" data-kind="primary" on:click=confirm>{words.moving.confirm}</button>
            <button type="button" class="button" on:click=move |_| open.set(false)>{words.moving.keep}</button>
        }
    };
    let consequence = move || match parties.get() {
        0 => model.words().moving.nobody.to_owned(),
        parties => model.words().moving.told(parties),
    };
    view! {
        <Sheet open title=Signal::derive(move || model.words().moving.title.to_owned()) says_keep=true foot>
            <p>{consequence}</p>
            <div class="field-pair">
                <div class="field">
                    <label class="field-label" for="move-date">{move || model.words().publish.date}</label>
                    <input
                        class="input"
                        id="move-date"
                        type="date"
                        min=move || model.today().to_string()
                        prop:value=move || draft.read().on.clone()
                        on:input=move |event| draft.update(|draft| draft.on = event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="move-time">{move || model.words().publish.time}</label>
                    <input
                        class="input"
                        id="move-time"
                        type="time"
                        step="300"
                        prop:value=move || draft.read().at.clone()
                        on:input=move |event| draft.update(|draft| draft.at = event_target_value(&event))
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="move-length">{move || model.words().publish.length}</label>
                    <select
                        class="input"
                        id="move-length"
                        on:change=move |event| {
                            let minutes = event_target_value(&event).parse();
                            draft.update(|draft| draft.minutes = minutes.unwrap_or(draft.minutes));
                        }
                    >
                        {move || {
                            let chosen = draft.read().minutes;
                            let others = (!LENGTHS.contains(&chosen)).then_some(chosen);
                            LENGTHS
                                .into_iter()
                                .chain(others)
                                .map(|minutes| {
                                    let text = format::duration(model.language(), minutes.into());
                                    view! {
                                        <option value=minutes.to_string() selected=minutes == chosen>
                                            {text}
                                        </option>
                                    }
                                })
                                .collect_view()
                        }}
                    </select>
                </div>
            </div>
            <MovePlace draft/>
            <p class="field-error" role="alert" hidden=move || problem.read().is_none()>
                <Icon name="i-exclamation"/>
                {move || problem.get()}
            </p>
        </Sheet>
    }
}

/// Where it is to be.
#[component]
pub fn MovePlace(draft: RwSignal<Draft>) -> impl IntoView {
    let model = use_model();
    let spaces = Memo::new(move |_| {
        let (view, community) = (model.view(), model.community());
        let here = view.spaces.iter().filter(|(_, space)| space.community == community);
        let mut spaces: Vec<(SpaceId, String)> = here.map(|(id, space)| (*id, space.row.name.to_string())).collect();
        sort_by_key(&mut spaces, |(id, name)| (name.clone(), *id));
        spaces
    });
    view! {
        <div class="field">
            <label class="field-label" for="move-space">{move || model.words().publish.which_space}</label>
            <select
                class="input"
                id="move-space"
                on:change=move |event| {
                    let space = event_target_value(&event).parse::<SpaceId>().ok();
                    draft.update(|draft| draft.space = space);
                }
            >
                {move || {
                    let chosen = draft.read().space;
                    view! {
                        <option value="" selected=chosen.is_none()>
                            {model.words().publish.other_place}
                        </option>
                        {spaces
                            .get()
                            .into_iter()
                            .map(|(id, name)| {
                                view! { <option value=id.to_string() selected=chosen == Some(id)>{name}</option> }
                            })
                            .collect_view()}
                    }
                }}
            </select>
        </div>
        <div class="field" hidden=move || draft.read().space.is_some()>
            <label class="field-label" for="move-place">{move || model.words().publish.place}</label>
            <input
                class="input"
                id="move-place"
                type="text"
                autocomplete="off"
                prop:value=move || draft.read().place.clone()
                on:input=move |event| draft.update(|draft| draft.place = event_target_value(&event))
            />
        </div>
    }
}
