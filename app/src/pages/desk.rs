//! The desk: what waits for an answer, and the day of each space one runs; the teams one publishes for.
//!
//! The address holds the day (`on`) and, on a phone, the space (`space`). Who sees what follows from the roles in the
//! profile; the server asks its own table.

use domain::booking::BookingState;
use domain::command::{ApproveBooking, CancelBooking, CheckInBooking, Command, DeclineBooking};
use domain::id::{BookingId, CommunityId, SpaceId, StreamId, TeamId};
use domain::order::sort_by_key;
use domain::people::{Action, Actor, Facts, Role, may};
use domain::sync::View;
use domain::text::Note;
use domain::time::LocalDate;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::components::day_picker::DayStepper;
use crate::components::day_timeline::{Line, day_lines};
use crate::components::forbidden::{Forbidden, Opening};
use crate::components::reason_sheet::{ReasonSheet, ReasonWords};
use crate::components::refusals_here::RefusalsHere;
use crate::components::request_card::{RequestCard, RequestData, who};
use crate::components::timeline::{Timeline, TimelineActions};
use crate::components::unsaved::Unsaved;
use crate::model::{Freshness, Session, Submission, use_model};
use crate::pages::communities::name_of;
use crate::route::{Route, with_query};
use crate::ui::icon::Icon;
use crate::ui::wide::use_is_wide;

/// `/desk?on=&space=`
#[component]
pub fn DeskPage() -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().common.desk.to_owned());
    let has_profile = Memo::new(move |_| model.view().profile.is_some());
    let has_role =
        Memo::new(move |_| model.view().profile.as_ref().is_some_and(|(_, profile)| !profile.roles.is_empty()));
    move || match model.session() {
        Session::Unknown => view! { <Opening/> }.into_any(),
        Session::SignedIn(_) if !has_profile.get() => view! { <Opening/> }.into_any(),
        Session::SignedIn(_) if has_role.get() => view! { <OpenDesk/> }.into_any(),
        Session::SignedIn(_) | Session::Guest => view! { <Forbidden next=Route::Desk.href()/> }.into_any(),
    }
}

/// Whether a thing of a community belongs on this person's desk: their own, and for staff what lies in the community
/// on screen.
fn is_mine(actor: &Actor, action: Action, facts: &Facts, own: &Role, on_screen: &CommunityId) -> bool {
    let Actor::Account(caller) = actor else { return false };
    may(actor, action, facts) && (caller.roles.contains(own) || facts.community.as_ref() == Some(on_screen))
}

/// The spaces on this person's desk, in order of name.
fn managed_spaces(view: &View, on_screen: &CommunityId) -> Vec<(SpaceId, String)> {
    let actor = view.actor();
    let mut spaces: Vec<_> = view
        .spaces
        .iter()
        .filter(|(id, space)| {
            let community = Some(space.community.clone());
            let facts = Facts { space: Some(**id), community, ..Facts::default() };
            is_mine(&actor, Action::ReadSpaceDesk, &facts, &Role::Host(**id), on_screen)
        })
        .map(|(id, space)| (*id, space.row.name.to_string()))
        .collect();
    sort_by_key(&mut spaces, |(id, name)| (name.clone(), *id));
    spaces
}

/// The teams on this person's desk, in order of name.
fn managed_teams(view: &View, on_screen: &CommunityId) -> Vec<(TeamId, String)> {
    let actor = view.actor();
    let mut teams: Vec<_> = view
        .teams
        .iter()
        .filter(|(id, team)| {
            let community = Some(team.community.clone());
            let facts = Facts { team: Some(**id), community, ..Facts::default() };
            is_mine(&actor, Action::PublishActivity, &facts, &Role::TeamEditor(**id), on_screen)
        })
        .map(|(id, team)| (*id, team.row.name.to_string()))
        .collect();
    sort_by_key(&mut teams, |(id, name)| (name.clone(), *id));
    teams
}

