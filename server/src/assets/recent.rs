//! Files of recent builds: a page that was loaded before a new build came asks for its pieces later, of whichever server
//! is there then.
//!
//! Each server notes in the database that it has its build inside, stores what of it is not there yet, and forgets the
//! builds that have had their time. What is asked for and not inside is answered from there; by its stored name, or not
//! at all. Guesses cost nothing: the list of names is read now and then, and not for each of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use domain::time::Timestamp;

use super::{Embedded, Encoding, HASHED, begin, choose, fill, media_type};
use crate::problem::ApiError;
use crate::state::AppState;
use crate::store::StoreError;
use crate::store::builds::{
    Build, BuildFile, insert_build_file, list_build_files, list_build_paths, list_builds, lock_builds, note_build,
    read_build_file, remove_build, remove_build_file,
};

/// Builds that stay, the last ones that were seen.
const BUILDS_KEPT: usize = 3;
/// Builds that stay because another server still has them inside, at most and in all.
const BUILDS_MAX: usize = 8;
/// A server says every hour what it has inside; who has not for this long is taken to be gone.
const SEEN_HOURS: i64 = 3;
/// How old the list of names may be when something is asked for that is not in it.
const NAMES_MS: i64 = 5_000;
/// Bytes of files kept in memory.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is known of the files in the database.
#[derive(Debug, Default)]
pub struct Recent {
    /// Never held while the database is asked: what is here is answered at once.
    known: Mutex<Known>,
    /// Held by who asks the database: whoever waits for it finds in memory what was read for the one before.
    reading: tokio::sync::Mutex<()>,
}

/// A file's name, and how its bytes travel.
type Key = (String, Encoding);

#[derive(Debug, Default)]
struct Known {
    read_at: Option<Timestamp>,
    files: HashMap<Key, BuildFile>,
    bodies: HashMap<Key, Bytes>,
}

impl Known {
    /// Whether it is time to look for new names. Notes that somebody does: a database that fails is not asked more often
    /// than one that answers.
    fn begin_to_look(&mut self, now: Timestamp) -> bool {
        // A clock that was put back counts as a long time.
        let is_due = self.read_at.is_none_or(|read_at| !(0..NAMES_MS).contains(&(now.ms() - read_at.ms())));
        if is_due {
            self.read_at = Some(now);
        }
        is_due
    }

    /// These names are there now. A name never changes what it stands for, so what was read of one stays.
    fn take_names(&mut self, files: Vec<BuildFile>) {
        let named = |file: BuildFile| {
            let encoding = Encoding::ALL.into_iter().find(|encoding| encoding.name() == file.encoding)?;
            Some(((file.path.clone(), encoding), file))
        };
        self.files = files.into_iter().filter_map(named).collect();
        self.bodies.retain(|key, _| self.files.contains_key(key));
    }

    /// The file in the best encoding the client takes.
    fn find(&self, path: &str, request: &HeaderMap) -> Option<(Key, BuildFile)> {
        let encoding = choose(request, |encoding| self.files.contains_key(&(path.to_owned(), encoding)));
        let key = (path.to_owned(), encoding);
        let file = self.files.get(&key)?.clone();
        Some((key, file))
    }

    /// Keeps what was read; others make room for it.
    fn keep(&mut self, key: Key, bytes: Bytes) {
        if bytes.len() > BYTES_MAX {
            return;
        }
        while self.bodies.values().map(Bytes::len).sum::<usize>() + bytes.len() > BYTES_MAX {
            let Some(other) = self.bodies.keys().next().cloned() else { break };
            self.bodies.remove(&other);
        }
        self.bodies.insert(key, bytes);
    }
}

