//! Things of communities that are not on screen: a shared link may lead to any of them.

use domain::id::{CommunityId, StreamId};
use domain::time::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

use super::Model;
use crate::api::{self, ApiError, Place};

impl Model {
    /// Where a date, an activity or a space lies; an activity leads to its next date.
    ///
    /// # Errors
    /// [`ApiError`]: `not-found` where there is none, or no answer.
    pub async fn find_place(self, id: Uuid) -> Result<Place, ApiError> {
        api::place(id).await
    }

    /// Reads a community's stream along with the one on screen, until another is visited. Also where it is the one on
    /// screen: that changes as soon as it is known where somebody lives.
    pub fn visit(self, community: &CommunityId) {
        if self.visited.get_untracked().as_ref() != Some(community) {
            self.visited.set(Some(community.clone()));
        }
    }

    /// When a community's stream was last read.
    #[must_use]
    pub fn as_of(self, community: &CommunityId) -> Option<Timestamp> {
        let stream = StreamId::Community(community.clone());
        self.rim.link.with(|link| link.as_of.get(&stream).copied())
    }
}
