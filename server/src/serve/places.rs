//! The places for connections: so many in all and so many for one client, and who makes room when all are taken.
//!
//! A client is an IPv4 address or an IPv6 /64, which is the least that one household is given. A crowd that keeps
//! connections without using them keeps nobody out: the one that has been quiet longest goes when somebody new comes. One
//! that is being answered never goes, also not one that is asked something at the moment it is told to: it goes with its
//! answer, and there are only so many of these beyond the places.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::activity::Activity;
use crate::config::ConnectionLimits;

/// The places that are taken.
#[derive(Debug, Default)]
pub struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    held: HashMap<u64, Held>,
    /// Told to make room, and not gone yet.
    leaving: HashMap<u64, IpAddr>,
    by_client: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Held {
    client: IpAddr,
    activity: Arc<Activity>,
    make_room: Arc<Notify>,
}

/// What became of somebody who came.
#[derive(Debug)]
pub enum Admission {
    /// There was room.
    Room(Place),
    /// Another connection was told to make room.
    InsteadOf(Place),
    /// There is no place.
    Full,
}

/// A connection's place among the open ones, given back when dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    number: u64,
    /// What the connection is doing.
    pub activity: Arc<Activity>,
    make_room: Arc<Notify>,
}

impl Places {
    /// Takes a place for a connection from `address`. A proxy that is trusted speaks for many and may have any number.
    pub fn take(places: &Arc<Self>, address: IpAddr, is_trusted: bool, limits: ConnectionLimits) -> Admission {
        let client = client_of(address);
        let mut taken = places.taken();
        if !is_trusted && taken.by_client.get(&client).is_some_and(|count| *count >= limits.per_address_max) {
            return Admission::Full;
        }
        let is_full = taken.held.len() >= limits.connections_max;
        if is_full {
            // One that was asked something meanwhile stays until that is answered. As long as many do, nobody else comes.
            if taken.leaving.len() >= leaving_max(limits) {
                return Admission::Full;
            }
            let quiet = taken.held.iter().filter_map(|(number, held)| Some((held.activity.quiet_for()?, *number)));
            let Some((_, quietest)) = quiet.max() else { return Admission::Full };
            if let Some(held) = taken.held.remove(&quietest) {
                taken.leaving.insert(quietest, held.client);
                held.make_room.notify_one();
            }
        }
        let (number, activity, make_room) = (taken.next, Arc::new(Activity::new()), Arc::new(Notify::new()));
        taken.next += 1;
        let held = Held { client, activity: Arc::clone(&activity), make_room: Arc::clone(&make_room) };
        taken.held.insert(number, held);
        *taken.by_client.entry(client).or_default() += 1;
        let place = Place { places: Arc::clone(places), number, activity, make_room };
        if is_full { Admission::InsteadOf(place) } else { Admission::Room(place) }
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.0.lock().expect("invariant: no code panics while it holds the places")
    }
}

impl Taken {
    fn give_back(&mut self, number: u64) {
        let client = self.held.remove(&number).map(|held| held.client).or_else(|| self.leaving.remove(&number));
        let Some(client) = client else { return };
        if let Some(count) = self.by_client.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                self.by_client.remove(&client);
            }
        }
    }
}

/// How many connections there may be beyond the places, because they were told to make room and have not gone yet.
fn leaving_max(limits: ConnectionLimits) -> usize {
    (limits.connections_max / 16).max(1)
}

impl Place {
    /// Waits until the connection is told to make room. Its place is somebody else's then already.
    pub async fn told_to_make_room(&self) {
        self.make_room.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().give_back(self.number);
    }
}

/// Whom an address belongs to: what can be had in any number counts as one.
#[must_use]
pub fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::activity::Phase;
    use super::*;

    fn limits(connections_max: usize, per_address_max: usize) -> ConnectionLimits {
        ConnectionLimits { connections_max, per_address_max, ..ConnectionLimits::DEFAULT }
    }

    fn take(places: &Arc<Places>, address: &str, limits: ConnectionLimits) -> Option<Place> {
        match Places::take(places, address.parse().expect("an address"), false, limits) {
            Admission::Room(place) | Admission::InsteadOf(place) => Some(place),
            Admission::Full => None,
        }
    }

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_network() {
        for (one, other, is_same) in [
            ("1.2.3.4", "1.2.3.4", true),
            ("1.2.3.4", "1.2.3.5", false),
            ("1.2.3.4", "::ffff:1.2.3.4", true),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            let (places, limits) = (Arc::default(), limits(8, 1));
            let first = take(&places, one, limits);
            assert!(first.is_some());
            assert_eq!(take(&places, other, limits).is_none(), is_same, "{one} {other}");
            drop(first);
            assert!(take(&places, other, limits).is_some(), "given back");
        }
    }

    #[test]
    fn a_place_that_was_given_up_is_given_back_once() {
        let (places, limits) = (Arc::default(), limits(2, 2));
        let first = take(&places, "1.1.1.1", limits).expect("a place");
        let second = take(&places, "1.1.1.1", limits).expect("a place");
        second.activity.enter(Phase::Serving);
        // The first makes room and is gone; its client may have two again.
        let third = take(&places, "2.2.2.2", limits).expect("a place");
        drop(first);
        third.activity.enter(Phase::Serving);
        assert!(take(&places, "1.1.1.1", limits).is_none(), "both are being answered");
        second.activity.enter(Phase::Idle);
        let fourth = take(&places, "1.1.1.1", limits).expect("a place");
        fourth.activity.enter(Phase::Serving);
        drop((second, third));
        assert!(take(&places, "1.1.1.1", limits).is_some());
    }

    #[test]
    fn those_that_are_told_to_go_and_do_not_count_until_they_have() {
        let (places, limits) = (Arc::default(), limits(32, 32));
        let held: Vec<_> = (0..32).map(|_| take(&places, "1.1.1.1", limits).expect("a place")).collect();
        // As if each had been asked something just after it was told.
        let came: Vec<_> = (0..2).map(|_| take(&places, "2.2.2.2", limits).expect("room is made")).collect();
        assert!(take(&places, "3.3.3.3", limits).is_none(), "34 are open");
        assert!(take(&places, "1.1.1.1", limits).is_none(), "its own have not gone");
        drop(held);
        drop(came);
        let again: Vec<_> = (0..32).map_while(|_| take(&places, "1.1.1.1", limits)).collect();
        assert_eq!(again.len(), 32, "each place was given back once");
    }
}
