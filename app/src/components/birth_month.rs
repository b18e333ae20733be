//! The month somebody was born in, as two fields of a form; and the sentence under a field that is wrong.

use leptos::prelude::*;

use crate::model::use_model;
use crate::ui::icon::Icon;

/// How old a child may be.
const CHILD_YEARS: i32 = 18;
/// How old anybody else may be.
const ELDER_YEARS: i32 = 110;

/// The sentence under a field that is wrong.
#[component]
pub fn FieldError(#[prop(into)] id: String, text: Signal<Option<String>>) -> impl IntoView {
    move || {
        text.get().map(|text| {
            view! {
                <p class="field-error" id=id.clone()>
                    <Icon name="i-exclamation"/>
                    {text}
                </p>
            }
        })
    }
}

/// Year and month; must be told of a child, may be of anybody else. Ids start with `prefix`.
#[component]
pub fn BirthMonth(
    prefix: &'static str,
    is_child: Signal<bool>,
    chosen: Signal<(Option<i32>, Option<u8>)>,
    on_choose: Callback<(Option<i32>, Option<u8>)>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let model = use_model();
    let is_child = Memo::new(move |_| is_child.get());
    let id = move |part: &str| [prefix, "-", part].concat();
    let invalid = move || error.read().is_some().then_some("true");
    let year_options = move || {
        let this_year = model.today().year();
        let (oldest, newest) = if is_child.get() {
            (this_year - CHILD_YEARS, this_year)
        } else {
            (this_year - ELDER_YEARS, this_year - CHILD_YEARS)
        };
        (oldest..=newest)
            .rev()
            .map(|year| {
                view! {
                    <option value=year.to_string() selected=move || chosen.get().0 == Some(year)>{year}</option>
                }
            })
            .collect_view()
    };
    let month_options = move || {
        (1..=12_u8)
            .map(|month| {
                view! {
                    <option value=month.to_string() selected=move || chosen.get().1 == Some(month)>{month}</option>
                }
            })
            .collect_view()
    };
    let choose_year = move |event| {
        on_choose.run((event_target_value(&event).parse().ok(), chosen.get_untracked().1));
    };
    let choose_month = move |event| {
        on_choose.run((chosen.get_untracked().0, event_target_value(&event).parse().ok()));
    };
    move || {
        let words = model.words();
        view! {
            <fieldset class="field-set" aria-describedby=[id("born-help"), id("born-error")].join(" ")>
                <legend class="field-label">
                    {words.family.born}
                    {(!is_child.get()).then(|| view! { <span class="quiet">" · "{words.common.optional}</span> })}
                </legend>
                <p class="field-help" id=id("born-help")>{words.family.born_help}</p>
                <div class="field-pair" data-short="">
                    <div class="field">
                        <label class="field-help" for=id("year")>{words.family.year}</label>
                        <select class="input" id=id("year") aria-invalid=invalid on:change=choose_year>
                            <option value="" selected=move || chosen.get().0.is_none()>{words.family.choose_year}</option>
                            {year_options}
                        </select>
                    </div>
                    <div class="field">
                        <label class="field-help" for=id("month")>{words.family.month}</label>
                        <select class="input" id=id("month") aria-invalid=invalid on:change=choose_month>
                            <option value="" selected=move || chosen.get().1.is_none()>{words.family.choose_month}</option>
                            {month_options}
                        </select>
                    </div>
                </div>
                <FieldError id=id("born-error") text=error/>
            </fieldset>
        }
    }
}
