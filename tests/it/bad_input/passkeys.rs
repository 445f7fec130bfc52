//! Passkeys that lie, are copied, stolen or replayed: nobody gets in, nothing changes, and the audit log knows why.

use super::{Untouched, assert_page};
use crate::harness::authenticator::{Authenticator, options};
use crate::harness::{Answer, Browser, Idp, PASSWORD, RelyingApp, USERNAME};
use crate::stories::passkeys::{add, page_for_new, refused, show};
use abide::model::audit::Act;
use serde_json::{Value, json};

const SIGN_IN: &str = "/sign-in/passkey";
const PASSKEY: &str = "/account/security/passkey";

/// Mira with a passkey that counts, a stranger's browser, and its sign-in page.
struct Scene {
    idp: Idp,
    social: RelyingApp,
    home: Browser,
    key: Authenticator,
    browser: Browser,
    page: Answer,
}

async fn scene() -> Scene {
    let idp = Idp::start().await;
    let (social, mut home, mut key) = (idp.app("social"), idp.browser(), Authenticator::security_key());
    assert_eq!(add(&mut home, &mut key).await.status, 200);
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    Scene { idp, social, home, key, browser, page }
}

impl Scene {
    /// The answer is refused: the form again with one alert, the reason in the log, and nothing else anywhere.
    async fn refuses(&mut self, answer: &str, reason: &str) {
        let fields = self.page.fields(SIGN_IN);
        let form: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "answer")
            .collect();
        self.refuses_form(&[&form[..], &[("answer", answer)]].concat(), reason).await;
    }

    async fn refuses_form(&mut self, form: &[(&str, &str)], reason: &str) {
        // Of a long row within a minute the log tells the first ones alone.
        self.idp.pass("8s");
        let untouched = Untouched::now(&self.idp).await;
        let refusal = self.browser.post(SIGN_IN, form).await;
        assert_page(&refusal, 422, reason);
        assert!(refusal.text("[role=alert]").is_some_and(|alert| alert.contains("could not be accepted")), "{reason}");
        assert!(!refusal.body.contains("mira"), "{reason}: whose it is is nobody's affair");
        assert_eq!(refused(&self.idp, Act::SignIn).await.first().map(String::as_str), Some(reason));
        untouched.check(reason).await;
        assert_eq!(self.browser.silently(&self.social).await.error(), "login_required", "{reason}");
    }

    /// What the key would say if it were bent like this.
    fn bent(&mut self, bend: impl FnOnce(&mut Authenticator)) -> String {
        let mut liar = self.key.clone();
        bend(&mut liar);
        let answer = liar.get(&self.page);
        self.key.keys[0].counter = liar.keys[0].counter;
        answer
    }
}

#[actix_web::test]
async fn answers_of_another_place_kind_or_person_are_refused() {
    let mut scene = scene().await;
    type Bend = fn(&mut Authenticator);
    let bends: [(&str, Bend); 10] = [
        ("passkey_origin", |key| key.origin = "https://evil.example".into()),
        ("passkey_origin", |key| key.origin = "http://id.example.com".into()),
        ("passkey_origin", |key| key.origin = "https://id.example.com:8443".into()),
        ("passkey_origin", |key| key.origin = "https://login.id.example.com".into()),
        ("passkey_origin", |key| key.framed = true),
        ("passkey_relying_party", |key| key.rp_id = "evil.example".into()),
        ("passkey_relying_party", |key| key.rp_id = "example.com".into()),
        ("passkey_challenge", |key| key.kind = Some("webauthn.create")),
        ("passkey_unverified", |key| key.verifies = false),
        ("passkey_unverified", |key| key.present = false),
    ];
    for (reason, bend) in bends {
        let answer = scene.bent(bend);
        scene.refuses(&answer, reason).await;
    }
    let answer = scene.bent(|key| key.keys[0].handle = vec![7; 32]);
    scene.refuses(&answer, "passkey_of_another").await;
    let good = scene.key.get(&scene.page);
    let answer = scene.browser.submit(&scene.page, SIGN_IN, &[("answer", &good)]).await;
    assert_eq!(answer.status, 303, "and the straight one lets in");
}

