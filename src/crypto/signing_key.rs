//! One signing key: made, kept, parsed, signing. A key signs with one algorithm (RFC 8725, section 3.1).

use crate::crypto::keyring::KeyError;
use crate::model::signing_key::{SigningKeyFacts, Successor};
use crate::protocol::signing::{PublicKey, SigningAlg};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A key as it is kept. Only ever written sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptKey {
    /// Its facts.
    #[serde(flatten)]
    pub facts: SigningKeyFacts,
    /// Its public half; absent in the key files of former versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<PublicKey>,
    /// The private half: PKCS#8 version 1, base64. It goes when the key has signed its last token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pkcs8: Option<Zeroizing<String>>,
}

impl KeptKey {
    /// Makes a key.
    ///
    /// # Errors
    /// The library could not.
    pub fn generate(wanted: &Successor) -> Result<KeptKey, KeyError> {
        let &Successor { alg, published_at, active_at } = wanted;
        let pkcs8 = private_bytes(alg).ok_or(KeyError::Generation)?;
        let (_, public) = pair(alg, &pkcs8).ok_or(KeyError::Generation)?;
        let facts = SigningKeyFacts { kid: public.kid.clone(), alg, published_at, active_at, retired_at: None };
        Ok(KeptKey { facts, public: Some(public), pkcs8: Some(Zeroizing::new(STANDARD.encode(&*pkcs8))) })
    }

    /// Is the private half there?
    pub fn has_private(&self) -> bool {
        self.pkcs8.is_some()
    }

    /// With other facts about its times.
    pub fn with(self, facts: SigningKeyFacts) -> KeptKey {
        KeptKey { facts, ..self }
    }

    /// The key without what signs.
    pub fn without_private(mut self) -> Option<KeptKey> {
        let public = SigningKey::parse(&self)?.public;
        self.pkcs8 = None;
        Some(KeptKey { public: Some(public), ..self })
    }
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// One signing key, ready for use.
pub struct SigningKey {
    facts: SigningKeyFacts,
    public: PublicKey,
    pair: Option<Pair>,
}

impl SigningKey {
    /// Its public facts.
    pub fn facts(&self) -> &SigningKeyFacts {
        &self.facts
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Is the private half there?
    pub fn has_private(&self) -> bool {
        self.pair.is_some()
    }

    /// Reads a kept key; none when it is damaged.
    pub fn parse(kept: &KeptKey) -> Option<SigningKey> {
        let mut facts = kept.facts.clone();
        let (pair, public) = match &kept.pkcs8 {
            Some(text) => {
                let pkcs8 = Zeroizing::new(STANDARD.decode(text.as_bytes()).ok()?);
                let (pair, public) = pair(facts.alg, &pkcs8)?;
                (Some(pair), public)
            }
            None => (None, kept.public.clone()?),
        };
        facts.kid.clone_from(&public.kid);
        Some(SigningKey { facts, public, pair })
    }

    /// Signs a message; none when the library refuses, or the private half is gone.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self.pair.as_ref()? {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding(self.facts.alg)?, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ec(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Ed(pair) => Some(pair.sign(message).as_ref().to_vec()),
        }
    }
}

/// How RSA pads with this algorithm; none where it is not RSA.
fn padding(alg: SigningAlg) -> Option<&'static dyn RsaEncoding> {
    match alg {
        SigningAlg::RS256 => Some(&RSA_PKCS1_SHA256),
        SigningAlg::RS384 => Some(&RSA_PKCS1_SHA384),
        SigningAlg::RS512 => Some(&RSA_PKCS1_SHA512),
        SigningAlg::PS256 => Some(&RSA_PSS_SHA256),
        SigningAlg::ES256 | SigningAlg::ES384 | SigningAlg::EdDSA => None,
    }
}

