//! Every address of the app, in one closed list: links are made from it, never written by hand.
//!
//! The router's patterns are beside the components in `app.rs`; a test-worthy difference between the two shows at once,
//! because every link goes through [`Route::href`].

use domain::id::{CommunityId, OccurrenceId, SpaceId, TeamId};

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Activities,
    Occurrence(OccurrenceId),
    Search,
    /// The seven festivals.
    Festivals,
    /// A date to print and pin up.
    Poster(OccurrenceId),
    /// The draw of a date.
    Draw(OccurrenceId),
    Spaces,
    Space(SpaceId),
    Me,
    Family,
    Outbox,
    Settings,
    Messages,
    /// Signing in, and where to go on afterwards.
    Login(Option<Box<Self>>),
    Communities,
    Help,
    Desk,
    Team(TeamId),
    Publish(TeamId),
    Roster(OccurrenceId),
    /// Editing the series of a date.
    EditSeries(OccurrenceId),
    /// Numbers for the district.
    Numbers,
    /// The monthly three of all communities.
    DutyBoard,
    /// The monthly three of one.
    Duties(CommunityId),
}

impl Route {
    /// The address, for `<a href=…>`. Add a query by hand with [`with_query`].
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Activities => "/".to_owned(),
            Self::Occurrence(id) => join("/a/", &id.to_string(), ""),
            Self::Search => "/q".to_owned(),
            Self::Festivals => "/festivals".to_owned(),
            Self::Poster(id) => join("/a/", &id.to_string(), "/poster"),
            Self::Draw(id) => join("/a/", &id.to_string(), "/draw"),
            Self::Spaces => "/s".to_owned(),
            Self::Space(id) => join("/s/", &id.to_string(), ""),
            Self::Me => "/me".to_owned(),
            Self::Family => "/me/family".to_owned(),
            Self::Outbox => "/me/outbox".to_owned(),
            Self::Settings => "/me/settings".to_owned(),
            Self::Messages => "/m".to_owned(),
            Self::Login(None) => "/login".to_owned(),
            Self::Login(Some(next)) => login_then(&next.href()),
            Self::Communities => "/communities".to_owned(),
            Self::Help => "/help".to_owned(),
            Self::Desk => "/desk".to_owned(),
            Self::Team(id) => join("/desk/team/", &id.to_string(), ""),
            Self::Publish(id) => join("/desk/team/", &id.to_string(), "/publish"),
            Self::Numbers => "/desk/numbers".to_owned(),
            Self::DutyBoard => "/desk/duties".to_owned(),
            Self::Duties(id) => join("/desk/duties/", id.as_str(), ""),
            Self::EditSeries(id) => join("/desk/roster/", &id.to_string(), "/series"),
            Self::Roster(id) => join("/desk/roster/", &id.to_string(), ""),
        }
    }
}

/// The address that signs in and then goes on to `next`, an address of this app with its query.
#[must_use]
pub fn login_then(next: &str) -> String {
    with_query("/login", &[("next", next)])
}

/// An address with a query; pairs with an empty value are left out.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut href = path.to_owned();
    let mut before = '?';
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        href.push(before);
        href.push_str(key);
        href.push('=');
        href.push_str(&String::from(js_sys::encode_uri_component(value)));
        before = '&';
    }
    href
}

/// `next` if it is an address of this app; anything else would let a link lead people away after signing in. Only what
/// our own addresses are made of passes: browsers drop tabs and line breaks, and fold dots and slashes, before they go.
#[must_use]
pub fn safe_next(next: &str) -> Option<&str> {
    let (path, query) = next.split_once('?').unwrap_or((next, ""));
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    let is_query = |c: char| c.is_ascii_graphic() && c != '\\';
    let is_inside =
        path.starts_with('/') && !path.contains("//") && path.chars().all(is_path) && query.chars().all(is_query);
    (is_inside && !path.starts_with("/login") && next.len() <= 300).then_some(next)
}

fn join(before: &str, id: &str, after: &str) -> String {
    [before, id, after].concat()
}