#[component]
fn OpenDesk() -> impl IntoView {
    let query = use_query_map();
    let navigate = StoredValue::new(use_navigate());

    let model = use_model();
    let is_wide = use_is_wide();
    let day = Memo::new(move |_| {
        let named = query.with(|query| query.get("on").and_then(|on| on.parse::<LocalDate>().ok()));
        named.unwrap_or_else(|| model.today())
    });
    let spaces = Memo::new(move |_| managed_spaces(&model.view(), &model.community()));
    let teams = Memo::new(move |_| managed_teams(&model.view(), &model.community()));
    let tab = Memo::new(move |_| {
        let named = query.with(|query| query.get("space").and_then(|id| id.parse::<SpaceId>().ok()));
        let spaces = spaces.read();
        named.filter(|named| spaces.iter().any(|(id, _)| id == named)).or_else(|| spaces.first().map(|(id, _)| *id))
    });
    let requests = Memo::new(move |_| requests_of(&model.view(), &spaces.read(), model.words(), model.now()));

    let last = RwSignal::new(None::<Submission>);
    let submit = Callback::new(move |(booking, command): (BookingId, Command)| {
        let view = model.view_untracked();
        if let Some(row) = view.desk_bookings.get(&booking) {
            last.set(Some(model.submit(StreamId::Community(row.community.clone()), command, None)));
        }
    });
    let approve = Callback::new(move |booking| {
        submit.run((booking, Command::ApproveBooking(ApproveBooking { booking })));
        model.announce(model.words_untracked().desk.approved);
    });
    let check_in = Callback::new(move |booking| {
        submit.run((booking, Command::CheckInBooking(CheckInBooking { booking })));
        model.announce(model.words_untracked().roster.checked_in);
    });
    let declining = Asking::new();
    let decline = Callback::new(move |reason: Option<Note>| {
        if let (Some(booking), Some(reason)) = (declining.booking.get_untracked(), reason) {
            submit.run((booking, Command::DeclineBooking(DeclineBooking { booking, reason })));
            model.announce(model.words_untracked().desk.declined);
        }
    });
    let cancelling = Asking::new();
    let cancel = Callback::new(move |reason: Option<Note>| {
        if let Some(booking) = cancelling.booking.get_untracked() {
            submit.run((booking, Command::CancelBooking(CancelBooking { booking, reason })));
            model.announce(model.words_untracked().booking.cancelled);
        }
    });
    let actions = TimelineActions {
        on_approve: approve,
        on_check_in: check_in,
        on_cancel: Callback::new(move |booking| cancelling.ask(booking)),
    };
    let go = Callback::new(move |(on, space): (LocalDate, Option<SpaceId>)| {
        let on = if on == model.today_untracked() { String::new() } else { on.to_string() };
        let space = space.map(|space| space.to_string()).unwrap_or_default();
        let href = with_query(&Route::Desk.href(), &[("on", &on), ("space", &space)]);
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&href, options));
    });
    let choose_day = Callback::new(move |on| go.run((on, tab.get_untracked())));
    let place = move || {
        let name = model.community_view().map(|community| name_of(&community, model.language()));
        name.unwrap_or_else(|| model.words().common.community.to_owned())
    };

    view! {
        <div class="page" data-wide="">
            <h1 class="page-title" tabindex="-1">{move || model.words().desk.title(place())}</h1>
            <RefusalsHere is_here=Callback::new(is_about_the_desk)/>
            <Unsaved last/>
            {move || (!spaces.read().is_empty()).then(|| view! {
                <section class="section" aria-labelledby="desk-requests">
                    <header class="section-head">
                        <h2 class="section-title" id="desk-requests">{move || model.words().desk.requests_title}</h2>
                    </header>
                    {move || requests.read().is_empty().then(|| view! { <p class="quiet">{model.words().desk.no_requests}</p> })}
                    <ul class="request-list">
                        <For each=move || requests.get() key=|request| format!("{request:?}") let:request>
                            <li>
                                <RequestCard
                                    request
                                    on_approve=approve
                                    on_decline=Callback::new(move |booking| declining.ask(booking))
                                />
                            </li>
                        </For>
                    </ul>
                </section>
                <section class="section" aria-label=move || model.words().desk.choose_day>
                    <DayStepper chosen=day.into() on_choose=choose_day/>
                    {move || {
                        (day.get() != model.today()).then(|| view! {
                            <button type="button" class="button" data-kind="quiet" on:click=move |_| choose_day.run(model.today_untracked())>
                                {model.words().desk.back_to_today}
                            </button>
                        })
                    }}
                    <SpaceTabs
                        spaces=Signal::derive(move || if is_wide.get() { Vec::new() } else { spaces.get() })
                        chosen=tab.into()
                        on_choose=Callback::new(move |space| go.run((day.get_untracked(), Some(space))))
                    />
                    <div class="timeline-columns">
                        <For
                            each=move || {
                                let (all, only) = (spaces.get(), tab.get());
                                all.into_iter()
                                    .filter(|(id, _)| is_wide.get() || Some(*id) == only)
                                    .collect::<Vec<_>>()
                            }
                            key=Clone::clone
                            let((id, name))
                        >
                            <SpaceDay id name day=day.into() actions/>
                        </For>
                    </div>
                </section>
            })}
            <Boards/>
            <Teams teams=teams.into()/>
            <Elsewhere is_empty=Signal::derive(move || spaces.read().is_empty() && teams.read().is_empty())/>
            <AnswerSheet asking=declining is_decline=true on_confirm=decline/>
            <AnswerSheet asking=cancelling is_decline=false on_confirm=cancel/>
        </div>
    }
}

