//! Whatever a request says, no answer of ours leads to an address that nobody registered.

use super::paths::{FORMS, PATHS};
use super::{FORM, Untouched, assert_json, encoded};
use crate::harness::keyed::{Keyed, changed};
use crate::harness::{Answer, Browser, ISSUER, Idp, MailServer, Manner, Receiver, Smtp, USERNAME, claims_of};
use crate::stories::pushed::{push, request};
use crate::stories::registration::{Registered, open};
use actix_web::test::TestRequest;
use serde_json::json;
use url::Url;

const NAMES: [&str; 30] = [
    "redirect_uri",
    "post_logout_redirect_uri",
    "return_to",
    "return",
    "next",
    "url",
    "continue",
    "target",
    "goto",
    "done",
    "query",
    "after",
    "to",
    "from",
    "back",
    "page",
    "path",
    "callback",
    "state",
    "client_id",
    "request",
    "request_uri",
    "token",
    "iss",
    "login_hint",
    "target_link_uri",
    "interaction",
    "session",
    "error",
    "code",
];
const EVIL: [&str; 14] = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "http://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://id.example.com@evil.example",
    "https://id.example.com.evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "\r\nLocation: https://evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
];

/// It leads nowhere, or to a path of ours.
fn assert_at_home(answer: &Answer, case: &str) {
    assert!(!answer.status.is_server_error(), "{case}: {}", answer.status);
    if let Some(location) = answer.headers.get("location") {
        let location = location.to_str().unwrap();
        let ours = location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\");
        let address = url::Url::parse(ISSUER).unwrap().join(location).unwrap();
        assert!(ours && address.origin().ascii_serialization() == ISSUER, "{case}: {location}");
    }
    assert!(!answer.headers.contains_key("refresh"), "{case}");
    assert!(!answer.body.to_lowercase().contains("http-equiv=\"refresh\""), "{case}");
    for attribute in ["href=\"", "src=\"", "action=\""] {
        for target in answer.body.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(
                !target.contains("evil") && !target.starts_with("javascript") && !target.starts_with("data:"),
                "{case}: {target}"
            );
        }
    }
}

/// It leads home, or to the one address that was registered for it.
fn assert_at_home_or(answer: &Answer, registered: &str, case: &str) {
    let to = answer.headers.get("location").and_then(|location| Url::parse(location.to_str().unwrap()).ok());
    match to.filter(|to| to.origin().ascii_serialization() != ISSUER) {
        Some(mut to) => {
            to.set_query(None);
            to.set_fragment(None);
            assert_eq!(to.as_str(), registered, "{case}");
        }
        None => assert_at_home(answer, case),
    }
}

/// The pairs with one of them replaced, or put behind all the others.
fn replaced<'a>(pairs: &[(&'a str, &'a str)], (name, value): (&'a str, &'a str)) -> [Vec<(&'a str, &'a str)>; 2] {
    let mut without = pairs.to_vec();
    without.retain(|(other, _)| *other != name);
    [&without[..], pairs].map(|pairs| [pairs, &[(name, value)]].concat())
}

async fn administrator(idp: &Idp) -> (Browser, [(&'static str, String); 2]) {
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let form = boss.get("/account/profile").await.fields("/account/profile");
    let hidden = ["csrf", "person"].map(|name| (name, form[name].clone()));
    (boss, hidden)
}

#[actix_web::test]
async fn through_every_parameter_of_every_address() {
    let idp = Idp::mailing().await;
    let (mut boss, _) = administrator(&idp).await;
    for path in PATHS {
        for evil in EVIL {
            for name in NAMES {
                let address = format!("{path}?{}", encoded(&[(name, evil)]));
                assert_at_home(&boss.get(&address).await, &address);
            }
            let all: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, evil)).collect();
            let address = format!("{path}?{}", encoded(&all));
            assert_at_home(&idp.browser().get(&address).await, &address);
        }
    }
    let _ = &mut boss;
}

#[actix_web::test]
async fn through_every_field_of_every_form() {
    let idp = Idp::mailing().await;
    let (boss, hidden) = administrator(&idp).await;
    for path in FORMS {
        for evil in EVIL {
            let mut fields: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, evil)).collect();
            fields.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
            fields.extend([("choice", "stay"), ("decision", "deny"), ("user", evil), ("client", evil)]);
            let answer = boss.copied().post(path, &fields).await;
            assert_at_home(&answer, &format!("POST {path} {evil}"));
            if answer.headers.contains_key("location") {
                let next = boss.copied().get(answer.location()).await;
                assert_at_home(&next, &format!("POST {path} {evil}, followed"));
            }
        }
    }
}

