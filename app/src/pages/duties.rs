//! The monthly three: of one community, for its staff, and of all, for the district's. Read from the server each time,
//! because a phone keeps no year of dates; only exemptions are commands and wait like any other.

mod board;

pub use board::BoardPage;

use domain::command::{Command, ExemptDuty};
use domain::duty::{DutyBoard, DutyCell};
use domain::id::{CommandId, CommunityId, StreamId};
use domain::numbers::YEARS;
use domain::people::{Action, Facts, may};
use domain::text::Note;
use domain::time::YearMonth;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api;
use crate::components::duty_cards::DutyCard;
use crate::components::fetched::{Fetched, NotHere, fetch};
use crate::components::forbidden::{Forbidden, Opening};
use crate::components::reason_sheet::{ReasonSheet, ReasonWords};
use crate::components::refusals_here::RefusalsHere;
use crate::components::unsaved::Unsaved;
use crate::model::{Session, Submission, use_model};
use crate::pages::communities::name_of;
use crate::route::Route;
use crate::ui::icon::Icon;

/// Whether this person may read the desk of a community, or the district's; not known while the profile is not here.
fn may_read(community: Option<&CommunityId>) -> Option<bool> {
    let model = use_model();
    match model.session() {
        Session::Guest => return Some(false),
        Session::Unknown => return None,
        Session::SignedIn(_) => {}
    }
    let view = model.view();
    view.profile.as_ref()?;
    let action = if community.is_some() { Action::ReadCommunityDesk } else { Action::ReadDistrictDesk };
    Some(may(&view.actor(), action, &Facts { community: community.cloned(), ..Facts::default() }))
}

/// `/desk/duties/:community`
#[component]
pub fn DutiesPage() -> impl IntoView {
    let params = use_params_map();
    let community =
        Memo::new(move |_| params.with(|params| params.get("community").and_then(|id| id.parse::<CommunityId>().ok())));
    let access = Memo::new(move |_| community.read().as_ref().map_or(Some(false), |id| may_read(Some(id))));
    move || match (access.get(), community.get()) {
        (Some(true), Some(id)) => view! { <OpenDuties community=id/> }.into_any(),
        (None, _) => view! { <Opening/> }.into_any(),
        (_, Some(id)) => view! { <Forbidden next=Route::Duties(id).href()/> }.into_any(),
        (_, None) => view! { <Forbidden next=Route::Desk.href()/> }.into_any(),
    }
}

/// The month on screen, with the ones beside it.
#[component]
fn MonthStepper(month: RwSignal<YearMonth>) -> impl IntoView {
    let model = use_model();
    let go = move |by: i32| month.update(|month| *month = month.plus_months(by));
    let has = move |by: i32| u16::try_from(month.get().plus_months(by).year()).is_ok_and(|year| YEARS.contains(&year));
    view! {
        <div class="day-stepper" role="group" aria-label=move || model.words().duties.month>
            <button type="button" class="day-stepper-button" disabled=move || !has(-1) on:click=move |_| go(-1)>
                <Icon name="i-back"/>
                {move || model.words().duties.previous}
            </button>
            <h2 class="day-stepper-now" aria-live="polite">
                <strong>{move || format::month(model.language(), month.get())}</strong>
            </h2>
            <button type="button" class="day-stepper-button" disabled=move || !has(1) on:click=move |_| go(1)>
                {move || model.words().duties.next}
                <Icon name="i-next"/>
            </button>
        </div>
    }
}

/// The link to the same as a file.
#[component]
fn Download(year: Signal<i32>, community: Option<CommunityId>) -> impl IntoView {
    let model = use_model();
    let href = move || api::duties_file(year.get(), community.as_ref(), model.language());
    view! {
        <div class="button-row">
            <a class="button" rel="external" download="" href=href>
                <Icon name="i-copy"/>
                {move || model.words().duties.download}
            </a>
        </div>
    }
}

