//! Facts × policy × instant → verdict.

use super::activity::{Activity, Counts};
use super::application::{ApplicationSession, Asking, Entry, Epochs};
use super::policy::{ApplicationLimits, Remember, SessionPolicies, SessionPolicy, touch_step};
use super::standing::{Authority, EndReason, LimitKind, Standing};
use super::*;
use crate::model::account::EpochReason;
use crate::model::audit::{Act, Event};
use crate::model::record::{Change, Fate};
use crate::protocol::duration::Limit;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

mod telling;

const T0: i64 = 1_000_000;
const NEVER: Option<u64> = None;
const ACTIVITIES: [Activity; 7] = [
    Activity::FormPosted,
    Activity::PageUsed,
    Activity::StayedSignedIn,
    Activity::AuthorizationByPerson,
    Activity::Reported,
    Activity::CountedRefresh,
    Activity::Machine,
];

fn at(offset: i64) -> Timestamp {
    Timestamp(T0 + offset)
}

fn limit(seconds: Option<u64>) -> Limit {
    seconds.map_or(Limit::Never, |seconds| Limit::After(Duration::from_secs(seconds)))
}

fn policy(idle: Option<u64>, max: Option<u64>, warn: u64, window: u64) -> SessionPolicy {
    SessionPolicy {
        idle_timeout: limit(idle),
        max_lifetime: limit(max),
        warn_before: Duration::from_secs(warn),
        reconstitution_window: Duration::from_secs(window),
    }
}

fn both(policy: SessionPolicy) -> SessionPolicies {
    SessionPolicies { ordinary: policy, remembered: policy }
}

fn limits(idle: Option<u64>, max: Option<u64>) -> ApplicationLimits {
    ApplicationLimits { idle_timeout: limit(idle), max_lifetime: limit(max) }
}

pub(crate) fn account() -> Account {
    Account {
        id: AccountId::new("mira"),
        username: "mira".into(),
        claims: Default::default(),
        roles: Default::default(),
        groups: Default::default(),
        created_at: at(-1_000),
        epoch: 3,
        epoch_raised: None,
        disabled_at: None,
        leaving_at: None,
        made_by_link: None,
        links: Vec::new(),
        address: None,
        password: Default::default(),
        picture: None,
    }
}

fn facts(now: Timestamp) -> AuthenticationFacts {
    AuthenticationFacts { auth_time: now, acr: "1".into(), amr: vec!["pwd".into()] }
}

/// A session that began at `at(0)`.
fn session(policies: &SessionPolicies) -> Session {
    let birth = Birth {
        id: SessionId::new("s"),
        at: at(0),
        authentication: facts(at(0)),
        resting: None,
        remember: Remember::No,
        secret: SecretDigest::new("first".into()),
        silent: None,
        device: Device::default(),
    };
    put(Session::begin(birth, &account(), policies)).0
}

fn put<O>(change: Change<Session, O>) -> (Session, O) {
    match change.fate {
        Fate::Put(session) => (session, change.outcome),
        _ => panic!("nothing was written"),
    }
}

/// The session after a change, written or not.
fn after<O>(before: &Session, change: Change<Session, O>) -> (Session, O) {
    match change.fate {
        Fate::Put(session) => (session, change.outcome),
        Fate::Keep => (before.clone(), change.outcome),
        Fate::Delete => panic!("nothing here forgets a session"),
    }
}

fn wish(client: &str, limits: ApplicationLimits, asking: Asking, activity: Activity) -> Join {
    Join { client: ClientId::new(client), limits, asking, activity }
}

fn visit(client: &str, limits: ApplicationLimits) -> Join {
    wish(client, limits, Asking::Visibly, Activity::AuthorizationByPerson)
}

use LimitKind::{Absolute, Idle};

fn live(until: i64, limit: LimitKind) -> Standing {
    Standing::Live { until: Some(at(until)), limit: Some(limit) }
}

fn warn(until: i64, limit: LimitKind) -> Standing {
    Standing::Warn { until: at(until), limit }
}

fn dormant(since: i64, limit: LimitKind, until: i64) -> Standing {
    Standing::Dormant { since: at(since), limit, until: at(until) }
}

fn expired(since: i64, limit: LimitKind) -> Standing {
    Standing::Expired { since: at(since), limit }
}

const FOREVER: Standing = Standing::Live { until: None, limit: None };

