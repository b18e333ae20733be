//! Checking a party in by the code on its phone: six digits, and the last one does it. What came of it stands under the
//! field until the next one.

use domain::check_in::{CheckInCode, DIGITS, Named, find};
use domain::id::SignUpId;
use domain::time::Timestamp;
use domain::words::format;
use leptos::ev::{Event, KeyboardEvent};
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::components::roster_list::{Part, RosterRowData};
use crate::model::use_model;
use crate::ui::icon::Icon;

/// What came of a code.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    tone: &'static str,
    icon: &'static str,
    text: String,
}

/// The field; `on_check_in` gets whom the code names, if they can be checked in. `list_of` is when the list was read, where
/// it cannot be read anew.
#[component]
pub fn CodeEntry(
    rows: Signal<Vec<RosterRowData>>,
    list_of: Signal<Option<Timestamp>>,
    on_check_in: Callback<SignUpId>,
) -> impl IntoView {
    let model = use_model();
    let answer = RwSignal::new(None::<Answer>);
    let look_up = move |code: CheckInCode| {
        let words = &model.words_untracked().check_in;
        let rows = rows.get_untracked();
        let bad = |text: String| Answer { tone: "bad", icon: "i-exclamation", text };
        let nobody = || {
            let of = list_of.get_untracked();
            let language = model.words_untracked().language;
            bad(of.map_or_else(
                || words.nobody.to_owned(),
                |at| words.nobody_as_of(format::as_of_moment(language, at, model.today_untracked())),
            ))
        };
        let id = match find(code, rows.iter().map(|row| row.id)) {
            Named::One(id) => id,
            Named::Several => return bad(words.several.to_owned()),
            Named::Nobody => return nobody(),
        };
        let Some(row) = rows.iter().find(|row| row.id == id) else { return nobody() };
        match row.part {
            Part::Confirmed if row.is_here => {
                Answer { tone: "warn", icon: "i-double-check", text: words.twice(row.name()) }
            }
            Part::Confirmed => {
                on_check_in.run(id);
                let people = model.words_untracked().common.people(usize::from(row.heads));
                Answer { tone: "ok", icon: "i-check", text: words.arrived(row.name(), people) }
            }
            Part::Offered | Part::Waiting => bad(words.waiting(row.name())),
            Part::Gone => bad(words.gone(row.name())),
        }
    };
    // The field keeps what is typed by itself; it is emptied for the next party.
    let input = move |event: Event| {
        let field: HtmlInputElement = event_target(&event);
        let text = field.value();
        if let Ok(code) = text.parse() {
            answer.set(Some(look_up(code)));
            field.set_value("");
        } else if !text.is_empty() {
            answer.set(None);
        }
    };
    let key = move |event: KeyboardEvent| {
        let field: HtmlInputElement = event_target(&event);
        // A whole code is gone from the field by now.
        if event.key() == "Enter" && !event.is_composing() && !field.value().is_empty() {
            let text = model.words_untracked().check_in.incomplete.to_owned();
            answer.set(Some(Answer { tone: "bad", icon: "i-exclamation", text }));
        }
    };
    view! {
        <div class="field screen-only">
            <label class="field-label" for="check-in-code">{move || model.words().check_in.enter}</label>
            <p class="field-help" id="check-in-code-help">{move || model.words().check_in.enter_help}</p>
            <input
                class="input check-in-input"
                id="check-in-code"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength=DIGITS + 1
                aria-describedby="check-in-code-help"
                on:input=input
                on:keydown=key
            />
            <div role="status">
                {move || answer.get().map(|Answer { tone, icon, text }| view! {
                    <p class="scan-result" data-tone=tone>
                        <Icon name=icon/>
                        {text}
                    </p>
                })}
            </div>
        </div>
    }
}
