//! What pages see of everything: one small handle with the picture, the clock, the person, and the one way to change
//! things, [`Model::submit`].
//!
//! Reads track: inside a view or a memo they bring it up to date by themselves. Pages do no request, take no time and
//! apply no rule of their own. Deliberately absent: how things are sent and stored (`sync`, `storage`).

pub mod elsewhere;
pub mod held_tap;
pub mod prefs;
pub mod runtime;
pub mod session;
mod start;

use std::rc::Rc;
use std::sync::Arc;

use domain::change::CommunityView;
use domain::command::Command;
use domain::id::{AccountId, CommandId, CommunityId, StreamId};
use domain::json;
use domain::look::Look;
pub use domain::look::Mode;
use domain::refusal::Refusal;
use domain::sync::machine::Settled;
use domain::sync::rows::Rows;
use domain::sync::{Start, View};
use domain::time::{LocalDate, Timestamp};
use domain::words::{Language, Words, words};
use leptos::prelude::*;

use self::runtime::{Order, Runtime};
use crate::platform;
use crate::storage::guest;
pub use crate::storage::loss::Lost;
pub use crate::storage::outbox::SetAside;

/// Who uses the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// The stores are still being read.
    Unknown,
    /// Nobody is signed in, or the server has not vouched for them for too long ([`Model::is_locked`]).
    Guest,
    /// This person; stays so without a network.
    SignedIn(AccountId),
}

impl Session {
    /// Who is signed in.
    #[must_use]
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::SignedIn(account) => Some(account),
            Self::Unknown | Self::Guest => None,
        }
    }
}

/// How fresh what is shown of a community is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing is there yet, and it is being fetched.
    Loading,
    /// As the server has it.
    Fresh,
    /// From this phone; news is being fetched.
    Cached {
        /// When it was read.
        as_of: Timestamp,
    },
    /// The server does not answer.
    Offline {
        /// When it was read; `None` if this phone has nothing.
        as_of: Option<Timestamp>,
    },
}

/// Whether a command rests on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Being written.
    Saving,
    /// Written; it survives whatever happens to the page.
    OnPhone,
    /// Not written, and it will not be sent.
    Failed(SaveProblem),
}

/// Why a command could not be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveProblem {
    /// The phone is full.
    StorageFull,
    /// This browser does not keep anything, and the server does not answer either.
    NoStorage,
    /// On somebody else's phone nothing is kept, and the server does not answer either.
    SharedPhone,
    /// The phone's storage does not answer this page.
    StorageStuck,
    /// Nobody is signed in: go to `Route::Login` first.
    NotSignedIn,
}

/// A command that was handed in.
#[derive(Debug, Clone, Copy)]
pub struct Submission {
    /// Its id, for [`Model::outcome`]; what it creates carries the same UUID.
    pub id: CommandId,
    /// Whether it rests on this phone.
    pub saved: Signal<Saved>,
}

/// A command on its way, for the screen that lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxItem {
    /// Its id.
    pub id: CommandId,
    /// Its number on this phone.
    pub no: u64,
    /// How often it was sent; one that never was may be withdrawn.
    pub tried: u32,
    /// The command, if this build knows its kind.
    pub command: Option<Command>,
    /// The stream it changes.
    pub stream: StreamId,
    /// When it was tapped, by the phone's clock.
    pub queued_at: Timestamp,
    /// Why the phone now expects it to be refused.
    pub doubt: Option<Refusal>,
}

/// What the runtime knows of the way to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Whether the stores have been read.
    pub is_booted: bool,
    /// Whether the server has said whom it knows, or could not.
    pub is_acquainted: bool,
    /// Whether the last try got no answer.
    pub is_offline: bool,
    /// Whether the person must sign in (again) before anything of theirs travels.
    pub needs_sign_in: bool,
    /// Whether this browser keeps nothing.
    pub is_memory_only: bool,
    /// Whether that is because the phone is somebody else's.
    pub is_shared: bool,
    /// Whether what is one's own is locked until its person signs in again.
    pub is_locked: bool,
    /// Whether it does, and this page cannot reach it any more.
    pub is_stuck: bool,
    /// Whether the server wants a newer build than this one.
    pub is_outgrown: bool,
    /// When each stream was last read.
    pub as_of: Rows<StreamId, Timestamp>,
}

/// The signals that the runtime writes and pages read through [`Model`].
#[derive(Clone, Copy)]
pub struct Rim {
    pub(crate) now: RwSignal<Timestamp>,
    pub(crate) view: RwSignal<Arc<View>>,
    pub(crate) link: RwSignal<Link>,
    pub(crate) unsent: RwSignal<Arc<Vec<OutboxItem>>>,
    pub(crate) saving: RwSignal<u32>,
    pub(crate) journal: RwSignal<Rows<CommandId, Settled>>,
    pub(crate) set_aside: RwSignal<Arc<Vec<SetAside>>>,
    pub(crate) lost: RwSignal<Option<Lost>>,
    pub(crate) session: RwSignal<Session>,
    pub(crate) is_demo: RwSignal<bool>,
    pub(crate) communities: RwSignal<Arc<Vec<CommunityView>>>,
}

