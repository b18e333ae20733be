//! What a person sees where their roles do not reach, and while it is not yet known whether they do.

use leptos::prelude::*;

use crate::model::{Session, use_model};
use crate::route::{Route, login_then};
use crate::ui::icon::Icon;

/// The page for staff only; somebody who has not signed in may do so and come back to `next`.
#[component]
pub fn Forbidden(#[prop(into)] next: String) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let is_guest = !matches!(model.session(), Session::SignedIn(_));
        let phone = model.community_view().and_then(|community| community.phone);
        view! {
            <div class="page">
                <div class="message-page">
                    <Icon name="i-info" size="huge"/>
                    <h1 class="page-title" tabindex="-1">{words.errors.forbidden_title}</h1>
                    <p>{words.errors.forbidden}</p>
                    <div class="button-stack">
                        {is_guest
                            .then(|| {
                                view! {
                                    <a class="button" data-kind="primary" href=login_then(&next)>
                                        {words.common.sign_in}
                                    </a>
                                }
                            })}
                        <a class="button" href=Route::Activities.href()>{words.errors.home}</a>
                        {phone
                            .map(|phone| {
                                view! {
                                    <a class="button" href=["tel:", &phone].concat()>
                                        <Icon name="i-phone"/>
                                        {words.common.call}
                                    </a>
                                }
                            })}
                    </div>
                </div>
            </div>
        }
    }
}

/// While the stores are being read.
#[component]
pub fn Opening() -> impl IntoView {
    let model = use_model();
    view! {
        <div class="page">
            <div class="busy" aria-busy="true">
                <p>{move || model.words().common.loading}</p>
            </div>
        </div>
    }
}
