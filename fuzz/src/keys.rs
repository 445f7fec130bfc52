//! Keys that somebody else publishes.

use super::Seen;
use abide::crypto::jws::signed_by;
use abide::crypto::secret::Same;
use abide::protocol::jwk::{Jwk, published, registered};
use abide::protocol::jws::{Compact, Family, Header, JwsAlg};
use serde_json::{Value, json};

/// A key or a set of keys. What may be registered is used as it was registered; no key is a secret, and none verifies
/// what nobody signed.
pub fn jwk(input: &[u8]) -> Seen {
    let Ok(value) = serde_json::from_slice::<Value>(input) else { return Seen::Refused };
    let alone = Jwk::parse(&value).ok();
    let set = published(&value).unwrap_or_default();
    if let Ok(taken) = registered(&value) {
        assert_eq!(taken, set, "what is registered is what is used");
    }
    if let Some(key) = &alone {
        let around = json!({"keys": [value]});
        assert_eq!(registered(&around).as_deref(), Ok(std::slice::from_ref(key)));
        assert!(value.get("d").is_none() && value.get("k").is_none(), "a secret is no public key");
    }
    for key in alone.iter().chain(&set) {
        for alg in JwsAlg::ALL {
            assert!(!key.fits(alg, None) || alg.family() == Family::PublicKey, "a public key is no secret");
            assert!(!key.fits(alg, Some("b")) || key.fits(alg, None), "a name only narrows");
            nothing_is_signed_by(key, alg);
        }
    }
    Seen::Read
}

fn nothing_is_signed_by(key: &Jwk, alg: JwsAlg) {
    let header = Header { alg: alg.name().into(), kid: None, typ: None };
    // The second is good for every message where a key is a point of order one.
    let identity = std::iter::once(1).chain(std::iter::repeat_n(0, 63)).collect();
    for signature in [Vec::new(), identity, vec![0; 64], vec![1; 256]] {
        let token = Compact { header: header.clone(), signed: "e30.e30".into(), payload: b"{}".to_vec(), signature };
        assert_eq!(signed_by(std::slice::from_ref(key), alg, &token), Same::No);
    }
}
