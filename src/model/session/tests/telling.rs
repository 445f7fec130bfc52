//! What is told of a standing, and reports of activity.

use super::*;
use crate::protocol::session_status::{LimitWord, ReasonWord, StandingWord, StandingWords};

fn told(
    standing: StandingWord,
    limit: Option<LimitWord>,
    (idle_end, absolute_end, warn_at, until): (Option<i64>, Option<i64>, Option<i64>, Option<i64>),
    reason: Option<ReasonWord>,
) -> StandingWords {
    StandingWords {
        standing,
        limit,
        idle_end: idle_end.map(at),
        absolute_end: absolute_end.map(at),
        warn_at: warn_at.map(at),
        until: until.map(at),
        reason,
    }
}

fn joined(policies: &SessionPolicies, limits: ApplicationLimits) -> Session {
    put(session(policies).join(&visit("bank", limits), &account(), policies, at(0))).0
}

fn report(limits: ApplicationLimits) -> Report {
    Report { client: ClientId::new("bank"), limits, epoch: 0, application_epoch: 0 }
}

#[test]
fn a_session_is_told_with_its_instants() {
    use StandingWord::{Dormant, Expired, Live, Warn};
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    let session = session(&policies);
    let ends = |warn, until| (Some(1_800), Some(7_200), warn, Some(until));
    let (idle, why) = (Some(LimitWord::Idle), Some(ReasonWord::Idle));
    for (now, expected) in [
        (0, told(Live, idle, ends(Some(1_680), 1_800), None)),
        (1_679, told(Live, idle, ends(Some(1_680), 1_800), None)),
        (1_680, told(Warn, idle, ends(Some(1_680), 1_800), None)),
        (1_799, told(Warn, idle, ends(Some(1_680), 1_800), None)),
        (1_800, told(Dormant, idle, ends(None, 5_400), why)),
        (5_399, told(Dormant, idle, ends(None, 5_400), why)),
        (5_400, told(Expired, idle, ends(None, 1_800), why)),
    ] {
        assert_eq!(session.status(&account(), &policies, at(now)), expected, "{now}");
    }
    let never = both(policy(NEVER, NEVER, 120, 3_600));
    let expected = told(Live, None, (None, None, None, None), None);
    assert_eq!(session.status(&account(), &never, at(1 << 40)), expected);
}

#[test]
fn every_ending_is_told_with_its_reason_and_without_limits() {
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    for (reason, word) in [
        (EndReason::SignOut, ReasonWord::SignOut),
        (EndReason::Revoked, ReasonWord::Revoked),
        (EndReason::AccountDisabled, ReasonWord::AccountDisabled),
        (EndReason::CredentialChanged, ReasonWord::CredentialChanged),
    ] {
        let session = joined(&policies, limits(NEVER, NEVER));
        let (session, _) = put(session.end(reason, Event::done(Act::SessionEnded, at(10))));
        let expected = told(StandingWord::Ended, None, (None, None, None, Some(10)), Some(word));
        assert_eq!(session.status(&account(), &policies, at(99_999)), expected);
        let bank = (&ClientId::new("bank"), limits(Some(5), NEVER));
        assert_eq!(session.application_status(bank, &account(), &policies, at(99_999)), Some(expected));
    }
}

#[test]
fn a_part_is_told_with_the_earlier_of_both_ends_and_an_app_without_a_part_with_nothing() {
    use StandingWord::{Dormant, Live};
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    let strict = limits(Some(100), NEVER);
    let session = joined(&policies, strict);
    let bank = ClientId::new("bank");
    let tell = |limits, now| session.application_status((&bank, limits), &account(), &policies, at(now));
    let idle = Some(LimitWord::Idle);
    assert_eq!(tell(strict, 0), Some(told(Live, idle, (Some(100), Some(7_200), Some(50), Some(100)), None)));
    let over = told(Dormant, idle, (Some(100), Some(7_200), None, Some(3_700)), Some(ReasonWord::Idle));
    assert_eq!(tell(strict, 100), Some(over));
    let lax = limits(Some(9_000), Some(9_000));
    assert_eq!(tell(lax, 0), Some(told(Live, idle, (Some(1_800), Some(7_200), Some(1_680), Some(1_800)), None)));
    let other = (&ClientId::new("other"), strict);
    assert_eq!(session.application_status(other, &account(), &policies, at(0)), None);
}

#[test]
fn the_warning_told_is_that_of_the_end_which_decides() {
    // Of the session's own end at 120 an earlier warning is due, at 60, than of the app's at 100, at 90; it never comes.
    let policies = both(policy(Some(120), NEVER, 60, 3_600));
    let mut session = joined(&policies, limits(NEVER, NEVER));
    let bank = ClientId::new("bank");
    session.participants.get_mut(&bank).unwrap().last_active_at = at(80);
    let words = session.application_status((&bank, limits(Some(20), NEVER)), &account(), &policies, at(80)).unwrap();
    assert_eq!((words.standing, words.warn_at, words.until), (StandingWord::Live, Some(at(90)), Some(at(100))));
}

