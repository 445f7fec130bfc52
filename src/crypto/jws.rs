//! Verifies what clients signed, by the keys and secrets of their records. What we sign ourselves is [`super::jwt`]'s.

use crate::crypto::fingerprint::fingerprint;
use crate::crypto::secret::Same;
use crate::protocol::jwk::{Curve, Jwk, Material};
use crate::protocol::jws::{Compact, Family, JwsAlg};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// So many keys of a set are tried at most.
const TRIED: usize = 8;

/// Did one of these keys sign it, by this algorithm? The token's `kid` selects among them and does nothing else.
pub fn signed_by(keys: &[Jwk], alg: JwsAlg, token: &Compact) -> Same {
    let fitting = keys.iter().filter(|key| key.fits(alg, token.header.kid.as_deref())).take(TRIED);
    let mut fitting = fitting.filter(|key| verifies(&key.material, alg, token));
    if fitting.next().is_some() { Same::Yes } else { Same::No }
}

/// What a key is recognised by (RFC 7638).
pub fn thumbprint(key: &Jwk) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint(key.canonical().as_bytes()))
}

fn verifies(key: &Material, alg: JwsAlg, token: &Compact) -> bool {
    let (message, signature) = (token.signed.as_bytes(), token.signature.as_slice());
    match (key, alg) {
        (Material::Rsa { n, e }, alg) => rsa(alg)
            .is_some_and(|parameters| RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()),
        (Material::Ec(Curve::P256, point), JwsAlg::ES256) => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
        }
        (Material::Ec(Curve::P384, point), JwsAlg::ES384) => {
            UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature).is_ok()
        }
        (Material::Ec(Curve::P521, point), JwsAlg::ES512) => {
            UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point).verify(message, signature).is_ok()
        }
        (Material::Ed25519(x), JwsAlg::EdDSA) => UnparsedPublicKey::new(&ED25519, x).verify(message, signature).is_ok(),
        _ => false,
    }
}

fn rsa(alg: JwsAlg) -> Option<&'static RsaParameters> {
    Some(match alg {
        JwsAlg::RS256 => &RSA_PKCS1_2048_8192_SHA256,
        JwsAlg::RS384 => &RSA_PKCS1_2048_8192_SHA384,
        JwsAlg::RS512 => &RSA_PKCS1_2048_8192_SHA512,
        JwsAlg::PS256 => &RSA_PSS_2048_8192_SHA256,
        JwsAlg::PS384 => &RSA_PSS_2048_8192_SHA384,
        JwsAlg::PS512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// Did somebody who knows the secret sign it? A secret shorter than the algorithm's hash counts for nothing (RFC 7518,
/// section 3.2).
pub fn authenticated_by(secret: &[u8], alg: JwsAlg, token: &Compact) -> Same {
    let hash = match alg {
        JwsAlg::HS256 => hmac::HMAC_SHA256,
        JwsAlg::HS384 => hmac::HMAC_SHA384,
        JwsAlg::HS512 => hmac::HMAC_SHA512,
        _ => return Same::No,
    };
    if alg.family() != Family::Hmac || secret.len() < alg.least_secret() {
        return Same::No;
    }
    let key = hmac::Key::new(hash, secret);
    match hmac::verify(&key, token.signed.as_bytes(), &token.signature) {
        Ok(()) => Same::Yes,
        Err(_) => Same::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn thumbprints() {
        // RFC 7638, section 3.1; RFC 9449, sections 4.1 and 6.1; RFC 8037, appendix A.3.
        for (key, expected) in [
            (
                json!({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}),
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            ),
            (
                json!({"kty": "EC", "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
                    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA", "crv": "P-256"}),
                "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            ),
            (
                json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
                "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            ),
        ] {
            assert_eq!(thumbprint(&Jwk::parse(&key).unwrap()), expected);
        }
    }

    #[test]
    fn the_examples_of_the_specifications() {
        // RFC 7515, appendix A.3: ECDSA on P-256.
        let key = json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc\
            19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let key = Jwk::parse(&key).unwrap();
        let token = Compact::parse(token).unwrap();
        assert_eq!(signed_by(std::slice::from_ref(&key), JwsAlg::ES256, &token), Same::Yes);
        assert_eq!(signed_by(&[key], JwsAlg::ES384, &token), Same::No);
        // RFC 8037, appendix A.4: Ed25519.
        let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6d\
            WbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let key = Jwk::parse(&key).unwrap();
        assert_eq!(signed_by(&[key], JwsAlg::EdDSA, &Compact::parse(token).unwrap()), Same::Yes);
        // RFC 7515, appendix A.1: HMAC.
        let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let secret = URL_SAFE_NO_PAD.decode(secret).unwrap();
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9\
            leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let token = Compact::parse(token).unwrap();
        assert_eq!(authenticated_by(&secret, JwsAlg::HS256, &token), Same::Yes);
        assert_eq!(authenticated_by(&secret[1..], JwsAlg::HS256, &token), Same::No);
        assert_eq!(authenticated_by(&secret, JwsAlg::HS384, &token), Same::No);
        assert_eq!(authenticated_by(&secret, JwsAlg::ES256, &token), Same::No);
        assert_eq!(authenticated_by(&[], JwsAlg::HS256, &token), Same::No);
    }
}
