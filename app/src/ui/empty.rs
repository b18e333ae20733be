//! What stands where there is nothing: a picture, why it is empty, and what to do about it.

use leptos::prelude::*;

use super::icon::Icon;

/// An empty state; its children are the ways on.
#[component]
pub fn Empty(
    icon: &'static str,
    #[prop(into)] text: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon size="huge"/>
            <p class="empty-text">{text}</p>
            {help.map(|help| view! { <p class="empty-help">{help}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
