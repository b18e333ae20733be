//! How the app looks and speaks on this phone, the calendar feed, what is stored here, and which version this is.

use domain::look::{STEPS, Theme};
use domain::words::{Language, Words};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::own_calendar::OwnCalendar;
use crate::components::profile_edit::ProfileEdit;
use crate::model::{Freshness, Mode, use_model};
use crate::platform;
use crate::ui::icon::Icon;

/// `/me/settings`
#[component]
pub fn SettingsPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().settings.title.to_owned();
    model.set_title(title);
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            <Layout/>
            <TextSize/>
            <Colours/>
            <Languages/>
            <Details/>
            <OwnCalendar/>
            <Feed/>
            <Stored/>
            <section class="section">
                <h2 class="section-title">{move || model.words().settings.about}</h2>
                <p class="quiet">{move || model.words().settings.version(env!("CARGO_PKG_VERSION"))}</p>
            </section>
        </div>
    }
}

/// One of a few exclusive choices.
#[derive(Clone, Copy)]
struct Choice<T: 'static> {
    value: T,
    name: fn(&'static Words) -> &'static str,
}

/// A heading and its exclusive choices.
#[component]
fn Segment<T: Copy + PartialEq + Send + Sync + 'static>(
    title: fn(&'static Words) -> &'static str,
    choices: &'static [Choice<T>],
    chosen: Signal<T>,
    on_choose: Callback<T>,
) -> impl IntoView {
    let model = use_model();
    let label = move || title(model.words());
    view! {
        <h2 class="section-title">{label}</h2>
        <div class="segment" role="group" aria-label=label>
            {choices
                .iter()
                .map(|choice| {
                    let Choice { value, name } = *choice;
                    view! {
                        <button
                            type="button"
                            class="segment-item"
                            aria-pressed=move || (chosen.get() == value).to_string()
                            on:click=move |_| on_choose.run(value)
                        >
                            {move || name(model.words())}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

const MODES: [Choice<Mode>; 2] = [
    Choice { value: Mode::Standard, name: |words| words.settings.standard },
    Choice { value: Mode::Elder, name: |words| words.settings.elder },
];

#[component]
fn Layout() -> impl IntoView {
    let model = use_model();
    view! {
        <section class="section">
            <Segment
                title=|words| words.settings.layout
                choices=&MODES
                chosen=Signal::derive(move || model.prefs().mode)
                on_choose=Callback::new(move |mode| model.set_prefs(|prefs| prefs.set_mode(mode)))
            />
            <p class="field-help">{move || model.words().settings.elder_help}</p>
        </section>
    }
}

#[component]
fn TextSize() -> impl IntoView {
    let model = use_model();
    let name_of = |step: u8, words: &'static Words| {
        let settings = &words.settings;
        let names =
            [settings.size_standard, settings.size_large, settings.size_elder, settings.size_extra, settings.size_max];
        STEPS.iter().position(|known| *known == step).map_or("", |at| names[at])
    };
    let title = move || model.words().settings.text_size;
    view! {
        <section class="section">
            <h2 class="section-title">{title}</h2>
            <div class="segment step-picker" role="group" aria-label=title>
                {STEPS
                    .map(|step| {
                        view! {
                            <button
                                type="button"
                                class="segment-item"
                                data-step-value=step.to_string()
                                aria-pressed=move || (model.prefs().step == step.into()).to_string()
                                on:click=move |_| model.set_prefs(|prefs| prefs.step = step.into())
                            >
                                <span class="step-picker-sample" aria-hidden="true">{move || model.words().settings.letter}</span>
                                {move || name_of(step, model.words())}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <p class="type-sample">{move || model.words().settings.sample}</p>
        </section>
    }
}

const THEMES: [Choice<Theme>; 3] = [
    Choice { value: Theme::System, name: |words| words.settings.dark_auto },
    Choice { value: Theme::Light, name: |words| words.settings.dark_off },
    Choice { value: Theme::Dark, name: |words| words.settings.dark_on },
];

#[component]
fn Colours() -> impl IntoView {
    let model = use_model();
    view! {
        <section class="section">
            <Segment
                title=|words| words.settings.appearance
                choices=&THEMES
                chosen=Signal::derive(move || model.prefs().theme)
                on_choose=Callback::new(move |theme| model.set_prefs(|prefs| prefs.theme = theme))
            />
        </section>
    }
}

#[component]
fn Languages() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().settings.language;
    view! {
        <section class="section">
            <h2 class="section-title">{title}</h2>
            <div class="segment" role="group" aria-label=title>
                {Language::ALL
                    .map(|language| {
                        view! {
                            <button
                                type="button"
                                class="segment-item"
                                lang=language.tag()
                                aria-pressed=move || (model.language() == language).to_string()
                                on:click=move |_| model.set_prefs(|prefs| prefs.language = language)
                            >
                                {language.own_name()}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
        </section>
    }
}

/// Who one is, for those who are signed in.
#[component]
fn Details() -> impl IntoView {
    let model = use_model();
    let is_known = Memo::new(move |_| model.view().profile.is_some());
    view! {
        <Show when=move || is_known.get()>
            <section class="section">
                <h2 class="section-title">{move || model.words().me.profile}</h2>
                <ProfileEdit/>
            </section>
        </Show>
    }
}

/// The community's calendar for the phone's own one.
#[component]
fn Feed() -> impl IntoView {
    let model = use_model();
    let is_copied = RwSignal::new(false);
    let path = move || ["/calendar/", model.community().as_str(), ".ics"].concat();
    let copy = move |_| {
        let address = platform::absolute(&path());
        spawn_local(async move {
            is_copied.set(platform::copy(&address).await);
        });
    };
    let copy_word = move || {
        let words = model.words();
        if is_copied.get() { words.common.copied } else { words.settings.copy_address }
    };
    view! {
        <section class="section">
            <h2 class="section-title">{move || model.words().settings.subscribe}</h2>
            <p class="field-help">{move || model.words().settings.subscribe_help}</p>
            <div class="button-row">
                // Not an address of the app: the browser hands it to the phone's calendar.
                <a class="button" href=path rel="external">
                    <Icon name="i-calendar"/>
                    {move || model.words().settings.subscribe}
                </a>
                <button type="button" class="button" data-kind="quiet" on:click=copy>
                    <Icon name="i-copy"/>
                    <span role="status">{copy_word}</span>
                </button>
            </div>
        </section>
    }
}

/// What rests on this phone, and fetching it again when something looks wrong.
#[component]
fn Stored() -> impl IntoView {
    let model = use_model();
    let was_asked = RwSignal::new(false);
    let repair = move |_| {
        was_asked.set(true);
        model.repair();
    };
    let note = move || {
        let words = model.words();
        if model.is_shared() {
            words.login.shared_help
        } else if model.is_memory_only() {
            words.errors.storage_refused
        } else if was_asked.get() && model.freshness() == Freshness::Fresh {
            words.settings.repair_done
        } else {
            words.settings.storage_kept
        }
    };
    view! {
        <section class="section">
            <h2 class="section-title">{move || model.words().settings.storage}</h2>
            <p role="status">{note}</p>
            <p class="field-help">{move || model.words().settings.repair_help}</p>
            <div class="button-row">
                <button type="button" class="button" on:click=repair>
                    {move || model.words().settings.repair}
                </button>
            </div>
        </section>
    }
}
