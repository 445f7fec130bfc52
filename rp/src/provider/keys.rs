//! The provider's signing keys, and the one place that verifies signatures other than the ID token's.

use super::wire::Wire;
use crate::clock::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::url::Url;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::RwLock;

/// Tokens with an unknown key make us read the keys again, at most this often (seconds): a forged token must not turn
/// the app into a load on its provider.
const AT_MOST_EVERY: Instant = 10;
/// No honest token is longer.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Signatures that may count. Never `none`, and never a secret that is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningAlg {
    /// RSA with SHA-256, PKCS #1 v1.5.
    RS256,
    /// RSA with SHA-256, PSS.
    PS256,
    /// P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlg {
    /// All of them.
    pub const ALL: [SigningAlg; 4] = [SigningAlg::RS256, SigningAlg::PS256, SigningAlg::ES256, SigningAlg::EdDSA];

    pub(crate) fn core(self) -> CoreJwsSigningAlgorithm {
        match self {
            SigningAlg::RS256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            SigningAlg::PS256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            SigningAlg::ES256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            SigningAlg::EdDSA => CoreJwsSigningAlgorithm::EdDsa,
        }
    }

    fn library(self) -> Algorithm {
        match self {
            SigningAlg::RS256 => Algorithm::RS256,
            SigningAlg::PS256 => Algorithm::PS256,
            SigningAlg::ES256 => Algorithm::ES256,
            SigningAlg::EdDSA => Algorithm::EdDSA,
        }
    }
}

/// Why a token's signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Not three parts of base64url, or too long.
    #[error("not a signed token")]
    Malformed,
    /// `none`, a shared secret, or another that is not asked for.
    #[error("signed by a method that does not count here")]
    Algorithm,
    /// Signed by nobody we know.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// Forged or damaged.
    #[error("the signature is wrong")]
    Wrong,
}

/// What a token says, after its signature was found good.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The `typ` of its header.
    pub typ: Option<String>,
    /// Its claims. Nothing of them is judged yet.
    pub claims: Map<String, Value>,
}

#[derive(Default)]
struct Keys {
    known: Vec<Jwk>,
    read_at: Option<Instant>,
}

/// The keys a provider publishes, read again when a token names one that is not among them.
pub struct ProviderKeys {
    wire: Arc<Wire>,
    uri: Url,
    algorithms: Vec<SigningAlg>,
    keys: RwLock<Keys>,
}

impl ProviderKeys {
    pub(crate) fn new(wire: Arc<Wire>, uri: Url, algorithms: Vec<SigningAlg>) -> ProviderKeys {
        ProviderKeys { wire, uri, algorithms, keys: RwLock::default() }
    }

    /// Verifies a token's signature; what it says is the caller's to judge.
    ///
    /// # Errors
    /// It does not count.
    #[allow(clippy::disallowed_methods, reason = "this is the place")]
    pub async fn verify(&self, token: &str, now: Instant) -> Result<Verified, BadSignature> {
        let (alg, kid, typ) = self.header(token)?;
        let key = self.key(alg, kid.as_deref(), now).await.ok_or(BadSignature::UnknownKey)?;
        let mut rules = Validation::new(alg);
        // Time is judged with `now`, and who it is for by the caller.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        let key = DecodingKey::from_jwk(&key).map_err(|_| BadSignature::UnknownKey)?;
        let claims = jsonwebtoken::decode(token, &key, &rules).map_err(|_| BadSignature::Wrong)?.claims;
        Ok(Verified { typ, claims })
    }

    /// The header, read by hand: an algorithm that the library does not know is an algorithm that does not count.
    fn header(&self, token: &str) -> Result<(Algorithm, Option<String>, Option<String>), BadSignature> {
        #[derive(Deserialize)]
        struct Header {
            alg: String,
            kid: Option<String>,
            typ: Option<String>,
            crit: Option<Value>,
        }
        let mut parts = token.split('.');
        let (Some(head), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(BadSignature::Malformed);
        };
        if token.len() > LONGEST_TOKEN {
            return Err(BadSignature::Malformed);
        }
        let head = URL_SAFE_NO_PAD.decode(head).map_err(|_| BadSignature::Malformed)?;
        let header: Header = serde_json::from_slice(&head).map_err(|_| BadSignature::Malformed)?;
        if header.crit.is_some() {
            // RFC 7515, section 4.1.11: an extension that must be understood is not.
            return Err(BadSignature::Malformed);
        }
        let named = |alg: &&SigningAlg| format!("{alg:?}") == header.alg;
        let alg = self.algorithms.iter().find(named).ok_or(BadSignature::Algorithm)?;
        Ok((alg.library(), header.kid, header.typ))
    }

    async fn key(&self, alg: Algorithm, kid: Option<&str>, now: Instant) -> Option<Jwk> {
        if let Some(key) = suiting(&self.keys.read().await.known, alg, kid) {
            return Some(key);
        }
        let mut keys = self.keys.write().await;
        if keys.read_at.is_none_or(|at| now.saturating_sub(at) >= AT_MOST_EVERY) {
            // Noted before it is tried: a provider in trouble is not asked at every forged token either.
            keys.read_at = Some(now);
            match self.read().await {
                Ok(known) => keys.known = known,
                Err(error) => tracing::warn!("the provider's keys cannot be read: {error}"),
            }
        }
        suiting(&keys.known, alg, kid)
    }

    /// Keys of kinds that we do not know are left out; they do not spoil the others.
    async fn read(&self) -> Result<Vec<Jwk>, super::wire::WireError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = self.wire.get(&self.uri, None).await?;
        Ok(set.keys.into_iter().take(64).filter_map(|key| serde_json::from_value(key).ok()).collect())
    }
}

/// The key a token names. One that names none is verified only when there is no choice: guessing proves little.
fn suiting(keys: &[Jwk], alg: Algorithm, kid: Option<&str>) -> Option<Jwk> {
    let mut suiting =
        keys.iter().filter(|key| suits(key, alg) && (kid.is_none() || key.common.key_id.as_deref() == kid));
    match (suiting.next(), suiting.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => None,
    }
}

fn suits(key: &Jwk, alg: Algorithm) -> bool {
    use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve};
    let kind = match (&key.algorithm, alg) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let purpose = key.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let said = key.common.key_algorithm.is_none_or(|said| said.to_string() == format!("{alg:?}"));
    kind && purpose && said
}
