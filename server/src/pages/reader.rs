//! Who a page is drawn for: how their phone wants it to look, and whether they were ever here.

use axum::http::{HeaderMap, header};
use domain::look::{COOKIE, Look};
use domain::words::{Language, Words, words};

use crate::caller::plain_cookie;

/// A reader, as far as a page depends on them. Nothing here names a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reader {
    /// How the page is to look.
    pub look: Look,
    /// A phone that has nothing of ours yet: its page brings everything along that the first screen needs.
    pub is_newcomer: bool,
}

impl Reader {
    /// By the cookie that the app keeps; a newcomer's browser says at least which language.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        if let Some(look) = plain_cookie(headers, COOKIE).and_then(Look::from_cookie) {
            return Self { look, is_newcomer: false };
        }
        let tags = headers.get(header::ACCEPT_LANGUAGE).and_then(|tags| tags.to_str().ok());
        let language = tags.map_or(Language::ZhCn, Language::from_tags);
        Self { look: Look { language, ..Look::default() }, is_newcomer: true }
    }

    /// The same without the community: for pages that do not depend on it.
    #[must_use]
    pub fn anywhere(mut self) -> Self {
        self.look.community = None;
        self
    }

    /// The words they read.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        words(self.look.language)
    }
}
