//! The way to one database: opened when it is first needed, and once more when it has died.
//!
//! Browsers close databases under a page: while it is in the background, when storage is cleared, when another tab wants
//! a newer layout. None of them says so; the next transaction fails, or never answers. Opened without asking for a
//! version, so that an older build opens what a newer one left; a store that is missing is added.

use std::cell::{Cell, RefCell};
use std::future::Future;

use idb::{Database, DatabaseEvent, Factory, ObjectStoreParams};
use web_sys::IdbDatabase;

use super::trouble::{Trouble, within};

/// After so many operations in a row that a fresh connection did not save either, only a new page helps.
const STUCK_AFTER: u32 = 3;

/// The way to one database.
pub struct Connection {
    name: String,
    stores: &'static [&'static str],
    open: RefCell<Option<IdbDatabase>>,
    failed: Cell<u32>,
}

impl Connection {
    /// The way to the database of that name, which has these stores.
    pub const fn new(name: String, stores: &'static [&'static str]) -> Self {
        Self { name, stores, open: RefCell::new(None), failed: Cell::new(0) }
    }

    /// Lets go of the database.
    pub fn close(&self) {
        if let Some(open) = self.open.take() {
            open.close();
        }
    }

    /// Whether it is given up: only a new page can reach the database again.
    pub const fn is_stuck(&self) -> bool {
        self.failed.get() >= STUCK_AFTER
    }

    /// Runs an operation within the limit, once more on a fresh connection if the first one was lost, or if it was open
    /// before and does not answer: it may have died long ago. It hears how many times it was run before: then its effect
    /// may be there already.
    pub async fn run<T, F>(&self, operation: impl Fn(IdbDatabase, u32) -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let was_open = self.open.borrow().is_some();
        let mut result = self.try_run(&operation, 0).await;
        if matches!(result, Err(Trouble::Lost)) || was_open && matches!(result, Err(Trouble::Slow)) {
            result = self.try_run(&operation, 1).await;
        }
        let failed = if matches!(result, Err(Trouble::Lost | Trouble::Slow)) { self.failed.get() + 1 } else { 0 };
        self.failed.set(failed);
        result
    }

    async fn try_run<T, F>(&self, operation: &impl Fn(IdbDatabase, u32) -> F, before: u32) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>>,
    {
        let result = within(async { operation(self.open().await?, before).await }).await;
        if result.is_err() {
            self.close();
        }
        result
    }

    async fn open(&self) -> Result<IdbDatabase, Trouble> {
        if let Some(open) = self.open.borrow().as_ref() {
            return Ok(open.clone());
        }
        let mut database = self.ask(None).await?;
        let names = database.store_names();
        if !self.stores.iter().all(|store| names.iter().any(|name| name == store)) {
            let version = database.version()? + 1;
            database.close();
            database = self.ask(Some(version)).await?;
        }
        let open = IdbDatabase::from(database);
        self.open.replace(Some(open.clone()));
        Ok(open)
    }

    async fn ask(&self, version: Option<u32>) -> Result<Database, Trouble> {
        let mut request = Factory::new()?.open(&self.name, version)?;
        let stores = self.stores;
        request.on_upgrade_needed(move |event| {
            let Ok(database) = event.database() else { return };
            for store in stores {
                // Fails only for a store that is there already.
                let _ = database.create_object_store(store, ObjectStoreParams::new());
            }
        });
        let mut database = request.await?;
        database.on_version_change(|event| {
            // Somebody deletes it, or wants a newer layout: hold nobody up.
            if let Some(Ok(database)) = event.target().map(Database::try_from) {
                database.close();
            }
        });
        database.forget_callbacks();
        Ok(database)
    }
}
