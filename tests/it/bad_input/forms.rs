//! Forms without their token, of another browser, or from elsewhere: 403, and nothing changed.

use super::{FORM, Untouched, assert_page, encoded};
use crate::harness::{Answer, Browser, ISSUER, Idp};
use actix_web::test::TestRequest;

/// A form as the page had it.
pub struct Form {
    pub action: &'static str,
    pub fields: Vec<(String, String)>,
}

fn form(page: &Answer, action: &'static str, filled: &[(&str, &str)]) -> Form {
    let mut fields = page.fields(action);
    assert!(fields.contains_key("csrf"), "{action}: {}", page.body);
    fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Form { action, fields: fields.into_iter().collect() }
}

impl Form {
    fn with(&self, name: &str, value: Option<&str>) -> Vec<(String, String)> {
        let mut fields: Vec<_> = self.fields.iter().filter(|(other, _)| other != name).cloned().collect();
        fields.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        fields
    }
}

fn post(action: &str, fields: &[(String, String)], headers: &[(&str, &str)]) -> TestRequest {
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut request = TestRequest::post().uri(action).insert_header(("content-type", FORM));
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    request.set_payload(encoded(&pairs))
}

/// Every form of every page that somebody who may do everything can see.
pub async fn every_form(idp: &Idp) -> (Browser, Vec<Form>) {
    let (social, asking) = (idp.app("social"), idp.app("asking"));
    let mut elsewhere = idp.browser();
    let page = elsewhere.get("/admin").await;
    elsewhere.sign_in_as(&page, "boss", "the boss of all of this").await;
    let mut browser = idp.browser();
    let page = browser.get("/admin").await;
    browser.sign_in_as(&page, "boss", "the boss of all of this").await;
    let consent = browser.authorize(&asking, &[]).await;
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]).await;
    assert!(answer.parameter("code").is_some());

    let mut forms = Vec::new();
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    forms.push(form(&page, "/sign-in", &[("username", "mira"), ("password", "harbour lanterns at dusk")]));
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    forms.push(form(&page, "/select", &[("account", "")]));
    let page = browser.authorize(&asking, &[("prompt", "consent"), ("scope", "openid phone")]).await;
    forms.push(form(&page, "/consent", &[("decision", "allow")]));
    let page = browser.get("/end_session").await;
    forms.push(form(&page, "/end_session/confirm", &[("choice", "sign-out")]));
    let page = browser.get("/account").await;
    for action in ["/account/withdraw", "/account/end-session", "/account/end-others", "/account/sign-out"] {
        forms.push(form(&page, action, &[]));
    }
    // In the warning, which is inert until a script shows it.
    let csrf = page.fields("/account/sign-out")["csrf"].clone();
    let fields = vec![("csrf".to_owned(), csrf), ("goal".to_owned(), "account".to_owned())];
    forms.push(Form { action: "/sign-in/again", fields });
    let page = browser.get("/admin/users").await;
    forms.push(form(&page, "/admin/users", &[("username", "new"), ("password", "a password that is long")]));
    forms.push(form(&page, "/admin/users/disable", &[]));
    let disable = &forms.last().unwrap().fields;
    forms.push(Form { action: "/admin/users/enable", fields: disable.clone() });
    let page = browser.get("/admin/clients").await;
    let filled = [("client_name", "New"), ("redirect_uris", "https://new.example.com/cb"), ("kind", "web")];
    forms.push(form(&page, "/admin/clients", &filled));
    forms.push(form(&page, "/admin/clients/remove", &[]));
    let page = browser.get("/admin/sessions").await;
    forms.push(form(&page, "/admin/sessions/end", &[]));
    (browser, forms)
}

