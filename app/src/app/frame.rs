//! The frame around every page: head, band, tabs, the live region, and what happens on a change of page.

use domain::words::format;
use leptos::leptos_dom::helpers::{document, request_animation_frame, window};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_location;
use web_sys::{Element, FocusOptions, HtmlElement};

use super::updates::{self, Stake};
use crate::components::lost_notice::lost_text;
use crate::components::restored_notice::restored_text;
use crate::model::{Freshness, Mode, Model, Session, use_model};
use crate::platform;
use crate::route::Route;
use crate::ui::band::{Band, Leads};
use crate::ui::chip::Tone;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// How often something may have been sent before the band speaks of it: the first answer is usually a blink away.
const QUIET_TRIES: u32 = 1;
/// Above this size of letters the head has room for few words.
const LARGE_STEP: u8 = 22;
/// Where the page is, for the skip link and for the focus when there is no heading.
const MAIN: &str = "main";

/// The frame.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let model = use_model();
    let path = use_location().pathname;
    keep_title_and_focus(model, path);
    updates::ask_what_is_at_stake(move || at_stake(model));
    let is_outgrown = Memo::new(move |_| model.rim.link.with(|link| link.is_outgrown));
    Effect::new(move |_| updates::require(is_outgrown.get()));

    view! {
        <div class="app" data-desk=move || path.with(|path| path.starts_with("/desk"))>
            <a class="skip" href="#main">{move || model.words().common.skip_to_content}</a>
            {move || {
                model
                    .is_demo()
                    .then(|| {
                        let words = &model.words().common;
                        let text = if u8::from(model.prefs().step) > LARGE_STEP { words.demo_band_short } else { words.demo_band };
                        view! { <aside class="demo-banner" aria-label=words.demo_label>{text}</aside> }
                    })
            }}
            <Head path/>
            <main class="app-main" id=MAIN tabindex="-1">
                {move || band(model, path.with(|path| *path == Route::Outbox.href()))}
                {children()}
            </main>
            <Tabs path/>
            <div class="sr" role="status" aria-live="polite">{move || model.announcement()}</div>
        </div>
    }
}

/// What a page loaded anew would not find again.
fn at_stake(model: Model) -> Stake {
    let has_unsent = model.rim.unsent.with_untracked(|unsent| !unsent.is_empty());
    // A visit lives in memory alone.
    let (is_shared, is_memory_only) = model.rim.link.with_untracked(|link| (link.is_shared, link.is_memory_only));
    if is_shared || is_memory_only && has_unsent || model.rim.saving.get_untracked() > 0 {
        Stake::All
    } else if has_unsent {
        Stake::Time
    } else {
        Stake::Nothing
    }
}

/// The title of the window follows the page; the heading takes the focus after a change of page, so that a screen
/// reader says where one is.
fn keep_title_and_focus(model: Model, path: Memo<String>) {
    Effect::new(move |_| document().set_title(&model.words().common.page_title(model.title())));
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(focus_heading);
        }
        now
    });
}

/// Moves the focus to a heading that was not there yet when the page was changed; a focus that went on stays.
pub fn focus_heading_that_came_late() {
    request_animation_frame(|| {
        if document().active_element().is_some_and(|element| element.id() == MAIN) {
            focus_heading();
        }
    });
}

fn focus_heading() {
    if let Some(heading) = document().query_selector("main h1").ok().flatten() {
        focus(heading);
    } else {
        focus_main();
    }
}

/// Rests the focus on the page as a whole, before what has it goes away.
pub fn focus_main() {
    if let Some(main) = document().get_element_by_id(MAIN) {
        focus(main);
    }
}

fn focus(target: Element) {
    if let Ok(target) = target.dyn_into::<HtmlElement>() {
        let _ = target.set_attribute("tabindex", "-1");
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = target.focus_with_options(&options);
    }
}

/// Whether the address is one of the four tabs, where the head names the community instead of leading back.
fn is_tab(path: &str) -> bool {
    matches!(path, "/" | "/s" | "/me" | "/m") || path.starts_with("/c/")
}

/// Where back leads from an inner page that was opened directly.
fn parent(path: &str) -> Route {
    if path.starts_with("/s/") {
        Route::Spaces
    } else if path.starts_with("/desk/") {
        Route::Desk
    } else if path.starts_with("/me/") || path.starts_with("/desk") {
        Route::Me
    } else {
        Route::Activities
    }
}

