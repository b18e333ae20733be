//! Who listens to what, and the one task that finds out how far the streams have got that somebody listens to.
//!
//! Each stream has one channel that holds the last word only, so a slow listener misses words and never the latest. The
//! task runs as long as anybody listens. Where others write too it asks the database once a second; where this server
//! alone writes, it asks after a commit. What it finds is compared with what was told last: never with a time, because
//! changes are not committed in the order of their times. Deliberately absent: what a listener is sent ([`super`]).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use domain::id::StreamId;
use domain::sync::limits::{HINT_EVERY_MS, HINT_SPREAD_EACH_MS, HINT_SPREAD_MAX_MS, HINT_SPREAD_MIN_MS};
use tokio::sync::watch;

use crate::config::ConnectionLimits;
use crate::store::Db;
use crate::store::streams::list_heads;

/// A round of the task.
const EVERY: Duration = Duration::from_millis(HINT_EVERY_MS);

/// Of all places for connections, the part that may be taken by those who listen: such a connection never makes room.
const PART_MAX: usize = 2;

/// How far a stream has got, and over how long its listeners are to spread what they do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The last change.
    pub head: u64,
    /// Milliseconds.
    pub spread_ms: u64,
}

/// Everybody who listens here.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    ears: Arc<Mutex<Ears>>,
    stopping: Arc<watch::Sender<bool>>,
}

#[derive(Debug, Default)]
struct Ears {
    streams: HashMap<StreamId, watch::Sender<Option<Told>>>,
    by_client: HashMap<IpAddr, usize>,
    count: usize,
    is_watched: bool,
}

/// Somebody's place among those who listen, given back when dropped.
#[derive(Debug)]
pub struct Ear {
    hub: Hub,
    client: IpAddr,
    /// What is listened to.
    pub streams: Vec<Heard>,
}

/// One stream that is listened to.
#[derive(Debug)]
pub struct Heard {
    /// Which.
    pub stream: StreamId,
    /// The last word on it; nothing until it changes.
    pub told: watch::Receiver<Option<Told>>,
    /// Over how long to spread what is done about the first word, which its listener looks up by itself.
    pub spread_ms: u64,
}

impl Hub {
    /// Takes a place for somebody at `client`; nothing if there is none. What changes from now on is told, so whoever wants
    /// to know how far the streams have got looks after this.
    #[must_use]
    pub fn listen(&self, db: &Db, client: IpAddr, streams: Vec<StreamId>, limits: ConnectionLimits) -> Option<Ear> {
        let mut ears = self.ears();
        let of_client = ears.by_client.get(&client).copied().unwrap_or_default();
        let is_full = ears.count >= limits.connections_max / PART_MAX || of_client >= limits.per_address_max / PART_MAX;
        if is_full || *self.stopping.borrow() {
            return None;
        }
        ears.count += 1;
        *ears.by_client.entry(client).or_default() += 1;
        let heard = |stream: StreamId| {
            let channel = ears.streams.entry(stream.clone()).or_insert_with(|| watch::channel(None).0);
            let told = channel.subscribe();
            Heard { spread_ms: spread_ms(&stream, channel.receiver_count()), stream, told }
        };
        let streams = streams.into_iter().map(heard).collect();
        if !ears.is_watched {
            ears.is_watched = true;
            // From before the first listener looks, so that nothing is committed in between unseen.
            let written = db.written();
            tokio::spawn(watch_heads(self.clone(), db.clone(), written));
        }
        drop(ears);
        Some(Ear { hub: self.clone(), client, streams })
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.ears().count
    }

    /// Whether the server is about to stop, for listeners to go by.
    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// The server is about to stop: everybody is told, and nobody gets a place any more.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    fn ears(&self) -> MutexGuard<'_, Ears> {
        self.ears.lock().expect("invariant: no code panics while it holds the ears")
    }

    /// The streams that somebody listens to; if nobody does, there is no watching any more.
    fn listened(&self) -> Vec<StreamId> {
        let mut ears = self.ears();
        ears.is_watched = !ears.streams.is_empty();
        ears.streams.keys().cloned().collect()
    }

    /// Tells how far streams have got, those who have not been told so.
    fn tell(&self, heads: Vec<(StreamId, u64)>) {
        let ears = self.ears();
        for (stream, head) in heads {
            let Some(channel) = ears.streams.get(&stream) else { continue };
            let spread_ms = spread_ms(&stream, channel.receiver_count());
            channel.send_if_modified(|told| {
                let is_news = told.is_none_or(|told| told.head != head);
                if is_news {
                    *told = Some(Told { head, spread_ms });
                }
                is_news
            });
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let mut ears = self.hub.ears();
        for Heard { stream, told, .. } in self.streams.drain(..) {
            drop(told);
            if ears.streams.get(&stream).is_some_and(|channel| channel.receiver_count() == 0) {
                ears.streams.remove(&stream);
            }
        }
        ears.count -= 1;
        if let Some(count) = ears.by_client.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                ears.by_client.remove(&self.client);
            }
        }
    }
}

