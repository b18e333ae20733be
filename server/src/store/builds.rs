//! Files of recent builds: what a server may answer with beyond what it has inside.

use bytes::Bytes;
use domain::time::Timestamp;

use super::{Conn, Db, StoreError};

/// A file as it is stored, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFile {
    /// Its address, without the leading slash.
    pub path: String,
    /// `plain`, `br` or `gzip`.
    pub encoding: String,
    /// Its media type.
    pub media_type: String,
    /// A hash of its bytes before they were encoded.
    pub etag: String,
}

/// A build as it is stored.
#[derive(Debug, Clone)]
pub struct Build {
    /// Its name.
    pub id: String,
    /// The addresses of its files.
    pub files: Vec<String>,
    /// When a server last had it inside.
    pub last_seen_at: Timestamp,
}

/// Makes the others wait that note or forget builds, until the end of the transaction: a file that two builds share
/// must not be forgotten with the one while the other is being noted.
///
/// # Errors
/// [`StoreError`].
pub async fn lock_builds(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    conn.execute("update meta set value = value where key = 'schema'", &[]).await.map(|_| ())
}

/// Notes that a build is being served.
///
/// # Errors
/// [`StoreError`].
pub async fn note_build(conn: &mut Conn<'_>, id: &str, files: &[String], now: Timestamp) -> Result<(), StoreError> {
    let files = serde_json::to_string(files).expect("invariant: a list of texts has a JSON form");
    conn.execute(
        "insert into build (id, files, first_seen_at, last_seen_at) values ($1, $2, $3, $3)
         on conflict (id) do update set files = excluded.files, last_seen_at = excluded.last_seen_at",
        &[id.into(), files.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The builds, the one seen last first.
///
/// # Errors
/// [`StoreError`].
pub async fn list_builds(conn: &mut Conn<'_>) -> Result<Vec<Build>, StoreError> {
    let rows = conn.all("select id, files, last_seen_at from build order by last_seen_at desc, id", &[]).await?;
    let build = |row: &super::Row| {
        let files = serde_json::from_str(&row.text("files")?);
        Ok(Build {
            id: row.text("id")?,
            files: files.map_err(|error| StoreError::inconsistent("build.files", error))?,
            last_seen_at: row.at("last_seen_at")?,
        })
    };
    rows.iter().map(build).collect()
}

/// Forgets a build; its files go with [`remove_build_file`].
///
/// # Errors
/// [`StoreError`].
pub async fn remove_build(conn: &mut Conn<'_>, id: &str) -> Result<(), StoreError> {
    conn.execute("delete from build where id = $1", &[id.into()]).await.map(|_| ())
}

/// The addresses of all files.
///
/// # Errors
/// [`StoreError`].
pub async fn list_build_paths(conn: &mut Conn<'_>) -> Result<Vec<String>, StoreError> {
    let rows = conn.all("select distinct path from build_file order by path", &[]).await?;
    rows.iter().map(|row| row.text("path")).collect()
}

/// Forgets a file in all its encodings.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_build_file(conn: &mut Conn<'_>, path: &str) -> Result<(), StoreError> {
    conn.execute("delete from build_file where path = $1", &[path.into()]).await.map(|_| ())
}

/// Stores a file in one encoding, unless it is there.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_build_file(conn: &mut Conn<'_>, file: &BuildFile, bytes: Bytes) -> Result<(), StoreError> {
    conn.execute(
        "insert into build_file (path, encoding, media_type, etag, bytes) values ($1, $2, $3, $4, $5)
         on conflict (path, encoding) do nothing",
        &[(&file.path).into(), (&file.encoding).into(), (&file.media_type).into(), (&file.etag).into(), bytes.into()],
    )
    .await?;
    Ok(())
}

/// All files there are, without what is in them.
///
/// # Errors
/// [`StoreError`].
pub async fn list_build_files(db: &Db) -> Result<Vec<BuildFile>, StoreError> {
    let rows = db.ask("select path, encoding, media_type, etag from build_file", &[]).await?;
    let file = |row: &super::Row| {
        Ok(BuildFile {
            path: row.text("path")?,
            encoding: row.text("encoding")?,
            media_type: row.text("media_type")?,
            etag: row.text("etag")?,
        })
    };
    rows.iter().map(file).collect()
}

/// What is in a file, in one encoding.
///
/// # Errors
/// [`StoreError`].
pub async fn read_build_file(db: &Db, path: &str, encoding: &str) -> Result<Option<Bytes>, StoreError> {
    let sql = "select bytes from build_file where path = $1 and encoding = $2";
    let rows = db.ask(sql, &[path.into(), encoding.into()]).await?;
    rows.first().map(|row| row.bytes("bytes")).transpose()
}
