//! Saying that a database was put back from a copy: it gets another epoch, so every phone reads it anew and asks what it
//! still has of what it had accepted.
//!
//! Most restores show by themselves, by what a cursor says ([`super::streams`]). This one word makes it certain, and spares
//! phones a first answer that is already past. Deliberately absent: copying the database, which its engine does best.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Executor as _};

use super::engine::Conn;
use super::error::StoreError;
use super::open::{OpenError, Place, engine_of, lite_problem, lock_beside, pg_name, pg_options};

/// Gives a database that is there and that no server has open another epoch. With PostgreSQL that nobody has it open is for
/// its operator to know.
///
/// # Errors
/// [`OpenError`], or what writing met: among it that the database is no database of ours.
pub async fn renew_epoch(address: &str, epoch: u64) -> Result<Result<(), StoreError>, OpenError> {
    match engine_of(address)? {
        Place::File(path) => {
            let fails = |source| lite_problem(path, source);
            let options = SqliteConnectOptions::new().filename(path).pragma("synchronous", "full");
            let mut connection = SqliteConnection::connect_with(&options).await.map_err(fails)?;
            let _lock = lock_beside(path)?;
            let done = write(&mut Conn::lite(&mut connection), epoch).await;
            connection.close().await.map_err(fails)?;
            Ok(done)
        }
        Place::Server => {
            let options = pg_options(address)?;
            let unreachable = |source| OpenError::Unreachable { what: pg_name(&options), source };
            let mut connection = PgConnection::connect_with(&options).await.map_err(unreachable)?;
            connection.execute("set statement_timeout = '20s'").await.map_err(unreachable)?;
            Ok(write(&mut Conn::pg(&mut connection), epoch).await)
        }
    }
}

async fn write(conn: &mut Conn<'_>, epoch: u64) -> Result<(), StoreError> {
    // Of another program's table of this name nothing is written.
    let sql = "update meta set value = $1 where key = 'epoch'
               and exists (select 1 from meta ours where ours.key = 'schema' and ours.value = 'lifehub')";
    match conn.execute(sql, &[format!("{epoch:016x}").into()]).await? {
        1 => Ok(()),
        _ => Err(StoreError::inconsistent("meta.schema", "not lifehub")),
    }
}
