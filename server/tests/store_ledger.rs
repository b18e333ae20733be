//! The ledger against a small model that counts every cell anew: random bookings, cancellations, moves and changes of
//! limits, and not one disagreement, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use server::on_both_engines;
use server::store::testing::{CELL_MS, NOW_MS, TestSpace, add_booking, add_neighbourhood, add_space, id};
use server::store::{Conn, StoreError};
use tokio::sync::Mutex;

const OPERATIONS: usize = 2_000;
const PER_TRANSACTION: usize = 100;
const LIVE: &str = "approved";

/// xorshift: the same operations every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % u64::try_from(limit).expect("a positive limit")).expect("below the limit")
    }
}

/// Space, atoms, groups and heads if shared, setup and teardown in cells.
type Room = (u32, &'static [u32], Option<(u16, u16)>, (i64, i64));

const ROOMS: [Room; 6] = [
    (100, &[200], None, (0, 0)),
    (101, &[201, 202], None, (1, 2)),
    (102, &[201], None, (0, 1)),
    (103, &[202], None, (2, 0)),
    (104, &[203], Some((4, 12)), (0, 0)),
    (105, &[204], Some((2, 30)), (1, 1)),
];

#[derive(Debug, Clone, Copy)]
struct Held {
    room: usize,
    s: i64,
    e: i64,
    heads: i64,
}

#[derive(Debug, Default)]
struct Model {
    limits: BTreeMap<u32, (i64, i64)>,
    held: BTreeMap<u32, Held>,
}

impl Model {
    /// Groups, heads and buffers that `except` others have on a cell of an atom.
    fn load(&self, atom: u32, cell: i64, except: u32) -> (i64, i64, i64) {
        let mut load = (0, 0, 0);
        for (booking, held) in &self.held {
            let (_, atoms, shared, (setup, teardown)) = ROOMS[held.room];
            if *booking == except || !atoms.contains(&atom) {
                continue;
            }
            if (held.s..held.e).contains(&cell) {
                load.0 += 1;
                load.1 += if shared.is_some() { held.heads } else { 1 };
            } else if (held.s - setup..held.e + teardown).contains(&cell) {
                load.2 += 1;
            }
        }
        load
    }

    fn has_room(&self, wanted: Held, except: u32) -> bool {
        let (_, atoms, shared, (setup, teardown)) = ROOMS[wanted.room];
        atoms.iter().all(|atom| {
            (wanted.s - setup..wanted.e + teardown).all(|cell| {
                let (groups, heads, buffers) = self.load(*atom, cell, except);
                let is_core = (wanted.s..wanted.e).contains(&cell);
                match shared {
                    None if is_core => groups == 0 && buffers == 0,
                    None => groups == 0,
                    Some(_) if is_core => {
                        let (groups_max, heads_max) = self.limits[atom];
                        groups < groups_max && heads + wanted.heads <= heads_max
                    }
                    Some(_) => true,
                }
            })
        })
    }
}

/// Runs one write under a savepoint and tells whether it was let through.
macro_rules! is_let_through {
    ($conn:ident, $work:expr) => {{
        $conn.execute("savepoint one", &[]).await?;
        let is_through = match $work.await {
            Ok(_) => true,
            Err(error) if error.is_no_room() => {
                $conn.execute("rollback to one", &[]).await?;
                false
            }
            Err(error) => return Err(error),
        };
        $conn.execute("release one", &[]).await?;
        is_through
    }};
}

async fn step(conn: &mut Conn<'_>, model: &mut Model, dice: &mut Dice, next: &mut u32) -> Result<(), StoreError> {
    let room = usize::try_from(dice.below(6)).expect("a room");
    let s = dice.below(60);
    let e = s + 1 + dice.below(8);
    let wanted = Held { room, s, e, heads: 1 + dice.below(6) };
    let some = u32::try_from(dice.below(i64::try_from(model.held.len().max(1)).expect("few"))).expect("few");
    let chosen = model.held.iter().nth(some as usize).map(|(booking, held)| (*booking, *held));
    match (dice.below(10), chosen) {
        (0..=1, Some((booking, _))) => {
            conn.execute("update booking set state = 'cancelled' where id = $1", &[id(booking).into()]).await?;
            model.held.remove(&booking);
        }
        (2..=3, Some((booking, held))) => {
            let moved = Held { s, e, heads: wanted.heads, ..held };
            let at = |cell: i64| (NOW_MS + cell * CELL_MS).into();
            let values = [id(booking).into(), at(s), at(e), moved.heads.into()];
            let sql = "update booking set starts_at = $2, ends_at = $3, adults = $4 where id = $1";
            let is_through = is_let_through!(conn, conn.execute(sql, &values));
            assert_eq!(is_through, model.has_room(moved, booking), "move of {booking}: {held:?} to {moved:?}");
            if is_through {
                model.held.insert(booking, moved);
            }
        }
        (4, _) => {
            let (atom, limits) =
                [(203, (2 + dice.below(4), 4 + dice.below(12))), (204, (2 + dice.below(2), 6 + dice.below(30)))]
                    [usize::try_from(dice.below(2)).expect("one of two")];
            conn.execute(
                "update atom set cap_groups = $2, cap_heads = $3 where id = $1",
                &[id(atom).into(), limits.0.into(), limits.1.into()],
            )
            .await?;
            model.limits.insert(atom, limits);
        }
        _ => {
            *next += 1;
            let booking = *next;
            let is_through =
                is_let_through!(conn, add_booking(conn, booking, ROOMS[room].0, (s, e), wanted.heads, LIVE));
            assert_eq!(is_through, model.has_room(wanted, 0), "booking {booking}: {wanted:?}");
            if is_through {
                model.held.insert(booking, wanted);
            }
        }
    }
    Ok(())
}

on_both_engines! {
    async fn two_thousand_operations_agree_with_the_model(test) {
        let limits = [(203, (4, 12)), (204, (2, 30))];
        let model = Model { limits: limits.into(), ..Model::default() };
        let state = Arc::new(Mutex::new((model, Dice(0x5eed), 1000_u32)));
        test.db
            .write("c:banzha", |conn| {
                Box::pin(async move {
                    add_neighbourhood(conn, None).await?;
                    for (space, atoms, shared, (setup, teardown)) in ROOMS {
                        let minutes = |cells: i64| u16::try_from(cells * 15).expect("a short buffer");
                        let buffers = (minutes(setup), minutes(teardown));
                        add_space(conn, TestSpace { id: space, atoms, shared, buffers }).await?;
                    }
                    Ok(())
                })
            })
            .await
            .expect("rooms");
        for _ in 0..OPERATIONS / PER_TRANSACTION {
            let state = Arc::clone(&state);
            test.db
                .write("c:banzha", move |conn| {
                    let state = Arc::clone(&state);
                    Box::pin(async move {
                        let (model, dice, next) = &mut *state.lock().await;
                        for _ in 0..PER_TRANSACTION {
                            step(conn, model, dice, next).await?;
                        }
                        Ok(())
                    })
                })
                .await
                .expect("a hundred operations");
        }
        assert_eq!(test.findings_of_guards().await, []);
        let model = &state.lock().await.0;
        let live = test.number("select count(*) from booking where state = 'approved'", &[]).await;
        assert_eq!(live, i64::try_from(model.held.len()).expect("few"));
        assert!(live > 20, "the model was exercised: {live}");
    }
}
