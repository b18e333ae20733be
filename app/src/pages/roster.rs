//! Who comes to one date: checking in by a tap, who waits, calling the date off, the text for the group, and how it went.

use domain::activity::SignUpPolicy;
use domain::agenda::Entry;
use domain::attendance::Way;
use domain::command::{
    AddWalkIn, CancelOccurrence, ChangeCapacity, CheckIn, CloseOccurrence, Command, MoveOccurrence,
    ReinstateOccurrence, RemoveWalkIn, SignUpNeighbour, UndoCheckIn, WithdrawNeighbour,
};
use domain::id::{CommandId, OccurrenceId, SignUpId, StreamId};
use domain::people::Action;
use domain::refusal::Refusal;
use domain::sign_up::decide_check_in;
use domain::sync::Delivery;
use domain::sync::overlay::walked_in;
use domain::text::Note;
use domain::time::Timestamp;
use domain::words::format;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use crate::components::capacity_sheet::CapacityButton;
use crate::components::closing_card::ClosingCard;
use crate::components::code_entry::CodeEntry;
use crate::components::forbidden::{Forbidden, Opening};
use crate::components::move_sheet::{MoveSheet, MoveWish};
use crate::components::neighbours::{NeighbourButton, WithdrawNeighbourSheet};
use crate::components::reason_sheet::{ReasonSheet, ReasonWords};
use crate::components::refusals_here::RefusalsHere;
use crate::components::reinstate_sheet::ReinstateSheet;
use crate::components::roster_list::{Part, RosterRow, RosterRowData, Undo, roster_rows};
use crate::components::unsaved::Unsaved;
use crate::components::walk_ins::{TakeBack, WalkInButtons, WalkInList};
use crate::model::{Freshness, Submission, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::pages::team::{Access, access};
use crate::platform;
use crate::route::Route;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Dotted;

/// `/desk/roster/:occurrence`
#[component]
pub fn RosterPage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get("occurrence").and_then(|id| id.parse::<OccurrenceId>().ok()))
    });
    let team = Memo::new(move |_| {
        let view = model.view();
        id.get().and_then(|id| Entry::of(&view, id).map(|entry| entry.activity.team))
    });
    let access = Memo::new(move |_| match access(team.get(), Action::ReadTeamDesk) {
        // Without the date its team is not known either.
        Access::Missing if team.get().is_none() && model.freshness() == Freshness::Loading => Access::Opening,
        access => access,
    });
    // Whoever opens a list is about to rely on it: it must not be as old as the last poll.
    Effect::new(move |_| model.look_again());
    move || match (access.get(), id.get()) {
        (Access::Open, Some(id)) => view! { <OpenRoster id/> }.into_any(),
        (Access::Opening, _) => view! { <Opening/> }.into_any(),
        (Access::Forbidden, Some(id)) => view! { <Forbidden next=Route::Roster(id).href()/> }.into_any(),
        _ => view! { <NotFoundPage/> }.into_any(),
    }
}

/// What the page says about the date itself.
#[derive(Debug, Clone, PartialEq)]
struct Head {
    title: String,
    when: String,
    place: String,
    called_off: Option<String>,
    check_in_opens: Option<String>,
    can_check_in: bool,
    can_call_off: bool,
    can_reinstate: bool,
    is_series: bool,
    is_walk_in: bool,
    share: String,
}

fn head(id: OccurrenceId, now: Timestamp) -> Option<Head> {
    let model = use_model();
    let (view, words) = (model.view(), model.words());
    let entry = Entry::of(&view, id)?;
    let range = entry.occurrence.range;
    let cancelled = entry.occurrence.cancelled.as_ref();
    let check_in = decide_check_in(range, entry.activity.category, cancelled.is_some(), true, now);
    let place = entry.venue().place.to_string();
    let title = entry.activity.title.to_string();
    Some(Head {
        when: format::staff_when(words.language, range, now.date()),
        called_off: cancelled.map(|cancelled| match &cancelled.reason {
            None if cancelled.room_taken => words.series.room_taken.to_owned(),
            Some(why) => words.roster.is_called_off_why(why),
            None => words.roster.is_called_off.to_owned(),
        }),
        check_in_opens: match check_in {
            Err(Refusal::CheckInNotOpen { opens_at }) => {
                Some(words.roster.check_in_from(format::staff_moment(words.language, opens_at, now.date())))
            }
            _ => None,
        },
        can_check_in: check_in.is_ok(),
        can_call_off: cancelled.is_none() && range.start() > now,
        can_reinstate: cancelled.is_some() && range.start() > now,
        is_series: entry.activity.series.is_some() && range.start() > now,
        is_walk_in: matches!(entry.activity.policy, SignUpPolicy::WalkIn),
        share: words.occurrence.share_text(&title, format::dated(words.language, range, now.date()), &place),
        title,
        place,
    })
}

