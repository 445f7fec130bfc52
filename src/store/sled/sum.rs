//! The sum over everything that is kept, by which opening tells whether it is still all there.
//!
//! sled checks each message of its log, but not that no message is missing: after damage it may open with the changes
//! behind it gone, or with an earlier state of one page. So every change also writes, in its transaction, how many
//! changes there have been and the sum of a hash over each item there is. Opening reads everything once and compares.
//! Adding is enough and needs no order: an item that goes is subtracted, one that comes is added. Against damage, not
//! against an adversary, who could write any sum.

use twox_hash::XxHash3_128;

/// How many changes there have been, and what they left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    /// The number of the last change, over all openings.
    pub(super) changes: u64,
    total: u128,
}

impl Sum {
    /// An item has come.
    pub(super) fn add(&mut self, tree: &str, key: &[u8], value: &[u8]) {
        self.total = self.total.wrapping_add(weight(tree, key, value));
    }

    /// An item has gone.
    pub(super) fn take(&mut self, tree: &str, key: &[u8], value: &[u8]) {
        self.total = self.total.wrapping_sub(weight(tree, key, value));
    }

    /// The same items after so many changes.
    pub(super) fn after(self, changes: u64) -> Sum {
        Sum { changes, ..self }
    }

    /// Whether both are of the same items.
    pub(super) fn is_of_the_same_items(&self, other: &Sum) -> bool {
        self.total == other.total
    }

    /// How it is kept.
    pub(super) fn bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.changes.to_be_bytes());
        bytes[8..].copy_from_slice(&self.total.to_be_bytes());
        bytes
    }

    /// What [`Sum::bytes`] wrote.
    pub(super) fn parse(bytes: &[u8]) -> Option<Sum> {
        let (changes, total) = bytes.split_first_chunk::<8>()?;
        Some(Sum { changes: u64::from_be_bytes(*changes), total: u128::from_be_bytes(total.try_into().ok()?) })
    }
}

/// The hash of one item. Names of trees end in a byte that no text holds, and keys say how long they are, so no two
/// items are hashed as the same bytes.
fn weight(tree: &str, key: &[u8], value: &[u8]) -> u128 {
    let mut hash = XxHash3_128::new();
    hash.write(tree.as_bytes());
    hash.write(&[0xFF]);
    hash.write(&(key.len() as u64).to_be_bytes());
    hash.write(key);
    hash.write(value);
    hash.finish_128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_and_went_leaves_nothing_and_order_does_not_matter() {
        let mut one = Sum::default();
        one.add("names", b"a", b"1");
        one.add("lists", b"b", b"");
        let mut other = Sum::default();
        other.add("lists", b"b", b"");
        other.add("due", b"c", b"3");
        other.add("names", b"a", b"1");
        assert_ne!(one, other);
        other.take("due", b"c", b"3");
        assert_eq!(one, other);
        assert_eq!(Sum::parse(&one.bytes()), Some(one));
    }

    #[test]
    fn it_matters_where_a_byte_stands() {
        let sum = |tree: &str, key: &[u8], value: &[u8]| {
            let mut sum = Sum::default();
            sum.add(tree, key, value);
            sum
        };
        let all =
            [sum("names", b"ab", b"c"), sum("names", b"a", b"bc"), sum("name", b"sab", b"c"), sum("due", b"ab", b"c")];
        for (n, one) in all.iter().enumerate() {
            assert!(all[n + 1..].iter().all(|other| other != one));
        }
    }
}
