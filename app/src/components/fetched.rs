//! What a page asks the server for each time, because no phone keeps it: on its way, here, or not to be had, with the
//! button that asks again.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{ApiError, Problem};
use crate::model::use_model;
use crate::ui::icon::Icon;

/// How far a question has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched<T> {
    /// It is on its way.
    Coming,
    /// The answer.
    Here(T),
    /// There was none.
    Absent(ApiError),
}

impl<T> Fetched<T> {
    /// Why there is no answer; nothing while it is on its way.
    #[must_use]
    pub fn error(&self) -> Option<ApiError> {
        match self {
            Self::Absent(error) => Some(error.clone()),
            Self::Coming | Self::Here(_) => None,
        }
    }
}

/// Asks anew and puts the answer into `into`; what is there stays until then. `turn` counts what was asked there: an
/// answer to what has been asked anew meanwhile goes nowhere.
pub fn fetch<T: Clone + Send + Sync + 'static>(
    into: RwSignal<Fetched<T>>,
    turn: StoredValue<u32>,
    asked: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    let mine = turn.get_value().wrapping_add(1);
    turn.set_value(mine);
    spawn_local(async move {
        let answer = match asked.await {
            Ok(answer) => Fetched::Here(answer),
            Err(error) => Fetched::Absent(error),
        };
        if turn.try_get_value() != Some(mine) {
            return;
        }
        // The page may be gone by then.
        let _ = into.try_set(answer);
    });
}

/// In place of what is not here: on its way, while there is no error.
#[component]
pub fn NotHere(#[prop(into)] error: Signal<Option<ApiError>>, on_retry: Callback<()>) -> impl IntoView {
    let model = use_model();
    move || {
        let words = &model.words().duties;
        let Some(error) = error.get() else {
            return view! { <div class="busy" aria-busy="true"><p>{words.loading}</p></div> }.into_any();
        };
        let (icon, text) = match error {
            ApiError::NoAnswer if model.is_offline() => ("i-offline", words.offline),
            ApiError::Problem(Problem { status: 401 | 403, .. }) => ("i-exclamation", words.not_allowed),
            ApiError::NoAnswer | ApiError::Problem(_) => ("i-exclamation", words.no_answer),
        };
        view! {
            <section class="notice" data-tone="warn" role="status">
                <Icon name=icon/>
                <div class="notice-body">
                    <p>{text}</p>
                    <div class="button-row">
                        <button type="button" class="button" on:click=move |_| on_retry.run(())>{words.retry}</button>
                    </div>
                </div>
            </section>
        }
        .into_any()
    }
}
