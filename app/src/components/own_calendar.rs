//! The address of one's own calendar: made here, shown on the phone that made it, given up for another.
//!
//! The secret is made on the phone and rests only there, in the journal of what was answered; the server has its hash.

use domain::calendar_key::CalendarKey;
use domain::change::CalendarMark;
use domain::command::{Command, Envelope, RenewCalendar};
use domain::id::StreamId;
use domain::words::format;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::unsaved::Unsaved;
use crate::model::{Model, Submission, use_model};
use crate::platform;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// The section of the settings; nothing for those who are not signed in.
#[component]
pub fn OwnCalendar() -> impl IntoView {
    let model = use_model();
    let last = RwSignal::new(None::<Submission>);
    let is_known = Memo::new(move |_| model.view().profile.is_some());
    let mark = Memo::new(move |_| model.view().profile.as_ref().and_then(|(_, profile)| profile.calendar.clone()));
    let renew = Callback::new(move |key: CalendarKey| {
        let Some((account, _)) = model.view_untracked().profile.clone() else { return };
        let command = Command::RenewCalendar(RenewCalendar { key });
        last.set(Some(model.submit(StreamId::Account(account), command, None)));
    });
    let make = move || renew.run(CalendarKey::of_random(platform::random(), platform::random()));
    let renew_open = RwSignal::new(false);
    view! {
        <RenewSheet open=renew_open on_confirm=Callback::new(move |()| make())/>
        <Show when=move || is_known.get()>
            <section class="section">
                <h2 class="section-title">{move || model.words().settings.own_calendar}</h2>
                <p class="field-help">{move || model.words().settings.own_calendar_help}</p>
                <Unsaved last/>
                {move || match mark.get() {
                    None => {
                        view! {
                            <div class="button-row">
                                <button type="button" class="button" on:click=move |_| make()>
                                    <Icon name="i-calendar"/>
                                    {move || model.words().settings.own_calendar_make}
                                </button>
                            </div>
                        }
                            .into_any()
                    }
                    Some(mark) => {
                        view! {
                            <Address mark/>
                            <p class="field-help">{move || model.words().settings.own_calendar_renew_help}</p>
                            <div class="button-row">
                                <button
                                    type="button"
                                    class="button"
                                    aria-haspopup="dialog"
                                    on:click=move |_| renew_open.set(true)
                                >
                                    {move || model.words().settings.own_calendar_renew}
                                </button>
                            </div>
                        }
                            .into_any()
                    }
                }}
            </section>
        </Show>
    }
}

/// What becomes of the old address, and the two ways on.
#[component]
fn RenewSheet(open: RwSignal<bool>, on_confirm: Callback<()>) -> impl IntoView {
    let model = use_model();
    let confirm = move |_| {
        open.set(false);
        on_confirm.run(());
    };
    let foot = move || {
        view! {
            <button type="button" class="button" data-kind="primary" on:click=move |_| open.set(false)>
                {move || model.words().settings.own_calendar_keep}
            </button>
            <button type="button" class="button" data-kind="danger" on:click=confirm>
                {move || model.words().settings.own_calendar_renew}
            </button>
        }
    };
    view! {
        <Sheet
            open
            title=Signal::derive(move || model.words().settings.own_calendar_renew_title.to_owned())
            says_keep=true
            foot
        >
            <p>{move || model.words().settings.own_calendar_renew_note}</p>
        </Sheet>
    }
}

/// The key that a command made, where this phone still has the command.
fn key_of(model: Model, mark: &CalendarMark) -> Option<CalendarKey> {
    let envelope: Envelope = domain::json::read(&model.outcome(mark.id)?.raw)?;
    match envelope.command().ok()? {
        Command::RenewCalendar(command) => Some(command.key),
        _ => None,
    }
}

/// The address, or where it can be seen.
#[component]
fn Address(mark: CalendarMark) -> impl IntoView {
    let model = use_model();
    let is_copied = RwSignal::new(false);
    move || {
        let words = model.words();
        let is_coming = model.unsent().iter().any(|item| item.id == mark.id);
        if is_coming {
            return view! { <p role="status">{words.settings.own_calendar_making}</p> }.into_any();
        }
        let Some(key) = key_of(model, &mark) else {
            let when = format::past_moment(words.language, mark.since, model.today());
            return view! { <p>{words.settings.own_calendar_elsewhere(when)}</p> }.into_any();
        };
        let path = ["/calendar/own/", &key.to_string(), ".ics"].concat();
        let address = platform::absolute(&path);
        // The scheme by which phones know that it is to be followed, and not looked at once.
        let subscribe = ["webcal:", address.split_once(':').map_or("", |(_, rest)| rest)].concat();
        let to_copy = address.clone();
        let copy = move |_| {
            let address = to_copy.clone();
            spawn_local(async move {
                is_copied.set(platform::copy(&address).await);
            });
        };
        view! {
            <p class="secret-address">{address}</p>
            <p class="field-help">{words.settings.own_calendar_secret}</p>
            <div class="button-row">
                <a class="button" data-kind="primary" href=subscribe rel="external">
                    <Icon name="i-calendar"/>
                    {words.settings.own_calendar_open}
                </a>
                <button type="button" class="button" on:click=copy>
                    <Icon name="i-copy"/>
                    <span role="status">
                        {move || if is_copied.get() { words.common.copied } else { words.settings.copy_address }}
                    </span>
                </button>
            </div>
        }
        .into_any()
    }
}