/// The handle.
#[derive(Clone, Copy)]
pub struct Model {
    pub(crate) rim: Rim,
    prefs: RwSignal<Look>,
    today: Memo<LocalDate>,
    language: Memo<Language>,
    community: Memo<Option<CommunityId>>,
    visited: RwSignal<Option<CommunityId>>,
    freshness: Memo<Freshness>,
    title: RwSignal<Option<Memo<String>>>,
    announcement: RwSignal<String>,
    runtime: StoredValue<Rc<Runtime>, LocalStorage>,
    owner: StoredValue<Owner>,
}

/// How old what is shown may be and still count as fresh.
const FRESH_MINUTES: i64 = 3;

/// The model of this page.
///
/// # Panics
/// Outside of `<App/>`.
#[must_use]
pub fn use_model() -> Model {
    use_context().expect("invariant: <App/> provides the model")
}

impl Model {
    /// Makes the model, starts the runtime and hands both to everything below the current owner.
    pub fn provide() -> Self {
        let start = start::read();
        let saved_communities = || guest::read(guest::COMMUNITIES).and_then(|saved| json::read(&saved));
        let communities = start.as_ref().map(|start| start.communities.clone()).or_else(saved_communities);
        let session = if guest::account().is_none() { Session::Guest } else { Session::Unknown };
        let as_of = start.iter().map(|start| (start.stream(), start.server_at)).collect();
        let rim = Rim {
            now: RwSignal::new(platform::phone_now()),
            view: RwSignal::new(Arc::new(start.as_ref().map(Start::view).unwrap_or_default())),
            link: RwSignal::new(Link { as_of, ..Link::default() }),
            unsent: RwSignal::new(Arc::default()),
            saving: RwSignal::new(0),
            journal: RwSignal::new(Rows::default()),
            set_aside: RwSignal::new(Arc::default()),
            lost: RwSignal::new(None),
            session: RwSignal::new(session),
            is_demo: RwSignal::new(start.as_ref().is_some_and(|start| start.is_demo)),
            communities: RwSignal::new(Arc::new(communities.unwrap_or_default())),
        };
        let prefs = RwSignal::new(prefs::load());
        prefs.with_untracked(prefs::apply);
        let home =
            Memo::new(move |_| rim.view.with(|view| view.profile.as_ref().map(|(_, profile)| profile.home.clone())));
        let visited = RwSignal::new(start.as_ref().map(|start| start.community.clone()));
        let community = Memo::new(move |_| {
            let chosen = prefs.with(|prefs| prefs.community.clone());
            let first = || rim.communities.with(|all| all.first().map(|community| community.id.clone()));
            // Whoever has chosen nothing yet and follows a link is in that link's community.
            chosen.or_else(|| home.get()).or_else(|| visited.get()).or_else(first)
        });
        let freshness = Memo::new(move |_| {
            let stream = community.get().map(StreamId::Community);
            let now = rim.now.get();
            rim.link.with(|link| {
                let as_of = stream.and_then(|stream| link.as_of.get(&stream).copied());
                match as_of {
                    _ if link.is_offline => Freshness::Offline { as_of },
                    None => Freshness::Loading,
                    Some(as_of) if now.minutes_since(as_of) < FRESH_MINUTES => Freshness::Fresh,
                    Some(as_of) => Freshness::Cached { as_of },
                }
            })
        });
        let runtime = Runtime::fetch(rim, start);
        let model = Self {
            rim,
            prefs,
            today: Memo::new(move |_| rim.now.get().date()),
            language: Memo::new(move |_| prefs.with(|prefs| prefs.language)),
            community,
            visited,
            freshness,
            title: RwSignal::new(None),
            announcement: RwSignal::new(String::new()),
            runtime: StoredValue::new_local(Rc::clone(&runtime)),
            owner: StoredValue::new(Owner::current().expect("invariant: <App/> has an owner")),
        };
        // The streams on screen are told to the machine, which is outside of the reactive world.
        Effect::new(move |_| {
            let communities = [community.get(), home.get(), visited.get()];
            runtime.order(Order::Watch(communities.into_iter().flatten().map(StreamId::Community).collect()));
        });
        // Only a phone that keeps something is no newcomer the next time.
        let keeps =
            Memo::new(move |_| rim.link.with(|link| link.is_booted && !link.is_memory_only && !link.as_of.is_empty()));
        Effect::new(move |_| {
            let look = prefs.get();
            if keeps.get() {
                prefs::tell_server(&Look { community: look.community.clone().or_else(|| home.get()), ..look });
            }
        });
        provide_context(model);
        model
    }

