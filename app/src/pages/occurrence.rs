//! One date of an activity: what, when, where, who, how many places, and the one button that matters.

mod facts;

use domain::agenda::{Entry, RowFact};
use domain::change::{SignUpRow, SignUpState};
use domain::command::{Command, SignUp, WithdrawSignUp};
use domain::id::{CommandId, OccurrenceId, PersonId, SignUpId, StreamId};
use domain::refusal::Alternative;
use domain::sign_up::may_withdraw;
use domain::sync::machine::Settled;
use domain::sync::overlay::predict_sign_up;
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use self::facts::{About, Facts, OtherDates, Share};
use crate::components::activity_row::category_icon;
use crate::components::elsewhere::{CommunityNote, Elsewhere};
use crate::components::offer_answer::OfferAnswer;
use crate::components::own_code::OwnCode;
use crate::components::own_status::{OWN_STATUS, OwnStatus};
use crate::components::refusal_notice::RefusalNotice;
use crate::components::sign_up_sheet::{SignUpSheet, clashes_of};
use crate::components::unsaved::Unsaved;
use crate::components::withdraw_sheet::WithdrawSheet;
use crate::model::held_tap::HeldTap;
use crate::model::{Model, Session, Submission, use_model};
use crate::pages::not_found::NotFoundPage;
use crate::platform;
use crate::route::{Route, login_then};
use crate::ui::button::{Button, Kind};
use crate::ui::icon::Icon;
use crate::ui::unbroken::with_whole;

/// How long a closing sheet takes until the page may be moved under it.
const AFTER_SHEET_MS: u64 = 250;

