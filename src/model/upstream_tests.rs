use super::*;
use crate::model::audit::Act;
use crate::model::record::Fate;
use serde_json::json;

const NOW: Timestamp = Timestamp(1_000_000);

fn rules() -> Rules {
    Rules {
        id: "work".into(),
        issuer: "https://work.example".into(),
        name: "Work".into(),
        client_id: "abide".into(),
        scopes: vec!["openid".into()],
        accounts: Accounts::Known,
        claims: BTreeMap::from([("handle".into(), "preferred_username".into()), ("dept".into(), "nickname".into())]),
        trust_acr: BTreeMap::from([
            ("strong".into(), Level::Two),
            ("otp".into(), Level::Two),
            ("pwd".into(), Level::One),
        ]),
        trust_email_verified: Trust::No,
        auth_time: AuthTime::Upstream,
    }
}

fn words(amr: &[&str]) -> Vec<String> {
    amr.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn what_it_is_worth() {
    for (acr, amr, worth) in [
        (None, vec![], Method::Upstream),
        (Some("other"), vec!["mfa"], Method::Upstream),
        (Some("strong"), vec![], Method::UpstreamStrong),
        (None, vec!["pwd"], Method::Upstream),
        (None, vec!["pwd", "otp"], Method::UpstreamStrong),
        (Some("STRONG"), vec![], Method::Upstream),
    ] {
        assert_eq!(rules().worth(acr, &words(&amr)), worth, "{acr:?} {amr:?}");
    }
    let amr = words(&["pwd", "otp", "made-up"]);
    assert_eq!(rules().believed(Method::UpstreamStrong, &amr), ["pwd", "otp"]);
    assert!(rules().believed(Method::Upstream, &amr).is_empty());
    let registered = words(&["pop", "user", "wia"]);
    assert_eq!(rules().believed(Method::UpstreamStrong, &registered), registered);
}

#[test]
fn when_it_was() {
    let discounted = Rules { auth_time: AuthTime::Arrival, ..rules() };
    for (said, taken, arrived) in
        [(None, NOW, NOW), (Some(Timestamp(5)), Timestamp(5), NOW), (Some(Timestamp(2_000_000)), NOW, NOW)]
    {
        assert_eq!(rules().authenticated_at(said, NOW), taken);
        assert_eq!(discounted.authenticated_at(said, NOW), arrived);
    }
}

#[test]
fn claims_are_taken_over_as_texts_of_one_line() {
    let of = |claims: Value| rules().profile(claims.as_object().unwrap());
    let profile = of(json!({"sub": "1", "email": "ada@work.example", "email_verified": true, "name": "Ada\u{202e}",
        "dept": "Engines", "given_name": 7, "family_name": "x".repeat(600), "roles": ["admin"], "handle": " ada "}));
    assert_eq!(profile.username, "ada");
    assert_eq!(profile.shown, "ada@work.example");
    assert_eq!(
        Value::Object(profile.claims),
        json!({"email": "ada@work.example", "email_verified": false, "nickname": "Engines"})
    );
    assert_eq!(of(json!({"email": "ada@work.example"})).username, "ada");
    assert_eq!(of(json!({"sub": "1"})).username, "");
    let trusting = Rules { trust_email_verified: Trust::Yes, ..rules() };
    let claims = json!({"email": "ada@work.example", "email_verified": true});
    assert_eq!(trusting.profile(claims.as_object().unwrap()).claims["email_verified"], true);
    // Theirs is the address they verified, and no other that becomes ours.
    let mapping = Rules { claims: BTreeMap::from([("upn".into(), "email".into())]), ..trusting.clone() };
    for (upn, verified) in [("ada@work.example", true), ("boss@work.example", false)] {
        let claims = json!({"email": "ada@work.example", "email_verified": true, "upn": upn});
        let taken = mapping.profile(claims.as_object().unwrap()).claims;
        assert_eq!((&taken["email"], &taken["email_verified"]), (&json!(upn), &json!(verified)));
    }
    let silent = json!({"email": "ada@work.example"});
    assert_eq!(trusting.profile(silent.as_object().unwrap()).claims["email_verified"], false);
}

#[test]
fn what_is_proposed_and_kept_is_what_our_own_pages_take() {
    let of = |claims: Value| rules().profile(claims.as_object().unwrap());
    for (claims, username) in [
        (json!({"handle": "ada@work.example"}), ""),
        (json!({"handle": "ada@work.example", "email": "ada@work.example"}), "ada"),
        (json!({"preferred_username": "ada\u{ff20}work.example"}), ""),
        (json!({"preferred_username": "boss\u{200b}"}), ""),
        (json!({"handle": "boss@work.example", "preferred_username": "ada"}), "ada"),
    ] {
        assert_eq!(of(claims.clone()).username, username, "{claims}");
    }
    let kept = of(json!({"name": "x".repeat(201), "zoneinfo": "Moon/Tranquility", "locale": "no such language",
        "given_name": "Ada", "middle_name": "x".repeat(300)}));
    assert_eq!(kept.claims.keys().collect::<Vec<_>>(), ["given_name", "middle_name"]);
}

#[test]
fn links_come_and_go_and_the_last_way_in_stays() {
    let link = |subject: &str| Link {
        issuer: "https://work.example".into(),
        subject: subject.into(),
        shown: "".into(),
        since: NOW,
    };
    let event = || Event::done(Act::AccountChanged, NOW);
    let account = crate::model::session::tests::account();
    let Fate::Put(one) = account.connect(link("1"), event(), Vec::new()).fate else { panic!("it is connected") };
    assert!(matches!(one.clone().connect(link("1"), event(), Vec::new()).fate, Fate::Keep));
    let work = ["https://work.example".to_owned()];
    let end_of = |of: &Account, subject: &str, others, issuers: &[String]| {
        of.clone().disconnect(&link(subject).name(), others, issuers, event())
    };
    let end = |of: &Account, subject: &str, others| end_of(of, subject, others, &work);
    assert_eq!(end(&one, "2", OtherWays::None).outcome, Disconnected::Before);
    assert_eq!(end(&one, "1", OtherWays::None).outcome, Disconnected::LastWay);
    assert!(matches!(end(&one, "1", OtherWays::None).fate, Fate::Keep));
    assert_eq!(end(&one, "1", OtherWays::Some).outcome, Disconnected::Now);
    let Fate::Put(two) = one.connect(link("2"), event(), Vec::new()).fate else { panic!("it is connected") };
    assert_eq!(end(&two, "1", OtherWays::None).outcome, Disconnected::Now);
    let none: [String; 0] = [];
    assert_eq!(end_of(&two, "1", OtherWays::None, &none).outcome, Disconnected::LastWay, "what is left lets nobody in");
    let closed = Account { disabled_at: Some(Timestamp(1)), ..two.clone() }.connect(link("3"), event(), Vec::new());
    assert_eq!((closed.outcome, closed.fate), (Connected::Closed, Fate::Keep));
    let mut full = two;
    full.links = (0..MAX_LINKS).map(|n| link(&n.to_string())).collect();
    assert_eq!(full.connect(link("x"), event(), Vec::new()).outcome, Connected::Full);
}