#[component]
fn Head(path: Memo<String>) -> impl IntoView {
    let model = use_model();
    let pages_seen = Memo::new(move |seen: Option<&u32>| {
        path.track();
        seen.map_or(0, |seen| seen + 1)
    });
    let name = move || {
        let in_english = model.language() == domain::words::Language::En;
        model.community_view().map_or_else(
            || model.words().common.choose_community.to_owned(),
            |community| if in_english { community.english_name } else { community.name }.to_string(),
        )
    };
    let go_back = move |event: leptos::ev::MouseEvent| {
        // Within the app, back is the browser's back; the link is for those who came straight here.
        if pages_seen.get_untracked() > 0 {
            event.prevent_default();
            let _ = window().history().and_then(|history| history.back());
        }
    };
    let is_on_tab = Memo::new(move |_| path.with(|path| is_tab(path)));
    let place = move || {
        if is_on_tab.get() {
            view! {
                <a class="app-head-place" href=Route::Communities.href()>
                    <span class="app-head-name">{name}</span>
                    <Icon name="i-down"/>
                </a>
            }
            .into_any()
        } else {
            view! {
                <a class="app-head-back" href=move || path.with(|path| parent(path)).href() on:click=go_back>
                    <Icon name="i-back"/>
                    {move || model.words().common.back}
                </a>
            }
            .into_any()
        }
    };
    // Beside the name of the place there is room for the icon alone.
    let help_phone = move || {
        let phone = model.is_elder().then(|| model.community_view()?.phone).flatten()?;
        let (words, href) = (&model.words().common, ["tel:", &phone].concat());
        Some(if is_on_tab.get() {
            view! {
                <a class="icon-button" href=href aria-label=words.call>
                    <Icon name="i-phone"/>
                </a>
            }
            .into_any()
        } else {
            view! {
                <a class="app-head-call" href=href>
                    <Icon name="i-phone"/>
                    {words.call_short}
                </a>
            }
            .into_any()
        })
    };
    let mode_word = move || {
        let common = &model.words().common;
        if model.is_elder() { common.mode_standard } else { common.mode_elder }
    };
    let switch_mode = move |_| {
        model.set_prefs(|prefs| {
            let other = if prefs.is_elder() { Mode::Standard } else { Mode::Elder };
            prefs.set_mode(other);
        });
    };
    view! {
        <header class="app-head">
            {place}
            <div class="app-head-tools">
                {help_phone}
                // Whoever needs large letters may land on any page; the way back has its place on the four tabs.
                <Show when=move || is_on_tab.get() || !model.is_elder()>
                    <button class="mode-switch" type="button" on:click=switch_mode>
                        {move || view! { <Unbroken text=mode_word()/> }}
                    </button>
                </Show>
            </div>
        </header>
    }
}

