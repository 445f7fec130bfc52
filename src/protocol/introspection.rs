//! Introspection and revocation of tokens: what is asked, and what is answered (RFC 7662, section 2; RFC 7009, section 2).

use crate::protocol::claims::{AccessTokenClaims, AuthenticationFacts, Confirmation};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::{parameter, token as why};
use crate::protocol::token::token_type;
use serde::Serialize;
use zeroize::Zeroizing;

/// The token that a request is about. `token_type_hint` may be wrong (RFC 7662, section 2.1), and our tokens tell their
/// kind themselves: it is not looked at.
///
/// # Errors
/// `invalid_request`.
pub fn token_of(params: &Params) -> Result<Zeroizing<String>, OAuthError> {
    if let Some((name, _)) = params.first_spoiled() {
        return Err(OAuthError::of(why::SPOILED).sent(parameter(name)));
    }
    let token = params.get("token").ok_or(why::TOKEN_MISSING)?;
    Ok(Zeroizing::new(token.to_owned()))
}

/// What is known of a token (RFC 7662, section 2.2; `auth_time` and `acr` as RFC 9470, section 6.2 has them).
#[derive(Debug, Clone, Serialize)]
pub struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(flatten)]
    told: Option<Told>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Told {
    Access(Box<AccessTokenClaims>),
    Refresh {
        iss: String,
        client_id: String,
        sub: String,
        scope: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        cnf: Option<Confirmation>,
        #[serde(flatten)]
        authentication: AuthenticationFacts,
    },
}

impl Introspection {
    /// It is not good, or not for whoever asks: nothing else is told.
    pub fn inactive() -> Introspection {
        Introspection { active: false, token_type: None, told: None }
    }

    /// An access token that is good, with all it says.
    pub fn access(claims: AccessTokenClaims) -> Introspection {
        let token_type = Some(token_type(claims.cnf.as_ref()));
        Introspection { active: true, token_type, told: Some(Told::Access(Box::new(claims))) }
    }

    /// A refresh token that is good. It has no `exp`: what it lives by is judged at every use.
    pub fn refresh(
        iss: String,
        (client_id, sub): (&str, &str),
        scope: String,
        (cnf, authentication): (Option<Confirmation>, AuthenticationFacts),
    ) -> Introspection {
        let (client_id, sub) = (client_id.to_owned(), sub.to_owned());
        let told = Told::Refresh { iss, client_id, sub, scope, cnf, authentication };
        Introspection { active: true, token_type: None, told: Some(told) }
    }
}
