//! One space: what and where it is, its free times by day, one's own bookings in place, and the sheet that books.
//!
//! The address holds the day (`on`) and, while a time is being chosen, the time (`at`), its length (`for`) and the
//! adults (`adults`): a card of the list opens the sheet with its time, and signing in comes back to the same choice.

use domain::booking::BookingState;
use domain::change::SpaceRow;
use domain::command::{BookSpace, CancelBooking, Command};
use domain::id::{BookingId, CommandId, CommunityId, SpaceId, StreamId};
use domain::refusal::Alternative;
use domain::sync::machine::Settled;
use domain::time::{LocalDate, MinuteOfDay, TimeRange};
use domain::words::format;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use crate::components::booking_sheet::{BookingDraft, BookingSheet};
use crate::components::booking_status::{BookingStatus, OwnBooking, booking_anchor, own_bookings};
use crate::components::cancel_booking_sheet::CancelBookingSheet;
use crate::components::elsewhere::{CommunityNote, Elsewhere};
use crate::components::free_times::{DaySlot, DaySlotState, day_slots, next_free};
use crate::components::refusal_notice::RefusalNotice;
use crate::components::refusals_here::command_of;
use crate::components::slot_picker::SlotPicker;
use crate::components::space_card::{DoorLine, KindLine, SpacePicture, slot_href};
use crate::components::space_days::SpaceDays;
use crate::components::space_facts::{SpaceFacts, SpaceTerms};
use crate::components::unsaved::Unsaved;
use crate::model::{Session, Submission, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::platform;
use crate::route::{Route, login_then, with_query};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// How long a closing sheet takes until the page may be moved under it.
const AFTER_SHEET_MS: u64 = 250;

/// `/s/:space?on=&at=&for=&adults=`
#[component]
pub fn SpacePage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("space").and_then(|id| id.parse::<SpaceId>().ok())));
    let community = Memo::new(move |_| {
        let view = model.view();
        id.get().and_then(|id| view.spaces.get(&id).map(|space| space.community.clone()))
    });
    move || match (id.get(), community.get()) {
        (Some(id), Some(community)) => view! { <KnownSpace id community/> }.into_any(),
        (Some(id), None) => {
            let route = |id| Route::Space(SpaceId::from_uuid(id));
            view! { <Elsewhere id=id.uuid() route/> }.into_any()
        }
        (None, _) => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn KnownSpace(id: SpaceId, community: CommunityId) -> impl IntoView {
    let model = use_model();
    let query = use_query_map();
    let navigate = StoredValue::new(use_navigate());

    let first = model.view_untracked().spaces.get(&id).map(|space| space.row.clone());
    let first = first.expect("invariant: this component is drawn only while its space is known");
    let space = Memo::new({
        let first = first.clone();
        move |_| model.view().spaces.get(&id).map_or_else(|| first.clone(), |space| space.row.clone())
    });
    model.set_title(move || space.read().name.to_string());

    let day = Memo::new(move |_| {
        let named = query.with(|query| query.get("on").and_then(|on| on.parse::<LocalDate>().ok()));
        named.unwrap_or_else(|| model.today())
    });
    let slots = Memo::new(move |_| day_slots(&model.view(), id, &space.read(), day.get(), model.now()));
    let own = Memo::new(move |_| own_bookings(&model.view(), id, model.now()));
    let refused = Memo::new(move |_| {
        let view = model.view();
        model.refused().into_iter().filter(|settled| concerns(&view, settled, id)).collect::<Vec<_>>()
    });
    // Beside the times of another day, what stands on the door is said to be about now.
    let door = Memo::new(move |_| {
        let (space, words) = (space.read(), model.words());
        let mut door = words.door(&space.hours, &space.closures, model.now());
        if let Some(state) = door.facts.first_mut().filter(|_| day.get() != model.today()) {
            *state = words.spaces.now(&*state);
        }
        door
    });

    let sheet_open = RwSignal::new(false);
    let cancel_open = RwSignal::new(false);
    let cancelling = RwSignal::new(None::<BookingId>);
    let last = RwSignal::new(None::<Submission>);
    let draft = RwSignal::new(BookingDraft::new(&model.view_untracked(), &first, model.now_untracked()));

    let choose = Callback::new(move |range: TimeRange| {
        draft.set(BookingDraft::new(&model.view_untracked(), &space.read_untracked(), range.start()));
        sheet_open.set(true);
    });
    let here = community.clone();
    let stream = StreamId::Community(community.clone());
    let submit = {
        let stream = stream.clone();
        Callback::new(move |(command, after): (Command, Option<CommandId>)| {
            let submission = model.submit(stream.clone(), command, after);
            last.set(Some(submission));
            submission.id
        })
    };
    let book = Callback::new(move |command: BookSpace| {
        let command_id = submit.run((Command::BookSpace(command), None));
        // After the sheet has given the focus back, the status is what there is to see.
        platform::start_timer(AFTER_SHEET_MS, move || {
            platform::focus(&booking_anchor(BookingId::from_uuid(command_id.uuid())))
        });
    });
    let ask_cancel = Callback::new(move |booking: BookingId| {
        cancelling.set(Some(booking));
        cancel_open.set(true);
    });
    let cancel = Callback::new(move |booking: BookingId| {
        // A booking that is itself still on its way is named by the command that makes it.
        let is_pending = model.view_untracked().deliveries.contains_key(&booking.uuid());
        let after = is_pending.then(|| CommandId::from_uuid(booking.uuid()));
        submit.run((Command::CancelBooking(CancelBooking { booking, reason: None }), after));
        model.announce(model.words_untracked().booking.cancelled);
    });
    let cancel_when = Signal::derive(move || {
        let chosen = cancelling.get();
        let own = own.read();
        let found = own.iter().find(|own| Some(own.id) == chosen);
        found.map_or_else(String::new, |own| format::when(model.language(), own.row.range, model.today()))
    });
    let sign_in = Callback::new(move |()| {
        let draft = draft.get_untracked();
        let (minutes, adults) = (draft.minutes.to_string(), draft.adults.to_string());
        let back = with_query(&slot_href(id, draft.start), &[]);
        let back = [back.as_str(), "&for=", &minutes, "&adults=", &adults].concat();
        // Their home may be elsewhere; whoever books here means this community.
        model.set_prefs(|prefs| prefs.community = Some(community.clone()));
        navigate.with_value(|navigate| navigate(&login_then(&back), NavigateOptions::default()));
    });
    let go_to_day = Callback::new(move |date: LocalDate| {
        // The stepper of the large-text layout knows no ends: there is nothing to book before today.
        let today = model.today_untracked();
        let last = today.plus_days(i32::from(space.read_untracked().policy.horizon_days));
        let date = date.clamp(today, last);
        let href = with_query(&Route::Space(id).href(), &[("on", &date.to_string())]);
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&href, options));
    });
    let take = StoredValue::new(move |settled: &Settled, alternative: Alternative| {
        let (Alternative::Slot { space, range }, Some(Command::BookSpace(wish))) = (alternative, command_of(settled))
        else {
            return;
        };
        model.dismiss(settled.id);
        submit.run((Command::BookSpace(BookSpace { space, range, ..wish }), None));
        if space != id {
            navigate.with_value(|navigate| navigate(&Route::Space(space).href(), NavigateOptions::default()));
        }
    });

    // An address with a time opens the sheet once: from a card, or coming back from signing in.
    let is_opened = StoredValue::new(false);
    Effect::new(move |_| {
        let named = query.with(|query| {
            let number = |key: &str| query.get(key).and_then(|text| text.parse::<u16>().ok());
            let on = query.get("on")?.parse::<LocalDate>().ok()?;
            let at = query.get("at")?.parse::<MinuteOfDay>().ok()?;
            Some((on.at(at), number("for"), number("adults")))
        });
        let Some((start, minutes, adults)) = named else { return };
        // The household decides what the sheet starts from, so it is waited for.
        let is_known = match model.session() {
            Session::Unknown => false,
            Session::Guest => true,
            Session::SignedIn(_) => model.view().profile.is_some(),
        };
        if is_opened.get_value() || !is_known {
            return;
        }
        is_opened.set_value(true);
        // It is taken up: opening the page again must not ask again.
        let day = start.date().to_string();
        platform::replace_address(&with_query(&Route::Space(id).href(), &[("on", &day)]));
        let mut chosen = BookingDraft::new(&model.view_untracked(), &space.read_untracked(), start);
        chosen.minutes = minutes.unwrap_or(chosen.minutes);
        chosen.adults = adults.unwrap_or(chosen.adults).max(1);
        draft.set(chosen);
        sheet_open.set(true);
    });

    view! {
        <div class="page">
            <header class="space-hero">
                {move || view! { <SpacePicture kind=space.read().kind/> }}
                {move || {
                    let space = space.read();
                    view! { <KindLine kind=space.kind heads=space.policy.mode.heads()/> }
                }}
                <h1 class="page-title" tabindex="-1">{move || space.read().name.to_string()}</h1>
                <p class="space-hero-place">
                    <Icon name="i-place"/>
                    {move || space.read().address.to_string()}
                </p>
                {move || view! { <DoorLine door=door.get()/> }}
                <CommunityNote community=here/>
            </header>
            {move || {
                refused
                    .get()
                    .into_iter()
                    .map(|settled| {
                        let answer = settled.clone();
                        let on_choose = Callback::new(move |alternative| {
                            take.with_value(|take| take(&answer, alternative));
                        });
                        view! { <RefusalNotice settled on_choose/> }
                    })
                    .collect_view()
            }}
            <Unsaved last/>
            <For each=move || own.get() key=|own| own.id let:first>
                <BookingStatus own=one_of(own, first) on_cancel=ask_cancel/>
            </For>
            <section class="section" aria-labelledby="choose-time">
                <h2 class="section-title" id="choose-time">{move || model.words().space.choose_time}</h2>
                <SpaceDays chosen=day.into() horizon=Signal::derive(move || space.read().policy.horizon_days) on_choose=go_to_day/>
                {move || model.is_offline().then(|| view! { <p class="quiet">{model.words().space.may_change}</p> })}
                <SlotPicker slots=slots.into() on_choose=choose/>
                <NothingFree id space=space.into() day=day.into() slots=slots.into()/>
            </section>
            {move || {
                let space = space.get();
                view! {
                    <SpaceFacts space=space.clone()/>
                    <SpaceTerms space/>
                }
            }}
            <BookingSheet open=sheet_open id space=space.into() draft on_book=book on_sign_in=sign_in/>
            <CancelBookingSheet open=cancel_open booking=cancelling.into() when=cancel_when on_confirm=cancel/>
        </div>
    }
}

