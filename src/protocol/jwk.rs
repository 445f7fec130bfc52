//! The public keys of clients (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).

use crate::protocol::jws::JwsAlg;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// More keys of one set are not looked at.
const MOST: usize = 32;
/// An RSA key is this long at least, and at most, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Members that only a private or a shared key has.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A public key that verifies signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Jwk {
    kid: Option<String>,
    /// The only algorithm it is for, where it says so.
    alg: Option<String>,
    /// The key itself.
    pub material: Material,
}

/// The numbers of a key, big-endian.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Material {
    /// Modulus and exponent.
    Rsa {
        /// The modulus, without leading zeros.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// A point of a curve, uncompressed: 04, x, y.
    Ec(Curve, Vec<u8>),
    /// An Ed25519 key.
    Ed25519(Vec<u8>),
}

/// The curves of ECDSA.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Curve {
    /// With ES256.
    P256,
    /// With ES384.
    P384,
    /// With ES512.
    P521,
}

impl Curve {
    fn name(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
        }
    }
}

/// Why something is no key that verifies signatures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JwkError {
    /// Of a kind nobody here knows, or for something else: to be passed over (RFC 7517, section 5).
    #[error("it is not for signatures, or of a kind that is not known here")]
    Foreign,
    /// A secret that was sent about.
    #[error("it holds a private or shared key; only the public members may be there")]
    Private,
    /// Too short to be trusted, or too long to be computed with, or one that anybody can sign for.
    #[error(
        "an RSA key has 2048 to 8192 bits, and an odd exponent of at least 3; an Ed25519 key is no point of small order"
    )]
    Weak,
    /// Members are missing or cannot be read.
    #[error("a member is missing or malformed")]
    Malformed,
}

impl Jwk {
    /// Reads a key.
    ///
    /// # Errors
    /// Why it is none to verify by.
    pub fn parse(value: &Value) -> Result<Jwk, JwkError> {
        let members = value.as_object().ok_or(JwkError::Malformed)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(JwkError::Private);
        }
        let text = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(JwkError::Malformed),
        };
        let verifies = |ops: &Value| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify"));
        if text("use")?.is_some_and(|usage| usage != "sig") || !members.get("key_ops").is_none_or(verifies) {
            return Err(JwkError::Foreign);
        }
        let material = match (text("kty")?.ok_or(JwkError::Malformed)?, text("crv")?) {
            ("RSA", _) => rsa(members)?,
            ("EC", Some("P-256")) => point(members, Curve::P256)?,
            ("EC", Some("P-384")) => point(members, Curve::P384)?,
            ("EC", Some("P-521")) => point(members, Curve::P521)?,
            ("OKP", Some("Ed25519")) => ed25519(members)?,
            _ => return Err(JwkError::Foreign),
        };
        Ok(Jwk { kid: text("kid")?.map(str::to_owned), alg: text("alg")?.map(str::to_owned), material })
    }

    /// The same key, which goes by any name.
    pub fn unnamed(self) -> Jwk {
        Jwk { kid: None, ..self }
    }

    /// The members that make it what it is, in their order and without white space: what its thumbprint is the hash of
    /// (RFC 7638, section 3; RFC 8037, section 2).
    pub fn canonical(&self) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.material {
            Material::Rsa { n, e } => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(e), text(n)),
            Material::Ec(curve, point) => {
                let (x, y) = point[1..].split_at(point.len() / 2);
                format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, curve.name(), text(x), text(y))
            }
            Material::Ed25519(x) => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(x)),
        }
    }

    /// Can it have made a signature by this algorithm under this name? A key without a name has any.
    pub fn fits(&self, alg: JwsAlg, kid: Option<&str>) -> bool {
        use JwsAlg::*;
        let kind = match &self.material {
            Material::Rsa { .. } => matches!(alg, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
            Material::Ec(Curve::P256, _) => alg == ES256,
            Material::Ec(Curve::P384, _) => alg == ES384,
            Material::Ec(Curve::P521, _) => alg == ES512,
            Material::Ed25519(_) => alg == EdDSA,
        };
        let named = match (kid, &self.kid) {
            (Some(asked), Some(own)) => asked == own,
            _ => true,
        };
        kind && named && self.alg.as_deref().is_none_or(|own| JwsAlg::named(own) == Some(alg))
    }
}

