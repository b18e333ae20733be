//! `lifehub almanac`: what each day of a stretch is besides its number.

use std::io::{self, BufWriter, Write};

use domain::almanac::{DayFacts, DayMark, HolidayYear, PROVEN_YEARS, day_facts, holiday_year};
use domain::time::LocalDate;
use domain::words::{Language, format};
use serde::Serialize;

use super::is_gone;

/// Why there is no almanac of such a stretch.
#[derive(Debug, thiserror::Error)]
pub enum AlmanacProblem {
    /// An end was not said.
    #[error("almanac needs --from DATE and --to DATE, as in 2026-02-17")]
    Missing,
    /// Not a date.
    #[error("{0:?} is not a date of the years {first} to {last}, as in 2026-02-17", first = PROVEN_YEARS.start(), last = PROVEN_YEARS.end())]
    NotADate(String),
    /// The wrong way round.
    #[error("--from {from} lies after --to {to}")]
    Backwards {
        /// The first day.
        from: LocalDate,
        /// The last.
        to: LocalDate,
    },
    /// The answer could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// One day as it is printed; every name is always there.
#[derive(Serialize)]
struct Day {
    date: LocalDate,
    lunar: Option<Lunar>,
    festival: Option<&'static str>,
    solar_term: Option<&'static str>,
    holiday: Option<Holiday>,
}

#[derive(Serialize)]
struct Lunar {
    year: u16,
    month: u8,
    day: u8,
    leap: bool,
}

#[derive(Serialize)]
struct Holiday {
    mark: &'static str,
    name: &'static str,
    announced: bool,
}

impl From<DayFacts> for Day {
    fn from(facts: DayFacts) -> Self {
        const CHINESE: Language = Language::ZhCn;
        let announced = matches!(holiday_year(facts.date.year()), HolidayYear::Announced { .. });
        Self {
            date: facts.date,
            lunar: facts.lunar.map(|lunar| Lunar {
                year: lunar.year,
                month: lunar.month,
                day: lunar.day,
                leap: lunar.leap,
            }),
            festival: facts.festival.map(|festival| format::festival(CHINESE, festival)),
            solar_term: facts.term.map(|term| format::term(CHINESE, term)),
            holiday: facts.mark.map(|mark| {
                let (DayMark::Off(name) | DayMark::Workday(name)) = mark;
                Holiday { mark: format::mark(CHINESE, mark), name: format::public_holiday(CHINESE, name), announced }
            }),
        }
    }
}

/// Prints one line for every day from one to another, both included. A problem is found before anything is printed.
///
/// # Errors
/// [`AlmanacProblem`].
pub fn print_almanac(from: Option<&str>, to: Option<&str>, out: impl Write) -> Result<(), AlmanacProblem> {
    let (Some(from), Some(to)) = (from, to) else { return Err(AlmanacProblem::Missing) };
    let (from, to) = (date(from)?, date(to)?);
    if from > to {
        return Err(AlmanacProblem::Backwards { from, to });
    }
    is_gone(print_days(from, to, out))?;
    Ok(())
}

fn date(text: &str) -> Result<LocalDate, AlmanacProblem> {
    let date = text.parse().ok().filter(|date: &LocalDate| PROVEN_YEARS.contains(&date.year()));
    date.ok_or_else(|| AlmanacProblem::NotADate(text.to_owned()))
}

fn print_days(from: LocalDate, to: LocalDate, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    for day in 0..=to.days() - from.days() {
        serde_json::to_writer(&mut out, &Day::from(day_facts(from.plus_days(day))))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
