//! Bad histories by hand, one for every rule: the judge must find each of them, and nothing in the good ones.

use super::history::{Act, Facts, Proof};
use super::judge::{Judge, Violation, judge};
use super::model::Breach::*;
use super::model::Retry;
use super::script::*;

#[test]
fn a_life_as_it_should_be() {
    let mut script = Script::entered();
    script.ok(userinfo(), person("sub-mira"));
    script.ok(refresh(0), tokens(1, None));
    script.ok(refresh(0), tokens(1, None));
    script.ok(refresh(1), tokens(2, None));
    script.refused(refresh(0));
    script.refused(refresh(2));
    script.refused(userinfo());
    script.ok(silent("s", "n2"), code("s", "c2", "n2"));
    script.ok(sign_out(), Facts::Nothing);
    script.refused(redeem("c2"));
    script.refused(silent("s", "n3"));
    script.ok(Act::Disable, Facts::Nothing);
    script.refused(sign_in("n4"));
    script.good();
}

#[test]
fn a_code_works_twice() {
    let mut script = Script::entered();
    script.ok(redeem("c"), told("r9", "a9", ("sub-mira", "sid-s"), Some("n")));
    script.bad(UsedTwice);

    let mut script = Script::signed_in();
    script.ok(redeem("c"), tokens(0, Some("n")));
    script.ok(redeem("c"), told("r9", "a9", ("sub-mira", "sid-s"), Some("n")));
    script.at_once();
    script.bad(UsedTwice);
}

#[test]
fn a_code_replayed_leaves_what_it_gave_alive() {
    for (act, facts) in [(refresh(0), tokens(1, None)), (userinfo(), person("sub-mira"))] {
        let mut script = Script::entered();
        script.refused(redeem("c"));
        script.ok(act, facts);
        script.bad(Revived);
    }
}

#[test]
fn a_rotation_is_undone() {
    // The new token is unknown again.
    let mut script = Script::entered();
    script.ok(refresh(0), tokens(1, None));
    script.refused(refresh(1));
    script.bad(Lost);
    // The old one rotates anew.
    let mut script = Script::entered();
    script.ok(refresh(0), tokens(1, None));
    script.ok(refresh(0), told("r9", "a9", ("sub-mira", "sid-s"), None));
    script.bad(OtherSuccessor);
    // A rotation that rotates nothing.
    let mut script = Script::entered();
    script.ok(refresh(0), tokens(0, None));
    script.bad(OtherSuccessor);
}

#[test]
fn a_spent_token_works() {
    let mut script = Script::entered();
    script.ok(refresh(0), tokens(1, None));
    script.ok(refresh(1), tokens(2, None));
    script.ok(refresh(0), told("r9", "a9", ("sub-mira", "sid-s"), None));
    script.bad(SpentTokenWorked);

    let mut script = Script::entered();
    script.ok(refresh(0), tokens(1, None));
    script.ok(refresh(0), tokens(1, None));
    script.bad_with(Retry::Never, SpentTokenWorked);
}

#[test]
fn a_reuse_ends_nothing() {
    for (act, facts) in [(refresh(2), tokens(3, None)), (userinfo(), person("sub-mira"))] {
        let mut script = Script::entered();
        script.ok(refresh(0), tokens(1, None));
        script.ok(refresh(1), tokens(2, None));
        script.refused(refresh(0));
        script.ok(act, facts);
        script.bad(Revived);
    }
}

#[test]
fn a_sign_out_is_undone() {
    for (act, facts) in
        [(silent("s", "n2"), code("s", "c2", "n2")), (refresh(0), tokens(1, None)), (userinfo(), person("sub-mira"))]
    {
        let mut script = Script::entered();
        script.ok(sign_out(), Facts::Nothing);
        script.ok(act, facts);
        script.bad(Revived);
    }
    let mut script = Script::signed_in();
    script.ok(sign_out(), Facts::Nothing);
    script.ok(redeem("c"), tokens(0, Some("n")));
    script.bad(Revived);
}