/// The usable keys of a set that somebody publishes; what is of no use in it is passed over. None when it is no set.
pub fn published(set: &Value) -> Option<Vec<Jwk>> {
    let keys = set.get("keys")?.as_array()?;
    Some(keys.iter().take(MOST).filter_map(|key| Jwk::parse(key).ok()).collect())
}

/// The usable keys of a set that is to be registered.
///
/// # Errors
/// What is wrong with it: a key that could harm is refused, not passed over.
pub fn registered(set: &Value) -> Result<Vec<Jwk>, String> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or("no JWK Set: {\"keys\": […]}")?;
    if keys.len() > MOST {
        return Err(format!("at most {MOST} keys"));
    }
    let mut usable = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        match Jwk::parse(key) {
            Ok(key) => usable.push(key),
            Err(JwkError::Foreign) => (),
            Err(error) => return Err(format!("keys[{place}]: {error}")),
        }
    }
    if usable.is_empty() { Err("no key in it verifies signatures".into()) } else { Ok(usable) }
}

fn rsa(members: &Map<String, Value>) -> Result<Material, JwkError> {
    let number = |name: &str| -> Result<Vec<u8>, JwkError> {
        let text = members.get(name).and_then(Value::as_str).ok_or(JwkError::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwkError::Malformed)?;
        Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
    };
    let (n, e) = (number("n")?, number("e")?);
    let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let exponent = odd(&e) && e.len() <= 4 && e != [1];
    if RSA_BITS.contains(&bits) && odd(&n) && exponent { Ok(Material::Rsa { n, e }) } else { Err(JwkError::Weak) }
}

fn point(members: &Map<String, Value>, curve: Curve) -> Result<Material, JwkError> {
    let length = match curve {
        Curve::P256 => 32,
        Curve::P384 => 48,
        Curve::P521 => 66,
    };
    let point = [vec![4], bytes(members, "x", length)?, bytes(members, "y", length)?].concat();
    Ok(Material::Ec(curve, point))
}

/// The points whose order divides 8, by their second coordinate and every way to write it: a signature by one of them can
/// be made without any private key, and some are good for every message. No verifier is bound to refuse them (RFC 8032, 5.1.7).
const SMALL_ORDER: [[u8; 32]; 7] = {
    const fn bytes(first: u8, between: u8, last: u8) -> [u8; 32] {
        let mut bytes = [between; 32];
        (bytes[0], bytes[31]) = (first, last);
        bytes
    }
    [
        bytes(0, 0, 0),
        bytes(1, 0, 0),
        bytes(0xec, 0xff, 0x7f),
        bytes(0xed, 0xff, 0x7f),
        bytes(0xee, 0xff, 0x7f),
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
            0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
            0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]
};

fn ed25519(members: &Map<String, Value>) -> Result<Material, JwkError> {
    let x = bytes(members, "x", 32)?;
    // The highest bit is the sign of the other coordinate.
    let mut coordinate = x.clone();
    coordinate[31] &= 0x7f;
    if SMALL_ORDER.iter().any(|point| coordinate == point) { Err(JwkError::Weak) } else { Ok(Material::Ed25519(x)) }
}

