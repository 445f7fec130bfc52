//! How a client shows who it is where it posts: by a secret (RFC 6749, section 2.3.1) or by a signed assertion (RFC 7521,
//! section 4.2).

use crate::protocol::assertion::{self, Assertion};
use crate::protocol::error::OAuthError;
use crate::protocol::jws::{Compact, Family, JwsAlg};
use crate::protocol::params::Params;
use crate::protocol::refusal::client as why;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The registered methods we know (`token_endpoint_auth_method`, RFC 7591, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The secret in the `Authorization` header.
    #[default]
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// An assertion by a secret (OpenID Connect Core, 9).
    ClientSecretJwt,
    /// An assertion by a private key.
    PrivateKeyJwt,
    /// A public client: no secret.
    None,
}

impl AuthMethod {
    /// All of them; the last one proves nothing.
    pub const ALL: [AuthMethod; 5] = [
        AuthMethod::ClientSecretBasic,
        AuthMethod::ClientSecretPost,
        AuthMethod::ClientSecretJwt,
        AuthMethod::PrivateKeyJwt,
        AuthMethod::None,
    ];

    /// By whose signatures it works, where it works by signatures.
    pub fn signatures(self) -> Option<Family> {
        match self {
            AuthMethod::ClientSecretJwt => Some(Family::Hmac),
            AuthMethod::PrivateKeyJwt => Some(Family::PublicKey),
            AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost | AuthMethod::None => None,
        }
    }

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            AuthMethod::ClientSecretBasic => "client_secret_basic",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::ClientSecretJwt => "client_secret_jwt",
            AuthMethod::PrivateKeyJwt => "private_key_jwt",
            AuthMethod::None => "none",
        }
    }
}

/// What a request brought to show who sent it.
pub struct PresentedClient {
    /// The client it claims to come from.
    pub client_id: String,
    /// How.
    pub method: AuthMethod,
    /// What proves it.
    pub proof: Proof,
}

/// What proves who a client is.
pub enum Proof {
    /// Nothing does.
    Nothing,
    /// It knows its secret.
    Secret(PresentedSecret),
    /// It signed what it says.
    Assertion(Box<SignedAssertion>),
}

/// A secret, as it can be read.
pub struct PresentedSecret {
    /// As RFC 6749, section 2.3.1 has it read.
    pub specified: Zeroizing<String>,
    /// As it was written, where that is another text: many clients forget to form-encode what they put into the header.
    pub unencoded: Option<Zeroizing<String>>,
}

/// An assertion with its signature, neither of them judged yet.
pub struct SignedAssertion {
    /// As it came.
    pub token: Compact,
    /// By which algorithm it says it is signed.
    pub alg: JwsAlg,
    /// What it says.
    pub claims: Assertion,
}

/// Which client a request that cannot be taken says it comes from: for the log, and for whoever develops it.
pub fn claimed(authorization: Option<&str>, params: &Params) -> Option<String> {
    let named = || params.get("client_id").map(str::to_owned);
    authorization.and_then(basic).map(|(id, _)| id).or_else(named)
}

/// Finds the one authentication in a request.
///
/// # Errors
/// `invalid_client` when there is none or it cannot be read, `invalid_request` when there are two (RFC 6749, 2.3).
pub fn presented(authorization: Option<&str>, params: &Params) -> Result<PresentedClient, OAuthError> {
    let in_body = params.get("client_secret");
    if ["client_id", "client_secret", "client_assertion", "client_assertion_type"]
        .iter()
        .any(|name| params.spoiled(name).is_some())
    {
        // Whose request it is cannot be told from a parameter that came twice (RFC 6749, section 5.2).
        return Err(why::REPEATED.into());
    }
    let asserted = params.get("client_assertion").or(params.get("client_assertion_type"));
    if [authorization, in_body, asserted].iter().flatten().count() > 1 {
        return Err(why::TWICE.into());
    }
    if asserted.is_some() {
        return by_assertion(params);
    }
    match authorization {
        Some(header) => {
            let (client_id, secret) = basic(header).ok_or(why::HEADER_UNREADABLE)?;
            if params.get("client_id").is_some_and(|other| other != client_id) {
                return Err(why::OTHER_ID.into());
            }
            Ok(PresentedClient { client_id, method: AuthMethod::ClientSecretBasic, proof: Proof::Secret(secret) })
        }
        None => {
            let Some(client_id) = params.get("client_id").map(str::to_owned) else {
                return Err(why::MISSING.into());
            };
            let method = if in_body.is_some() { AuthMethod::ClientSecretPost } else { AuthMethod::None };
            let secret =
                in_body.map(|secret| PresentedSecret { specified: Zeroizing::new(secret.to_owned()), unencoded: None });
            Ok(PresentedClient { client_id, method, proof: secret.map_or(Proof::Nothing, Proof::Secret) })
        }
    }
}

/// Reads an assertion. By which of the two methods it authenticates follows from the algorithm it names; the client's
/// record says whether that one is the client's.
fn by_assertion(params: &Params) -> Result<PresentedClient, OAuthError> {
    let (Some(text), Some(kind)) = (params.get("client_assertion"), params.get("client_assertion_type")) else {
        return Err(why::ASSERTION_INCOMPLETE.into());
    };
    if kind != assertion::TYPE {
        // It is not shown: whoever takes the two parameters for each other has the assertion there.
        return Err(why::ASSERTION_KIND.into());
    }
    let token = Compact::parse(text).ok_or(why::ASSERTION_UNREADABLE)?;
    let (Some(alg), Some(claims)) = (JwsAlg::named(&token.header.alg), Assertion::of(&token)) else {
        return Err(why::ASSERTION_UNREADABLE.into());
    };
    let client_id = claims.client_id().to_owned();
    if params.get("client_id").is_some_and(|other| other != client_id) {
        return Err(why::OTHER_ID.into());
    }
    let method = match alg.family() {
        Family::Hmac => AuthMethod::ClientSecretJwt,
        Family::PublicKey => AuthMethod::PrivateKeyJwt,
    };
    Ok(PresentedClient { client_id, method, proof: Proof::Assertion(Box::new(SignedAssertion { token, alg, claims })) })
}

