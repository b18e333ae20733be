//! One command, once: replayed if it is known, in order of its device's numbers, decided, stored with its answer.

use domain::command::{Command, Envelope, Outcome};
use domain::id::CommandId;
use domain::people::Actor;
use domain::refusal::Refusal;
use domain::sync::limits::{FAULTS_MAX, UNKNOWN_KIND_MS};
use domain::sync::{Answer, NotNow};
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::operations::{Context, Done, Stop, carry_out};
use crate::state::hex;
use crate::store::devices::{Before, count_fault, find_processed, insert_processed, is_number_known, load_before};
use crate::store::engine::PART;
use crate::store::streams::write_change;
use crate::store::{Conn, StoreError};
use crate::sync::incoming::Incoming;
use crate::sync::malformed::{Unreadable, read_whole};

/// What is answered to a command that this build does not know yet: another server may.
pub(super) const fn later(id: CommandId) -> Answer {
    Answer::NotNow { id, not_now: NotNow::RetryAfter { ms: UNKNOWN_KIND_MS } }
}

/// Applies one command inside the caller's transaction.
///
/// # Errors
/// [`StoreError`]: the transaction must be rolled back, and nothing is answered.
pub async fn apply_command(
    conn: &mut Conn<'_>,
    actor: &Actor,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<Answer, StoreError> {
    let envelope = match incoming {
        Incoming::Known(envelope) => envelope,
        Incoming::Newer(id) => return Ok(later(*id)),
    };
    let id = envelope.id;
    let not_now = |not_now| Ok(Answer::NotNow { id, not_now });
    let Actor::Account(caller) = actor else { return not_now(NotNow::NeedsSignIn) };
    if envelope.account != caller.account {
        return not_now(NotNow::WrongAccount);
    }
    // The device first: a command that was sent twice at once is handled in turn from here on.
    let Before { device, processed, head } = load_before(conn, envelope).await?;
    if device.account != caller.account || device.is_revoked {
        return not_now(NotNow::WrongAccount);
    }
    let body_hash = hash(envelope);
    if let Some(processed) = processed {
        if processed.body_hash != body_hash {
            return not_now(NotNow::IdReused);
        }
        return Ok(Answer::Decided { id, outcome: processed.outcome });
    }
    if envelope.no > device.last_no + 1 {
        return not_now(NotNow::Gap { expected: device.last_no + 1 });
    }
    if envelope.no <= device.last_no {
        if is_number_known(conn, envelope.device, envelope.no).await? {
            return not_now(NotNow::Forked);
        }
        // Handled so long ago that the answer is gone; never carried out again.
        return Ok(Answer::Decided { id, outcome: Outcome::Expired });
    }
    let outcome = match read_whole(envelope) {
        Err(Unreadable::NotYet) => return Ok(later(id)),
        Err(Unreadable::Malformed(field)) => refused(Refusal::Malformed { field }),
        Ok(command) => {
            let context = Context { actor, account: caller.account, id, stream: &envelope.stream, now };
            decide(conn, envelope, &context, &command, head).await?
        }
    };
    insert_processed(conn, envelope, body_hash, &outcome, now).await?;
    Ok(Answer::Decided { id, outcome })
}

/// Counts that a command broke, in a transaction of its own. From the third time on it is answered for ever, so that
/// the queue behind it goes on.
///
/// # Errors
/// [`StoreError`]: nothing was counted.
pub async fn count_broken(
    conn: &mut Conn<'_>,
    actor: &Actor,
    envelope: &Envelope,
    now: Timestamp,
) -> Result<Option<Answer>, StoreError> {
    let Actor::Account(caller) = actor else { return Ok(None) };
    if envelope.account != caller.account {
        return Ok(None);
    }
    let device = load_before(conn, envelope).await?.device;
    // Sent twice at once, the other one may have been answered meanwhile: then that answer is found next time.
    let is_next = envelope.no == device.last_no + 1;
    if device.account != caller.account || !is_next {
        return Ok(None);
    }
    if count_fault(conn, envelope, now).await? < FAULTS_MAX {
        return Ok(None);
    }
    let outcome = refused(Refusal::ServerFault { reference: envelope.id.reference() });
    insert_processed(conn, envelope, hash(envelope), &outcome, now).await?;
    Ok(Some(Answer::Decided { id: envelope.id, outcome }))
}

fn hash(envelope: &Envelope) -> String {
    hex(&Sha256::digest(envelope.meaning().as_bytes()))
}

fn refused(refusal: Refusal) -> Outcome {
    Outcome::Refused { refusal, alternatives: Vec::new() }
}

async fn decide(
    conn: &mut Conn<'_>,
    envelope: &Envelope,
    context: &Context<'_>,
    command: &Command,
    head: Option<u64>,
) -> Result<Outcome, StoreError> {
    if let Some(earlier) = envelope.depends_on
        && let Some(processed) = find_processed(conn, earlier).await?
        && matches!(processed.outcome, Outcome::Refused { .. })
    {
        return Ok(refused(Refusal::DependencyRefused));
    }
    let Some(head) = head else { return Ok(refused(Refusal::Gone)) };
    match decide_on_what_is(conn, &Asked { context, command }).await? {
        Ok(Done { result, draft }) => {
            let seq = if draft.is_empty() {
                head
            } else {
                write_change(conn, &envelope.stream, draft, &envelope.id.to_string(), context.now).await?
            };
            Ok(Outcome::Accepted { seq, result })
        }
        Err(Stop::Refused(refusal, alternatives)) => Ok(Outcome::Refused { refusal, alternatives }),
        Err(Stop::Failed(error)) => last_line(command, error).map(refused),
    }
}

/// Something that decides on what it reads, and writes.
trait Operation: Sync {
    /// May be called again, after what it wrote was undone.
    fn attempt(&self, conn: &mut Conn<'_>) -> impl Future<Output = Result<Done, Stop>> + Send;
}

/// A command, and who asks.
struct Asked<'a> {
    context: &'a Context<'a>,
    command: &'a Command,
}

impl Operation for Asked<'_> {
    fn attempt(&self, conn: &mut Conn<'_>) -> impl Future<Output = Result<Done, Stop>> + Send {
        carry_out(conn, self.context, self.command)
    }
}

