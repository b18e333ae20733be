//! One message: what happened to what, in a sentence, and where to act on it.

use domain::booking::BookingState;
use domain::change::{NoticeBody, NoticeRow};
use domain::words::format;
use leptos::prelude::*;

use crate::components::offer_answer::OfferAnswer;
use crate::model::use_model;
use crate::route::{Route, with_query};
use crate::ui::chip::Tone;
use crate::ui::icon::Icon;
use crate::ui::unbroken::Unbroken;

/// How a message looks and where it leads.
struct Look {
    icon: &'static str,
    tone: Tone,
    title: String,
    /// Where its title leads.
    href: Option<String>,
    /// Where one goes on from it, and what that is called.
    action: Option<(String, &'static str)>,
}

fn look(body: &NoticeBody, words: &'static domain::words::Words) -> Look {
    let messages = &words.messages;
    match body {
        NoticeBody::Promoted { occurrence, title, .. } => Look {
            icon: "i-check",
            tone: Tone::Ok,
            title: messages.your_turn(title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::Drawn { occurrence, title, won, .. } => Look {
            icon: if *won { "i-check" } else { "i-queue" },
            tone: if *won { Tone::Ok } else { Tone::Neutral },
            title: if *won { words.draws.won_title(title) } else { words.draws.lost_title(title) },
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Draw(*occurrence).href(), words.draws.verify)),
        },
        NoticeBody::Offered { occurrence, title, .. } => Look {
            icon: "i-hourglass",
            tone: Tone::Info,
            title: messages.offer_title(title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: None,
        },
        NoticeBody::OfferOver { occurrence, title, .. } => Look {
            icon: "i-info",
            tone: Tone::Neutral,
            title: messages.offer_over_title(title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::PlacesLeft { occurrence, title, .. } => Look {
            icon: "i-info",
            tone: Tone::Info,
            title: messages.places_title(title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), messages.see)),
        },
        NoticeBody::CapacityLowered { occurrence, title, .. } => Look {
            icon: "i-info",
            tone: Tone::Neutral,
            title: messages.lowered_title(title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::OccurrenceCancelled { occurrence, title, .. } => Look {
            icon: "i-slash",
            tone: Tone::Neutral,
            title: messages.about(words.states.called_off, title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), messages.other_date)),
        },
        NoticeBody::OccurrenceMoved { occurrence, title, .. } => Look {
            icon: "i-exclamation",
            tone: Tone::Info,
            title: messages.about(messages.moved_title, title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::SeriesChanged { occurrence, title, changed, .. } => Look {
            icon: if *changed > 0 { "i-exclamation" } else { "i-slash" },
            tone: if *changed > 0 { Tone::Info } else { Tone::Neutral },
            title: messages.about(if *changed > 0 { messages.moved_title } else { words.states.called_off }, title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::OccurrenceReinstated { occurrence, title, .. } => Look {
            icon: "i-check",
            tone: Tone::Ok,
            title: messages.about(messages.reinstated_title, title),
            href: Some(Route::Occurrence(*occurrence).href()),
            action: Some((Route::Occurrence(*occurrence).href(), words.me.details)),
        },
        NoticeBody::RoomTaken { occurrence, title, .. } => Look {
            icon: "i-exclamation",
            tone: Tone::Bad,
            title: messages.about(messages.room_taken_title, title),
            href: Some(Route::Roster(*occurrence).href()),
            action: None,
        },
        NoticeBody::BookingAnswered { booking, space, name, range, state, .. } => {
            let here = Route::Space(*space).href();
            let on = range.start().date().to_string();
            let again = (with_query(&here, &[("on", &on)]), messages.other_time);
            let mine = with_query(&Route::Me.href(), &[("booking", &booking.to_string())]);
            let (icon, tone, action) = match state {
                BookingState::Approved | BookingState::CheckedIn | BookingState::Completed => {
                    ("i-check", Tone::Ok, None)
                }
                BookingState::Declined | BookingState::Expired => ("i-exclamation", Tone::Bad, Some(again)),
                BookingState::Cancelled => ("i-slash", Tone::Neutral, Some(again)),
                BookingState::Requested | BookingState::NoShow => ("i-info", Tone::Info, None),
            };
            Look { icon, tone, title: messages.about(words.booking_state(*state), name), href: Some(mine), action }
        }
        NoticeBody::DutiesMissing { community, .. } => {
            let here = Route::Duties(community.clone()).href();
            let action = Some((here.clone(), messages.see));
            Look {
                icon: "i-exclamation",
                tone: Tone::Warn,
                title: words.duties.title.to_owned(),
                href: Some(here),
                action,
            }
        }
        NoticeBody::Unknown => {
            Look { icon: "i-info", tone: Tone::Neutral, title: messages.unknown.to_owned(), href: None, action: None }
        }
    }
}

/// A message of the list.
#[component]
pub fn MessageItem(notice: NoticeRow, is_new: bool) -> impl IntoView {
    let model = use_model();
    move || {
        let words = model.words();
        let Look { icon, tone, mut title, mut href, mut action } = look(&notice.body, words);
        let view = model.view();
        let mut own = None;
        let about = match &notice.body {
            NoticeBody::Promoted { sign_up, occurrence, .. } => Some((sign_up, occurrence, None)),
            NoticeBody::Drawn { sign_up, occurrence, won, .. } => Some((sign_up, occurrence, Some(*won))),
            _ => None,
        };
        if let Some((sign_up, occurrence, won)) = about {
            let neighbour = view.roster.get(sign_up).filter(|row| row.row.signed_up_by.is_some());
            own = view.sign_up_for(*occurrence).filter(|_| neighbour.is_none());
            // Whom one has signed up hears of it from oneself, and is found in the roster.
            if let Some(neighbour) = neighbour {
                let name = &neighbour.row.name;
                title = match won {
                    None => words.neighbour.turn(name),
                    Some(true) => words.neighbour.drawn(name),
                    Some(false) => words.neighbour.not_drawn(name),
                };
                href = Some(Route::Roster(*occurrence).href());
                action = None;
            }
        }
        let party = own.map_or(&[][..], |(_, own)| own.row.party.as_slice());
        let text = (notice.body != NoticeBody::Unknown).then(|| words.notice(&notice.body, party, model.today()));
        // Also a message is where one answers, for as long as there is an answer to give.
        let offered = match &notice.body {
            NoticeBody::Offered { occurrence, .. } | NoticeBody::PlacesLeft { occurrence, .. } => Some(*occurrence),
            _ => None,
        };
        let reason = words.notice_reason(&notice.body);
        let when = format::ago(words.language, notice.at, model.now());
        let new_mark = is_new.then(|| view! { <span class="sr">{words.messages.new}" · "</span> });
        view! {
            <li class="message-item" data-unread=is_new.then_some("") data-tone=tone.as_str()>
                <Icon name=icon/>
                <div class="message-item-body">
                    <h2 class="message-item-title">
                        {new_mark}
                        {match href {
                            Some(href) => view! { <a href=href>{title}</a> }.into_any(),
                            None => title.into_any(),
                        }}
                    </h2>
                    {text
                        .map(|text| {
                            view! {
                                <p class="message-item-text">
                                    <Unbroken text/>
                                </p>
                            }
                        })}
                    {reason.map(|reason| view! { <p class="message-item-text">{reason}</p> })}
                    <p class="message-item-when">{when}</p>
                    {offered.map(|occurrence| view! { <OfferAnswer occurrence buttons_only=true/> })}
                    {action
                        .map(|(href, label)| {
                            view! {
                                <div class="button-row">
                                    <a class="button" href=href>{label}</a>
                                </div>
                            }
                        })}
                </div>
            </li>
        }
    }
}
