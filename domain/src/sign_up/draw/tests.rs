//! What a draw keeps, whatever the pool; and the example of `docs/draw.md`.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const DOCUMENTED: &str = include_str!("../../../../docs/draw.md");

fn entry(n: u64, heads: u16) -> Entry {
    Entry { ticket: ticket(SignUpId::from_uuid(Uuid::from_u128(n.into()))), heads }
}

fn pool() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::btree_map(0_u64..10_000, 1_u16..6, 0..60)
        .prop_map(|pool| pool.into_iter().map(|(n, heads)| entry(n, heads)).collect())
}

#[test]
fn the_example_in_the_documentation_is_what_is_computed() {
    let date: OccurrenceId = "0192f0c1-2a3b-8c4d-8e5f-0000000000cc".parse().expect("an id");
    let secret: Secret = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse().expect("a secret");
    let parties = [(0x51_u128, 2), (0x52, 1), (0x53, 3), (0x54, 1), (0x55, 2)];
    let entries = parties.map(|(n, heads)| {
        let id = SignUpId::from_uuid(Uuid::from_u128(0x0192_f0c1_2a3b_7c4d_8e5f_0000_0000_0000 + n));
        Entry { ticket: ticket(id), heads }
    });
    let mut said = vec![commitment(date, secret).to_string()];
    said.extend(lots(secret, Some(6), &entries).iter().enumerate().map(|(n, lot)| {
        format!("{}. {} {} {}", n + 1, lot.ticket, lot.heads, if lot.won { "drawn" } else { "waits" })
    }));
    for line in said {
        assert!(DOCUMENTED.contains(&line), "docs/draw.md does not say: {line}");
    }
}

#[test]
fn a_draw_is_found_out_whatever_of_it_is_changed() {
    let date = OccurrenceId::from_uuid(Uuid::from_u128(7));
    let (secret, other) = (Secret::of_random([7; 32]), Secret::of_random([8; 32]));
    let fixed = commitment(date, secret);
    let pool: Vec<Entry> = (0..12).map(|n| entry(n, 1 + n as u16 % 3)).collect();
    let result = lots(secret, Some(9), &pool);
    assert_eq!(verify(date, fixed, secret, Some(9), &result), Verdict::Agrees);
    assert_eq!(verify(date, fixed, other, Some(9), &lots(other, Some(9), &pool)), Verdict::OtherSecret);
    let elsewhere = OccurrenceId::from_uuid(Uuid::from_u128(8));
    assert_eq!(verify(elsewhere, fixed, secret, Some(9), &result), Verdict::OtherSecret);
    let changed = |change: &dyn Fn(&mut Vec<Lot>)| {
        let mut result = result.clone();
        change(&mut result);
        verify(date, fixed, secret, Some(9), &result)
    };
    assert_eq!(changed(&|lots| lots.swap(0, 1)), Verdict::OtherResult);
    assert_eq!(changed(&|lots| lots[11].won = true), Verdict::OtherResult);
    assert_eq!(changed(&|lots| lots[0].heads = 9), Verdict::OtherResult);
    // Somebody who is slipped in afterwards, or left out, moves everybody else.
    assert_eq!(changed(&|lots| lots.truncate(11)), Verdict::OtherResult);
    assert_eq!(
        changed(&|lots| lots.push(Lot { ticket: entry(99, 1).ticket, heads: 1, won: false })),
        Verdict::OtherResult
    );
    assert_eq!(verify(date, fixed, secret, Some(12), &result), Verdict::OtherResult, "more places than there were");
}

#[test]
fn everybody_is_as_likely_as_anybody_to_be_the_first() {
    let pool: Vec<Entry> = (0..8).map(|n| entry(n, 1)).collect();
    let mut firsts = [0_u32; 8];
    for n in 0..2_000_u16 {
        let [high, low] = n.to_be_bytes();
        let mut bytes = [0; 32];
        (bytes[0], bytes[1]) = (high, low);
        firsts[draw(Secret::of_random(bytes), Some(1), &pool)[0].entry] += 1;
    }
    // 250 each on average, with a spread of 15.
    assert!(firsts.iter().all(|count| (190..=310).contains(count)), "{firsts:?}");
}

#[test]
fn a_secret_is_never_printed_by_accident_and_has_one_form() {
    let secret = Secret::of_random([0xab; 32]);
    let text = "ab".repeat(32);
    assert_eq!((secret.to_string(), text.parse()), (text.clone(), Ok(secret)));
    assert!(!format!("{secret:?}").contains("ab"));
    for bad in ["", &text[1..], &text.to_uppercase(), &format!("{text}0")] {
        assert!(bad.parse::<Secret>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn the_order_follows_from_secret_and_list_and_not_from_who_came_first(
        pool in pool(), bytes in any::<[u8; 32]>(), places in prop::option::of(1_u16..40), turn in 0_usize..60,
    ) {
        let secret = Secret::of_random(bytes);
        let mut later = pool.clone();
        later.reverse();
        let turn = turn.min(later.len());
        later.rotate_left(turn);
        prop_assert_eq!(lots(secret, places, &pool), lots(secret, places, &later));
    }

    #[test]
    fn every_party_has_one_outcome_and_places_are_never_given_twice(
        pool in pool(), bytes in any::<[u8; 32]>(), places in 1_u16..40,
    ) {
        let drawn = draw(Secret::of_random(bytes), Some(places), &pool);
        let once: BTreeSet<usize> = drawn.iter().map(|drawing| drawing.entry).collect();
        prop_assert_eq!((drawn.len(), once.len()), (pool.len(), pool.len()));
        let mut free = places;
        for Drawing { entry, step } in &drawn {
            let heads = pool[*entry].heads;
            // Whoever fits when it is their turn has places, and nobody else.
            prop_assert_eq!(*step == Step::MovesUp, heads <= free && free > 0);
            if *step == Step::MovesUp {
                free -= heads;
            }
        }
    }

    #[test]
    fn without_a_limit_everybody_is_in(pool in pool(), bytes in any::<[u8; 32]>()) {
        prop_assert!(lots(Secret::of_random(bytes), None, &pool).iter().all(|lot| lot.won));
    }
}
