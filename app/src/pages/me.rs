//! One's own page: the next thing on top, then what is coming, what waits, what is over, and the ways to everything else
//! of one's own. `?booking=` opens that booking.

use domain::command::{CancelBooking, Command};
use domain::id::{BookingId, CommandId, StreamId};
use domain::people::Relation;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

use crate::components::coming_list::{ComingList, Mine, NextUp};
use crate::components::own_booking_sheet::OwnBookingSheet;
use crate::components::profile_edit::ProfileSheet;
use crate::components::sign_out_sheet::SignOutSheet;
use crate::components::unsaved::Unsaved;
use crate::model::{Freshness, Session, Submission, use_model};
use crate::route::{Route, login_then};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Dotted;

/// How many of what is over are listed.
const PAST_MAX: usize = 30;

/// `/me`
#[component]
pub fn MePage() -> impl IntoView {
    let model = use_model();
    model.set_title(move || model.words().me.title.to_owned());
    move || match model.session() {
        Session::Unknown => view! {
            <div class="page">
                <h1 class="page-title">{move || model.words().me.title}</h1>
                <div class="busy" aria-busy="true">
                    <p>{move || model.words().common.loading}</p>
                </div>
            </div>
        }
        .into_any(),
        Session::Guest => view! { <GuestPage/> }.into_any(),
        Session::SignedIn(_) => view! { <OwnPage/> }.into_any(),
    }
}

/// Nobody is signed in, or what is one's own is locked: one button, three ways to start, and what needs no account.
#[component]
fn GuestPage() -> impl IntoView {
    let model = use_model();
    view! {
        <div class="page">
            <h1 class="page-title">{move || model.words().me.title}</h1>
            <p class="page-sub">
                {move || if model.is_locked() { model.words().me.locked } else { model.words().me.not_signed_in }}
            </p>
            <a class="button" data-kind="primary" data-wide="" href=login_then(&Route::Me.href())>
                {move || model.words().common.sign_in}
            </a>
            <section class="section">
                <h2 class="section-title">{move || model.words().me.start}</h2>
                <ul class="list">
                    <Entry icon="i-calendar" href=Route::Activities.href() text=Signal::derive(move || model.words().me.see_activities)/>
                    <Entry icon="i-room" href=Route::Spaces.href() text=Signal::derive(move || model.words().me.see_spaces)/>
                    <Entry icon="i-info" href=Route::Help.href() text=Signal::derive(move || model.words().common.help)/>
                </ul>
            </section>
            <ul class="list">
                <Entry icon="i-text-size" href=Route::Settings.href() text=Signal::derive(move || model.words().me.settings)/>
                <CallEntry/>
            </ul>
        </div>
    }
}

