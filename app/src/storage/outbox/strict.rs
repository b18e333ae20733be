//! A transaction that counts once it is on the disk.

use idb::{ObjectStore, Transaction};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

use crate::platform;
use crate::storage::trouble::Trouble;
use crate::storage::whole::Whole;

/// A strict transaction and the handle that tells why it failed.
pub struct Strict {
    transaction: Transaction,
    raw: IdbTransaction,
    whole: Whole,
}

impl Strict {
    /// Begins one over these stores.
    pub fn begin(database: &IdbDatabase, stores: &[&str]) -> Result<Self, Trouble> {
        let begin: Function = Reflect::get(database, &"transaction".into())
            .ok()
            .and_then(|method| method.dyn_into().ok())
            .ok_or(Trouble::Broken)?;
        let names: Array = stores.iter().map(|name| JsValue::from(*name)).collect();
        let options = Object::new();
        // `strict`: committed means that it is on the disk, not only on its way there.
        let _ = Reflect::set(&options, &"durability".into(), &"strict".into());
        let raw = begin
            .call3(database, &names, &"readwrite".into(), &options)
            .map_err(|error| Trouble::named(&platform::get(&error, "name").as_string().unwrap_or_default()))?;
        let raw: IdbTransaction = raw.unchecked_into();
        Ok(Self { transaction: raw.clone().into(), whole: Whole::new(raw.clone()), raw })
    }

    /// One of its stores.
    pub fn store(&self, name: &str) -> Result<ObjectStore, Trouble> {
        Ok(self.transaction.object_store(name)?)
    }

    /// Ends it; it counts only if this says so.
    pub async fn committed(self) -> Result<(), Trouble> {
        let Self { transaction, raw, whole: _whole } = self;
        let result = transaction.await?;
        if result.is_committed() {
            return Ok(());
        }
        // A full phone shows only here: every request had succeeded.
        Err(raw.error().map_or(Trouble::Lost, |error| Trouble::named(&error.name())))
    }
}
