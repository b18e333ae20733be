//! Who comes to a date: one row per party, checked in by one tap; who waits and who has withdrawn below.

use domain::change::SignUpState;
use domain::command::Command;
use domain::id::{CommandId, OccurrenceId, SignUpId};
use domain::order::sort_by_key;
use domain::sync::{Delivery, View};
use domain::time::Timestamp;
use domain::words::{Words, format};
use leptos::prelude::*;

use crate::model::{OutboxItem, use_model};
use crate::ui::icon::Icon;
use crate::ui::unbroken::Dotted;

/// Which of the lists a row is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Confirmed,
    /// Asked whether it takes the places that are held for it.
    Offered,
    Waiting,
    Gone,
}

/// How a check-in is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// By a fact of its own, for what is seen here.
    Seen(Timestamp),
    /// It was never sent: taken back.
    Unsent(CommandId),
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterRowData {
    /// The sign-up.
    pub id: SignUpId,
    /// Which list it is in.
    pub part: Part,
    /// How many come.
    pub heads: u16,
    /// Whether they are here.
    pub is_here: bool,
    /// How their check-in is undone.
    pub undo: Option<Undo>,
    /// Whether their team has signed them up.
    pub is_neighbour: bool,
    number: String,
    name: String,
    notes: Vec<String>,
}