#[component]
fn OwnPage() -> impl IntoView {
    let model = use_model();
    let asked =
        use_query_map().with_untracked(|query| query.get("booking").and_then(|id| id.parse::<BookingId>().ok()));
    let booking = RwSignal::new(asked);
    let booking_open = RwSignal::new(false);
    let sign_out_open = RwSignal::new(false);
    let last = RwSignal::new(None::<Submission>);

    let mine = Memo::new(move |_| Mine::of(&model.view(), model.words(), model.now()));
    let open = Callback::new(move |id| {
        booking.set(Some(id));
        booking_open.set(true);
    });
    let cancel = Callback::new(move |id: BookingId| {
        let view = model.view_untracked();
        let Some(row) = view.bookings.get(&id) else { return };
        let is_new = view.deliveries.contains_key(&id.uuid());
        let depends_on = is_new.then(|| CommandId::from_uuid(id.uuid()));
        let command = Command::CancelBooking(CancelBooking { booking: id, reason: None });
        last.set(Some(model.submit(StreamId::Community(row.community.clone()), command, depends_on)));
        model.announce(model.words_untracked().booking.cancelled);
    });
    let sign_out = Callback::new(move |()| spawn_local(model.sign_out()));
    // A message or a shared line names a booking: its sheet opens once the booking is there.
    let is_there = Memo::new(move |_| asked.is_some_and(|id| model.view().bookings.contains_key(&id)));
    Effect::new(move |_| {
        if is_there.get() {
            booking_open.set(true);
        }
    });

    view! {
        <div class="page">
            <AccountHead/>
            <Unsaved last/>
            <Ways/>
            {move || mine.with(|mine| mine.next.clone()).map(|line| view! { <NextUp line on_booking=open/> })}
            <Lines title=Signal::derive(move || model.words().me.coming) lines=Signal::derive(move || mine.get().coming) on_booking=open/>
            <Lines title=Signal::derive(move || model.words().me.waiting) lines=Signal::derive(move || mine.get().waiting) on_booking=open/>
            {move || mine.with(|mine| mine.next.is_none() && mine.coming.is_empty() && mine.waiting.is_empty()).then(|| view! { <Nothing/> })}
            {move || {
                let past = mine.get().past;
                (!past.is_empty())
                    .then(|| {
                        let lines: Vec<_> = past.into_iter().take(PAST_MAX).collect();
                        view! {
                            <details class="day-past">
                                <summary>{move || model.words().me.past}</summary>
                                <ComingList lines on_booking=open/>
                            </details>
                        }
                    })
            }}
            <Household/>
            <ul class="list">
                <Entry icon="i-settings" href=Route::Settings.href() text=Signal::derive(move || model.words().me.settings)/>
                <Entry icon="i-info" href=Route::Help.href() text=Signal::derive(move || model.words().common.help)/>
                <CallEntry/>
                <li>
                    <button type="button" class="list-row" aria-haspopup="dialog" on:click=move |_| sign_out_open.set(true)>
                        <Icon name="i-logout"/>
                        <span class="list-row-text">
                            <span class="list-row-title">{move || model.words().me.sign_out}</span>
                        </span>
                    </button>
                </li>
            </ul>
            <OwnBookingSheet open=booking_open booking=booking.into() on_cancel=cancel/>
            <SignOutSheet open=sign_out_open on_confirm=sign_out/>
        </div>
    }
}

/// Who this is; leads to one's details.
#[component]
fn AccountHead() -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let head = move || {
        let words = model.words();
        let view = model.view();
        let Some((_, profile)) = &view.profile else {
            return view! { <h1 class="page-title">{words.me.title}</h1> }.into_any();
        };
        let name = profile.name.to_string();
        let initial: String = name.chars().take(1).collect();
        let communities = model.communities();
        let home = communities.iter().find(|community| community.id == profile.home);
        let home = home.map(|home| super::communities::name_of(home, words.language));
        let tail = (!profile.phone_tail.is_empty()).then(|| words.me.phone_tail(&profile.phone_tail));
        let facts: Vec<String> = [home, tail].into_iter().flatten().collect();
        view! {
            <header class="account-head">
                <span class="initial" aria-hidden="true">{initial}</span>
                <div>
                    <h1 class="page-title">{name}</h1>
                    <p class="page-sub">
                        <Dotted facts/>
                    </p>
                </div>
                <button
                    type="button"
                    class="account-head-edit"
                    aria-haspopup="dialog"
                    aria-label=words.me.profile
                    on:click=move |_| open.set(true)
                >
                    <Icon name="i-next"/>
                </button>
            </header>
        }
        .into_any()
    };
    view! {
        {head}
        <ProfileSheet open/>
    }
}

