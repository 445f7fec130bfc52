//! What clients sign: compact JSON Web Signatures (RFC 7515, section 7.1), taken apart and not yet believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

/// The longest token that is looked at.
const LONGEST: usize = 16 * 1024;

/// The algorithms that clients may sign by (RFC 7518, section 3.1; RFC 8037). `none` is not among them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum JwsAlg {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// Ed25519, which has a name of its own beside this one (RFC 9864, section 2.2).
    #[serde(alias = "Ed25519")]
    EdDSA,
}

/// The other name of [`JwsAlg::EdDSA`].
const ED25519: &str = "Ed25519";

/// Who can have made a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Whoever knows a secret, that is, we as well.
    Hmac,
    /// Whoever holds a private key.
    PublicKey,
}

impl JwsAlg {
    /// All of them.
    pub const ALL: [JwsAlg; 13] = {
        use JwsAlg::*;
        [HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA]
    };

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            JwsAlg::HS256 => "HS256",
            JwsAlg::HS384 => "HS384",
            JwsAlg::HS512 => "HS512",
            JwsAlg::RS256 => "RS256",
            JwsAlg::RS384 => "RS384",
            JwsAlg::RS512 => "RS512",
            JwsAlg::PS256 => "PS256",
            JwsAlg::PS384 => "PS384",
            JwsAlg::PS512 => "PS512",
            JwsAlg::ES256 => "ES256",
            JwsAlg::ES384 => "ES384",
            JwsAlg::ES512 => "ES512",
            JwsAlg::EdDSA => "EdDSA",
        }
    }

    /// The algorithm of a registered name, which is compared by bytes.
    pub fn named(name: &str) -> Option<JwsAlg> {
        if name == ED25519 {
            return Some(JwsAlg::EdDSA);
        }
        JwsAlg::ALL.into_iter().find(|alg| alg.name() == name)
    }

    /// Every name that is understood.
    pub fn names() -> Vec<&'static str> {
        JwsAlg::ALL.map(JwsAlg::name).into_iter().chain([ED25519]).collect()
    }

    /// Who can have signed.
    pub fn family(self) -> Family {
        match self {
            JwsAlg::HS256 | JwsAlg::HS384 | JwsAlg::HS512 => Family::Hmac,
            _ => Family::PublicKey,
        }
    }

    /// The names of those by which whoever holds a private key signs.
    pub fn public_key_names() -> Vec<&'static str> {
        let by_key = |name: &&str| JwsAlg::named(name).is_some_and(|alg| alg.family() == Family::PublicKey);
        JwsAlg::names().into_iter().filter(by_key).collect()
    }

    /// The bytes a secret needs at least (RFC 7518, section 3.2); none where there is no secret.
    pub fn least_secret(self) -> usize {
        match self {
            JwsAlg::HS256 => 32,
            JwsAlg::HS384 => 48,
            JwsAlg::HS512 => 64,
            _ => 0,
        }
    }
}

/// What of a header counts. `jku`, `jwk`, `x5u` and `x5c` are not read: which keys a client has says its record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// The algorithm, as it calls it.
    pub alg: String,
    /// Which of the registered keys.
    pub kid: Option<String>,
    /// What kind of token it is.
    pub typ: Option<String>,
}

/// A signed token, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compact {
    /// Its header.
    pub header: Header,
    /// What was signed: header and payload as they came.
    pub signed: String,
    /// The payload.
    pub payload: Vec<u8>,
    /// The signature; empty where `alg` is `none`.
    pub signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Read {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    /// Extensions that must be understood (RFC 7515, section 4.1.11). We understand none.
    #[serde(default, deserialize_with = "present")]
    crit: Option<Present>,
}

struct Present;

fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Present>, D::Error> {
    IgnoredAny::deserialize(value).map(|_| Some(Present))
}

/// Reads a JSON object in UTF-8 (RFC 7515, section 5.2), what nobody reads of it included. An array would do for a structure as
/// well, its items one after the other: headers and claims are none.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(json).ok()?;
    text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok())?
}

