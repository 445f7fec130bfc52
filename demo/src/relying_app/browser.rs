//! What a request tells about the browser: its cookies, and where the request comes from.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;

use super::brand::Brand;

/// How long a first look may take; the start page that follows ends it earlier.
const LOOK: Duration = Duration::minutes(5);
/// After a sign-out: nobody who just left wants to be signed in by looking back.
const REST: Duration = Duration::seconds(30);

/// Why the app does not try to sign in silently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quiet {
    /// It just tried: the next page shown is the start page, and the visit after that may look again.
    Looked,
    /// The visitor just signed out.
    SignedOut,
}

/// The app's three cookies, all random or empty of meaning, none readable by script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Names the application session.
    Session,
    /// Binds requests under way to the browser that began them.
    Browser,
    /// Present while the app should not try to sign in silently; says why.
    Quiet,
}

fn cookie_name(brand: &Brand, kind: Kind) -> String {
    let suffix = match kind {
        Kind::Session => "session",
        Kind::Browser => "browser",
        Kind::Quiet => "quiet",
    };
    format!("{}_{suffix}", brand.cookie)
}

/// A cookie of the app that lives until the browser closes.
///
/// Not `Secure`: the demo is plain http on `*.localhost`, which not every browser takes for a secure context.
pub(super) fn cookie(brand: &Brand, kind: Kind, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(brand, kind), value).path("/").http_only(true).same_site(SameSite::Lax).finish()
}

/// The cookie that keeps the app from trying a silent sign-in, so that redirects never go round.
pub(super) fn quiet(brand: &Brand, why: Quiet) -> Cookie<'static> {
    let (value, how_long) = match why {
        Quiet::Looked => ("looked", LOOK),
        Quiet::SignedOut => ("signed-out", REST),
    };
    let mut cookie = cookie(brand, Kind::Quiet, value.to_owned());
    cookie.set_max_age(how_long);
    cookie
}

/// Whether and why the app should not try now.
pub(super) fn quietness(request: &HttpRequest, brand: &Brand) -> Option<Quiet> {
    match value(request, brand, Kind::Quiet)?.as_str() {
        "looked" => Some(Quiet::Looked),
        _ => Some(Quiet::SignedOut),
    }
}

/// A cookie that takes another away.
pub(super) fn removal(brand: &Brand, kind: Kind) -> Cookie<'static> {
    let mut cookie = cookie(brand, kind, String::new());
    cookie.make_removal();
    cookie
}

/// The value of a cookie, if the browser sent exactly one of that name.
///
/// Two of one name mean that somebody on a neighbouring host or path planted one: neither is believed.
pub(super) fn value(request: &HttpRequest, brand: &Brand, kind: Kind) -> Option<String> {
    let name = cookie_name(brand, kind);
    let cookies = request.cookies().ok()?;
    let mut found = cookies.iter().filter(|cookie| cookie.name() == name);
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.value().to_owned()),
        _ => None,
    }
}

/// Whether the request is a page being opened in a window, as opposed to a frame, a script or a prefetch.
pub(super) fn opens_a_page(request: &HttpRequest) -> bool {
    text(request, "sec-fetch-dest") == Some("document") && text(request, "sec-purpose").is_none()
}

/// Whether a form or script of this very origin made the request; `Origin: null` never passes.
pub(super) fn is_from(request: &HttpRequest, origin: &str) -> bool {
    match text(request, header::ORIGIN.as_str()) {
        Some(from) => from == origin,
        None => text(request, "sec-fetch-site") == Some("same-origin"),
    }
}

/// Whether the caller is the page's script, which wants to know and not to be redirected.
pub(super) fn wants_json(request: &HttpRequest) -> bool {
    text(request, header::ACCEPT.as_str()) == Some("application/json")
}

/// The one value of a header; none when it repeats or is not text.
pub(super) fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, is_from, opens_a_page, value};
    use crate::relying_app::brand::MERIDIAN;
    use actix_web::test::TestRequest;

    const OWN: &str = "http://bank.localhost:8081";

    #[test]
    fn only_the_own_origin_posts() {
        let cases: [(&[(&str, &str)], bool); 6] = [
            (&[("Origin", OWN)], true),
            (&[("Origin", "null"), ("Sec-Fetch-Site", "same-origin")], false),
            (&[("Origin", "http://plaza.localhost:8082")], false),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Sec-Fetch-Site", "same-site")], false),
            (&[], false),
        ];
        for (headers, expected) in cases {
            let request = headers.iter().fold(TestRequest::post(), |request, header| request.append_header(*header));
            assert_eq!(is_from(&request.to_http_request(), OWN), expected, "{headers:?}");
        }
    }

    #[test]
    fn of_two_cookies_of_one_name_none_is_believed() {
        let request = TestRequest::get().append_header(("Cookie", "meridian_session=a")).to_http_request();
        assert_eq!(value(&request, &MERIDIAN, Kind::Session).as_deref(), Some("a"));
        let doubled = TestRequest::get().append_header(("Cookie", "meridian_session=a; meridian_session=b"));
        assert_eq!(value(&doubled.to_http_request(), &MERIDIAN, Kind::Session), None);
    }

    #[test]
    fn scripts_and_prefetches_open_no_page() {
        let document = TestRequest::get().append_header(("Sec-Fetch-Dest", "document"));
        assert!(opens_a_page(&document.to_http_request()));
        let script = TestRequest::get().append_header(("Sec-Fetch-Dest", "empty"));
        assert!(!opens_a_page(&script.to_http_request()));
    }
}
