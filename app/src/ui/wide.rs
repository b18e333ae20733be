//! Whether the screen is wide enough for columns beside each other: the width at which the frame puts its tabs aside.

use leptos::leptos_dom::helpers::window;
use leptos::prelude::*;

/// From so many pixels on; the same number stands in `style/layout.css`.
const WIDE_FROM: f64 = 900.0;

fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= WIDE_FROM)
}

/// Tracked: changes when the window is resized across the border.
#[must_use]
pub fn use_is_wide() -> Signal<bool> {
    let wide = RwSignal::new(is_wide());
    let resize = window_event_listener(leptos::ev::resize, move |_| {
        if wide.get_untracked() != is_wide() {
            wide.set(is_wide());
        }
    });
    on_cleanup(move || resize.remove());
    wide.into()
}
