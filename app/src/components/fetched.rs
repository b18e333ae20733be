//! What a page asks the server for each time, because no phone keeps it: on its way, here, or not to be had, with the
//! button that asks again.

use std::future::Future;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
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

/// Asks anew and puts the answer into `into`; what is there stays until then.
pub fn fetch<T: Clone + Send + Sync + 'static>(
    into: RwSignal<Fetched<T>>,
    asked: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    spawn_local(async move {
        let answer = match asked.await {
            Ok(answer) => Fetched::Here(answer),
            Err(error) => Fetched::Absent(error),
        };
        // The page may be gone by then.
        let _ = into.try_set(answer);
    });
}

/// In place of what is not here.
#[component]
pub fn NotHere(#[prop(into)] is_coming: Signal<bool>, on_retry: Callback<()>) -> impl IntoView {
    let model = use_model();
    move || {
        let words = &model.words().duties;
        if is_coming.get() {
            return view! { <div class="busy" aria-busy="true"><p>{words.loading}</p></div> }.into_any();
        }
        view! {
            <section class="notice" data-tone="warn" role="status">
                <Icon name="i-offline"/>
                <div class="notice-body">
                    <p>{words.offline}</p>
                    <div class="button-row">
                        <button type="button" class="button" on:click=move |_| on_retry.run(())>{words.retry}</button>
                    </div>
                </div>
            </section>
        }
        .into_any()
    }
}
