//! Putting lists in order.
//!
//! The sort of the standard library is made for millions and brings some four kilobytes of code for every type that is
//! sorted. A phone sorts some hundreds, and goes over a slow line to get the code. So the order is found among numbers,
//! by code that is there once, and the list follows it. Deliberately absent: sorting what the server has thousands of.

/// Puts a list in the order of its keys; what has the same key stays as it was.
pub fn sort_by_key<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let order = order(list.len(), &|one, other| key(&list[one]) < key(&list[other]));
    let mut places: Vec<Option<T>> = list.drain(..).map(Some).collect();
    list.extend(order.into_iter().filter_map(|place| places[place].take()));
}

/// Each number below `count` once, none before one that `is_before` puts before it.
fn order(count: usize, is_before: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    for new in 0..count {
        let place = order.partition_point(|old| !is_before(new, *old));
        order.insert(place, new);
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_list_is_sorted_as_the_standard_library_sorts_it(list in prop::collection::vec((0_u8..6, any::<u16>()), 0..60)) {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort_by_key(&mut ours, |(key, _)| *key);
            theirs.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(ours, theirs);
        }
    }
}
