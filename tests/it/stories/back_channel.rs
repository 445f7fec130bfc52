//! Every app learns of the end: back-channel logout, with real receivers.

use crate::harness::{Browser, Idp, Manner, Receiver, RelyingApp, Tokens, USERNAME};
use abide::model::record::Kind;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Three apps that want to be told, at receivers of their own; "strict" ends after 5 idle minutes.
struct World {
    idp: Idp,
    receivers: [Receiver; 3],
}

const APPS: [&str; 3] = ["one", "two", "strict"];

impl World {
    async fn new() -> World {
        let idp = Idp::with(|config| {
            config.session.idle_timeout = "30m".parse().unwrap();
            config.session.reconstitution_window = "1h".parse().unwrap();
            config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
        })
        .await;
        let receivers = [(); 3].map(|()| Receiver::start(Manner::Answers(200)));
        let clients: Vec<Value> =
            APPS.iter().zip(&receivers).map(|(id, receiver)| client(&idp.app(id), receiver)).collect();
        idp.import(json!({"clients": clients})).await;
        World { idp, receivers }
    }

    /// A browser that takes part in all three.
    async fn visit(&self) -> (Browser, Vec<Tokens>) {
        let mut browser = self.idp.browser();
        let mut tokens = Vec::new();
        for id in APPS {
            let app = self.idp.app(id);
            let answer = browser.authorize(&app, &[]).await;
            let answer = if answer.status.is_redirection() { answer } else { browser.sign_in(&answer).await };
            tokens.push(app.redeem(&answer).await);
        }
        (browser, tokens)
    }

    fn told(&self) -> [Vec<(String, String)>; 3] {
        self.receivers.each_ref().map(Receiver::ends)
    }
}

fn client(app: &RelyingApp, receiver: &Receiver) -> Value {
    let id = &app.client_id;
    let limits = if id == "strict" { json!({"idle_timeout": "5m"}) } else { json!({}) };
    json!({
        "client_id": id,
        "client_name": format!("App {id}"),
        "client_secret": app.secret(),
        "redirect_uris": [app.redirect_uri()],
        "post_logout_redirect_uris": [format!("https://{id}.example.com/bye")],
        "backchannel_logout_uri": receiver.uri(),
        "consent": "skip",
        "session": limits,
    })
}

fn ended(reason: &str, tokens: &Tokens) -> (String, String) {
    (reason.to_owned(), tokens.claims()["sid"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn a_sign_out_tells_every_app_once() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    let (mut other, _) = world.visit().await;
    let answer = browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    assert_eq!(world.told(), [const { Vec::new() }; 3], "the answer waits for nobody");
    let page = browser.get(answer.location()).await;
    assert!(page.body.matches("is being told").count() == 3, "{}", page.body);
    world.idp.deliver().await;
    for (receiver, tokens) in world.receivers.iter().zip(&tokens) {
        assert_eq!(receiver.ends(), [ended("sign_out", tokens)]);
    }
    assert!(browser.get(answer.location()).await.body.matches("knows").count() == 3);
    world.idp.deliver().await;
    world.idp.pass("2h");
    assert_eq!(world.told().map(|told| told.len()), [1; 3], "told once");
    assert_eq!(other.get("/account").await.status, 200, "the other browser was not meant");
}

#[actix_web::test]
async fn a_logout_token_is_what_the_specification_wants() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    world.idp.deliver().await;
    let token = &world.receivers[1].tokens()[0];
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!((header["typ"].as_str(), header["alg"].as_str()), (Some("logout+jwt"), Some("RS256")));
    let claims = &world.receivers[1].told()[0];
    let now = world.idp.now().0;
    assert_eq!(
        claims,
        &json!({
            "iss": "https://id.example.com",
            "sub": tokens[1].claims()["sub"],
            "aud": "two",
            "iat": now,
            "exp": now + 120,
            "jti": claims["jti"],
            "sid": tokens[1].claims()["sid"],
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            "reason": "sign_out",
        }),
        "and no nonce"
    );
    // It is good for nothing else: neither as a hint nor as an access token.
    let mut other = world.idp.browser();
    other.enter(&world.idp.app("two")).await;
    let page = other.get(&format!("/end_session?id_token_hint={token}")).await;
    assert!(page.body.contains("id=\"sign-out\""), "a logout token is no hint");
    assert_eq!(world.idp.app("two").userinfo(token).await.status, 401);
}

/// Back-Channel Logout 1.0, 2.8: whoever has taken it says 200, and many frameworks make 204 of that.
#[actix_web::test]
async fn an_app_that_answers_with_any_success_knows_and_by_anything_else_does_not() {
    let world = World::new().await;
    for status in 200..=208 {
        world.receivers.iter().for_each(|receiver| receiver.turn(Manner::Answers(status)));
        let before = world.told().map(|told| told.len());
        let (mut browser, tokens) = world.visit().await;
        let left = browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
        world.idp.deliver().await;
        let page = browser.get(left.location()).await;
        assert_eq!(page.body.matches("knows").count(), 3, "{status}: {}", page.body);
        world.idp.pass("2h");
        world.idp.deliver().await;
        assert_eq!(world.told().map(|told| told.len()), before.map(|count| count + 1), "{status}: told once");
    }
    for status in [300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 410, 500, 501, 504] {
        let world = World::new().await;
        world.receivers[1].turn(Manner::Answers(status));
        let (mut browser, tokens) = world.visit().await;
        let left = browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
        world.idp.deliver().await;
        let page = browser.get(left.location()).await;
        assert_eq!(page.body.matches("knows").count(), 2, "{status}: {}", page.body);
        world.idp.pass("10m");
        world.idp.deliver().await;
        assert!(world.receivers[1].ends().len() > 1, "{status}: it is told again");
        assert_eq!(world.receivers[0].ends().len(), 1, "{status}");
    }
}

#[actix_web::test]
async fn a_time_out_is_told_with_its_reason_and_how_long_it_may_come_back() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    world.idp.pass("5m");
    world.idp.deliver().await;
    let strict = ended("idle", &tokens[2]);
    assert_eq!(world.told(), [vec![], vec![], vec![strict.clone()]], "an app's own limit is that app's own matter");
    let since = world.idp.now();
    world.idp.pass("25m");
    world.idp.deliver().await;
    let [one, two] = [&tokens[0], &tokens[1]].map(|tokens| ended("idle", tokens));
    assert_eq!(world.told(), [vec![one], vec![two], vec![strict]], "who knew already is not told again");
    let hour = std::time::Duration::from_secs(3_600);
    assert_eq!(world.receivers[0].until(), Some(since + hour + std::time::Duration::from_secs(25 * 60)));

    // Coming back and leaving for good: the last word names the new life.
    let app = world.idp.app("one");
    let answer = browser.enter(&app).await;
    let again = app.redeem(&answer).await;
    browser.get(&format!("/end_session?id_token_hint={}", again.id)).await;
    world.idp.deliver().await;
    assert_eq!(world.receivers[0].ends().last(), Some(&ended("sign_out", &again)));
    // Two never learnt of the new life, and was told that the old one may come back: it does not any more.
    assert_eq!(world.receivers[1].ends(), [ended("idle", &tokens[1]), ended("sign_out", &tokens[1])]);
    assert_eq!(world.receivers[1].until(), None);
}