/// One of the bookings, as it stands now; as it stood last when it has left the list.
fn one_of(own: Memo<Vec<OwnBooking>>, first: OwnBooking) -> Memo<OwnBooking> {
    Memo::new(move |before: Option<&OwnBooking>| {
        let found = own.read().iter().find(|own| own.id == first.id).cloned();
        found.unwrap_or_else(|| before.unwrap_or(&first).clone())
    })
}

/// What a day without a free time says, and where the next free one is.
#[component]
fn NothingFree(
    id: SpaceId,
    space: Signal<SpaceRow>,
    day: Signal<LocalDate>,
    slots: Signal<Vec<DaySlot>>,
) -> impl IntoView {
    let model = use_model();
    let is_empty = Memo::new(move |_| !slots.read().iter().any(|slot| matches!(slot.state, DaySlotState::Free { .. })));
    let next = Memo::new(move |_| {
        let found = next_free(&model.view(), id, &space.read(), model.today(), 1, model.now());
        found.first().map(|range| range.start())
    });
    move || {
        if !is_empty.get() {
            return None;
        }
        let (words, day) = (model.words(), day.get());
        let space = space.read();
        let is_open = !domain::space::open_ranges(&space.hours, &space.closures, day).is_empty();
        let closure = space
            .closures
            .iter()
            .find(|closure| closure.range.start().date() <= day && day.start() < closure.range.end());
        let is_far = slots.read().iter().any(|slot| slot.state == DaySlotState::TooFar);
        let text = match (is_open, closure) {
            _ if day < model.today() => words.space.day_over.to_owned(),
            (true, _) if is_far => words.space.ahead(space.policy.horizon_days),
            (true, _) => words.space.day_full.to_owned(),
            (false, Some(closure)) => words.space.day_closed_why(&closure.reason),
            (false, None) => words.space.day_closed.to_owned(),
        };
        Some(view! {
            <div class="empty">
                <p class="empty-text">{text}</p>
                {next
                    .get()
                    .map(|start| {
                        let when = format::moment(words.language, start, model.today());
                        view! {
                            <a class="button" href=slot_href(id, start)>
                                <span>
                                    <Unbroken text=words.space.next_free(when)/>
                                </span>
                            </a>
                        }
                    })}
            </div>
        })
    }
}

/// Whether a refused command is about this space.
fn concerns(view: &domain::sync::View, settled: &Settled, id: SpaceId) -> bool {
    let is_here = |booking: &BookingId| {
        let own = view.bookings.get(booking);
        own.is_some_and(|own| own.row.space == id && own.row.state != BookingState::Cancelled)
    };
    match command_of(settled) {
        Some(Command::BookSpace(command)) => command.space == id,
        Some(Command::CancelBooking(command)) => is_here(&command.booking),
        _ => false,
    }
}
