//! Redirect URIs: what may be registered, and what matches (RFC 6749, section 3.1.2; RFC 8252; RFC 9700, section 2.1).

use crate::protocol::issuer::is_local_name;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// `application_type` of OpenID Connect Dynamic Client Registration 1.0, section 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// Runs on a web server or in a browser.
    #[default]
    Web,
    /// Installed on the person's device.
    Native,
}

/// Does the presented URI match the registered one?
///
/// Byte for byte. The one exception is the port of a native client's loopback redirect (RFC 8252, section 7.3), on
/// `localhost` as well: the apps that use it choose a free port like the others.
pub fn matches(registered: &str, presented: &str, application: ApplicationType) -> bool {
    if registered == presented {
        return true;
    }
    if application != ApplicationType::Native {
        return false;
    }
    match (loopback_without_port(registered), loopback_without_port(presented)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The origin of a page at this address, as a browser writes it; none for a private scheme.
pub fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.origin().ascii_serialization())
}

/// Splits `http://127.0.0.1:PORT/rest`, `http://[::1]:PORT/rest` or `http://localhost:PORT/rest` into host and rest, by bytes: no URL parser is
/// asked, because parsers normalize, and what was normalized was not compared.
fn loopback_without_port(uri: &str) -> Option<(&str, &str)> {
    let after = uri.strip_prefix("http://")?;
    let host = ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|host| after.starts_with(host))?;
    let rest = &after[host.len()..];
    let digits = rest.strip_prefix(':').map_or(0, |r| r.bytes().take_while(u8::is_ascii_digit).count());
    let rest = if digits > 0 { &rest[digits + 1..] } else { rest };
    (rest.is_empty() || rest.starts_with('/') || rest.starts_with('?')).then_some((host, rest))
}

/// Why a URI cannot be registered for redirects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unregistrable {
    /// No absolute URI, or one with unusual bytes.
    #[error("it is no absolute URI of printable ASCII characters")]
    NotUri,
    /// It has a fragment (RFC 6749, section 3.1.2).
    #[error("it must not have a fragment")]
    Fragment,
    /// It has user information.
    #[error("it must not have a user name or password")]
    UserInfo,
    /// A wildcard.
    #[error("it must not have a wildcard; register every URI")]
    Wildcard,
    /// The scheme is not allowed for this kind of client.
    #[error(
        "its scheme is not allowed: web clients use https; native clients https, a private scheme with a dot (com.example.app:/…) or http on 127.0.0.1, [::1] or localhost; plain http on localhost needs a confidential client or `development` set to true"
    )]
    Scheme,
}

/// May plain `http` on a localhost name be registered?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalHttp {
    /// A confidential client, or one under development.
    Allowed,
    /// A public client in production: whoever listens on the port could take the code.
    Refused,
}

