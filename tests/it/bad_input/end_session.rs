//! /end_session: nobody is sent anywhere, and nobody signed out, by an altered request.

use super::variants::near;
use super::{FORM, Untouched, assert_page, encoded, forge};
use crate::harness::{Answer, Browser, Idp, RelyingApp, Tokens};
use abide::crypto::jwt::TokenKind;
use abide::model::history::OnRisk;
use actix_web::test::TestRequest;
use serde_json::json;

const BYE: &str = "https://social.example.com/bye";

fn address(pairs: &[(&str, &str)]) -> String {
    format!("/end_session?{}", encoded(pairs))
}

async fn signed_in(idp: &Idp) -> (RelyingApp, Browser, Tokens) {
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    (social, browser, tokens)
}

/// A page of ours that asks; the person is still signed in.
pub(super) fn assert_asks(answer: &Answer, case: &str) {
    assert_page(answer, 200, case);
    assert!(answer.body.contains("id=\"sign-out\""), "{case}: {}", answer.body);
}

#[actix_web::test]
async fn only_a_registered_address_is_ever_returned_to() {
    let idp = Idp::start().await;
    let (_, mut browser, tokens) = signed_in(&idp).await;
    let mut uris = near(BYE);
    uris.extend(
        ["https://social.example.com/callback", "https://bank.example.com/bye", "/account", "//evil.example"]
            .map(str::to_owned),
    );
    let untouched = Untouched::now(&idp).await;
    for uri in &uris {
        let with_hint = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", uri), ("state", "s")];
        let by_name = [("client_id", "social"), ("post_logout_redirect_uri", uri), ("state", "s")];
        let both = [with_hint[0], by_name[0], by_name[1], by_name[2]];
        for pairs in [&with_hint[..], &by_name, &both, &with_hint[1..]] {
            assert_asks(&browser.get(&address(pairs)).await, uri);
            // Nobody is signed in: nothing to ask, and still nowhere to go.
            assert_page(&idp.browser().get(&address(pairs)).await, 200, uri);
        }
        untouched.check(uri).await;
    }
}

#[actix_web::test]
async fn a_person_who_agrees_is_not_sent_to_an_altered_address() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for uri in near(BYE).iter().step_by(23) {
        let mut browser = idp.browser();
        let answer = browser.enter(&social).await;
        idp.pass("3s");
        let tokens = social.redeem(&answer).await;
        let pairs = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", uri.as_str())];
        let asks = browser.get(&address(&pairs)).await;
        let answer = browser.submit(&asks, "/end_session/confirm", &[("choice", "sign-out")]).await;
        assert!(answer.location().starts_with("/signed-out?r="), "{uri}: {}", answer.location());
        assert_page(&browser.get(answer.location()).await, 200, uri);
        assert_eq!(browser.silently(&social).await.error(), "login_required", "{uri}");
    }
}

#[actix_web::test]
async fn repeated_and_malformed_parameters() {
    let idp = Idp::start().await;
    let (_, mut browser, tokens) = signed_in(&idp).await;
    let good = [
        ("id_token_hint", tokens.id.as_str()),
        ("client_id", "social"),
        ("post_logout_redirect_uri", BYE),
        ("state", "s"),
    ];
    let untouched = Untouched::now(&idp).await;
    for (name, value) in good {
        let whole = encoded(&good);
        for extra in [
            format!("{name}=x"),
            encoded(&[(name, value)]),
            format!("{name}="),
            format!("{name}=a%00b"),
            format!("{name}=%FF"),
            format!("{name}={}", "a".repeat(16_385)),
        ] {
            for query in [format!("{whole}&{extra}"), format!("{extra}&{whole}")] {
                assert_page(&browser.get(&format!("/end_session?{query}")).await, 400, &extra);
                let request = TestRequest::post().uri("/end_session").insert_header(("content-type", FORM));
                let answer = browser.send(request.set_payload(query)).await;
                assert_eq!(answer.status, 303);
                assert!(answer.location().starts_with("/end_session?"), "{}", answer.location());
                assert_page(&browser.get(answer.location()).await, 400, &extra);
            }
        }
        untouched.check(name).await;
    }
}

