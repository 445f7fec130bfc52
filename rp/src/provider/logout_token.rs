//! What a logout token says (OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6), judged purely.

use super::keys::Verified;
use crate::clock::Instant;
use crate::session::Reason;
use serde_json::{Map, Value};

/// Another machine's clock may be this far off (seconds).
pub const SKEW: Instant = 15;
/// A logout token is told at once; one that was issued longer ago is refused (seconds).
pub const FRESH: Instant = 300;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Which sessions are over, as the provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutNotice {
    /// Of this session at the provider.
    pub sid: Option<String>,
    /// Of this person.
    pub subject: Option<String>,
    /// When the provider said so; what was issued later is not meant.
    pub issued_at: Instant,
    /// Its own serial number.
    pub jti: String,
    /// Why.
    pub reason: Reason,
    /// Until when it may come back, if it may.
    pub restorable_until: Option<Instant>,
}

/// Judges what a token with a good signature says.
///
/// # Errors
/// The first rule of section 2.6 that it breaks.
pub fn judge(token: &Verified, issuer: &str, client_id: &str, now: Instant) -> Result<LogoutNotice, &'static str> {
    let claims = &token.claims;
    if token.typ.as_deref().is_some_and(|typ| !is_logout_type(typ)) {
        return Err("typ is not logout+jwt");
    }
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err("iss is another provider");
    }
    if !is_for(claims.get("aud"), client_id) {
        return Err("aud is not this client");
    }
    let issued_at = instant(claims, "iat").ok_or("iat is missing")?;
    if issued_at > now.saturating_add(SKEW) {
        return Err("iat is in the future");
    }
    if now.saturating_sub(issued_at) > FRESH {
        return Err("iat is too long ago");
    }
    let expires = instant(claims, "exp").ok_or("exp is missing")?;
    if now >= expires.saturating_add(SKEW) {
        return Err("expired");
    }
    if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object) {
        return Err("events does not say logout");
    }
    if claims.contains_key("nonce") {
        return Err("a nonce belongs to ID tokens");
    }
    let jti = text(claims, "jti")?.filter(|jti| jti.len() <= 512).ok_or("jti is missing")?;
    let (sid, subject) = (text(claims, "sid")?, text(claims, "sub")?);
    if sid.is_none() && subject.is_none() {
        return Err("neither sid nor sub");
    }
    let (reason, restorable_until) = why(claims);
    Ok(LogoutNotice { sid, subject, issued_at, jti, reason, restorable_until })
}

/// Only a timeout whose end the provider names may come back; everything else is a real sign-out.
fn why(claims: &Map<String, Value>) -> (Reason, Option<Instant>) {
    let until = instant(claims, "reconstitutable_until");
    match claims.get("reason").and_then(Value::as_str) {
        Some("idle") => (Reason::Idle, until),
        Some("absolute") => (Reason::Absolute, until),
        Some("revoked") => (Reason::Revoked, None),
        _ => (Reason::SignOut, None),
    }
}

fn is_logout_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    typ == "logout+jwt" || typ == "application/logout+jwt"
}

/// For us, and for nobody else beside us.
fn is_for(audience: Option<&Value>, client_id: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(all)) => !all.is_empty() && all.iter().all(|one| one.as_str() == Some(client_id)),
        _ => false,
    }
}

fn instant(claims: &Map<String, Value>, name: &str) -> Option<Instant> {
    crate::session::instant(claims.get(name)?)
}

/// A claim that, if it is there, is a text with something in it.
fn text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, &'static str> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err("sid, sub or jti is not a text"),
    }
}

#[cfg(test)]
mod tests {
    use super::{LogoutNotice, judge};
    use crate::provider::keys::Verified;
    use crate::session::Reason;
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;
    const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

    fn judged(typ: Option<&str>, change: impl FnOnce(&mut Value)) -> Result<LogoutNotice, &'static str> {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "bank", "iat": NOW, "exp": NOW + 120, "jti": "j1", "sid": "s1",
            "sub": "mira", "events": {EVENT: {}},
        });
        change(&mut claims);
        let claims = claims.as_object().cloned().unwrap_or_default();
        judge(&Verified { typ: typ.map(str::to_owned), claims }, "https://id.example", "bank", NOW)
    }

    fn without(name: &'static str) -> impl FnOnce(&mut Value) {
        move |claims| drop(claims.as_object_mut().and_then(|claims| claims.remove(name)))
    }

    fn with(name: &'static str, value: Value) -> impl FnOnce(&mut Value) {
        move |claims| claims[name] = value
    }

    #[test]
    fn every_rule_broken_alone() {
        let typ = Some("logout+jwt");
        assert!(judged(typ, |_| ()).is_ok());
        assert!(judged(None, |_| ()).is_ok(), "typ may be absent");
        assert!(judged(Some("application/logout+JWT"), |_| ()).is_ok());
        assert!(judged(typ, with("aud", json!(["bank"]))).is_ok());
        assert!(judged(typ, without("sub")).is_ok() && judged(typ, without("sid")).is_ok());
        let refused = [
            judged(Some("JWT"), |_| ()),
            judged(Some("at+jwt"), |_| ()),
            judged(typ, with("iss", json!("https://id.example/"))),
            judged(typ, without("iss")),
            judged(typ, with("aud", json!("plaza"))),
            judged(typ, with("aud", json!(["bank", "plaza"]))),
            judged(typ, with("aud", json!([]))),
            judged(typ, without("aud")),
            judged(typ, with("iat", json!(NOW - 301))),
            judged(typ, with("iat", json!(NOW + 16))),
            judged(typ, with("iat", json!("now"))),
            judged(typ, without("iat")),
            judged(typ, with("exp", json!(NOW - 15))),
            judged(typ, without("exp")),
            judged(typ, with("nonce", json!("n"))),
            judged(typ, with("nonce", Value::Null)),
            judged(typ, without("events")),
            judged(typ, with("events", json!({}))),
            judged(typ, with("events", json!({EVENT: true}))),
            judged(typ, with("events", json!({EVENT: null}))),
            judged(typ, with("events", json!([EVENT]))),
            judged(typ, with("events", json!(EVENT))),
            judged(typ, without("jti")),
            judged(typ, with("jti", json!(1))),
            judged(typ, with("jti", json!("j".repeat(513)))),
            judged(typ, with("sid", json!(""))),
            judged(typ, with("sub", json!(["mira"]))),
            judged(typ, |claims| {
                without("sid")(claims);
                without("sub")(claims);
            }),
        ];
        for (at, verdict) in refused.into_iter().enumerate() {
            assert!(verdict.is_err(), "case {at}: {verdict:?}");
        }
    }

    #[test]
    fn only_a_timeout_with_an_end_may_come_back() {
        let why = |reason: Value, until: Value| {
            let notice = judged(None, |claims| {
                claims["reason"] = reason;
                claims["reconstitutable_until"] = until;
            });
            notice.map(|notice| (notice.reason, notice.restorable_until)).expect("accepted")
        };
        assert_eq!(why(json!("idle"), json!(NOW + 9)), (Reason::Idle, Some(NOW + 9)));
        assert_eq!(why(json!("absolute"), json!(NOW + 9)), (Reason::Absolute, Some(NOW + 9)));
        assert_eq!(why(json!("idle"), Value::Null), (Reason::Idle, None));
        for reason in [json!("sign_out"), json!("something new"), Value::Null, json!(7)] {
            assert_eq!(why(reason, json!(NOW + 9)), (Reason::SignOut, None));
        }
        assert_eq!(why(json!("revoked"), json!(NOW + 9)), (Reason::Revoked, None));
    }
}