impl RosterRowData {
    /// What the resident is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The rows of a date: by seat, then by when they signed up.
#[must_use]
pub fn roster_rows(
    view: &View,
    unsent: &[OutboxItem],
    occurrence: OccurrenceId,
    words: &'static Words,
) -> Vec<RosterRowData> {
    let undo = |id: SignUpId, at: Timestamp| {
        if !view.deliveries.contains_key(&id.uuid()) {
            return Undo::Seen(at);
        }
        let is_it = |item: &&OutboxItem| matches!(&item.command, Some(Command::CheckIn(it)) if it.sign_up == id);
        let last = unsent.iter().rfind(is_it).filter(|item| item.tried == 0);
        last.map_or(Undo::Seen(at), |item| Undo::Unsent(item.id))
    };
    let mut rows: Vec<_> = view.roster.iter().filter(|(_, row)| row.row.occurrence == occurrence).collect();
    sort_by_key(&mut rows, |(id, row)| {
        let ahead = match row.row.state {
            SignUpState::Waitlisted { parties_ahead, .. } => parties_ahead,
            _ => 0,
        };
        (ahead, row.row.seat.unwrap_or(u16::MAX), row.row.signed_up_at, **id)
    });
    let mut order = 0;
    let is_pooled = domain::agenda::Entry::of(view, occurrence).is_some_and(|entry| entry.is_pooled());
    rows.into_iter()
        .map(|(id, row)| {
            let row = &row.row;
            let part = match row.state {
                SignUpState::Confirmed => Part::Confirmed,
                SignUpState::Waitlisted { offer_until: Some(_), .. } => Part::Offered,
                SignUpState::Waitlisted { .. } => Part::Waiting,
                SignUpState::Withdrawn { .. } | SignUpState::CalledOff { .. } => Part::Gone,
            };
            if part == Part::Confirmed {
                order += 1;
            }
            let number = match (row.state, row.seat) {
                (SignUpState::Waitlisted { offer_until: Some(_), .. }, _) => String::new(),
                (SignUpState::Waitlisted { .. }, _) if is_pooled => String::new(),
                (SignUpState::Waitlisted { parties_ahead, .. }, _) => (u32::from(parties_ahead) + 1).to_string(),
                (SignUpState::Confirmed, Some(seat)) => seats(seat, row.heads()),
                (SignUpState::Confirmed, None) => order.to_string(),
                _ => String::new(),
            };
            let here = row.checked_in_at.map(|at| words.roster.checked_in_at(format::staff_time(at.minute_of_day())));
            let delivery = view.deliveries.get(&id.uuid()).map(|delivery| match delivery {
                Delivery::Saved => words.states.saved_not_sent,
                Delivery::Checking => words.states.checking,
            });
            let tail = (!row.phone_tail.is_empty()).then(|| words.roster.tail(&row.phone_tail));
            let people = words.booking.visitors(row.adults, row.children);
            let asked = match row.state {
                SignUpState::Waitlisted { offer_until: Some(until), .. } => {
                    Some(words.queue.waits_for_answer(format::fixed_moment(words.language, until)))
                }
                SignUpState::Waitlisted { .. } if is_pooled => Some(words.draws.roster.to_owned()),
                SignUpState::Withdrawn { has_lapsed: true, .. } => Some(words.queue.lapsed.to_owned()),
                _ => None,
            };
            let by = row.signed_up_by.as_ref().map(|by| words.neighbour.by(by));
            let notes = [Some(people), tail, by, asked, here, delivery.map(str::to_owned)];
            RosterRowData {
                id: *id,
                part,
                heads: row.heads(),
                is_here: row.checked_in_at.is_some(),
                is_neighbour: row.signed_up_by.is_some(),
                undo: row.checked_in_at.map(|at| undo(*id, at)),
                number,
                name: row.name.to_string(),
                notes: notes.into_iter().flatten().collect(),
            }
        })
        .collect()
}

/// 5, or 5–7 for a party of three: a number that was left out would look like somebody missing.
fn seats(first: u16, heads: u16) -> String {
    match heads {
        0 | 1 => first.to_string(),
        heads => format!("{first}–{}", first + heads - 1),
    }
}

/// A row of the list; `on_check_in` is there while checking in is possible, `on_withdraw` while whom the team has signed up
/// can be withdrawn. One tap checks in, the next one undoes it.
#[component]
pub fn RosterRow(
    row: RosterRowData,
    on_check_in: Option<Callback<SignUpId>>,
    on_undo: Callback<(SignUpId, Undo)>,
    on_withdraw: Option<Callback<SignUpId>>,
) -> impl IntoView {
    let model = use_model();
    let words = model.words_untracked();
    let withdraw =
        on_withdraw.filter(|_| row.is_neighbour && !row.is_here && row.part != Part::Gone).map(|on_withdraw| {
            let id = row.id;
            view! {
                <button
                    type="button"
                    class="roster-check"
                    aria-haspopup="dialog"
                    aria-label=words.neighbour.withdraw_of(&row.name)
                    on:click=move |_| on_withdraw.run(id)
                >
                    {words.neighbour.withdraw}
                </button>
            }
        });
    let (id, is_here, undo) = (row.id, row.is_here, row.undo);
    let state = match row.part {
        Part::Confirmed if is_here => "arrived",
        Part::Confirmed => "confirmed",
        Part::Offered | Part::Waiting => "waitlisted",
        Part::Gone => "cancelled",
    };
    let check = (row.part == Part::Confirmed && (is_here || on_check_in.is_some())).then(|| {
        let label = match undo {
            Some(_) if on_check_in.is_some() => words.check_in.undo_of(&row.name),
            _ => words.roster.check_in_of(&row.name),
        };
        view! {
            <button
                type="button"
                class="roster-check"
                aria-pressed=is_here.to_string()
                aria-label=label
                on:click=move |_| {
                    match (on_check_in, undo) {
                        (Some(on_check_in), _) if !is_here => on_check_in.run(id),
                        (Some(_), Some(undo)) => on_undo.run((id, undo)),
                        _ => {}
                    }
                }
            >
                <Icon name="i-check"/>
                {words.roster.check_in}
            </button>
        }
    });
    view! {
        <li class="roster-row" data-state=state>
            <span class="roster-number">{row.number}</span>
            <span class="roster-text">
                <span class="roster-name">{row.name}</span>
                <span class="roster-note">
                    <Dotted facts=row.notes/>
                </span>
            </span>
            {withdraw}
            {check}
        </li>
    }
}