#[component]
fn OpenRoster(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().roster.title.to_owned());
    let head = Memo::new(move |_| head(id, model.now()));
    let rows = Memo::new(move |_| roster_rows(&model.view(), &model.unsent(), id, model.words()));
    let part = move |part: Part| {
        Signal::derive(move || rows.get().into_iter().filter(|row| row.part == part).collect::<Vec<_>>())
    };
    let delivery = Memo::new(move |_| model.view().deliveries.get(&id.uuid()).copied());

    let last = RwSignal::new(None::<Submission>);
    let sheet_open = RwSignal::new(false);
    let submit = Callback::new(move |(command, after): (Command, Option<CommandId>)| {
        let view = model.view_untracked();
        if let Some(occurrence) = view.occurrences.get(&id) {
            let stream = StreamId::Community(occurrence.community.clone());
            last.set(Some(model.submit(stream, command, after)));
        }
    });
    let check_ins = StoredValue::new(0_u32);
    let is_settling = StoredValue::new(false);
    let check_in_as = move |sign_up: SignUpId, way: Way| {
        check_ins.update_value(|n| *n += 1);
        is_settling.set_value(true);
        let this = check_ins.get_value();
        platform::start_timer(DOUBLE_TAP_MS, move || {
            // The page may be gone by then, or another have been checked in.
            if check_ins.try_get_value() == Some(this) {
                is_settling.set_value(false);
            }
        });
        let at = Some(model.now_untracked());
        submit.run((Command::CheckIn(CheckIn { sign_up, at, way }), None));
        model.announce(model.words_untracked().roster.checked_in);
    };
    let check_in = Callback::new(move |sign_up| check_in_as(sign_up, Way::Name));
    let check_in_by_code = Callback::new(move |sign_up| check_in_as(sign_up, Way::Code));
    let sign_up = Callback::new(move |command: SignUpNeighbour| {
        let who = command.name.clone();
        submit.run((Command::SignUpNeighbour(command), None));
        model.announce(model.words_untracked().neighbour.done(who));
    });
    let leaving = RwSignal::new(None::<SignUpId>);
    let withdraw = Callback::new(move |command: WithdrawNeighbour| {
        let name = model.view_untracked().roster.get(&command.sign_up).map(|row| row.row.name.to_string());
        // What rests here still is taken back; what may have gone out is followed by its withdrawal.
        let own = CommandId::from_uuid(command.sign_up.uuid());
        if untrack(|| model.unsent()).iter().any(|item| item.id == own && item.tried == 0) {
            model.withdraw_unsent(own);
        } else {
            submit.run((Command::WithdrawNeighbour(command), None));
        }
        model.announce(model.words_untracked().neighbour.withdrawn(name.unwrap_or_default()));
    });
    let on_withdraw = Callback::new(move |id| leaving.set(Some(id)));
    let add_walk_in = Callback::new(move |command: AddWalkIn| {
        let heads = command.heads;
        submit.run((Command::AddWalkIn(command), None));
        model.announce(model.words_untracked().at_the_door.added(heads));
    });
    let remove_walk_in = Callback::new(move |(how, called): (TakeBack, String)| {
        match how {
            TakeBack::Unsent(command) => model.withdraw_unsent(command),
            TakeBack::Entry(walk_in) => {
                submit.run((Command::RemoveWalkIn(RemoveWalkIn { occurrence: id, walk_in }), None));
            }
        }
        model.announce(model.words_untracked().at_the_door.removed(called));
    });
    let undo = Callback::new(move |(sign_up, undo): (SignUpId, Undo)| {
        // The second half of a double tap is no second thought.
        if is_settling.get_value() {
            return;
        }
        let view = model.view_untracked();
        let Some(row) = view.roster.get(&sign_up).map(|row| &row.row) else { return };
        match undo {
            Undo::Seen(checked_in_at) => {
                let of = row.arrivals.iter().map(|one| one.id).collect();
                submit.run((Command::UndoCheckIn(UndoCheckIn { sign_up, checked_in_at, of }), None));
            }
            Undo::Unsent(command) => model.withdraw_unsent(command),
        }
        model.announce(model.words_untracked().check_in.undone(&row.name));
    });
    let call_off = Callback::new(move |reason: Option<Note>| {
        // A date of an activity that is still on its way builds on that.
        let after = model.view_untracked().occurrences.get(&id).map(|row| row.row.activity);
        let is_pending = |command: &CommandId| model.unsent().iter().any(|item| item.id == *command);
        let after = after.map(|activity| CommandId::from_uuid(activity.uuid())).filter(is_pending);
        submit.run((Command::CancelOccurrence(CancelOccurrence { occurrence: id, reason }), after));
        model.announce(model.words_untracked().roster.called_off);
    });
    let close = Callback::new(move |command: CloseOccurrence| {
        submit.run((Command::CloseOccurrence(command), None));
        model.announce(model.words_untracked().closing.saved);
    });
    let change_capacity = Callback::new(move |command: ChangeCapacity| {
        submit.run((Command::ChangeCapacity(command), None));
        model.announce(model.words_untracked().capacity.changed);
    });
    let (move_open, offer) = (RwSignal::new(false), RwSignal::new(None));
    let take_up = Callback::new(move |alternative| {
        offer.set(Some(alternative));
        move_open.set(true);
    });
    let change = Callback::new(move |MoveWish { sequence, range, venue }: MoveWish| {
        submit.run((Command::MoveOccurrence(MoveOccurrence { occurrence: id, sequence, range, venue }), None));
        model.announce(model.words_untracked().moving.done);
    });
    let reinstate_open = RwSignal::new(false);
    let reinstate = Callback::new(move |venue| {
        submit.run((Command::ReinstateOccurrence(ReinstateOccurrence { occurrence: id, venue }), None));
        model.announce(model.words_untracked().moving.reinstated);
    });
    let can_withdraw = Signal::derive(move || head.read().as_ref().is_some_and(|head| head.can_call_off));
    let on_check_in = Signal::derive(move || head.read().as_ref().is_some_and(|head| head.can_check_in));
    // Where it cannot be read anew.
    let list_of = Signal::derive(move || {
        let view = model.view();
        let here = view.occurrences.get(&id).filter(|_| model.is_offline())?;
        model.as_of(&here.community)
    });
    let has_copied = RwSignal::new(false);
    let share = move |_| {
        let Some(head) = head.get_untracked() else { return };
        let href = platform::absolute(&Route::Occurrence(id).href());
        if platform::can_share() {
            platform::share(&head.title, &head.share, &href);
            return;
        }
        spawn_local(async move {
            if platform::copy(&[head.share.as_str(), " ", &href].concat()).await {
                has_copied.set(true);
                model.announce(model.words_untracked().common.copied);
            }
        });
    };
    let sums = move |part: Part| {
        let rows = rows.read();
        let of = || rows.iter().filter(|row| row.part == part);
        let (parties, heads) = (of().count(), of().map(|row| row.heads).sum::<u16>());
        let words = &model.words().roster;
        // Before a draw nobody is in line.
        let is_pooled = || Entry::of(&model.view(), id).is_some_and(|entry| entry.is_pooled());
        match part {
            Part::Confirmed => words.confirmed(parties, heads),
            Part::Waiting if is_pooled() => model.words().draws.roster_part(parties, heads),
            Part::Offered => words.offered(parties, heads),
            Part::Waiting => words.waiting(parties, heads),
            Part::Gone => words.cancelled.to_owned(),
        }
    };
    let name = move |part: Part| Signal::derive(move || sums(part));
    let parties = move || rows.read().iter().filter(|row| row.part != Part::Gone).count();

    view! {
        <div class="page">
            {move || head.get().map(|head| view! {
                <h1 class="page-title" tabindex="-1">{head.title}</h1>
                <p class="page-sub"><Dotted facts=vec![head.when, head.place]/></p>
                {head.called_off.map(|text| view! {
                    <section class="status" data-state="cancelled">
                        <Icon name="i-slash"/>
                        <div class="status-body"><p class="status-title">{text}</p></div>
                    </section>
                })}
            })}
            {move || delivery.get().map(|delivery| {
                let words = model.words();
                let (state, icon, text) = match delivery {
                    Delivery::Saved if model.is_offline() => ("saved", "i-phone-arrow", words.offline.saved_other),
                    _ => ("checking", "i-dots", words.offline.tapped),
                };
                view! {
                    <section class="status" data-state=state>
                        <Icon name=icon/>
                        <div class="status-body"><p class="status-title">{text}</p></div>
                    </section>
                }
            })}
            <RefusalsHere is_here=Callback::new(move |command| is_about(id, &command)) on_choose=take_up/>
            <Unsaved last/>
            <Arrivals id rows=part(Part::Confirmed)/>
            {move || on_check_in.get().then(|| view! {
                <CodeEntry rows=rows.into() list_of on_check_in=check_in_by_code/>
                <WalkInButtons id on_add=add_walk_in/>
            })}
            {move || head.get().and_then(|head| head.check_in_opens).map(|text| view! { <p class="quiet">{text}</p> })}
            {move || {
                let is_walk_in = head.read().as_ref().is_some_and(|head| head.is_walk_in);
                rows.read().is_empty().then(|| {
                    let words = model.words();
                    let text = if is_walk_in { words.occurrence.walk_in } else { words.roster.empty };
                    view! { <Empty icon="i-people" text/> }
                })
            }}
            <RosterPart name=name(Part::Confirmed) rows=part(Part::Confirmed) can_check_in=on_check_in on_check_in=check_in on_undo=undo can_withdraw on_withdraw/>
            <WalkInList id on_remove=remove_walk_in/>
            <RosterPart name=name(Part::Offered) rows=part(Part::Offered) can_check_in=false on_check_in=check_in on_undo=undo can_withdraw on_withdraw/>
            <RosterPart name=name(Part::Waiting) rows=part(Part::Waiting) can_check_in=false on_check_in=check_in on_undo=undo can_withdraw on_withdraw/>
            <RosterPart name=name(Part::Gone) rows=part(Part::Gone) can_check_in=false on_check_in=check_in on_undo=undo can_withdraw on_withdraw/>
            {move || (!rows.read().is_empty()).then(|| view! { <p class="quiet">{model.words().roster.hint}</p> })}
            <div class="screen-only"><ClosingCard id on_close=close/></div>
            <div class="button-row">
                <button type="button" class="button" on:click=share>
                    <Icon name=Signal::derive(move || if has_copied.get() { "i-check" } else { "i-share" })/>
                    {move || {
                        let common = &model.words().common;
                        if has_copied.get() { common.copied } else { common.copy_text }
                    }}
                </button>
                <button type="button" class="button" on:click=move |_| platform::print()>{move || model.words().roster.print}</button>
                <a class="button" href=Route::Occurrence(id).href()>{move || model.words().roster.see_page}</a>
                <NeighbourButton occurrence=id on_sign_up=sign_up/>
                <CapacityButton occurrence=id on_change=change_capacity/>
                {move || head.get().filter(|head| head.can_reinstate).map(|_| view! {
                    <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| reinstate_open.set(true)>
                        {model.words().moving.reinstate}
                    </button>
                })}
                {move || head.get().filter(|head| head.can_call_off).map(|_| view! {
                    <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| move_open.set(true)>
                        {model.words().moving.change}
                    </button>
                })}
                {move || head.get().filter(|head| head.is_series).map(|_| view! {
                    <a class="button" href=Route::EditSeries(id).href()>{model.words().editing.open}</a>
                })}
                {move || head.get().filter(|head| head.can_call_off).map(|_| view! {
                    <button type="button" class="button" data-kind="danger" aria-haspopup="dialog" on:click=move |_| sheet_open.set(true)>
                        {model.words().roster.call_off}
                    </button>
                })}
            </div>
            <CallOffSheet open=sheet_open about=Signal::derive(move || {
                head.get().map_or_else(Vec::new, |head| vec![head.title, head.when])
            }) parties=Signal::derive(parties) on_confirm=call_off/>
            <WithdrawNeighbourSheet occurrence=id whom=leaving on_withdraw=withdraw/>
            <ReinstateSheet id open=reinstate_open on_confirm=reinstate/>
            <MoveSheet id open=move_open offer parties=Signal::derive(parties) on_confirm=change/>
        </div>
    }
}