/// Headers that a browser sends with a form that is not from a page of ours.
pub(super) const FOREIGN: [&[(&str, &str)]; 18] = [
    &[],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "https://evil.example")],
    &[("origin", "https://social.example.com")],
    &[("origin", "http://id.example.com")],
    &[("origin", "https://id.example.com:443")],
    &[("origin", "https://id.example.com:8443")],
    &[("origin", "https://id.example.com/")],
    &[("origin", "https://ID.example.com")],
    &[("origin", "https://id.example.com.evil.example")],
    &[("origin", "https://x.id.example.com")],
    &[("origin", "https://id.example.com https://evil.example")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    &[("origin", "null"), ("sec-fetch-site", "same-origin")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
];

#[actix_web::test]
async fn forms_that_are_not_ours() {
    let idp = Idp::start().await;
    let (browser, forms) = every_form(&idp).await;
    let mut other = idp.browser();
    let page = other.get("/account").await;
    let foreign_csrf = page.fields("/sign-in")["csrf"].clone();
    let untouched = Untouched::now(&idp).await;
    let hashes = idp.flows().hashing.done();
    let refuse = async |form: &Form, fields: &[(String, String)], headers: &[(&str, &str)]| {
        let case = format!("{} {headers:?} csrf {:?}", form.action, fields.iter().find(|(name, _)| name == "csrf"));
        let answer = browser.copied().send(post(form.action, fields, headers)).await;
        assert_page(&answer, 403, &case);
        assert!(!answer.headers.contains_key("set-cookie"), "{case}");
        untouched.check(&case).await;
    };
    for form in &forms {
        let ours: &[(&str, &str)] = &[("origin", ISSUER)];
        let genuine = form.fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
        refuse(form, &form.with("csrf", None), ours).await;
        for csrf in [
            "",
            "x",
            &foreign_csrf,
            &genuine.to_lowercase(),
            &genuine[1..],
            &format!("{genuine}A"),
            &format!("{genuine}="),
            "\u{e4}",
        ] {
            refuse(form, &form.with("csrf", Some(csrf)), ours).await;
        }
        for csrf in super::variants::altered(&genuine, 11) {
            refuse(form, &form.with("csrf", Some(&csrf)), ours).await;
        }
        let doubled = [&form.fields[..], &[("csrf".to_owned(), genuine.clone())]].concat();
        refuse(form, &doubled, ours).await;
        for headers in FOREIGN {
            refuse(form, &form.fields, headers).await;
        }
        // Without the browser's own cookie, and from another browser that has one.
        for mut stranger in [idp.browser(), other.copied()] {
            let answer = stranger.send(post(form.action, &form.fields, ours)).await;
            // A sign-in form may have been given to this browser in another tab: it is shown once more, unlooked-at.
            assert_page(&answer, if form.action == "/sign-in" { 422 } else { 403 }, form.action);
            assert_eq!(stranger.cookie("__Host-abide_session"), None, "{}", form.action);
        }
        untouched.check(form.action).await;
    }
    assert_eq!(idp.flows().hashing.done(), hashes, "no password was looked at");
}

#[actix_web::test]
async fn forms_posted_by_get_and_in_other_clothes() {
    let idp = Idp::start().await;
    let (browser, forms) = every_form(&idp).await;
    let untouched = Untouched::now(&idp).await;
    for form in &forms {
        let pairs: Vec<(&str, &str)> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let query = format!("{}?{}", form.action, encoded(&pairs));
        let answer = browser.copied().get(&query).await;
        let is_page = matches!(form.action, "/admin/users" | "/admin/clients");
        assert!(is_page || matches!(answer.status.as_u16(), 404 | 405), "GET {}: {}", form.action, answer.status);
        for method in ["PUT", "PATCH", "DELETE"] {
            let request = post(form.action, &form.fields, &[("origin", ISSUER)]).method(method.parse().unwrap());
            let status = browser.copied().send(request).await.status.as_u16();
            assert!(matches!(status, 404 | 405), "{method} {}: {status}", form.action);
        }
        for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
            let request = post(form.action, &form.fields, &[("origin", ISSUER), ("content-type", kind)]);
            assert_page(&browser.copied().send(request).await, 415, &format!("{kind} {}", form.action));
        }
        // What a form brings in its address is nothing.
        let empty =
            TestRequest::post().uri(&query).insert_header(("origin", ISSUER)).insert_header(("content-type", FORM));
        assert_page(&browser.copied().send(empty).await, 403, form.action);
        untouched.check(form.action).await;
    }
}

#[actix_web::test]
async fn the_same_forms_are_good_as_they_are() {
    for (place, headers) in [(0, [("origin", ISSUER)]), (1, [("sec-fetch-site", "same-origin")])] {
        let idp = Idp::start().await;
        let (browser, forms) = every_form(&idp).await;
        for form in &forms {
            let answer = browser.copied().send(post(form.action, &form.fields, &headers)).await;
            assert!(
                answer.status.is_success() || answer.status.is_redirection(),
                "{place} {}: {}",
                form.action,
                answer.status
            );
            // Ending one's own session is a good answer, too; the next form starts anew.
            if matches!(form.action, "/end_session/confirm" | "/account/sign-out") {
                break;
            }
        }
    }
}