/// A booking about which a sheet asks for a reason.
#[derive(Clone, Copy)]
struct Asking {
    open: RwSignal<bool>,
    booking: RwSignal<Option<BookingId>>,
}

impl Asking {
    fn new() -> Self {
        Self { open: RwSignal::new(false), booking: RwSignal::new(None) }
    }

    fn ask(self, booking: BookingId) {
        self.booking.set(Some(booking));
        self.open.set(true);
    }
}

fn requests_of(
    view: &View,
    spaces: &[(SpaceId, String)],
    words: &'static domain::words::Words,
    now: domain::time::Timestamp,
) -> Vec<RequestData> {
    let mut waiting: Vec<_> = view
        .desk_bookings
        .iter()
        .filter(|(_, row)| row.row.booking.state == BookingState::Requested && row.row.booking.range.start() > now)
        .filter_map(|(id, row)| {
            let (_, name) = spaces.iter().find(|(space, _)| *space == row.row.booking.space)?;
            Some((row.row.booking.answer_by, *id, name, &row.row))
        })
        .collect();
    sort_by_key(&mut waiting, |(by, id, ..)| (*by, *id));
    waiting.into_iter().map(|(_, id, name, row)| RequestData::of(id, name, row, words, now)).collect()
}

/// Whether a refused command was given here.
fn is_about_the_desk(command: Command) -> bool {
    match command {
        Command::ApproveBooking(_) | Command::DeclineBooking(_) | Command::CheckInBooking(_) => true,
        Command::CancelBooking(command) => {
            let view = use_model().view_untracked();
            view.desk_bookings.contains_key(&command.booking) && !view.bookings.contains_key(&command.booking)
        }
        _ => false,
    }
}

/// The spaces as tabs, where only one fits on the screen.
#[component]
fn SpaceTabs(
    spaces: Signal<Vec<(SpaceId, String)>>,
    chosen: Signal<Option<SpaceId>>,
    on_choose: Callback<SpaceId>,
) -> impl IntoView {
    let model = use_model();
    move || {
        let spaces = spaces.get();
        (spaces.len() > 1).then(|| {
            view! {
                <div class="tabs" role="tablist" aria-label=model.words().desk.choose_space>
                    {spaces
                        .into_iter()
                        .map(|(id, name)| {
                            view! {
                                <button
                                    type="button"
                                    class="tab"
                                    role="tab"
                                    aria-selected=move || (chosen.get() == Some(id)).to_string()
                                    on:click=move |_| on_choose.run(id)
                                >
                                    {name}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            }
        })
    }
}

/// One space's day.
#[component]
fn SpaceDay(id: SpaceId, name: String, day: Signal<LocalDate>, actions: TimelineActions) -> impl IntoView {
    let model = use_model();
    let lines = Memo::new(move |_| {
        let view = model.view();
        let space = view.spaces.get(&id);
        space.map_or_else(Vec::<Line>::new, |space| {
            day_lines(&view, id, &space.row, day.get(), model.words(), model.now())
        })
    });
    view! { <Timeline space=name lines=lines.into() actions/> }
}

/// What staff look after beside spaces and teams: the monthly three, of their community and of the district, and numbers.
#[component]
fn Boards() -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let view = model.view();
        let roles = view.profile.iter().flat_map(|(_, profile)| profile.roles.iter().map(|role| role.role.clone()));
        let duties = &words.duties;
        let links: Vec<_> = roles
            .flat_map(|role| match role {
                Role::DistrictAdmin => {
                    vec![(duties.of(duties.board), Route::DutyBoard), (words.numbers.title.to_owned(), Route::Numbers)]
                }
                Role::CommunityAdmin(id) => {
                    let name =
                        model.communities().iter().find(|one| one.id == id).map(|one| name_of(one, words.language));
                    vec![(duties.of(name.unwrap_or_else(|| id.to_string())), Route::Duties(id))]
                }
                Role::TeamEditor(_) | Role::Host(_) => Vec::new(),
            })
            .map(|(name, route)| {
                view! {
                    <li>
                        <a class="list-row" href=route.href()>
                            <Icon name="i-council"/>
                            <span class="list-row-text">
                                <span class="list-row-title">{name}</span>
                            </span>
                            <Icon name="i-next"/>
                        </a>
                    </li>
                }
            })
            .collect();
        (!links.is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2 class="section-title">{words.duties.title}</h2>
                    <ul class="list">{links}</ul>
                </section>
            }
        })
    }
}

