//! The public rows of a community with the time each date was last changed, which calendars ask for.

use std::collections::HashMap;

use domain::change::{Audience, class};
use domain::id::{CommunityId, OccurrenceId, StreamId, TeamId};
use domain::sync::view::View;
use domain::time::{LocalDate, Timestamp};

use super::public_reads::put;
use super::{Db, StoreError};

/// Rows and their times.
#[derive(Debug, Default)]
pub struct FeedRows {
    /// The rows.
    pub view: View,
    /// When the rows of activities and dates were last written, by their ids as text. Old times are not kept for ever.
    pub changed: HashMap<String, Timestamp>,
}

impl FeedRows {
    /// Takes in the rows of another community.
    pub fn take_in(&mut self, other: Self) {
        let Self { view, changed } = other;
        self.changed.extend(changed);
        macro_rules! take_in {
            ($($map:ident),+) => { $(for (id, row) in view.$map.iter() { self.view.$map.insert(*id, row.clone()); })+ };
        }
        take_in!(teams, spaces, activities, occurrences);
    }

    /// When what is told of a date was last changed: the date itself or its activity.
    #[must_use]
    pub fn changed_at(&self, id: OccurrenceId) -> Option<Timestamp> {
        let own = self.changed.get(&id.to_string());
        let activity = self.view.occurrences.get(&id).map(|date| date.row.activity.to_string());
        let activity = activity.and_then(|activity| self.changed.get(&activity));
        own.max(activity).copied()
    }
}

/// As [`super::public_reads::load_window`], with times.
///
/// # Errors
/// [`StoreError`].
pub async fn load_feed(db: &Db, id: &CommunityId, from: LocalDate, to: LocalDate) -> Result<FeedRows, StoreError> {
    const SQL: &str = "select r.class, r.id, r.seq, r.starts_on, r.body, t.at \
        from synced_row r left join stream_tick t on t.stream = r.stream and t.seq = r.seq \
        where r.stream = $1 and r.audience = $2 and r.gone_at is null \
        and (r.starts_on is null or (r.starts_on >= $3 and r.starts_on <= $4))";
    let stream = StreamId::Community(id.clone());
    db.read(move |tx| {
        Box::pin(async move {
            let mut rows = FeedRows::default();
            let values = [stream.clone().into(), Audience::Public.into(), from.into(), to.into()];
            for row in tx.all(SQL, &values).await? {
                put(&mut rows.view, &stream, &row)?;
                let is_dated = matches!(row.text("class")?.as_str(), class::ACTIVITY | class::OCCURRENCE);
                if let Some(at) = row.maybe_at("at")?.filter(|_| is_dated) {
                    rows.changed.insert(row.text("id")?, at);
                }
            }
            Ok(rows)
        })
    })
    .await
}

/// The community a team is in.
///
/// # Errors
/// [`StoreError`].
pub async fn community_of_team(db: &Db, id: TeamId) -> Result<Option<CommunityId>, StoreError> {
    db.read(move |tx| {
        Box::pin(async move {
            let row = tx.maybe("select community from team where id = $1", &[id.into()]).await?;
            row.map(|row| row.parse("community")).transpose()
        })
    })
    .await
}
