//! Standing as a table and as properties, the conditions of restoring each violated alone, and what ends do.

use super::restoring::{Withheld, restorable};
use super::{
    ApplicationSession, Authority, Ending, Identity, Keepsakes, Limit, Means, Reason, Standing, Tokens, Touched,
};
use crate::clock::Instant;
use crate::policy::Policy;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

const T0: Instant = 1_800_000_000;

fn policy(idle: Option<u64>, max: Option<u64>) -> Policy {
    Policy {
        idle_timeout: idle.map(Duration::from_secs),
        max_lifetime: max.map(Duration::from_secs),
        warn_before: Duration::from_secs(60),
        restore_window: Duration::from_secs(3600),
    }
}

fn made_of(claims: Value) -> Identity {
    Identity::made_of(claims).unwrap()
}

fn session(claims: Value) -> ApplicationSession {
    let mut all = json!({"iss": "https://id.example", "sub": "mira", "sid": "s1", "auth_time": T0});
    let all = all.as_object_mut().expect("an object");
    all.extend(claims.as_object().cloned().unwrap_or_default());
    ApplicationSession::begin(made_of(Value::Object(all.clone())), Tokens::default(), T0)
}

fn ended(at: Instant, reason: Reason, until: Option<Instant>) -> Ending {
    Ending { at: T0 + at, reason, until: until.map(|until| T0 + until) }
}