impl Recent {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().expect("invariant: no code panics while it holds what is known")
    }

    async fn find(
        &self,
        state: &AppState,
        path: &str,
        request: &HeaderMap,
    ) -> Result<Option<(Key, BuildFile)>, StoreError> {
        if let Some(found) = self.known().find(path, request) {
            return Ok(Some(found));
        }
        let _reading = self.reading.lock().await;
        if self.known().begin_to_look(state.clock.now()) {
            let files = list_build_files(&state.db).await?;
            self.known().take_names(files);
        }
        Ok(self.known().find(path, request))
    }

    async fn body(&self, state: &AppState, key: &Key) -> Result<Option<Bytes>, StoreError> {
        let here = || self.known().bodies.get(key).cloned();
        if let Some(bytes) = here() {
            return Ok(Some(bytes));
        }
        let _reading = self.reading.lock().await;
        if let Some(bytes) = here() {
            return Ok(Some(bytes));
        }
        let read = read_build_file(&state.db, &key.0, key.1.name()).await?;
        match &read {
            Some(bytes) => self.known().keep(key.clone(), bytes.clone()),
            // Forgotten since its name was read.
            None => self.known().files.retain(|(name, _), _| *name != key.0),
        }
        Ok(read)
    }
}

/// A file of a recent build, by the request's address.
///
/// # Errors
/// [`ApiError::NotFound`]; what the database says.
pub async fn serve(state: &AppState, path: &str, request: &HeaderMap) -> Result<Response<Body>, ApiError> {
    let path = path.trim_start_matches('/');
    if !path.starts_with(HASHED) {
        return Err(ApiError::NotFound);
    }
    let recent = &state.assets.recent;
    let (key, file) = recent.find(state, path, request).await?.ok_or(ApiError::NotFound)?;
    let response = begin(path, &file.etag, request);
    if response.status() == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    let Ok(media_type) = HeaderValue::from_str(&file.media_type) else { return Err(ApiError::NotFound) };
    let bytes = recent.body(state, &key).await?.ok_or(ApiError::NotFound)?;
    Ok(fill(response, media_type, key.1, bytes))
}

/// Notes that this server has its build inside, forgets the builds that have had their time, and stores what is
/// missing: a file at a time, so that nobody waits long. Returns how many files it stored.
///
/// # Errors
/// [`StoreError`]; what was stored before it stays, and the rest comes when this is done again.
pub async fn keep(state: &AppState, now: Timestamp) -> Result<usize, StoreError> {
    let mut hashed: Vec<Embedded> =
        state.assets.files.values().filter(|file| file.path.starts_with(HASHED)).copied().collect();
    hashed.sort_by_key(|file| file.path);
    if hashed.is_empty() {
        return Ok(0);
    }
    // Where this server alone writes, no other build is running.
    let seen_since = if state.db.groups_written().is_some() { now } else { now.plus_minutes(-SEEN_HOURS * 60) };
    let (build, paths) = (state.assets.build, hashed.iter().map(|file| file.path.to_owned()).collect::<Vec<_>>());
    let noted = state.db.write("builds", move |conn| {
        let paths = paths.clone();
        Box::pin(async move {
            lock_builds(conn).await?;
            note_build(conn, build, &paths, now).await?;
            let (kept, gone) = sort_out(list_builds(conn).await?, build, seen_since);
            for id in gone {
                remove_build(conn, &id).await?;
            }
            for path in list_build_paths(conn).await?.iter().filter(|path| !kept.contains(*path)) {
                remove_build_file(conn, path).await?;
            }
            Ok(())
        })
    });
    noted.await?;
    let there: HashSet<(String, String)> =
        list_build_files(&state.db).await?.into_iter().map(|file| (file.path, file.encoding)).collect();
    let mut stored = 0;
    for file in hashed {
        let missing: Vec<(BuildFile, Bytes)> = Encoding::ALL
            .into_iter()
            .filter(|encoding| !there.contains(&(file.path.to_owned(), encoding.name().to_owned())))
            .filter_map(|encoding| Some((stored_as(file, encoding), Bytes::from_static(file.encoded(encoding)?))))
            .collect();
        if missing.is_empty() {
            continue;
        }
        stored += 1;
        let store = state.db.write("builds", move |conn| {
            let missing = missing.clone();
            Box::pin(async move {
                for (file, bytes) in missing {
                    insert_build_file(conn, &file, bytes).await?;
                }
                Ok(())
            })
        });
        store.await?;
    }
    Ok(stored)
}