/// To the desk, for those with a role, and to what is not sent or was refused.
#[component]
fn Ways() -> impl IntoView {
    let model = use_model();
    let roles = move || {
        let view = model.view();
        let (_, profile) = view.profile.as_ref()?;
        let words = model.words();
        let mut names: Vec<&str> = profile.roles.iter().map(|role| words.role(&role.role)).collect();
        names.dedup();
        (!names.is_empty()).then(|| words.names_list(&names))
    };
    let unsent = move || model.unsent().len();
    let refused = move || model.refused().len() + model.set_aside().len();
    move || {
        let (roles, unsent, refused) = (roles(), unsent(), refused());
        if roles.is_none() && unsent + refused == 0 {
            return None;
        }
        let words = model.words();
        Some(view! {
            <ul class="list">
                {roles
                    .map(|roles| {
                        view! {
                            <li>
                                <a class="list-row" href=Route::Desk.href()>
                                    <Icon name="i-desk"/>
                                    <span class="list-row-text">
                                        <span class="list-row-title">{words.me.desk}</span>
                                        <span class="list-row-note">{roles}</span>
                                    </span>
                                    <Icon name="i-next"/>
                                </a>
                            </li>
                        }
                    })}
                {(unsent + refused > 0)
                    .then(|| {
                        view! {
                            <li>
                                <a class="list-row" href=Route::Outbox.href()>
                                    <Icon name="i-phone-arrow"/>
                                    <span class="list-row-text">
                                        <span class="list-row-title">{words.me.outbox}</span>
                                        {(refused > 0)
                                            .then(|| {
                                                view! { <span class="list-row-note">{words.outbox.refused_title}</span> }
                                            })}
                                    </span>
                                    <span class="list-row-value">{unsent + refused}</span>
                                    <Icon name="i-next"/>
                                </a>
                            </li>
                        }
                    })}
            </ul>
        })
    }
}

/// A part of the list with its heading; nothing when there is nothing.
#[component]
fn Lines(
    title: Signal<&'static str>,
    lines: Signal<Vec<crate::components::coming_list::Coming>>,
    on_booking: Callback<BookingId>,
) -> impl IntoView {
    let lines = Memo::new(move |_| lines.get());
    move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            view! {
                <section class="section">
                    <header class="section-head">
                        <h2 class="section-title">{move || title.get()}</h2>
                    </header>
                    <ComingList lines on_booking/>
                </section>
            }
        })
    }
}

/// Nothing is coming: three ways to start.
#[component]
fn Nothing() -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        if model.freshness() == Freshness::Loading {
            return view! {
                <div class="busy" aria-busy="true">
                    <p>{words.common.loading}</p>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="empty">
                <Icon name="i-calendar" size="huge"/>
                <p class="empty-text">{words.me.empty}</p>
                <p class="empty-help">{words.me.empty_help}</p>
                <div class="button-row">
                    <a class="button" data-kind="primary" href=Route::Activities.href()>{words.me.see_activities}</a>
                    <a class="button" href=Route::Spaces.href()>{words.me.see_spaces}</a>
                    <a class="button" href=Route::Family.href()>{words.family.add}</a>
                </div>
            </div>
        }
        .into_any()
    }
}

/// To the household, with its names.
#[component]
fn Household() -> impl IntoView {
    let model = use_model();
    let names = move || {
        let view = model.view();
        let others = view.persons.values().filter(|person| person.relation != Relation::Me);
        let names: Vec<String> = others.map(|person| person.name.to_string()).collect();
        let words = model.words();
        if names.is_empty() { words.family.intro.to_owned() } else { words.names_list(&names) }
    };
    view! {
        <ul class="list">
            <li>
                <a class="list-row" href=Route::Family.href()>
                    <Icon name="i-family"/>
                    <span class="list-row-text">
                        <span class="list-row-title">{move || model.words().me.family}</span>
                        <span class="list-row-note">{names}</span>
                    </span>
                    <Icon name="i-next"/>
                </a>
            </li>
        </ul>
    }
}

#[component]
fn Entry(icon: &'static str, href: String, text: Signal<&'static str>) -> impl IntoView {
    view! {
        <li>
            <a class="list-row" href=href>
                <Icon name=icon/>
                <span class="list-row-text">
                    <span class="list-row-title">{move || text.get()}</span>
                </span>
                <Icon name="i-next"/>
            </a>
        </li>
    }
}

/// The community's telephone.
#[component]
fn CallEntry() -> impl IntoView {
    let model = use_model();
    move || {
        let phone = model.community_view()?.phone?;
        let href = ["tel:", &phone].concat();
        Some(view! {
            <li>
                <a class="list-row" href=href>
                    <Icon name="i-phone"/>
                    <span class="list-row-text">
                        <span class="list-row-title">{model.words().common.call}</span>
                        <span class="list-row-note">{phone}</span>
                    </span>
                </a>
            </li>
        })
    }
}
