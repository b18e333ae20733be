//! The live connection of this tab, kept as the machine asks. Only hints come over it; what they are worth, and when a
//! connection is opened again after it has ended, is the machine's to say. So a connection that ends is closed for good,
//! before the browser opens it again by itself.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use domain::id::StreamId;
use domain::json;
use domain::sync::Input;
use domain::sync::machine::LiveEvent;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, EventSource, MessageEvent};

use super::Runner;
use crate::api;

/// What is heard of a connection. `bye` is a server that is about to stop.
const EVENTS: [&str; 5] = ["open", "error", "hint", "ping", "bye"];

/// The connection, and the one ear for all that there will be.
#[derive(Default)]
pub struct Line {
    now: RefCell<Option<(EventSource, Vec<StreamId>)>>,
    ear: OnceCell<Closure<dyn FnMut(Event)>>,
}

impl Runner {
    /// Has one connection that listens to these streams, or with none, has no connection.
    pub(super) fn listen_to(self: &Rc<Self>, streams: Vec<StreamId>) {
        let kept = self.live.now.take().filter(|(source, known)| {
            let is_kept = !streams.is_empty() && *known == streams;
            if !is_kept {
                source.close();
            }
            is_kept
        });
        let source = match &kept {
            Some((source, _)) => Some(source.clone()),
            None if streams.is_empty() => return,
            None => api::live(&streams),
        };
        match &source {
            None => self.hear_soon(LiveEvent::Closed),
            Some(_) if kept.is_none() => {}
            Some(source) if source.ready_state() == EventSource::OPEN => self.hear_soon(LiveEvent::Opened),
            Some(_) => {}
        }
        if let Some(source) = source.as_ref().filter(|_| kept.is_none()) {
            let ear = self.live.ear.get_or_init(|| {
                let this = Rc::clone(self);
                Closure::new(move |event: Event| this.hear_live(&event))
            });
            for event in EVENTS {
                let _ = source.add_event_listener_with_callback(event, ear.as_ref().unchecked_ref());
            }
        }
        self.live.now.replace(source.map(|source| (source, streams)));
    }

    /// Tells the machine, but not while it is being carried out what it asks for.
    fn hear_soon(self: &Rc<Self>, event: LiveEvent) {
        let this = Rc::clone(self);
        spawn_local(async move { this.feed(Input::Live(event)) });
    }

    fn hear_live(self: &Rc<Self>, event: &Event) {
        let is_current = self.live.now.borrow().as_ref().is_some_and(|(source, _)| {
            let source: &web_sys::EventTarget = source.as_ref();
            event.target().as_ref() == Some(source)
        });
        if !is_current {
            return;
        }
        let input = match event.type_().as_str() {
            "open" => Input::Live(LiveEvent::Opened),
            "error" | "bye" => {
                if let Some((source, _)) = self.live.now.take() {
                    source.close();
                }
                Input::Live(LiveEvent::Closed)
            }
            _ => {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                let hint = text.and_then(|text| json::read(&text));
                hint.map_or(Input::Live(LiveEvent::Heard), Input::Hint)
            }
        };
        self.feed(input);
    }
}
