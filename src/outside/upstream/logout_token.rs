//! An upstream says that a session of its is over (OpenID Connect Back-Channel Logout 1.0, section 2.6).

use super::{Metadata, Party, Providers, SKEW, Trouble, algorithms};
use crate::protocol::jws::Compact;
use crate::protocol::logout_token::EVENT;
use crate::protocol::time::Timestamp;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyId, JsonWebKeyUse};
use serde_json::{Map, Value};

/// A token is good for so long at most, whatever it says of itself: so long its name has to be remembered.
const OLDEST: std::time::Duration = std::time::Duration::from_secs(600);

/// What is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOut {
    /// Whose; none where the session alone is named.
    pub subject: Option<String>,
    /// Which of the upstream's sessions; none for all of that person.
    pub sid: Option<String>,
    /// When that was said.
    pub at: Timestamp,
    /// The token's own name.
    pub jti: String,
    /// Until when it could be accepted.
    pub until: Timestamp,
}

impl Providers {
    /// Proves a logout token.
    ///
    /// # Errors
    /// Why it is none, or none that counts.
    pub async fn logged_out(&self, party: Party<'_>, token: &str, now: Timestamp) -> Result<LoggedOut, Trouble> {
        let token = Compact::parse(token).ok_or(Trouble::Form)?;
        let claims = token.claims().ok_or(Trouble::Form)?;
        // What costs nothing comes before what asks others: who it is by and for is read first, and proved then.
        let told = judged(party, &token, &claims, now)?;
        let known = self.known(party, now).await?;
        if !signed(&known.metadata, &token) {
            let anew = self.with_new_keys(party, &known, now).await.ok_or(Trouble::Signature)?;
            if !signed(&anew.metadata, &token) {
                return Err(Trouble::Signature);
            }
        }
        Ok(told)
    }
}

fn judged(
    party: Party<'_>,
    token: &Compact,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<LoggedOut, Trouble> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let instant = |name: &str| claims.get(name).and_then(Value::as_i64).map(Timestamp);
    if !token.is_called(&["jwt", "logout+jwt"]) {
        return Err(Trouble::Form);
    }
    if text("iss") != Some(party.issuer) {
        return Err(Trouble::Issuer);
    }
    let ours = match claims.get("aud") {
        Some(Value::String(one)) => one == party.client_id,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(party.client_id)),
        _ => false,
    };
    if !ours {
        return Err(Trouble::Audience);
    }
    let (Some(at), Some(until)) = (instant("iat"), instant("exp")) else { return Err(Trouble::Form) };
    if at > now + SKEW || now >= until + SKEW || now >= at + OLDEST {
        return Err(Trouble::Time);
    }
    let event = claims.get("events").and_then(Value::as_object).and_then(|events| events.get(EVENT));
    let short = |value: &&str| (1..=255).contains(&value.len());
    let jti = text("jti").filter(short).ok_or(Trouble::Form)?;
    // An ID token has a nonce, a logout token never: neither is taken for the other.
    if !event.is_some_and(Value::is_object) || claims.contains_key("nonce") {
        return Err(Trouble::Form);
    }
    let (subject, sid) = (text("sub"), text("sid"));
    if (subject.is_none() && sid.is_none()) || [subject, sid].iter().flatten().any(|value| !short(value)) {
        return Err(Trouble::Form);
    }
    Ok(LoggedOut {
        subject: subject.map(str::to_owned),
        sid: sid.map(str::to_owned),
        at,
        jti: jti.to_owned(),
        until: until.min(at + OLDEST) + SKEW,
    })
}

/// Did a key that the issuer publishes sign it, by an algorithm that counts?
fn signed(metadata: &Metadata, token: &Compact) -> bool {
    let alg = serde_json::from_value::<CoreJwsSigningAlgorithm>(Value::from(token.header.alg.as_str())).ok();
    let Some(alg) = alg.filter(|alg| algorithms().contains(alg)) else { return false };
    let kid = token.header.kid.clone().map(JsonWebKeyId::new);
    let named = |key: &&CoreJsonWebKey| {
        let signs = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        signs && (kid.is_none() || key.key_id() == kid.as_ref())
    };
    let keys = metadata.jwks().keys().iter().filter(named).take(16);
    keys.into_iter().any(|key| key.verify_signature(&alg, token.signed.as_bytes(), &token.signature).is_ok())
}
