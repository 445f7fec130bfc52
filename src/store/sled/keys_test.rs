//! Property tests of the key encodings: order is preserved, nothing is ambiguous, what goes in comes out.

use super::*;
use proptest::prelude::*;

/// Strings that like to break encodings: zero bytes, the bytes of the closing mark, the empty string, prefixes.
fn awkward() -> impl Strategy<Value = String> {
    prop_oneof!["[\u{0}\u{1}ab\u{ff}]{0,6}", any::<String>()]
}

fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

fn any_due() -> impl Strategy<Value = Due> {
    (any::<i64>(), any_kind(), awkward()).prop_map(|(at, kind, key)| Due { at: Timestamp(at), kind, key })
}

fn any_row() -> impl Strategy<Value = Row> {
    (proptest::sample::select(vec!["a", "ab", "a\0b", ""]), awkward(), awkward()).prop_map(|(list, group, order)| Row {
        list,
        group,
        order,
    })
}

proptest! {
    #[test]
    fn rows_sort_by_list_group_order_and_key(a in any_row(), b in any_row(), x in awkward(), y in awkward()) {
        let as_text = (a.list, &a.group, &a.order, &x).cmp(&(b.list, &b.group, &b.order, &y));
        prop_assert_eq!(row(&a, &x).cmp(&row(&b, &y)), as_text);
    }

    #[test]
    fn a_row_lies_in_its_group_and_names_its_owner(r in any_row(), owner in awkward()) {
        let (key, group) = (row(&r, &owner), group(r.list, &r.group));
        prop_assert!(key > group && key < behind(&group));
        prop_assert_eq!(row_owner(&key[group.len()..]), Some(owner));
    }

    #[test]
    fn a_row_lies_in_no_other_group(r in any_row(), owner in awkward(), list in "[a\u{0}b]{0,3}", other in awkward()) {
        prop_assume!((list.as_str(), &other) != (r.list, &r.group));
        prop_assert!(!row(&r, &owner).starts_with(&group(&list, &other)));
    }

    #[test]
    fn appointments_sort_by_time_and_come_back(a in any_due(), b in any_due()) {
        prop_assert_eq!(due_of(&due(&a)), Some(a.clone()));
        let order = (a.at, a.kind.name(), &a.key).cmp(&(b.at, b.kind.name(), &b.key));
        prop_assert_eq!(due(&a).cmp(&due(&b)), order);
    }

    #[test]
    fn different_names_have_different_keys(k in any_kind(), l in any_kind(), v in awkward(), w in awkward()) {
        let names = [Name { sort: "s", value: v.clone() }, Name { sort: "s\0", value: w.clone() }, Name { sort: "s", value: w }];
        prop_assert_ne!(name(k, &names[0]), name(l, &names[1]));
        prop_assert_eq!(name(k, &names[0]) == name(l, &names[2]), k == l && v == names[2].value);
    }

    #[test]
    fn events_sort_by_time_then_by_the_order_they_came(a in any::<(i64, u32, u64)>(), b in any::<(i64, u32, u64)>()) {
        let key = |(at, start, count)| event(Timestamp(at), Serial(start, count));
        prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
    }

    #[test]
    fn cursors_are_printable_and_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let made = cursor(&bytes);
        prop_assert!(made.0.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        prop_assert_eq!(place(&made), Some(bytes));
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), text in any::<String>()) {
        let _ = (due_of(&bytes), row_owner(&bytes), place(&Cursor(text)));
    }
}
