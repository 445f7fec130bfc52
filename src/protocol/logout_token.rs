//! Logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4).

use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The one member of `events`.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a relying app is told of an end.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LogoutTokenClaims {
    /// Who says so.
    pub iss: String,
    /// Of whom.
    pub sub: String,
    /// To whom.
    pub aud: String,
    /// When it was made.
    pub iat: Timestamp,
    /// Until when it may be accepted.
    pub exp: Timestamp,
    /// Its own name; another one at every attempt.
    pub jti: String,
    /// What is over, under the name this client knows it by.
    pub sid: String,
    /// Says that this is a logout token: [`EVENT`], with nothing in it.
    pub events: Map<String, Value>,
    /// Why: `sign_out`, `revoked`, `idle` or `absolute`.
    pub reason: String,
    /// Until when it may be reconstituted; omitted when it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconstitutable_until: Option<Timestamp>,
}

/// The value of `events`.
pub fn events() -> Map<String, Value> {
    let mut events = Map::new();
    events.insert(EVENT.to_owned(), Value::Object(Map::new()));
    events
}
