//! Every refusal of the main job in generated variants: other orders, encodings, doubles, sizes. Whatever the variant,
//! the answer is a refusal and no fault, nothing is given away, and the store is as it was.

use super::forms::{Form, every_form};
use super::{FORM, Untouched, basic};
use crate::faults::report;
use crate::harness::{Answer, CHALLENGE, ISSUER, Idp, VERIFIER};
use actix_web::test::TestRequest;
use std::collections::BTreeMap;

type Pairs = Vec<(String, String)>;

fn pairs(of: &[(&str, &str)]) -> Pairs {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Good pairs with one of them changed, or left out.
fn flawed(good: &[(&str, &str)], name: &str, value: Option<&str>) -> Pairs {
    let mut all = pairs(good);
    all.retain(|(other, _)| other != name);
    all.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    all
}

fn plainly(of: &[(String, String)]) -> String {
    serde_urlencoded::to_string(of).unwrap()
}

fn fully(of: &[(String, String)], digits: fn(u8) -> String) -> String {
    let escaped = |text: &str| text.bytes().map(digits).collect::<String>();
    of.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect::<Vec<_>>().join("&")
}

/// The same parameters in other forms. None of them cures anything.
fn variants(of: &Pairs) -> Vec<String> {
    let reversed: Pairs = of.iter().rev().cloned().collect();
    let mut rotated = of.clone();
    rotated.rotate_left(of.len() / 2);
    let junk = |count: usize| -> Pairs {
        of.iter().cloned().chain((0..count).map(|n| (format!("junk{n}"), "x".repeat(n * 20)))).collect()
    };
    let mut all = vec![
        plainly(of),
        plainly(&reversed),
        plainly(&rotated),
        fully(of, |byte| format!("%{byte:02X}")),
        fully(of, |byte| format!("%{byte:02x}")),
        format!("&&{}&&=&", plainly(of)),
        format!("{}&%00=%00&%ff=%fe", plainly(of)),
        plainly(&junk(10)),
        plainly(&junk(70)),
        format!("{}&big={}", plainly(of), "y".repeat(20_000)),
        format!("{}&big={}", plainly(of), "y".repeat(70_000)),
    ];
    for place in 0..of.len() {
        let mut doubled = of.clone();
        doubled.push(of[place].clone());
        all.push(plainly(&doubled));
        let mut longer = of.clone();
        longer[place].1 = longer[place].1.repeat(3).chars().take(3000).collect();
        longer[place].1.push('~');
        // Only where that is no good value of another kind: what is free text stays flawed by its own flaw.
        all.push(plainly(&longer));
    }
    all
}

/// What was asked and how it was answered, in numbers.
#[derive(Default)]
struct Count(BTreeMap<u16, usize>);

impl Count {
    fn judge(&mut self, answer: &Answer, case: &str) {
        let status = answer.status.as_u16();
        *self.0.entry(status).or_default() += 1;
        let led = answer.headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        let refused = (400..500).contains(&status) || (matches!(status, 302 | 303) && led.contains("error="));
        assert!(refused, "{case}: {status} {led} {}", answer.body);
        assert!(!led.contains("code=") && !answer.body.contains("access_token\":"), "{case}: {led} {}", answer.body);
        let session =
            answer.headers.get_all("set-cookie").any(|cookie| cookie.to_str().unwrap().contains("abide_session"));
        assert!(!session, "{case}: it gave a session");
    }

    fn all(&self) -> usize {
        self.0.values().sum()
    }
}

fn form(path: &str, body: String) -> TestRequest {
    TestRequest::post().uri(path).insert_header(("content-type", FORM)).set_payload(body)
}

/// Authorization requests, by both methods.
async fn authorizations(idp: &Idp, count: &mut Count) {
    let good = [
        ("client_id", "social"),
        ("redirect_uri", "https://social.example.com/callback"),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s"),
        ("nonce", "n"),
        ("prompt", "none"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let long = "n".repeat(600);
    let flaws: [(&str, Option<&str>); 19] = [
        ("client_id", None),
        ("client_id", Some("nobody")),
        ("client_id", Some("Social")),
        ("redirect_uri", None),
        ("redirect_uri", Some("https://social.example.com/callback/")),
        ("redirect_uri", Some("javascript:alert(1)")),
        ("response_type", None),
        ("response_type", Some("token")),
        ("response_type", Some("code id_token")),
        ("code_challenge", None),
        ("code_challenge", Some("short")),
        ("code_challenge_method", Some("plain")),
        ("prompt", Some("none login")),
        ("prompt", Some("surprise")),
        ("max_age", Some("-1")),
        ("nonce", Some(&long)),
        ("resource", Some("https://elsewhere.example/api")),
        ("id_token_hint", Some("a.b.c")),
        ("request", Some("e30.e30.")),
    ];
    for (name, value) in flaws {
        for query in variants(&flawed(&good, name, value)) {
            let case = format!("authorize, {name}={value:?}: {}", query.chars().take(300).collect::<String>());
            if query.len() < 30_000 {
                let asked = idp.call(TestRequest::get().uri(&format!("/authorize?{query}"))).await;
                count.judge(&asked, &case);
            }
            let posted = idp.call(form("/authorize", query)).await;
            // A POSTed request is answered by a redirect to our own GET; the refusal comes there.
            if posted.status == 303 && posted.location().starts_with('/') {
                let answer = idp.call(TestRequest::get().uri(posted.location())).await;
                count.judge(&answer, &case);
            } else {
                count.judge(&posted, &case);
            }
        }
    }
}

/// Token requests, with every flaw in client or grant.
async fn tokens(idp: &Idp, count: &mut Count) {
    let secret = idp.app("social").secret();
    let good_header = basic("social", &secret);
    let good = [
        ("grant_type", "authorization_code"),
        ("code", "no-code-of-ours"),
        ("redirect_uri", "https://social.example.com/callback"),
        ("code_verifier", VERIFIER),
    ];
    let bodies: Vec<Pairs> = [
        ("grant_type", None),
        ("grant_type", Some("password")),
        ("grant_type", Some("refresh_token")),
        ("grant_type", Some("urn:ietf:params:oauth:grant-type:device_code")),
        ("code", None),
        ("code", Some("")),
        ("redirect_uri", Some("https://evil.example/")),
        ("code_verifier", None),
        ("client_id", Some("bank")),
        ("client_secret", Some("also here")),
        ("scope", Some("openid")),
    ]
    .into_iter()
    .map(|(name, value)| flawed(&good, name, value))
    .collect();
    let headers = [
        Some(good_header.clone()),
        None,
        Some(basic("social", "wrong")),
        Some(basic("nobody", &secret)),
        Some("Basic !!!".to_owned()),
        Some("Bearer x".to_owned()),
    ];
    for body in &bodies {
        for (number, header) in headers.iter().enumerate() {
            // All variants where client and header are good, some where they are not.
            for text in variants(body).into_iter().take(if number == 0 { usize::MAX } else { 6 }) {
                let case = format!("token, {header:?}: {}", text.chars().take(300).collect::<String>());
                let mut request = form("/token", text);
                if let Some(header) = header {
                    request = request.insert_header(("authorization", header.as_str()));
                }
                count.judge(&idp.call(request).await, &case);
            }
        }
    }
}

/// Userinfo with what is no token.
async fn userinfos(idp: &Idp, count: &mut Count) {
    let long = "x".repeat(9000);
    for presented in ["", "Bearer", "Bearer ", "Bearer a.b.c", "bearer null", "Basic eDp5", "Bearer a b", &long] {
        for (method, path) in [("GET", "/userinfo"), ("POST", "/userinfo"), ("GET", "/userinfo?access_token=a.b.c")] {
            let request = match method {
                "GET" => TestRequest::get().uri(path),
                _ => form(path, "access_token=a.b.c".into()),
            };
            let answer = idp.call(request.insert_header(("authorization", presented))).await;
            count.judge(&answer, &format!("userinfo, {method} {path}, {presented:.40}"));
        }
    }
}

/// Every form there is, without its token, with another one, and from elsewhere.
async fn forms(idp: &Idp, cookies: &str, forms: &[Form], count: &mut Count) {
    for form_of in forms {
        let token = form_of.fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
        let altered = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
        let flaws: [(Option<&str>, &str); 4] =
            [(None, ISSUER), (Some(""), ISSUER), (Some(&altered), ISSUER), (Some(&token), "https://evil.example")];
        for (csrf, origin) in flaws {
            let mut fields: Pairs = form_of.fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
            fields.extend(csrf.map(|csrf| ("csrf".to_owned(), csrf.to_owned())));
            for body in variants(&fields) {
                let case = format!("{} from {origin}: {}", form_of.action, body.chars().take(300).collect::<String>());
                let request = form(form_of.action, body).insert_header(("cookie", cookies));
                count.judge(&idp.call(request.insert_header(("origin", origin))).await, &case);
            }
        }
    }
}

#[actix_web::test]
async fn thousands_of_bad_requests_are_refused_and_leave_nothing() {
    let idp = Idp::start().await;
    let (browser, all_forms) = every_form(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let size = idp.flows().store.backend().size().await.unwrap();
    let mut count = Count::default();
    authorizations(&idp, &mut count).await;
    tokens(&idp, &mut count).await;
    userinfos(&idp, &mut count).await;
    forms(&idp, &browser.cookie_header(), &all_forms, &mut count).await;
    untouched.check("all of them").await;
    assert_eq!(idp.flows().store.backend().size().await.unwrap(), size, "the store grew");
    assert!(count.all() >= 2000, "only {} requests", count.all());
    let statuses: Vec<String> = count.0.iter().map(|(status, n)| format!("{n} x {status}")).collect();
    report("bad_requests", format!("{} requests: {}; no 5xx, nothing stored", count.all(), statuses.join(", ")));
}
