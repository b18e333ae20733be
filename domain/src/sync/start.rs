//! What the server writes into a page for a phone that has nothing yet, so that the app draws and can be touched before
//! it has asked for anything.
//!
//! The same for everybody: public rows, nothing of any person. It is one more way in for what a reply to an anonymous
//! pull brings, and is stored as such.

use serde::{Deserialize, Serialize};

use crate::change::{CommunityView, Row};
use crate::id::{CommunityId, StreamId};
use crate::sync::machine::{Basis, StreamWrite};
use crate::sync::view::View;
use crate::sync::wire::Cursor;
use crate::time::Timestamp;

/// The id of the element that holds it.
pub const ELEMENT: &str = "start";

/// What an app starts from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    /// The server's clock when the rows were read.
    pub server_at: Timestamp,
    /// Whether the server is a demonstration.
    pub is_demo: bool,
    /// All communities.
    pub communities: Vec<CommunityView>,
    /// The community the page is about.
    pub community: CommunityId,
    /// Its public rows in the window.
    pub rows: Vec<Row>,
    /// Where to go on.
    pub cursor: Cursor,
}

impl Start {
    /// The stream of its rows.
    #[must_use]
    pub fn stream(&self) -> StreamId {
        StreamId::Community(self.community.clone())
    }

    /// The picture before anything else is known.
    #[must_use]
    pub fn view(&self) -> View {
        let (stream, mut view) = (self.stream(), View::default());
        for row in &self.rows {
            view.put_public(&stream, row);
        }
        view
    }

    /// The rows as they rest on a phone: as if an anonymous pull had brought them.
    #[must_use]
    pub fn write(self) -> StreamWrite {
        StreamWrite {
            stream: self.stream(),
            basis: Basis::Nothing,
            rows: self.rows,
            gone: Vec::new(),
            cursor: Some(self.cursor),
            as_of: self.server_at,
            on: self.server_at.date(),
        }
    }
}