/// The curve of this algorithm, for ECDSA.
fn curve(alg: SigningAlg) -> Option<(&'static EcdsaSigningAlgorithm, &'static str)> {
    match alg {
        SigningAlg::ES256 => Some((&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")),
        SigningAlg::ES384 => Some((&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")),
        _ => None,
    }
}

fn pair(alg: SigningAlg, pkcs8: &[u8]) -> Option<(Pair, PublicKey)> {
    if let Some((curve, name)) = curve(alg) {
        let pair = EcdsaKeyPair::from_pkcs8(curve, pkcs8).ok()?;
        let public = ec_public(alg, name, pair.public_key().as_ref());
        return Some((Pair::Ec(pair), public));
    }
    if padding(alg).is_some() {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
        let public = rsa_public(alg, &pair);
        return Some((Pair::Rsa(pair), public));
    }
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
    let public = ed_public(pair.public_key().as_ref());
    Some((Pair::Ed(pair), public))
}

fn private_bytes(alg: SigningAlg) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = if let Some((curve, _)) = curve(alg) {
        EcdsaKeyPair::generate(curve).ok()?.to_pkcs8v1().ok()?.as_ref().to_vec()
    } else if padding(alg).is_some() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).ok()?.as_ref().to_vec()
    } else {
        Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?.as_ref().to_vec()
    };
    Some(Zeroizing::new(bytes))
}

/// The JWK of members in the order RFC 7638 hashes them: the lexical one.
fn jwk(alg: SigningAlg, kty: &str, members: &[(&str, &str)]) -> PublicKey {
    let ordered: BTreeMap<&str, &str> = members.iter().copied().chain([("kty", kty)]).collect();
    let text = serde_json::to_vec(&ordered).expect("a map of texts can be printed");
    let member = |name: &str| members.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    PublicKey {
        kty: kty.to_owned(),
        usage: "sig".to_owned(),
        alg,
        kid: URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)),
        crv: member("crv"),
        x: member("x"),
        y: member("y"),
        n: member("n"),
        e: member("e"),
    }
}

fn rsa_public(alg: SigningAlg, pair: &RsaKeyPair) -> PublicKey {
    let key = pair.public_key();
    let bytes = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let n = bytes(key.modulus().big_endian_without_leading_zero());
    let e = bytes(key.exponent().big_endian_without_leading_zero());
    jwk(alg, "RSA", &[("e", &e), ("n", &n)])
}

/// `point` is the uncompressed form: 04, x, y.
fn ec_public(alg: SigningAlg, curve: &str, point: &[u8]) -> PublicKey {
    let (x, y) = point[1..].split_at(point.len() / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    jwk(alg, "EC", &[("crv", curve), ("x", &x), ("y", &y)])
}

fn ed_public(point: &[u8]) -> PublicKey {
    jwk(SigningAlg::EdDSA, "OKP", &[("crv", "Ed25519"), ("x", &URL_SAFE_NO_PAD.encode(point))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Timestamp;

    fn made(alg: SigningAlg) -> KeptKey {
        KeptKey::generate(&Successor { alg, published_at: Timestamp(1), active_at: Timestamp(2) }).unwrap()
    }

    #[test]
    fn what_is_kept_is_the_same_key() {
        for alg in SigningAlg::ALL {
            let kept = made(alg);
            let text = serde_json::to_string(&kept).unwrap();
            let again: KeptKey = serde_json::from_str(&text).unwrap();
            let (one, other) = (SigningKey::parse(&kept).unwrap(), SigningKey::parse(&again).unwrap());
            assert_eq!((one.facts(), one.public()), (other.facts(), other.public()), "{alg:?}");
            assert!(other.sign(b"message").is_some());
            let spent = again.without_private().unwrap();
            assert!(!spent.has_private() && !serde_json::to_string(&spent).unwrap().contains("pkcs8"));
            let spent = SigningKey::parse(&spent).unwrap();
            assert_eq!((spent.public(), spent.sign(b"message")), (one.public(), None));
        }
    }

    #[test]
    fn a_key_of_one_sort_is_none_of_another() {
        let rsa = made(SigningAlg::RS256);
        for alg in [SigningAlg::ES256, SigningAlg::ES384, SigningAlg::EdDSA] {
            let facts = SigningKeyFacts { alg, ..rsa.facts.clone() };
            assert!(SigningKey::parse(&rsa.clone().with(facts)).is_none(), "{alg:?}");
        }
    }

    #[test]
    fn the_thumbprint_of_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(
            jwk(SigningAlg::RS256, "RSA", &[("e", "AQAB"), ("n", n)]).kid,
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