#[test]
fn the_standing_of_a_session() {
    let usual = policy(Some(1_800), Some(28_800), 120, 86_400);
    let no_idle = policy(NEVER, Some(28_800), 120, 86_400);
    let no_max = policy(Some(1_800), NEVER, 120, 86_400);
    let no_window = policy(Some(1_800), Some(28_800), 120, 0);
    let no_warning = policy(Some(1_800), Some(28_800), 0, 86_400);
    let timid = policy(Some(100), Some(300), 10_000, 0);
    // policy, last authentication, last act, instant → verdict
    let table = [
        (usual, 0, 0, 0, live(1_800, Idle)),
        (usual, 0, 0, 1_679, live(1_800, Idle)),
        (usual, 0, 0, 1_680, warn(1_800, Idle)),
        (usual, 0, 0, 1_799, warn(1_800, Idle)),
        // Half-open: at its end a limit has passed.
        (usual, 0, 0, 1_800, dormant(1_800, Idle, 88_200)),
        (usual, 0, 0, 88_199, dormant(1_800, Idle, 88_200)),
        (usual, 0, 0, 88_200, expired(1_800, Idle)),
        (usual, 0, 0, 9_999_999, expired(1_800, Idle)),
        // Activity moves the one limit and not the other.
        (usual, 0, 27_500, 27_500, live(28_800, Absolute)),
        (usual, 0, 28_000, 28_679, live(28_800, Absolute)),
        (usual, 0, 28_799, 28_680, warn(28_800, Absolute)),
        (usual, 0, 28_799, 28_800, dormant(28_800, Absolute, 115_200)),
        (usual, 0, 28_799, 115_200, expired(28_800, Absolute)),
        // Of two ends at one instant the one that activity cannot move.
        (usual, 0, 27_000, 28_000, live(28_800, Absolute)),
        (usual, 0, 27_000, 28_800, dormant(28_800, Absolute, 115_200)),
        // Authenticating again moves it.
        (usual, 20_000, 28_799, 28_800, live(30_599, Idle)),
        (usual, 20_000, 48_000, 48_800, dormant(48_800, Absolute, 135_200)),
        (no_idle, 0, 0, 28_679, live(28_800, Absolute)),
        (no_idle, 0, 0, 28_680, warn(28_800, Absolute)),
        (no_idle, 0, 0, 28_800, dormant(28_800, Absolute, 115_200)),
        (no_max, 0, 9_999_000, 9_999_001, live(10_000_800, Idle)),
        (no_max, 0, 9_999_000, 10_000_800, dormant(10_000_800, Idle, 10_087_200)),
        (policy(NEVER, NEVER, 120, 0), 0, 0, 0, FOREVER),
        (policy(NEVER, NEVER, 120, 0), 0, 0, 9_999_999_999, FOREVER),
        // Without a window a limit that has passed has passed for good.
        (no_window, 0, 0, 1_799, warn(1_800, Idle)),
        (no_window, 0, 0, 1_800, expired(1_800, Idle)),
        (no_warning, 0, 0, 1_799, live(1_800, Idle)),
        (no_warning, 0, 0, 1_800, dormant(1_800, Idle, 88_200)),
        // A limit warns at half of itself at the earliest.
        (timid, 0, 0, 49, live(100, Idle)),
        (timid, 0, 0, 50, warn(100, Idle)),
        (timid, 0, 250, 260, warn(300, Absolute)),
        // A clock that was set back makes nobody older than they are.
        (usual, 0, 0, -5_000, live(1_800, Idle)),
    ];
    for (policy, authenticated, active, now, verdict) in table {
        let policies = both(policy);
        let mut session = session(&policies);
        session.authentications = vec![facts(at(authenticated))];
        session.last_active_at = at(active);
        let case = format!("{policy:?}, authenticated {authenticated}, active {active}, at {now}");
        assert_eq!(session.standing(&account(), &policies, at(now)), verdict, "{case}");
        let good = matches!(verdict, Standing::Live { .. } | Standing::Warn { .. });
        assert_eq!(verdict.authority() == Authority::Good, good, "{case}");
    }
}

#[test]
fn the_margin_of_a_warning() {
    for (idle, warn_before, from) in [
        (1_800, 120, 1_680),
        (240, 120, 120),
        (239, 120, 120),
        (200, 120, 100),
        (10, 120, 5),
        (2, 120, 1),
        (1, 120, 1),
        (100, 0, 100),
    ] {
        let policies = both(policy(Some(idle), NEVER, warn_before, 0));
        let session = session(&policies);
        for now in 0..i64::try_from(idle).unwrap() {
            let warned = matches!(session.standing(&account(), &policies, at(now)), Standing::Warn { .. });
            assert_eq!(warned, now >= from, "idle {idle}, warn {warn_before}, at {now}");
        }
    }
}

#[test]
fn a_kept_session_has_the_longer_policy() {
    let policies = SessionPolicies {
        ordinary: policy(Some(100), Some(1_000), 0, 0),
        remembered: policy(Some(5_000), NEVER, 0, 0),
    };
    let mut session = session(&policies);
    assert_eq!(session.standing(&account(), &policies, at(100)).authority(), Authority::Over);
    session.remember = Remember::Yes;
    assert_eq!(session.standing(&account(), &policies, at(100)), live(5_000, Idle));
}

#[test]
fn what_the_account_tells_ends_a_session() {
    let policies = both(policy(NEVER, NEVER, 0, 0));
    let session = session(&policies);
    let event = || Event::done(Act::AccountChanged, at(50));
    let written = |change: Change<Account, ()>| match change.fate {
        Fate::Put(account) => account,
        _ => panic!("nothing was written"),
    };
    for (why, reason) in [
        (EpochReason::SignOut, EndReason::SignOut),
        (EpochReason::Revoked, EndReason::Revoked),
        (EpochReason::CredentialChanged, EndReason::CredentialChanged),
        (EpochReason::AccountDisabled, EndReason::AccountDisabled),
    ] {
        let raised = written(account().raise_epoch(why, event()));
        // From that write on, whatever the clock of the one who asks says.
        for now in [0, 49, 50, 9_999_999] {
            assert_eq!(session.standing(&raised, &policies, at(now)), Standing::Ended { at: at(50), reason });
        }
    }
    let disabled = written(account().disable(event()));
    let ended = Standing::Ended { at: at(50), reason: EndReason::AccountDisabled };
    assert_eq!(session.standing(&disabled, &policies, at(60)), ended);
    let enabled = written(disabled.enable(event()));
    assert_eq!(session.standing(&enabled, &policies, at(70)), ended, "what ended stays ended");
    let anew = Session::begin(
        Birth {
            id: SessionId::new("t"),
            at: at(80),
            authentication: facts(at(80)),
            resting: None,
            remember: Remember::No,
            secret: SecretDigest::new("x".into()),
            silent: None,
            device: Device::default(),
        },
        &enabled,
        &policies,
    );
    assert_eq!(put(anew).0.standing(&enabled, &policies, at(90)), FOREVER);
    // Somebody else's record, and one that was set back.
    for stranger in [Account { id: AccountId::new("otto"), ..account() }, Account { epoch: 2, ..account() }] {
        assert_eq!(session.standing(&stranger, &policies, at(1)).authority(), Authority::Over);
    }
    // An ending of its own comes first.
    let (session, _) = put(session.end(EndReason::SignOut, Event::done(Act::SessionEnded, at(10))));
    assert_eq!(
        session.standing(&enabled, &policies, at(99)),
        Standing::Ended { at: at(10), reason: EndReason::SignOut }
    );
}

