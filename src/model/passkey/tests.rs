use super::*;
use crate::model::record::{Fate, Record};

fn mira() -> AccountId {
    AccountId::new("mira")
}

fn challenge(name: &str, at: i64) -> Challenge {
    Challenge { digest: SecretDigest::new(name.into()), at: Timestamp(at) }
}

fn key(name: &str, counter: u32, person: Person) -> Passkey {
    Passkey {
        fingerprint: name.into(),
        id: format!("id of {name}"),
        public_key: "k".into(),
        label: "Phone".into(),
        made_at: Timestamp(0),
        used_at: None,
        counter,
        backup: Backup::Never,
        person,
    }
}

fn event(at: i64) -> Event {
    Event::done(Act::FactorAdded, Timestamp(at)).by(mira())
}

fn shown(name: &str, to: Challenge, counter: u32) -> Shown {
    let fingerprint = name.into();
    Shown { fingerprint, challenge: to, counter, backup: Backup::Done, person: Person::Verified }
}

fn with(keys: &[Passkey]) -> Credential {
    keys.iter()
        .enumerate()
        .fold(None, |before, (n, key)| {
            let asked = challenge(&format!("made {n}"), 0);
            let change = Credential::add_passkey(before, (&mira(), "handle"), (key, &asked), event(0));
            Some(put(change.fate))
        })
        .expect("there is one")
}

fn put(fate: Fate<Credential>) -> Credential {
    match fate {
        Fate::Put(credential) => credential,
        fate => panic!("it is kept: {fate:?}"),
    }
}

#[test]
fn ten_are_enough_and_each_has_a_name_of_its_own() {
    let keys: Vec<Passkey> = (0..10).map(|n| key(&format!("key {n}"), 0, Person::Verified)).collect();
    let full = with(&keys);
    assert_eq!(full.names().len(), 10);
    assert_eq!(full.names()[3], passkey_name("key 3"));
    assert_eq!(full.key(), "mira/passkeys");
    let one_more = (&key("another", 0, Person::Verified), &challenge("c", 0));
    let change = Credential::add_passkey(Some(full), (&mira(), "handle"), one_more, event(0));
    assert_eq!((change.outcome, change.fate), (Added::TooMany, Fate::Keep));
}

#[test]
fn a_challenge_makes_one_passkey() {
    let one = with(&[key("one", 0, Person::Verified)]);
    for (name, asked) in
        [("two", challenge("made 0", 0)), ("one", challenge("new", 0)), ("two", challenge("old", -600))]
    {
        let added = (&key(name, 0, Person::Verified), &asked);
        let change = Credential::add_passkey(Some(one.clone()), (&mira(), "handle"), added, event(0));
        assert_eq!((change.outcome, change.fate), (Added::Spent, Fate::Keep), "{name}");
    }
    // Not even after it was taken away again.
    let empty = put(one.remove_passkey("one", (OtherWays::Some, Stands::Alone), event(1)).fate);
    let again = (&key("one", 0, Person::Verified), &challenge("made 0", 0));
    assert_eq!(Credential::add_passkey(Some(empty), (&mira(), "handle"), again, event(1)).outcome, Added::Spent);
}

#[test]
fn a_challenge_is_answered_once() {
    let mut held = with(&[key("one", 0, Person::Present)]);
    let now = Timestamp(100);
    for n in 0..40 {
        let answer = shown("one", challenge(&format!("c{n}"), n), 0);
        let change = held.clone().use_passkey(&answer, now);
        assert_eq!((change.outcome, change.events.len()), (PasskeyUse::Now, 0), "{n}");
        held = put(change.fate);
        for m in 0..=n {
            let again = shown("one", challenge(&format!("c{m}"), m), 0);
            let change = held.clone().use_passkey(&again, now);
            assert_eq!((change.outcome, change.events.len()), (PasskeyUse::Spent, 1), "{m} after {n}");
            assert_eq!(change.fate, Fate::Keep);
        }
        let size = serde_json::to_string(&held).unwrap().len();
        assert!(size < 2_048, "the record stays small: {size}");
    }
    let key = held.passkeys().unwrap().of("one").unwrap();
    assert_eq!((key.used_at, key.backup, key.person), (Some(now), Backup::Done, Person::Verified));
    let late = shown("one", challenge("late", 1_000), 0);
    assert_eq!(held.clone().use_passkey(&late, Timestamp(1_600)).outcome, PasskeyUse::Spent, "ten minutes");
    assert_eq!(held.use_passkey(&late, Timestamp(1_599)).outcome, PasskeyUse::Now);
}

