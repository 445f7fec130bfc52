//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// What a client sends ahead: the SHA-256 of its verifier, base64url without padding (section 4.2).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CodeChallenge(String);

/// The secret it shows later: 43 to 128 characters of the unreserved set (section 4.1).
pub struct CodeVerifier(String);

impl CodeChallenge {
    /// The challenge, if it is the base64url of 32 bytes.
    pub fn parse(text: &str) -> Option<CodeChallenge> {
        let digest = URL_SAFE_NO_PAD.decode(text).ok()?;
        (digest.len() == 32).then(|| CodeChallenge(text.to_owned()))
    }

    /// The challenge of a verifier of our own.
    pub fn of(verifier: &str) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Does this verifier answer it? (section 4.6)
    ///
    /// The challenge is no secret (it stood in a URL), so that a plain comparison tells nothing.
    pub fn answered_by(&self, verifier: &CodeVerifier) -> bool {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.0.as_bytes())) == self.0
    }
}

impl CodeVerifier {
    /// The verifier, if it has the form section 4.1 demands.
    pub fn parse(text: &str) -> Option<CodeVerifier> {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        ((43..=128).contains(&text.len()) && text.bytes().all(unreserved)).then(|| CodeVerifier(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_appendix_b() {
        let challenge = CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert!(challenge.answered_by(&verifier));
        assert!(!challenge.answered_by(&CodeVerifier::parse(&"a".repeat(43)).unwrap()));
    }

    #[test]
    fn forms() {
        for bad in [
            "",
            "short",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=",
            &"a".repeat(44),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
        ] {
            assert!(CodeChallenge::parse(bad).is_none(), "{bad}");
        }
        for bad in [&"a".repeat(42), &"a".repeat(129), &format!("{} ", "a".repeat(43)), &"ä".repeat(30)] {
            assert!(CodeVerifier::parse(bad).is_none(), "{bad}");
        }
    }
}