/// The teams one publishes for.
#[component]
fn Teams(teams: Signal<Vec<(TeamId, String)>>) -> impl IntoView {
    let model = use_model();
    move || {
        let teams = teams.get();
        (!teams.is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2 class="section-title">{model.words().team.my_teams}</h2>
                    <ul class="list">
                        {teams
                            .into_iter()
                            .map(|(id, name)| {
                                view! {
                                    <li>
                                        <a class="list-row" href=Route::Team(id).href()>
                                            <Icon name="i-people"/>
                                            <span class="list-row-text">
                                                <span class="list-row-title">{name}</span>
                                            </span>
                                            <Icon name="i-next"/>
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// Somebody whose roles lie in another community is led there.
#[component]
fn Elsewhere(is_empty: Signal<bool>) -> impl IntoView {
    let model = use_model();
    move || {
        if !is_empty.get() {
            return None;
        }
        let view = model.view();
        let here = model.community();
        let mut named: Vec<CommunityId> = view
            .profile
            .iter()
            .flat_map(|(_, profile)| profile.roles.iter().filter_map(|role| role.community.clone()))
            .filter(|community| *community != here)
            .collect();
        sort_by_key(&mut named, Clone::clone);
        named.dedup();
        let elsewhere: Vec<_> =
            model.communities().iter().filter(|community| named.contains(&community.id)).cloned().collect();
        let is_nowhere = elsewhere.is_empty();
        if is_nowhere && model.freshness() == Freshness::Loading {
            return Some(view! { <Opening/> }.into_any());
        }
        let buttons = elsewhere
            .into_iter()
            .map(|community| {
                let text = model.words().desk.elsewhere(&community.name);
                let id = community.id;
                view! {
                    <button
                        type="button"
                        class="button"
                        data-kind="primary"
                        on:click=move |_| model.set_prefs(|prefs| prefs.community = Some(id.clone()))
                    >
                        {text}
                    </button>
                }
            })
            .collect_view();
        let nowhere = is_nowhere.then(|| view! { <p class="empty-text">{model.words().desk.not_host}</p> });
        Some(view! { <div class="empty">{nowhere} {buttons}</div> }.into_any())
    }
}

/// Declining a request, or calling off a booking that stands: both with a reason the resident reads.
#[component]
fn AnswerSheet(asking: Asking, is_decline: bool, on_confirm: Callback<Option<Note>>) -> impl IntoView {
    let model = use_model();
    let about = Signal::derive(move || {
        let view = model.view();
        let row = asking.booking.get().and_then(|id| view.desk_bookings.get(&id));
        let words = model.words();
        row.map_or_else(Vec::new, |row| {
            let when = format::staff_when(words.language, row.row.booking.range, model.today());
            vec![who(words, &row.row), when]
        })
    });
    let pick = move |decline: &'static str, cancel: &'static str| if is_decline { decline } else { cancel }.to_owned();
    let words = ReasonWords {
        title: Signal::derive(move || pick(model.words().desk.decline_title, model.words().desk.cancel_title)),
        about,
        consequence: Signal::derive(move || model.words().desk.cancel_note.to_owned()),
        ask: Signal::derive(move || model.words().desk.reason_needed.to_owned()),
        reasons: Signal::derive(move || {
            let desk = &model.words().desk;
            vec![desk.reason_taken, desk.reason_people, desk.reason_closed, desk.reason_repair, desk.reason_call]
        }),
        confirm: Signal::derive(move || pick(model.words().desk.decline_send, model.words().desk.cancel_send)),
        keep: Signal::derive(move || pick(model.words().desk.decline_keep, model.words().desk.keep)),
    };
    view! { <ReasonSheet open=asking.open words is_needed=true on_confirm/> }
}
