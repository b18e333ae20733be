//! What rests on this phone: per account a cache that may vanish and an outbox that must not, and the few facts of the
//! phone itself.
//!
//! Two databases per account (`lifehub-cache-…`, `lifehub-outbox-…`), one cache for guests. Where a browser keeps
//! nothing, both answer from memory for the life of the page and the app says so; on somebody else's phone they never
//! come near its disk.

pub mod cache;
mod connection;
pub mod guest;
pub mod loss;
pub mod outbox;
mod trouble;
mod whole;

use domain::id::AccountId;
pub use trouble::Trouble;

use cache::Cache;
use outbox::Outbox;

/// The stores of one account, or of a guest.
pub struct Stores {
    /// Rows and cursors.
    pub cache: Cache,
    /// Commands and their answers; a guest has none.
    pub outbox: Option<Outbox>,
    /// Whose.
    pub account: Option<AccountId>,
    /// Whether the phone is somebody else's, and nothing of this account may rest on it.
    pub is_shared: bool,
}

impl Stores {
    /// The stores of an account; nothing is opened before it is needed.
    #[must_use]
    pub fn of(account: Option<AccountId>) -> Self {
        let outbox = account.map(|account| Outbox::new(outbox_name(account)));
        Self { cache: Cache::new(cache_name(account)), outbox, account, is_shared: false }
    }

    /// The stores of an account on somebody else's phone.
    #[must_use]
    pub fn in_memory(account: AccountId) -> Self {
        let (cache, outbox) = (Cache::in_memory(), Outbox::in_memory());
        Self { cache, outbox: Some(outbox), account: Some(account), is_shared: true }
    }

    /// Lets go of the databases, so that they can be deleted.
    pub fn close(&self) {
        self.cache.close();
        if let Some(outbox) = &self.outbox {
            outbox.close();
        }
    }

    /// Whether anything here lives only in memory.
    #[must_use]
    pub fn is_memory_only(&self) -> bool {
        self.outbox.as_ref().map_or_else(|| self.cache.is_in_memory(), Outbox::is_in_memory)
    }

    /// Whether this phone keeps things, but this page cannot reach them any more.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.outbox.as_ref().map_or_else(|| self.cache.is_stuck(), Outbox::is_stuck)
    }

    /// Removes an account's data from this phone; with `keep_unsent` its outbox stays.
    pub async fn remove(account: AccountId, keep_unsent: bool) -> Result<(), Trouble> {
        trouble::delete(&cache_name(Some(account))).await?;
        if !keep_unsent {
            trouble::delete(&outbox_name(account)).await?;
            loss::forget(account);
        }
        Ok(())
    }
}

/// Whether commands of anybody rest on this phone; also where the browser does not say.
pub async fn has_outbox() -> bool {
    let Ok(names) = trouble::names().await else { return true };
    names.iter().any(|name| name.starts_with(OUTBOX))
}

const OUTBOX: &str = "lifehub-outbox-";

fn cache_name(account: Option<AccountId>) -> String {
    let whose = account.map_or_else(|| "guest".to_owned(), |account| account.to_string());
    ["lifehub-cache-", &whose].concat()
}

fn outbox_name(account: AccountId) -> String {
    [OUTBOX, &account.to_string()].concat()
}
