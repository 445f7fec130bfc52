//! The one file that signs and verifies JSON Web Tokens (RFC 7515, 7519).
//!
//! Signing is ours, over keys that were parsed once: the library parses an RSA key again for every signature, which
//! takes three times as long as signing. Verifying is the library's, except for time: it would ask the system clock,
//! and instants are an argument here.

use crate::crypto::keyring::{Keyring, SigningKey};
use crate::protocol::signing::{PublicKey, SigningAlg};
use crate::protocol::time::Timestamp;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Serialize, de::DeserializeOwned};

/// Kinds of tokens. The `typ` header keeps them apart (RFC 8725, section 3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An ID token: `JWT`.
    Id,
    /// An access token: `at+jwt` (RFC 9068, section 2.1).
    Access,
    /// A logout token: `logout+jwt` (Back-Channel Logout 1.0, section 2.4).
    Logout,
}

impl TokenKind {
    fn typ(self) -> &'static str {
        match self {
            TokenKind::Id => "JWT",
            TokenKind::Access => "at+jwt",
            TokenKind::Logout => "logout+jwt",
        }
    }
}

/// Why nothing was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignFault {
    /// The ring has no active key for this algorithm.
    #[error("there is no active signing key for {0:?}")]
    NoKey(SigningAlg),
    /// The cryptographic library refused.
    #[error("signing with {0:?} failed")]
    Failed(SigningAlg),
}

/// Signs claims as a token of this kind.
///
/// # Errors
/// There is no key, or it did not work.
pub fn sign<T: Serialize>(
    ring: &Keyring,
    alg: SigningAlg,
    kind: TokenKind,
    claims: &T,
    now: Timestamp,
) -> Result<String, SignFault> {
    let key = ring.signer(alg, now).ok_or(SignFault::NoKey(alg))?;
    let header = serde_json::json!({"alg": alg.name(), "typ": kind.typ(), "kid": key.facts().kid});
    let claims = serde_json::to_vec(claims).map_err(|_| SignFault::Failed(alg))?;
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes()).ok_or(SignFault::Failed(alg))?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

#[allow(clippy::disallowed_methods, reason = "this is the place")]
/// The claims of a token of this kind that one of our keys signed; whether its time is right is the caller's to say.
/// None when it is anything else.
pub fn verify<T: DeserializeOwned>(ring: &Keyring, kind: TokenKind, token: &str, now: Timestamp) -> Option<T> {
    if token.len() > 16 * 1024 {
        return None;
    }
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.typ.as_deref() != Some(kind.typ()) {
        return None;
    }
    let key = ring.shown(header.kid.as_deref()?, now)?;
    let alg = algorithm(key.facts().alg);
    if header.alg != alg {
        return None;
    }
    let mut validation = Validation::new(alg);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<T>(token, &decoding(key)?, &validation).ok().map(|data| data.claims)
}

fn algorithm(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::RS256 => Algorithm::RS256,
        SigningAlg::ES256 => Algorithm::ES256,
        SigningAlg::EdDSA => Algorithm::EdDSA,
    }
}

fn decoding(key: &SigningKey) -> Option<DecodingKey> {
    let PublicKey { n, e, x, y, .. } = key.public();
    match key.facts().alg {
        SigningAlg::RS256 => DecodingKey::from_rsa_components(n.as_deref()?, e.as_deref()?).ok(),
        SigningAlg::ES256 => DecodingKey::from_ec_components(x.as_deref()?, y.as_deref()?).ok(),
        SigningAlg::EdDSA => DecodingKey::from_ed_components(x.as_deref()?).ok(),
    }
}

/// `at_hash`: the left half of the hash that goes with the algorithm (OpenID Connect Core, 3.1.3.6). For Ed25519 that
/// is SHA-512.
pub fn half_hash(alg: SigningAlg, token: &str) -> String {
    let hash = match alg {
        SigningAlg::RS256 | SigningAlg::ES256 => digest(&SHA256, token.as_bytes()),
        SigningAlg::EdDSA => digest(&SHA512, token.as_bytes()),
    };
    let bytes = hash.as_ref();
    URL_SAFE_NO_PAD.encode(&bytes[..bytes.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp(2_000_000_000);

    #[test]
    fn signs_and_verifies_with_every_algorithm() {
        let ring = Keyring::generate(NOW).unwrap();
        for alg in SigningAlg::ALL {
            let token = sign(&ring, alg, TokenKind::Access, &json!({"sub": "a"}), NOW).unwrap();
            assert_eq!(verify::<Value>(&ring, TokenKind::Access, &token, NOW), Some(json!({"sub": "a"})), "{alg:?}");
            assert_eq!(verify::<Value>(&ring, TokenKind::Id, &token, NOW), None, "an access token is no ID token");
            let other = Keyring::generate(NOW).unwrap();
            assert_eq!(verify::<Value>(&other, TokenKind::Access, &token, NOW), None, "{alg:?}");
        }
    }

    #[test]
    fn forged_headers_are_refused() {
        let ring = Keyring::generate(NOW).unwrap();
        let token = sign(&ring, SigningAlg::RS256, TokenKind::Id, &json!({"sub": "a"}), NOW).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let kid = ring.signer(SigningAlg::RS256, NOW).unwrap().facts().kid.clone();
        for header in [
            json!({"alg": "none", "typ": "JWT", "kid": kid}),
            json!({"alg": "HS256", "typ": "JWT", "kid": kid}),
            json!({"alg": "ES256", "typ": "JWT", "kid": kid}),
            json!({"alg": "RS256", "typ": "JWT"}),
            json!({"alg": "RS256", "kid": kid}),
            json!({"alg": "RS256", "typ": "JWT", "kid": "other", "jwk": {"kty": "oct", "k": "AA"}}),
        ] {
            let header = URL_SAFE_NO_PAD.encode(header.to_string());
            assert_eq!(
                verify::<Value>(&ring, TokenKind::Id, &format!("{header}.{}.{}", parts[1], parts[2]), NOW),
                None
            );
            assert_eq!(verify::<Value>(&ring, TokenKind::Id, &format!("{header}.{}.", parts[1]), NOW), None);
        }
    }

    #[test]
    fn the_example_of_at_hash() {
        // OpenID Connect Core 1.0, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(SigningAlg::RS256, token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