/// How long after a check-in another tap does not undo one.
const DOUBLE_TAP_MS: u64 = 1_500;

fn is_about(id: OccurrenceId, command: &Command) -> bool {
    match command {
        Command::CancelOccurrence(command) => command.occurrence == id,
        Command::CloseOccurrence(command) => command.occurrence == id,
        Command::ChangeCapacity(command) => command.occurrence == id,
        Command::ReinstateOccurrence(command) => command.occurrence == id,
        Command::MoveOccurrence(command) => command.occurrence == id,
        Command::EditSeries(command) => {
            let view = use_model().view_untracked();
            view.occurrences.get(&id).is_some_and(|date| date.row.activity == command.edit.activity)
        }
        Command::AddWalkIn(command) => command.occurrence == id,
        Command::RemoveWalkIn(command) => command.occurrence == id,
        Command::SignUpNeighbour(command) => command.occurrence == id,
        Command::WithdrawNeighbour(WithdrawNeighbour { sign_up })
        | Command::CheckIn(CheckIn { sign_up, .. })
        | Command::UndoCheckIn(UndoCheckIn { sign_up, .. }) => {
            let view = use_model().view_untracked();
            view.roster.get(sign_up).is_some_and(|row| row.row.occurrence == id)
        }
        _ => false,
    }
}

