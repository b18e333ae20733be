//! Both engines have the same tables: same migrations, same columns, same kinds of values.

use std::collections::BTreeSet;
use std::path::Path;

use server::store::testing::TestDb;
use server::store::{Conn, StoreError};

fn migrations(engine: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let entries = std::fs::read_dir(folder).expect("the folder of migrations");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name")).collect()
}

#[test]
fn both_engines_have_the_same_migrations() {
    let (lite, postgres) = (migrations("sqlite"), migrations("postgres"));
    assert_eq!(lite, postgres);
    assert!(lite.contains("0001_init.sql"));
}

/// Table, column, kind, whether it may be null.
type Column = (String, String, String, bool);

async fn columns(conn: &mut Conn<'_>, sql: &'static str) -> Result<BTreeSet<Column>, StoreError> {
    let rows = conn.all(sql, &[]).await?;
    rows.iter().map(|row| Ok((row.text("t")?, row.text("c")?, row.text("kind")?, row.int("nullable")? == 1))).collect()
}

const LITE: &str = "select t.name t, c.name c,
           case lower(c.type) when 'integer' then 'bigint' when 'blob' then 'bytea' else lower(c.type) end kind,
           case when c.\"notnull\" = 1 or c.pk > 0 then 0 else 1 end nullable
    from sqlite_master t join pragma_table_xinfo(t.name) c
    where t.type = 'table' and t.name not like 'sqlite%' and t.name <> '_sqlx_migrations' and t.name <> 'num'";
const POSTGRES: &str = "select cast(table_name as text) t, cast(column_name as text) c, cast(data_type as text) kind,
           cast(case is_nullable when 'YES' then 1 else 0 end as bigint) nullable
    from information_schema.columns where table_schema = current_schema() and table_name <> '_sqlx_migrations'";

#[tokio::test]
async fn both_engines_have_the_same_columns_of_text_and_whole_numbers_and_one_of_bytes() {
    let lite = TestDb::lite(Default::default()).await;
    let of_lite = lite.db.read(|conn| Box::pin(columns(conn, LITE))).await.expect("columns");
    lite.remove().await;
    assert!(of_lite.len() > 100, "{}", of_lite.len());
    let others: Vec<_> = of_lite.iter().filter(|(_, _, kind, _)| kind != "text" && kind != "bigint").collect();
    assert_eq!(others, [&("build_file".to_owned(), "bytes".to_owned(), "bytea".to_owned(), false)]);
    let Some(postgres) = TestDb::postgres(Default::default()).await else {
        eprintln!("skipped: LIFEHUB_TEST_POSTGRES is not set");
        return;
    };
    let of_postgres = postgres.db.read(|conn| Box::pin(columns(conn, POSTGRES))).await.expect("columns");
    postgres.remove().await;
    let differ: Vec<_> = of_lite.symmetric_difference(&of_postgres).collect();
    assert!(differ.is_empty(), "{differ:?}");
}