#[test]
fn what_ended_long_ago_comes_back() {
    let calls = |act: Act, facts: Facts| {
        let mut script = Script::entered();
        script.unknown(refresh(0));
        script.ok(sign_out(), Facts::Nothing);
        let long_ago = script.calls.len();
        script.refused(silent("s", "n2"));
        script.ok(sign_out(), Facts::Nothing);
        script.ok(act, facts);
        (script.calls, long_ago)
    };
    for (act, facts) in [
        (silent("s", "n3"), code("s", "c3", "n3")),
        (refresh(0), tokens(1, None)),
        (redeem("c"), tokens(0, Some("n"))),
        (userinfo(), person("sub-mira")),
    ] {
        let (calls, long_ago) = calls(act, facts);
        let mut judge = Judge::new(Retry::Once);
        assert!(judge.hear(&calls[..long_ago]).is_empty());
        let violations = judge.hear(&calls[long_ago..]);
        assert_eq!(violations.len(), 1, "{violations:?}");
        assert!(violations[0].breaches.contains(&Revived) && Some(&violations[0].call) == calls.last());
    }
}

#[test]
fn a_disabled_person_is_let_in() {
    for (act, facts) in [
        (sign_in("n2"), code("s2", "c2", "n2")),
        (silent("s", "n2"), code("s", "c2", "n2")),
        (refresh(0), tokens(1, None)),
    ] {
        let mut script = Script::entered();
        script.ok(Act::Disable, Facts::Nothing);
        script.ok(act, facts);
        script.bad(Revived);
    }
}

#[test]
fn something_acknowledged_is_gone() {
    for act in [sign_in("n2"), silent("s", "n2"), refresh(0), userinfo()] {
        let mut script = Script::entered();
        script.refused(act);
        script.bad(Lost);
    }
    let mut script = Script::signed_in();
    script.refused(redeem("c"));
    script.bad(Lost);
}

#[test]
fn something_refused_left_a_trace() {
    // A wrong verifier spends nothing.
    let mut script = Script::signed_in();
    script.refused(Act::Redeem { code: "c".into(), verifier: Proof::Wrong });
    script.refused(redeem("c"));
    script.bad(Lost);
    // A wrong password ends nothing.
    let mut script = Script::entered();
    script.refused(Act::SignIn { password: Proof::Wrong, nonce: "n2".into() });
    script.refused(silent("s", "n3"));
    script.bad(Lost);
}

#[test]
fn a_wrong_proof_works() {
    let mut script = Script::signed_in();
    script.ok(Act::Redeem { code: "c".into(), verifier: Proof::Wrong }, tokens(0, Some("n")));
    script.bad(WrongProofWorked);
    let mut script = Script::signed_in();
    script.ok(Act::SignIn { password: Proof::Wrong, nonce: "n2".into() }, code("s2", "c2", "n2"));
    script.bad(WrongProofWorked);
}

#[test]
fn somebody_is_there_whom_nobody_made() {
    let mut script = Script { who: "nobody", ..Script::default() };
    script.ok(sign_in("n"), code("s", "c", "n"));
    script.bad(Unheard);
}

