//! The parts every screen is made of, as `style/README.md` names them: one file per part, class names only from there.
//!
//! To add one: a file `ui/<name>.rs` with one component whose props are values or `Signal`s (at most six, variants as an
//! enum), declared here. A part reads no model and holds no sentence; what it says is passed in.

pub mod band;
pub mod button;
pub mod chip;
pub mod empty;
pub mod icon;
pub mod sheet;
pub mod stepper;
pub mod unbroken;
pub mod wide;
