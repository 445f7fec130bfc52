//! The issuer identifier (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// Our own name: an absolute `https` URL without query and fragment and without a slash at the end.
///
/// Plain `http` is accepted on `localhost` and `*.localhost` alone, where browsers too treat it as secure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer(Url);

/// Why a text is no issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// No absolute URL.
    #[error("`{0}` is no absolute URL; write something like \"https://id.example.com\"")]
    NotUrl(String),
    /// Plain http on a public host.
    #[error(
        "`{0}` is not https; plain http is accepted on localhost and *.localhost only. Use https, or put a proxy that \
         ends TLS in front and name its https address here"
    )]
    Plain(String),
    /// Parts an issuer must not have.
    #[error("`{0}` must have no user, query, fragment or path; write only scheme, host and port")]
    Parts(String),
}

impl FromStr for Issuer {
    type Err = IssuerError;
    fn from_str(text: &str) -> Result<Issuer, IssuerError> {
        let url = Url::parse(text).map_err(|_| IssuerError::NotUrl(text.to_owned()))?;
        if url.host().is_none() || !matches!(url.scheme(), "http" | "https") {
            return Err(IssuerError::NotUrl(text.to_owned()));
        }
        if url.scheme() == "http" && !is_local_name(&url) {
            return Err(IssuerError::Plain(text.to_owned()));
        }
        let bare = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(IssuerError::Parts(text.to_owned()));
        }
        Ok(Issuer(url))
    }
}

impl TryFrom<String> for Issuer {
    type Error = IssuerError;
    fn try_from(text: String) -> Result<Issuer, IssuerError> {
        text.parse()
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> String {
        issuer.to_string()
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl Issuer {
    /// The address of a path of ours; `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    /// The host, as people read it.
    pub fn host(&self) -> String {
        self.0.host_str().unwrap_or_default().to_owned()
    }

    /// Scheme, host and port as browsers print them in the `Origin` header (RFC 6454, section 6.1).
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// How our pages travel.
    pub fn transport(&self) -> Transport {
        if self.0.scheme() == "https" { Transport::Tls } else { Transport::Plain }
    }
}

/// Whether browsers reach us through TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// https: cookies are `Secure` and carry the `__Host-` prefix.
    Tls,
    /// http on a localhost name: neither is possible in every browser.
    Plain,
}

/// Is the host `localhost` or below it (RFC 6761, section 6.3)?
pub fn is_local_name(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers() {
        for (text, good) in [
            ("https://id.example.com", true),
            ("https://id.example.com/", true),
            ("https://id.example.com:8443", true),
            ("http://localhost:8080", true),
            ("http://id.localhost:8080", true),
            ("http://127.0.0.1:8080", false),
            ("http://id.example.com", false),
            ("http://localhost.example.com", false),
            ("https://id.example.com/tenant", false),
            ("https://id.example.com?x", false),
            ("https://id.example.com#x", false),
            ("https://me@id.example.com", false),
            ("javascript:alert(1)", false),
            ("id.example.com", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<Issuer>().is_ok(), good, "{text}");
        }
        assert_eq!("https://ID.example.com:443/".parse::<Issuer>().unwrap().to_string(), "https://id.example.com");
    }
}
