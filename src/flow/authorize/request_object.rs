//! A request that does not stand in the address: in a signed token, in one that the client publishes, or pushed before.
//! Whatever it is, it becomes parameters before anything else looks at it, so that there is one pipeline.

use crate::crypto::fingerprint::fingerprint;
use crate::crypto::secret::Same;
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::client::{Allowed, Client, Fragment};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::object as why;
use crate::protocol::request_object::{ObjectAlg, PUSHED, RequestObject};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;

/// Why a request could not be put together.
pub(in crate::flow) enum Unassembled {
    /// The client gets this error.
    Refused(OAuthError),
    /// Something broke.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for Unassembled {
    fn from(fault: F) -> Unassembled {
        Unassembled::Fault(fault.into())
    }
}

/// Refuses a request that stands elsewhere.
pub(in crate::flow) fn refused<T>(refusal: impl Into<OAuthError>) -> Result<T, Unassembled> {
    Err(Unassembled::Refused(refusal.into()))
}

impl Idp {
    /// The parameters of a request that stands elsewhere; none where those that came are all there is.
    ///
    /// # Errors
    /// `invalid_request_object`, `invalid_request_uri`, or `invalid_request` for a client whose requests must be signed or
    /// pushed, and are not.
    pub(super) async fn assembled(
        &self,
        visitor: &Visitor,
        params: &Params,
        client: &Client,
        now: Timestamp,
    ) -> Result<Option<Params>, Unassembled> {
        if params.first_spoiled().is_some() {
            // Refused for that in any case; which request is meant cannot be told.
            return Ok(None);
        }
        let (object, uri) = (params.get("request"), params.get("request_uri"));
        if object.is_some() && uri.is_some() {
            return refused(why::TWO_CARRIERS);
        }
        if let Some(name) = uri.and_then(|uri| uri.strip_prefix(PUSHED)) {
            return self.pushed(client, name, visitor, now).await.map(Some);
        }
        if client.metadata.require_pushed_authorization_requests {
            return refused(why::MUST_PUSH);
        }
        match (object, uri) {
            (Some(object), _) => self.read_object(client, object, params, now).await.map(Some),
            (None, Some(uri)) => {
                let object = self.referenced(client, uri, now).await?;
                let read = self.read_object(client, object.trim(), params, now).await?;
                let signed = RequestObject::parse(object.trim()).is_some_and(|found| found.alg != ObjectAlg::Unsigned);
                if signed || uri.starts_with("https://") { Ok(Some(read)) } else { refused(why::REFERENCE_UNSIGNED) }
            }
            (None, None) if client.metadata.require_signed_request_object => refused(why::MUST_SIGN),
            (None, None) => Ok(None),
        }
    }

    /// The parameters in a request object. What costs nothing comes first: what is not for us, or not of this time, has no
    /// keys fetched.
    pub(in crate::flow) async fn read_object(
        &self,
        client: &Client,
        text: &str,
        beside: &Params,
        now: Timestamp,
    ) -> Result<Params, Unassembled> {
        let Some(object) = RequestObject::parse(text) else { return refused(why::UNREADABLE) };
        if client.requests_by(object.alg) == Allowed::No {
            let registered = client.metadata.request_object_signing_alg.map_or("any but none", ObjectAlg::name);
            let refusal = OAuthError::of(why::OTHER_ALG).sent(object.alg.name());
            return refused(refusal.in_place("The client's record", [registered]));
        }
        let ours = ["/authorize", "/token", "/par"].map(|path| self.issuer.at(path));
        let ours: Vec<String> = std::iter::once(self.issuer.to_string()).chain(ours).collect();
        object.judge(client.id.as_str(), &ours, now).or_else(refused)?;
        if let ObjectAlg::Signed(alg) = object.alg
            && self.client_signed(client, alg, &object.token, now).await == Same::No
        {
            return refused(why::SIGNATURE);
        }
        object.params(client.id.as_str(), beside).or_else(refused)
    }

    /// The request object at an address that the client registered (OpenID Connect Core, 6.2).
    async fn referenced(&self, client: &Client, uri: &str, now: Timestamp) -> Result<Arc<String>, Unassembled> {
        // No address is shown, be it one that was sent or one of the record: whoever knows one can read the request there.
        let (place, hash) = match (client.publishes_requests_at(uri), uri.split_once('#')) {
            (Fragment::Foreign, _) => return refused(why::REFERENCE_FOREIGN),
            (Fragment::Registered, Some((place, _))) => (place, None),
            (Fragment::Free, Some((place, hash))) => (place, Some(hash)),
            (_, None) => (uri, None),
        };
        let found = self.request_objects.of(place, client.author(), now).await;
        let mut object = found.ok_or_else(|| Unassembled::Refused(why::REFERENCE_UNREACHED.into()))?;
        let is_meant = |object: &str| {
            let hash_of = || URL_SAFE_NO_PAD.encode(fingerprint(object.as_bytes()));
            hash.is_none_or(|hash| hash_of() == hash)
        };
        if !is_meant(&object)
            && let Some(newer) = self.request_objects.newer(&object, (place, client.author()), now).await
        {
            object = newer;
        }
        if is_meant(&object) { Ok(object) } else { refused(why::REFERENCE_HASH) }
    }
}