#[actix_web::test]
async fn decisions_that_are_none_change_nothing() {
    let idp = Idp::start().await;
    let (browser, forms) = every_form(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let of = |action: &str| forms.iter().find(|form| form.action == action).unwrap();
    for (action, name) in [("/consent", "decision"), ("/end_session/confirm", "choice")] {
        for value in [None, Some(""), Some("ALLOW"), Some("yes"), Some("allow "), Some("Sign-out"), Some("deny\u{0}")] {
            let answer =
                browser.copied().send(post(action, &of(action).with(name, value), &[("origin", ISSUER)])).await;
            assert_page(&answer, 403, &format!("{action} {value:?}"));
        }
        let form = of(action);
        let twice = [&form.fields[..], &[(name.to_owned(), "deny".to_owned())]].concat();
        assert_page(&browser.copied().send(post(action, &twice, &[("origin", ISSUER)])).await, 403, action);
        untouched.check(action).await;
    }
    // Names of things that are not there, or not this person's.
    let cases = [
        ("/account/end-session", "session"),
        ("/account/withdraw", "client"),
        ("/admin/users/disable", "user"),
        ("/admin/users/enable", "user"),
        ("/admin/clients/remove", "client"),
        ("/admin/sessions/end", "session"),
    ];
    for (action, name) in cases {
        for value in
            [None, Some(""), Some("x"), Some("x.y"), Some("../x"), Some("\u{e4}"), Some("."), Some(&*"a".repeat(5_000))]
        {
            let answer =
                browser.copied().send(post(action, &of(action).with(name, value), &[("origin", ISSUER)])).await;
            assert!(!answer.status.is_server_error(), "{action} {value:?}: {}", answer.status);
            untouched.check(&format!("{action} {value:?}")).await;
        }
    }
}

#[actix_web::test]
async fn somebody_elses_session_and_consent_are_out_of_reach() {
    let idp = Idp::start().await;
    let (social, asking) = (idp.app("social"), idp.app("asking"));
    let mut mira = idp.browser();
    mira.enter(&social).await;
    let consent = mira.authorize(&asking, &[]).await;
    mira.submit(&consent, "/consent", &[("decision", "allow")]).await;
    let sid = social.redeem(&mira.silently(&social).await).await.claims()["sid"].as_str().unwrap().to_owned();
    let mut otto = idp.browser();
    let page = otto.get("/account").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let page = otto.get("/account").await;
    otto.submit(&page, "/account/sign-out", &[]).await.status.as_u16();
    let page = otto.get("/account").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let page = otto.get("/account/profile").await;
    let csrf = page.fields("/account/sign-out")["csrf"].clone();
    let person = page.fields("/account/profile")["person"].clone();
    mira.silently(&asking).await;
    let untouched = Untouched::now(&idp).await;
    for (action, name, value) in [
        ("/account/end-session", "session", sid.as_str()),
        ("/account/withdraw", "client", "asking"),
        ("/account/end-others", "x", "y"),
    ] {
        otto.post(action, &[("csrf", &csrf), ("person", &person), (name, value)]).await;
        assert!(mira.silently(&social).await.parameter("code").is_some(), "{action}");
        assert!(mira.silently(&asking).await.parameter("code").is_some(), "{action}");
        untouched.check(action).await;
    }
    // The console is not his, by page or by form.
    for path in ["/admin", "/admin/users", "/admin/clients", "/admin/sessions", "/admin/audit"] {
        assert_page(&otto.get(path).await, 403, path);
    }
    let before = Untouched::now(&idp).await;
    for action in [
        "/admin/users",
        "/admin/users/disable",
        "/admin/users/enable",
        "/admin/clients",
        "/admin/clients/remove",
        "/admin/sessions/end",
    ] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("username", "x"),
            ("password", "a password that is long"),
            ("user", "x"),
            ("client", "asking"),
            ("session", "x.y"),
        ];
        assert_page(&otto.post(action, &fields).await, 403, action);
        before.check(action).await;
    }
}

#[actix_web::test]
async fn the_last_word_of_an_administrator_is_not_about_themself() {
    let idp = Idp::start().await;
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let people = boss.get("/admin/users?query=boss").await;
    let form = people.fields("/admin/users");
    let session = boss.get("/admin/sessions?query=boss").await.fields("/admin/sessions/end")["session"].clone();
    let me = session.split('.').next().unwrap().to_owned();
    let untouched = Untouched::now(&idp).await;
    let form = [("csrf", form["csrf"].as_str()), ("person", &form["person"]), ("user", &me)];
    let answer = boss.post("/admin/users/disable", &form).await;
    assert_page(&answer, 422, "closing the own account");
    assert!(answer.text("[role=alert]").is_some());
    untouched.check("closing the own account").await;
}
