//! One's own details: the sheet that changes what one is called, where one lives and when one was born, and a button for
//! it. Reads and changes the model, because two pages offer exactly this.

use domain::command::{Command, UpdateProfile};
use domain::id::{CommunityId, StreamId};
use domain::people::Relation;
use domain::text::{PersonName, TextProblem};
use domain::time::YearMonth;
use leptos::prelude::*;

use crate::components::birth_month::{BirthMonth, FieldError};
use crate::components::unsaved::Unsaved;
use crate::model::{Model, Submission, use_model};
use crate::pages::communities::name_of;
use crate::platform;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    Name(TextProblem),
    BornHalf,
}

impl Problem {
    const fn field(self) -> &'static str {
        match self {
            Self::Name(_) => "profile-name",
            Self::BornHalf => "profile-year",
        }
    }
}

/// What the form holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    name: String,
    home: CommunityId,
    born: (Option<i32>, Option<u8>),
}

impl Draft {
    /// The details as they are.
    fn of(model: Model) -> Option<Self> {
        let view = model.view_untracked();
        let (_, profile) = view.profile.as_ref()?;
        let born = view.persons.values().find(|person| person.relation == Relation::Me).and_then(|me| me.born);
        Some(Self {
            name: profile.name.to_string(),
            home: profile.home.clone(),
            born: (born.map(YearMonth::year), born.map(YearMonth::month)),
        })
    }

    fn parse(&self) -> Result<UpdateProfile, Problem> {
        let name = self.name.parse::<PersonName>().map_err(Problem::Name)?;
        let born = match self.born {
            (None, None) => None,
            (Some(year), Some(month)) => YearMonth::new(year, month),
            _ => return Err(Problem::BornHalf),
        };
        Ok(UpdateProfile { name, home: self.home.clone(), born })
    }
}

/// The button and its sheet; nothing until the details are there.
#[component]
pub fn ProfileEdit() -> impl IntoView {
    let model = use_model();
    let open = RwSignal::new(false);
    let is_known = Memo::new(move |_| model.view().profile.is_some());
    view! {
        <Show when=move || is_known.get()>
            <div class="button-row">
                <button type="button" class="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>
                    <Icon name="i-pencil"/>
                    {move || model.words().me.profile}
                </button>
            </div>
        </Show>
        <ProfileSheet open/>
    }
}

/// The sheet, and above it what could not be saved. Each opening starts from the details as they are.
#[component]
pub fn ProfileSheet(open: RwSignal<bool>) -> impl IntoView {
    let model = use_model();
    let last = RwSignal::new(None::<Submission>);
    let draft = RwSignal::new(None::<Draft>);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move || {
        if open.get() {
            draft.set(Draft::of(model));
            problem.set(None);
        }
    });
    let save = move || {
        let Some(account) = model.session_untracked().account() else { return };
        match draft.get_untracked().map(|draft| draft.parse()) {
            None => {}
            Some(Ok(command)) => {
                open.set(false);
                last.set(Some(model.submit(StreamId::Account(account), Command::UpdateProfile(command), None)));
                model.announce(model.words_untracked().common.saved);
            }
            Some(Err(found)) => {
                problem.set(Some(found));
                // Once the sentence is drawn, so that it is read out along with the field.
                platform::start_timer(0, move || platform::focus(found.field()));
            }
        }
    };
    let foot = move || {
        view! {
            <button type="submit" form="profile-form" class="button" data-kind="primary">
                {move || model.words().common.save}
            </button>
        }
    };
    view! {
        <Unsaved last/>
        <Sheet open=open title=Signal::derive(move || model.words().me.profile.to_owned()) foot=foot>
            <form
                class="stack"
                id="profile-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <Name draft problem/>
                <Home draft/>
                <Born draft problem/>
            </form>
        </Sheet>
    }
}

fn change(draft: RwSignal<Option<Draft>>, change: impl FnOnce(&mut Draft)) {
    draft.update(|draft| {
        if let Some(draft) = draft {
            change(draft);
        }
    });
}

#[component]
fn Name(draft: RwSignal<Option<Draft>>, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let model = use_model();
    let error = Signal::derive(move || match problem.get() {
        Some(Problem::Name(problem)) => Some(model.words().text_problem(problem)),
        _ => None,
    });
    view! {
        <div class="field">
            <label class="field-label" for="profile-name">{move || model.words().me.name}</label>
            <input
                class="input"
                id="profile-name"
                autocomplete="name"
                maxlength="40"
                aria-describedby="profile-name-error"
                aria-invalid=move || error.read().is_some().then_some("true")
                prop:value=move || draft.read().as_ref().map(|draft| draft.name.clone())
                on:input=move |event| change(draft, |draft| draft.name = event_target_value(&event))
            />
            <FieldError id="profile-name-error" text=error/>
        </div>
    }
}

#[component]
fn Home(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let model = use_model();
    let is_home = move |id: &CommunityId| draft.read().as_ref().is_some_and(|draft| draft.home == *id);
    let options = move || {
        let communities = model.communities();
        let option = |community: &domain::change::CommunityView| {
            let id = community.id.clone();
            view! {
                <option value=id.to_string() selected=move || is_home(&id)>
                    {name_of(community, model.language())}
                </option>
            }
        };
        communities.iter().map(option).collect_view()
    };
    view! {
        <div class="field">
            <label class="field-label" for="profile-home">{move || model.words().me.home_community}</label>
            <select
                class="input"
                id="profile-home"
                on:change=move |event| {
                    if let Ok(home) = event_target_value(&event).parse() {
                        change(draft, |draft| draft.home = home);
                    }
                }
            >
                {options}
            </select>
        </div>
    }
}

#[component]
fn Born(draft: RwSignal<Option<Draft>>, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let model = use_model();
    let error = Signal::derive(move || {
        (problem.get() == Some(Problem::BornHalf)).then(|| model.words().family.born_half.to_owned())
    });
    view! {
        <BirthMonth
            prefix="profile"
            is_child=Signal::stored(false)
            chosen=Signal::derive(move || draft.read().as_ref().map_or((None, None), |draft| draft.born))
            on_choose=Callback::new(move |born| change(draft, |draft| draft.born = born))
            error
        />
    }
}