fn bytes(members: &Map<String, Value>, name: &str, length: usize) -> Result<Vec<u8>, JwkError> {
    let text = members.get(name).and_then(Value::as_str).ok_or(JwkError::Malformed)?;
    URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == length).ok_or(JwkError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rsa_of(bytes: usize, top: u8, e: &[u8]) -> Value {
        let mut n = vec![0x55; bytes];
        n[0] = top;
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)})
    }

    #[test]
    fn weak_rsa_keys_are_refused() {
        let usual = &[1, 0, 1][..];
        assert!(Jwk::parse(&rsa_of(256, 0x80, usual)).is_ok());
        assert!(Jwk::parse(&rsa_of(257, 0, usual)).is_err(), "2040 bits behind a zero");
        for (bytes, top, e) in
            [(128, 0x80, usual), (256, 0x7f, usual), (1025, 0x80, usual), (256, 0x80, &[1]), (256, 0x80, &[2])]
        {
            assert_eq!(Jwk::parse(&rsa_of(bytes, top, e)), Err(JwkError::Weak), "{bytes} {top} {e:?}");
        }
    }

    #[test]
    fn keys_that_anybody_can_sign_for_are_refused() {
        let key = |x: &[u8]| json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(x)});
        for mut point in SMALL_ORDER {
            assert_eq!(Jwk::parse(&key(&point)), Err(JwkError::Weak), "{point:?}");
            point[31] ^= 0x80;
            assert_eq!(Jwk::parse(&key(&point)), Err(JwkError::Weak), "{point:?}");
            point[1] ^= 0x10;
            assert!(Jwk::parse(&key(&point)).is_ok(), "{point:?}");
        }
    }

    #[test]
    fn a_secret_is_no_public_key() {
        for name in PRIVATE {
            let mut key = rsa_of(256, 0x80, &[1, 0, 1]);
            key[name] = json!("AQ");
            assert_eq!(Jwk::parse(&key), Err(JwkError::Private), "{name}");
        }
        assert_eq!(Jwk::parse(&json!({"kty": "oct", "k": "c2VjcmV0"})), Err(JwkError::Private));
    }

    #[test]
    fn what_is_for_something_else_is_passed_over() {
        let mut enc = rsa_of(256, 0x80, &[1, 0, 1]);
        enc["use"] = json!("enc");
        let mut wraps = rsa_of(256, 0x80, &[1, 0, 1]);
        wraps["key_ops"] = json!(["wrapKey"]);
        let curve = json!({"kty": "OKP", "crv": "X25519", "x": "AA"});
        for key in [&enc, &wraps, &curve, &json!({"kty": "EC", "crv": "secp256k1"}), &json!({"kty": "AKP"})] {
            assert_eq!(Jwk::parse(key), Err(JwkError::Foreign), "{key}");
        }
        let good = rsa_of(256, 0x80, &[1, 0, 1]);
        assert_eq!(registered(&json!({"keys": [enc, good]})).unwrap().len(), 1);
        assert!(registered(&json!({"keys": [enc]})).is_err() && registered(&json!({"keys": []})).is_err());
        assert!(registered(&json!({"keys": [good, rsa_of(128, 0x80, &[1, 0, 1])]})).is_err());
        assert_eq!(published(&json!({"keys": [good, rsa_of(128, 0x80, &[1, 0, 1]), 7]})).unwrap().len(), 1);
        assert_eq!(published(&json!([])), None);
    }

    #[test]
    fn a_name_and_an_algorithm_only_narrow() {
        let mut key = rsa_of(256, 0x80, &[1, 0, 1]);
        key["kid"] = json!("a");
        let named = Jwk::parse(&key).unwrap();
        key["alg"] = json!("PS256");
        let for_one = Jwk::parse(&key).unwrap();
        assert!(named.fits(JwsAlg::RS256, Some("a")) && named.fits(JwsAlg::PS512, None));
        assert!(!named.fits(JwsAlg::RS256, Some("b")) && !named.fits(JwsAlg::ES256, Some("a")));
        assert!(!named.fits(JwsAlg::HS256, Some("a")), "a public key is no secret");
        assert!(for_one.fits(JwsAlg::PS256, None) && !for_one.fits(JwsAlg::RS256, None));
    }
}
