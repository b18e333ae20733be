//! The three steps of signing in, one field each.

use std::time::Duration;

use domain::id::CommunityId;
use domain::text::{PersonName, Phone};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Draft, Step};
use crate::api::ApiError;
use crate::model::{Model, use_model};
use crate::storage::guest;
use crate::ui::button::{Button, Kind};
use crate::ui::icon::Icon;

/// How many digits a code has.
const DIGITS: usize = 6;

/// The number and the consent.
#[component]
pub fn PhoneStep(draft: Draft) -> impl IntoView {
    let model = use_model();
    let agreed = RwSignal::new(guest::read(guest::CONSENT).is_some());
    let consent_problem = RwSignal::new(false);
    let send = move || {
        let Ok(phone) = draft.phone.get_untracked().parse::<Phone>() else {
            draft.problem.set(Some(model.words_untracked().login.phone_wrong.to_owned()));
            return;
        };
        draft.problem.set(None);
        consent_problem.set(!agreed.get_untracked());
        if agreed.get_untracked() {
            // Somebody else's phone is not to remember that for its owner.
            if !draft.is_shared.get_untracked() {
                guest::write(guest::CONSENT, "1");
            }
            ask_for_code(model, draft, phone);
        }
    };
    let busy = Signal::derive(move || draft.busy_word(model));
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); send() }>
            <div class="field">
                <label class="field-label" for="phone">{move || model.words().login.phone}</label>
                <p class="field-help" id="phone-help">{move || model.words().login.phone_help}</p>
                <input
                    class="input phone-input"
                    id="phone"
                    type="tel"
                    inputmode="tel"
                    autocomplete="tel"
                    maxlength="20"
                    aria-describedby="phone-help step-problem"
                    aria-invalid=move || draft.problem.get().map(|_| "true")
                    prop:value=draft.phone
                    on:input:target=move |event| draft.phone.set(event.target().value())
                />
                <Problem draft/>
            </div>
            <label class="check-row">
                <input
                    type="checkbox"
                    aria-invalid=move || consent_problem.get().then_some("true")
                    aria-describedby="consent-problem"
                    prop:checked=agreed
                    on:change:target=move |event| {
                        agreed.set(event.target().checked());
                        consent_problem.set(false);
                    }
                />
                <span class="check-row-text">{move || model.words().privacy.agree_box(model.words().privacy.title)}</span>
            </label>
            <p class="field-error" id="consent-problem" role="alert" hidden=move || !consent_problem.get()>
                {move || model.words().privacy.agree_first}
            </p>
            <details>
                <summary>{move || model.words().privacy.read}</summary>
                <PrivacyNote/>
            </details>
            <p class="quiet">{move || model.words().privacy.login_note}</p>
            <Button
                label=Signal::derive(move || model.words().login.send.to_owned())
                kind=Kind::Primary
                wide=true
                busy=busy
                on_press=Callback::new(move |()| send())
            />
            <div class="field">
                <label class="check-row">
                    <input
                        type="checkbox"
                        aria-describedby="shared-help"
                        prop:checked=draft.is_shared
                        on:change:target=move |event| draft.is_shared.set(event.target().checked())
                    />
                    <span class="check-row-text">{move || model.words().login.shared}</span>
                </label>
                <p class="field-help" id="shared-help">{move || model.words().login.shared_help}</p>
            </div>
        </form>
    }
}

fn ask_for_code(model: Model, draft: Draft, phone: Phone) {
    if draft.is_busy.get_untracked() {
        return;
    }
    draft.is_busy.set(true);
    spawn_local(async move {
        match model.sign_in_challenge(&phone).await {
            Ok(challenge) => {
                draft.challenge.set(challenge.challenge);
                draft.demo_code.set(challenge.demo_code);
                draft.resend_in.set(challenge.resend_after_s);
                draft.code.set(String::new());
                draft.problem.set(None);
                draft.is_busy.set(false);
                draft.step.set(Step::Code);
            }
            Err(error) => draft.fail(model, &error),
        }
    });
}

/// The six digits; the sixth hands them in.
#[component]
pub fn CodeStep(draft: Draft) -> impl IntoView {
    let model = use_model();
    let input = NodeRef::<leptos::html::Input>::new();
    let take = move |typed: String| {
        let digits: String = typed.chars().filter_map(digit).take(DIGITS).collect();
        let is_whole = digits.len() == DIGITS;
        draft.code.set(digits);
        draft.problem.set(None);
        if is_whole {
            hand_in(model, draft, None, None);
        }
    };
    let again = move |_| {
        if let Ok(phone) = draft.phone.get_untracked().parse() {
            ask_for_code(model, draft, phone);
        }
    };
    let other_number = move |_| {
        draft.problem.set(None);
        draft.step.set(Step::Phone);
    };
    count_down(draft.resend_in);
    focus_on_mount(input);
    let send_again = move || {
        let login = &model.words().login;
        match draft.resend_in.get() {
            0 => login.send_again.to_owned(),
            seconds => login.again_in(seconds),
        }
    };
    view! {
        <div class="stack">
            <div class="field">
                <label class="field-label" for="code">{move || model.words().login.code}</label>
                <p class="field-help" id="code-help">{move || model.words().login.code_help(draft.phone.get())}</p>
                <div class="code-field">
                    <input
                        class="code-input"
                        id="code"
                        node_ref=input
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        maxlength="6"
                        aria-describedby="code-help step-problem"
                        aria-invalid=move || draft.problem.get().map(|_| "true")
                        aria-busy=move || draft.is_busy.get().then_some("true")
                        prop:value=draft.code
                        on:input:target=move |event| take(event.target().value())
                    />
                </div>
                <Problem draft/>
            </div>
            {move || draft.busy_word(model).map(|word| view! { <p class="quiet" role="status">{word}</p> })}
            {move || {
                draft.demo_code.get().map(|code| {
                    view! { <p class="demo-code"><strong>{model.words().login.demo_code(code)}</strong></p> }
                })
            }}
            <div class="button-row">
                <button class="button" type="button" disabled=move || draft.resend_in.get() != 0 on:click=again>
                    {send_again}
                </button>
                <button class="button" type="button" data-kind="quiet" on:click=other_number>
                    {move || model.words().login.other_number}
                </button>
            </div>
        </div>
    }
}

