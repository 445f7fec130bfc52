//! The return address: a type that cannot be built unproven. Before it exists an error can only be a page.

use crate::model::client::Client;
use crate::model::id::ClientId;
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::params::Params;
use crate::protocol::redirect;
use crate::protocol::response::{ResponseMode, Unfit};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Where the answer to a request goes: a redirect URI registered for the client that asked, how it travels there, and the
/// state to give back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReturnAddress {
    client: ClientId,
    uri: String,
    mode: ResponseMode,
    state: Option<String>,
}

/// Why there is no return address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unbound {
    /// `client_id` is missing, repeated or malformed.
    NoClientId,
    /// No such client.
    UnknownClient,
    /// `redirect_uri` is missing, repeated or malformed.
    NoRedirectUri,
    /// It is not registered for this client.
    UnregisteredRedirectUri,
    /// How the answer is to travel is not known: no error can (OpenID Connect Core, 3.1.2.6).
    UnknownResponseMode,
    /// A form is to be posted to an app, and no browser can.
    FormToApp,
}

/// Proves where answers to this request go.
///
/// `client` is the record that `client_id` names, looked up by the caller.
///
/// # Errors
/// The request has no proven address: no redirect may happen.
pub fn bind(params: &Params, client: Option<&Client>) -> Result<ReturnAddress, Unbound> {
    if params.get("client_id").is_none() {
        return Err(Unbound::NoClientId);
    }
    let client = client.ok_or(Unbound::UnknownClient)?;
    let uri = params.get("redirect_uri").ok_or(Unbound::NoRedirectUri)?;
    let mode = ResponseMode::of(params);
    let address = ReturnAddress::prove(client, (uri, mode), params.get("state").map(str::to_owned))?;
    if ResponseMode::check(params) == Err(Unfit::Unknown) {
        return Err(Unbound::UnknownResponseMode);
    }
    if mode == ResponseMode::FormPost && redirect::origin(uri).is_none() {
        return Err(Unbound::FormToApp);
    }
    Ok(address)
}

impl ReturnAddress {
    /// Proves an address anew, for a request that was put aside: the client's record may have changed since.
    ///
    /// # Errors
    /// It is not registered any more.
    pub fn of(request: &AuthorizationRequest, client: &Client) -> Result<ReturnAddress, Unbound> {
        ReturnAddress::prove(client, (&request.redirect_uri, request.response_mode), request.state.clone())
    }

    /// Proves an address that a request presents.
    ///
    /// # Errors
    /// It is not registered.
    pub fn prove(
        client: &Client,
        (uri, mode): (&str, ResponseMode),
        state: Option<String>,
    ) -> Result<ReturnAddress, Unbound> {
        let kind = client.metadata.application_type;
        if client.metadata.redirect_uris.iter().any(|registered| redirect::matches(registered, uri, kind)) {
            Ok(ReturnAddress { client: client.id.clone(), uri: uri.to_owned(), mode, state })
        } else {
            Err(Unbound::UnregisteredRedirectUri)
        }
    }

    /// Proves where a browser may go after a sign-out (RP-Initiated Logout 1.0, section 3).
    ///
    /// # Errors
    /// It is not registered.
    pub fn prove_post_logout(client: &Client, uri: &str, state: Option<String>) -> Result<ReturnAddress, Unbound> {
        let kind = client.metadata.application_type;
        let list = &client.metadata.post_logout_redirect_uris;
        if list.iter().any(|registered| redirect::matches(registered, uri, kind)) {
            Ok(ReturnAddress { client: client.id.clone(), uri: uri.to_owned(), mode: ResponseMode::Query, state })
        } else {
            Err(Unbound::UnregisteredRedirectUri)
        }
    }

    /// Whose address it is.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// The address itself.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// How the answer travels.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// What travels: `params` and the state.
    pub fn told<'a>(&'a self, params: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let state = self.state.iter().map(|state| ("state", state.as_str()));
        params.iter().copied().chain(state).collect()
    }

    /// The address with `params` and the state in its query or fragment.
    pub fn with(&self, params: &[(&str, &str)]) -> String {
        let mut url = self.uri.clone();
        // No registered URI has a fragment of its own.
        let mark = if self.mode == ResponseMode::Fragment { '#' } else { '?' };
        for (name, value) in self.told(params) {
            let joint = match url.find(mark) {
                None if mark == '#' => "#",
                None => "?",
                Some(at) if at + 1 == url.len() || url.ends_with('&') => "",
                Some(_) => "&",
            };
            url.push_str(joint);
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(value, UNRESERVED_ONLY));
        }
        url
    }
}

/// Everything but the unreserved characters of RFC 3986 is escaped.
const UNRESERVED_ONLY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