/// Lets `operation` decide and write. Whatever it began is undone when it stops; the refusal itself is kept. When the
/// database refused what the domain had let through, somebody else was faster than what had been read: it decides once
/// more on what is there now, so that the answer is the domain's, with its data and what it offers instead.
///
/// # Errors
/// [`StoreError`]: the transaction must be rolled back.
async fn decide_on_what_is(conn: &mut Conn<'_>, operation: &impl Operation) -> Result<Result<Done, Stop>, StoreError> {
    let mut was_beaten = false;
    loop {
        conn.begin(PART).await?;
        let stop = match operation.attempt(conn).await {
            Ok(done) => {
                conn.keep(PART).await?;
                return Ok(Ok(done));
            }
            Err(stop) => stop,
        };
        conn.undo(PART).await?;
        match stop {
            Stop::Failed(error) if !was_beaten && error.is_guard() => was_beaten = true,
            stop => return Ok(Err(stop)),
        }
    }
}

/// The database refused again what the domain let through: the last line of defence held, against something other than
/// a race. Only what concerns places, times and the command's own id is an answer; anything else is a fault.
fn last_line(command: &Command, error: StoreError) -> Result<Refusal, StoreError> {
    if error.is_check("occurrence_full") {
        return Ok(Refusal::Changed);
    }
    if error.is_id_taken() {
        return Ok(Refusal::Malformed { field: "/id".to_owned() });
    }
    match command {
        Command::SignUp(body) if error.is_unique() => Ok(Refusal::AlreadyIn { people: body.people.clone() }),
        Command::BookSpace(_) if error.is_no_room() => Ok(Refusal::SlotTaken),
        Command::PublishActivity(body) if error.is_no_room() => match body.venue.space {
            Some(space) => Ok(Refusal::VenueTaken { space, dates: Vec::new() }),
            None => Err(error),
        },
        Command::EditSeries(body) if error.is_no_room() => match body.edit.venue.space {
            Some(space) => Ok(Refusal::VenueTaken { space, dates: Vec::new() }),
            None => Ok(Refusal::SlotTaken),
        },
        Command::MoveOccurrence(_) | Command::ReinstateOccurrence(_) if error.is_no_room() => Ok(Refusal::SlotTaken),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use domain::id::OccurrenceId;
    use domain::refusal::Alternative;
    use uuid::Uuid;

    use super::*;
    use crate::on_both_engines;
    use crate::store::testing::{TestDb, add_neighbourhood};

    /// Writes and, so many times, runs into the constraint of a date's places; then it finds them gone.
    struct Raced {
        beaten: u32,
        attempts: AtomicU32,
    }

    impl Operation for Raced {
        async fn attempt(&self, conn: &mut Conn<'_>) -> Result<Done, Stop> {
            let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
            let written = conn.one("select count(*) as n from team where about is not null", &[]).await?.int("n")?;
            assert_eq!(written, 0, "attempt {attempt} finds nothing of the one before");
            conn.execute("update team set about = 'written'", &[]).await?;
            if attempt < self.beaten {
                conn.execute("update occurrence set taken = capacity + 1", &[]).await?;
            }
            Err(Stop::Refused(Refusal::SlotTaken, vec![offer()]))
        }
    }

    fn offer() -> Alternative {
        Alternative::Occurrence { occurrence: OccurrenceId::from_uuid(Uuid::from_u128(1)) }
    }

    async fn race(test: &TestDb, beaten: u32) -> (Result<Done, Stop>, u32) {
        let stop = test.db.write("test", move |conn| {
            Box::pin(async move {
                let raced = Raced { beaten, attempts: AtomicU32::new(0) };
                let decided = decide_on_what_is(conn, &raced).await?;
                Ok((decided, raced.attempts.into_inner()))
            })
        });
        stop.await.expect("a transaction that can go on")
    }

    on_both_engines! {
        async fn whoever_was_beaten_is_answered_by_what_is_there_now(test) {
            let seed = test.db.write("test", |conn| Box::pin(async move { add_neighbourhood(conn, Some(1)).await }));
            seed.await.expect("a neighbourhood");
            for (beaten, attempts) in [(0, 1), (1, 2)] {
                let (decided, found) = race(test, beaten).await;
                let Err(Stop::Refused(refusal, offers)) = decided else { panic!("{decided:?}") };
                assert_eq!((refusal, offers, found), (Refusal::SlotTaken, vec![offer()], attempts));
            }
            let (decided, attempts) = race(test, 9).await;
            assert_eq!(attempts, 2, "once more and no oftener");
            let Err(Stop::Failed(error)) = decided else { panic!("{decided:?}") };
            assert!(error.is_check("occurrence_full"), "{error}");
            assert_eq!(test.number("select count(*) from team where about is not null", &[]).await, 0);
        }
    }
}
