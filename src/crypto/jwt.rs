//! The one file that signs and verifies JSON Web Tokens (RFC 7515, 7519).
//!
//! Signing is ours, over keys that were parsed once: the library parses an RSA key again for every signature, which
//! takes three times as long as signing. Verifying is the library's, except for time: it would ask the system clock,
//! and instants are an argument here.

use crate::crypto::keyring::Keyring;
use crate::crypto::signing_key::SigningKey;
use crate::protocol::signing::{IdTokenAlg, PublicKey, SigningAlg};
use crate::protocol::time::Timestamp;
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
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
    /// A userinfo answer: no `typ`. `JWT` would let it pass for an ID token, and none is registered for it.
    Userinfo,
}

impl TokenKind {
    fn typ(self) -> Option<&'static str> {
        match self {
            TokenKind::Id => Some("JWT"),
            TokenKind::Access => Some("at+jwt"),
            TokenKind::Logout => Some("logout+jwt"),
            TokenKind::Userinfo => None,
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
    /// The claims cannot be printed.
    #[error("claims cannot be printed")]
    Claims,
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
    let header = match kind.typ() {
        Some(typ) => serde_json::json!({"alg": alg.name(), "typ": typ, "kid": key.facts().kid}),
        None => serde_json::json!({"alg": alg.name(), "kid": key.facts().kid}),
    };
    let mut token = unsigned(&header, claims).ok_or(SignFault::Failed(alg))?;
    let signature = key.sign(token.as_bytes()).ok_or(SignFault::Failed(alg))?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// Makes an ID token as its client wants it.
///
/// # Errors
/// See [`sign`].
pub fn id_token<T: Serialize>(
    ring: &Keyring,
    alg: IdTokenAlg,
    claims: &T,
    now: Timestamp,
) -> Result<String, SignFault> {
    match alg {
        IdTokenAlg::Signed(alg) => sign(ring, alg, TokenKind::Id, claims, now),
        // The signature is empty (RFC 7515, appendix A.5). [`verify`] takes it for nothing of ours: anybody can make one.
        IdTokenAlg::Unsecured => {
            let header = serde_json::json!({"alg": IdTokenAlg::NONE, "typ": "JWT"});
            unsigned(&header, claims).map(|token| token + ".").ok_or(SignFault::Claims)
        }
    }
}

/// Header and claims, as a signature covers them.
fn unsigned<T: Serialize>(header: &serde_json::Value, claims: &T) -> Option<String> {
    let claims = serde_json::to_vec(claims).ok()?;
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    Some(token)
}

#[allow(clippy::disallowed_methods, reason = "this is the place")]
/// The claims of a token of this kind that one of our keys signed; whether its time is right is the caller's to say.
/// None when it is anything else.
pub fn verify<T: DeserializeOwned>(ring: &Keyring, kind: TokenKind, token: &str, now: Timestamp) -> Option<T> {
    if token.len() > 16 * 1024 {
        return None;
    }
    let header = jsonwebtoken::decode_header(token).ok()?;
    if header.typ.as_deref() != kind.typ() {
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
    jsonwebtoken::decode::<T>(token, &decoding(&key)?, &validation).ok().map(|data| data.claims)
}

fn algorithm(alg: SigningAlg) -> Algorithm {
    match alg {
        SigningAlg::RS256 => Algorithm::RS256,
        SigningAlg::RS384 => Algorithm::RS384,
        SigningAlg::RS512 => Algorithm::RS512,
        SigningAlg::PS256 => Algorithm::PS256,
        SigningAlg::ES256 => Algorithm::ES256,
        SigningAlg::ES384 => Algorithm::ES384,
        SigningAlg::EdDSA => Algorithm::EdDSA,
    }
}

fn decoding(key: &SigningKey) -> Option<DecodingKey> {
    use SigningAlg::{ES256, ES384, EdDSA, PS256, RS256, RS384, RS512};
    let PublicKey { n, e, x, y, .. } = key.public();
    match key.facts().alg {
        RS256 | RS384 | RS512 | PS256 => DecodingKey::from_rsa_components(n.as_deref()?, e.as_deref()?).ok(),
        ES256 | ES384 => DecodingKey::from_ec_components(x.as_deref()?, y.as_deref()?).ok(),
        EdDSA => DecodingKey::from_ed_components(x.as_deref()?).ok(),
    }
}

/// `at_hash`: the left half of the hash that goes with the algorithm (OpenID Connect Core, 3.1.3.6). For Ed25519 that
/// is SHA-512.
pub fn half_hash(alg: SigningAlg, token: &str) -> String {
    let algorithm = match alg {
        SigningAlg::RS256 | SigningAlg::PS256 | SigningAlg::ES256 => &SHA256,
        SigningAlg::RS384 | SigningAlg::ES384 => &SHA384,
        SigningAlg::RS512 | SigningAlg::EdDSA => &SHA512,
    };
    let hash = digest(algorithm, token.as_bytes());
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
        let [ring, other] = [(); 2].map(|()| Keyring::generate(&SigningAlg::ALL, NOW).unwrap());
        for alg in SigningAlg::ALL {
            let token = sign(&ring, alg, TokenKind::Access, &json!({"sub": "a"}), NOW).unwrap();
            assert_eq!(verify::<Value>(&ring, TokenKind::Access, &token, NOW), Some(json!({"sub": "a"})), "{alg:?}");
            assert_eq!(verify::<Value>(&ring, TokenKind::Id, &token, NOW), None, "an access token is no ID token");
            assert_eq!(verify::<Value>(&other, TokenKind::Access, &token, NOW), None, "{alg:?}");
        }
    }

    #[test]
    fn forged_headers_are_refused() {
        let ring = Keyring::generate(&[SigningAlg::RS256], NOW).unwrap();
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
    fn an_unsecured_token_is_nothing_of_ours() {
        let ring = Keyring::generate(&[SigningAlg::RS256], NOW).unwrap();
        let token = id_token(&ring, IdTokenAlg::Unsecured, &json!({"sub": "a"}), NOW).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!((parts.len(), parts[2]), (3, ""));
        let header = URL_SAFE_NO_PAD.decode(parts[0]).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&header).unwrap(), json!({"alg": "none", "typ": "JWT"}));
        assert_eq!(verify::<Value>(&ring, TokenKind::Id, &token, NOW), None);
    }

    #[test]
    fn a_userinfo_answer_is_no_token() {
        let ring = Keyring::generate(&[SigningAlg::RS256], NOW).unwrap();
        let answer = sign(&ring, SigningAlg::RS256, TokenKind::Userinfo, &json!({"sub": "a"}), NOW).unwrap();
        for kind in [TokenKind::Id, TokenKind::Access, TokenKind::Logout] {
            assert_eq!(verify::<Value>(&ring, kind, &answer, NOW), None);
        }
    }

    #[test]
    fn a_key_verifies_with_its_own_algorithm_alone() {
        // RFC 8725, section 3.1: what a key of one algorithm signed is not good under another's name.
        let ring = Keyring::generate(&[SigningAlg::RS256, SigningAlg::PS256], NOW).unwrap();
        let kid = |alg| ring.signer(alg, NOW).unwrap().facts().kid.clone();
        let key = ring.signer(SigningAlg::RS256, NOW).unwrap();
        for (alg, kid) in
            [("PS256", kid(SigningAlg::RS256)), ("RS256", kid(SigningAlg::PS256)), ("RS384", key.facts().kid.clone())]
        {
            let header = json!({"alg": alg, "typ": "JWT", "kid": kid});
            let whole = unsigned(&header, &json!({"sub": "a"})).unwrap();
            let signature = URL_SAFE_NO_PAD.encode(key.sign(whole.as_bytes()).unwrap());
            assert_eq!(verify::<Value>(&ring, TokenKind::Id, &format!("{whole}.{signature}"), NOW), None, "{alg}");
        }
    }

    #[test]
    fn the_half_is_of_the_hash_of_the_algorithm() {
        let lengths =
            [(SigningAlg::PS256, 16), (SigningAlg::ES384, 24), (SigningAlg::RS384, 24), (SigningAlg::RS512, 32)];
        for (alg, length) in lengths {
            assert_eq!(URL_SAFE_NO_PAD.decode(half_hash(alg, "token")).unwrap().len(), length, "{alg:?}");
        }
        assert_eq!(half_hash(SigningAlg::PS256, "token"), half_hash(SigningAlg::RS256, "token"));
    }

    #[test]
    fn the_example_of_at_hash() {
        // OpenID Connect Core 1.0, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(SigningAlg::RS256, token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