#[test]
fn which_acts_move_the_clock() {
    for (activity, counts) in ACTIVITIES.into_iter().zip([
        Counts::Session,
        Counts::Session,
        Counts::Session,
        Counts::SessionAndApplication,
        Counts::SessionAndApplication,
        Counts::Application,
        Counts::Nothing,
    ]) {
        assert_eq!(activity.counts(), counts);
        let policies = both(policy(Some(1_800), NEVER, 120, 86_400));
        let moves = matches!(counts, Counts::Session | Counts::SessionAndApplication);
        let before = session(&policies);
        let (session, outcome) = after(&before, before.clone().touch(activity, &account(), &policies, at(1_700)));
        assert_eq!(session.last_active_at, at(if moves { 1_700 } else { 0 }), "{activity:?}");
        let standing = if moves { live(3_500, Idle) } else { warn(1_800, Idle) };
        assert_eq!(outcome, Touched::Live(standing), "{activity:?}");
        // Nothing moves a limit that has passed.
        for now in [1_800, 1_801, 99_999] {
            let change = before.clone().touch(activity, &account(), &policies, at(now));
            assert_eq!(change.fate, Fate::Keep, "{activity:?} at {now}");
            assert!(matches!(change.outcome, Touched::Over(_)));
        }
    }
}

#[test]
fn touching_writes_once_per_step() {
    for (idle, step) in
        [(Some(1_800), 30), (Some(7_200), 30), (Some(600), 10), (Some(60), 1), (Some(30), 1), (NEVER, 30)]
    {
        let policies = both(policy(idle, NEVER, 0, 0));
        let before = session(&policies);
        for now in 0..=29 {
            let change = before.clone().touch(Activity::PageUsed, &account(), &policies, at(now));
            assert_eq!(change.fate != Fate::Keep, now >= step, "idle {idle:?} at {now}");
        }
        assert!(touch_step(limit(idle)) <= Duration::from_secs(30));
    }
    // A clock that was set back moves nothing back.
    let policies = both(policy(Some(1_800), NEVER, 0, 0));
    let change = session(&policies).touch(Activity::PageUsed, &account(), &policies, at(-500));
    assert_eq!(change.fate, Fate::Keep);
}

#[test]
fn authenticating_again_is_a_fact_of_the_whole_session() {
    let policies = SessionPolicies {
        ordinary: policy(Some(1_800), Some(3_600), 0, 86_400),
        remembered: policy(NEVER, NEVER, 0, 0),
    };
    let act = |now: i64, remember: Remember| Reauthentication {
        at: at(now),
        authentication: facts(at(now)),
        resting: None,
        remember,
        secret: SecretDigest::new(format!("at {now}")),
        silent: None,
        device: Device::default(),
    };
    let first = session(&policies);
    let (first, _) = put(first.join(&visit("a", limits(Some(60), Some(60))), &account(), &policies, at(0)));
    let (second, outcome) = put(first.clone().reauthenticate(act(1_000, Remember::No), &account(), &policies));
    assert_eq!(outcome, Touched::Live(live(2_800, Idle)));
    assert_eq!((second.authentication().auth_time, second.last_active_at), (at(1_000), at(1_000)));
    assert_ne!(second.secret, first.secret, "a new secret at every authentication");
    assert_eq!(
        (second.epoch, &second.participants),
        (first.epoch, &first.participants),
        "no application session moves by itself"
    );
    for now in [1_800, 88_199, 88_200] {
        let change = first.clone().reauthenticate(act(now, Remember::No), &account(), &policies);
        assert_eq!(change.fate, Fate::Keep, "a limit that has passed is not cured by this");
        assert!(matches!(change.outcome, Touched::Over(_)));
    }
    // Once kept it stays kept.
    let (kept, _) = put(second.clone().reauthenticate(act(1_100, Remember::Yes), &account(), &policies));
    let (kept, _) = put(kept.reauthenticate(act(1_200, Remember::No), &account(), &policies));
    assert_eq!(kept.remember, Remember::Yes);
    // The first authentication and the latest ones are remembered, and no more.
    let mut many = second;
    for number in 0..100 {
        many = put(many.reauthenticate(act(1_001 + number, Remember::No), &account(), &policies)).0;
    }
    assert_eq!(many.authentications.len(), MAX_AUTHENTICATIONS);
    assert_eq!(many.authentications[0].auth_time, at(0));
    assert_eq!(many.authentication().auth_time, at(1_100));
}