#[actix_web::test]
async fn through_the_path_itself() {
    let idp = Idp::mailing().await;
    let (mut boss, _) = administrator(&idp).await;
    for path in [
        "//evil.example",
        "//evil.example/..",
        "///",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "/account//evil.example",
        "/account/..//evil.example",
        "/admin/",
        "/admin//",
        "/account/",
        "/interaction//evil.example",
        "/interaction/%2f%2fevil.example",
        "/interaction/https:%2f%2fevil.example",
        "/static//evil.example",
        "/static/..%2f..%2fCargo.toml",
        "/static/%2e%2e/x",
        "/authorize/",
        "/end_session/",
        "/setup/",
        "/jwks/",
    ] {
        let path = path.replace('\\', "%5c");
        let answer = boss.get(&path).await;
        assert_at_home(&answer, &path);
    }
}

#[actix_web::test]
async fn beside_a_client_that_is_right() {
    let idp = Idp::mailing().await;
    let social = idp.app("social");
    let mut person = idp.browser();
    person.enter(&social).await;
    let asked = social.request(&[]);
    let asked: Vec<(String, String)> = serde_urlencoded::from_str(asked.split_once('?').unwrap().1).unwrap();
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let silent = [&asked[..], &[("prompt", "none")]].concat();
    let untouched = Untouched::now(&idp).await;
    for evil in EVIL {
        for name in NAMES {
            for (browser, pairs) in [(&mut person, &silent), (&mut idp.browser(), &asked)] {
                for pairs in replaced(pairs, (name, evil)) {
                    let address = format!("/authorize?{}", encoded(&pairs));
                    assert_at_home_or(&browser.get(&address).await, &social.redirect_uri(), &address);
                }
            }
        }
        untouched.check(evil).await;
    }
}

#[actix_web::test]
async fn beside_a_hint_that_is_right() {
    const BYE: &str = "https://social.example.com/bye";
    let idp = Idp::mailing().await;
    let (social, mut elsewhere, mut person) = (idp.app("social"), idp.browser(), idp.browser());
    let hint = social.redeem(&elsewhere.enter(&social).await).await.id;
    // Her hint is for another session: she is asked, and where that would lead is proved all the same.
    person.enter(&social).await;
    let right = [("id_token_hint", hint.as_str()), ("client_id", "social"), ("post_logout_redirect_uri", BYE)];
    let untouched = Untouched::now(&idp).await;
    for evil in EVIL {
        for name in NAMES {
            for proved in [&right[..], &right[1..], &right[..1]] {
                let [pairs, _] = replaced(proved, (name, evil));
                let address = format!("/end_session?{}", encoded(&pairs));
                assert_at_home_or(&idp.browser().get(&address).await, BYE, &address);
                if proved.len() == right.len() {
                    assert_at_home(&person.get(&address).await, &address);
                }
            }
        }
        untouched.check(evil).await;
    }
    // And whoever does sign out is led no further than to that address.
    for evil in EVIL {
        let mut browser = idp.browser();
        let hint = social.redeem(&browser.enter(&social).await).await.id;
        idp.pass("3s");
        let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", evil), ("state", evil)];
        let asks = browser.get(&format!("/end_session?{}", encoded(&pairs))).await;
        let left = browser.submit(&asks, "/end_session/confirm", &[("choice", "sign-out")]).await;
        assert_at_home(&left, evil);
        assert_at_home(&browser.get(left.location()).await, evil);
        assert_eq!(browser.silently(&social).await.error(), "login_required", "{evil}");
    }
}

/// Links and the issuer come from the configuration (DESIGN 8, lesson 9).
#[actix_web::test]
async fn through_the_headers_of_a_request() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    let paths = [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/",
        "/admin",
        "/account",
        "/authorize",
    ];
    for name in [
        "host",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-for",
        "forwarded",
        "x-original-url",
        "x-rewrite-url",
        "x-host",
        "referer",
        "origin",
    ] {
        for path in paths {
            let answer = idp.call(TestRequest::get().uri(path).insert_header((name, "evil.example"))).await;
            assert_at_home(&answer, &format!("{name} {path}"));
            assert!(!answer.body.contains("evil.example"), "{name} {path}");
            if path.starts_with("/.well-known") {
                assert_eq!(answer.json()["issuer"], ISSUER, "{name}");
            }
        }
        let request = TestRequest::post()
            .uri("/authorize")
            .insert_header(("content-type", FORM))
            .insert_header((name, "evil.example"));
        let answer = idp.call(request.set_payload("client_id=social")).await;
        assert_at_home(&answer, name);
    }
    untouched.check("headers").await;
}