#[actix_web::test]
async fn what_ended_while_nobody_swept_is_told_before_it_is_forgotten() {
    for (how, reason) in [("a time-out", "idle"), ("a closed account", "revoked")] {
        let world = World::new().await;
        let (_, tokens) = world.visit().await;
        if how == "a closed account" {
            world.idp.end_account_of(USERNAME, true).await;
        }
        // Weeks in which no node was up.
        world.idp.pass("20d");
        world.receivers[0].turn(Manner::Answers(503));
        world.idp.deliver().await;
        assert_eq!(world.receivers[1].ends(), [ended(reason, &tokens[1])], "{how}");
        assert!(!world.receivers[0].ends().is_empty(), "{how}: it was tried");
        // And tried again, as if it had ended now.
        world.receivers[0].turn(Manner::Answers(200));
        let before = world.receivers[0].ends().len();
        world.idp.pass("1h");
        world.idp.deliver().await;
        assert!(world.receivers[0].ends().len() > before, "{how}: nobody gave up at once");
        for span in ["2m", "2s"] {
            world.idp.pass(span);
            world.idp.deliver().await;
        }
        let left = world.idp.flows().store.backend().keys(Kind::Session, None, 10).await.unwrap().items;
        assert!(left.is_empty(), "{how}: everybody knows, and it is forgotten: {left:?}");
    }
}

#[actix_web::test]
async fn who_comes_back_before_the_sweep_finds_the_apps_told_of_the_old_life_alone() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    world.idp.pass("30m");
    let app = world.idp.app("one");
    let answer = browser.enter(&app).await;
    let again = app.redeem(&answer).await;
    world.idp.deliver().await;
    for (receiver, tokens) in world.receivers.iter().zip(&tokens) {
        assert_eq!(receiver.ends(), [ended("idle", tokens)]);
    }
    assert_ne!(again.claims()["sid"], tokens[0].claims()["sid"], "so the late notice hits nobody");
    app.refresh(&again.refresh).await;
}