#[test]
fn ending_happens_once() {
    let policies = both(policy(Some(1_800), NEVER, 0, 86_400));
    let mut session = session(&policies);
    for client in ["a", "b"] {
        session = put(session.join(&visit(client, limits(NEVER, NEVER)), &account(), &policies, at(0))).0;
    }
    let event = |now: i64| Event::done(Act::SessionEnded, at(now));
    let (ended, outcome) = put(session.end(EndReason::Revoked, event(10)));
    assert_eq!(
        outcome,
        Ended::Now(vec![ClientId::new("a"), ClientId::new("b")]),
        "exactly those who took part are told"
    );
    let again = ended.clone().end(EndReason::SignOut, event(20));
    assert_eq!((again.outcome, again.fate, again.events.len()), (Ended::Before, Fate::Keep, 0));
    let over = Standing::Ended { at: at(10), reason: EndReason::Revoked };
    for now in [0, 9, 10, 99_999_999] {
        assert_eq!(ended.standing(&account(), &policies, at(now)), over);
    }
    let join = ended.clone().join(&visit("c", limits(NEVER, NEVER)), &account(), &policies, at(11));
    assert_eq!((join.fate, join.outcome), (Fate::Keep, Joined::Over(over)), "join after end is refused");
    let touch = ended.clone().touch(Activity::PageUsed, &account(), &policies, at(11));
    assert_eq!((touch.fate, touch.outcome), (Fate::Keep, Touched::Over(over)));
    for client in ["a", "b"] {
        let part = ended.application_standing(&ClientId::new(client), limits(NEVER, NEVER), over, &policies, at(11));
        assert_eq!(part, Some(over));
    }
}

/// An app's part: joined, authenticated, active, signed out.
fn part(authenticated: i64, active: i64, signed_out: Option<i64>) -> ApplicationSession {
    ApplicationSession {
        joined_at: at(0),
        authenticated_at: at(authenticated),
        last_active_at: at(active),
        last_issued_at: at(active),
        epoch: 0,
        session_epoch: 0,
        previous: None,
        signed_out_at: signed_out.map(at),
        timed_out: None,
    }
}

#[test]
fn the_standing_of_an_application_session() {
    let policies = both(policy(Some(1_800), Some(28_800), 120, 86_400));
    let (strict, none) = (limits(Some(300), Some(3_600)), limits(NEVER, NEVER));
    let ended = |offset: i64| Standing::Ended { at: at(offset), reason: EndReason::SignOut };
    // part (authenticated, active, signed out), limits, session active, instant → verdict
    let table = [
        (part(0, 0, None), none, 0, 0, live(1_800, Idle)),
        (part(0, 0, None), none, 0, 1_680, warn(1_800, Idle)),
        (part(0, 0, None), none, 0, 1_800, dormant(1_800, Idle, 88_200)),
        (part(0, 0, None), strict, 0, 179, live(300, Idle)),
        (part(0, 0, None), strict, 0, 180, warn(300, Idle)),
        (part(0, 0, None), strict, 0, 300, dormant(300, Idle, 86_700)),
        // What the person does elsewhere keeps the session, and not this app.
        (part(0, 0, None), strict, 1_700, 1_700, dormant(300, Idle, 86_700)),
        (part(0, 3_500, None), strict, 3_500, 3_550, warn(3_600, Absolute)),
        (part(0, 3_599, None), strict, 3_599, 3_600, dormant(3_600, Absolute, 90_000)),
        // It can only be stricter: the session's own limits hold, too.
        (part(0, 0, None), limits(Some(9_999), Some(99_999)), 0, 1_700, warn(1_800, Idle)),
        (part(27_000, 28_000, None), limits(Some(9_999), Some(99_999)), 28_790, 28_700, warn(28_800, Absolute)),
        (part(0, 0, Some(50)), none, 0, 60, ended(50)),
        (part(0, 0, Some(50)), strict, 400, 400, ended(50)),
    ];
    for (part, limits, active, now, verdict) in table {
        let mut session = session(&policies);
        session.last_active_at = at(active);
        session.participants.insert(ClientId::new("a"), part.clone());
        let whole = session.standing(&account(), &policies, at(now));
        let found = session.application_standing(&ClientId::new("a"), limits, whole, &policies, at(now));
        assert_eq!(found, Some(verdict), "{part:?} {limits:?} active {active} at {now}");
        assert_eq!(session.application_standing(&ClientId::new("b"), limits, whole, &policies, at(now)), None);
    }
}

#[test]
fn who_may_enter_again() {
    use Asking::{Silently, Visibly};
    use Entry::{AfterAuthentication, Anew, Open};
    let strict = limits(Some(300), Some(3_600));
    let none = limits(NEVER, NEVER);
    // part, limits, authenticated at, asking, instant → entry
    let table = [
        (None, none, 0, Silently, 99_999, Open),
        (None, strict, 0, Silently, 3_599, Open),
        (None, strict, 0, Silently, 3_600, AfterAuthentication),
        (None, strict, 0, Visibly, 3_600, AfterAuthentication),
        (Some(part(0, 0, None)), none, 0, Silently, 99_999, Open),
        (Some(part(0, 0, None)), strict, 0, Silently, 299, Open),
        (Some(part(0, 0, None)), strict, 0, Silently, 300, AfterAuthentication),
        (Some(part(0, 0, None)), strict, 0, Visibly, 300, AfterAuthentication),
        // An authentication after the instant the limit passed cures it, for a request with pages.
        (Some(part(0, 0, None)), strict, 299, Visibly, 400, AfterAuthentication),
        (Some(part(0, 0, None)), strict, 300, Visibly, 400, AfterAuthentication),
        (Some(part(0, 0, None)), strict, 301, Visibly, 400, Anew),
        (Some(part(0, 0, None)), strict, 301, Silently, 400, Entry::Visibly),
        // Unless that is too old by now itself.
        (Some(part(0, 0, None)), strict, 301, Visibly, 3_900, Anew),
        (Some(part(0, 0, None)), strict, 301, Visibly, 3_901, AfterAuthentication),
        (Some(part(0, 3_500, None)), strict, 3_400, Visibly, 3_600, AfterAuthentication),
        (Some(part(0, 3_500, None)), strict, 3_601, Visibly, 3_602, Anew),
        // Signed out of this app alone.
        (Some(part(0, 0, Some(50))), none, 0, Silently, 60, Entry::Visibly),
        (Some(part(0, 0, Some(50))), none, 0, Visibly, 60, Anew),
        (Some(part(0, 0, Some(50))), strict, 0, Visibly, 299, Anew),
        (Some(part(0, 0, Some(50))), strict, 0, Visibly, 300, AfterAuthentication),
    ];
    for (part, limits, authenticated, asking, now, entry) in table {
        let found = ApplicationSession::entry(part.as_ref(), &limits, at(authenticated), asking, at(now));
        assert_eq!(found, entry, "{part:?} {limits:?} authenticated {authenticated} {asking:?} at {now}");
    }
}

