//! Looking for an activity or a space among what this phone knows. `?q=` is what is looked for, so that back leads to it.

use std::cell::{OnceCell, RefCell};

use domain::search::{Found, Query, find};
use domain::sync::rows::Rows;
use domain::words::format;
use js_sys::{Array, Function, Intl, Object};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos_router::hooks::use_query_map;

use crate::model::use_model;
use crate::platform;
use crate::route::{Route, with_query};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// The first character of each letter in the order of pinyin; no word begins with I, U or V.
const FIRST: [(char, char); 23] = [
    ('a', '\u{963f}'),
    ('b', '\u{516b}'),
    ('c', '\u{5693}'),
    ('d', '\u{54d2}'),
    ('e', '\u{59b8}'),
    ('f', '\u{53d1}'),
    ('g', '\u{65ee}'),
    ('h', '\u{54c8}'),
    ('j', '\u{8ba5}'),
    ('k', '\u{5494}'),
    ('l', '\u{5783}'),
    ('m', '\u{75f3}'),
    ('n', '\u{62cf}'),
    ('o', '\u{5662}'),
    ('p', '\u{5991}'),
    ('q', '\u{4e03}'),
    ('r', '\u{5465}'),
    ('s', '\u{6268}'),
    ('t', '\u{5b83}'),
    ('w', '\u{7a75}'),
    ('x', '\u{5915}'),
    ('y', '\u{4e2b}'),
    ('z', '\u{5e00}'),
];

thread_local! {
    static COMPARE: OnceCell<Option<Function>> = const { OnceCell::new() };
    static INITIALS: RefCell<Rows<char, Option<char>>> = RefCell::default();
}

/// How the browser sorts Chinese; none where that is not by pinyin.
fn compare() -> Option<Function> {
    let make = || {
        let compare = Intl::Collator::new(&Array::of1(&"zh-Hans-u-co-pinyin".into()), &Object::new()).compare();
        let rises = |pair: &[(char, char)]| order(&compare, pair[0].1, pair[1].1).is_some_and(|order| order < 0.0);
        FIRST.windows(2).all(rises).then_some(compare)
    };
    COMPARE.with(|kept| kept.get_or_init(make).clone())
}

fn order(compare: &Function, one: char, other: char) -> Option<f64> {
    let text = |c: char| JsValue::from(String::from(c));
    compare.call2(&JsValue::UNDEFINED, &text(one), &text(other)).ok()?.as_f64()
}

/// The letter that the pinyin of a Chinese character begins with; asked of the browser once.
fn initial(c: char) -> Option<char> {
    if !('\u{4e00}'..='\u{9fff}').contains(&c) {
        return None;
    }
    if let Some(known) = INITIALS.with_borrow(|known| known.get(&c).copied()) {
        return known;
    }
    let found = look_up(c);
    INITIALS.with_borrow_mut(|known| known.insert(c, found));
    found
}

fn look_up(c: char) -> Option<char> {
    let compare = compare()?;
    let comes_after = |first: char| order(&compare, c, first).is_some_and(|order| order >= 0.0);
    FIRST.iter().rev().find(|(_, first)| comes_after(*first)).map(|(letter, _)| *letter)
}

/// What one line of the result shows.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    href: String,
    title: String,
    notes: Vec<String>,
    icon: &'static str,
}

/// `/q`
#[component]
pub fn SearchPage() -> impl IntoView {
    let model = use_model();
    let title = move || model.words().search.title.to_owned();
    model.set_title(title);
    let asked = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    let typed = RwSignal::new(asked);
    let found = Memo::new(move |_| {
        let query = typed.with(|typed| Query::of(typed))?;
        let (view, words, now, today) = (model.view(), model.words(), model.now(), model.today());
        let Found { dates, spaces } = find(&view, &model.community(), &query, now, &initial);
        let date = |entry: &domain::agenda::Entry<'_>| Line {
            href: Route::Occurrence(entry.id).href(),
            title: entry.activity.title.to_string(),
            notes: [
                Some(format::when_by_date(words.language, entry.occurrence.range, today)),
                Some(entry.venue().place.to_string()),
                entry.team.map(str::to_owned),
            ]
            .into_iter()
            .flatten()
            .collect(),
            icon: crate::components::activity_row::category_icon(entry.activity.category),
        };
        let space = |(id, row): &(domain::id::SpaceId, &domain::change::SpaceRow)| Line {
            href: Route::Space(*id).href(),
            title: row.name.to_string(),
            notes: vec![words.space_kind(row.kind).to_owned(), row.address.to_string()],
            icon: "i-room",
        };
        Some((dates.iter().map(date).collect::<Vec<_>>(), spaces.iter().map(space).collect::<Vec<_>>()))
    });
    let on_input = move |event| {
        typed.set(event_target_value(&event));
        platform::replace_address(&with_query(&Route::Search.href(), &[("q", &typed.get_untracked())]));
    };
    let field = NodeRef::<leptos::html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    view! {
        <div class="page">
            <h1 class="page-title" tabindex="-1">{title}</h1>
            <div class="field">
                <label class="field-label" for="search">{move || model.words().list.search_label}</label>
                <input
                    class="input"
                    id="search"
                    type="search"
                    enterkeyhint="search"
                    autocomplete="off"
                    maxlength="40"
                    aria-describedby="search-hint"
                    node_ref=field
                    prop:value=move || typed.get()
                    on:input=on_input
                />
                <p class="field-help" id="search-hint">{move || model.words().search.hint}</p>
            </div>
            <p class="sr" role="status">
                {move || found.read().as_ref().map(|(dates, spaces)| model.words().search.found(dates.len() + spaces.len()))}
            </p>
            {move || {
                let (dates, spaces) = found.get()?;
                let words = model.words();
                Some(
                    if dates.is_empty() && spaces.is_empty() {
                        view! { <Nothing typed=typed.get()/> }.into_any()
                    } else {
                        view! {
                            <Lines title=words.search.dates lines=dates/>
                            <Lines title=words.search.spaces lines=spaces/>
                        }
                            .into_any()
                    },
                )
            }}
        </div>
    }
}

#[component]
fn Lines(title: &'static str, lines: Vec<Line>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        view! {
            <section class="section">
                <header class="section-head">
                    <h2 class="section-title">{title}</h2>
                </header>
                <ul class="list">
                    {lines
                        .into_iter()
                        .map(|line| {
                            view! {
                                <li>
                                    <a class="list-row" href=line.href>
                                        <Icon name=line.icon/>
                                        <span class="list-row-text">
                                            <span class="list-row-title">{line.title}</span>
                                            {line
                                                .notes
                                                .into_iter()
                                                .map(|text| {
                                                    view! {
                                                        <span class="list-row-note">
                                                            <Unbroken text/>
                                                        </span>
                                                    }
                                                })
                                                .collect_view()}
                                        </span>
                                        <Icon name="i-next"/>
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}

/// Nothing was found: the list of days, or somebody who knows.
#[component]
fn Nothing(typed: String) -> impl IntoView {
    let model = use_model();
    let words = model.words();
    let phone = model.community_view().and_then(|community| community.phone);
    view! {
        <Empty icon="i-search" text=words.list.empty_results(typed.trim())>
            <a class="button" data-kind="primary" href=Route::Activities.href()>{words.me.see_activities}</a>
            {phone
                .map(|phone| {
                    view! {
                        <a class="button" href=["tel:", &phone].concat()>
                            <Icon name="i-phone"/>
                            {words.common.call_number(&phone)}
                        </a>
                    }
                })}
        </Empty>
    }
}
