//! One's own check-in code, large, for the door; needs no network.

use domain::check_in::CheckInCode;
use domain::id::SignUpId;
use leptos::prelude::*;

use crate::model::use_model;

/// The code of a sign-up that has its places.
#[component]
pub fn OwnCode(sign_up: SignUpId) -> impl IntoView {
    let model = use_model();
    let code = CheckInCode::of(sign_up);
    // Read out digit by digit, not as a number of thousands.
    let digits: String = code.to_string().chars().flat_map(|digit| [digit, ' ']).collect();
    view! {
        <div class="own-code">
            <p class="own-code-name">{move || model.words().check_in.code}</p>
            <p class="own-code-digits">
                <span aria-hidden="true">{code.spoken()}</span>
                <span class="sr">{digits}</span>
            </p>
            <p class="own-code-hint">{move || model.words().check_in.code_hint}</p>
        </div>
    }
}
