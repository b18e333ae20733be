//! An address that leads nowhere, or to something that is gone.

use leptos::prelude::*;

use crate::model::use_model;
use crate::route::Route;
use crate::ui::icon::Icon;

/// The page.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().errors.not_found_title.to_owned();
    model.set_title(title);
    let by_phone = move || {
        let phone = model.community_view()?.phone?;
        Some(view! {
            <a class="button" href=["tel:", &phone].concat()>
                <Icon name="i-phone"/>
                {model.words().common.call}
            </a>
        })
    };
    view! {
        <div class="page">
            <div class="message-page">
                <Icon name="i-search" size="huge"/>
                <h1 class="page-title">{title}</h1>
                <p>{move || model.words().errors.not_found}</p>
                <div class="button-stack">
                    <a class="button" data-kind="primary" href=Route::Activities.href()>
                        {move || model.words().errors.home}
                    </a>
                    {by_phone}
                </div>
            </div>
        </div>
    }
}
