//! The app: the one page that residents, teams and hosts use, drawn in the browser and kept on the phone.
//!
//! Read in this order: `route` (where one can be), `model` (what pages see), `sync` and `storage` (what makes it so),
//! `app` (the frame), `pages`. Rules live in the `domain` crate, sentences in its catalogue, looks in `style/`.

mod api;
mod app;
mod components;
mod model;
mod pages;
mod platform;
mod route;
mod storage;
mod sync;
mod ui;

fn main() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::mount();
}
