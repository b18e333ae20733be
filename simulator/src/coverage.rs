//! What must happen now and then: a simulator that never reaches a state says nothing about it.

macro_rules! sights {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// A state worth reaching.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sight {
            $($(#[$doc])* $name),+
        }

        impl Sight {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

sights! {
    /// A command came again and got the answer it had.
    ReplayHit,
    /// A number was missing.
    Gap,
    /// A number was known under another command.
    Forked,
    /// A queue was numbered anew.
    Renumbered,
    /// A cursor older than the oldest tombstone.
    ResetTooOld,
    /// A cursor of another life of the database.
    ResetEpochChanged,
    /// A restored server behind the cursor.
    ResetAhead,
    /// A restored server that has gone past the cursor another way.
    ResetDiverged,
    /// A reader with other roles than before.
    ResetAudience,
    /// A reader of other row formats.
    ResetView,
    /// A phone that has lost a row.
    ResetChecksum,
    /// A phone that has what it was given.
    ChecksumHeld,
    /// A row was lost on a disk, and nobody noticed.
    RowLost,
    /// A stream that is not the reader's.
    Denied,
    /// More has changed than a delta holds.
    FarBehind,
    /// A row that is gone.
    Tombstone,
    /// What looked possible on the phone no longer does.
    PredictionFlipped,
    /// A party got its places.
    Confirmed,
    /// A party waits.
    Waitlisted,
    /// A waiting party moved up.
    Promoted,
    /// A space was booked.
    Booked,
    /// A time was taken.
    SlotTaken,
    /// A command was refused.
    Refused,
    /// A command was refused because of the one it builds on.
    DependencyRefused,
    /// A command broke the server three times and was put aside.
    Poison,
    /// The server was busy.
    Busy,
    /// A request was lost.
    RequestLost,
    /// A reply was lost after its commands had been carried out.
    ReplyLostAfterCommit,
    /// A request arrived twice.
    Duplicated,
    /// A reply came after its deadline.
    ReplyTooLate,
    /// The server died between two commands of a request.
    ServerDied,
    /// A tab was killed, and a write it had begun was lost.
    KilledBeforeWrite,
    /// A tab was killed, and a write it had begun is there.
    KilledAfterWrite,
    /// A write failed.
    WriteFailed,
    /// Two tabs of a phone had the same command on its way.
    TwoTabsSend,
    /// A tab wanted to send what another had taken back or had the answer of.
    Outdated,
    /// A frozen tab came back.
    Thawed,
    /// A word from another tab was lost.
    WordLost,
    /// A command arrived with the session of somebody else.
    WrongAccount,
    /// A session had ended.
    SignInExpired,
    /// A command was taken back before it was sent.
    TakenBack,
    /// An answer had been pruned.
    Expired,
    /// A database was restored under its old epoch.
    RestoredSilently,
    /// A database was restored under a new epoch.
    RestoredAnnounced,
    /// A server was restored, and its clock set back.
    ClockSetBack,
    /// A tab found on the disk what nobody had told it.
    Missed,
    /// A phone noticed that the server may have lost what it had accepted.
    Doubted,
    /// What a phone asked about was known.
    JournalKnown,
    /// Of what a phone asked about something was lost.
    JournalLost,
    /// Commands were not carried out, because what they build on was lost.
    HeldBack,
    /// What was lost was queued again.
    SentAgain,
    /// It was accepted again.
    AcceptedAgain,
    /// It was refused, and its person told.
    RefusedAgain,
    /// An accepted command stayed in the picture until its rows came.
    Landed,
    /// A phone was without a network, and said so.
    Offline,
    /// A tab left another one its turn to send.
    OthersTurn,
    /// A turn had lasted too long, and the next tab took it.
    TurnStolen,
    /// A live connection could not be opened.
    LiveNotOpened,
    /// Nothing came over a live connection.
    LiveSwallowed,
    /// A live connection ended.
    LiveEnded,
    /// A hint told something new.
    HintNewer,
    /// A hint told what was known.
    HintKnown,
    /// A hint was lost.
    HintLost,
    /// A hint came late.
    HintLate,
    /// A hint promised more than there was.
    HintLied,
}

/// How often each state was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sights(Vec<u64>);

impl Default for Sights {
    fn default() -> Self {
        Self(vec![0; Sight::ALL.len()])
    }
}

impl Sights {
    /// Notes a state.
    pub fn mark(&mut self, sight: Sight) {
        self.0[sight as usize] += 1;
    }

    /// How often it was reached.
    #[must_use]
    pub fn count(&self, sight: Sight) -> u64 {
        self.0[sight as usize]
    }

    /// Adds what another run saw.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    /// What was never reached.
    #[must_use]
    pub fn missing(&self) -> Vec<Sight> {
        Sight::ALL.iter().copied().filter(|sight| self.count(*sight) == 0).collect()
    }
}
