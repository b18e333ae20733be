//! The browser, as far as it is not storage or network: the clock, randomness, timers, what is visible, sharing.
//!
//! The only place that asks for time or randomness, so that everything else can be given them.

use domain::id::CommandId;
use domain::time::{LocalDate, Timestamp};
use js_sys::{Function, Promise, Reflect};
use leptos::leptos_dom::helpers::{document, window};
use uuid::{Builder, Uuid};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

/// The phone's own clock, which may be wrong; pages ask `Model::now`.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
pub fn phone_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// The phone's own clock as an instant.
#[must_use]
pub fn phone_now() -> Timestamp {
    Timestamp::from_ms(phone_ms())
}

/// Milliseconds that only grow, for waiting.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
pub fn monotonic_ms() -> u64 {
    window().performance().map_or_else(js_sys::Date::now, |performance| performance.now()) as u64
}

/// Fresh random bits.
#[must_use]
pub fn random() -> u64 {
    let mut bytes = [0; 8];
    fill_random(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// A new time-ordered UUID.
#[must_use]
pub fn new_uuid() -> Uuid {
    let mut bytes = [0; 10];
    fill_random(&mut bytes);
    Builder::from_unix_timestamp_millis(u64::try_from(phone_ms()).unwrap_or(0), &bytes).into_uuid()
}

/// A new id for a command.
#[must_use]
pub fn new_command_id() -> CommandId {
    CommandId::from_uuid(new_uuid())
}

/// Moves the focus to the element with this id, if it is drawn, and brings it on screen.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

fn fill_random(bytes: &mut [u8]) {
    let filled = window().crypto().is_ok_and(|crypto| crypto.get_random_values_with_u8_array(bytes).is_ok());
    assert!(filled, "invariant: every browser that runs this has crypto.getRandomValues");
}

/// Whether the page is on screen.
#[must_use]
pub fn is_visible() -> bool {
    !document().hidden()
}

/// What the browser believes of the network: `false` is true, `true` means nothing.
#[must_use]
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// The languages the person reads, best first, joined by commas.
#[must_use]
pub fn languages() -> String {
    String::from(window().navigator().languages().join(","))
}

/// Rings after `ms` milliseconds unless stopped; returns what [`stop_timer`] takes.
pub fn start_timer(ms: u64, ring: impl FnOnce() + 'static) -> i32 {
    let ms = i32::try_from(ms).unwrap_or(i32::MAX);
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(Closure::once_into_js(ring).unchecked_ref(), ms)
        .unwrap_or(0)
}

/// Stops a timer; one that has rung already is none.
pub fn stop_timer(timer: i32) {
    window().clear_timeout_with_handle(timer);
}

/// Waits.
pub async fn sleep(ms: u64) {
    let mut executor = |resolve: Function, _reject: Function| {
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    };
    let _ = JsFuture::from(Promise::new(&mut executor)).await;
}

/// Calls `then` on each event of that name, for the life of the page.
pub fn listen<E: JsCast + 'static>(target: &web_sys::EventTarget, event: &str, mut then: impl FnMut(E) + 'static) {
    let callback = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| then(event.unchecked_into()));
    let _ = target.add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
    callback.forget();
}

/// Asks the browser not to throw away what is saved; it may ignore that.
pub fn ask_to_keep_storage() {
    // Some web views have no storage manager at all, so its absence must not throw.
    let storage = get(window().navigator().as_ref(), "storage");
    call(&storage, "persist", &[]);
}

/// Whether the phone can share; where not, offer [`copy`].
#[must_use]
pub fn can_share() -> bool {
    get(window().navigator().as_ref(), "share").is_function()
}

/// Opens the phone's share sheet.
pub fn share(title: &str, text: &str, href: &str) {
    let data = js_sys::Object::new();
    for (key, value) in [("title", title), ("text", text), ("url", href)] {
        let _ = Reflect::set(&data, &key.into(), &value.into());
    }
    call(window().navigator().as_ref(), "share", &[data.into()]);
}

/// Copies a text; `false` if the browser does not allow it.
pub async fn copy(text: &str) -> bool {
    let clipboard = get(window().navigator().as_ref(), "clipboard");
    match call(&clipboard, "writeText", &[text.into()]) {
        Some(promise) => JsFuture::from(Promise::resolve(&promise)).await.is_ok(),
        None => false,
    }
}

/// The address people share: this page's origin and `path`.
#[must_use]
pub fn absolute(path: &str) -> String {
    [window().location().origin().unwrap_or_default().as_str(), path].concat()
}

/// A property, or `undefined` where anything on the way is missing.
#[must_use]
pub fn get(of: &JsValue, name: &str) -> JsValue {
    if of.is_undefined() || of.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method that may not exist; a promise it returns may be ignored.
pub fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = get(of, method).dyn_into().ok()?;
    let result = function.apply(of, &arguments.iter().collect()).ok()?;
    // A rejection nobody waits for would show as an error in the console.
    if let Some(promise) = result.dyn_ref::<Promise>() {
        let ignore = Closure::<dyn FnMut(JsValue)>::new(|_| ());
        let _ = promise.catch(&ignore);
        ignore.forget();
    }
    Some(result)
}

/// Keeps a cookie, where the browser keeps any.
pub fn set_cookie(cookie: &str) {
    let _ = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// Offers what is on the screen to the printer.
pub fn print() {
    let _ = window().print();
}

/// Another page of the app, loaded anew.
pub fn reload() {
    let _ = window().location().reload();
}

/// Moves the focus within a month from the control with `data-date` that has it to the one so many days later.
/// `false` when that day is not drawn.
pub fn move_focus_by_date(days: i32) -> bool {
    let Some(from) = document().active_element() else { return false };
    let date = from.get_attribute("data-date").and_then(|date| date.parse::<LocalDate>().ok());
    let Some(to) = date.map(|date| date.plus_days(days)) else { return false };
    let Some(month) = from.closest(".month-grid").ok().flatten() else { return false };
    let selector = ["[data-date='", &to.to_string(), "']"].concat();
    let target = month.query_selector(&selector).ok().flatten();
    let target = target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    target.is_some_and(|target| target.focus().is_ok())
}

/// Puts another address in the place of the present one, without going anywhere.
pub fn replace_address(href: &str) {
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(href));
    }
}