#[test]
fn joining() {
    let policies = both(policy(Some(1_800), NEVER, 120, 86_400));
    let strict = limits(Some(300), Some(3_600));
    let first = session(&policies);
    let change = first.clone().join(&visit("a", strict), &account(), &policies, at(10));
    assert_eq!(change.events.len(), 1, "the log tells who takes part");
    let (joined, _) = put(change);
    let a = ClientId::new("a");
    assert_eq!(joined.participants[&a], ApplicationSession { joined_at: at(10), ..part(0, 10, None) });
    // Within the steps nothing is worth a write.
    for activity in ACTIVITIES {
        for asking in [Asking::Silently, Asking::Visibly] {
            let again = joined.clone().join(&wish("a", strict, asking, activity), &account(), &policies, at(10));
            assert_eq!((again.fate, again.events.len()), (Fate::Keep, 0), "{activity:?}");
        }
    }
    // A silent reissue notes that it happened, and moves no limit.
    let (silent, _) = put(joined.clone().join(
        &wish("a", strict, Asking::Silently, Activity::Machine),
        &account(),
        &policies,
        at(200),
    ));
    assert_eq!((silent.last_active_at, silent.participants[&a].last_active_at), (at(0), at(10)));
    assert_eq!(silent.participants[&a].last_issued_at, at(200));
    // The person's own act moves both.
    let (active, _) = put(joined.clone().join(&visit("a", strict), &account(), &policies, at(200)));
    assert_eq!((active.last_active_at, active.participants[&a].last_active_at), (at(200), at(200)));
    // Too late: refused, and nothing written.
    for asking in [Asking::Silently, Asking::Visibly] {
        let late = joined.clone().join(
            &wish("a", strict, asking, Activity::AuthorizationByPerson),
            &account(),
            &policies,
            at(310),
        );
        assert_eq!((late.fate, late.outcome), (Fate::Keep, Joined::Refused(Entry::AfterAuthentication)));
    }
    // After authenticating it begins anew: an epoch later, and grants of the earlier one stay dead.
    let act = Reauthentication {
        at: at(400),
        authentication: facts(at(400)),
        resting: None,
        remember: Remember::No,
        secret: SecretDigest::new("x".into()),
        silent: None,
        device: Device::default(),
    };
    let (again, _) = put(joined.reauthenticate(act, &account(), &policies));
    let silent =
        again.clone().join(&wish("a", strict, Asking::Silently, Activity::Machine), &account(), &policies, at(401));
    assert_eq!((silent.fate, silent.outcome), (Fate::Keep, Joined::Refused(Entry::Visibly)));
    let previous = Some(Epochs { session: 0, application: 0 });
    let (anew, _) = put(again.join(&visit("a", strict), &account(), &policies, at(401)));
    assert_eq!(
        anew.participants[&a],
        ApplicationSession { joined_at: at(10), epoch: 1, previous, ..part(400, 401, None) }
    );
}

#[test]
fn a_hundred_take_part_and_no_more() {
    let policies = both(policy(NEVER, NEVER, 0, 0));
    let mut session = session(&policies);
    for number in 0..MAX_PARTICIPANTS {
        session =
            put(session.join(&visit(&format!("c{number}"), limits(NEVER, NEVER)), &account(), &policies, at(0))).0;
    }
    let change = session.clone().join(&visit("one more", limits(NEVER, NEVER)), &account(), &policies, at(1));
    assert_eq!((change.fate, change.outcome), (Fate::Keep, Joined::Full));
    let change = session.join(&visit("c0", limits(NEVER, NEVER)), &account(), &policies, at(60));
    assert!(matches!(change.outcome, Joined::Part(_)), "who takes part already goes on");
}

#[test]
fn leaving_one_app_leaves_the_others() {
    let policies = both(policy(NEVER, NEVER, 0, 0));
    let mut session = session(&policies);
    let none = limits(NEVER, NEVER);
    for client in ["a", "b"] {
        session = put(session.join(&visit(client, none), &account(), &policies, at(0))).0;
    }
    let (a, b) = (ClientId::new("a"), ClientId::new("b"));
    let (left, ()) = put(session.leave(&a, at(5)));
    let of = |client: &ClientId| left.application_standing(client, none, FOREVER, &policies, at(6));
    assert_eq!(of(&a), Some(Standing::Ended { at: at(5), reason: EndReason::SignOut }));
    assert_eq!(of(&b), Some(FOREVER));
    assert_eq!(left.standing(&account(), &policies, at(6)), FOREVER);
    assert_eq!(left.clone().leave(&a, at(7)).fate, Fate::Keep, "once");
    assert_eq!(left.clone().leave(&ClientId::new("c"), at(7)).fate, Fate::Keep, "nor who never took part");
    let (back, _) = put(left.join(&visit("a", none), &account(), &policies, at(8)));
    assert_eq!((back.participants[&a].epoch, back.participants[&a].signed_out_at), (1, None));
}

