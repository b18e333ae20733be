//! Somebody who reads a stream by deltas and says now and then what they have of it.

use domain::change::Row;
use domain::id::StreamId;
use domain::sync::checksum::{Checksum, Held};
use domain::sync::{Cursor, Pull, PullResult, ResetReason};
use domain::time::Timestamp;
use server::store::Db;

use super::Phone;

/// A phone with what it has of one stream.
pub struct Follower {
    phone: Phone,
    stream: StreamId,
    cursor: Option<Cursor>,
    pub held: Held,
    pub rows: Vec<Row>,
}

impl Follower {
    /// One that has read everything.
    pub async fn of(db: &Db, n: u128, stream: &StreamId, at: Timestamp) -> Self {
        let (phone, stream) = (Phone::of(n), stream.clone());
        let mut new = Self { phone, stream, cursor: None, held: Held::default(), rows: Vec::new() };
        assert_eq!(new.read(db, None, at).await, None, "the first is a whole picture without a reason");
        new
    }

    /// What it would say.
    pub fn checksum(&self) -> Checksum {
        self.held.checksum().expect("it knows the day of its picture")
    }

    /// Reads on, and says why if it had to start over.
    pub async fn read(&mut self, db: &Db, checksum: Option<Checksum>, at: Timestamp) -> Option<ResetReason> {
        let actor = self.phone.actor(db).await;
        let wanted = Pull { stream: self.stream.clone(), cursor: self.cursor, checksum };
        let reply = db.read(move |conn| Box::pin(async move { server::sync::pull(conn, &actor, &wanted, at).await }));
        match reply.await.expect("a pull").result {
            PullResult::Delta { rows, gone, cursor, .. } => {
                gone.iter().for_each(|key| self.held.remove(key));
                rows.iter().for_each(|row| self.held.put(row));
                self.cursor = Some(cursor);
                self.rows = rows;
                None
            }
            PullResult::Snapshot { why, rows, cursor } => {
                self.held = Held::of(&rows, Some(at.date()));
                self.cursor = Some(cursor);
                self.rows = rows;
                why
            }
            PullResult::Denied => panic!("denied"),
        }
    }

    /// Reads on, and then says what it has: it is as it must be.
    pub async fn compare(&mut self, db: &Db, at: Timestamp) {
        assert_eq!(self.read(db, None, at).await, None);
        let said = self.checksum();
        assert_eq!(self.read(db, Some(said), at).await, None, "{} has lost nothing", self.phone.account);
        assert!(self.rows.is_empty(), "nothing has changed, so it was compared");
    }
}
