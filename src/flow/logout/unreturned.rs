//! Why a logout request does not get what it asks for. The person signs out all the same: it is no error to anybody but whoever
//! develops the app.

use super::proved::{Hint, Proved};
use crate::model::authorization::{ReturnAddress, explain};
use crate::model::client::Client;
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::sign_out as why;

/// What is wrong with it, if anything is.
pub(super) fn refusal(request: &LogoutRequest, (hint, client, address): &Proved) -> Option<OAuthError> {
    let refusal: OAuthError = match (&request.post_logout_redirect_uri, client) {
        _ if matches!(hint, Hint::Contradicted) => why::OTHER_CLIENT.into(),
        _ if request.id_token_hint.is_some() && hint.claims().is_none() => why::HINT_FOREIGN.into(),
        (Some(_), _) if address.is_some() => return None,
        (None, _) => return None,
        (Some(_), None) if request.client_id.is_some() => why::OTHER_CLIENT.into(),
        (Some(_), None) => why::NO_CLIENT.into(),
        (Some(uri), Some(client)) if ReturnAddress::prove_post_logout(client, uri, None).is_err() => {
            let registered = client.metadata.post_logout_redirect_uris.as_slice();
            explain::foreign(OAuthError::of(why::FOREIGN_RETURN), "post_logout_redirect_uri", (registered, uri))
        }
        (Some(_), Some(_)) => why::UNVOUCHED.into(),
    };
    Some(Client::heard(client.as_ref(), refusal))
}
