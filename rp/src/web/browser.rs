//! What a request tells about the browser: its cookies, where it comes from, whose act it is.

use crate::app::{Site, Transport};
use crate::flow::activity::{Act, Signs, act};
use crate::secret::{Handle, fingerprint};
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;

/// How long a first look may take; then the app may look again.
const LOOK: Duration = Duration::seconds(60);
/// After a sign-out: nobody who just left wants to be signed in by looking back.
const REST: Duration = Duration::seconds(30);
const AWAY: Duration = Duration::minutes(15);
/// Sign-ins that one browser has under way; older ones are forgotten.
const AWAY_AT_ONCE: usize = 4;
/// The longest way back that is kept.
const LONGEST_RETURN: usize = 1024;

/// The cookies of an app: random, sealed, or empty of meaning, and none readable by script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Holds the handle of the application session.
    Session,
    /// What a request under way needs when it comes back; named by its state.
    Away(String),
    /// The state of a sign-out under way.
    Farewell,
    /// Present while the app should not try to sign in silently; says why.
    Quiet,
}

/// Why the app does not try to sign in silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quiet {
    /// It just tried.
    Looked,
    /// The visitor just signed out.
    SignedOut,
}

impl Kind {
    /// The cookie of the request with this state.
    pub(crate) fn away(state: &str) -> Kind {
        Kind::Away(fingerprint(&["away", state]).chars().take(12).collect())
    }

    fn name(&self, site: &Site) -> String {
        let prefix = match site.transport {
            Transport::Tls => "__Host-",
            Transport::ThisMachine => "",
        };
        let base = &site.cookie;
        match self {
            Kind::Session => format!("{prefix}{base}_session"),
            Kind::Away(tag) => format!("{prefix}{base}_away_{tag}"),
            Kind::Farewell => format!("{prefix}{base}_farewell"),
            Kind::Quiet => format!("{prefix}{base}_quiet"),
        }
    }
}

/// A cookie of the app. Without `Max-Age` it lives until the browser closes.
pub(crate) fn cookie(site: &Site, kind: &Kind, value: &str) -> Cookie<'static> {
    let mut cookie = Cookie::build(kind.name(site), value.to_owned())
        .path("/")
        .http_only(true)
        .secure(site.transport == Transport::Tls)
        .same_site(SameSite::Lax)
        .finish();
    match kind {
        Kind::Session => {}
        Kind::Away(_) | Kind::Farewell => cookie.set_max_age(AWAY),
        Kind::Quiet => cookie.set_max_age(if value == "looked" { LOOK } else { REST }),
    }
    cookie
}

/// The cookie that keeps the app from trying a silent sign-in, so that redirects never go round.
pub(crate) fn quiet(site: &Site, why: Quiet) -> Cookie<'static> {
    let value = match why {
        Quiet::Looked => "looked",
        Quiet::SignedOut => "signed-out",
    };
    cookie(site, &Kind::Quiet, value)
}

/// Whether and why the app should not try now.
pub(crate) fn quietness(request: &HttpRequest, site: &Site) -> Option<Quiet> {
    match value(request, site, &Kind::Quiet)?.as_str() {
        "looked" => Some(Quiet::Looked),
        _ => Some(Quiet::SignedOut),
    }
}

/// A cookie that takes another away.
pub(crate) fn removal(site: &Site, kind: &Kind) -> Cookie<'static> {
    let mut cookie = cookie(site, kind, "");
    cookie.make_removal();
    cookie
}

/// Removals of the requests under way that are too many, oldest unknown: all of them go.
pub(crate) fn surplus_departures(request: &HttpRequest, site: &Site) -> Vec<Cookie<'static>> {
    let prefix = Kind::Away(String::new()).name(site);
    let names = request.cookies().map(|cookies| {
        let ours = cookies.iter().filter_map(|cookie| cookie.name().strip_prefix(&prefix));
        ours.map(str::to_owned).collect::<Vec<String>>()
    });
    let tags = names.unwrap_or_default();
    if tags.len() < AWAY_AT_ONCE {
        return Vec::new();
    }
    tags.into_iter().map(|tag| removal(site, &Kind::Away(tag))).collect()
}