#[test]
fn a_stranger_is_told_of_no_act_elsewhere_and_of_no_credential() {
    use StandingWord::{Dormant, Live};
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    let bank = ClientId::new("bank");
    let tell = |session: &Session, own: ApplicationLimits, now| {
        session.application_status_for_stranger((&bank, own), &account(), &policies, at(now)).unwrap()
    };
    let absolute = Some(LimitWord::Absolute);
    for (own, expected) in [
        (limits(NEVER, NEVER), told(Live, absolute, (None, Some(7_200), Some(7_080), Some(7_200)), None)),
        (
            limits(Some(900), NEVER),
            told(Live, Some(LimitWord::Idle), (Some(900), Some(7_200), Some(780), Some(900)), None),
        ),
    ] {
        let session = joined(&policies, own);
        let mut elsewhere = session.clone();
        elsewhere.last_active_at = at(500);
        for session in [&session, &elsewhere] {
            assert_eq!(tell(session, own, 600), expected);
        }
        let over = tell(&session, own, 1_800);
        assert_eq!((over.standing, over.reason), (Dormant, Some(ReasonWord::Idle)));
    }
    // No warning of an end that it is not told of.
    assert_eq!(tell(&joined(&policies, limits(NEVER, NEVER)), limits(NEVER, NEVER), 1_799).standing, Live);
    for (reason, word) in [
        (EndReason::SignOut, ReasonWord::SignOut),
        (EndReason::Revoked, ReasonWord::Revoked),
        (EndReason::AccountDisabled, ReasonWord::Revoked),
        (EndReason::CredentialChanged, ReasonWord::Revoked),
        (EndReason::Replaced, ReasonWord::Revoked),
    ] {
        let ended = put(joined(&policies, limits(NEVER, NEVER)).end(reason, Event::done(Act::SessionEnded, at(10)))).0;
        assert_eq!(tell(&ended, limits(NEVER, NEVER), 20).reason, Some(word), "{reason:?}");
    }
}

#[test]
fn a_report_moves_both_clocks_at_most_once_in_ten_seconds() {
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    let strict = limits(Some(100), NEVER);
    let session = joined(&policies, strict);
    let act = |session: &Session, now| session.clone().report(&report(strict), &account(), &policies, at(now));
    for now in [-5, 0, 9] {
        let change = act(&session, now);
        assert_eq!((change.fate, change.outcome), (Fate::Keep, Reported::TooOften(at(10))), "{now}");
    }
    let (moved, _) = put(act(&session, 10));
    assert_eq!(moved.last_active_at, at(10));
    assert_eq!(moved.participants[&ClientId::new("bank")].last_active_at, at(10));
    assert_eq!(act(&moved, 19).outcome, Reported::TooOften(at(20)));
    let (again, _) = put(act(&moved, 109));
    assert_eq!(
        again.application_status((&ClientId::new("bank"), strict), &account(), &policies, at(109)).map(|w| w.until),
        Some(Some(at(209)))
    );
    assert_eq!(moved.authentication().auth_time, at(0), "no report is an authentication");
}

#[test]
fn a_report_moves_nothing_that_is_over_or_another_life() {
    let policies = both(policy(Some(1_800), Some(7_200), 120, 3_600));
    let strict = limits(Some(100), NEVER);
    let session = joined(&policies, strict);
    let over = |session: &Session, report: Report, now| {
        let change = session.clone().report(&report, &account(), &policies, at(now));
        assert_eq!((change.fate, change.outcome), (Fate::Keep, Reported::Over), "{report:?} at {now}");
    };
    over(&session, report(strict), 100);
    over(&session, report(limits(NEVER, NEVER)), 1_800);
    over(&session, Report { epoch: 1, ..report(strict) }, 50);
    over(&session, Report { application_epoch: 1, ..report(strict) }, 50);
    over(&session, Report { client: ClientId::new("other"), ..report(strict) }, 50);
    let left = put(session.clone().leave(&ClientId::new("bank"), at(20))).0;
    over(&left, report(strict), 50);
    let ended = put(session.end(EndReason::SignOut, Event::done(Act::SessionEnded, at(20)))).0;
    over(&ended, report(strict), 50);
}

proptest! {
    /// Words and verdict never differ, and the warning comes exactly when it was told.
    #[test]
    fn words_follow_the_verdict(
        idle in proptest::option::of(1_u64..500), max in proptest::option::of(1_u64..500),
        own in proptest::option::of(1_u64..500), warn in 0_u64..200, window in 0_u64..300, now in 0_i64..1_500,
    ) {
        let policies = both(policy(idle, max, warn, window));
        let strict = limits(own, NEVER);
        let session = joined(&policies, strict);
        let bank = ClientId::new("bank");
        let whole = session.standing(&account(), &policies, at(now));
        let part = session.application_standing(&bank, strict, whole, &policies, at(now)).unwrap();
        let words = session.application_status((&bank, strict), &account(), &policies, at(now)).unwrap();
        for (verdict, words) in [(whole, session.status(&account(), &policies, at(now))), (part, words)] {
            let nearest = words.idle_end.into_iter().chain(words.absolute_end).min();
            match verdict {
                Standing::Live { until, .. } => {
                    prop_assert_eq!((words.standing, words.until), (StandingWord::Live, until));
                    prop_assert!(words.warn_at.is_none_or(|warn_at| at(now) < warn_at));
                    prop_assert_eq!(until, nearest);
                }
                Standing::Warn { until, .. } => {
                    prop_assert_eq!((words.standing, words.until), (StandingWord::Warn, Some(until)));
                    prop_assert!(words.warn_at.is_some_and(|warn_at| warn_at <= at(now)));
                    prop_assert_eq!(Some(until), nearest);
                }
                Standing::Dormant { until, .. } => {
                    prop_assert_eq!((words.standing, words.until), (StandingWord::Dormant, Some(until)));
                    prop_assert!(words.reason.is_some() && words.warn_at.is_none());
                }
                Standing::Expired { since, .. } => {
                    prop_assert_eq!((words.standing, words.until), (StandingWord::Expired, Some(since)));
                    prop_assert!(words.reason.is_some() && words.warn_at.is_none());
                }
                Standing::Ended { .. } => prop_assert!(false, "nobody ended it"),
            }
        }
    }
}