/// `/a/:occurrence`. With `?sign_up=1` the sheet is open from the start: that is where signing in returns to.
#[component]
pub fn OccurrencePage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("occurrence").and_then(|text| text.parse::<OccurrenceId>().ok()));
    model.set_title(move || {
        let view = model.view();
        let entry = id.get().and_then(|id| Entry::of(&view, id));
        entry.map_or_else(|| model.words().list.title.to_owned(), |entry| entry.activity.title.to_string())
    });
    let is_known = Memo::new(move |_| {
        let view = model.view();
        id.get().is_some_and(|id| Entry::of(&view, id).is_some())
    });
    let held = RwSignal::new(None);
    // What was tapped on another date is not done later.
    Effect::new(move || {
        id.track();
        held.set(None);
    });
    move || match id.get() {
        Some(id) if is_known.get() => view! { <KnownOccurrence id held/> }.into_any(),
        Some(id) => {
            let route = |id| Route::Occurrence(OccurrenceId::from_uuid(id));
            view! { <Elsewhere id=id.uuid() route/> }.into_any()
        }
        None => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn KnownOccurrence(id: OccurrenceId, held: RwSignal<Option<OccurrenceId>>) -> impl IntoView {
    let model = use_model();
    let query = use_query_map();
    let navigate = use_navigate();
    let sheet_open = RwSignal::new(false);
    let withdraw_open = RwSignal::new(false);
    let last = RwSignal::new(None::<Submission>);

    let own = Memo::new(move |_| model.view().sign_up_for(id).map(|(id, sign_up)| (id, sign_up.row.clone())));
    let seats = Memo::new(move |_| model.view().seats.get(&id).map(|seats| seats.row));
    let lot = Memo::new(move |_| model.view().lot_of(id, own.get().map(|(id, _)| id)?));
    let fact = Memo::new(move |_| Entry::of(&model.view(), id).map(|entry| entry.fact(model.now())));
    let is_pooled = Memo::new(move |_| matches!(fact.get(), Some(RowFact::Pooled { .. })));
    let way_out = Memo::new(move |_| {
        // An offer has an answer of its own for whoever does not come.
        let is_settled = matches!(fact.get(), Some(RowFact::CheckedIn | RowFact::Cancelled | RowFact::Offered { .. }));
        if is_settled { None } else { WayOut::of(id, own.get().map(|(id, _)| id)?, model) }
    });
    let refused = Memo::new(move |_| {
        let about_this = |settled: &Settled| concerns(&model.view(), settled, id);
        model.refused().into_iter().filter(about_this).collect::<Vec<_>>()
    });

    let community = model.view_untracked().occurrences.get(&id).map(|occurrence| occurrence.community.clone());
    let stream = move || {
        let view = model.view_untracked();
        view.occurrences.get(&id).map(|occurrence| StreamId::Community(occurrence.community.clone()))
    };
    let sign_up = Callback::new(move |people: Vec<PersonId>| {
        let Some(stream) = stream() else { return };
        // Somebody added a moment ago may still be on the way: the sign-up builds on that.
        let deliveries = &model.view_untracked().deliveries;
        let is_new = |person: &&PersonId| deliveries.contains_key(&person.uuid());
        let depends_on = people.iter().find(is_new).map(|person| CommandId::from_uuid(person.uuid()));
        last.set(Some(model.submit(stream, Command::SignUp(SignUp { occurrence: id, people }), depends_on)));
        // What came of the tap stands where the eye and the screen reader are.
        platform::start_timer(AFTER_SHEET_MS, || platform::focus(OWN_STATUS));
    });
    let withdraw = Callback::new(move |people: Vec<PersonId>| {
        let (Some(stream), Some((sign_up, _))) = (stream(), own.get_untracked()) else { return };
        let pending = model.view_untracked().deliveries.contains_key(&sign_up.uuid());
        let depends_on = pending.then(|| CommandId::from_uuid(sign_up.uuid()));
        let command = Command::WithdrawSignUp(WithdrawSignUp { sign_up, people });
        model.announce(model.words_untracked().occurrence.withdrawn);
        last.set(Some(model.submit(stream, command, depends_on)));
    });
    let ask = {
        let navigate = navigate.clone();
        let act = Callback::new(move |()| match model.session_untracked() {
            // Whoever has a place already sees it once it is known who they are.
            _ if own.get_untracked().is_some() => {}
            Session::SignedIn(_) => {
                let view = model.view_untracked();
                let alone = view.persons.keys().next().filter(|_| view.persons.len() == 1);
                let wish = alone.map(|me| SignUp { occurrence: id, people: vec![*me] });
                match wish {
                    // Nothing to ask, nothing in the way and nothing to warn of: one tap is enough.
                    Some(wish)
                        if predict_sign_up(&view, &wish, model.now_untracked()).is_ok()
                            && untrack(|| clashes_of(id, &wish.people)).is_empty() =>
                    {
                        sign_up.run(wish.people)
                    }
                    _ => sheet_open.set(true),
                }
            }
            Session::Guest | Session::Unknown => {
                let next = [&Route::Occurrence(id).href(), "?sign_up=1"].concat();
                navigate(&login_then(&next), Default::default());
            }
        });
        HeldTap::new(model, held, id, act)
    };
    // Back from signing in: go on where the person was.
    let was_asked = query.read_untracked().get("sign_up").is_some();
    let is_resumed = StoredValue::new(false);
    Effect::new(move || {
        let is_ready = matches!(model.session(), Session::SignedIn(_)) && !model.view().persons.is_empty();
        // Called off or closed meanwhile, the page itself says so.
        let can_ask = matches!(
            fact.get(),
            Some(RowFact::Left { .. } | RowFact::Open | RowFact::Full { .. } | RowFact::Pool { .. })
        );
        if was_asked && is_ready && can_ask && own.get_untracked().is_none() && !is_resumed.get_value() {
            is_resumed.set_value(true);
            sheet_open.set(true);
        }
    });
    let on_alternative = {
        let navigate = navigate.clone();
        Callback::new(move |alternative| {
            if let Alternative::Occurrence { occurrence } = alternative {
                navigate(&Route::Occurrence(occurrence).href(), Default::default());
            }
        })
    };

    view! {
        <article class="page">
            <Hero id/>
            {community.map(|community| view! { <CommunityNote community/> })}
            {move || {
                refused
                    .get()
                    .into_iter()
                    .map(|settled| view! { <RefusalNotice settled on_choose=on_alternative/> })
                    .collect_view()
            }}
            <Unsaved last/>
            <Show when=move || own.read().is_some()>
                <OwnStatus
                    fact=fact.into()
                    own=Signal::derive(move || own.get().map(|(_, row)| row))
                    seats=seats.into()
                    lot=lot.into()
                >
                    <OfferAnswer occurrence=id/>
                    {move || {
                        let has_place = matches!(fact.get(), Some(RowFact::Confirmed { .. }));
                        own.get().filter(|_| has_place).map(|(sign_up, _)| view! { <OwnCode sign_up/> })
                    }}
                    {move || way_out.get().map(|way| view! { <OneWayOut way open=withdraw_open/> })}
                </OwnStatus>
            </Show>
            <Leaving id/>
            <Facts id/>
            <About id/>
            <Share id/>
            <OtherDates id/>
            <Show when=move || own.read().is_none()>
                <div class="action-bar">
                    {move || fact.get().map(|fact| view! { <MainAction fact ask/> })}
                </div>
            </Show>
            <SignUpSheet open=sheet_open occurrence=Signal::stored(id) on_confirm=sign_up/>
            <WithdrawSheet
                open=withdraw_open
                occurrence=id
                party=Signal::derive(move || own.get().map(|(_, row)| row.party).unwrap_or_default())
                waiting=Signal::derive(move || seats.get().map_or(0, |seats| seats.waiting_parties))
                is_pooled=is_pooled.into()
                on_confirm=withdraw
            />
        </article>
    }
}

/// Whether a refused command is about this date.
fn concerns(view: &View, settled: &Settled, id: OccurrenceId) -> bool {
    let envelope: Option<domain::command::Envelope> = domain::json::read(&settled.raw);
    match envelope.and_then(|envelope| envelope.command().ok()) {
        Some(Command::SignUp(command)) => command.occurrence == id,
        Some(Command::WithdrawSignUp(command)) => is_for(view, command.sign_up, id),
        Some(Command::AcceptOffer(command)) => is_for(view, command.sign_up, id),
        Some(Command::DeclineOffer(command)) => is_for(view, command.sign_up, id),
        _ => false,
    }
}

fn is_for(view: &View, sign_up: SignUpId, id: OccurrenceId) -> bool {
    view.sign_ups.get(&sign_up).is_some_and(|sign_up| sign_up.row.occurrence == id)
}

#[component]
fn Hero(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        let Some(entry) = Entry::of(&view, id) else { return ().into_any() };
        let category = entry.activity.category;
        view! {
            <header class="activity-hero" data-category=category.as_str()>
                <Icon name=category_icon(category) size="huge"/>
                <p class="activity-hero-tag">{model.words().category(category)}</p>
                <h1 class="activity-hero-title" tabindex="-1">{entry.activity.title.to_string()}</h1>
                {entry.team.map(|team| view! { <p class="activity-hero-team">{team.to_owned()}</p> })}
            </header>
        }
        .into_any()
    }
}

