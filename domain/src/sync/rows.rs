//! The rows of one class, in the order of their keys.
//!
//! A phone draws from a copy of everything it knows, many times a day, and goes over a slow line to get this code. So a
//! copy shares what it did not change, comparing two copies skips what they share, and the order is that of one sorted
//! list, whose code is a fraction of a tree's. A phone's rows are thousands at most: moving the list's tail to put one
//! in is nothing. Deliberately absent: ranges and entries, which nothing asks for.

use std::fmt;
use std::sync::Arc;

/// A sorted map whose copies share what they have not changed.
#[derive(Clone)]
pub struct Rows<K, V>(Arc<Vec<(K, Arc<V>)>>);

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self(Arc::new(Vec::new()))
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Rows<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(key, row)| (key, row))).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Rows<K, V> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || self.len() == other.len()
                && self.0.iter().zip(&*other.0).all(|((key, row), (other_key, other_row))| {
                    key == other_key && (Arc::ptr_eq(row, other_row) || row == other_row)
                })
    }
}

impl<K: Eq, V: Eq> Eq for Rows<K, V> {}

impl<K, V> Rows<K, V> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator {
        self.0.iter().map(|(key, row)| (key, &**row))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.0.iter().map(|(key, _)| key)
    }

    /// The rows, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.0.iter().map(|(_, row)| &**row)
    }
}

impl<K: Ord, V> Rows<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(one, _)| one.cmp(key))
    }

    /// The row with this key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &*self.0[at].1)
    }

    /// Whether there is a row with this key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }
}

impl<K: Ord + Clone, V> Rows<K, V> {
    /// Puts a row in; what had its key before is gone.
    pub fn insert(&mut self, key: K, row: V) {
        let place = self.find(&key);
        let rows = Arc::make_mut(&mut self.0);
        match place {
            Ok(at) => rows[at].1 = Arc::new(row),
            Err(at) => rows.insert(at, (key, Arc::new(row))),
        }
    }

    /// Takes a row out, if it is there.
    pub fn remove(&mut self, key: &K) {
        if let Ok(at) = self.find(key) {
            Arc::make_mut(&mut self.0).remove(at);
        }
    }

    /// Keeps the rows of which `keep` says so.
    pub fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        if !self.0.iter().all(|(key, row)| keep(key, row)) {
            Arc::make_mut(&mut self.0).retain(|(key, row)| keep(key, row));
        }
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl<K: Ord + Clone, V: Clone> Rows<K, V> {
    /// The row with this key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        Some(Arc::make_mut(&mut Arc::make_mut(&mut self.0)[at].1))
    }
}

/// # Panics
/// If there is no row with this key; [`Rows::get`] asks.
impl<K: Ord, V> std::ops::Index<&K> for Rows<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("invariant: whoever indexes knows that the row is there")
    }
}

impl<K: Ord + Clone, V> FromIterator<(K, V)> for Rows<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(rows: I) -> Self {
        let mut all = Self::default();
        for (key, row) in rows {
            all.insert(key, row);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_are_what_a_map_would_be(steps in prop::collection::vec((0_u8..4, 0_u8..12, 0_u8..5), 0..80)) {
            let (mut rows, mut map) = (Rows::<u8, u8>::default(), BTreeMap::new());
            for (what, key, value) in steps {
                let before = (rows.clone(), map.clone());
                match what {
                    0 | 1 => {
                        rows.insert(key, value);
                        map.insert(key, value);
                    }
                    2 => {
                        rows.remove(&key);
                        map.remove(&key);
                    }
                    _ => {
                        rows.retain(|_, one| *one != value);
                        map.retain(|_, one| *one != value);
                    }
                }
                prop_assert!(rows.iter().eq(map.iter()));
                prop_assert_eq!(rows.get(&key), map.get(&key));
                prop_assert_eq!(rows == before.0, map == before.1);
                prop_assert!(before.0.iter().eq(before.1.iter()), "a copy keeps what it was");
            }
        }
    }

    #[test]
    fn changing_a_row_leaves_a_copy_as_it_was() {
        let mut rows: Rows<u8, String> = [(2, "b".to_owned()), (1, "a".to_owned())].into_iter().collect();
        let copy = rows.clone();
        rows.get_mut(&1).expect("a row").push('!');
        assert_eq!(rows.values().collect::<Vec<_>>(), ["a!", "b"]);
        assert_eq!(copy.values().collect::<Vec<_>>(), ["a", "b"]);
        assert_ne!(rows, copy);
    }
}