#[actix_web::test]
async fn answers_that_were_altered_are_refused() {
    let mut scene = scene().await;
    let good: Value = serde_json::from_str(&scene.bent(|_| ())).unwrap();
    let altered = |member: &str, value: Value| {
        let mut answer = good.clone();
        answer["response"][member] = value;
        answer.to_string()
    };
    let other = Authenticator::security_key();
    let mut stranger = Authenticator { keys: Vec::new(), ..other };
    let registration = page_for_new(&mut scene.home, USERNAME, PASSWORD).await;
    stranger.create(&registration);
    // The right id and handle, and another key.
    let forged = {
        let mut forger = stranger.clone();
        let key = scene.key.keys[0].clone();
        let last = forger.keys.last_mut().unwrap();
        (last.id, last.handle, last.counter) = (key.id, key.handle, Some(100));
        forger.get(&scene.page)
    };
    scene.refuses(&forged, "passkey_signature").await;
    let unknown = stranger.get(&scene.page);
    scene.refuses(&unknown, "passkey_unknown").await;
    let data = good["response"]["authenticatorData"].as_str().unwrap();
    let counted = format!("{}_____w", &data[..data.len() - 6]);
    scene.refuses(&altered("authenticatorData", json!(counted)), "passkey_signature").await;
    scene.refuses(&altered("userHandle", Value::Null), "passkey_of_another").await;
    scene.refuses(&altered("authenticatorData", json!("A".repeat(10_000))), "passkey_relying_party").await;
    for (member, value) in [
        ("signature", json!("")),
        ("signature", json!("AAAA")),
        ("signature", json!("A".repeat(10_000))),
        ("authenticatorData", json!("")),
        ("clientDataJSON", json!("")),
        ("clientDataJSON", json!("A".repeat(10_000))),
        ("clientDataJSON", json!("e30")),
    ] {
        scene.refuses(&altered(member, value), "passkey_unreadable").await;
    }
    let long = json!({ "id": "x", "rawId": "A".repeat(10_000), "type": "public-key", "response": good["response"] });
    let deep = "[".repeat(10_000);
    for garbage in ["", "{}", "null", "not json", "\u{0}", &"x".repeat(10_000), &deep, &long.to_string()] {
        scene.refuses(garbage, "passkey_unreadable").await;
    }
}

#[actix_web::test]
async fn a_challenge_is_answered_once() {
    let mut scene = scene().await;
    let good = scene.key.get(&scene.page);
    // The thief has everything the browser had: its cookies, its page, and what it sent.
    let mut thief = scene.browser.copied();
    let answer = scene.browser.submit(&scene.page, SIGN_IN, &[("answer", &good)]).await;
    scene.social.redeem(&answer).await;
    let untouched = Untouched::now(&scene.idp).await;
    let again = thief.submit(&scene.page, SIGN_IN, &[("answer", &good)]).await;
    assert_page(&again, 422, "reused");
    assert_eq!(refused(&scene.idp, Act::SignIn).await, ["passkey_reused"]);
    untouched.check("reused").await;
    assert_eq!(thief.silently(&scene.social).await.error(), "login_required");
}