#[test]
fn a_counted_refresh_moves_its_own_app_alone_and_nothing_that_has_passed() {
    let policies = both(policy(Some(1_800), NEVER, 0, 0));
    let (strict, a) = (limits(Some(300), NEVER), ClientId::new("a"));
    let mut session = session(&policies);
    for client in ["a", "b"] {
        session = put(session.join(&visit(client, strict), &account(), &policies, at(0))).0;
    }
    let (moved, ()) = put(session.clone().touch_application((&a, &strict), &account(), &policies, at(299)));
    assert_eq!((moved.last_active_at, moved.participants[&a].last_active_at), (at(0), at(299)));
    assert_eq!(moved.participants[&ClientId::new("b")].last_active_at, at(0));
    assert_eq!(
        session.clone().touch_application((&a, &strict), &account(), &policies, at(4)).fate,
        Fate::Keep,
        "within the step"
    );
    assert_eq!(
        session.clone().touch_application((&ClientId::new("c"), &strict), &account(), &policies, at(99)).fate,
        Fate::Keep
    );
    for now in [300, 301, 1_799] {
        assert_eq!(
            session.clone().touch_application((&a, &strict), &account(), &policies, at(now)).fate,
            Fate::Keep,
            "passed at 300, now {now}"
        );
    }
    // The session's own limit passed before the app's would: nothing of it moves any more.
    let short = both(policy(Some(200), NEVER, 0, 3_600));
    let late = session.clone().touch_application((&a, &strict), &account(), &short, at(250));
    assert_eq!(late.fate, Fate::Keep);
    let (left, ()) = put(session.leave(&a, at(10)));
    assert_eq!(left.touch_application((&a, &strict), &account(), &policies, at(20)).fate, Fate::Keep, "signed out");
}

#[test]
fn the_absolute_end_is_the_earlier_one() {
    for (own, shared, end) in [
        (NEVER, NEVER, None),
        (Some(100), NEVER, Some(100)),
        (NEVER, Some(200), Some(200)),
        (Some(100), Some(200), Some(100)),
        (Some(300), Some(200), Some(200)),
    ] {
        let policies = both(policy(Some(50), shared, 0, 0));
        let (session, _) =
            put(session(&policies).join(&visit("a", limits(Some(10), own)), &account(), &policies, at(0)));
        let found = session.absolute_end(&ClientId::new("a"), &limits(Some(10), own), &policies);
        assert_eq!(found, end.map(at), "{own:?} {shared:?}");
    }
}

#[test]
fn a_year_of_acts_every_29_minutes() {
    let policies = both(policy(Some(1_800), NEVER, 120, 86_400));
    let mut session = session(&policies);
    let mut now = 0;
    while now < 365 * 86_400 {
        now += 29 * 60;
        let standing = session.standing(&account(), &policies, at(now));
        assert_eq!(standing.authority(), Authority::Good, "at {now}");
        session = put(session.touch(Activity::PageUsed, &account(), &policies, at(now))).0;
    }
    assert_eq!(session.standing(&account(), &policies, at(now)), live(now + 1_800, Idle));
    assert_eq!(
        session.standing(&account(), &policies, at(now + 31 * 60)),
        dormant(now + 1_800, Idle, now + 1_800 + 86_400)
    );
}

#[test]
fn the_sweep_forgets_what_is_long_over_alone() {
    let policies = both(policy(Some(1_800), NEVER, 0, 3_600));
    let first = session(&policies);
    let over = at(1_800);
    let none = LimitsOf::new();
    for now in [0, 1_799, 1_800, 5_399, 5_400, 5_400 + 86_399 - 3_600] {
        let change = first.clone().sweep(Some(&account()), &policies, &none, at(now));
        let told = matches!(&change.fate, Fate::Put(session) if session.timed_out.is_some());
        assert_eq!(told, now >= 1_800, "a limit that passed is written down, at {now}");
        assert!(told || change.fate == Fate::Keep, "at {now}");
        assert!(
            change.look_at.iter().all(|next| *next > at(now)) && change.look_at.len() == 1,
            "it comes again, later"
        );
    }
    // An hour in which it may come back, and a day for whoever looks it up.
    let late = over + Duration::from_secs(3_600 + 86_400);
    let Fate::Put(told) = first.clone().sweep(Some(&account()), &policies, &none, late).fate else {
        panic!("nobody swept before: it is written down first")
    };
    assert_eq!(told.clone().sweep(Some(&account()), &policies, &none, late).fate, Fate::Delete);
    let before = late - Duration::from_secs(1);
    assert_eq!(told.sweep(Some(&account()), &policies, &none, before).fate, Fate::Keep);
    assert_eq!(first.sweep(None, &policies, &none, at(0)).fate, Fate::Delete, "nobody's");
}

/// What may happen to a session, by whomever.
#[derive(Clone, Debug)]
enum Happening {
    Wait(u32),
    Touch(Activity),
    Authenticate(Remember),
    Join(u8, Asking, Activity),
    CountedRefresh(u8),
    Leave(u8),
    End,
    EndEverywhere,
    Sweep,
    ComeBack,
}

fn a_limit() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![1 => Just(None), 4 => (1_u64..4_000).prop_map(Some)]
}

fn a_policy() -> impl Strategy<Value = SessionPolicy> {
    (a_limit(), a_limit(), 0_u64..3_000, 0_u64..3_000)
        .prop_map(|(idle, max, warn, window)| policy(idle, max, warn, window))
}

fn an_activity() -> impl Strategy<Value = Activity> {
    proptest::sample::select(&ACTIVITIES[..])
}

fn an_asking() -> impl Strategy<Value = Asking> {
    prop_oneof![Just(Asking::Silently), Just(Asking::Visibly)]
}

