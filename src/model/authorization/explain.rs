//! Addresses that are not those registered: what the developer of an app wants to know is how they differ. The log has it for
//! every client; a page shows it for clients in development alone, for it tells what is registered.

use super::bind::Unbound;
use crate::model::client::Client;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{Reason, authorize, shown};
use url::Url;

/// How two addresses that should be the same are not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Difference {
    TrailingSlash,
    Case,
    Query,
    Port,
    Scheme,
    Path,
    Host,
    Everything,
}

impl Unbound {
    /// Why.
    pub fn reason(self) -> &'static Reason {
        match self {
            Unbound::NoClientId => authorize::NO_CLIENT_ID,
            Unbound::UnknownClient => authorize::NO_SUCH_CLIENT,
            Unbound::NoRedirectUri => authorize::NO_REDIRECT_URI,
            Unbound::UnregisteredRedirectUri => authorize::FOREIGN_REDIRECT_URI,
            Unbound::UnknownResponseMode => authorize::RESPONSE_MODE_UNKNOWN,
            Unbound::FormToApp => authorize::FORM_POST_TO_APP,
        }
    }

    /// The refusal of a request without a proven address, of which `presented` is the `redirect_uri`.
    pub fn refusal(self, client: Option<&Client>, presented: Option<&str>) -> OAuthError {
        let refusal = OAuthError::of(self.reason());
        let Some(client) = client else { return refusal };
        let registered = &client.metadata.redirect_uris;
        let refusal = match (self, presented) {
            (Unbound::UnregisteredRedirectUri, Some(uri)) => foreign(refusal, "redirect_uri", (registered, uri)),
            (Unbound::NoRedirectUri, _) => {
                let wrong = refusal.reason().wrong().to_owned();
                refusal.explained(wrong, one_of("redirect_uri", registered))
            }
            _ => refusal,
        };
        client.hears(refusal)
    }
}

/// The parameter `name` is an address that is none of those registered.
pub fn foreign(refusal: OAuthError, name: &str, (registered, presented): (&[String], &str)) -> OAuthError {
    let nearest = registered.iter().min_by_key(|registered| difference(registered, presented));
    let hint = match nearest.map(|registered| (registered, difference(registered, presented))) {
        None | Some((_, Difference::Everything)) => String::new(),
        Some((registered, how)) => format!(" It differs from {} {}.", shown(registered), how.words()),
    };
    let presented = shown(&without_secrets(presented));
    let wrong = format!("{name} is {presented}, which is not registered.{hint}");
    refusal.explained(wrong, one_of(name, registered))
}

fn one_of(name: &str, registered: &[String]) -> String {
    let list: Vec<String> = registered.iter().take(10).map(|uri| shown(uri)).collect();
    match list.as_slice() {
        [] => format!("No {name} is registered for this client: register one."),
        [only] => format!("Send {name}={only}, or register the address that you send."),
        many => format!("Send one of {}, or register the address that you send.", many.join(", ")),
    }
}

/// What an app had in its own address goes along when it sends that as its redirect URI: what an earlier answer held.
const SECRET: [&str; 16] = [
    "code",
    "access_token",
    "id_token",
    "refresh_token",
    "client_secret",
    "token",
    "password",
    "state",
    "nonce",
    "code_verifier",
    "id_token_hint",
    "client_assertion",
    "assertion",
    "device_code",
    "request",
    "logout_token",
];

/// The address without what must not stand in a log.
fn without_secrets(address: &str) -> String {
    let Some(at) = address.find(['?', '#']) else { return address.to_owned() };
    let (place, rest) = address.split_at(at);
    let pieces = rest.split_inclusive(['?', '#', '&']).map(|piece| match piece.split_once('=') {
        Some((name, value)) if SECRET.iter().any(|secret| secret.eq_ignore_ascii_case(name)) => {
            let end = value.chars().last().filter(|c| matches!(c, '?' | '#' | '&')).map(String::from);
            format!("{name}=...{}", end.unwrap_or_default())
        }
        _ => piece.to_owned(),
    });
    std::iter::once(place.to_owned()).chain(pieces).collect()
}

impl Difference {
    fn words(self) -> &'static str {
        match self {
            Difference::TrailingSlash => "by a slash at the end alone",
            Difference::Case => "by capital letters alone",
            Difference::Query => "in the query",
            Difference::Port => "in the port",
            Difference::Scheme => "in the scheme",
            Difference::Path => "in the path",
            Difference::Host => "in the host",
            Difference::Everything => "in everything",
        }
    }
}

fn difference(registered: &str, presented: &str) -> Difference {
    if registered.trim_end_matches('/') == presented.trim_end_matches('/') {
        return Difference::TrailingSlash;
    }
    if registered.eq_ignore_ascii_case(presented) {
        return Difference::Case;
    }
    let (Ok(one), Ok(other)) = (Url::parse(registered), Url::parse(presented)) else { return Difference::Everything };
    let (scheme, host) = (one.scheme() == other.scheme(), one.host_str() == other.host_str());
    let port = one.port_or_known_default() == other.port_or_known_default();
    match (scheme, host, port, one.path() == other.path()) {
        (true, true, true, true) => Difference::Query,
        (true, true, false, true) => Difference::Port,
        (false, true, _, true) => Difference::Scheme,
        (true, true, true, false) => Difference::Path,
        (true, false, _, true) => Difference::Host,
        _ => Difference::Everything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_an_address_differs_from_the_nearest_one() {
        let registered = "https://app.example/cb";
        for (presented, how) in [
            ("https://app.example/cb/", Difference::TrailingSlash),
            ("https://App.example/cb", Difference::Case),
            ("https://app.example/cb?a=1", Difference::Query),
            ("https://app.example:8443/cb", Difference::Port),
            ("http://app.example/cb", Difference::Scheme),
            ("https://app.example/callback", Difference::Path),
            ("https://other.example/cb", Difference::Host),
            ("https://other.example/callback", Difference::Everything),
            ("no address", Difference::Everything),
        ] {
            assert_eq!(difference(registered, presented), how, "{presented}");
        }
        let client: Client = serde_json::from_value(serde_json::json!({"id": "app", "created_at": 0, "metadata": {
            "client_id": "app", "redirect_uris": ["https://app.example/", registered]}}))
        .unwrap();
        let refused = |uri: &str| Unbound::UnregisteredRedirectUri.refusal(Some(&client), Some(uri)).explanation();
        let told = refused("https://app.example/cb/");
        assert!(
            told.wrong.ends_with("It differs from https://app.example/cb by a slash at the end alone."),
            "{told:?}"
        );
        assert_eq!(
            told.right,
            format!("Send one of https://app.example/, {registered}, or register the address that you send.")
        );
        assert!(refused(&"x".repeat(10_000)).wrong.len() < 400);
        let told = refused("https://app.example/cb?code=SECRET&x=1&state=SECRET#access_token=SECRET");
        assert!(!told.wrong.contains("SECRET"), "{told:?}");
        assert!(told.wrong.contains("https://app.example/cb?code=...&x=1&state=...#access_token=..."), "{told:?}");
    }
}
