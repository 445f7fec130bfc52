//! What a logout request proves: whom it means, who asks, and where it may lead (RP-Initiated Logout 1.0, sections 2 to 4).

use crate::flow::{Fault, Idp};
use crate::model::authorization::ReturnAddress;
use crate::model::client::{Client, Origin};
use crate::model::session::Session;
use crate::protocol::claims::{Audience, IdTokenClaims};
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::time::Timestamp;

/// What a logout request proves: whom it means, who asks, and where it may lead.
pub(super) type Proved = (Hint, Option<Client>, Option<ReturnAddress>);

/// The `id_token_hint` of a request.
pub(super) enum Hint {
    /// It is ours.
    Genuine(Box<IdTokenClaims>),
    /// It is ours, and of another client than the request names: it says nothing of anybody (RP-Initiated Logout 1.0, section
    /// 4).
    Contradicted,
    /// There is none that is ours.
    None,
}

impl Hint {
    pub(super) fn claims(&self) -> Option<&IdTokenClaims> {
        match self {
            Hint::Genuine(claims) => Some(claims),
            Hint::Contradicted | Hint::None => None,
        }
    }
}

impl Idp {
    /// What a request proves: whom it means, who asks, and where it may lead.
    pub(super) async fn proved(&self, request: &LogoutRequest, now: Timestamp) -> Result<Proved, Fault> {
        let genuine = request.id_token_hint.as_deref().and_then(|hint| self.genuine_hint(hint, now));
        let client = self.asking_client(request, genuine.as_ref()).await?;
        let hint = match (genuine, request.client_id.as_deref()) {
            (None, _) => Hint::None,
            (Some(hint), Some(named)) if !hint.aud.contains(named) => Hint::Contradicted,
            (Some(hint), _) => Hint::Genuine(Box::new(hint)),
        };
        // Of an app that nobody vouches for a genuine hint is wanted (RP-Initiated Logout 1.0, section 3): else whoever
        // registers one has links that begin with our address and end at theirs.
        let trusted = client.as_ref().is_some_and(|client| client.origin == Origin::Administrator);
        let address = return_address(request, client.as_ref()).filter(|_| trusted || hint.claims().is_some());
        Ok((hint, client, address))
    }

    /// Is it this session the hint tells of?
    pub(super) fn is_meant(
        &self,
        session: &Session,
        (hint, client): (Option<&IdTokenClaims>, Option<&Client>),
    ) -> bool {
        let Some(hint) = hint else { return false };
        let parts = session.participants.iter().filter(|(client, _)| hint.aud.contains(client.as_str()));
        let known = parts.filter(|(_, part)| part.session_epoch == session.epoch).map(|(_, part)| part.epochs());
        let mut names = known.chain([session.epochs()]).map(|epochs| match client {
            Some(client) => self.sid_for(client, &session.id, epochs),
            None => self.sid(&session.id, epochs),
        });
        names.any(|name| hint.sid.as_deref() == Some(&name))
    }

    /// The client that asks: the hint's audience, which a `client_id` beside it must not contradict.
    async fn asking_client(
        &self,
        request: &LogoutRequest,
        hint: Option<&IdTokenClaims>,
    ) -> Result<Option<Client>, Fault> {
        let id = match (hint, request.client_id.as_deref()) {
            // Nobody is called that.
            (_, Some(named)) if named.len() > 200 => return Ok(None),
            (Some(hint), Some(named)) if !hint.aud.contains(named) => return Ok(None),
            (_, Some(named)) => named.to_owned(),
            (Some(IdTokenClaims { aud: Audience::One(one), .. }), None) => one.clone(),
            _ => return Ok(None),
        };
        Ok(self.store.read::<Client>(&id).await?)
    }
}

fn return_address(request: &LogoutRequest, client: Option<&Client>) -> Option<ReturnAddress> {
    let uri = request.post_logout_redirect_uri.as_deref()?;
    ReturnAddress::prove_post_logout(client?, uri, request.state.clone()).ok()
}