/// Takes `Basic base64(form(id):form(secret))` apart. Both halves are form-encoded before they are joined, which some
/// clients forget: a `+` is then ambiguous. The specified reading (a space) comes first; the other one is of use to nobody
/// who does not know the secret.
fn basic(header: &str) -> Option<(String, PresentedSecret)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Zeroizing::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| -> Option<String> {
        let spaced = text.replace('+', " ");
        let text = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
        text.chars().all(|c| !c.is_control()).then_some(text)
    };
    let ambiguous = secret.contains(['+', '%']) && !secret.chars().any(char::is_control);
    let unencoded = ambiguous.then(|| Zeroizing::new(secret.to_owned()));
    // A secret with a `%` that escapes nothing was not encoded.
    let specified = plain(secret).or_else(|| unencoded.as_ref().map(|secret| secret.to_string()))?;
    Some((plain(id)?, PresentedSecret { specified: Zeroizing::new(specified), unencoded }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::Code;

    fn run(header: Option<&str>, body: &str) -> Result<(String, AuthMethod, Option<String>), Code> {
        presented(header, &Params::parse(body.as_bytes()).unwrap())
            .map(|c| {
                let secret = match c.proof {
                    Proof::Secret(secret) => Some(secret.specified.to_string()),
                    Proof::Nothing | Proof::Assertion(_) => None,
                };
                (c.client_id, c.method, secret)
            })
            .map_err(|e| e.code())
    }

    #[test]
    fn one_method_exactly() {
        let basic = format!("Basic {}", STANDARD.encode("a%3Ab:s%2Bx+y"));
        let secret = Some("s+x y".to_owned());
        assert_eq!(run(Some(&basic), ""), Ok(("a:b".into(), AuthMethod::ClientSecretBasic, secret)));
        assert_eq!(run(Some(&basic), "client_secret=x"), Err(Code::InvalidRequest));
        assert_eq!(run(Some(&basic), "client_secret=x&client_secret=y"), Err(Code::InvalidRequest));
        assert_eq!(run(Some(&basic), "client_id=other"), Err(Code::InvalidRequest));
        assert_eq!(run(None, "client_id=a&client_secret=x").unwrap().1, AuthMethod::ClientSecretPost);
        assert_eq!(run(None, "client_id=a").unwrap().1, AuthMethod::None);
        assert_eq!(run(None, ""), Err(Code::InvalidClient));
        for bad in ["Basic", "Basic %%%", "Bearer x", "Basic YQ==", "Basic gIA6gIA=", "Basic YQA6Yg=="] {
            assert_eq!(run(Some(bad), ""), Err(Code::InvalidClient), "{bad}");
        }
    }

    #[test]
    fn a_secret_that_was_not_encoded_is_read_as_well() {
        for (sent, specified, unencoded) in [
            ("plain", "plain", None),
            ("a+b", "a b", Some("a+b")),
            ("a%2Bb", "a+b", Some("a%2Bb")),
            ("50%", "50%", Some("50%")),
            ("a%FFb", "a%FFb", Some("a%FFb")),
        ] {
            let (_, secret) = basic(&format!("Basic {}", STANDARD.encode(format!("app:{sent}")))).unwrap();
            let other = secret.unencoded.as_ref().map(|text| text.as_str());
            assert_eq!((secret.specified.as_str(), other), (specified, unencoded), "{sent}");
        }
        assert!(
            basic(&format!("Basic {}", STANDARD.encode("app:a\u{1}+"))).is_none(),
            "no text that anybody registered"
        );
    }

    #[test]
    fn an_assertion_is_a_method_of_its_own() {
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let claims = encode(r#"{"iss":"a","sub":"a","aud":"b","exp":1,"jti":"c"}"#);
        let token = |alg: &str| format!("{}.{claims}.AA", encode(&format!(r#"{{"alg":"{alg}"}}"#)));
        let kind = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        let es = format!("{kind}&client_assertion={}", token("ES256"));
        assert_eq!(run(None, &es), Ok(("a".into(), AuthMethod::PrivateKeyJwt, None)));
        let hs = format!("{kind}&client_assertion={}", token("HS256"));
        assert_eq!(run(None, &hs), Ok(("a".into(), AuthMethod::ClientSecretJwt, None)));
        let basic = format!("Basic {}", STANDARD.encode("a:b"));
        assert_eq!(run(Some(&basic), &es), Err(Code::InvalidRequest));
        assert_eq!(run(None, &format!("{es}&client_secret=x")), Err(Code::InvalidRequest));
        assert_eq!(run(None, &format!("{es}&client_id=other")), Err(Code::InvalidRequest));
        assert_eq!(run(None, &format!("{es}&{kind}")), Err(Code::InvalidRequest));
        assert_eq!(run(None, kind), Err(Code::InvalidRequest));
        assert_eq!(run(None, &format!("client_assertion={}", token("ES256"))), Err(Code::InvalidRequest));
        for alg in ["none", "None", "HS1", "RSA-OAEP", "es256", ""] {
            assert_eq!(
                run(None, &format!("{kind}&client_assertion={}", token(alg))),
                Err(Code::InvalidClient),
                "{alg}"
            );
        }
        let saml = es.replace("jwt-bearer", "saml2-bearer");
        assert_eq!(run(None, &saml), Err(Code::InvalidClient));
    }
}
