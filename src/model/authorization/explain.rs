//! What the developer of an app wants to know whose request was refused: what was wrong, which rule that breaks, and what
//! would be right. The log has it for every client; a page shows it for clients in development alone, for it tells what is
//! registered.

use crate::model::client::Client;
use url::Url;

/// Why a request was refused, for whoever makes the app.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// What was wrong.
    pub wrong: String,
    /// The rule.
    pub rule: &'static str,
    /// What would be right.
    pub right: String,
}

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

/// Characters of a presented value that are shown.
const MOST: usize = 300;

/// No `redirect_uri` that could be read.
pub fn without_redirect(client: &Client) -> Explanation {
    Explanation {
        wrong: "redirect_uri is missing, empty, sent twice, or no plain text.".into(),
        rule: "OpenID Connect Core, 3.1.2.1: redirect_uri is required, once.",
        right: one_of(client),
    }
}

/// A `redirect_uri` that is none of those registered.
pub fn foreign_redirect(client: &Client, presented: &str) -> Explanation {
    let nearest = client.metadata.redirect_uris.iter().min_by_key(|registered| difference(registered, presented));
    let hint = match nearest.map(|registered| (registered, difference(registered, presented))) {
        None | Some((_, Difference::Everything)) => String::new(),
        Some((registered, how)) => format!(" It differs from {registered} {}.", how.words()),
    };
    let shown: String = presented.chars().take(MOST).collect();
    Explanation {
        wrong: format!("redirect_uri is {shown}, which is not registered.{hint}"),
        rule: "OpenID Connect Core, 3.1.2.1; RFC 9700, 2.1: it is compared byte by byte with the registered ones.",
        right: one_of(client),
    }
}

fn one_of(client: &Client) -> String {
    match client.metadata.redirect_uris.as_slice() {
        [] => "No redirect URI is registered for this client: register one.".into(),
        [only] => format!("Send redirect_uri={only}, or register the address that you send."),
        many => format!("Send one of {}, or register the address that you send.", many.join(", ")),
    }
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
        let told = foreign_redirect(&client, "https://app.example/cb/");
        assert!(
            told.wrong.ends_with("It differs from https://app.example/cb by a slash at the end alone."),
            "{told:?}"
        );
        assert_eq!(
            told.right,
            format!("Send one of https://app.example/, {registered}, or register the address that you send.")
        );
        let long = foreign_redirect(&client, &"x".repeat(10_000));
        assert!(long.wrong.len() < 400, "{}", long.wrong.len());
    }
}
