//! Who gets a place where more ask than may come: whoever comes first, or whom a draw names; and when it is held.

use domain::words::format;
use leptos::prelude::*;

use super::{Choice, FieldError};
use crate::components::publish_draft::{DRAW_DAYS, Draft, Field, Problems};
use crate::model::use_model;

#[component]
pub(super) fn WhoGetsPlaces(draft: RwSignal<Draft>, problems: Signal<Problems>) -> impl IntoView {
    let model = use_model();
    let set_draw = move |days: Option<u8>| Callback::new(move |()| draft.update(|draft| draft.draw_days = days));
    let is_drawn = move || draft.read().draw_days.is_some();
    // Of the first date: what of a series comes later is drawn as long before.
    let drawn_at = move || {
        let at = draft.read().draws_at(model.now())?;
        let words = model.words();
        Some(words.draws.form_drawn(format::moment(words.language, at, model.today())))
    };
    view! {
        <fieldset class="field-set" id=Field::Draw.id() tabindex="-1" hidden=move || !draft.read().has_sign_up>
            <legend class="field-label">{move || model.words().draws.policy_label}</legend>
            <div class="choice-chips" role="group" aria-label=move || model.words().draws.policy_label>
                <Choice
                    name="share"
                    text=Signal::derive(move || model.words().draws.first_come.to_owned())
                    is_chosen=Signal::derive(move || !is_drawn())
                    on_choose=set_draw(None)
                />
                <Choice
                    name="share"
                    text=Signal::derive(move || model.words().draws.by_draw.to_owned())
                    is_chosen=Signal::derive(is_drawn)
                    on_choose=set_draw(Some(DRAW_DAYS[0]))
                />
            </div>
            <div class="stack" hidden=move || !is_drawn()>
                <p class="field-help">{move || model.words().draws.by_draw_help}</p>
                <p class="field-label">{move || model.words().draws.when_label}</p>
                <div class="choice-chips" role="group" aria-label=move || model.words().draws.when_label>
                    {DRAW_DAYS
                        .into_iter()
                        .map(|days| {
                            view! {
                                <Choice
                                    name="draw-days"
                                    text=Signal::derive(move || model.words().draws.days_before(days))
                                    is_chosen=Signal::derive(move || draft.read().draw_days == Some(days))
                                    on_choose=set_draw(Some(days))
                                />
                            }
                        })
                        .collect_view()}
                </div>
                <p class="field-help" role="status">{drawn_at}</p>
            </div>
            <FieldError field=Field::Draw problems/>
        </fieldset>
    }
}