fn a_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => (0_u32..900).prop_map(Happening::Wait),
        1 => (0_u32..9_000).prop_map(Happening::Wait),
        4 => an_activity().prop_map(Happening::Touch),
        2 => prop_oneof![3 => Just(Remember::No), 1 => Just(Remember::Yes)].prop_map(Happening::Authenticate),
        6 => (0_u8..3, an_asking(), an_activity()).prop_map(|(client, asking, act)| Happening::Join(client, asking, act)),
        3 => (0_u8..3).prop_map(Happening::CountedRefresh),
        1 => (0_u8..3).prop_map(Happening::Leave),
        1 => Just(Happening::End),
        1 => Just(Happening::EndEverywhere),
        4 => Just(Happening::Sweep),
        4 => Just(Happening::ComeBack),
    ]
}

/// A session, and what an onlooker writes down beside it.
struct World {
    policies: SessionPolicies,
    limits: [ApplicationLimits; 3],
    account: Account,
    session: Session,
    now: Timestamp,
    /// The last successful act of the person, and the last authentication.
    human: Timestamp,
    authenticated: Timestamp,
    /// The same for each app: epoch, last act that counted there, latest authentication it may rest on.
    apps: [Option<(u32, Timestamp, Timestamp)>; 3],
}

fn reauthentication(now: Timestamp) -> Reauthentication {
    Reauthentication {
        at: now,
        authentication: facts(now),
        resting: None,
        remember: Remember::No,
        secret: SecretDigest::new(format!("{now:?}")),
        silent: None,
        device: Device::default(),
    }
}

fn client(number: u8) -> ClientId {
    ClientId::new(format!("c{number}"))
}

impl World {
    fn standing(&self) -> Standing {
        self.session.standing(&self.account, &self.policies, self.now)
    }

    fn part_standing(&self, number: u8) -> Option<Standing> {
        let limits = self.limits[usize::from(number)];
        self.session.application_standing(&client(number), limits, self.standing(), &self.policies, self.now)
    }

    fn happen(&mut self, happening: &Happening) {
        let (session, now) = (self.session.clone(), self.now);
        let alive = self.standing().authority() == Authority::Good;
        self.session = match happening {
            Happening::Wait(seconds) => {
                self.now = now + Duration::from_secs(u64::from(*seconds));
                session
            }
            Happening::Touch(activity) => {
                let counts = matches!(activity.counts(), Counts::Session | Counts::SessionAndApplication);
                if alive && counts {
                    self.human = now;
                }
                after(&session, session.clone().touch(*activity, &self.account, &self.policies, now)).0
            }
            Happening::Authenticate(remember) => {
                if alive {
                    (self.human, self.authenticated) = (now, now);
                }
                let act = Reauthentication { remember: *remember, ..reauthentication(now) };
                after(&session, session.clone().reauthenticate(act, &self.account, &self.policies)).0
            }
            Happening::Join(number, asking, activity) => {
                let limits = self.limits[usize::from(*number)];
                let wish = wish(client(*number).as_str(), limits, *asking, *activity);
                let change = session.clone().join(&wish, &self.account, &self.policies, now);
                let (session, outcome) = after(&session, change);
                if matches!(outcome, Joined::Part(_)) {
                    self.joined(*number, &session, *asking, *activity);
                }
                session
            }
            Happening::CountedRefresh(number) => {
                let good = self.part_standing(*number).is_some_and(|standing| standing.authority() == Authority::Good);
                if let (true, Some(app)) = (good, &mut self.apps[usize::from(*number)]) {
                    app.1 = now;
                }
                let limits = self.limits[usize::from(*number)];
                after(
                    &session,
                    session.clone().touch_application((&client(*number), &limits), &self.account, &self.policies, now),
                )
                .0
            }
            Happening::Leave(number) => after(&session, session.clone().leave(&client(*number), now)).0,
            Happening::End => {
                after(&session, session.clone().end(EndReason::SignOut, Event::done(Act::SessionEnded, now))).0
            }
            Happening::EndEverywhere => {
                self.account.epoch += 1;
                self.account.epoch_raised = Some((now, EpochReason::Revoked));
                session
            }
            Happening::Sweep => {
                let limits = (0..3).map(|number| (client(number), self.limits[usize::from(number)])).collect();
                let change = session.clone().sweep(Some(&self.account), &self.policies, &limits, now);
                // What is forgotten is told of no more; the story ends there as far as it is worth telling.
                if change.fate == Fate::Delete { session } else { after(&session, change).0 }
            }
            Happening::ComeBack => {
                let act = reauthentication(now);
                let (session, outcome) =
                    after(&session, session.clone().reconstitute(act, &self.account, &self.policies));
                if outcome == Reconstituted::Now {
                    (self.human, self.authenticated) = (now, now);
                }
                session
            }
        };
    }

    /// Would the sweep forget it?
    fn forgotten(&self) -> Fate<()> {
        let change = self.session.clone().sweep(Some(&self.account), &self.policies, &LimitsOf::new(), self.now);
        if change.fate == Fate::Delete { Fate::Delete } else { Fate::Keep }
    }

    /// The part of an app as it knows it: none where it has not learnt of this life of the session.
    fn known(&self, number: u8) -> Option<Epochs> {
        let part = self.session.participants.get(&client(number))?;
        (part.session_epoch == self.session.epoch).then(|| part.epochs())
    }

    fn joined(&mut self, number: u8, session: &Session, asking: Asking, activity: Activity) {
        let epoch = session.participants[&client(number)].epoch;
        let counts = activity.counts() == Counts::SessionAndApplication;
        if counts {
            self.human = self.now;
        }
        self.apps[usize::from(number)] = Some(match self.apps[usize::from(number)] {
            Some((before, active, rests_on)) if before == epoch => (
                epoch,
                if counts { self.now } else { active },
                if asking == Asking::Visibly { self.authenticated } else { rests_on },
            ),
            _ => (epoch, self.now, self.authenticated),
        });
    }