/// The value of a cookie, if the browser sent exactly one of that name.
///
/// Two of one name mean that somebody on a neighbouring host or path planted one: neither is believed.
pub(crate) fn value(request: &HttpRequest, site: &Site, kind: &Kind) -> Option<String> {
    let name = kind.name(site);
    let cookies = request.cookies().ok()?;
    let mut found = cookies.iter().filter(|cookie| cookie.name() == name);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.value().to_owned()),
        _ => None,
    }
}

/// The handle of this browser's application session.
pub(crate) fn handle(request: &HttpRequest, site: &Site) -> Option<Handle> {
    Handle::presented(&value(request, site, &Kind::Session)?)
}

/// Whose act a request is.
pub(crate) fn whose_act(request: &HttpRequest) -> Act {
    act(Signs {
        mode: text(request, "sec-fetch-mode"),
        dest: text(request, "sec-fetch-dest"),
        user: text(request, "sec-fetch-user"),
        purpose: text(request, "sec-purpose").or_else(|| text(request, "purpose")),
        accept: text(request, header::ACCEPT.as_str()),
    })
}

/// What kind of answer a request can do something with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A page being opened in a window: it may be sent elsewhere.
    Page,
    /// A script, a frame, a form: it gets a status.
    Status,
}

/// Whether a page is being opened in a window, as opposed to a frame, a script, a form or a prefetch.
pub(crate) fn wants(request: &HttpRequest) -> Wants {
    let reading = request.method() == actix_web::http::Method::GET;
    let document = match text(request, "sec-fetch-dest") {
        Some(dest) => dest == "document",
        None => text(request, header::ACCEPT.as_str()).is_some_and(|accept| accept.starts_with("text/html")),
    };
    if reading && document && text(request, "sec-purpose").is_none() { Wants::Page } else { Wants::Status }
}

/// Where the answer of a request goes, as far as the browser says (`Sec-Fetch-Dest`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Into a frame of a page, or it is not said.
    Frame,
    /// Into a window, to a script, into an image.
    Elsewhere,
}

/// Whether a frame of some page is loaded.
pub(crate) fn place(request: &HttpRequest) -> Place {
    let framed = matches!(text(request, "sec-fetch-dest"), Some("iframe" | "frame"));
    if framed || !request.headers().contains_key("sec-fetch-dest") { Place::Frame } else { Place::Elsewhere }
}

/// Who began a navigation, as far as the browser says (`Sec-Fetch-Site`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// A page of this origin, or the person by hand, or it is not said.
    Here,
    /// A page of another origin, or a redirect from there.
    Elsewhere,
}

/// Whether a page of somebody else's sent the browser here.
pub(crate) fn begun(request: &HttpRequest) -> Begun {
    let here = matches!(text(request, "sec-fetch-site"), Some("same-origin" | "none"));
    if here || !request.headers().contains_key("sec-fetch-site") { Begun::Here } else { Begun::Elsewhere }
}

/// Whether a form or script of this very origin made the request; `Origin: null` never passes.
pub(crate) fn is_ours(request: &HttpRequest, site: &Site) -> bool {
    match text(request, header::ORIGIN.as_str()) {
        Some(from) => from == site.origin,
        None => text(request, "sec-fetch-site") == Some("same-origin"),
    }
}

/// A way back that stays on this site and outside of our own paths; the front door otherwise.
pub(crate) fn way_back(asked: Option<&str>, site: &Site) -> String {
    let fits = |path: &&str| {
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let inside = path.strip_prefix(&site.prefix).is_some_and(|rest| rest.starts_with(['/', '?', '#']));
        let ours = !site.prefix.is_empty() && inside;
        path.starts_with('/') && !path.starts_with("//") && plain && !ours && path.len() <= LONGEST_RETURN
    };
    asked.filter(fits).unwrap_or("/").to_owned()
}

