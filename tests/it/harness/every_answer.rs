//! What holds of every answer, whatever was asked: rules of RFC 9700 from which no endpoint is exempt. Every request of every
//! test is held against them, so that a new route, mode or error is under them from its first test on.

use super::browser::Answer;
use scraper::{Html, Selector};
use url::{Url, form_urlencoded};

/// The names in an answer of the authorization endpoint, at least one of which is in each.
const ANSWERS: [&str; 4] = ["code", "error", "id_token", "access_token"];
/// What must not stand where addresses are written down.
const NEVER_IN_A_QUERY: [&str; 4] = ["access_token", "id_token", "refresh_token", "client_secret"];
/// Schemes by which a browser runs or reads something of ours.
const SCHEMES_THAT_ACT: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];

/// What scripts of origins may ask at which a client has registered a redirect URI.
const FOR_REGISTERED: [&str; 9] = [
    "/token",
    "/par",
    "/device_authorization",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/session",
    "/session/activity",
    "/session/events",
];
/// What any script may ask: it is the same for everybody, or wants a token that is in no cookie.
const FOR_ANY: [&str; 4] =
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/register"];

/// What the one page loads that is made to be framed: /check_session.
const TO_BE_FRAMED: &str = "type=\"module\" src=\"/static/check-session.js\"";

/// The rules that an answer breaks.
pub fn broken(issuer: &str, answer: &Answer) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let mut rule = |words: &'static str, holds: bool| broken.extend((!holds).then_some(words));
    // RFC 9700, section 4.12: a browser that follows 307 sends the form again, to whom it is sent on.
    rule(
        "a redirect is 303 and no other",
        !answer.status.is_redirection() || matches!(answer.status.as_u16(), 303 | 304),
    );
    let location = answer.headers.get("location").map(|value| value.to_str().unwrap_or("?"));
    rule("Location and 303 belong together", location.is_some() == (answer.status == 303));
    rule("nosniff", answer.header("x-content-type-options") == "nosniff");
    rule(
        "nothing is for every script with credentials",
        !answer.headers.contains_key("access-control-allow-credentials"),
    );
    // RFC 9449, section 8: a client would not know which of several it has to say.
    rule("one nonce at most", answer.headers.get_all("dpop-nonce").count() <= 1);
    let secret = location.is_some() || answer.headers.contains_key("set-cookie") || answer.body.contains("_token\":\"");
    rule("what is for one is kept by nobody", !secret || answer.header("cache-control") == "no-store");
    if let Some(location) = location {
        leads(issuer, location, &mut rule);
    }
    if answer.header("content-type").starts_with("text/html") {
        page(issuer, answer, &mut rule);
    } else {
        rule("the referrer stays here", answer.header("referrer-policy") == "same-origin");
    }
    broken
}

/// The rules that an answer breaks by whom it is shared with: its path, and the `Origin` that asked.
pub fn shared_wrongly(path: &str, origin: Option<&str>, answer: &Answer) -> Vec<&'static str> {
    let mut broken = Vec::new();
    let mut rule = |words: &'static str, holds: bool| broken.extend((!holds).then_some(words));
    let header = |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let allowed = header("access-control-allow-origin");
    rule("one origin", answer.headers.get_all("access-control-allow-origin").count() <= 1);
    let by_name = FOR_REGISTERED.contains(&path);
    match allowed {
        Some("*") => rule("not everybody's script", FOR_ANY.contains(&path) || path.starts_with("/register/")),
        Some(allowed) => {
            rule("no script from elsewhere", by_name);
            rule("whoever asked, by name", Some(allowed) == origin && !["null", ""].contains(&allowed));
            rule("a cache keeps it for that origin alone", header("vary").is_some_and(|vary| vary.contains("Origin")));
        }
        None => {
            let others = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
            rule("nothing is allowed to nobody", others.count() == 0);
        }
    }
    broken
}

/// Does an answer refuse what an app asked for? By an error in JSON or on the way back to the app, by an empty answer that says no
/// more than its status, or by a page where an app sent the browser.
pub fn refuses_an_app(issuer: &str, path: &str, answer: &Answer) -> bool {
    // Where an upstream tells of a sign-out it is we who are the app.
    if (answer.status.is_server_error() && answer.status != 503) || path.starts_with("/sign-in/upstream/") {
        return false;
    }
    if let Some(location) = answer.headers.get("location").map(|value| value.to_str().unwrap_or("?")) {
        let outside = Url::parse(location).is_ok() && !location.starts_with(issuer);
        let told = |part: Option<&str>| pairs(part).iter().any(|(name, _)| name == "error");
        return outside && Url::parse(location).is_ok_and(|url| told(url.query()) || told(url.fragment()));
    }
    if !answer.status.is_client_error() && answer.status != 503 {
        return false;
    }
    match answer.header("content-type").split(';').next() {
        Some("application/json") => answer.body.contains("\"error\":"),
        Some("text/html") => ["/authorize", "/end_session"].contains(&path) && answer.status != 503,
        _ => answer.status == 405,
    }
}