    /// Has a limit passed, as the onlooker reckons it? Stored activity may lag behind, and never run ahead.
    fn passed(&self, limits: ApplicationLimits, active: Timestamp, authenticated: Timestamp) -> Authority {
        let over = |limit: Limit, from: Timestamp| limit.span().is_some_and(|span| self.now >= from + span);
        if over(limits.idle_timeout, active) || over(limits.max_lifetime, authenticated) {
            Authority::Over
        } else {
            Authority::Good
        }
    }

    fn rank(standing: Standing) -> u8 {
        match standing {
            Standing::Live { .. } => 0,
            Standing::Warn { .. } => 1,
            Standing::Dormant { .. } => 2,
            Standing::Expired { .. } => 3,
            Standing::Ended { .. } => 4,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn whatever_happens(
        ordinary in a_policy(),
        remembered in a_policy(),
        apps in proptest::array::uniform3((a_limit(), a_limit())),
        happenings in proptest::collection::vec(a_happening(), 1..60),
    ) {
        let policies = SessionPolicies { ordinary, remembered };
        let mut world = World {
            policies,
            limits: apps.map(|(idle, max)| limits(idle, max)),
            account: account(),
            session: session(&policies),
            now: at(0),
            human: at(0),
            authenticated: at(0),
            apps: [None; 3],
        };
        let mut over: Option<Standing> = None;
        let mut parts_over = [None; 3];
        // Every life of an app's part that anybody ever saw good.
        let mut lives: BTreeSet<(u8, Epochs)> = BTreeSet::new();
        for happening in &happenings {
            let (before, standing_before) = (world.session.clone(), world.standing());
            world.happen(happening);
            let standing = world.standing();
            let policy = *world.policies.of(world.session.remember);

            // Never live after a limit passed.
            if world.passed(policy.limits(), world.human, world.authenticated) == Authority::Over {
                prop_assert_eq!(standing.authority(), Authority::Over, "{:?}", happening);
            }
            // Only coming back makes anything of it, and only of what had timed out.
            if world.session.epoch != before.epoch {
                let rightly = matches!((happening, standing_before), (Happening::ComeBack, Standing::Dormant { .. }));
                prop_assert!(rightly, "{:?} by {:?}", standing_before, happening);
                prop_assert_ne!(&world.session.secret, &before.secret);
                over = None;
            }
            // Over stays over, and an ended one stays ended just so.
            if let Some(was) = over {
                prop_assert!(World::rank(standing) >= World::rank(was), "{:?} → {:?} by {:?}", was, standing, happening);
                if before.ending.is_some() {
                    prop_assert_eq!(standing, was, "its own ending is told for ever");
                }
            }
            if standing.authority() == Authority::Over {
                over = Some(standing);
            }
            // A machine's act extends nothing.
            if matches!(happening, Happening::Touch(Activity::Machine | Activity::CountedRefresh) | Happening::CountedRefresh(_) | Happening::Join(_, _, Activity::Machine)) {
                prop_assert_eq!(world.session.last_active_at, before.last_active_at);
                prop_assert_eq!(standing, standing_before);
            }
            // The stored clock never runs ahead of the person, and lags by less than a step.
            prop_assert!(world.session.last_active_at <= world.human);
            prop_assert!(world.human.since(world.session.last_active_at) <= Duration::from_secs(30));
            // Without acts it only grows older: Live → Warn → Dormant → Expired.
            let ages = (0..40).map(|n| world.session.standing(&world.account, &world.policies, world.now + Duration::from_secs(n * 211)));
            let ranks: Vec<u8> = ages.map(World::rank).collect();
            prop_assert!(ranks.is_sorted(), "{:?}", ranks);

            for number in 0..3_u8 {
                let place = usize::from(number);
                let Some(part) = world.part_standing(number) else { continue };
                // Never better than the session, never after a limit of its own.
                prop_assert!(standing.authority() == Authority::Good || part.authority() == Authority::Over);
                let Some((epoch, active, rests_on)) = world.apps[place] else { continue };
                if world.passed(world.limits[place], active, rests_on) == Authority::Over {
                    prop_assert_eq!(part.authority(), Authority::Over, "app {} by {:?}", number, happening);
                }
                // Over stays over in one life: only beginning anew is live again.
                let life = (world.session.epoch, epoch);
                if parts_over[place] == Some(life) {
                    prop_assert_eq!(part.authority(), Authority::Over, "app {} came back by {:?}", number, happening);
                }
                if part.authority() == Authority::Over {
                    parts_over[place] = Some(life);
                }
            }
            // Notices hit nobody who goes on, and after the sweep everybody who does not has one.
            for number in 0..3_u8 {
                let good = world.part_standing(number).is_some_and(|part| part.authority() == Authority::Good);
                let now_known = world.known(number).filter(|_| good);
                let of_app = world.session.notices.iter().filter(|notice| notice.client == client(number));
                let told: Vec<Epochs> = of_app.map(|notice| notice.epochs).collect();
                prop_assert!(now_known.is_none_or(|known| !told.contains(&known)), "app {} by {:?}", number, happening);
                lives.extend(now_known.map(|known| (number, known)));
                if matches!(happening, Happening::Sweep) && world.forgotten() == Fate::Keep {
                    for (_, life) in lives.iter().filter(|(of, life)| *of == number && Some(*life) != now_known) {
                        prop_assert!(told.contains(life), "app {} was not told of {:?}", number, life);
                    }
                }
            }
        }
    }
}
