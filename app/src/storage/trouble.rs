//! What goes wrong with a browser's databases, told apart by what can be done about it.

use std::future::Future;
use std::pin::pin;

use futures::future::{Either, select};
use idb::Factory;
use js_sys::{Array, Promise};
use leptos::leptos_dom::helpers::window;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::platform::{self, call, get};

/// How long one operation may take; connections of a page that was in the background sometimes never answer.
const LIMIT_MS: u64 = 5_000;

/// Why something was not stored or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The phone is full.
    Full,
    /// The connection is dead or the transaction was aborted; a fresh connection may do.
    Lost,
    /// No answer within the limit.
    Slow,
    /// The database is there and empty: it was cleared while the page was open.
    Gone,
    /// This browser keeps nothing, or not like this.
    Broken,
}

impl Trouble {
    /// The trouble behind the name of a `DOMException`.
    pub fn named(name: &str) -> Self {
        match name {
            "QuotaExceededError" => Self::Full,
            "InvalidStateError" | "UnknownError" | "AbortError" => Self::Lost,
            _ => Self::Broken,
        }
    }

    fn of_value(value: &JsValue) -> Self {
        Self::named(&get(value, "name").as_string().unwrap_or_default())
    }
}

impl From<idb::Error> for Trouble {
    fn from(error: idb::Error) -> Self {
        use idb::Error as E;
        match error {
            E::DomException(exception) => Self::named(&exception.name()),
            E::AddFailed(value)
            | E::ClearFailed(value)
            | E::DeleteFailed(value)
            | E::GetAllFailed(value)
            | E::GetAllKeysFailed(value)
            | E::GetFailed(value)
            | E::IndexedDbOpenFailed(value)
            | E::ObjectStoreNotFound(value)
            | E::TransactionOpenFailed(value)
            | E::UpdateFailed(value) => Self::of_value(&value),
            // The events that would have answered never came: the transaction died with its connection.
            E::OneshotChannelReceiveError | E::DomExceptionNotFound | E::EventTargetNotFound => Self::Lost,
            _ => Self::Broken,
        }
    }
}

/// Carries an operation out within the limit.
pub async fn within<T>(operation: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    match select(pin!(operation), pin!(platform::sleep(LIMIT_MS))).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(Trouble::Slow),
    }
}

/// Deletes a database; other pages that hold it open delay that, and then it is left for the next time.
pub async fn delete(name: &str) -> Result<(), Trouble> {
    within(async {
        Factory::new()?.delete(name)?.await?;
        Ok(())
    })
    .await
}

/// The names of all databases of this page's origin.
pub async fn names() -> Result<Vec<String>, Trouble> {
    let factory = get(&window(), "indexedDB");
    // Some browsers do not tell.
    let asked = call(&factory, "databases", &[]).ok_or(Trouble::Broken)?;
    let told = within(async { JsFuture::from(Promise::resolve(&asked)).await.map_err(|_| Trouble::Broken) }).await?;
    Ok(Array::from(&told).iter().filter_map(|one| get(&one, "name").as_string()).collect())
}