#[actix_web::test]
async fn of_many_who_bring_one_answer_one_gets_in() {
    let mut scene = scene().await;
    let good = scene.key.get(&scene.page);
    let mut thieves: Vec<Browser> = (0..8).map(|_| scene.browser.copied()).collect();
    let form = [("answer", good.as_str())];
    let posts = thieves.iter_mut().map(|thief| thief.submit(&scene.page, SIGN_IN, &form));
    let answers = futures_util::future::join_all(posts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
}

#[actix_web::test]
async fn a_challenge_belongs_to_its_browser_interaction_purpose_and_time() {
    let mut scene = scene().await;
    let mut other = scene.idp.browser();
    let elsewhere = other.authorize(&scene.social, &[]).await;
    // Another tab of the same browser is another interaction.
    let tab = scene.browser.authorize(&scene.social, &[]).await;
    let stolen = |page: &Answer, from: &Answer, answer: &str| {
        let mut fields = page.fields(SIGN_IN);
        fields.insert("challenge".into(), from.fields(SIGN_IN)["challenge"].clone());
        fields.insert("answer".into(), answer.to_owned());
        fields.into_iter().collect::<Vec<(String, String)>>()
    };
    for from in [&elsewhere, &tab] {
        let answer = scene.key.get(from);
        let form = stolen(&scene.page, from, &answer);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        scene.refuses_form(&form, "passkey_challenge").await;
    }
    // The answer to one challenge beside another, that is good.
    let answer = scene.key.get(&elsewhere);
    scene.refuses(&answer, "passkey_challenge").await;
    // A challenge of the account page, and of the second step.
    let new = page_for_new(&mut scene.home, USERNAME, PASSWORD).await;
    let answer = scene.key.get_for(&options(&new));
    let mut fields = scene.page.fields(SIGN_IN);
    let challenge = new.fields(PASSKEY)["challenge"].clone();
    fields.extend([("challenge".to_owned(), challenge), ("answer".to_owned(), answer)]);
    let form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    scene.refuses_form(&form, "passkey_challenge").await;
    let mut halfway = scene.idp.browser();
    let page = halfway.authorize(&scene.social, &[]).await;
    let waiting = halfway.sign_in(&page).await;
    let second = halfway.get(waiting.location()).await;
    let answer = scene.key.get(&second);
    let form = stolen(&scene.page, &second, &answer);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    scene.refuses_form(&form, "passkey_challenge").await;
    for challenge in ["", "x", &"A".repeat(10_000)] {
        let mut fields = scene.page.fields(SIGN_IN);
        fields.insert("challenge".into(), challenge.to_owned());
        let form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        scene.refuses_form(&form, "passkey_challenge").await;
    }
    // Ten minutes, with the page it stands on.
    let page = scene.browser.authorize(&scene.social, &[]).await;
    scene.idp.pass("10m");
    let answer = scene.key.get(&page);
    let late = scene.browser.submit(&page, SIGN_IN, &[("answer", &answer)]).await;
    assert_page(&late, 400, "late");
}

#[actix_web::test]
async fn a_copied_key_is_found_out() {
    let mut scene = scene().await;
    let mut copy = scene.key.clone();
    for _ in 0..3 {
        let mut browser = scene.idp.browser();
        let page = browser.authorize(&scene.social, &[]).await;
        assert_eq!(show(&mut browser, &page, &mut scene.key).await.status, 303);
    }
    let behind = copy.get(&scene.page);
    scene.refuses(&behind, "passkey_copied").await;
    let again = copy.get(&scene.page);
    scene.refuses(&again, "passkey_copied").await;
    let mut uncounted = scene.key.clone();
    uncounted.keys[0].counter = None;
    let none = uncounted.get(&scene.page);
    scene.refuses(&none, "passkey_copied").await;
    // The person's own goes on.
    assert_eq!(show(&mut scene.browser, &scene.page, &mut scene.key).await.status, 303);
}

#[actix_web::test]
async fn a_key_that_was_bound_and_says_it_is_copied_is_refused() {
    let mut scene = scene().await;
    let answer = scene.bent(|key| key.synced = true);
    let before = scene.idp.contents().await;
    let answer = scene.browser.submit(&scene.page, SIGN_IN, &[("answer", &answer)]).await;
    assert_eq!((answer.status.as_u16(), refused(&scene.idp, Act::SignIn).await[0].as_str()), (422, "passkey_backup"));
    assert_eq!(scene.idp.contents().await, before);
}

#[actix_web::test]
async fn the_passkey_of_another_account_is_no_second_factor() {
    let mut scene = scene().await;
    let (mut ottos, mut his) = (scene.idp.browser(), Authenticator::phone());
    let page = page_for_new(&mut ottos, "otto", "another person entirely").await;
    let made = his.create(&page);
    assert_eq!(ottos.submit(&page, PASSKEY, &[("answer", &made), ("label", "His")]).await.status, 200);
    let waiting = scene.browser.sign_in(&scene.page).await;
    let page = scene.browser.get(waiting.location()).await;
    let untouched = Untouched::now(&scene.idp).await;
    let answer = show(&mut scene.browser, &page, &mut his).await;
    assert_page(&answer, 422, "another's");
    assert!(answer.text("[role=alert]").is_some_and(|alert| alert.contains("could not be accepted")));
    assert_eq!(refused(&scene.idp, Act::SignIn).await[0], "passkey_of_another");
    untouched.check("another's").await;
    assert_eq!(scene.browser.silently(&scene.social).await.error(), "login_required");
    // And nobody can register what is somebody's already.
    let page = page_for_new(&mut ottos, "otto", "another person entirely").await;
    let mut thief = scene.key.clone();
    let taken = thief.attest(&options(&page));
    thief.keys.clear();
    let untouched = Untouched::now(&scene.idp).await;
    let answer = ottos.submit(&page, PASSKEY, &[("answer", &taken), ("label", "Hers")]).await;
    assert_page(&answer, 422, "taken");
    assert_eq!(refused(&scene.idp, Act::FactorAdded).await, ["passkey_taken"]);
    untouched.check("taken").await;
}

#[actix_web::test]
async fn a_closed_account_is_not_opened_by_its_passkey() {
    let mut scene = scene().await;
    let mut boss = scene.idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let people = boss.get("/admin/users?query=mira").await;
    boss.submit(&people, "/admin/users/disable", &[]).await;
    let answer = scene.key.get(&scene.page);
    scene.refuses(&answer, "credentials").await;
}

#[actix_web::test]
async fn guesses_are_counted_by_address_and_keep_nobody_out() {
    let mut scene = scene().await;
    let fields = scene.page.fields(SIGN_IN);
    let (csrf, handle) = (fields["csrf"].clone(), fields["interaction"].clone());
    let form = [("csrf", csrf.as_str()), ("interaction", handle.as_str()), ("challenge", ""), ("answer", "")];
    scene.idp.pass("1m");
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(scene.browser.post(SIGN_IN, &form).await);
    }
    assert_eq!(statuses.iter().filter(|answer| answer.status == 422).count(), 30);
    assert_eq!(statuses[30].status, 429);
    assert!(statuses[30].header("retry-after").parse::<u64>().unwrap() >= 1);
    let mut elsewhere = scene.idp.browser();
    elsewhere.address = "198.51.100.9:4000".to_owned();
    let page = elsewhere.authorize(&scene.social, &[]).await;
    assert_eq!(show(&mut elsewhere, &page, &mut scene.key).await.status, 303);
}