#[test]
fn something_unknown_is_wholly_there_or_wholly_absent() {
    // Either is good.
    let mut script = Script::entered();
    script.unknown(sign_out());
    script.refused(silent("s", "n2"));
    script.refused(refresh(0));
    script.good();
    let mut script = Script::entered();
    script.unknown(sign_out());
    script.ok(silent("s", "n2"), code("s", "c2", "n2"));
    script.ok(refresh(0), tokens(1, None));
    script.good();
    for (number, next) in [(0, 1), (0, 9)] {
        // Whichever token the lost answer had, the retry tells it.
        let mut script = Script::entered();
        script.unknown(refresh(0));
        script.ok(refresh(number), tokens(next, None));
        script.ok(refresh(next), tokens(next + 1, None));
        script.good();
    }
    let mut script = Script::signed_in();
    script.unknown(redeem("c"));
    script.refused(redeem("c"));
    script.refused(redeem("c"));
    script.good();

    // Half of it is not.
    let mut script = Script::entered();
    script.unknown(sign_out());
    script.refused(silent("s", "n2"));
    script.ok(refresh(0), tokens(1, None));
    script.bad(Revived);
    let mut script = Script::entered();
    script.unknown(Act::Disable);
    script.refused(sign_in("n2"));
    script.ok(userinfo(), person("sub-mira"));
    script.bad(Revived);
    let mut script = Script::entered();
    script.unknown(Act::Disable);
    script.ok(sign_in("n2"), code("s2", "c2", "n2"));
    script.refused(refresh(0));
    script.bad(Lost);
    let mut script = Script::signed_in();
    script.unknown(redeem("c"));
    script.refused(redeem("c"));
    script.ok(redeem("c"), tokens(0, Some("n")));
    script.bad(UsedTwice);
}

#[test]
fn what_happens_at_once_may_happen_in_either_order() {
    for (act, facts) in [(refresh(0), tokens(1, None)), (userinfo(), person("sub-mira"))] {
        let mut script = Script::entered();
        script.ok(sign_out(), Facts::Nothing);
        script.ok(act.clone(), facts);
        script.at_once();
        script.refused(act);
        script.good();
    }
    let mut script = Script::signed_in();
    script.refused(redeem("c"));
    script.ok(redeem("c"), tokens(0, Some("n")));
    script.at_once();
    script.refused(userinfo());
    script.good();
    // And what both orders forbid is forbidden.
    let mut script = Script::signed_in();
    script.refused(redeem("c"));
    script.ok(redeem("c"), tokens(0, Some("n")));
    script.at_once();
    script.ok(userinfo(), person("sub-mira"));
    script.bad(Revived);
}

#[test]
fn an_answer_mixes_two_people() {
    // Another person's subject, in an ID token and at userinfo.
    let mut script = Script::with_otto();
    script.ok(redeem("oc"), told("or0", "oa0", ("sub-mira", "sid-o"), Some("on")));
    script.bad(Mixed);
    let mut script = Script::with_otto();
    script.who = "mira";
    script.ok(redeem_otto_as_mira(), told("or0", "oa0", ("sub-otto", "sid-o"), Some("on")));
    assert!(judge(&script.calls, Retry::Once).iter().any(|found| found.breaches.contains(&Mixed)));
    let mut script = Script::with_otto();
    script.who = "mira";
    script.ok(userinfo(), person("sub-otto"));
    script.bad(Mixed);
    // Another session's `sid`.
    let mut script = Script::with_otto();
    script.ok(redeem("oc"), told("or0", "oa0", ("sub-otto", "sid-s"), Some("on")));
    script.bad(Mixed);
    let mut script = Script::entered();
    script.ok(refresh(0), told("r1", "a1", ("sub-mira", "sid-another"), None));
    script.bad(Mixed);
    // Another request's `nonce` or `state`, or one where none belongs.
    let mut script = Script::signed_in();
    script.ok(redeem("c"), tokens(0, Some("another")));
    script.bad(Mixed);
    let mut script = Script::entered();
    script.ok(refresh(0), tokens(1, Some("n")));
    script.bad(Mixed);
    let mut script = Script::entered();
    script.ok(silent("s", "n2"), code("s", "c2", "another"));
    script.bad(Mixed);
    // One code for two requests.
    let mut script = Script::with_otto();
    script.ok(silent("o", "on2"), code("o", "c", "on2"));
    script.bad(Mixed);
}

fn redeem_otto_as_mira() -> Act {
    redeem("oc")
}

#[test]
fn nobody_answers() {
    let mut script = Script::entered();
    script.unknown(refresh(0));
    let violation = Violation::unanswered("mira", &script.calls).unwrap();
    assert!(violation.breaches.contains(&Unanswered));
    assert!(Violation::unanswered("otto", &script.calls).is_none());
}