#[component]
fn Tabs(path: Memo<String>) -> impl IntoView {
    let model = use_model();
    let unread = Memo::new(move |_| {
        model.rim.view.with(|view| view.notices.values().filter(|notice| notice.row.read_at.is_none()).count())
    });
    let tab = move |route: Route, icon: &'static str, label: fn(Model) -> &'static str, owns: fn(&str) -> bool| {
        let is_messages = route == Route::Messages;
        let badge = move || {
            let n = unread.get();
            (is_messages && n > 0).then(|| {
                view! {
                    <span class="badge" aria-hidden="true">{n}</span>
                    <span class="sr">{model.words().messages.unread(n)}</span>
                }
            })
        };
        view! {
            <a
                class="tab-bar-item"
                href=route.href()
                aria-current=move || path.with(|path| owns(path)).then_some("page")
            >
                <Icon name=icon/>
                <span class="tab-bar-label">{move || label(model)}</span>
                {badge}
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="tab-bar" aria-label=move || model.words().common.tabs_label>
            {tab(
                Route::Activities,
                "i-calendar",
                |model| model.words().common.tab_activities,
                |path| path == "/" || path.starts_with("/c/") || path.starts_with("/a/"),
            )}
            {tab(
                Route::Spaces,
                "i-room",
                |model| model.words().common.tab_spaces,
                |path| path == "/s" || path.starts_with("/s/"),
            )}
            {tab(
                Route::Me,
                "i-me",
                |model| model.words().common.tab_me,
                |path| path.starts_with("/me") || path.starts_with("/desk"),
            )}
            {tab(Route::Messages, "i-message", |model| model.words().common.tab_messages, |path| path == "/m")}
        </nav>
    }
}

/// The one band there may be: what is refused before what is damaged or lost, before a storage that does not answer, before
/// a build that the server has outgrown, before who must sign in, before what is unsent, before what a restore has lost and we have again, before how old things are,
/// before what would be nice. What the page itself says is not said again.
fn band(model: Model, is_outbox: bool) -> Option<AnyView> {
    let words = model.words();
    let outbox = || Leads::To(Route::Outbox.href());
    let (tone, icon, text, leads) = if let Some(why) = first_refusal(model).filter(|_| !is_outbox) {
        let text = [words.states.refused, " · ", &words.refusal(&why)].concat();
        (Tone::Bad, "i-exclamation", text, outbox())
    } else if let Some(text) = set_aside_text(model).filter(|_| !is_outbox) {
        (Tone::Bad, "i-exclamation", text, outbox())
    } else if let Some(text) = lost_text(model).filter(|_| !is_outbox) {
        (Tone::Bad, "i-exclamation", text, outbox())
    } else if model.is_stuck() {
        let reload = Callback::new(|()| platform::reload());
        (Tone::Bad, "i-exclamation", words.errors.storage_stuck.to_owned(), Leads::Does(reload))
    } else if updates::is_required() {
        (
            Tone::Warn,
            "i-exclamation",
            words.install.outgrown.to_owned(),
            Leads::Does(Callback::new(|()| updates::take())),
        )
    } else if let Some(text) = sign_in_text(model) {
        (Tone::Warn, "i-me", text, Leads::To(Route::Login(Some(Box::new(Route::Me))).href()))
    } else if let Some(text) = unsent_text(model).filter(|_| !is_outbox) {
        (Tone::Warn, "i-phone-arrow", text, outbox())
    } else if let Some(text) = restored_text(model).filter(|_| !is_outbox) {
        (Tone::Info, "i-info", text, outbox())
    } else if let Freshness::Offline { as_of } = model.freshness() {
        let text = as_of.map_or_else(
            || words.offline.offline.to_owned(),
            |at| words.offline.stale(format::as_of(model.language(), at, model.today())),
        );
        let again = Callback::new(move |()| model.try_now());
        (Tone::Neutral, "i-offline", text, Leads::Does(again))
    } else if model.is_shared() {
        (Tone::Warn, "i-logout", words.login.shared_band.to_owned(), Leads::To(Route::Me.href()))
    } else if model.is_memory_only() {
        (Tone::Warn, "i-info", words.errors.storage_refused.to_owned(), Leads::Nowhere)
    } else if updates::is_waiting() {
        (Tone::Info, "i-info", words.install.update_full.to_owned(), Leads::Does(Callback::new(|()| updates::take())))
    } else if updates::may_install() && has_done_something(model) {
        let install = Callback::new(|()| updates::install());
        (Tone::Info, "i-home-plus", words.install.install.to_owned(), Leads::Does(install))
    } else {
        return None;
    };
    Some(view! { <Band tone icon text leads/> }.into_any())
}

fn first_refusal(model: Model) -> Option<domain::refusal::Refusal> {
    let newest = model.refused().into_iter().next()?;
    match newest.outcome {
        domain::command::Outcome::Refused { refusal, .. } => Some(refusal),
        _ => None,
    }
}

/// What can no longer be read and nobody has seen yet.
fn set_aside_text(model: Model) -> Option<String> {
    let n = model.rim.set_aside.with(|set_aside| set_aside.iter().filter(|one| !one.is_kept).count());
    (n > 0).then(|| model.words().outbox.set_aside_band(n))
}

fn sign_in_text(model: Model) -> Option<String> {
    let words = model.words();
    if !model.needs_sign_in() || model.session() == Session::Unknown {
        return None;
    }
    let n = model.rim.unsent.with(|unsent| unsent.len());
    Some(if n == 0 { words.offline.expired.to_owned() } else { words.offline.sign_in_to_send(n) })
}

fn unsent_text(model: Model) -> Option<String> {
    let words = model.words();
    let is_offline = model.is_offline();
    let (n, has_waited) = model
        .rim
        .unsent
        .with(|unsent| (unsent.len(), is_offline || unsent.iter().any(|item| item.tried > QUIET_TRIES)));
    if n == 0 || !has_waited {
        return None;
    }
    Some(if is_offline { words.offline.band(n) } else { words.offline.to_send(n) })
}

/// Whether anything was ever accepted: only then is it time to speak of the home screen.
fn has_done_something(model: Model) -> bool {
    platform::is_visible() && model.rim.journal.with(|journal| !journal.is_empty())
}
