//! Whose turn it is to send what is queued: one tab of a phone at a time, for one round.
//!
//! This only saves requests. Two tabs that send the same get the same answers, for a command has one id for ever; so
//! wherever it cannot be found out whose turn it is, a tab sends. A tab that is frozen in the middle of its turn keeps the
//! browser's lock for as long as it is, and loses it to the next one when its lease is over.

use domain::id::DeviceId;
use domain::sync::limits::DRAIN_LEASE_MS;
use futures::channel::oneshot;
use futures::future::{Either, select};
use js_sys::{Function, Object, Promise, Reflect};
use leptos::leptos_dom::helpers::window;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::platform;
use crate::storage::guest;

/// How long the browser may take to say who has the lock.
const ANSWER_MS: u64 = 1_000;

/// A turn; it is over when this is dropped.
pub struct Turn {
    /// Gives the lock back, and the lease that goes with it; none where there are no locks.
    release: Option<(Function, String)>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((release, lease)) = &self.release {
            // Taken away meanwhile, it is another tab's.
            if guest::read(guest::LEASE).as_ref() == Some(lease) {
                guest::forget(guest::LEASE);
            }
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Who has the lock.
enum Lock {
    /// This tab, until it calls the function.
    Ours(Function),
    /// Another.
    Others,
    /// Nobody can say.
    Unknown,
}

/// Takes a turn, unless it is another tab's.
pub async fn take(device: DeviceId) -> Option<Turn> {
    let name = ["drain:", &device.to_string()].concat();
    let lock = match ask(&name, "ifAvailable").await {
        Lock::Others if is_leased() => return None,
        Lock::Others => ask(&name, "steal").await,
        lock => lock,
    };
    let Lock::Ours(release) = lock else { return Some(Turn { release: None }) };
    let until = (platform::phone_ms() + DRAIN_LEASE_MS).to_string();
    let lease = [until.as_str(), " ", &platform::random().to_string()].concat();
    guest::write(guest::LEASE, &lease);
    Some(Turn { release: Some((release, lease)) })
}

/// Whether the turn of whoever has the lock lasts. A clock that was set back must not make it last longer.
fn is_leased() -> bool {
    let now = platform::phone_ms();
    let until = guest::read(guest::LEASE).and_then(|lease| lease.split_once(' ')?.0.parse::<i64>().ok());
    until.is_some_and(|until| now < until && until <= now + DRAIN_LEASE_MS)
}

async fn ask(name: &str, how: &str) -> Lock {
    let (answer, answered) = oneshot::channel();
    let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            let _ = answer.send(Lock::Others);
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let ours = release.map_or(Lock::Unknown, Lock::Ours);
        if let Err(Lock::Ours(late)) = answer.send(ours) {
            // Whoever asked waits no longer.
            let _ = late.call0(&JsValue::UNDEFINED);
        }
        held.into()
    });
    let options = Object::new();
    let _ = Reflect::set(&options, &how.into(), &true.into());
    let locks = platform::get(window().navigator().as_ref(), "locks");
    let Some(asked) = platform::call(&locks, "request", &[name.into(), options.into(), callback]) else {
        return Lock::Unknown;
    };
    // It fails where the lock is stolen, from whoever had it long enough: nobody need hear of that.
    spawn_local(async move { drop(JsFuture::from(Promise::resolve(&asked)).await) });
    let waited = std::pin::pin!(platform::sleep(ANSWER_MS));
    match select(answered, waited).await {
        Either::Left((Ok(lock), _)) => lock,
        _ => Lock::Unknown,
    }
}