#[component]
fn OpenDuties(community: CommunityId) -> impl IntoView {
    let model = use_model();
    let community = StoredValue::new(community);
    let name = move || {
        let id = community.get_value();
        let all = model.communities();
        let found = all.iter().find(|community| community.id == id);
        found.map_or_else(|| id.to_string(), |community| name_of(community, model.language()))
    };
    model.set_title(move || model.words().duties.title.to_owned());
    let month = RwSignal::new(YearMonth::of(model.today_untracked()));
    let year = Memo::new(move |_| month.get().year());
    let board = RwSignal::new(Fetched::<DutyBoard>::Coming);
    let turn = StoredValue::new(0);
    let ask = move || {
        let (year, community) = (year.get_untracked(), community.get_value());
        // What is there stays only while it is of this year.
        if !matches!(&*board.read_untracked(), Fetched::Here(board) if i32::from(board.year) == year) {
            board.set(Fetched::Coming);
        }
        fetch(board, turn, async move { api::duties(year, Some(&community)).await });
    };
    let last = RwSignal::new(None::<Submission>);
    let answered = Memo::new(move |_| last.get().and_then(|last: Submission| model.outcome(last.id)).map(|one| one.id));
    // Anew for another year, and when a change has been answered.
    Effect::new(move |_| {
        year.track();
        answered.track();
        ask();
    });
    let cells = Memo::new(move |_| match &*board.read() {
        Fetched::Here(board) => {
            let month = month.get();
            let all = board.communities.iter().flat_map(|one| one.cells.iter());
            Some(all.filter(|cell| cell.month == month).cloned().collect::<Vec<_>>())
        }
        _ => None,
    });
    let asking = RwSignal::new(None::<DutyCell>);
    let sheet_open = RwSignal::new(false);
    let submit = move |cell: &DutyCell, reason: Option<Note>| {
        let command = Command::ExemptDuty(ExemptDuty { duty: cell.duty, month: cell.month, reason });
        last.set(Some(model.submit(StreamId::Community(community.get_value()), command, None)));
        model.announce(model.words_untracked().duties.exempted);
    };
    let exempt = Callback::new(move |reason: Option<Note>| {
        if let (Some(cell), Some(reason)) = (asking.get_untracked(), reason) {
            submit(&cell, Some(reason));
        }
    });
    let on_exempt = Callback::new(move |cell| {
        asking.set(Some(cell));
        sheet_open.set(true);
    });
    let on_hold = Callback::new(move |cell: DutyCell| submit(&cell, None));
    let is_waiting = move || {
        let is_it = |id: CommandId| model.unsent().iter().any(|item| item.id == id);
        last.get().is_some_and(|last| is_it(last.id))
    };
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{move || model.words().duties.of(name())}</h1>
            <p class="page-sub">{move || model.words().duties.intro}</p>
            <MonthStepper month/>
            <RefusalsHere is_here=Callback::new(|command| matches!(command, Command::ExemptDuty(_)))/>
            <Unsaved last/>
            {move || is_waiting().then(|| view! { <p class="quiet" role="status">{model.words().duties.waiting}</p> })}
            {move || match cells.get() {
                Some(cells) => cells
                    .into_iter()
                    .map(|cell| view! { <DutyCard community=community.get_value() cell on_exempt on_hold/> })
                    .collect_view()
                    .into_any(),
                None => view! {
                    <NotHere error=Signal::derive(move || board.read().error()) on_retry=Callback::new(move |()| ask())/>
                }.into_any(),
            }}
            <Download year=year.into() community=Some(community.get_value())/>
            <ExemptSheet open=sheet_open asking on_confirm=exempt/>
        </div>
    }
}

/// Why the community need not hold it; the district reads it.
#[component]
fn ExemptSheet(
    open: RwSignal<bool>,
    asking: RwSignal<Option<DutyCell>>,
    on_confirm: Callback<Option<Note>>,
) -> impl IntoView {
    let model = use_model();
    let words = ReasonWords {
        title: Signal::derive(move || model.words().duties.exempt_title.to_owned()),
        about: Signal::derive(move || {
            let words = model.words();
            let about =
                |cell: &DutyCell| vec![words.duty(cell.duty).to_owned(), format::month(words.language, cell.month)];
            asking.read().as_ref().map(about).unwrap_or_default()
        }),
        consequence: Signal::derive(move || model.words().duties.exempt_note.to_owned()),
        ask: Signal::derive(move || model.words().desk.reason_needed.to_owned()),
        reasons: Signal::derive(move || {
            let duties = &model.words().duties;
            vec![duties.reason_election, duties.reason_flood, duties.reason_joined]
        }),
        confirm: Signal::derive(move || model.words().duties.exempt_send.to_owned()),
        keep: Signal::derive(move || model.words().duties.exempt_keep.to_owned()),
    };
    view! { <ReasonSheet open words is_needed=true on_confirm/> }
}
