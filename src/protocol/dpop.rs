//! Proofs that a request comes from whoever holds a key (DPoP, RFC 9449), taken apart and not yet believed.
//!
//! Here alone a token's own header brings the key that it is verified by: what is proved is that the key is at hand, and a
//! token or a grant says elsewhere which key that has to be.

use crate::protocol::assertion::instant;
use crate::protocol::jwk::{Jwk, JwkError};
use crate::protocol::jws::{Compact, Family, JwsAlg};
use crate::protocol::refusal::{Reason, proof as why};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The longest proof, in bytes: one by an RSA key of 8192 bits has half of it.
const LONGEST: usize = 8 * 1024;

/// What a request has in its `DPoP` header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Header<'a> {
    /// There is none.
    #[default]
    Absent,
    /// One.
    One(&'a str),
    /// Several, or no text.
    Unreadable,
}

/// A proof.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The key it brings along.
    pub key: Jwk,
    /// How it says it is signed.
    pub alg: JwsAlg,
    /// The token itself.
    pub token: Compact,
    /// What it says.
    pub claims: Claims,
}

/// What a proof says (RFC 9449, section 4.2).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Claims {
    /// Its name: good once.
    pub jti: String,
    /// The method of the request.
    pub htm: String,
    /// The address of the request.
    pub htu: String,
    /// When it was made.
    #[serde(deserialize_with = "instant")]
    pub iat: Timestamp,
    /// The hash of the access token beside it.
    #[serde(default)]
    pub ath: Option<String>,
    /// What the server gave out to be said here.
    #[serde(default)]
    pub nonce: Option<String>,
}

#[derive(Deserialize)]
struct Embedding {
    jwk: Value,
}

impl Proof {
    /// Takes a proof apart.
    ///
    /// # Errors
    /// What of its form is wrong (RFC 9449, section 4.3, items 2 to 6).
    pub fn parse(text: &str) -> Result<Proof, &'static Reason> {
        if text.len() > LONGEST {
            return Err(why::TOO_LONG);
        }
        let token = Compact::parse(text).ok_or(why::UNREADABLE)?;
        if token.header.typ.is_none() || !token.is_called(&["dpop+jwt"]) {
            return Err(why::KIND);
        }
        let alg = JwsAlg::named(&token.header.alg).filter(|alg| alg.family() == Family::PublicKey).ok_or(why::ALG)?;
        let key = embedded(&token)?;
        let claims = token.claims().ok_or(why::CLAIMS)?;
        Ok(Proof { key, alg, token, claims })
    }
}

/// The key in the header. Nothing else in there leads to one: `jku`, `x5u` and `x5c` are not read, and a `kid` selects
/// nothing where there is one key.
fn embedded(token: &Compact) -> Result<Jwk, &'static Reason> {
    let header = token.signed.split_once('.').and_then(|(header, _)| URL_SAFE_NO_PAD.decode(header).ok());
    let header = header.and_then(|bytes| serde_json::from_slice::<Embedding>(&bytes).ok());
    let jwk = header.ok_or(why::KEY_MISSING)?.jwk;
    match Jwk::parse(&jwk) {
        Ok(key) => Ok(key.unnamed()),
        Err(JwkError::Private) => Err(why::KEY_PRIVATE),
        Err(JwkError::Weak) => Err(why::KEY_WEAK),
        Err(JwkError::Foreign | JwkError::Malformed) => Err(why::KEY_UNFIT),
    }
}

/// Is it the SHA-256 of something, as `jkt`, `dpop_jkt` and `ath` have it?
pub fn is_digest(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Does `htu` name this address of ours? Query and fragment do not count; scheme, host, port and path are compared
/// normalised (RFC 9449, section 4.3; RFC 3986, section 6.2). What a lenient reader would make an address of is none.
pub fn names(htu: &str, ours: &str) -> bool {
    let strict = |text: &str| {
        let (_, rest) = text.split_once("://")?;
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') && !rest.starts_with('/');
        let url = Url::parse(text).ok().filter(|_| plain)?;
        (url.username().is_empty() && url.password().is_none()).then_some(url)
    };
    let (Some(said), Some(ours)) = (strict(htu), strict(ours)) else { return false };
    said.origin() == ours.origin() && said.host_str() == ours.host_str() && said.path() == ours.path()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_normalised() {
        let ours = "https://id.example.com/token";
        for good in [
            ours,
            "HTTPS://ID.example.COM/token",
            "https://id.example.com:443/token",
            "https://id.example.com/token?a=b",
            "https://id.example.com/token#a",
            "https://id.example.com/token?https://evil.example/",
            "https://id.example.com/a/../token",
        ] {
            assert!(names(good, ours), "{good}");
        }
        for bad in [
            "",
            "/token",
            "https://id.example.com",
            "https://id.example.com/",
            "https://id.example.com/token/",
            "https://id.example.com//token",
            "https://id.example.com/Token",
            "https://id.example.com/tokens",
            "https://id.example.com/%2e%2e/userinfo",
            "https://id.example.com/userinfo?/token",
            "https://id.example.com/userinfo#/token",
            "http://id.example.com/token",
            "http://id.example.com:443/token",
            "https://id.example.com:8443/token",
            "https://id.example.com./token",
            "https://id.example.com.evil.example/token",
            "https://evil.example/token",
            "https://id.example.com@evil.example/token",
            "https://evil@id.example.com/token",
            "https://:x@id.example.com/token",
            "https:id.example.com/token",
            "https:///id.example.com/token",
            "https:\\\\id.example.com\\token",
            " https://id.example.com/token",
            "https://id.example.com/to\nken",
            "https://id.ex\u{e4}mple.com/token",
        ] {
            assert!(!names(bad, ours), "{bad}");
        }
        let local = "http://localhost:8080/token";
        assert!(names(local, local) && !names("http://localhost/token", local));
    }

    #[test]
    fn the_example_of_the_specification() {
        // RFC 9449, section 4.1.
        let proof = Proof::parse(EXAMPLE).unwrap();
        assert_eq!(proof.alg, JwsAlg::ES256);
        assert_eq!((proof.claims.htm.as_str(), proof.claims.iat), ("POST", Timestamp(1_562_262_616)));
        assert!(names(&proof.claims.htu, "https://server.example.com/token"));
        assert_eq!((proof.claims.ath, proof.claims.nonce), (None, None));
        assert!(Proof::parse(&format!("{EXAMPLE}=")).is_err() && Proof::parse(&EXAMPLE.replace('.', "")).is_err());
    }

    const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUk\
        lDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydi\
        I6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL\
        3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37\
        xRZT3Lg";
}
