//! Reads for staff: `GET /api/duties` and `GET /api/numbers`, for screens as JSON and for spreadsheet programs as a file.
//!
//! Every one passes the gate that commands pass; a community that is not the caller's to know about is as if it were
//! not there. Computed from the tables when asked, and kept nowhere.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use axum::response::{IntoResponse, Json};
use domain::change::CommunityView;
use domain::csv;
use domain::duty::{CommunityDuties, DutyBoard, judge_month};
use domain::id::CommunityId;
use domain::numbers::{Line, MonthLine, Numbers, YEARS, tally};
use domain::people::{Action, Actor, Deny, Facts, authorize};
use domain::time::{Timestamp, YearMonth};
use domain::words::{Language, words};
use serde::Deserialize;

use crate::caller::Caller;
use crate::extract::QueryOf;
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::duties::{DutyFacts, load_duties};
use crate::store::numbers::{list_dates, list_team_names};
use crate::store::public_reads::list_communities;

/// In which form an answer is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// For a screen.
    #[default]
    Json,
    /// For a spreadsheet program.
    Csv,
}

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Of which year.
    year: String,
    /// Of which community; of all without.
    community: Option<CommunityId>,
    #[serde(default)]
    form: Form,
    /// Of a file.
    #[serde(default)]
    language: Language,
}

/// What the gate asks about a community's desk, or about the district's.
///
/// # Errors
/// [`ApiError::Unauthenticated`]; [`ApiError::NotFound`] for whoever may not.
pub fn gate(actor: &Actor, community: Option<&CommunityId>) -> Result<(), ApiError> {
    let action = if community.is_some() { Action::ReadCommunityDesk } else { Action::ReadDistrictDesk };
    let facts = Facts { community: community.cloned(), ..Facts::default() };
    authorize(actor, action, &facts, ()).map(drop).map_err(|deny| match deny {
        Deny::NeedsSignIn => ApiError::Unauthenticated,
        Deny::Forbidden | Deny::Hidden => ApiError::NotFound,
    })
}