/// A digit of any width.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        _ => None,
    }
}

fn hand_in(model: Model, draft: Draft, name: Option<PersonName>, home: Option<CommunityId>) {
    if draft.is_busy.get_untracked() {
        return;
    }
    draft.is_busy.set(true);
    let (challenge, code) = (draft.challenge.get_untracked(), draft.code.get_untracked());
    spawn_local(async move {
        match model.verify(&challenge, &code, name.as_ref(), home.as_ref(), draft.whose()).await {
            Ok(_) => drop(draft.on_done.try_run(())),
            Err(ApiError::Problem(problem)) if problem.code == "name-needed" => {
                draft.is_busy.set(false);
                draft.problem.set(None);
                draft.step.set(Step::Name);
            }
            Err(error) => {
                let must_retype = matches!(&error, ApiError::Problem(_));
                draft.fail(model, &error);
                if must_retype && draft.step.try_get_untracked() == Some(Step::Code) {
                    draft.code.set(String::new());
                }
            }
        }
    });
}

/// What a newcomer is called and where they live.
#[component]
pub fn NameStep(draft: Draft) -> impl IntoView {
    let model = use_model();
    let input = NodeRef::<leptos::html::Input>::new();
    let name = RwSignal::new(String::new());
    let home = RwSignal::new(model.community_untracked().to_string());
    focus_on_mount(input);
    let done = move || match name.get_untracked().parse::<PersonName>() {
        Ok(name) => {
            draft.problem.set(None);
            hand_in(model, draft, Some(name), home.get_untracked().parse().ok());
        }
        Err(problem) => draft.problem.set(Some(model.words_untracked().text_problem(problem))),
    };
    let options = move || {
        let chosen = home.get_untracked();
        let communities = model.communities();
        let option = |community: &domain::change::CommunityView| {
            let id = community.id.to_string();
            view! { <option value=id.clone() selected=id == chosen>{community.name.to_string()}</option> }
        };
        communities.iter().map(option).collect_view()
    };
    view! {
        <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); done() }>
            <div class="field">
                <label class="field-label" for="name">{move || model.words().login.name}</label>
                <p class="field-help" id="name-help">{move || model.words().login.name_help}</p>
                <input
                    class="input"
                    id="name"
                    node_ref=input
                    autocomplete="nickname"
                    maxlength="40"
                    aria-describedby="name-help step-problem"
                    aria-invalid=move || draft.problem.get().map(|_| "true")
                    prop:value=name
                    on:input:target=move |event| name.set(event.target().value())
                />
                <Problem draft/>
            </div>
            <div class="field">
                <label class="field-label" for="home">{move || model.words().me.home_community}</label>
                <select class="input" id="home" on:change:target=move |event| home.set(event.target().value())>
                    {options}
                </select>
            </div>
            <Button
                label=Signal::derive(move || model.words().login.done.to_owned())
                kind=Kind::Primary
                wide=true
                busy=Signal::derive(move || draft.busy_word(model))
                on_press=Callback::new(move |()| done())
            />
        </form>
    }
}

/// What is wrong with the field above.
#[component]
fn Problem(draft: Draft) -> impl IntoView {
    view! {
        <div id="step-problem" role="alert">
            {move || {
                draft.problem.get().map(|text| {
                    view! { <p class="field-error"><Icon name="i-exclamation"/>{text}</p> }
                })
            }}
        </div>
    }
}

/// Who sees what, what is kept, for how long.
#[component]
fn PrivacyNote() -> impl IntoView {
    let model = use_model();
    view! {
        <div class="stack" data-gap="small">
            <p>{move || model.words().privacy.who}</p>
            <p>{move || model.words().privacy.what}</p>
            <p>{move || model.words().privacy.how_long}</p>
            <p>{move || model.words().privacy.whom_to_ask}</p>
        </div>
    }
}

/// Counts seconds down to zero while the step is on screen.
fn count_down(seconds: RwSignal<u32>) {
    let tick = move || seconds.update(|seconds| *seconds = seconds.saturating_sub(1));
    if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || handle.clear());
    }
}

/// Puts the focus on the one field of a step, where typing goes on.
fn focus_on_mount(input: NodeRef<leptos::html::Input>) {
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
}