fn stored_as(file: Embedded, encoding: Encoding) -> BuildFile {
    BuildFile {
        path: file.path.to_owned(),
        encoding: encoding.name().to_owned(),
        media_type: media_type(file.path).to_owned(),
        etag: file.etag.to_owned(),
    }
}

/// The files of the builds that stay, and the builds that go. `builds` begins with the one seen last.
fn sort_out(builds: Vec<Build>, own: &str, seen_since: Timestamp) -> (HashSet<String>, Vec<String>) {
    let (mut kept, mut gone) = (HashSet::new(), Vec::new());
    for (place, build) in builds.into_iter().enumerate() {
        let is_running = build.last_seen_at >= seen_since && place < BUILDS_MAX;
        if build.id == own || place < BUILDS_KEPT || is_running {
            kept.extend(build.files);
        } else {
            gone.push(build.id);
        }
    }
    (kept, gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_builds_stay_and_those_that_run_elsewhere_but_never_too_many() {
        let now = Timestamp::from_ms(1_795_392_000_000);
        let build = |n: usize, minutes: i64| Build {
            id: format!("b{n}"),
            files: vec![format!("assets/{n}.js")],
            last_seen_at: now.plus_minutes(-minutes),
        };
        let gone = |builds: Vec<Build>, own: &str| sort_out(builds, own, now.plus_minutes(-SEEN_HOURS * 60)).1;
        let old = |count: usize| (0..count).map(|n| build(n, 10_000 + n as i64)).collect::<Vec<_>>();
        assert_eq!(gone(old(3), "b0"), [""; 0]);
        assert_eq!(gone(old(5), "b0"), ["b3", "b4"]);
        // Seen last, by a clock that is ahead: one's own stays where it is.
        assert_eq!(gone(old(5), "b4"), ["b3"]);
        let running: Vec<_> = (0..10).map(|n| build(n, n as i64)).collect();
        assert_eq!(gone(running, "b0"), ["b8", "b9"]);
        let (kept, _) = sort_out(old(5), "b0", now);
        assert_eq!(kept.len(), BUILDS_KEPT);
    }

    fn file(path: &str) -> BuildFile {
        let [path, encoding, media_type, etag] = [path, "plain", "text/css", "e"].map(str::to_owned);
        BuildFile { path, encoding, media_type, etag }
    }

    fn key(path: &str) -> Key {
        (path.to_owned(), Encoding::Plain)
    }

    #[test]
    fn names_are_read_now_and_then_and_leave_in_memory_what_still_has_one() {
        let (mut known, now) = (Known::default(), Timestamp::from_ms(1_795_392_000_000));
        assert!(known.begin_to_look(now));
        known.take_names(vec![file("assets/a.css"), file("assets/b.css")]);
        known.keep(key("assets/a.css"), Bytes::from_static(b"a"));
        known.keep(key("assets/b.css"), Bytes::from_static(b"b"));
        let after = |ms| Timestamp::from_ms(now.ms() + ms);
        assert!(!known.begin_to_look(after(NAMES_MS - 1)), "a guess costs nothing");
        assert!(known.begin_to_look(after(NAMES_MS)) && known.begin_to_look(after(-1)));
        known.take_names(vec![file("assets/b.css"), file("assets/c.css")]);
        assert!(known.find("assets/a.css", &HeaderMap::new()).is_none());
        assert_eq!(known.bodies.keys().collect::<Vec<_>>(), [&key("assets/b.css")]);
    }

    #[test]
    fn memory_has_its_limit_and_what_is_asked_for_now_has_its_place() {
        let mut known = Known::default();
        let third = Bytes::from(vec![0; BYTES_MAX / 3]);
        for path in ["a", "b", "c", "d"] {
            known.keep(key(path), third.clone());
        }
        assert!(known.bodies.len() == 3 && known.bodies.contains_key(&key("d")));
        known.keep(key("e"), Bytes::from(vec![0; BYTES_MAX + 1]));
        assert_eq!(known.bodies.len(), 3, "too large for all of it");
    }
}