#[actix_web::test]
async fn an_app_that_fails_is_tried_again_later_and_keeps_nobody_waiting() {
    let world = World::new().await;
    let [one, two, _] = &world.receivers;
    one.turn(Manner::Answers(500));
    let (mut browser, tokens) = world.visit().await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    world.idp.deliver().await;
    assert_eq!((one.ends().len(), two.ends().len()), (1, 1));
    world.idp.deliver().await;
    assert_eq!(one.ends().len(), 1, "not before its pause is over");
    // 5 s, and up to a fifth more; then twice as long.
    world.idp.pass("6s");
    world.idp.deliver().await;
    assert_eq!(one.ends().len(), 2);
    world.idp.pass("9s");
    world.idp.deliver().await;
    assert_eq!(one.ends().len(), 2);
    one.turn(Manner::Answers(200));
    world.idp.pass("3s");
    world.idp.deliver().await;
    assert_eq!(one.ends(), vec![ended("sign_out", &tokens[0]); 3], "each time under another jti");
    world.idp.pass("1h");
    world.idp.deliver().await;
    assert_eq!((one.ends().len(), two.ends().len()), (3, 1));
}

#[actix_web::test]
async fn an_app_that_stays_away_is_given_up_after_a_day() {
    let world = World::new().await;
    world.receivers[0].turn(Manner::Answers(404));
    let (mut browser, tokens) = world.visit().await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    for _ in 0..40 {
        world.idp.deliver().await;
        world.idp.pass("1h");
    }
    let attempts = world.receivers[0].ends().len();
    assert!((10..40).contains(&attempts), "{attempts} attempts");
    world.idp.pass("10d");
    world.idp.deliver().await;
    assert_eq!(world.receivers[0].ends().len(), attempts);
}

#[actix_web::test]
async fn what_was_claimed_and_not_told_is_told_by_somebody_else() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    let lost = world.idp.flows().sweep(world.idp.now()).await.unwrap();
    assert_eq!(lost.errands.iter().map(|errand| errand.len()).sum::<usize>(), 3);
    drop(lost);
    world.idp.pass("59s");
    world.idp.deliver().await;
    assert_eq!(world.told(), [const { Vec::new() }; 3], "they may be on their way");
    world.idp.pass("1s");
    world.idp.deliver().await;
    assert_eq!(world.told().map(|told| told.len()), [1; 3]);
}

#[actix_web::test]
async fn one_write_on_the_account_has_every_app_of_every_session_told() {
    for (disable, reason) in [(true, "revoked"), (false, "sign_out")] {
        let world = World::new().await;
        let (_, first) = world.visit().await;
        let (_, second) = world.visit().await;
        world.idp.end_account_of(USERNAME, disable).await;
        let (_, third) = world.visit().await;
        world.idp.deliver().await;
        for (place, receiver) in world.receivers.iter().enumerate() {
            let mut ends = receiver.ends();
            ends.sort();
            let mut expected = vec![ended(reason, &first[place]), ended(reason, &second[place])];
            expected.sort();
            assert_eq!(ends, expected, "{reason}: and not of the session that began afterwards");
        }
        assert_eq!(world.idp.app("one").userinfo(&third[0].access).await.status, 200);
    }
}

#[actix_web::test]
async fn leaving_one_app_tells_that_app_alone() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    let page = browser.get("/end_session?client_id=two").await;
    let answer = browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "app")]).await;
    world.idp.deliver().await;
    assert_eq!(world.told(), [vec![], vec![ended("sign_out", &tokens[1])], vec![]]);
    assert!(browser.get(answer.location()).await.body.contains("App two"));
    assert!(browser.silently(&world.idp.app("one")).await.parameter("code").is_some());
    assert_eq!(browser.silently(&world.idp.app("two")).await.error(), "login_required");
}

#[actix_web::test]
async fn a_person_signs_out_everywhere() {
    let world = World::new().await;
    let (mut browser, here) = world.visit().await;
    let (mut other, there) = world.visit().await;
    let page = browser.get("/end_session").await;
    browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "everywhere")]).await;
    assert_eq!(other.silently(&world.idp.app("one")).await.error(), "login_required");
    world.idp.deliver().await;
    let mut ends = world.receivers[0].ends();
    ends.sort();
    let mut expected = vec![ended("sign_out", &here[0]), ended("sign_out", &there[0])];
    expected.sort();
    assert_eq!(ends, expected);
}

#[actix_web::test]
async fn nothing_is_sent_where_the_installation_does_not_allow_it() {
    let world = World::new().await;
    let idp = Idp::start().await;
    let app = idp.app("one");
    idp.import(json!({"clients": [client(&app, &world.receivers[0])]})).await;
    let mut browser = idp.browser();
    let answer = browser.enter(&app).await;
    let tokens = app.redeem(&answer).await;
    let out = browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
    idp.deliver().await;
    assert_eq!(world.receivers[0].ends(), []);
    idp.pass("20s");
    assert!(browser.get(out.location()).await.body.contains("could not be reached"));
}

