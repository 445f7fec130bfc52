//! RP-Initiated Logout 1.0, section 2: the request.

use crate::protocol::params::Params;
use serde::{Deserialize, Serialize};

/// A logout request. Nothing in it is trusted: the hint is checked where keys are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutRequest {
    /// An ID token we issued, expired or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint: Option<String>,
    /// The client, where the hint does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Where the browser is to go afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uri: Option<String>,
    /// Goes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The languages that pages are wished in, in the order of preference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
}

impl LogoutRequest {
    /// Reads the request; none when one of its own parameters is repeated or malformed.
    pub fn parse(params: &Params) -> Option<LogoutRequest> {
        let names = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];
        if names.iter().any(|name| params.spoiled(name).is_some()) {
            return None;
        }
        let text = |name: &str| params.get(name).map(str::to_owned);
        Some(LogoutRequest {
            id_token_hint: text("id_token_hint"),
            client_id: text("client_id"),
            post_logout_redirect_uri: text("post_logout_redirect_uri"),
            state: text("state"),
            ui_locales: params.ui_locales(),
        })
    }
}