#[test]
fn standing_as_a_table() {
    let bank = policy(Some(120), Some(600));
    let lax = policy(None, None);
    let live = |until: Instant, limit| Standing::Live { until: Some(T0 + until), limit: Some(limit) };
    let warn = |until: Instant, limit| Standing::Warn { until: T0 + until, limit };
    let dormant =
        |since: Instant, limit, until: Instant| Standing::Dormant { since: T0 + since, limit, until: T0 + until };
    let expired = |since: Instant, limit| Standing::Expired { since: T0 + since, limit };
    let forever = Standing::Live { until: None, limit: None };
    let over = |at: Instant, reason| Standing::Ended { at: T0 + at, reason };
    type Case = (&'static str, Policy, Value, Instant, Option<Ending>, Instant, Standing);
    let cases: Vec<Case> = vec![
        ("never ends", lax, json!({}), 0, None, 1 << 40, forever),
        ("fresh", bank, json!({}), 0, None, 59, live(120, Limit::Idle)),
        ("half of the limit is the most to warn", bank, json!({}), 0, None, 60, warn(120, Limit::Idle)),
        ("the last second", bank, json!({}), 0, None, 119, warn(120, Limit::Idle)),
        ("its end is over", bank, json!({}), 0, None, 120, dormant(120, Limit::Idle, 3720)),
        ("inside the window", bank, json!({}), 0, None, 3719, dormant(120, Limit::Idle, 3720)),
        ("after the window", bank, json!({}), 0, None, 3720, expired(120, Limit::Idle)),
        ("activity moves idle", bank, json!({}), 100, None, 159, live(220, Limit::Idle)),
        (
            "activity does not move the absolute end",
            bank,
            json!({}),
            590,
            None,
            600,
            dormant(600, Limit::Absolute, 4200),
        ),
        (
            "of two ends at once the one that cannot be moved",
            bank,
            json!({}),
            480,
            None,
            541,
            warn(600, Limit::Absolute),
        ),
        ("the provider's end", lax, json!({"session_expiry": T0 + 300}), 0, None, 240, warn(300, Limit::Absolute)),
        ("is an end", lax, json!({"session_expiry": T0 + 300}), 0, None, 300, dormant(300, Limit::Absolute, 3900)),
        (
            "ours can be stricter",
            bank,
            json!({"session_expiry": T0 + 9000}),
            0,
            None,
            130,
            dormant(120, Limit::Idle, 3720),
        ),
        (
            "ours cannot be laxer",
            bank,
            json!({"session_expiry": T0 + 60}),
            0,
            None,
            70,
            dormant(60, Limit::Absolute, 3660),
        ),
        (
            "an older authentication",
            bank,
            json!({"auth_time": T0 - 590}),
            0,
            None,
            10,
            dormant(10, Limit::Absolute, 3610),
        ),
        (
            "one from the future is one of now",
            bank,
            json!({"auth_time": T0 + 900}),
            560,
            None,
            600,
            dormant(600, Limit::Absolute, 4200),
        ),
        ("signed out", bank, json!({}), 0, Some(ended(5, Reason::SignOut, None)), 6, over(5, Reason::SignOut)),
        (
            "idle at the provider, never to come back",
            lax,
            json!({}),
            0,
            Some(ended(5, Reason::Idle, None)),
            6,
            over(5, Reason::Idle),
        ),
        (
            "idle at the provider",
            lax,
            json!({}),
            0,
            Some(ended(5, Reason::Idle, Some(50))),
            6,
            dormant(5, Limit::Idle, 50),
        ),
        ("until then", lax, json!({}), 0, Some(ended(5, Reason::Idle, Some(50))), 50, expired(5, Limit::Idle)),
        (
            "no longer than our own window",
            lax,
            json!({}),
            0,
            Some(ended(5, Reason::Absolute, Some(1 << 30))),
            3605,
            expired(5, Limit::Absolute),
        ),
        (
            "our limit came first",
            bank,
            json!({}),
            0,
            Some(ended(200, Reason::Idle, Some(5000))),
            210,
            dormant(120, Limit::Idle, 3720),
        ),
        ("let go", lax, json!({}), 0, Some(ended(5, Reason::LetGo, None)), 6, dormant(5, Limit::Provider, 3605)),
    ];
    for (case, policy, claims, active, ending, now, expected) in cases {
        let mut session = session(claims);
        session.active_at = T0 + active;
        session.ending = ending;
        assert_eq!(session.standing(&policy, T0 + now), expected, "{case}");
    }
}

proptest! {
    #[test]
    fn never_live_after_an_end_and_never_back_by_itself(
        idle in prop::option::of(1_u64..5000),
        max in prop::option::of(1_u64..20_000),
        expiry in prop::option::of(1_i64..20_000),
        steps in prop::collection::vec((0_i64..3000, any::<bool>()), 1..40),
    ) {
        let policy = policy(idle, max);
        let mut session = session(expiry.map_or(json!({}), |at| json!({"session_expiry": T0 + at})));
        let (mut now, mut over, mut last_act) = (T0, false, T0);
        for (pause, is_person) in steps {
            now += pause;
            if is_person {
                if session.touch(&policy, now) == Touched::Moved {
                    last_act = now;
                }
            } else {
                session.renew(None, Tokens::default(), Means::Refresh, now);
            }
            prop_assert_eq!(session.active_at, last_act, "a machine moved the person's clock");
            let good = session.standing(&policy, now).authority() == Authority::Good;
            prop_assert!(!(good && over), "came back by itself");
            over = !good;
            if good {
                prop_assert!(idle.is_none_or(|idle| now < last_act + i64::try_from(idle).unwrap()));
                prop_assert!(max.is_none_or(|max| now < T0 + i64::try_from(max).unwrap()));
                prop_assert!(expiry.is_none_or(|expiry| now < T0 + expiry));
            }
        }
    }

    #[test]
    fn standing_only_moves_on(idle in 1_u64..5000, instants in prop::collection::vec(0_i64..20_000, 2..20)) {
        let policy = policy(Some(idle), None);
        let session = session(json!({}));
        let mut instants = instants;
        instants.sort_unstable();
        let order = ["live", "warn", "dormant", "expired"];
        let mut furthest = 0;
        for at in instants {
            let word = session.standing(&policy, T0 + at).word();
            let place = order.iter().position(|each| *each == word).unwrap();
            prop_assert!(place >= furthest);
            furthest = place;
        }
    }
}

#[test]
fn an_act_is_written_once_per_step() {
    let (bank, mut session) = (policy(Some(120), None), session(json!({})));
    assert_eq!(session.touch(&bank, T0 + 1), Touched::Left);
    assert_eq!(session.touch(&bank, T0 + 2), Touched::Moved);
    assert_eq!(session.touch(&bank, T0 + 122), Touched::Left, "a passed limit is not moved");
    assert_eq!(session.active_at, T0 + 2);
}

#[test]
fn restoring_with_each_condition_violated_alone() {
    let bank = policy(Some(120), None);
    let good =
        json!({"iss": "https://id.example", "sub": "mira", "sid": "s2", "prev_sid": "s1", "auth_time": T0 + 130});
    let kept = session(json!({}));
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        if claims[name].is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
        made_of(claims)
    };
    type Case = (&'static str, Identity, Instant, Option<Ending>, Result<(), Withheld>);
    let cases: Vec<Case> = vec![
        ("all hold", made_of(good.clone()), 140, None, Ok(())),
        ("a provider without prev_sid", changed("prev_sid", Value::Null), 140, None, Ok(())),
        ("another subject", changed("sub", json!("otto")), 140, None, Err(Withheld::OtherPerson)),
        ("another issuer", changed("iss", json!("https://evil.example")), 140, None, Err(Withheld::OtherPerson)),
        ("authenticated before", changed("auth_time", json!(T0 + 119)), 140, None, Err(Withheld::NotFresh)),
        ("authenticated at that instant", changed("auth_time", json!(T0 + 120)), 140, None, Err(Withheld::NotFresh)),
        ("no auth_time", changed("auth_time", Value::Null), 140, None, Err(Withheld::NotFresh)),
        ("continues another session", changed("prev_sid", json!("s0")), 140, None, Err(Withheld::OtherSession)),
        (
            "still the same session, which continued another one before",
            made_of(
                json!({"iss": "https://id.example", "sub": "mira", "sid": "s1", "prev_sid": "s0", "auth_time": T0 + 130}),
            ),
            140,
            None,
            Ok(()),
        ),
        ("continues no text", changed("prev_sid", json!(7)), 140, None, Err(Withheld::OtherSession)),
        ("too late", made_of(good.clone()), 3720, None, Err(Withheld::WindowClosed)),
        ("signed out", made_of(good.clone()), 140, Some(ended(130, Reason::SignOut, None)), Err(Withheld::Ended)),
        ("withdrawn", made_of(good.clone()), 140, Some(ended(130, Reason::Revoked, None)), Err(Withheld::Ended)),
        ("live, the same person", changed("auth_time", json!(T0)), 10, None, Ok(())),
        ("live, another person", changed("sub", json!("otto")), 10, None, Err(Withheld::OtherPerson)),
    ];
    for (case, fresh, now, ending, expected) in cases {
        let mut kept = kept.clone();
        kept.ending = ending;
        let standing = kept.standing(&bank, T0 + now);
        assert_eq!(restorable(&kept, standing, &fresh), expected, "{case}");
    }
}

#[test]
fn a_real_end_drops_everything_and_stays() {
    let lax = policy(None, None);
    let mut one = session(json!({}));
    one.keepsakes.set_state("cart", &3).unwrap();
    one.end(ended(10, Reason::Idle, Some(500)));
    assert!(!one.keepsakes.is_empty(), "a timeout keeps what may come back");
    one.end(ended(20, Reason::SignOut, None));
    assert_eq!(one.keepsakes, Keepsakes::default());
    one.end(ended(30, Reason::Idle, Some(500)));
    assert_eq!(one.standing(&lax, T0 + 40), Standing::Ended { at: T0 + 20, reason: Reason::SignOut });
    one.renew(None, Tokens::default(), Means::Refresh, T0 + 50);
    assert_eq!(one.standing(&lax, T0 + 60).authority(), Authority::Over, "no token brings it back");
}

#[test]
fn what_was_let_go_of_comes_back_by_a_renewal_unless_its_own_limit_passed() {
    let bank = policy(Some(120), None);
    let mut session = session(json!({}));
    session.end(ended(10, Reason::LetGo, None));
    assert_eq!(session.standing(&bank, T0 + 11).authority(), Authority::Over);
    session.renew(None, Tokens::default(), Means::PromptNone, T0 + 12);
    assert_eq!(session.standing(&bank, T0 + 13).authority(), Authority::Good);
    assert_eq!(session.standing(&bank, T0 + 120).authority(), Authority::Over);
    session.renew(None, Tokens::default(), Means::PromptNone, T0 + 121);
    assert_eq!(session.standing(&bank, T0 + 122).authority(), Authority::Over);
}

#[test]
fn a_year_of_acts_every_29_minutes() {
    let policy = policy(Some(1800), None);
    let mut session = session(json!({}));
    let mut now = T0;
    while now < T0 + 365 * 86_400 {
        now += 29 * 60;
        assert_eq!(session.touch(&policy, now), Touched::Moved);
    }
    assert_eq!(session.standing(&policy, now + 29 * 60).authority(), Authority::Good);
    assert_eq!(session.standing(&policy, now + 31 * 60).word(), "dormant");
}
