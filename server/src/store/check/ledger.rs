//! The ledger of cells against what claims took.

use std::collections::BTreeMap;

use super::Finding;
use crate::store::{Conn, StoreError};

/// Groups, heads and buffers of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Load {
    groups: i64,
    heads: i64,
    buffers: i64,
}

/// The ledger is a function of what claims took.
pub(super) async fn check(conn: &mut Conn<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut cells: BTreeMap<(String, i64), (Load, Load)> = BTreeMap::new();
    let claims = "select ca.atom, ca.groups, ca.heads, c.s, c.e, c.setup, c.teardown
                  from claim_atom ca join claim c on c.id = ca.claim";
    for row in conn.all(claims, &[]).await? {
        let (atom, groups, heads) = (row.text("atom")?, row.int("groups")?, row.int("heads")?);
        let (s, e) = (row.int("s")?, row.int("e")?);
        for cell in s - row.int("setup")?..e + row.int("teardown")? {
            let load = &mut cells.entry((atom.clone(), cell)).or_default().0;
            if (s..e).contains(&cell) {
                load.groups += groups;
                load.heads += heads;
            } else {
                load.buffers += 1;
            }
        }
    }
    for row in conn.all("select atom, cell, g, p, buf from occupancy", &[]).await? {
        let load = Load { groups: row.int("g")?, heads: row.int("p")?, buffers: row.int("buf")? };
        cells.entry((row.text("atom")?, row.int("cell")?)).or_default().1 = load;
    }
    let differ = cells.into_iter().filter(|(_, (expected, found))| expected != found);
    Ok(differ
        .map(|((atom, cell), (expected, found))| Finding {
            rule: "occupancy",
            id: format!("{atom}/{cell}"),
            expected: format!("{expected:?}"),
            found: format!("{found:?}"),
        })
        .collect())
}