/// Where a redirect leads, and what it carries.
fn leads(issuer: &str, location: &str, rule: &mut impl FnMut(&'static str, bool)) {
    let inside = location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\");
    let Ok(address) = Url::parse(issuer).and_then(|issuer| issuer.join(location)) else {
        return rule("Location is an address", false);
    };
    rule("an address of ours is a path", inside || Url::parse(location).is_ok());
    rule("no redirect runs anything", !SCHEMES_THAT_ACT.contains(&address.scheme()));
    let query = pairs(address.query());
    rule("no token stands in an address", !query.iter().any(|(name, _)| NEVER_IN_A_QUERY.contains(&name.as_str())));
    if !inside && !location.starts_with(issuer) {
        answers(issuer, &[query, pairs(address.fragment())].concat(), rule);
    }
}

/// RFC 9700, section 4.4.2: who answers says so, in every answer, once.
fn answers(issuer: &str, pairs: &[(String, String)], rule: &mut impl FnMut(&'static str, bool)) {
    if pairs.iter().any(|(name, _)| ANSWERS.contains(&name.as_str())) {
        let said: Vec<&str> = pairs.iter().filter(|(name, _)| name == "iss").map(|(_, value)| value.as_str()).collect();
        rule("an answer names the issuer", said == [issuer]);
        rule("a code or an error", !pairs.iter().any(|(n, _)| n == "error") || !pairs.iter().any(|(n, _)| n == "code"));
    }
}

/// What a page is protected by, and what its forms carry elsewhere.
fn page(issuer: &str, answer: &Answer, rule: &mut impl FnMut(&'static str, bool)) {
    let policy = answer.header("content-security-policy");
    rule(
        "nothing that is not named is loaded",
        policy.starts_with("default-src 'none'; ") && policy.contains("base-uri 'none'"),
    );
    rule("one policy", answer.headers.get_all("content-security-policy").count() == 1);
    let posts = posting(answer);
    // RFC 9700, section 4.16. An answer that posts itself is framed by the app that asked for it, and by everybody a page that
    // has nothing to be clicked.
    let policy = if answer.body.contains(TO_BE_FRAMED) && !answer.body.contains("<form") {
        policy.replace("frame-ancestors *", "frame-ancestors 'none'")
    } else {
        policy.to_owned()
    };
    rule("no page of ours in a frame", policy.contains("frame-ancestors 'none'") || !posts.is_empty());
    rule("nothing inline, and nothing from everywhere", !policy.contains("unsafe-") && !policy.contains('*'));
    let scripts = answer.body.matches("<script").count();
    rule(
        "no script but files of ours",
        scripts == answer.body.matches("<script type=\"module\" src=\"/static/").count(),
    );
    for fields in &posts {
        answers(issuer, fields, rule);
    }
    let referrer = answer.header("referrer-policy");
    rule("the referrer stays here", referrer == "same-origin" || (!posts.is_empty() && referrer == "origin"));
}

/// The fields of each form that leads elsewhere.
fn posting(answer: &Answer) -> Vec<Vec<(String, String)>> {
    if !answer.body.contains("<form") {
        return Vec::new();
    }
    let page = Html::parse_document(&answer.body);
    let forms = Selector::parse("form[action]:not([action^=\"/\"])").unwrap();
    let inputs = Selector::parse("input").unwrap();
    let field = |input: scraper::ElementRef<'_>| {
        Some((input.value().attr("name")?.to_owned(), input.value().attr("value").unwrap_or_default().to_owned()))
    };
    page.select(&forms).map(|form| form.select(&inputs).filter_map(field).collect()).collect()
}

fn pairs(part: Option<&str>) -> Vec<(String, String)> {
    form_urlencoded::parse(part.unwrap_or_default().as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::StatusCode;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    const ISSUER: &str = "https://id.example.com";
    const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let usual = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("content-security-policy", POLICY),
        ];
        let mut map = HeaderMap::new();
        for (name, value) in usual.iter().chain(headers) {
            map.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.to_owned() }
    }

    fn count(answer: &Answer) -> usize {
        broken(ISSUER, answer).len()
    }

    #[test]
    fn where_an_answer_may_lead() {
        let iss = "iss=https%3A%2F%2Fid.example.com";
        for good in [
            "/account".to_owned(),
            "https://id.example.com/account?error=x".into(),
            format!("https://app.example/cb?code=x&{iss}"),
            format!("https://app.example/cb#access_token=x&{iss}"),
            format!("com.example.app:/cb?error=x&{iss}"),
            "https://app.example/bye?state=x".into(),
        ] {
            assert_eq!(count(&answer(303, &[("location", &good)], "")), 0, "{good}");
        }
        for bad in [
            "https://app.example/cb?code=x".to_owned(),
            "https://app.example/cb?error=x&iss=https%3A%2F%2Fevil.example".into(),
            format!("https://app.example/cb?error=x&{iss}&{iss}"),
            format!("https://app.example/cb?error=x&code=y&{iss}"),
            format!("https://app.example/cb?access_token=x&{iss}"),
            "https://app.example/cb#id_token=x".into(),
            "//evil.example/".into(),
            "/\\evil.example/".into(),
            "account".into(),
            "javascript:alert(1)".into(),
            "data:text/html,x".into(),
        ] {
            assert_ne!(count(&answer(303, &[("location", &bad)], "")), 0, "{bad}");
        }
        for status in [301, 302, 307, 308] {
            assert_ne!(count(&answer(status, &[("location", "/account")], "")), 0, "{status}");
        }
        assert_ne!(count(&answer(200, &[("location", "/account")], "")), 0);
        assert_ne!(count(&answer(303, &[], "")), 0);
    }

    #[test]
    fn with_whom_an_answer_is_shared() {
        let (app, other) = ("https://app.example", "https://evil.example");
        let count =
            |path: &str, headers: &[(&str, &str)]| shared_wrongly(path, Some(app), &answer(200, headers, "")).len();
        let allow = |value: &'static str| ("access-control-allow-origin", value);
        let vary = ("vary", "Origin");
        for path in FOR_REGISTERED {
            assert_eq!(count(path, &[]) + count(path, &[vary]) + count(path, &[vary, allow(app)]), 0, "{path}");
            for bad in [&[allow(app)][..], &[vary, allow(other)], &[vary, allow("*")], &[vary, allow("null")]] {
                assert_ne!(count(path, bad), 0, "{path} {bad:?}");
            }
            assert_ne!(shared_wrongly(path, None, &answer(200, &[vary, allow(app)], "")).len(), 0, "{path}");
        }
        for path in FOR_ANY.into_iter().chain(["/register/x"]) {
            assert_eq!(count(path, &[allow("*")]) + count(path, &[]), 0, "{path}");
            assert_ne!(count(path, &[vary, allow(app)]), 0, "{path}");
        }
        for path in ["/authorize", "/account", "/sign-in", "/end_session", "/registered", "/session/x", "/token/", "/"]
        {
            assert_eq!(count(path, &[]), 0, "{path}");
            for bad in
                [allow("*"), allow(app), ("access-control-max-age", "600"), ("access-control-allow-headers", "x")]
            {
                assert_ne!(count(path, &[vary, bad]), 0, "{path} {bad:?}");
            }
        }
    }

    #[test]
    fn a_nonce_is_told_once() {
        let mut told = answer(200, &[("dpop-nonce", "a")], "");
        assert_eq!(count(&told), 0);
        told.headers.append(HeaderName::from_static("dpop-nonce"), HeaderValue::from_static("b"));
        assert_ne!(count(&told), 0);
    }

    #[test]
    fn what_protects_an_answer() {
        let html = ("content-type", "text/html; charset=utf-8");
        let form = |target: &str, iss: &str| {
            format!("<form action=\"{target}\"><input name=code value=x><input name=iss value=\"{iss}\"></form>")
        };
        let framed = ("content-security-policy", "default-src 'none'; base-uri 'none'");
        assert_eq!(count(&answer(200, &[html], &form("/sign-in", ""))), 0);
        assert_eq!(count(&answer(200, &[html, framed], &form("https://app.example/cb", ISSUER))), 0);
        let everybody = ("content-security-policy", "default-src 'none'; base-uri 'none'; frame-ancestors *");
        assert_eq!(count(&answer(200, &[html, everybody], &format!("<script {TO_BE_FRAMED}></script>"))), 0);
        assert_ne!(count(&answer(200, &[html, everybody], &format!("<form><script {TO_BE_FRAMED}></script>"))), 0);
        assert_eq!(count(&answer(200, &[("cache-control", "max-age=300")], "{\"jwks_uri\":\"x\"}")), 0);
        for (headers, body) in [
            (vec![html, framed], form("/sign-in", "")),
            (vec![html, framed], form("https://app.example/cb", "")),
            (vec![html, framed], form("https://app.example/cb", "https://evil.example")),
            (
                vec![html, ("content-security-policy", "default-src *; base-uri 'none'; frame-ancestors 'none'")],
                String::new(),
            ),
            (
                vec![
                    html,
                    ("content-security-policy", "default-src 'none'; base-uri 'none'; script-src 'unsafe-inline'"),
                ],
                String::new(),
            ),
            (vec![html, ("referrer-policy", "origin")], form("/sign-in", "")),
            (vec![html], "<p><script>alert(1)</script>".to_owned()),
            (vec![html], "<script type=\"module\" src=\"//evil.example/x.js\"></script>".to_owned()),
            (vec![("referrer-policy", "unsafe-url")], String::new()),
            (vec![("x-content-type-options", "")], String::new()),
            (vec![("access-control-allow-credentials", "true")], String::new()),
            (vec![("cache-control", "private"), ("set-cookie", "a=b")], String::new()),
            (vec![("cache-control", "max-age=300")], "{\"access_token\":\"x\"}".to_owned()),
        ] {
            assert_ne!(count(&answer(200, &headers, &body)), 0, "{headers:?} {body}");
        }
    }
}