/// What a stranger writes into the headers by which proxies and frameworks are told where a request was sent to.
const FORGED: [(&str, &str); 7] = [
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "evil"),
    ("x-forwarded-for", "evil.example"),
    ("forwarded", "for=evil.example;host=evil.example;proto=evil;by=evil.example"),
    ("x-original-url", "https://evil.example/admin"),
    ("x-rewrite-url", "https://evil.example/admin"),
];

/// Nothing of it is in what anybody is told.
fn assert_not_told(text: &str) {
    for word in ["evil.example", "evil:", "http://id.example.com"] {
        assert!(!text.contains(word), "{text}");
    }
}

fn assert_says_nothing_of_it(answer: &Answer) {
    assert_not_told(&answer.body);
    for (name, value) in &answer.headers {
        assert_not_told(&format!("{name}: {}", value.to_str().unwrap()));
    }
}

/// Everything that tells where we are, asked for by requests that lie about it.
struct Lied {
    idp: Idp,
    mails: MailServer,
    notices: Receiver,
}

impl Lied {
    /// Behind a proxy that is believed in what it says of addresses, or not.
    async fn to(header: (&'static str, &'static str), proxies: &[&str]) -> Lied {
        let (mails, notices) = (MailServer::start(Smtp::Takes).await, Receiver::start(Manner::Answers(200)));
        let idp = Idp::with(|config| {
            Idp::with_every_page(config);
            mails.configure(config);
            open(config);
            config.http.trusted_proxies = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
            config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
        })
        .await;
        let social = idp.app("social");
        let client = json!({"client_id": "social", "client_secret": social.secret(), "consent": "skip",
            "redirect_uris": [social.redirect_uri()], "backchannel_logout_uri": notices.uri(),
            "userinfo_signed_response_alg": "RS256"});
        let device = json!({"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [],
            "response_types": [], "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]});
        idp.import(json!({"clients": [client, device]})).await;
        Lied { idp: idp.bearing(header, assert_says_nothing_of_it), mails, notices }
    }

    /// Links in mails: to a new password, of a new account, of an invitation, and of an address.
    async fn mails(&self) {
        let (mut nobody, mut boss) = (self.idp.browser(), self.idp.browser());
        let page = boss.get("/admin").await;
        let signed_in = boss.sign_in_as(&page, "boss", "the boss of all of this").await;
        assert_eq!(signed_in.location(), "/admin");
        self.mailed(&mut nobody, ("/forgot", "/forgot/send"), ("username", USERNAME), "/reset").await;
        self.mailed(&mut nobody, ("/sign-up", "/sign-up/send"), ("email", "ida@example.org"), "/sign-up/confirm").await;
        let invited = ("email", "nia@example.org");
        self.mailed(&mut boss, ("/admin/invitations", "/admin/invitations"), invited, "/invitation").await;
        let own = ("email", "boss@example.org");
        self.mailed(&mut boss, ("/account/email", "/account/email"), own, "/account/email/confirm").await;
    }

    async fn mailed(
        &self,
        browser: &mut Browser,
        (page, action): (&str, &str),
        (field, value): (&str, &str),
        leads_to: &str,
    ) {
        let form = browser.get(page).await;
        self.idp.deliver().await;
        self.mails.take();
        browser.submit(&form, action, &[(field, value)]).await;
        self.idp.deliver().await;
        let letter = self.mails.next_to(if field == "email" { value } else { "mira@example.org" }).await;
        for text in [letter.raw.clone(), letter.text(), letter.html()] {
            assert_not_told(&text);
        }
        let (begins, link) = (format!("{ISSUER}{leads_to}?token="), format!("{ISSUER}{}", letter.link()));
        assert!(link.starts_with(&begins) && letter.html().contains(&begins), "{link}");
        assert_eq!(browser.get(&link).await.status, 200, "{link}");
    }

    /// What apps are told by metadata, and where they are led.
    async fn documents(&self) {
        for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
            let told = self.idp.call(TestRequest::get().uri(path)).await.json();
            assert_eq!(told["issuer"], ISSUER, "{path}");
            let members = told.as_object().unwrap().iter();
            let addresses = members.filter(|(name, _)| name.ends_with("_endpoint") || name.ends_with("_uri"));
            let mut count = 0;
            for (name, address) in addresses {
                assert!(address.as_str().unwrap().starts_with(&format!("{ISSUER}/")), "{path}: {name}");
                count += 1;
            }
            assert!(count > 8, "{told}");
        }
        let asked =
            TestRequest::post().uri("/device_authorization").set_form([("client_id", "tv"), ("scope", "openid")]);
        let told = self.idp.call(asked).await.json();
        assert_eq!(told["verification_uri"], format!("{ISSUER}/device"));
        let complete = told["verification_uri_complete"].as_str().unwrap();
        assert!(complete.starts_with(&format!("{ISSUER}/device?user_code=")), "{complete}");
        let plaza = Registered::new(&self.idp, json!({})).await;
        let at = format!("{ISSUER}/register/{}", plaza.text("client_id"));
        assert_eq!(plaza.text("registration_client_uri"), at);
        assert_eq!(plaza.manage(actix_web::http::Method::GET, None).await.json()["registration_client_uri"], at);
    }

    /// Whom an assertion has to be for, and a request that is pushed with it.
    async fn assertions(&self) {
        let keyed = Keyed::register(&self.idp, "keyed", "ES256", &json!({})).await;
        let post = async |audience: &str| {
            let assertion = keyed.key.sign(&keyed.header(), &changed(keyed.claims(), &json!({"aud": audience})));
            keyed.present("/revoke", &assertion, &[("token", "x")]).await
        };
        assert_eq!(post(ISSUER).await.status, 200);
        for stranger in ["https://evil.example", "evil://id.example.com", "http://id.example.com", "evil.example"] {
            assert_json(&post(stranger).await, 401, "invalid_client", stranger);
        }
        let pushed = push(&keyed, &request(&self.idp.app("keyed"))).await;
        assert_eq!(pushed.status, 201, "{}", pushed.body);
        let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let page = self.idp.browser().get(&self.idp.app("keyed").request(&[("request_uri", &name)])).await;
        assert_eq!(page.status, 200, "{}", page.body);
    }

    /// A sign-in, what is told after it, and a sign-out.
    async fn a_visit(&self) {
        let (social, mut browser) = (self.idp.app("social"), self.idp.browser());
        let refused = browser.silently(&social).await;
        assert_eq!((refused.error().as_str(), refused.parameter("iss").as_deref()), ("login_required", Some(ISSUER)));
        let answer = browser.enter(&social).await;
        assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER));
        let tokens = social.redeem(&answer).await;
        let information = social.userinfo(&tokens.access).await.body;
        let active = social.introspect(&tokens.access).await.json();
        let issuers = [&tokens.id, &tokens.access, &information].map(|token| claims_of(token)["iss"].clone());
        assert_eq!((issuers, &active["iss"]), ([ISSUER, ISSUER, ISSUER].map(|iss| json!(iss)), &json!(ISSUER)));
        for (path, to) in [("/", "/account"), ("/admin", ""), ("/authorize", ""), ("/account", "")] {
            let answer = browser.get(path).await;
            assert_at_home(&answer, path);
            assert_eq!(answer.header("location"), to, "{path}");
        }
        let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
        let again = browser.send(request.set_payload(encoded(&[("client_id", "social")]))).await;
        assert_at_home(&again, "POST /authorize");
        let out = browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
        assert_at_home(&out, "/end_session");
        assert_at_home(&browser.get(out.location()).await, "/signed-out");
        self.idp.deliver().await;
        let notices = self.notices.told();
        assert_eq!((notices.len(), &notices[0]["iss"]), (1, &json!(ISSUER)));
        assert_not_told(&notices[0].to_string());
    }
}

#[actix_web::test]
async fn nothing_that_we_tell_comes_from_the_headers_of_a_request() {
    for proxies in [&[][..], &["203.0.113.7/32", "127.0.0.1/32"]] {
        for header in FORGED {
            let lied = Lied::to(header, proxies).await;
            lied.mails().await;
            lied.documents().await;
            lied.assertions().await;
            lied.a_visit().await;
            assert_not_told(&lied.idp.contents().await);
        }
    }
}
