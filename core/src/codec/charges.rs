//! What collections take beside their elements, charged before they are made: tables are wider than their elements are
//! many, trees and linked lists have nodes.

use crate::error::Result;
use crate::wire::Reader;

/// The table of a `HashMap` or a `HashSet`: a power of two of buckets, an eighth of them free, a control byte each.
pub(super) fn table(r: &mut Reader<'_>, n: usize, item: usize) -> Result<()> {
    let buckets = match n {
        0 => return Ok(()),
        1..4 => 4,
        4..8 => 8,
        _ => n.saturating_mul(8).div_ceil(7).checked_next_power_of_two().unwrap_or(usize::MAX),
    };
    r.charge(buckets.saturating_mul(item + 1).saturating_add(32))
}

/// The nodes of a `BTreeMap` or a `BTreeSet`: of eleven elements each, and no less than five in use but for the root.
pub(super) fn tree(r: &mut Reader<'_>, n: usize, item: usize) -> Result<()> {
    const NODE: usize = 11;
    /// Length, parent, and a share of the edges of the nodes above.
    const LINKS: usize = 48;
    if n == 0 {
        return Ok(());
    }
    r.charge((n / 5 + 1).saturating_mul(NODE * item + LINKS))
}

/// Elements that stand in a vector.
pub(super) fn each(r: &mut Reader<'_>, n: usize, item: usize) -> Result<()> {
    r.charge(n.saturating_mul(item))
}