#[actix_web::test]
async fn a_receipt_is_for_the_browser_that_signed_out_and_for_ten_minutes() {
    let world = World::new().await;
    let (mut browser, tokens) = world.visit().await;
    let out = browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    let place = out.location().to_owned();
    let mut stranger = world.idp.browser();
    for bad in [place.as_str(), "/signed-out?r=x", "/signed-out?x=1", "/signed-out?r="] {
        let page = stranger.get(bad).await;
        assert_eq!(page.status, 400, "{bad}: {}", page.body);
        assert!(!page.body.contains("App one"));
    }
    assert_eq!(stranger.get("/signed-out").await.status, 200);
    assert!(browser.get(&place).await.body.contains("App one"));
    world.idp.pass("10m");
    assert!(!browser.get(&place).await.body.contains("App one"));
}

#[actix_web::test]
async fn apps_with_a_front_channel_address_are_asked_by_frames_and_the_browser_goes_on() {
    let idp = Idp::start().await;
    let (framed, plain) = (idp.app("framed"), idp.app("social"));
    idp.import(json!({"clients": [{
        "client_id": "framed", "client_name": "Framed", "client_secret": framed.secret(), "consent": "skip",
        "redirect_uris": [framed.redirect_uri()],
        "frontchannel_logout_uri": "https://framed.example.com/left?a=1",
    }]}))
    .await;
    let mut browser = idp.browser();
    let answer = browser.enter(&framed).await;
    let at_framed = framed.redeem(&answer).await;
    let at_plain = plain.redeem(&browser.authorize(&plain, &[]).await).await;
    let bye = "https%3A%2F%2Fsocial.example.com%2Fbye";
    let answer = browser
        .get(&format!("/end_session?id_token_hint={}&post_logout_redirect_uri={bye}&state=s", at_plain.id))
        .await;
    let page = browser.get(answer.location()).await;
    let sid = at_framed.claims()["sid"].as_str().unwrap().to_owned();
    let frame = format!("https://framed.example.com/left?a=1&iss=https%3A%2F%2Fid.example.com&sid={sid}");
    assert_eq!(page.attribute("iframe", "src").as_deref(), Some(frame.as_str()));
    assert!(page.header("content-security-policy").contains("; frame-src https://framed.example.com"));
    assert_eq!(page.attribute("#continue", "href").as_deref(), Some("https://social.example.com/bye?state=s"));
    assert!(page.body.contains("was asked"), "never told: nobody hears whether it worked");
}

#[actix_web::test]
async fn shorter_limits_are_told_at_their_own_time() {
    let world = World::new().await;
    let (_, tokens) = world.visit().await;
    world.idp.pass("1m");
    let app = world.idp.app("two");
    let mut shorter = client(&app, &world.receivers[1]);
    shorter["session"] = json!({"idle_timeout": "3m"});
    world.idp.import(json!({"clients": [shorter]})).await;
    world.idp.deliver().await;
    world.idp.pass("119s");
    world.idp.deliver().await;
    assert_eq!(world.told(), [const { Vec::new() }; 3]);
    world.idp.pass("1s");
    world.idp.deliver().await;
    assert_eq!(world.told(), [vec![], vec![ended("idle", &tokens[1])], vec![]], "not at the appointment made before");
}

#[actix_web::test]
async fn limits_of_the_installation_that_changed_are_looked_at_once() {
    let idp = Idp::start().await;
    idp.flows().relook_if_limits_changed(idp.now()).await.unwrap();
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    idp.deliver().await;
    let (_, before) = idp.store_work();
    idp.flows().relook_if_limits_changed(idp.now()).await.unwrap();
    assert_eq!(idp.store_work().1, before, "the same limits: nothing to do");
    let contents = idp.contents().await;
    idp.forget_limits().await;
    idp.flows().relook_if_limits_changed(idp.now()).await.unwrap();
    let swept = idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!(swept.count, 1, "the session has an appointment now");
    assert_eq!(idp.contents().await, contents);
}

#[actix_web::test]
async fn one_that_hangs_and_one_that_floods_keep_nobody_else_waiting() {
    let world = World::new().await;
    let [hangs, floods, fine] = &world.receivers;
    hangs.turn(Manner::Hangs);
    floods.turn(Manner::Floods);
    let (mut browser, tokens) = world.visit().await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens[0].id)).await;
    let swept = world.idp.flows().sweep(world.idp.now()).await.unwrap();
    let errand = swept.errands.into_iter().next().unwrap();
    let (idp, now) = (world.idp.flows(), world.idp.now());
    // The healthy app has its news before the errand, which waits for the one that hangs, is at its end.
    let heard = async {
        while fine.ends().is_empty() || floods.tokens().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        done = idp.run_errand(errand, now) => panic!("the app that hangs did not hang: {done:?}"),
        () = heard => (),
    }
    assert_eq!(fine.ends(), [ended("sign_out", &tokens[2])]);
}
