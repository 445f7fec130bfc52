//! Signature algorithms (RFC 7518, section 3.1; RFC 8037) and public keys (RFC 7517).

use serde::{Deserialize, Serialize};

/// The algorithms we sign with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, Default, PartialOrd, Ord)]
pub enum SigningAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every client understands.
    #[default]
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// Ed25519.
    EdDSA,
}

impl SigningAlg {
    /// All of them, the default first.
    pub const ALL: [SigningAlg; 7] = [
        SigningAlg::RS256,
        SigningAlg::RS384,
        SigningAlg::RS512,
        SigningAlg::PS256,
        SigningAlg::ES256,
        SigningAlg::ES384,
        SigningAlg::EdDSA,
    ];

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            SigningAlg::RS256 => "RS256",
            SigningAlg::RS384 => "RS384",
            SigningAlg::RS512 => "RS512",
            SigningAlg::PS256 => "PS256",
            SigningAlg::ES256 => "ES256",
            SigningAlg::ES384 => "ES384",
            SigningAlg::EdDSA => "EdDSA",
        }
    }
}

/// How the ID tokens of a client are protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum IdTokenAlg {
    /// By a signature.
    Signed(SigningAlg),
    /// By the connection alone that brings them from the token endpoint: `none` (RFC 7515, appendix A.5; OpenID Connect
    /// Core, 2 and 3.1.3.7).
    Unsecured,
}

impl IdTokenAlg {
    /// What `none` is called.
    pub const NONE: &'static str = "none";

    /// The algorithm of the signature, where there is one.
    pub fn signed(self) -> Option<SigningAlg> {
        match self {
            IdTokenAlg::Signed(alg) => Some(alg),
            IdTokenAlg::Unsecured => None,
        }
    }

    /// The registered name.
    pub fn name(self) -> &'static str {
        self.signed().map_or(IdTokenAlg::NONE, SigningAlg::name)
    }

    /// Every name there is.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SigningAlg::ALL.into_iter().map(SigningAlg::name).chain([IdTokenAlg::NONE])
    }
}

impl Default for IdTokenAlg {
    fn default() -> IdTokenAlg {
        IdTokenAlg::Signed(SigningAlg::default())
    }
}

impl From<IdTokenAlg> for &'static str {
    fn from(alg: IdTokenAlg) -> &'static str {
        alg.name()
    }
}

impl TryFrom<String> for IdTokenAlg {
    type Error = UnknownAlg;
    fn try_from(text: String) -> Result<IdTokenAlg, UnknownAlg> {
        if text == IdTokenAlg::NONE {
            return Ok(IdTokenAlg::Unsecured);
        }
        let known = SigningAlg::ALL.into_iter().find(|alg| alg.name() == text);
        known.map(IdTokenAlg::Signed).ok_or(UnknownAlg(text))
    }
}

/// Not an algorithm for ID tokens.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown variant `{0}`, expected one of {known}", known = IdTokenAlg::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownAlg(String);

/// A public key as the JWK Set shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicKey {
    /// Key type: `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// The algorithm it signs with.
    pub alg: SigningAlg,
    /// Its thumbprint (RFC 7638).
    pub kid: String,
    /// Curve, for EC and OKP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// First coordinate, for EC and OKP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate, for EC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Modulus, for RSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Public exponent, for RSA.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
}

/// A JWK Set (RFC 7517, section 5).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}