    /// The time, corrected by the server's clock; moves every twenty seconds and whenever the page comes back.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.rim.now.get()
    }

    /// The time, for a callback.
    #[must_use]
    pub fn now_untracked(self) -> Timestamp {
        self.rim.now.get_untracked()
    }

    /// The date in the district; changes only when the day does.
    #[must_use]
    pub fn today(self) -> LocalDate {
        self.today.get()
    }

    /// The date, for a callback.
    #[must_use]
    pub fn today_untracked(self) -> LocalDate {
        self.today.get_untracked()
    }

    /// The language.
    #[must_use]
    pub fn language(self) -> Language {
        self.language.get()
    }

    /// The words of the language.
    #[must_use]
    pub fn words(self) -> &'static Words {
        words(self.language.get())
    }

    /// The words, for a callback.
    #[must_use]
    pub fn words_untracked(self) -> &'static Words {
        words(self.language.get_untracked())
    }

    /// What the person has set.
    #[must_use]
    pub fn prefs(self) -> Look {
        self.prefs.get()
    }

    /// Whether the layout is 长辈版.
    #[must_use]
    pub fn is_elder(self) -> bool {
        self.prefs.with(Look::is_elder)
    }

    /// Changes what the person has set, remembers it and dresses the page.
    pub fn set_prefs(self, change: impl FnOnce(&mut Look)) {
        let mut prefs = self.prefs.get_untracked();
        change(&mut prefs);
        if prefs != self.prefs.get_untracked() {
            prefs::save(&prefs);
            self.prefs.set(prefs);
        }
    }

    /// All communities; empty until the list has come once.
    #[must_use]
    pub fn communities(self) -> Arc<Vec<CommunityView>> {
        self.rim.communities.get()
    }

    /// The community on screen: the one chosen, else one's own, else that of the link followed, else the first. `unknown` until there is one.
    #[must_use]
    pub fn community(self) -> CommunityId {
        self.community.get().unwrap_or_else(unknown_community)
    }

    /// The community on screen, for a callback.
    #[must_use]
    pub fn community_untracked(self) -> CommunityId {
        self.community.get_untracked().unwrap_or_else(unknown_community)
    }

    /// The community on screen with its name and telephone number.
    #[must_use]
    pub fn community_view(self) -> Option<CommunityView> {
        let id = self.community.get()?;
        self.rim.communities.with(|all| all.iter().find(|community| community.id == id).cloned())
    }

    /// The picture: the server's rows with what is on its way laid over them.
    #[must_use]
    pub fn view(self) -> Arc<View> {
        self.rim.view.get()
    }

    /// The picture, for a callback.
    #[must_use]
    pub fn view_untracked(self) -> Arc<View> {
        self.rim.view.get_untracked()
    }

    /// How fresh the picture of the community on screen is.
    #[must_use]
    pub fn freshness(self) -> Freshness {
        self.freshness.get()
    }

    /// Who uses the app.
    #[must_use]
    pub fn session(self) -> Session {
        self.rim.session.get()
    }

    /// Who uses the app, for a callback.
    #[must_use]
    pub fn session_untracked(self) -> Session {
        self.rim.session.get_untracked()
    }

    /// Whether this is the demonstration, where everything is made up.
    #[must_use]
    pub fn is_demo(self) -> bool {
        self.rim.is_demo.get()
    }

    /// Whether the server does not answer.
    #[must_use]
    pub fn is_offline(self) -> bool {
        self.rim.link.with(|link| link.is_offline)
    }

    /// Whether this browser keeps nothing.
    #[must_use]
    pub fn is_memory_only(self) -> bool {
        self.rim.link.with(|link| link.is_memory_only)
    }

    /// Whether the phone is somebody else's, so that nothing of who is signed in rests on it.
    #[must_use]
    pub fn is_shared(self) -> bool {
        self.rim.link.with(|link| link.is_shared)
    }

    /// Whether what is one's own on this phone is locked until its person signs in again.
    #[must_use]
    pub fn is_locked(self) -> bool {
        self.rim.link.with(|link| link.is_locked)
    }

    /// Whether this page cannot reach what this phone keeps any more, and only a new one can.
    #[must_use]
    pub fn is_stuck(self) -> bool {
        self.rim.link.with(|link| link.is_stuck)
    }

    /// Hands a command in: it is written to this phone first and then sent, now or whenever there is a network.
    #[must_use]
    pub fn submit(self, stream: StreamId, command: Command, depends_on: Option<CommandId>) -> Submission {
        let id = platform::new_command_id();
        // Not in the scope of whoever asks: a sheet that closes with the tap would take the answer with it.
        let (saved, shown) = self.owner.with_value(|owner| {
            owner.with(|| {
                let saved = RwSignal::new(Saved::Saving);
                (saved, saved.into())
            })
        });
        let report = Box::new(move |now| {
            // The page that asked may be gone by then.
            let _ = saved.try_set(now);
        });
        self.order(Order::Submit { id, stream, command: Box::new(command), depends_on, report });
        Submission { id, saved: shown }
    }

    /// The answer to a command, once it has come.
    #[must_use]
    pub fn outcome(self, id: CommandId) -> Option<Settled> {
        self.rim.journal.with(|journal| journal.get(&id).cloned())
    }

    /// What is on its way, in order.
    #[must_use]
    pub fn unsent(self) -> Vec<OutboxItem> {
        self.rim.unsent.with(|unsent| unsent.as_ref().clone())
    }

    /// What was refused and not dismissed, newest first.
    #[must_use]
    pub fn refused(self) -> Vec<Settled> {
        self.rim.journal.with(|journal| {
            let mut refused: Vec<Settled> =
                journal.values().filter(|settled| is_open_refusal(settled)).cloned().collect();
            domain::order::sort_by_key(&mut refused, |settled| std::cmp::Reverse(settled.at));
            refused
        })
    }

    /// What was accepted once more after a restore, and not dismissed.
    #[must_use]
    pub fn restored(self) -> Vec<Settled> {
        let is_open = |settled: &&Settled| settled.again && !settled.dismissed && settled.is_accepted();
        self.rim.journal.with(|journal| journal.values().filter(is_open).cloned().collect())
    }

    /// What was to be sent and cannot be read any more, oldest first.
    #[must_use]
    pub fn set_aside(self) -> Arc<Vec<SetAside>> {
        self.rim.set_aside.get()
    }

    /// What this phone has lost before it was answered; until that is dismissed.
    #[must_use]
    pub fn lost(self) -> Option<Lost> {
        self.rim.lost.get()
    }

    /// Takes note of that.
    pub fn dismiss_loss(self) {
        self.order(Order::DismissLoss);
    }

    /// Keeps what cannot be read without speaking of it again.
    pub fn keep_set_aside(self, key: String) {
        self.order(Order::ResolveSetAside { key, is_kept: true });
    }

    /// Deletes what cannot be read.
    pub fn delete_set_aside(self, key: String) {
        self.order(Order::ResolveSetAside { key, is_kept: false });
    }

    /// Takes note of an answer, so that it is shown no longer.
    pub fn dismiss(self, id: CommandId) {
        self.order(Order::Dismiss(id));
    }

    /// Takes back a command that was never sent; does nothing to any other.
    pub fn withdraw_unsent(self, id: CommandId) {
        self.order(Order::Withdraw(id));
    }

    /// Asks whether there is anything newer than what is known; commands that the server sent away still wait.
    pub fn look_again(self) {
        self.order(Order::LookAgain);
    }

    /// Tries to reach the server at once, whatever has been waited for.
    pub fn try_now(self) {
        self.order(Order::TryNow);
    }

    /// Fetches everything again; nothing unsent is lost.
    pub fn repair(self) {
        self.order(Order::Repair);
    }

    /// Whether the person must sign in (again) before anything of theirs travels.
    #[must_use]
    pub fn needs_sign_in(self) -> bool {
        self.rim.link.with(|link| link.needs_sign_in)
    }

    /// Names the page: in the browser's title and, on inner pages, in the head. Call once in the page's component;
    /// the closure may read signals.
    pub fn set_title(self, title: impl Fn() -> String + Send + Sync + 'static) {
        // Goes with its page: what it reads is gone then.
        self.title.set(Some(Memo::new(move |_| title())));
    }

    /// The page's name; none between two pages.
    #[must_use]
    pub fn title(self) -> String {
        self.title.get().and_then(|title| title.try_get()).unwrap_or_default()
    }

    /// Says a sentence to those who listen instead of looking: what a tap has come to, when nothing else says it.
    pub fn announce(self, sentence: impl Into<String>) {
        self.announcement.set(sentence.into());
    }

    /// What was said last.
    #[must_use]
    pub fn announcement(self) -> String {
        self.announcement.get()
    }

    fn order(self, order: Order) {
        self.runtime().order(order);
    }

    fn runtime(self) -> Rc<Runtime> {
        self.runtime.get_value()
    }
}

fn is_open_refusal(settled: &Settled) -> bool {
    !settled.dismissed && matches!(settled.outcome, domain::command::Outcome::Refused { .. })
}

fn unknown_community() -> CommunityId {
    "unknown".parse().expect("invariant: a good slug")
}
