//! The draw of a date, as anybody may check it: what was fixed before, what it came to, and a button that computes it again
//! on this phone. All of it is in rows, so that it needs no network once the date has been seen.

use domain::agenda::Entry;
use domain::change::{DrawRow, Drawn};
use domain::id::OccurrenceId;
use domain::sign_up::draw::{Lot, Ticket, Verdict, ticket, verify};
use domain::words::format;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::date_line::DateLine;
use crate::components::elsewhere::Elsewhere;
use crate::model::use_model;
use crate::pages::not_found::NotFoundPage;
use crate::route::Route;
use crate::ui::icon::Icon;

/// `/a/:occurrence/draw`
#[component]
pub fn DrawPage() -> impl IntoView {
    let model = use_model();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("occurrence").and_then(|text| text.parse::<OccurrenceId>().ok()));
    model.set_title(move || model.words().draws.verify.to_owned());
    let is_known = Memo::new(move |_| {
        let view = model.view();
        id.get().is_some_and(|id| Entry::of(&view, id).is_some())
    });
    let has_draw = Memo::new(move |_| id.get().is_some_and(|id| model.view().draws.get(&id).is_some()));
    move || match id.get() {
        Some(id) if has_draw.get() => view! { <KnownDraw id/> }.into_any(),
        Some(id) if !is_known.get() => {
            let route = |id| Route::Draw(OccurrenceId::from_uuid(id));
            view! { <Elsewhere id=id.uuid() route/> }.into_any()
        }
        _ => view! { <NotFoundPage/> }.into_any(),
    }
}

#[component]
fn KnownDraw(id: OccurrenceId) -> impl IntoView {
    let model = use_model();
    let row = Memo::new(move |_| model.view().draws.get(&id).map(|draw| draw.row.clone()));
    let verdict = RwSignal::new(None::<Verdict>);
    // What was computed of another row says nothing of this one.
    Effect::new(move || {
        row.track();
        verdict.set(None);
    });
    let compute = move |_| {
        if let Some(DrawRow { commitment, drawn: Some(drawn) }) = row.get_untracked() {
            verdict.set(Some(verify(id, commitment, drawn.secret, drawn.places, &drawn.lots)));
        }
    };
    let own = move || model.view().sign_ups.iter().map(|(id, _)| ticket(*id)).collect::<Vec<_>>();
    view! {
        <div class="page">
            <header class="page-head">
                <h1 class="page-title" tabindex="-1">{move || model.words().draws.verify}</h1>
                <DateLine occurrence=id/>
            </header>
            <p>{move || model.words().draws.verify_intro}</p>
            {move || {
                let words = model.words();
                match row.get()?.drawn {
                    None => {
                        Some(
                            view! {
                                <section class="notice" data-tone="info">
                                    <Icon name="i-hourglass"/>
                                    <div class="notice-body">
                                        <p class="notice-title">{words.draws.verify_before}</p>
                                    </div>
                                </section>
                            }
                                .into_any(),
                        )
                    }
                    Some(drawn) => {
                        Some(
                            view! {
                                <Told verdict/>
                                <div class="button-stack">
                                    <button type="button" class="button" data-kind="primary" data-wide="" on:click=compute>
                                        {words.draws.verify_go}
                                    </button>
                                </div>
                                <Result drawn own=own()/>
                            }
                                .into_any(),
                        )
                    }
                }
            }}
            {move || row.get().map(|row| view! { <Numbers row/> })}
            <div class="button-row">
                <a class="button" href=Route::Occurrence(id).href()>{move || model.words().draws.back}</a>
            </div>
        </div>
    }
}

/// What computing it again came to.
#[component]
fn Told(verdict: RwSignal<Option<Verdict>>) -> impl IntoView {
    let model = use_model();
    view! {
        <div role="status">
            {move || {
                verdict
                    .get()
                    .map(|verdict| {
                        let (tone, icon) = match verdict {
                            Verdict::Agrees => ("ok", "i-check"),
                            Verdict::OtherSecret | Verdict::OtherResult => ("bad", "i-exclamation"),
                        };
                        view! {
                            <section class="notice" data-tone=tone>
                                <Icon name=icon/>
                                <div class="notice-body">
                                    <p class="notice-title">{model.words().verdict(verdict)}</p>
                                </div>
                            </section>
                        }
                    })
            }}
        </div>
    }
}

/// All lots in drawn order, one's own marked.
#[component]
fn Result(drawn: Drawn, own: Vec<Ticket>) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let won = drawn.lots.iter().filter(|lot| lot.won).count();
    let when = format::fixed_moment(words.language, drawn.at);
    let mut waiting = 0;
    let lots = drawn.lots.iter().zip(1..).map(|(lot, place): (&Lot, usize)| {
        let is_own = own.contains(&lot.ticket);
        let came = match lot.won {
            true => words.draws.lot_won.to_owned(),
            false => {
                waiting += 1;
                words.states.waitlisted(waiting)
            }
        };
        view! {
            <li
                class="roster-row"
                data-state=if lot.won { "confirmed" } else { "waitlisted" }
                data-mine=is_own.then_some("")
            >
                <span class="roster-number">{place}</span>
                <span class="roster-text">
                    <span class="roster-name">
                        {came}
                        {is_own.then(|| [" · ", words.draws.own].concat())}
                    </span>
                    <span class="roster-note">{lot.ticket.to_string()} " · " {words.draws.heads(lot.heads)}</span>
                </span>
            </li>
        }
    });
    let lots = lots.collect_view();
    view! {
        <section class="section">
            <header class="section-head">
                <h2 class="section-title">{words.draws.list}</h2>
            </header>
            <p>{words.draws.drawn_at(when)} " · " {words.draws.summary_drawn(drawn.lots.len(), won)}</p>
            <p class="quiet">{words.draws.ticket_help}</p>
            {(!drawn.lots.is_empty()).then(|| view! { <ol class="roster-list">{lots}</ol> })}
        </section>
    }
}

/// The numbers themselves, for whoever computes it elsewhere.
#[component]
fn Numbers(row: DrawRow) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let secret = row.drawn.map(|drawn| drawn.secret.to_string());
    view! {
        <section class="section">
            <header class="section-head">
                <h2 class="section-title">{words.draws.numbers}</h2>
            </header>
            <p class="quiet">{words.draws.numbers_help}</p>
            <dl class="draw-numbers">
                <dt>{words.draws.commitment}</dt>
                <dd>{row.commitment.to_string()}</dd>
                {secret
                    .map(|secret| {
                        view! {
                            <dt>{words.draws.secret}</dt>
                            <dd>{secret}</dd>
                        }
                    })}
            </dl>
        </section>
    }
}