/// Checks a URI that is to be registered.
///
/// # Errors
/// The reason why not.
pub fn registrable(uri: &str, application: ApplicationType, local: LocalHttp) -> Result<(), Unregistrable> {
    let url = Url::parse(uri).map_err(|_| Unregistrable::NotUri)?;
    if !uri.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') || uri.len() > 2048 {
        return Err(Unregistrable::NotUri);
    }
    if uri.contains('#') {
        return Err(Unregistrable::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() || uri.split('/').nth(2).is_some_and(|a| a.contains('@'))
    {
        return Err(Unregistrable::UserInfo);
    }
    if uri.contains('*') {
        return Err(Unregistrable::Wildcard);
    }
    if url.host_str().is_some_and(|host| host.len() > 253) {
        return Err(Unregistrable::NotUri);
    }
    let host = url.host();
    let good = match (url.scheme(), application) {
        ("https", _) => host.is_some() && has_plain_authority(uri),
        ("http", _) if !has_plain_authority(uri) => false,
        ("http", ApplicationType::Web) => is_local_name(&url) && local == LocalHttp::Allowed,
        ("http", ApplicationType::Native) => is_loopback(host),
        // A reverse domain name (RFC 8252, section 7.1): the dot keeps out javascript:, data:, file: and their kin.
        (scheme, ApplicationType::Native) => scheme.contains('.'),
        _ => false,
    };
    if good { Ok(()) } else { Err(Unregistrable::Scheme) }
}

/// `https://` or `http://` and a host right behind it, by bytes: a parser reads `https:x` and `https:///x` as `https://x/`, a
/// browser reads the one as a path of ours, and a person reads neither.
pub fn has_plain_authority(uri: &str) -> bool {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !authority.is_empty() && !authority.contains(['@', '\\', '*'])
}

/// Is a host of an address the machine of whoever follows it, by a name or by a literal?
pub fn is_here(host: &str) -> bool {
    ["127.0.0.1", "[::1]", "localhost"].contains(&host) || host.ends_with(".localhost")
}

/// The literals are what RFC 8252 recommends (section 8.3); the name is what OpenID Connect Dynamic Client Registration 1.0
/// allows as well (section 2), and many command line tools have.
fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.octets() == [127, 0, 0, 1],
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_match() {
        let registered = "https://app.example/cb";
        for altered in [
            "https://app.example/cb/",
            "https://app.example/cb?x=1",
            "https://app.example/cb#x",
            "https://app.example/c",
            "https://APP.example/cb",
            "HTTPS://app.example/cb",
            "https://app.example:443/cb",
            "https://app.example/%63b",
            "https://app.example/./cb",
            "https://app.example//cb",
            "https://app.example.evil/cb",
            "https://a@app.example/cb",
            "http://app.example/cb",
            " https://app.example/cb",
            "https://app.example/cb%00",
            "https://app.example\\cb",
            "",
        ] {
            for kind in [ApplicationType::Web, ApplicationType::Native] {
                assert!(!matches(registered, altered, kind), "{altered}");
            }
        }
        assert!(matches(registered, registered, ApplicationType::Web));
    }

    #[test]
    fn the_port_of_a_native_loopback_redirect_is_free() {
        let registered = "http://127.0.0.1/cb";
        assert!(matches(registered, "http://127.0.0.1:51234/cb", ApplicationType::Native));
        assert!(matches("http://[::1]:1/cb", "http://[::1]:2/cb", ApplicationType::Native));
        assert!(matches("http://localhost/cb", "http://localhost:51234/cb", ApplicationType::Native));
        assert!(!matches(registered, "http://127.0.0.1:51234/cb", ApplicationType::Web));
        assert!(!matches("http://localhost/cb", "http://localhost:51234/cb", ApplicationType::Web));
        for other in ["http://localhost.evil.example/cb", "http://localhostx:1/cb", "http://LOCALHOST/cb", registered] {
            assert!(!matches("http://localhost/cb", other, ApplicationType::Native), "{other}");
        }
        for altered in [
            "http://127.0.0.1:51234/other",
            "http://127.0.0.1:5x/cb",
            "http://127.0.0.1:80@evil.example/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.1.evil.example/cb",
            "https://127.0.0.1:1/cb",
            "http://[::1]:1/cb",
            "http://127.0.0.1:1#/cb",
        ] {
            assert!(!matches(registered, altered, ApplicationType::Native), "{altered}");
        }
    }

    #[test]
    fn what_may_be_registered() {
        use ApplicationType::{Native, Web};
        for (uri, kind, local, good) in [
            ("https://app.example/cb", Web, LocalHttp::Refused, true),
            ("http://app.example/cb", Web, LocalHttp::Allowed, false),
            ("http://localhost:3000/cb", Web, LocalHttp::Allowed, true),
            ("http://bank.localhost:3000/cb", Web, LocalHttp::Allowed, true),
            ("http://localhost:3000/cb", Web, LocalHttp::Refused, false),
            ("http://127.0.0.1/cb", Native, LocalHttp::Refused, true),
            ("http://localhost/cb", Native, LocalHttp::Refused, true),
            ("http://app.localhost/cb", Native, LocalHttp::Allowed, false),
            ("http://localhost.evil.example/cb", Native, LocalHttp::Allowed, false),
            ("http://127.0.0.2/cb", Native, LocalHttp::Refused, false),
            ("com.example.app:/cb", Native, LocalHttp::Refused, true),
            ("com.example.app:/cb", Web, LocalHttp::Allowed, false),
            ("javascript:alert(1)", Native, LocalHttp::Allowed, false),
            ("data:text/html,x", Native, LocalHttp::Allowed, false),
            ("https://*.app.example/cb", Web, LocalHttp::Allowed, false),
            ("https://app.example/cb#x", Web, LocalHttp::Allowed, false),
            ("https://u:p@app.example/cb", Web, LocalHttp::Allowed, false),
            ("https://@app.example/cb", Web, LocalHttp::Allowed, false),
            ("https:///app.example/cb", Web, LocalHttp::Allowed, false),
            ("/cb", Web, LocalHttp::Allowed, false),
            ("https://app.example/c b", Web, LocalHttp::Allowed, false),
            ("https://äpp.example/cb", Web, LocalHttp::Allowed, false),
        ] {
            assert_eq!(registrable(uri, kind, local).is_ok(), good, "{uri} {kind:?}");
        }
    }
}