/// The one value of a header; none when it repeats or is not text.
pub(crate) fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Begun, Kind, Place, Wants, begun, cookie, handle, is_ours, place, wants, way_back};
    use crate::app::{Site, Transport};
    use actix_web::test::TestRequest;

    fn site(transport: Transport) -> Site {
        let origin = "https://bank.example".to_owned();
        Site { origin, prefix: "/auth".into(), cookie: "bank".into(), transport }
    }

    #[test]
    fn the_session_cookie_is_kept_to_this_host_and_from_scripts() {
        let text = cookie(&site(Transport::Tls), &Kind::Session, "x").to_string();
        assert_eq!(text, "__Host-bank_session=x; HttpOnly; SameSite=Lax; Secure; Path=/");
        let text = cookie(&site(Transport::ThisMachine), &Kind::Session, "x").to_string();
        assert_eq!(text, "bank_session=x; HttpOnly; SameSite=Lax; Path=/");
    }

    #[test]
    fn only_the_own_origin_posts() {
        let cases: [(&[(&str, &str)], bool); 6] = [
            (&[("Origin", "https://bank.example")], true),
            (&[("Origin", "null"), ("Sec-Fetch-Site", "same-origin")], false),
            (&[("Origin", "https://bank.example.evil.example")], false),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Sec-Fetch-Site", "same-site")], false),
            (&[], false),
        ];
        for (headers, expected) in cases {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.append_header(*header));
            assert_eq!(is_ours(&request.to_http_request(), &site(Transport::Tls)), expected, "{headers:?}");
        }
    }

    #[test]
    fn who_began_it_and_where_it_is_shown() {
        let sent = |name: &'static str, values: &[&'static str]| {
            let request =
                values.iter().fold(TestRequest::get(), |request, value| request.append_header((name, *value)));
            request.to_http_request()
        };
        let begins: [(&[&str], Begun); 6] = [
            (&[], Begun::Here),
            (&["none"], Begun::Here),
            (&["same-origin"], Begun::Here),
            (&["same-site"], Begun::Elsewhere),
            (&["cross-site"], Begun::Elsewhere),
            (&["same-origin", "cross-site"], Begun::Elsewhere),
        ];
        for (values, expected) in begins {
            assert_eq!(begun(&sent("Sec-Fetch-Site", values)), expected, "{values:?}");
        }
        let places: [(&[&str], Place); 6] = [
            (&[], Place::Frame),
            (&["iframe"], Place::Frame),
            (&["frame"], Place::Frame),
            (&["document"], Place::Elsewhere),
            (&["image"], Place::Elsewhere),
            (&["iframe", "document"], Place::Elsewhere),
        ];
        for (values, expected) in places {
            assert_eq!(place(&sent("Sec-Fetch-Dest", values)), expected, "{values:?}");
        }
    }

    #[test]
    fn of_two_cookies_of_one_name_none_is_believed() {
        let site = site(Transport::Tls);
        let mine = "a".repeat(43);
        let request = |cookies: String| TestRequest::get().append_header(("Cookie", cookies)).to_http_request();
        assert!(handle(&request(format!("__Host-bank_session={mine}")), &site).is_some());
        assert!(handle(&request(format!("bank_session={mine}")), &site).is_none(), "without the prefix it is another");
        let twice = format!("__Host-bank_session={mine}; __Host-bank_session={}", "b".repeat(43));
        assert!(handle(&request(twice), &site).is_none());
    }

    #[test]
    fn the_way_back_stays_here() {
        let site = site(Transport::Tls);
        for good in ["/", "/transfer?to=1#top", "/authors"] {
            assert_eq!(way_back(Some(good), &site), good);
        }
        let evil = [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "x",
            "",
            "/a\r\nSet-Cookie: a=b",
            "/auth/sign-in",
        ];
        for bad in evil {
            assert_eq!(way_back(Some(bad), &site), "/", "{bad}");
        }
        assert_eq!(way_back(None, &site), "/");
    }

    #[test]
    fn frames_scripts_and_forms_are_not_sent_elsewhere() {
        let page = || TestRequest::get().append_header(("Sec-Fetch-Dest", "document"));
        assert_eq!(wants(&page().to_http_request()), Wants::Page);
        assert_eq!(wants(&page().append_header(("Sec-Purpose", "prefetch")).to_http_request()), Wants::Status);
        for dest in ["iframe", "empty", "image"] {
            let request = TestRequest::get().append_header(("Sec-Fetch-Dest", dest)).to_http_request();
            assert_eq!(wants(&request), Wants::Status, "{dest}");
        }
    }
}
