//! States are large and come again millions of times. So each part is kept once, told apart by a digest of all it holds,
//! and what follows from it is worked out once: the real machine really runs, but only where it has not been yet.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt::{self, Debug, Write};
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

/// A value and the digest it is told apart by.
pub struct Known<T> {
    digest: u64,
    value: T,
}

/// One of those that are kept.
pub type Kept<T> = Arc<Known<T>>;

impl<T> Known<T> {
    /// A value under its digest.
    pub fn new(digest: u64, value: T) -> Kept<T> {
        Arc::new(Self { digest, value })
    }

    /// The digest.
    pub const fn digest(&self) -> u64 {
        self.digest
    }
}

impl<T> Deref for Known<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Known<T> {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl<T> Eq for Known<T> {}

impl<T> Hash for Known<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest);
    }
}

impl<T> Debug for Known<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.digest)
    }
}

struct Sum(DefaultHasher);

impl Write for Sum {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The digest of all that a value shows.
pub fn digest_of(value: &(impl Debug + ?Sized)) -> u64 {
    let mut sum = Sum(DefaultHasher::new());
    let _ = write!(sum, "{value:?}");
    sum.0.finish()
}

/// Each value once, and what came after it.
pub struct Pool<T, Cause, After> {
    values: Mutex<HashMap<u64, Kept<T>>>,
    after: Mutex<HashMap<(u64, Cause), After>>,
}

impl<T, Cause: Eq + Hash, After: Clone> Pool<T, Cause, After> {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self { values: Mutex::default(), after: Mutex::default() }
    }

    /// The kept one of its like, made if there is none.
    pub fn keep(&self, digest: u64, make: impl FnOnce() -> T) -> Kept<T> {
        let known = self.values.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        known.unwrap_or_else(|| {
            let made = Known::new(digest, make());
            self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, Arc::clone(&made));
            made
        })
    }

    /// What comes of a value by a cause, worked out unless it is known.
    pub fn after(&self, value: &Kept<T>, cause: Cause, work: impl FnOnce(&Cause) -> After) -> After {
        let key = (value.digest, cause);
        let known = self.after.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let after = work(&key.1);
            self.after.lock().unwrap_or_else(PoisonError::into_inner).insert(key, after.clone());
            after
        })
    }

    /// How many values and steps are known.
    pub fn sizes(&self) -> (usize, usize) {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner).len();
        (values, self.after.lock().unwrap_or_else(PoisonError::into_inner).len())
    }
}
