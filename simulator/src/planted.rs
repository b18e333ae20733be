//! Bugs put in on purpose, each of which the invariants must catch: a check that has never failed proves nothing.
//!
//! They sit in the simulated server and in how the simulated phone carries out what the machine asks for; the rules in
//! `domain` have no switches.

/// A bug that can be switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// The phone stores a cursor in a transaction before that of its rows.
    CursorBeforeRows,
    /// The server carries a command out and does not store its answer.
    AnswerNotStored,
    /// The phone no longer shows an accepted command while its rows are on the way.
    LandingDropped,
    /// The server moves a device's number on although the command's transaction was lost.
    NumberWithoutCommit,
    /// A tap counts as saved although the disk did not take it.
    FailedWriteIsSuccess,
    /// The server does not look whether it knows a command's id.
    IdsNotCompared,
    /// The disk takes an older reply that another tab brings late.
    RowsGoBackwards,
    /// A command that was sent may still be taken back.
    TakenBackAfterSending,
    /// The server counts places in one transaction and takes them in another.
    PlacesNotHeld,
    /// The phone does not ask what the server still knows.
    JournalNotAsked,
    /// The phone takes in what a restored server shows without noting first that it did.
    DoubtNotKept,
    /// What is sent again goes behind the queue.
    SentAgainBehind,
    /// What is sent again gets another id.
    SentAgainAsAnother,
    /// What was refused is sent again as well.
    RefusedSentAgain,
    /// The server carries commands out although what they build on is unknown.
    UnknownNotHeeded,
    /// The phone does not say what it has.
    ChecksumNotSent,
    /// The server sums over rows that others see.
    ChecksumOverOthersRows,
    /// The phone takes answered commands out of the queue in a transaction before that of their answers.
    QueueBeforeAnswers,
    /// The server does not look whether a cursor is of its own branch of history.
    TagsNotCompared,
    /// The phone takes what a hint says for read.
    HintTakenForRead,
    /// The phone asks again at once until it has what a hint has promised.
    HintBelieved,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::CursorBeforeRows,
        Self::AnswerNotStored,
        Self::LandingDropped,
        Self::NumberWithoutCommit,
        Self::FailedWriteIsSuccess,
        Self::IdsNotCompared,
        Self::RowsGoBackwards,
        Self::TakenBackAfterSending,
        Self::PlacesNotHeld,
        Self::JournalNotAsked,
        Self::DoubtNotKept,
        Self::SentAgainBehind,
        Self::SentAgainAsAnother,
        Self::RefusedSentAgain,
        Self::UnknownNotHeeded,
        Self::ChecksumNotSent,
        Self::ChecksumOverOthersRows,
        Self::QueueBeforeAnswers,
        Self::TagsNotCompared,
        Self::HintTakenForRead,
        Self::HintBelieved,
    ];
}
