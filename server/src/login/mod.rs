//! Signing in and out: a number, a code, a cookie.
//!
//! The same work is done for a number we know and one we do not, so that nobody learns who lives here. An account is
//! made at the first right code. Codes and cookies are kept as hashes, never logged, and in an answer only where a
//! demonstration shows its own code. Deliberately absent: second factors, moving to another number.

pub mod challenge;
pub mod demo;
pub mod logout;
pub mod sender;
pub mod session;
pub mod verify;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::config::Secret;
use crate::login::sender::Sender;
use crate::problem::ApiError;
use crate::state::hex;

/// How long a code is good for, in minutes.
pub const CODE_MINUTES: i64 = 5;
/// How often a code may be tried.
pub const TRIES_MAX: u16 = 5;

/// Memory of one hash, in KiB, and passes over it. A code has few digits, so guessing must cost; but the same cost is
/// paid by everybody who asks, on a small machine.
const HASH_MEMORY_KIB: u32 = 4096;
const HASH_PASSES: u32 = 2;
/// Hashes at once.
const HASHES_MAX: usize = 2;
/// Hashes that are computed or wait for their turn; the next is turned away at once.
const HASHES_WAITING_MAX: usize = 64;
/// How long a hash may wait for its turn.
const HASH_WAIT: Duration = Duration::from_secs(2);

/// What signing in keeps beside the database.
pub struct LoginGate {
    /// Sends codes.
    pub sender: Sender,
    hashes: Arc<Semaphore>,
    room: Arc<Semaphore>,
    argon2: Params,
    /// The memory of hashes that are done, for the next ones: as much as [`HASHES_MAX`] need, whoever computes them.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
}

impl LoginGate {
    /// A gate whose codes go out through `sender`.
    #[must_use]
    pub fn new(sender: Sender) -> Self {
        let argon2 = Params::new(HASH_MEMORY_KIB, HASH_PASSES, 1, None).expect("invariant: constants in range");
        let (hashes, room) = (Semaphore::new(HASHES_MAX), Semaphore::new(HASHES_WAITING_MAX));
        Self { sender, hashes: Arc::new(hashes), room: Arc::new(room), argon2, memory: Arc::default() }
    }

    /// The slow hash of a code, bound to its challenge and to this server's secret. For those alone whom no limit refuses.
    ///
    /// # Errors
    /// [`ApiError::Busy`] when too many wait.
    pub async fn hash_code(&self, pepper: &Secret, challenge: Uuid, code: &str) -> Result<String, ApiError> {
        let Ok(_room) = self.room.try_acquire() else { return Err(ApiError::Busy) };
        let turn = tokio::time::timeout(HASH_WAIT, Arc::clone(&self.hashes).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(ApiError::Busy) };
        let (pepper, code, params) = (pepper.clone(), code.to_owned(), self.argon2.clone());
        let memory = Arc::clone(&self.memory);
        let hashed = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let kept = memory.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut blocks = kept.unwrap_or_else(|| vec![Block::default(); params.block_count()]);
            let argon2 = Argon2::new_with_secret(pepper.bytes(), Algorithm::Argon2id, Version::V0x13, params)
                .expect("invariant: the secret is short enough");
            let mut out = [0; 32];
            argon2
                .hash_password_into_with_memory(code.as_bytes(), challenge.as_bytes(), &mut out, &mut blocks)
                .expect("invariant: salt, output and memory have fitting lengths");
            memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
            hex(&out)
        });
        hashed.await.map_err(|error| ApiError::fault("hash a code", &error))
    }

    /// Leaves no room for any hash.
    #[cfg(test)]
    pub async fn fill(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = u32::try_from(HASHES_WAITING_MAX).expect("a small number");
        Arc::clone(&self.room).acquire_many_owned(all).await.expect("never closed")
    }
}

/// Whether two hashes are the same, in a time that does not tell where they differ.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The hash under which a cookie's token is kept. The token has 256 random bits, so a fast hash is enough.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The hash of something that could be guessed (an address), keyed with this server's secret.
#[must_use]
pub fn keyed_hash(pepper: &Secret, what: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(pepper.bytes()).expect("invariant: any length is a key");
    mac.update(what.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_waits_in_a_short_queue_and_the_rest_is_turned_away_at_once() {
        let gate = Arc::new(LoginGate::new(Sender::console()));
        let hash = |gate: Arc<LoginGate>| async move {
            gate.hash_code(&Secret::new("0123456789abcdef"), Uuid::from_u128(1), "123456").await
        };
        let turns = Arc::clone(&gate.hashes).acquire_many_owned(HASHES_MAX as u32).await.expect("never closed");
        let waiting: Vec<_> = (0..HASHES_WAITING_MAX).map(|_| tokio::spawn(hash(Arc::clone(&gate)))).collect();
        while gate.room.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let flood = async {
            for _ in 0..1000 {
                assert!(matches!(hash(Arc::clone(&gate)).await, Err(ApiError::Busy)));
            }
        };
        assert!(tokio::time::timeout(HASH_WAIT / 2, flood).await.is_ok());
        drop(turns);
        for waiting in waiting {
            assert!(waiting.await.expect("no panic").is_ok());
        }
        let kept = gate.memory.lock().expect("no panic").len();
        assert!((1..=HASHES_MAX).contains(&kept), "{kept} hashes' memory");
        assert!(hash(gate).await.is_ok());
    }

    #[tokio::test]
    async fn a_hash_depends_on_code_challenge_and_secret() {
        let gate = LoginGate::new(Sender::console());
        let (one, other) = (Secret::new("0123456789abcdef"), Secret::new("fedcba9876543210"));
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let hash = gate.hash_code(&one, first, "123456").await.expect("a hash");
        assert!(is_same(&hash, &gate.hash_code(&one, first, "123456").await.expect("again")));
        for (pepper, challenge, code) in [(&other, first, "123456"), (&one, second, "123456"), (&one, first, "123457")]
        {
            assert!(!is_same(&hash, &gate.hash_code(pepper, challenge, code).await.expect("another")));
        }
    }
}