/// Registration: the page comes back, or the form is gone; nothing is stored, and the log says why.
#[actix_web::test]
async fn new_passkeys_that_are_none_are_refused() {
    let mut scene = scene().await;
    let page = page_for_new(&mut scene.home, USERNAME, PASSWORD).await;
    type Bend = fn(&mut Authenticator);
    let bends: [(&str, Bend); 6] = [
        ("passkey_origin", |key| key.origin = "https://evil.example".into()),
        ("passkey_origin", |key| key.framed = true),
        ("passkey_relying_party", |key| key.rp_id = "evil.example".into()),
        ("passkey_challenge", |key| key.kind = Some("webauthn.get")),
        ("passkey_unverified", |key| key.present = false),
        ("passkey_unreadable", |_| ()),
    ];
    for (n, (reason, bend)) in bends.into_iter().enumerate() {
        let mut liar = Authenticator::phone();
        bend(&mut liar);
        let answer = if n == 5 { "x".repeat(10_000) } else { liar.create(&page) };
        scene.idp.pass("8s");
        // To be there counts as activity, whatever comes of the form.
        scene.home.get("/account").await;
        let untouched = Untouched::now(&scene.idp).await;
        let refusal = scene.home.submit(&page, PASSKEY, &[("answer", &answer), ("label", "Liar")]).await;
        assert_page(&refusal, 422, reason);
        assert!(refusal.text("[role=alert]").is_some_and(|alert| alert.contains("could not be added")), "{reason}");
        assert_eq!(refused(&scene.idp, Act::FactorAdded).await[0], reason);
        untouched.check(reason).await;
    }
    let page = page_for_new(&mut scene.home, USERNAME, PASSWORD).await;
    let good = Authenticator::phone().create(&page);
    let long = "x".repeat(10_000);
    let untouched = Untouched::now(&scene.idp).await;
    for label in ["", "a\nb", "\u{202e}b", "\u{0}", long.as_str()] {
        let refusal = scene.home.submit(&page, PASSKEY, &[("answer", &good), ("label", label)]).await;
        assert_page(&refusal, 422, label);
        assert!(refusal.text("[role=alert]").is_some_and(|alert| alert.contains("1 to 64")), "{label:.20}");
    }
    untouched.check("label").await;
}

#[actix_web::test]
async fn the_question_for_a_new_passkey_belongs_to_its_session_and_is_answered_once() {
    let mut scene = scene().await;
    let page = page_for_new(&mut scene.home, USERNAME, PASSWORD).await;
    let mut phone = Authenticator::phone();
    let answer = phone.create(&page);
    let challenge = page.fields(PASSKEY)["challenge"].clone();
    // In another browser of the same person, and as another person.
    let (mut hers, mut his) = (scene.idp.browser(), scene.idp.browser());
    let her_page = {
        let page = hers.get(PASSKEY).await;
        show(&mut hers, &page, &mut scene.key).await;
        hers.get(PASSKEY).await
    };
    let his_page = page_for_new(&mut his, "otto", "another person entirely").await;
    let sign_in = scene.page.fields(SIGN_IN)["challenge"].clone();
    for (browser, page, challenge) in
        [(&mut hers, &her_page, &challenge), (&mut his, &his_page, &challenge), (&mut scene.home, &page, &sign_in)]
    {
        let untouched = Untouched::now(&scene.idp).await;
        let form = [("challenge", challenge.as_str()), ("answer", answer.as_str()), ("label", "Phone")];
        let refusal = browser.submit(page, PASSKEY, &form).await;
        assert_page(&refusal, 400, "another's question");
        assert_eq!(refused(&scene.idp, Act::FactorAdded).await[0], "passkey_challenge");
        untouched.check("another's question").await;
    }
    let form = [("answer", answer.as_str()), ("label", "Phone")];
    assert_eq!(scene.home.submit(&page, PASSKEY, &form).await.location(), "/account/security?done=passkey");
    // The same once more, also after it was taken away, and another key for the same question.
    let another = phone.create(&page);
    for answer in [&answer, &another] {
        let untouched = Untouched::now(&scene.idp).await;
        let refusal = scene.home.submit(&page, PASSKEY, &[("answer", answer), ("label", "Phone")]).await;
        assert!([400, 422].contains(&refusal.status.as_u16()), "{}", refusal.status);
        untouched.check("answered before").await;
    }
}
