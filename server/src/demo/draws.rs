//! Two dates of the cast's community whose places are drawn: one whose pool is open, and one that was drawn yesterday, with
//! the mother in it.
//!
//! They leave all throws of the dice as they were.

use domain::activity::{Audience, Category, Schedule, SignUpPolicy, Venue, check_audience, occurrence_id};
use domain::command::{Command, PublishActivity, SignUp};
use domain::id::{ActivityId, OccurrenceId};
use domain::people::Person;
use domain::time::LocalDate;

use super::dice::text;
use super::people::DemoRole;
use super::script::Stage;
use super::timetable::time;

/// Something that is sought after.
struct Sought {
    title: &'static str,
    about: &'static str,
    category: Category,
    audience: Audience,
    place: &'static str,
    /// Days from today.
    day: i32,
    at: (u8, u8),
    capacity: u16,
    draws_days_before: u32,
    /// How many neighbours ask.
    parties: usize,
}

const OPEN: Sought = Sought {
    title: "老院子听古琴",
    about: "院子小，只摆得下十把椅子。琴师弹四支曲子，讲讲怎么听。想来的人多，所以抽签。",
    category: Category::Other,
    audience: Audience::Adults,
    place: "老院子",
    day: 4,
    at: (15, 0),
    capacity: 10,
    draws_days_before: 2,
    parties: 14,
};

const DRAWN: Sought = Sought {
    title: "亲子风筝课：做一只带回家",
    about: "竹篾和纸只备了十份，一家一份，做好就到河堤上放。上回一分钟就报满了，这回抽签，不用抢。",
    category: Category::Family,
    audience: Audience::Families { from: 3, to: 6 },
    place: "河堤草坪",
    day: 2,
    at: (14, 30),
    capacity: 10,
    draws_days_before: 3,
    parties: 7,
};

/// Publishes both, and lets people ask.
pub(super) fn fill(stage: &mut Stage) {
    let home = stage.accounts[stage.player(DemoRole::Resident)].home;
    let today = stage.today;
    ask(stage, home, &OPEN, &[]);
    let date = ask(stage, home, &DRAWN, &[stage.player(DemoRole::Parent)]);
    // Somebody comes to it the evening after it was drawn.
    let on = today.plus_days(DRAWN.day);
    let late = neighbours(stage, home, &DRAWN, on).nth(DRAWN.parties);
    if let Some((account, party)) = late {
        join(stage, home, date, account, &party, today.start().plus_minutes(-5 * 60));
    }
}

/// Publishes a date nine days before today; whoever is named asks, and so many others.
fn ask(stage: &mut Stage, home: usize, sought: &Sought, named: &[usize]) -> OccurrenceId {
    let (team, on) = (stage.committee(home), stage.today.plus_days(sought.day));
    let (editor, name) = (stage.editor_of(&team), stage.communities[home].view.name.clone());
    let published_at = stage.today.plus_days(-9).start().plus_minutes(10 * 60);
    let command = Command::PublishActivity(PublishActivity {
        team: team.id,
        title: text(sought.title),
        about: Some(text(sought.about)),
        category: sought.category,
        audience: sought.audience,
        venue: Venue { space: None, place: text(&format!("{name}{}", sought.place)) },
        schedule: Schedule::Once { on, at: time(sought.at), minutes: 90 },
        policy: SignUpPolicy::PerOccurrence {
            capacity: Some(sought.capacity),
            opens_minutes_before: None,
            closes_minutes_before: 60,
            party_max: 4,
            draws_minutes_before: Some(sought.draws_days_before * 24 * 60),
        },
    });
    let id = stage.push_apart(published_at, editor, home, command, sought.title);
    let date = occurrence_id(ActivityId::from_uuid(id.uuid()), on.at(time(sought.at)));
    let named = named.iter().filter_map(|account| Some((*account, party(stage, *account, sought, on)?)));
    let asking: Vec<_> = named.chain(neighbours(stage, home, sought, on).take(sought.parties)).collect();
    for (n, (account, people)) in (0..).zip(asking) {
        join(stage, home, date, account, &people, published_at.plus_minutes(90 + n * 410));
    }
    date
}

fn join(
    stage: &mut Stage,
    home: usize,
    occurrence: OccurrenceId,
    account: usize,
    people: &[Person],
    at: domain::time::Timestamp,
) {
    let people: Vec<_> = people.iter().map(|person| person.id).collect();
    let (by, subject) = (stage.accounts[account].id, format!("draw {occurrence} {account}"));
    stage.push_apart(at, by, home, Command::SignUp(SignUp { occurrence, people }), &subject);
}

/// Households of the community without a part of their own, each with whoever of it may come.
fn neighbours(
    stage: &Stage,
    home: usize,
    sought: &Sought,
    on: LocalDate,
) -> impl Iterator<Item = (usize, Vec<Person>)> {
    (0..stage.accounts.len())
        .filter(move |n| stage.accounts[*n].home == home && stage.accounts[*n].demo_role.is_none())
        .filter(|n| stage.accounts[*n].roles.is_empty())
        .filter_map(move |n| Some((n, party(stage, n, sought, on)?)))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The resident with the children of the fitting age, or here and there with another adult.
fn party(stage: &Stage, account: usize, sought: &Sought, on: LocalDate) -> Option<Vec<Person>> {
    let persons = &stage.accounts[account].persons;
    let fits = |person: &&Person| match sought.audience {
        Audience::Families { from, to } => person
            .age_on(on)
            .is_some_and(|age| person.is_child_on(on) && (u16::from(from)..=u16::from(to)).contains(&age)),
        _ => !person.is_child_on(on) && account.is_multiple_of(3),
    };
    let me = persons.first()?.clone();
    let people: Vec<Person> = std::iter::once(me).chain(persons.iter().skip(1).filter(fits).take(2).cloned()).collect();
    check_audience(sought.audience, &people, on).is_ok().then_some(people)
}
