//! Dates, times and places, each in a box that moves to the next line whole.

use leptos::prelude::*;

/// Draws every part of `text` as one box. The words of dates set their parts apart by the one space in Chinese (今天
/// 下午2:30–4:00) and by a comma and a space in English (Today, 2:30–4:00 pm); names in a row and parts of a sentence end
/// with their own mark.
#[component]
pub fn Unbroken(#[prop(into)] text: String) -> impl IntoView {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let gap = if text.contains(is_han) { " " } else { ", " };
    // A comma stays with what is before it, the space between two parts is where a line may end.
    text.split_inclusive(gap)
        .flat_map(|part| part.split_inclusive(['\u{3001}', '\u{ff0c}', '\u{3002}']))
        .map(|part| {
            let whole = part.trim_end();
            view! {
                <span class="nb">{whole.to_owned()}</span>
                {(whole.len() < part.len()).then_some(" ")}
            }
        })
        .collect_view()
}

/// A sentence in which one part, a telephone number say, moves to the next line whole.
pub fn with_whole(text: &str, part: &str) -> impl IntoView + use<> {
    let (before, after) = text.split_once(part).unwrap_or((text, ""));
    (before.to_owned(), view! { <span class="nb">{part.to_owned()}</span> }, after.to_owned())
}

/// Facts in a row with a dot between two of them. Each stays whole while a line has room for it, and no line starts or
/// ends with a dot.
#[component]
pub fn Dotted(facts: Vec<String>) -> impl IntoView {
    view! {
        <span class="dotted">
            {facts
                .into_iter()
                .map(|text| {
                    view! {
                        <span>
                            <Unbroken text/>
                        </span>
                        " "
                    }
                })
                .collect_view()}
        </span>
    }
}
