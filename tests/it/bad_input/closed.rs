//! "Disabled" has one answer (a lesson of other providers' holes): an account that was disabled, an account that was disabled
//! and enabled again, and a person who signed out everywhere; each times everything that rested on it, in every form and at
//! every endpoint. Nothing is issued, renewed, told or reported, and what was open before leads nowhere.

use super::{assert_json, assert_page};
use crate::harness::upstream::{Liar, configured, relying_on};
use crate::harness::{
    Answer, Browser, Idp, MailServer, PASSWORD, RelyingApp, Said, Smtp, Stream, Tokens, USERNAME, VERIFIER,
};
use crate::stories::mail::reset_mail;
use crate::stories::passkeys::account;
use crate::stories::second_factor::set_up;
use crate::stories::upstream::{NOW, answered, by_liar, connected, press};
use actix_web::test::TestRequest;
use serde_json::json;
use std::collections::BTreeSet;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Disabled,
    DisabledForAWhile,
    SignedOutEverywhere,
}

const ENDINGS: [Ending; 3] = [Ending::Disabled, Ending::DisabledForAWhile, Ending::SignedOutEverywhere];
const NEW: &str = "an entirely different evening";

/// A page that is open: whose browser it is in, where its form goes, what is filled in, and how that is answered now.
struct Open {
    browser: Browser,
    page: Answer,
    action: &'static str,
    filled: Vec<(&'static str, String)>,
    refusal: u16,
}

/// What a person left behind, of every kind.
struct Left {
    browser: Browser,
    /// Codes that nobody redeemed, by app.
    codes: Vec<(RelyingApp, String)>,
    /// Tokens, by app: readable and opaque ones, of a session and beyond it.
    tokens: Vec<(RelyingApp, Tokens)>,
    /// A device that was let in, and did not ask since.
    device: String,
    /// Pages that are open, with what would be answered on them.
    open: Vec<Open>,
    /// Streams that tell of the session: to an app, and to a page.
    streams: Vec<Stream>,
}

async fn house() -> (Idp, MailServer) {
    let mails = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| mails.configure(config)).await;
    let client = |id: &str| json!({"client_id": id, "client_secret": idp.app(id).secret(), "redirect_uris": [idp.app(id).redirect_uri()]});
    let (mut sealed, mut lasting) = (client("sealed"), client("lasting"));
    sealed["access_token_format"] = json!("opaque");
    sealed["consent"] = json!("skip");
    lasting["offline_access"] = json!(true);
    idp.import(json!({"users": [{"username": USERNAME, "roles": ["admin"]}], "clients": [sealed, lasting,
        {"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [], "grant_types": [DEVICE, "refresh_token"]}]}))
    .await;
    (idp, mails)
}

async fn left(idp: &Idp, mails: &MailServer) -> Left {
    let mut browser = idp.browser();
    let (authenticator, recovery) = set_up(idp, &mut browser).await;
    let (social, spa, sealed, lasting, asking) =
        (idp.app("social"), idp.app("spa"), idp.app("sealed"), idp.app("lasting"), idp.app("asking"));
    let first = browser.authorize(&social, &[]).await;
    let mut tokens = vec![(social.clone(), social.redeem(&first).await)];
    for app in [&spa, &sealed] {
        let answer = browser.silently(app).await;
        tokens.push((app.clone(), app.redeem(&answer).await));
    }
    let consent = browser.authorize(&lasting, &[("scope", "openid offline_access")]).await;
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]).await;
    tokens.push((lasting.clone(), lasting.redeem(&answer).await));
    let mut codes = Vec::new();
    for app in [social.clone(), spa, sealed, lasting] {
        // No more than every one of them was allowed.
        let answer = browser.get_scripted(&app.request(&[("prompt", "none"), ("scope", "openid")])).await;
        codes.push((app, answer.parameter("code").unwrap()));
    }
    let asked = async |browser: &mut Browser| {
        let request =
            TestRequest::post().uri("/device_authorization").set_form([("client_id", "tv"), ("scope", "openid")]);
        let told = idp.call(request).await.json();
        let page = browser.get("/device").await;
        let page = browser.submit(&page, "/device", &[("user_code", told["user_code"].as_str().unwrap())]).await;
        (told["device_code"].as_str().unwrap().to_owned(), page)
    };
    let (device, page) = asked(&mut browser).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let (_, second_device) = asked(&mut browser).await;
    let mut open = Vec::new();
    let allow = vec![("decision", "allow".to_owned())];
    let consent = browser.authorize(&asking, &[]).await;
    open.push(Open {
        browser: browser.copied(),
        page: consent,
        action: "/consent",
        filled: allow.clone(),
        refusal: 400,
    });
    open.push(Open { browser: browser.copied(), page: second_device, action: "/consent", filled: allow, refusal: 400 });
    let select = browser.authorize(&social, &[("prompt", "select_account")]).await;
    open.push(Open { browser: browser.copied(), page: select, action: "/select", filled: Vec::new(), refusal: 200 });
    for (action, filled) in [
        ("/admin/users", vec![("username", "eve".to_owned()), ("password", NEW.to_owned())]),
        ("/admin/users/disable", Vec::new()),
    ] {
        let page = browser.get("/admin/users").await;
        open.push(Open { browser: browser.copied(), page, action, filled, refusal: 303 });
    }
    for code in [authenticator.code(idp, 0), recovery[0].clone()] {
        let page = halfway(&mut idp.browser(), &social).await;
        open.push(Open {
            browser: page.0,
            page: page.1,
            action: "/sign-in/code",
            filled: vec![("code", code)],
            refusal: 400,
        });
    }
    idp.deliver().await;
    mails.take();
    let mut forgetful = idp.browser();
    let page = reset_mail(idp, mails, &mut forgetful).await.link();
    let page = forgetful.get(&page).await;
    let filled = vec![("password", NEW.to_owned())];
    open.push(Open { browser: forgetful, page, action: "/reset", filled, refusal: 410 });
    let mut streams = vec![social.follow(&tokens[0].1.access).await, browser.follow().await];
    for stream in &mut streams {
        assert_eq!(stream.next().await.event("standing")["standing"], "live");
    }
    Left { browser, codes, tokens, device, open, streams }
}

/// A browser, and the page that asks for the code, after the right password.
async fn halfway(browser: &mut Browser, app: &RelyingApp) -> (Browser, Answer) {
    let page = browser.authorize(app, &[]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    assert!(page.body.contains("id=\"code\""), "{}", page.body);
    (browser.copied(), page)
}

/// The stream says that it is over, and that nothing else will be said.
async fn assert_over(stream: &mut Stream, case: &str) {
    assert_eq!(stream.next().await.event("standing")["standing"], "ended", "{case}");
    assert_eq!(stream.next().await.event("end"), json!({"reason": "session_over"}), "{case}");
    assert_eq!(stream.next().await, Said::Over, "{case}");
}

async fn end(idp: &Idp, ending: Ending) {
    match ending {
        Ending::Disabled => idp.import(json!({"users": [{"username": USERNAME, "disabled": true}]})).await,
        _ => idp.end_account_of(USERNAME, ending == Ending::DisabledForAWhile).await,
    }
}

async fn redeem(app: &RelyingApp, code: &str) -> Answer {
    let uri = app.redirect_uri();
    app.token(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &uri),
        ("code_verifier", VERIFIER),
    ])
    .await
}

#[actix_web::test]
async fn what_rested_on_a_closed_account_is_nothing_anywhere() {
    for ending in ENDINGS {
        let (idp, mails) = house().await;
        let Left { mut browser, codes, tokens, device, open, mut streams } = left(&idp, &mails).await;
        idp.tick();
        end(&idp, ending).await;
        for stream in &mut streams {
            assert_over(stream, &format!("{ending:?}")).await;
        }
        idp.tick();
        for (app, code) in &codes {
            assert_json(
                &redeem(app, code).await,
                400,
                "invalid_grant",
                &format!("{ending:?}: code of {}", app.client_id),
            );
        }
        for (app, tokens) in &tokens {
            let case = format!("{ending:?}: {}", app.client_id);
            assert_json(&app.try_refresh(&tokens.refresh).await, 400, "invalid_grant", &case);
            for (method, path) in [("GET", "/userinfo"), ("POST", "/userinfo"), ("POST", "/session/activity")] {
                let request = TestRequest::with_uri(path).method(method.parse().unwrap());
                let request = request.insert_header(("authorization", format!("Bearer {}", tokens.access)));
                assert_json(&idp.call(request).await, 401, "invalid_token", &format!("{case} {method} {path}"));
            }
            // Whoever holds a token of it is told that the session is over, and no more than that.
            let told = app.status(&tokens.access).await;
            assert!(told.status == 401 || told.json()["standing"] == "ended", "{case}: {}", told.body);
            if app.client_id != "spa" {
                for token in [&tokens.access, &tokens.refresh] {
                    assert_eq!(app.introspect(token).await.body, r#"{"active":false}"#, "{case}");
                }
            }
            let silent = browser.silently(app).await;
            assert_eq!((silent.error().as_str(), silent.parameter("code")), ("login_required", None), "{case}");
        }
        let fields = [("client_id", "tv"), ("grant_type", DEVICE), ("device_code", device.as_str())];
        let polled = idp.call(TestRequest::post().uri("/token").set_form(fields)).await;
        assert_json(&polled, 400, "invalid_grant", &format!("{ending:?}: a device that was let in"));
        let before = idp.contents().await;
        for Open { mut browser, page, action, filled, refusal } in open {
            let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = browser.submit(&page, action, &filled).await;
            let case = format!("{ending:?} {action} {filled:?}");
            assert_eq!(answer.status, refusal, "{case}: {} {}", answer.header("location"), answer.body);
            // Where it leads nowhere else it leads to the page that asks to sign in.
            let page = if refusal == 303 { browser.get(answer.location()).await } else { answer };
            assert!(refusal >= 400 || page.body.contains("id=\"sign-in\""), "{case}: {}", page.body);
        }
        for path in ["/account", "/account/security", "/admin/users", "/admin/audit", "/device"] {
            let stranger = browser.get(path).await;
            assert!(
                !stranger.body.contains("Mira") && !stranger.body.contains("otto"),
                "{ending:?}: {}",
                stranger.body
            );
            assert!(stranger.body.contains("id=\"sign-in\"") || path == "/device", "{ending:?}: {}", stranger.body);
        }
        for mut stream in [browser.follow().await, tokens[0].0.follow(&tokens[0].1.access).await] {
            assert_over(&mut stream, &format!("{ending:?}: anew")).await;
        }
        assert_nothing_new(&idp, &before, &KINDS, &format!("{ending:?}")).await;
        // The right password is as wrong as any, until the account is opened again.
        let mut anew = idp.browser();
        let page = anew.authorize(&idp.app("social"), &[]).await;
        let answer = anew.sign_in_as(&page, USERNAME, PASSWORD).await;
        let expected = if ending == Ending::Disabled { 422 } else { 303 };
        assert_eq!(answer.status, expected, "{ending:?}: {}", answer.body);
    }
}

const KINDS: [&str; 6] = ["interaction", "account", "client", "consent", "session", "grant"];

/// Nothing of these kinds was begun, let in, allowed or changed since.
async fn assert_nothing_new(idp: &Idp, before: &str, kinds: &[&str], case: &str) {
    let after = idp.contents().await;
    let of = |contents: &str| -> BTreeSet<String> {
        // A code that was shown is spent, whatever comes of it.
        let kept = |line: &&str| {
            let (kind, rest) = line.split_once(' ').unwrap_or_default();
            kinds.contains(&kind) || kind == "credential" && rest.contains("/password ")
        };
        contents.lines().filter(kept).map(str::to_owned).collect()
    };
    let new: Vec<String> = of(&after).difference(&of(before)).cloned().collect();
    assert!(new.is_empty(), "{case}: {new:#?}");
}

/// What an account has beside its upstream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Beside {
    Nothing,
    SecondFactor,
}

#[actix_web::test]
async fn an_upstreams_word_opens_no_closed_account() {
    for (ending, beside) in
        ENDINGS.into_iter().flat_map(|ending| [(ending, Beside::Nothing), (ending, Beside::SecondFactor)])
    {
        let liar = Liar::start(NOW);
        let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
        let mut home = connected(&idp).await;
        let codes = match beside {
            Beside::Nothing => [String::new(), String::new()],
            Beside::SecondFactor => {
                let (authenticator, recovery) = set_up(&idp, &mut home).await;
                [authenticator.code(&idp, 0), recovery[0].clone()]
            }
        };
        let (social, mut underway, mut later) = (idp.app("social"), idp.browser(), idp.browser());
        let page = underway.authorize(&social, &[]).await;
        let sent = press(&mut underway, &page, "liar").await;
        end(&idp, ending).await;
        idp.tick();
        liar.at(idp.now());
        let before = idp.contents().await;
        let page = later.authorize(&social, &[]).await;
        let answers = [underway.get(&answered(&sent, "liar")).await, by_liar(&mut later, &page).await];
        for ((mut answer, browser), code) in answers.into_iter().zip([&mut underway, &mut later]).zip(codes) {
            let case = format!("{ending:?} {beside:?}");
            if beside == Beside::SecondFactor && ending != Ending::Disabled {
                let page = browser.get(answer.location()).await;
                answer = browser.submit(&page, "/sign-in/code", &[("code", &code)]).await;
            }
            if ending == Ending::Disabled {
                assert_page(&answer, 403, &case);
                assert_eq!(browser.silently(&social).await.error(), "login_required", "{case}");
                assert!(browser.get("/account").await.body.contains("id=\"sign-in\""), "{case}");
            } else {
                assert!(answer.parameter("code").is_some(), "{case}: what was shown since is good");
            }
        }
        if ending == Ending::Disabled {
            assert_nothing_new(&idp, &before, &KINDS, &format!("{ending:?} {beside:?}")).await;
        }
    }
}

/// Whoever has its way in at one provider connects no other: that one would still be there when the account is opened again.
#[actix_web::test]
async fn a_closed_account_gets_no_new_way_in() {
    for closed in [false, true] {
        let (liar, other) = (Liar::start(NOW), Liar::start(NOW));
        let idp = relying_on(vec![configured("liar", &liar.issuer), configured("other", &other.issuer)]).await;
        connected(&idp).await;
        if closed {
            end(&idp, Ending::Disabled).await;
        }
        for upstream in [&liar, &other] {
            upstream.at(idp.now());
        }
        let mut browser = idp.browser();
        let page = browser.authorize(&idp.app("social"), &[]).await;
        let sent = press(&mut browser, &page, "other").await;
        let newcomer = browser.get(&answered(&sent, "other")).await;
        let newcomer = browser.get(newcomer.location()).await;
        let on = browser.submit(&newcomer, "/sign-in/upstream/connect", &[]).await;
        let page = browser.get(on.location()).await;
        // The page offers no other provider now; that does not keep anybody from asking for one.
        let mut fields = page.fields("/sign-in");
        fields.insert("upstream".into(), "liar".into());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let sent = browser.post("/sign-in/upstream", &fields).await;
        let answer = browser.get(&answered(&sent, "liar")).await;
        assert_eq!(answer.status, if closed { 403 } else { 303 }, "{}", answer.body);
        let links = account(&idp, USERNAME).await.links.len();
        assert_eq!(links, if closed { 1 } else { 2 });
    }
}
