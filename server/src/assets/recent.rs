//! Files of recent builds: a page that was loaded before a new build came asks for its pieces later, of whichever server
//! is there then.
//!
//! Each server notes in the database that it has its build inside, stores what of it is not there yet, and forgets the
//! builds that have had their time. What is asked for and not inside is answered from there; by its stored name, or not
//! at all. Guesses cost nothing: the list of names is read now and then, and not for each of them.

use std::collections::{HashMap, HashSet};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use domain::time::Timestamp;
use tokio::sync::Mutex;

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
/// Bytes of files kept in memory; beyond that all are dropped.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What is known of the files in the database.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    read_at: Option<Timestamp>,
    files: HashMap<(String, Encoding), BuildFile>,
    bodies: HashMap<(String, Encoding), Bytes>,
}

impl Known {
    /// Looks for new names, unless somebody just has.
    async fn look_again(&mut self, state: &AppState) -> Result<(), StoreError> {
        let now = state.clock.now();
        // A clock that was put back counts as a long time.
        if self.read_at.is_some_and(|read_at| (0..NAMES_MS).contains(&(now.ms() - read_at.ms()))) {
            return Ok(());
        }
        // First: a database that fails is not asked more often than one that answers.
        self.read_at = Some(now);
        let files = list_build_files(&state.db).await?;
        let named = |file: BuildFile| {
            let encoding = Encoding::ALL.into_iter().find(|encoding| encoding.name() == file.encoding)?;
            Some(((file.path.clone(), encoding), file))
        };
        self.files = files.into_iter().filter_map(named).collect();
        self.bodies.clear();
        Ok(())
    }

    async fn body(&mut self, state: &AppState, key: &(String, Encoding)) -> Result<Option<Bytes>, StoreError> {
        if let Some(bytes) = self.bodies.get(key) {
            return Ok(Some(bytes.clone()));
        }
        let Some(bytes) = read_build_file(&state.db, &key.0, key.1.name()).await? else { return Ok(None) };
        if self.bodies.values().map(Bytes::len).sum::<usize>() + bytes.len() > BYTES_MAX {
            self.bodies.clear();
        }
        if bytes.len() <= BYTES_MAX {
            self.bodies.insert(key.clone(), bytes.clone());
        }
        Ok(Some(bytes))
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
    // One at a time: whoever waits finds in memory what was read for the one before.
    let mut known = state.assets.recent.0.lock().await;
    let plain = (path.to_owned(), Encoding::Plain);
    if !known.files.contains_key(&plain) {
        known.look_again(state).await?;
    }
    let encoding = choose(request, |encoding| known.files.contains_key(&(path.to_owned(), encoding)));
    let key = (path.to_owned(), encoding);
    let file = known.files.get(&key).ok_or(ApiError::NotFound)?;
    let response = begin(path, &file.etag, request);
    if response.status() == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    let Ok(media_type) = HeaderValue::from_str(&file.media_type) else { return Err(ApiError::NotFound) };
    match known.body(state, &key).await? {
        Some(bytes) => Ok(fill(response, media_type, encoding, bytes)),
        // Forgotten since its name was read.
        None => {
            known.files.retain(|(name, _), _| name != path);
            Err(ApiError::NotFound)
        }
    }
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
}
