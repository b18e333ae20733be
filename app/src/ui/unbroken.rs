//! Dates, times and places, each in a box that moves to the next line whole.

use leptos::prelude::*;

/// Draws every part of `text` as one box. The words of dates set their parts apart by the one space in Chinese (今天
/// 下午2:30–4:00) and by a comma and a space in English (Today, 2:30–4:00 pm).
#[component]
pub fn Unbroken(#[prop(into)] text: String) -> impl IntoView {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let gap = if text.contains(is_han) { " " } else { ", " };
    let parts: Vec<String> = text.split(gap).map(str::to_owned).collect();
    let last = parts.len() - 1;
    parts
        .into_iter()
        .enumerate()
        .map(|(at, mut part)| {
            let is_last = at == last;
            if !is_last && gap == ", " {
                part.push(',');
            }
            view! {
                <span class="nb">{part}</span>
                {(!is_last).then_some(" ")}
            }
        })
        .collect_view()
}