/// How one gets out of a sign-up; there is none once the date is over.
#[derive(Debug, Clone, PartialEq)]
enum WayOut {
    /// It was never sent, so nothing is given back.
    Unsent(CommandId),
    /// The place can be given back.
    GiveBack,
    /// It has begun: only the telephone helps.
    Call { until: Timestamp, phone: Option<String> },
}

impl WayOut {
    fn of(occurrence: OccurrenceId, sign_up: SignUpId, model: Model) -> Option<Self> {
        let (view, now) = (model.view(), model.now());
        let entry = Entry::of(&view, occurrence)?;
        let range = entry.occurrence.range;
        let command = CommandId::from_uuid(sign_up.uuid());
        // With a network it is on its way before anybody could take it back.
        let waits = model.is_offline() || model.needs_sign_in();
        if waits && model.unsent().iter().any(|item| item.id == command && item.tried == 0) {
            return Some(Self::Unsent(command));
        }
        if may_withdraw(range, now) {
            return Some(Self::GiveBack);
        }
        let team = view.teams.get(&entry.activity.team).and_then(|team| team.row.phone.clone());
        let phone = team.or_else(|| model.community_view().and_then(|community| community.phone));
        entry.is_running(now).then(|| Self::Call { until: range.end(), phone })
    }
}