/// How many of those who have a place are here, and who else.
#[component]
fn Arrivals(id: OccurrenceId, rows: Signal<Vec<RosterRowData>>) -> impl IntoView {
    let model = use_model();
    let beside = Memo::new(move |_| walked_in(&model.view(), id));
    move || {
        let beside = Some(beside.get()).filter(|heads| *heads > 0);
        let rows = rows.get();
        let total: u16 = rows.iter().map(|row| row.heads).sum();
        let here: u16 = rows.iter().filter(|row| row.is_here).map(|row| row.heads).sum();
        let text = model.words().roster.arrived_count(here, total);
        (total > 0).then(|| {
            view! {
                <header class="roster-head">
                    <p class="roster-count" aria-live="polite">{text.clone()}</p>
                    <progress class="meter" value=here.to_string() max=total.to_string() aria-label=text></progress>
                    {beside.map(|heads| view! { <p class="quiet">{model.words().roster.arrived_beside(heads)}</p> })}
                </header>
            }
        })
    }
}

/// One of the lists; not drawn when it is empty.
#[component]
fn RosterPart(
    name: Signal<String>,
    rows: Signal<Vec<RosterRowData>>,
    #[prop(into)] can_check_in: Signal<bool>,
    on_check_in: Callback<SignUpId>,
    on_undo: Callback<(SignUpId, Undo)>,
    can_withdraw: Signal<bool>,
    on_withdraw: Callback<SignUpId>,
) -> impl IntoView {
    let ids = Memo::new(move |_| rows.get().into_iter().map(|row| row.id).collect::<Vec<_>>());
    let is_empty = Memo::new(move |_| ids.read().is_empty());
    // A row is drawn anew only when it has changed itself, so that the focus stays on the button just pressed.
    let one = move |id| {
        let row = Memo::new(move |_| rows.get().into_iter().find(|row| row.id == id));
        move || {
            let on_check_in = can_check_in.get().then_some(on_check_in);
            let on_withdraw = can_withdraw.get().then_some(on_withdraw);
            row.get().map(|row| view! { <RosterRow row on_check_in on_undo on_withdraw/> })
        }
    };
    move || {
        (!is_empty.get()).then(|| {
            view! {
                <section class="roster" aria-label=move || name.get()>
                    <h2 class="section-title">{move || name.get()}</h2>
                    <ul class="roster-list">
                        <For each=move || ids.get() key=|id| *id let:id>
                            {one(id)}
                        </For>
                    </ul>
                </section>
            }
        })
    }
}

/// Calling the date off, with how many are told.
#[component]
fn CallOffSheet(
    open: RwSignal<bool>,
    about: Signal<Vec<String>>,
    parties: Signal<usize>,
    on_confirm: Callback<Option<Note>>,
) -> impl IntoView {
    let model = use_model();
    let words = ReasonWords {
        title: Signal::derive(move || model.words().roster.call_off_title.to_owned()),
        about,
        consequence: Signal::derive(move || {
            let roster = &model.words().roster;
            match parties.get() {
                0 => roster.call_off_none.to_owned(),
                parties => roster.call_off_note(parties),
            }
        }),
        ask: Signal::derive(move || model.words().roster.call_off_reason.to_owned()),
        reasons: Signal::derive(move || {
            let roster = &model.words().roster;
            vec![roster.reason_rain, roster.reason_ill, roster.reason_few, roster.reason_room]
        }),
        confirm: Signal::derive(move || model.words().roster.call_off_confirm.to_owned()),
        keep: Signal::derive(move || model.words().roster.keep.to_owned()),
    };
    view! { <ReasonSheet open words is_needed=false on_confirm/> }
}