#[actix_web::test]
async fn a_hint_that_is_not_genuine_asks() {
    let idp = Idp::start().await;
    let (social, mut browser, tokens) = signed_in(&idp).await;
    let (bank, mut other) = (idp.app("bank"), idp.browser());
    let elsewhere = bank.redeem(&other.enter(&bank).await).await;
    let (_, claims, _) = forge::parts(&tokens.id);
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        forge::signed(&idp, TokenKind::Id, &claims)
    };
    let untouched = Untouched::now(&idp).await;
    let mut hints = forge::forgeries(&idp, &tokens.id);
    hints.extend([
        tokens.access.clone(),
        tokens.refresh.clone(),
        elsewhere.id.clone(),
        "x".into(),
        "..".into(),
        "\u{e4}".into(),
    ]);
    hints.extend([
        with("iss", json!("https://evil.example")),
        with("sid", json!("x")),
        with("aud", json!("nobody")),
        with("aud", json!([])),
    ]);
    hints.push(forge::signed(&idp, TokenKind::Access, &claims));
    for hint in hints {
        for pairs in [
            &[("id_token_hint", hint.as_str())][..],
            &[("id_token_hint", hint.as_str()), ("client_id", "social")],
            &[("id_token_hint", hint.as_str()), ("client_id", "social"), ("post_logout_redirect_uri", BYE)],
        ] {
            // One whose audience we signed wrongly can still be named right: that is for the client_id to say.
            let answer = browser.get(&address(pairs)).await;
            assert_asks(&answer, &hint);
        }
        untouched.check(&hint).await;
    }
    // A hint and a client that contradict each other.
    for client in ["bank", "nobody", "SOCIAL"] {
        let pairs = [("id_token_hint", tokens.id.as_str()), ("client_id", client), ("post_logout_redirect_uri", BYE)];
        assert_asks(&browser.get(&address(&pairs)).await, client);
        let pairs = [
            ("id_token_hint", tokens.id.as_str()),
            ("client_id", client),
            ("post_logout_redirect_uri", "https://bank.example.com/bye"),
        ];
        assert_asks(&browser.get(&address(&pairs)).await, client);
    }
    untouched.check("contradictions").await;
    assert!(browser.silently(&social).await.parameter("code").is_some());
}

/// RP-Initiated Logout 1.0, section 2: a language that there is no page in is no error.
#[actix_web::test]
async fn languages_that_nobody_knows_change_nothing() {
    let idp = Idp::start().await;
    let (_, mut elsewhere, tokens) = signed_in(&idp).await;
    let (_, mut browser, _) = signed_in(&idp).await;
    let hint = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", BYE)];
    let long = "xx ".repeat(1_000);
    let untouched = Untouched::now(&idp).await;
    for wish in ["xx", "tlh-Latn x-klingon", "*", "not a language at all", "en-", "\u{e4}", "-", &long, ""] {
        let pairs = [&hint[..], &[("ui_locales", wish)]].concat();
        // Nobody is signed in: whoever is genuine is led on.
        assert_eq!(idp.browser().get(&address(&pairs)).await.location(), BYE, "{wish:.60}");
        let request = TestRequest::post().uri("/end_session").set_form(&pairs);
        let posted = browser.send(request).await;
        for answer in [browser.get(&address(&pairs)).await, browser.get(posted.location()).await] {
            assert_asks(&answer, wish);
            assert_eq!(answer.attribute("html", "lang").as_deref(), Some("en"), "{wish:.60}");
        }
        untouched.check(wish).await;
    }
    let pairs = [&hint[..], &[("ui_locales", "xx de")]].concat();
    let page = browser.get(&address(&pairs)).await;
    assert_eq!(page.attribute("html", "lang").as_deref(), Some("de"), "one that is known beside one that is not");
    assert_eq!(elsewhere.get(&address(&pairs)).await.location(), BYE);
}

/// How a session is held in the browser that a hint for it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    Live,
    /// It timed out, and may come back.
    Dormant,
    /// It must not be shown, because the browser has become another one.
    Unseen,
    UnseenAndDormant,
}

impl Held {
    const ALL: [Held; 4] = [Held::Live, Held::Dormant, Held::Unseen, Held::UnseenAndDormant];

    fn is_dormant(self) -> bool {
        matches!(self, Held::Dormant | Held::UnseenAndDormant)
    }
}

/// A session, the browser it began in, and that browser as it is now.
struct Holding {
    idp: Idp,
    social: RelyingApp,
    began: Browser,
    here: Browser,
    tokens: Tokens,
}

impl Holding {
    async fn of(held: Held) -> Holding {
        let idp = Idp::with(|config| {
            config.session.idle_timeout = "30m".parse().unwrap();
            config.session.reconstitution_window = "1h".parse().unwrap();
            config.sign_in.on_jump = OnRisk::Ask;
        })
        .await;
        let (social, began, tokens) = signed_in(&idp).await;
        let mut here = began.copied();
        if held.is_dormant() {
            idp.pass("31m");
        }
        if matches!(held, Held::Unseen | Held::UnseenAndDormant) {
            here.address = "198.51.100.7:5000".into();
            here.agent = "Mozilla/5.0 (iPhone) Safari/17".into();
        }
        Holding { idp, social, began, here, tokens }
    }