/// Over how long so many listeners spread their pulls. One's own stream has nobody else to wait for.
#[must_use]
pub fn spread_ms(stream: &StreamId, listeners: usize) -> u64 {
    match stream {
        StreamId::Account(_) => 0,
        StreamId::Community(_) => (u64::try_from(listeners).unwrap_or(u64::MAX))
            .saturating_mul(HINT_SPREAD_EACH_MS)
            .clamp(HINT_SPREAD_MIN_MS, HINT_SPREAD_MAX_MS),
    }
}

/// Tells what changes, at most once in [`EVERY`], as long as anybody listens.
async fn watch_heads(hub: Hub, db: Db, mut written: Option<watch::Receiver<u64>>) {
    let mut is_due = false;
    loop {
        match &mut written {
            Some(written) => match tokio::time::timeout(EVERY, written.changed()).await {
                Ok(Ok(())) => is_due = true,
                // The file is closed: nothing will change any more.
                Ok(Err(_)) => tokio::time::sleep(EVERY).await,
                Err(_) => {}
            },
            None => {
                tokio::time::sleep(EVERY).await;
                is_due = true;
            }
        }
        let streams = hub.listened();
        if streams.is_empty() {
            return;
        }
        if !is_due {
            continue;
        }
        // A database that does not answer is asked again.
        if let Ok(heads) = list_heads(&db, &streams).await {
            is_due = false;
            hub.tell(heads);
        }
        if written.is_some() {
            tokio::time::sleep(EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TestDb;

    fn stream(text: &str) -> StreamId {
        text.parse().expect("a stream")
    }

    fn limits(connections_max: usize, per_address_max: usize) -> ConnectionLimits {
        ConnectionLimits { connections_max, per_address_max, ..ConnectionLimits::DEFAULT }
    }

    #[test]
    fn more_listeners_spread_more_and_ones_own_stream_waits_for_nobody() {
        let community = stream("c:banzha");
        for (listeners, expected) in
            [(0, 200), (1, 200), (41, 205), (1_000, 5_000), (9_999, 10_000), (usize::MAX, 10_000)]
        {
            assert_eq!(spread_ms(&community, listeners), expected, "{listeners}");
        }
        let own = stream("a:0192f0c1-2a3b-7c4d-8e5f-000000000001");
        assert_eq!(spread_ms(&own, 9_999), 0);
    }

    #[tokio::test]
    async fn places_to_listen_are_half_of_all_and_are_given_back() {
        let test = TestDb::lite(Default::default()).await;
        let (hub, limits) = (Hub::default(), limits(8, 4));
        let listen =
            |client: &str| hub.listen(&test.db, client.parse().expect("an address"), vec![stream("c:banzha")], limits);
        let (first, _second) = (listen("1.1.1.1").expect("a place"), listen("1.1.1.1").expect("a place"));
        assert!(listen("1.1.1.1").is_none(), "not all places to one");
        let (_third, _fourth) = (listen("2.2.2.2").expect("a place"), listen("3.3.3.3").expect("a place"));
        assert!(listen("4.4.4.4").is_none(), "not all places to those who listen");
        drop(first);
        assert_eq!(hub.listeners(), 3);
        assert!(listen("1.1.1.1").is_some());
        hub.stop();
        assert!(listen("1.1.1.1").is_none(), "nobody any more");
        test.remove().await;
    }

    #[tokio::test]
    async fn only_what_somebody_listens_to_is_kept_and_watched() {
        let test = TestDb::lite(Default::default()).await;
        let hub = Hub::default();
        let address = "1.1.1.1".parse().expect("an address");
        let ear = hub.listen(&test.db, address, vec![stream("c:banzha"), stream("c:heping")], limits(8, 8));
        assert!(hub.ears().is_watched);
        let other = hub.listen(&test.db, address, vec![stream("c:heping")], limits(8, 8));
        drop(ear);
        assert_eq!(hub.ears().streams.keys().cloned().collect::<Vec<_>>(), [stream("c:heping")]);
        drop(other);
        let is_over = async {
            while hub.ears().is_watched {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), is_over).await.expect("the task has ended");
        assert!(hub.ears().streams.is_empty() && hub.ears().by_client.is_empty());
        test.remove().await;
    }

    #[tokio::test]
    async fn what_was_told_is_not_told_again() {
        let test = TestDb::lite(Default::default()).await;
        let hub = Hub::default();
        let address = "1.1.1.1".parse().expect("an address");
        let mut ear = hub.listen(&test.db, address, vec![stream("c:banzha")], limits(8, 8)).expect("a place");
        let mut heard = |head| {
            hub.tell(vec![(stream("c:banzha"), head)]);
            let told = &mut ear.streams[0].told;
            told.has_changed().expect("a channel").then(|| told.borrow_and_update().map(|told| told.head))
        };
        // A database that was put back goes backwards, and that is news as well.
        assert_eq!([heard(4), heard(4), heard(6), heard(5)], [Some(Some(4)), None, Some(Some(6)), Some(Some(5))]);
        test.remove().await;
    }
}
