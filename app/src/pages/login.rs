//! Signing in: telephone number, six digits, and for a newcomer what they are called. Goes on to where it was asked for
//! (`?next=`). What was typed survives every failure; in a demonstration one tap is enough.

mod demo;
mod steps;

use domain::sign_in::Whose;
use domain::words::format;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use self::demo::DemoPeople;
use self::steps::{CodeStep, NameStep, PhoneStep};
use crate::api::{ApiError, Problem};
use crate::model::{Model, use_model};
use crate::route::{Route, safe_next};
use crate::ui::icon::Icon;

/// Where the person is on the way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Phone,
    Code,
    Name,
}

/// What was typed and answered so far; the three steps share it.
#[derive(Clone, Copy)]
struct Draft {
    step: RwSignal<Step>,
    phone: RwSignal<String>,
    code: RwSignal<String>,
    /// Whether the phone is somebody else's.
    is_shared: RwSignal<bool>,
    challenge: RwSignal<String>,
    demo_code: RwSignal<Option<String>>,
    /// Seconds until another code may be asked for.
    resend_in: RwSignal<u32>,
    /// What is wrong with the one field of the step.
    problem: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    on_done: Callback<()>,
}

impl Draft {
    fn fail(self, model: Model, error: &ApiError) {
        self.is_busy.set(false);
        self.problem.set(Some(sentence(model, error)));
    }

    /// On whose phone.
    fn whose(self) -> Whose {
        if self.is_shared.get_untracked() { Whose::Shared } else { Whose::Own }
    }

    /// The button's word while it works.
    fn busy_word(self, model: Model) -> Option<String> {
        self.is_busy.get().then(|| model.words().login.checking.to_owned())
    }
}

/// Why it did not work, and what to do.
fn sentence(model: Model, error: &ApiError) -> String {
    let words = model.words_untracked();
    let login = &words.login;
    let ApiError::Problem(Problem { code, tries_left, retry_after_s, request_id, .. }) = error else {
        return words.errors.no_answer.to_owned();
    };
    match (code.as_str(), tries_left) {
        ("wrong-code", Some(left)) => login.code_wrong_left(left),
        ("wrong-code", None) => login.code_wrong.to_owned(),
        ("code-expired", _) => login.code_expired.to_owned(),
        ("too-many-requests" | "too-many-tries", _) => {
            let minutes = retry_after_s.unwrap_or(60).div_ceil(60).max(1);
            login.wait(format::duration(words.language, minutes))
        }
        ("busy", _) => words.errors.too_busy.to_owned(),
        ("invalid", _) => words.errors.field_form.to_owned(),
        _ => words.errors.fault_page(request_id),
    }
}

/// The page.
#[component]
pub fn LoginPage() -> impl IntoView {
    let model = use_model();
    let query = use_query_map();
    let navigate = use_navigate();
    let title = move || model.words().login.title.to_owned();
    model.set_title(title);

    let next = move || query.with(|query| query.get("next").as_deref().and_then(safe_next).map(str::to_owned));
    let on_done = Callback::new(move |()| {
        let to = query.with_untracked(|query| query.get("next").as_deref().and_then(safe_next).map(str::to_owned));
        navigate(&to.unwrap_or_else(|| Route::Me.href()), NavigateOptions { replace: true, ..Default::default() });
    });
    let draft = Draft {
        step: RwSignal::new(Step::Phone),
        phone: RwSignal::new(String::new()),
        code: RwSignal::new(String::new()),
        is_shared: RwSignal::new(false),
        challenge: RwSignal::new(String::new()),
        demo_code: RwSignal::new(None),
        resend_in: RwSignal::new(0),
        problem: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        on_done,
    };

    let step = move || match draft.step.get() {
        Step::Phone => view! { <PhoneStep draft/> }.into_any(),
        Step::Code => view! { <CodeStep draft/> }.into_any(),
        Step::Name => view! { <NameStep draft/> }.into_any(),
    };
    let by_phone = move || {
        let phone = model.community_view()?.phone?;
        let words = model.words();
        let text = if draft.step.get() == Step::Code { words.login.not_received } else { words.common.call };
        Some(view! {
            <a class="button" data-kind="quiet" href=["tel:", &phone].concat()>
                <Icon name="i-phone"/>
                {text}
            </a>
        })
    };
    view! {
        <div class="page">
            <h1 class="page-title">{title}</h1>
            {move || next().map(|_| view! { <p class="page-sub">{model.words().login.why}</p> })}
            {move || {
                model.is_offline().then(|| view! { <p class="quiet">{model.words().login.offline}</p> })
            }}
            {step}
            {by_phone}
            {move || {
                let is_first = draft.step.get() == Step::Phone;
                (is_first && model.is_demo()).then(|| view! { <DemoPeople draft/> })
            }}
        </div>
    }
}
