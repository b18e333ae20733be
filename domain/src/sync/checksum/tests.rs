//! A phone and a server beside each other, over weeks: as long as nothing is lost, their sums are the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;

fn row(id: u8, seq: u64, on: Option<LocalDate>) -> Row {
    let body = RawValue::from_string("{}".to_owned()).expect("json");
    Row { class: "occurrence".to_owned(), id: id.to_string(), seq, on, body }
}

/// What a server has of one stream: per id the last change and the row, none for one that is gone.
#[derive(Debug, Default)]
struct Server {
    head: u64,
    rows: BTreeMap<u8, (u64, Option<Option<LocalDate>>)>,
}

impl Server {
    fn change(&mut self, id: u8, row: Option<Option<LocalDate>>) {
        self.head += 1;
        self.rows.insert(id, (self.head, row));
    }

    /// What a snapshot of that day brings: the rows without a day, and those of its window.
    fn picture(&self, on: LocalDate) -> Vec<Row> {
        let there = self.rows.iter().filter_map(|(id, (seq, there))| Some(row(*id, *seq, (*there)?)));
        there.filter(|row| row.on.is_none_or(|day| window(on).contains(&day))).collect()
    }

    fn sum(&self, on: LocalDate) -> u64 {
        sum_of(self.picture(on).iter().map(|row| (row.class.as_str(), row.id.as_str(), row.seq)))
    }
}

/// What a phone has of it.
#[derive(Debug, Default)]
struct Phone {
    read: u64,
    rows: BTreeMap<String, Row>,
    held: Held,
}

impl Phone {
    fn take_whole(&mut self, server: &Server, today: LocalDate) {
        let rows = server.picture(today);
        self.held = Held::of(&rows, Some(today));
        self.rows = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
        self.read = server.head;
    }

    /// All that changed, whatever its day.
    fn take_delta(&mut self, server: &Server) {
        for (id, (seq, there)) in server.rows.iter().filter(|(_, (seq, _))| *seq > self.read) {
            match there {
                Some(on) => {
                    let row = row(*id, *seq, *on);
                    self.held.put(&row);
                    self.rows.insert(row.id.clone(), row);
                }
                None => {
                    self.held.remove(&row(*id, *seq, None).key());
                    self.rows.remove(&id.to_string());
                }
            }
        }
        self.read = server.head;
    }

    /// Starts anew from what is on the disk.
    fn restart(&mut self) {
        let rows: Vec<Row> = self.rows.values().cloned().collect();
        self.held = Held::of(&rows, self.held.on);
    }
}

proptest! {
    #[test]
    fn who_has_lost_nothing_is_never_told_otherwise(
        steps in prop::collection::vec((0_u8..8, 0_u8..12, 0_i32..160), 1..120),
        lost in 0_usize..12,
    ) {
        let (mut server, mut phone) = (Server::default(), Phone::default());
        let mut today = LocalDate::from_ymd(2026, 11, 23).expect("a date");
        phone.take_whole(&server, today);
        for (what, id, days) in steps {
            match what {
                // Days from two months back to three months ahead: into the window, out of it, and never in it.
                0..=2 => server.change(id, Some(Some(today.plus_days(days - 60)))),
                3 => server.change(id, Some(None)),
                4 => server.change(id, None),
                5 => today = today.plus_days(days % 40),
                6 => phone.take_delta(&server),
                _ if days % 4 == 0 => phone.take_whole(&server, today),
                _ => phone.restart(),
            }
            if phone.read == server.head {
                let said = phone.held.checksum().expect("a picture's day");
                prop_assert_eq!(said.sum, server.sum(said.on), "today is {}, picture of {}", today, said.on);
            }
        }
        // A row is lost on the disk: if it is one that both can name, the sum tells.
        phone.take_delta(&server);
        let on = phone.held.on.expect("a picture's day");
        let gone = phone.rows.keys().nth(lost % phone.rows.len().max(1)).cloned();
        if let Some(gone) = gone.and_then(|gone| phone.rows.remove(&gone)) {
            phone.restart();
            let counts = gone.on.is_none_or(|day| window(on).contains(&day));
            let said = phone.held.checksum().expect("a picture's day");
            prop_assert_eq!(said.sum != server.sum(on), counts);
        }
    }
}

#[test]
fn a_row_that_is_missing_older_or_another_changes_the_sum() {
    let on = LocalDate::from_ymd(2026, 11, 23);
    let sum = |rows: &[Row]| Held::of(rows, on).checksum().expect("a day").sum;
    let whole = [row(1, 5, None), row(2, 7, on)];
    for other in
        [vec![], vec![row(1, 5, None)], vec![row(1, 4, None), row(2, 7, on)], vec![row(1, 7, None), row(2, 5, on)]]
    {
        assert_ne!(sum(&other), sum(&whole), "{other:?}");
    }
    assert_eq!(sum(&[row(2, 7, on), row(1, 5, None)]), sum(&whole), "their order does not matter");
    assert_eq!(Held::of(&whole, None).checksum(), None, "an older build has not kept the day");
}

#[test]
fn a_checksum_reads_back_and_nothing_else_reads() {
    let checksum = Checksum { on: LocalDate::from_ymd(2026, 11, 23).expect("a date"), sum: u64::MAX - 7 };
    assert_eq!(checksum.to_string(), "2026-11-23.fffffffffffffff8");
    assert_eq!(checksum.to_string().parse(), Ok(checksum));
    for bad in ["", "2026-11-23", "2026-11-23.", "2026-11-31.1", "2026-11-23.+1", "2026-11-23.1.2", ".1"] {
        assert_eq!(bad.parse::<Checksum>(), Err(ParseIdError), "{bad}");
    }
}