/// A file to keep; its name is plain ASCII, because old programs know no other.
#[must_use]
pub fn file(name: &str, rows: &[Vec<String>]) -> Response<Body> {
    let mut response = Response::new(Body::from(csv::file(rows)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let plain: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The name of a community in the language.
#[must_use]
pub fn name_in(language: Language, community: &CommunityDuties) -> &str {
    match language {
        Language::ZhCn => community.name.as_str(),
        Language::En => community.english_name.as_str(),
    }
}

fn year_of(text: &str) -> Result<u16, ApiError> {
    text.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(|| ApiError::field("?year", "range"))
}

fn months_of(year: u16) -> Vec<YearMonth> {
    (1..=12).filter_map(|month| YearMonth::new(i32::from(year), month)).collect()
}

fn board_of(
    year: u16,
    communities: Vec<CommunityView>,
    facts: &BTreeMap<CommunityId, DutyFacts>,
    now: Timestamp,
) -> DutyBoard {
    let nothing = DutyFacts::default();
    let months = months_of(year);
    let communities = communities.into_iter().map(|community| {
        let facts = facts.get(&community.id).unwrap_or(&nothing);
        let of = |month: &YearMonth| judge_month(*month, &facts.dates, |duty| facts.why_exempt(*month, duty), now);
        CommunityDuties {
            cells: months.iter().flat_map(of).collect(),
            community: community.id,
            name: community.name,
            english_name: community.english_name,
        }
    });
    DutyBoard { year, communities: communities.collect() }
}

/// How far communities have come with the monthly three in a year.
///
/// # Errors
/// Those of [`gate`]; [`ApiError::Invalid`].
pub async fn duties(
    State(state): State<AppState>,
    Caller(actor): Caller,
    QueryOf(asked): QueryOf<Asked>,
) -> Result<Response<Body>, ApiError> {
    gate(&actor, asked.community.as_ref())?;
    let year = year_of(&asked.year)?;
    let now = state.clock.now();
    let of = asked.community.clone();
    let (mut communities, facts) = state
        .db
        .read(move |conn| {
            let of = of.clone();
            Box::pin(async move {
                let month = |month| YearMonth::new(i32::from(year), month).unwrap_or(YearMonth::of(now.date()));
                let facts = load_duties(conn, of.as_ref(), month(1), month(12)).await?;
                Ok((list_communities(conn).await?, facts))
            })
        })
        .await?;
    communities.retain(|community| asked.community.as_ref().is_none_or(|of| community.id == *of));
    if communities.is_empty() && asked.community.is_some() {
        return Err(ApiError::NotFound);
    }
    let board = board_of(year, communities, &facts, now);
    if asked.form == Form::Json {
        return Ok(Json(board).into_response());
    }
    let rows = board
        .communities
        .iter()
        .flat_map(|community| community.cells.iter().map(|cell| (name_in(asked.language, community), cell)));
    let rows = words(asked.language).duty_table(rows);
    let of = asked.community.map_or_else(|| "district".to_owned(), |id| id.to_string());
    Ok(file(&format!("duties-{of}-{}.csv", board.year), &rows))
}

/// The question for numbers, which are the district's alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfYear {
    year: String,
    #[serde(default)]
    form: Form,
    #[serde(default)]
    language: Language,
}

/// What was held in a year, and how many came.
///
/// # Errors
/// Those of [`gate`]; [`ApiError::Invalid`].
pub async fn numbers(
    State(state): State<AppState>,
    Caller(actor): Caller,
    QueryOf(asked): QueryOf<OfYear>,
) -> Result<Response<Body>, ApiError> {
    gate(&actor, None)?;
    let year = year_of(&asked.year)?;
    let months = months_of(year);
    let begin = |month: Option<&YearMonth>, months| month.map(|month| month.plus_months(months).first_day().start());
    let (Some(from), Some(to)) = (begin(months.first(), 0), begin(months.last(), 1)) else {
        return Err(ApiError::field("?year", "range"));
    };
    let (dates, communities, teams) = state
        .db
        .read(move |conn| {
            Box::pin(async move {
                let dates = list_dates(conn, from, to).await?;
                Ok((dates, list_communities(conn).await?, list_team_names(conn).await?))
            })
        })
        .await?;
    let now = state.clock.now();
    let by_month = tally(&dates, |date| YearMonth::of(date.range.start().date()), now);
    let by_community = tally(&dates, |date| date.community.clone(), now);
    let name = |community: &CommunityView| match asked.language {
        Language::ZhCn => community.name.clone(),
        Language::En => community.english_name.clone(),
    };
    let mut of_teams: Vec<Line> = tally(&dates, |date| date.team, now)
        .into_iter()
        .filter_map(|(team, figures)| {
            let (team, community) = teams.get(&team)?;
            let of = communities.iter().find(|one| one.id.as_str() == community).map(name);
            Some(Line { name: team.clone(), of, figures })
        })
        .collect();
    of_teams.sort_by_key(|line| (Reverse(line.figures.held), Reverse(line.figures.heads), line.name.clone()));
    let of_month = |month: YearMonth| MonthLine { month, figures: by_month.get(&month).copied().unwrap_or_default() };
    let of_community = |community: &CommunityView| {
        let figures = by_community.get(&community.id).copied().unwrap_or_default();
        Line { name: name(community), of: None, figures }
    };
    let numbers = Numbers {
        year,
        all: tally(&dates, |_| (), now).remove(&()).unwrap_or_default(),
        months: months.into_iter().map(of_month).collect(),
        communities: communities.iter().map(of_community).collect(),
        teams: of_teams,
    };
    if asked.form == Form::Json {
        return Ok(Json(numbers).into_response());
    }
    Ok(file(&format!("figures-district-{year}.csv"), &words(asked.language).number_table(&numbers)))
}