#[test]
fn a_count_that_does_not_grow_lets_nobody_in() {
    for (kept, counter, used) in [
        (0, 0, PasskeyUse::Now),
        (0, 1, PasskeyUse::Now),
        (7, 8, PasskeyUse::Now),
        (7, u32::MAX, PasskeyUse::Now),
        (7, 7, PasskeyUse::Copied),
        (7, 6, PasskeyUse::Copied),
        (7, 0, PasskeyUse::Copied),
    ] {
        let held = with(&[key("one", kept, Person::Verified)]);
        let change = held.use_passkey(&shown("one", challenge("c", 0), counter), Timestamp(1));
        assert_eq!(change.outcome, used, "{counter} after {kept}");
        match change.fate {
            Fate::Put(after) => assert_eq!(after.passkeys().unwrap().keys[0].counter, counter),
            fate => assert_eq!((fate, change.events[0].reason.as_deref()), (Fate::Keep, Some("passkey_copied"))),
        }
    }
    let held = with(&[key("one", 0, Person::Verified)]);
    let gone = held.use_passkey(&shown("two", challenge("c", 0), 1), Timestamp(1));
    assert_eq!((gone.outcome, gone.fate), (PasskeyUse::Gone, Fate::Keep));
}

#[test]
fn one_use_without_a_pin_takes_nothing_away() {
    let held = with(&[key("one", 0, Person::Verified)]);
    let touch = Shown { person: Person::Present, ..shown("one", challenge("c", 0), 0) };
    let after = put(held.use_passkey(&touch, Timestamp(1)).fate);
    assert_eq!(after.passkeys().unwrap().keys[0].person, Person::Verified);
}

#[test]
fn the_last_way_in_is_not_taken_away() {
    let (alone, touch) = (key("alone", 0, Person::Verified), key("touch", 0, Person::Present));
    for (keys, taken, password, removed) in [
        (vec![alone.clone()], "alone", OtherWays::Some, Removed::Now(0)),
        (vec![alone.clone()], "alone", OtherWays::None, Removed::Last),
        (vec![alone.clone(), touch.clone()], "touch", OtherWays::None, Removed::Now(1)),
        // A key that verifies nobody lets nobody in without a password.
        (vec![alone.clone(), touch.clone()], "alone", OtherWays::None, Removed::Last),
        (vec![alone.clone(), key("other", 0, Person::Verified)], "alone", OtherWays::None, Removed::Now(1)),
        (vec![alone.clone()], "unknown", OtherWays::Some, Removed::Unknown),
    ] {
        let change = with(&keys).remove_passkey(taken, (password, Stands::Alone), event(1));
        assert_eq!(change.outcome, removed, "{taken} {password:?}");
        assert_eq!(change.events.len(), usize::from(matches!(removed, Removed::Now(_))));
    }
}

#[test]
fn the_last_one_stays_beside_a_password_that_needs_it() {
    let (one, two) = (key("one", 0, Person::Verified), key("two", 0, Person::Present));
    for (keys, taken, removed) in [
        (vec![one.clone()], "one", Removed::Needed),
        (vec![two.clone()], "two", Removed::Needed),
        (vec![one.clone(), two.clone()], "one", Removed::Now(1)),
        (vec![one.clone()], "two", Removed::Unknown),
    ] {
        let change = with(&keys).remove_passkey(taken, (OtherWays::Some, Stands::BesideFactor), event(1));
        assert_eq!((change.outcome, change.events.len()), (removed, usize::from(removed == Removed::Now(1))));
    }
}

#[test]
fn names_of_passkeys() {
    for good in ["Phone", " Phone ", "李雷的手机", &"x".repeat(64)] {
        assert_eq!(label(good), Some(good.trim()));
    }
    for bad in ["", "  ", "a\nb", "a\u{202e}b", "\u{0}", &"x".repeat(65)] {
        assert_eq!(label(bad), None, "{bad:?}");
    }
}