impl Compact {
    /// Takes a token apart; none when it is no signed token, or asks for an extension.
    pub fn parse(text: &str) -> Option<Compact> {
        if text.len() > LONGEST {
            return None;
        }
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Read = object(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
        if header.crit.is_some() {
            return None;
        }
        Some(Compact {
            header: Header { alg: header.alg, kid: header.kid, typ: header.typ },
            signed: signed.to_owned(),
            // A second point in there is no base64url.
            payload: URL_SAFE_NO_PAD.decode(payload).ok()?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// The payload as claims; none when it has not their form.
    pub fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        object(&self.payload)
    }

    /// Does `typ` say one of these, or nothing? Media types are compared without `application/` and case (RFC 7515,
    /// section 4.1.9).
    pub fn is_called(&self, names: &[&str]) -> bool {
        let Some(typ) = self.header.typ.as_deref() else { return true };
        let typ = typ.to_ascii_lowercase();
        names.contains(&typ.strip_prefix("application/").unwrap_or(&typ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", encode(header), encode(payload), encode(signature))
    }

    #[test]
    fn a_token_is_taken_apart() {
        let whole =
            Compact::parse(&token(r#"{"alg":"ES256","kid":"a","jwk":{},"jku":"https://x"}"#, "{}", "s")).unwrap();
        assert_eq!(whole.header, Header { alg: "ES256".into(), kid: Some("a".into()), typ: None });
        assert_eq!((whole.payload, whole.signature), (b"{}".to_vec(), b"s".to_vec()));
    }

    #[test]
    fn what_is_none() {
        for header in [
            r#"{}"#,
            r#"{"alg":null}"#,
            r#"{"alg":1}"#,
            r#"{"alg":"ES256","alg":"none"}"#,
            r#"{"alg":"ES256","kid":1}"#,
            r#"{"alg":"ES256","crit":["b64"],"b64":false}"#,
            r#"{"alg":"ES256","crit":[]}"#,
            r#"{"alg":"ES256","crit":null}"#,
            r#"["ES256"]"#,
            "",
        ] {
            assert_eq!(Compact::parse(&token(header, "{}", "s")), None, "{header}");
        }
        let good = token(r#"{"alg":"ES256"}"#, "{}", "s");
        let four_parts = format!("{good}.{}", "a".repeat(4));
        for text in
            ["", ".", "..", "a.b", &good.replace('.', ""), &format!("{good}="), &four_parts, &format!(" {good}")]
        {
            assert_eq!(Compact::parse(text), None, "{text}");
        }
        assert_eq!(Compact::parse(&token(r#"{"alg":"ES256"}"#, &"a".repeat(LONGEST), "s")), None);
    }

    #[test]
    fn claims_are_no_list() {
        #[derive(Deserialize, PartialEq, Debug)]
        struct Claims {
            iss: String,
        }
        let read = |payload: &str| {
            Compact::parse(&token(r#"{"alg":"ES256"}"#, payload, "s"))
                .unwrap()
                .claims::<Claims>()
                .map(|claims| claims.iss)
        };
        assert_eq!((read(r#" {"iss":"a"}"#).as_deref(), read(r#"["a"]"#)), (Some("a"), None));
    }

    #[test]
    fn algorithms_have_one_spelling() {
        for alg in JwsAlg::ALL {
            assert_eq!(JwsAlg::named(alg.name()), Some(alg));
            assert_eq!(JwsAlg::named(&alg.name().to_lowercase()), None);
        }
        assert_eq!(JwsAlg::named("Ed25519"), Some(JwsAlg::EdDSA));
        for other in ["none", "ed25519", "Ed448", ""] {
            assert_eq!(JwsAlg::named(other), None);
        }
    }

    #[test]
    fn kinds_are_compared_as_media_types() {
        let typed =
            |typ: &str| Compact::parse(&token(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#), "{}", "s")).unwrap();
        assert!(typed("JWT").is_called(&["jwt"]) && typed("application/JWT").is_called(&["jwt"]));
        assert!(!typed("at+jwt").is_called(&["jwt"]) && !typed("").is_called(&["jwt"]));
    }
}