/// The one way out, in the card of one's own sign-up.
#[component]
fn OneWayOut(way: WayOut, open: RwSignal<bool>) -> impl IntoView {
    let model = use_model();
    let words = model.words();
    match way {
        WayOut::Unsent(command) => {
            let take_back = move |_| {
                model.withdraw_unsent(command);
                model.announce(model.words_untracked().outbox.withdrawn);
            };
            view! {
                <div class="button-row">
                    <button type="button" class="button" on:click=take_back>{words.outbox.withdraw}</button>
                </div>
            }
            .into_any()
        }
        WayOut::GiveBack => view! {
            <div class="button-row">
                <button type="button" class="button" data-kind="quiet" on:click=move |_| open.set(true)>
                    {words.occurrence.withdraw}
                </button>
            </div>
        }
        .into_any(),
        WayOut::Call { until, phone } => {
            let text = words.occurrence.running(format::time(words.language, until.minute_of_day()));
            view! {
                <p class="status-text">{text}</p>
                {phone
                    .map(|phone| {
                        view! {
                            <div class="button-row">
                                <a class="button" href=["tel:", &phone].concat()>
                                    <Icon name="i-phone"/>
                                    <span>
                                        {with_whole(&words.common.call_number(&phone), &phone)}
                                    </span>
                                </a>
                            </div>
                        }
                    })}
            }
            .into_any()
        }
    }
}

/// A withdrawal that is still on its way.
#[component]
fn Leaving(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    move || {
        let view = model.view();
        let is_leaving = |(sign_up, row): (&SignUpId, &domain::sync::In<SignUpRow>)| {
            let is_gone = matches!(row.row.state, SignUpState::Withdrawn { .. });
            (row.row.occurrence == id && is_gone).then(|| view.deliveries.get(&sign_up.uuid()).copied()).flatten()
        };
        view.sign_ups.iter().find_map(is_leaving).map(|delivery| {
            let words = model.words();
            let (state, icon, text) = match delivery {
                Delivery::Saved => ("saved", "i-phone-arrow", words.offline.saved_other),
                Delivery::Checking => ("checking", "i-dots", words.states.checking),
            };
            view! {
                <section class="status" data-state=state role="status">
                    <Icon name=icon/>
                    <div class="status-body">
                        <p class="status-title">{words.occurrence.withdraw}</p>
                        <p class="status-text">{text}</p>
                    </div>
                </section>
            }
        })
    }
}

/// The one button, or the sentence that stands in its place.
#[component]
fn MainAction(fact: RowFact, ask: HeldTap<OccurrenceId>) -> impl IntoView {
    let model = use_model();
    let busy = Signal::derive(move || ask.is_held().then(|| model.words().common.loading.to_owned()));
    let on_press = Callback::new(move |()| ask.tap());
    let button = move |text: String| {
        view! { <Button label=Signal::stored(text) kind=Kind::Primary wide=true busy on_press/> }.into_any()
    };
    let note = |text: String| view! { <p class="action-bar-note">{text}</p> }.into_any();
    move || {
        let words = model.words();
        match fact {
            RowFact::Left { .. } | RowFact::Open => button(words.occurrence.sign_up.to_owned()),
            RowFact::Pool { .. } => button(words.draws.enter.to_owned()),
            RowFact::Full { waiting } => button(words.occurrence.sign_up_wait(waiting)),
            RowFact::WalkIn => note(words.occurrence.walk_in.to_owned()),
            RowFact::NotOpen { opens_at } => {
                note(words.occurrence.opens(format::moment(words.language, opens_at, model.today())))
            }
            RowFact::Closed => note(words.occurrence.closed.to_owned()),
            RowFact::Running => note(words.states.now.to_owned()),
            RowFact::Over => note(words.occurrence.over.to_owned()),
            RowFact::Cancelled => note(words.occurrence.called_off.to_owned()),
            RowFact::OnItsWay(_)
            | RowFact::CheckedIn
            | RowFact::Confirmed { .. }
            | RowFact::Offered { .. }
            | RowFact::Pooled { .. }
            | RowFact::Waitlisted { .. } => ().into_any(),
        }
    }
}