    /// Does it still go on, or come back, for whom it belongs to?
    async fn goes_on(&mut self, held: Held) -> bool {
        let sid = self.tokens.claims()["sid"].clone();
        if held.is_dormant() {
            let again = self.began.enter(&self.social).await;
            return self.social.redeem(&again).await.claims()["prev_sid"] == sid;
        }
        let silent = self.began.silently(&self.social).await;
        silent.parameter("code").is_some() && self.social.redeem(&silent).await.claims()["sid"] == sid
    }
}

/// RP-Initiated Logout 1.0, sections 2 and 4.
#[actix_web::test]
async fn a_hint_that_its_own_request_contradicts_ends_nothing_however_the_session_is_held() {
    for held in Held::ALL {
        let mut holding = Holding::of(held).await;
        let hint = holding.tokens.id.clone();
        let untouched = Untouched::now(&holding.idp).await;
        for client in ["bank", "nobody", "SOCIAL", "social ", "abide:console", &"x".repeat(201)] {
            for uri in [None, Some(BYE), Some("https://bank.example.com/bye")] {
                let mut pairs = vec![("id_token_hint", hint.as_str()), ("client_id", client)];
                pairs.extend(uri.map(|uri| ("post_logout_redirect_uri", uri)));
                let case = format!("{held:?} {client} {uri:?}");
                let posted = TestRequest::post().uri("/end_session").set_form(&pairs);
                let posted = holding.here.send(posted).await.location().to_owned();
                for address in [address(&pairs), posted] {
                    let answer = holding.here.get(&address).await;
                    if held == Held::Live {
                        assert_asks(&answer, &case);
                    } else {
                        assert_page(&answer, 200, &case);
                        assert!(!answer.body.contains("id=\"sign-out\""), "{case}: {}", answer.body);
                    }
                    untouched.check(&case).await;
                }
            }
        }
        assert!(holding.goes_on(held).await, "{held:?}");
        // The client whose hint it is ends it.
        let mut holding = Holding::of(held).await;
        let pairs = [("id_token_hint", holding.tokens.id.clone()), ("client_id", "social".to_owned())];
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        holding.here.get(&address(&pairs)).await;
        assert!(!holding.goes_on(held).await, "{held:?}");
    }
}

#[actix_web::test]
async fn a_link_alone_signs_nobody_out() {
    let idp = Idp::start().await;
    let (social, mut browser, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let links: [&[(&str, &str)]; 5] = [
        &[],
        &[("client_id", "social")],
        &[("client_id", "social"), ("post_logout_redirect_uri", BYE)],
        &[("logout_hint", "mira"), ("ui_locales", "en")],
        &[("client_id", "nobody"), ("state", "x")],
    ];
    for pairs in links {
        assert_asks(&browser.get(&address(pairs)).await, &format!("{pairs:?}"));
        untouched.check(&format!("{pairs:?}")).await;
    }
    let asks = browser.get("/end_session").await;
    assert_page(&browser.submit(&asks, "/end_session/confirm", &[("choice", "stay")]).await, 200, "stay");
    untouched.check("stay").await;
    assert!(browser.silently(&social).await.parameter("code").is_some());
}

/// `form-action` names where the browser goes after the form: the proven address, and never one from a request alone.
#[actix_web::test]
async fn an_unproven_address_does_not_widen_the_pages_policy() {
    let idp = Idp::start().await;
    let (_, mut browser, tokens) = signed_in(&idp).await;
    for uri in [
        "http://evil.example/bye",
        "http://localhost:1/",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil-app:/x",
        "com.example.native:/callback",
    ] {
        for pairs in [
            &[("post_logout_redirect_uri", uri)][..],
            &[("post_logout_redirect_uri", uri), ("id_token_hint", tokens.id.as_str())],
        ] {
            let answer = browser.get(&address(pairs)).await;
            assert_asks(&answer, uri);
            let policy = answer.header("content-security-policy");
            let sources = policy.split("; ").find_map(|part| part.strip_prefix("form-action ")).unwrap();
            for source in sources.split_whitespace() {
                assert!(matches!(source, "'self'" | "https:"), "{uri}: {policy}");
            }
        }
    }
}
