//! Pushed authorization requests (RFC 9126): a client sends its request itself, and the browser carries its name.
//!
//! The name is the request, sealed: pushing costs the store nothing, and every node knows what was pushed to another.
//! That it was used is written down, and who used it: the same browser may load its page again, nobody else may.

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::digest;
use crate::flow::authorize::request_object::{Unassembled, refused};
use crate::flow::browser::Visitor;
use crate::flow::dpop::Proven;
use crate::flow::token::{Caller, NoToken};
use crate::flow::{Fault, Idp};
use crate::model::authorization::bind;
use crate::model::authorization::interaction::LIFETIME as RELOADABLE;
use crate::model::client::Client;
use crate::model::id::ClientId;
use crate::model::setting::{Once, Setting};
use crate::model::throttle::Attempt;
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::{object as why, parameter, token};
use crate::protocol::request_object::{PUSHED, PushedAnswer};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A pushed request is good for so long.
const LIFETIME: Duration = Duration::from_secs(60);
/// The longest name, in bytes: it has to fit into addresses, and proxies cut those off at 8 kB.
const LONGEST: usize = 6 * 1024;
/// What authenticates the client, and what carries the request: neither is part of it.
const NOT_OF_THE_REQUEST: [&str; 5] =
    ["client_id", "client_secret", "client_assertion", "client_assertion_type", "request"];

/// A request that was pushed.
#[derive(Serialize, Deserialize)]
struct Pushed {
    id: String,
    client: ClientId,
    params: Vec<(String, String)>,
    until: Timestamp,
}

impl Idp {
    /// Takes a request over. It is judged as at the authorization endpoint, and again when it comes back: the client's record
    /// may have changed since.
    ///
    /// # Errors
    /// `invalid_client`, or what the authorization endpoint would say (RFC 9126, section 2.3); or a fault.
    pub async fn push(&self, from: Caller<'_>, params: &Params, now: Timestamp) -> Result<PushedAnswer, NoToken> {
        let client = self.presented(from, params).await?;
        let proof = self.proven_by(&client, from, now).await?;
        let client = self.authenticate_client(client, from, now).await?;
        self.push_for(&client, (params, proof), from, now).await.map_err(|refused| refused.heard_by(&client))
    }

    async fn push_for(
        &self,
        client: &Client,
        (params, proof): (&Params, Option<Proven>),
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<PushedAnswer, NoToken> {
        if let Attempt::Wait { until } = self.count_stranger("pushed", (client, from.address), now).await? {
            return Err(NoToken::until(until, now));
        }
        let whole = self.whole(client, params, now).await.map_err(|unassembled| match unassembled {
            Unassembled::Refused(error) => NoToken::Refused(error),
            Unassembled::Fault(fault) => NoToken::Fault(fault),
        })?;
        let until = now + LIFETIME;
        let mut params: Vec<_> = whole.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        match (&proof, whole.get("dpop_jkt")) {
            (Some(proof), Some(key)) if key != proof.thumbprint => {
                return Err(NoToken::Refused(why::PUSHED_KEY.into()));
            }
            // Whoever shows a key when pushing has to show it again (RFC 9449, section 10.1).
            (Some(proof), None) => params.push(("dpop_jkt".to_owned(), proof.thumbprint.clone())),
            _ => {}
        }
        let pushed = Pushed { id: random::id(), client: client.id.clone(), params, until };
        let name = self.seals.seal(Purpose::PushedRequest, &pushed);
        if name.len() > LONGEST {
            return Err(NoToken::Refused(why::PUSHED_TOO_LONG.into()));
        }
        self.spend_proof(proof.as_ref()).await?;
        Ok(PushedAnswer { request_uri: format!("{PUSHED}{name}"), expires_in: LIFETIME.as_secs() })
    }

    /// The parameters of a request that somebody pushes, judged.
    async fn whole(&self, client: &Client, params: &Params, now: Timestamp) -> Result<Params, Unassembled> {
        if let Some((name, _)) = params.first_spoiled() {
            return refused(OAuthError::of(token::SPOILED).sent(parameter(name)));
        }
        if params.get("request_uri").is_some() {
            return refused(why::PUSHED_REFERENCE);
        }
        let own = [("client_id".to_owned(), client.id.to_string())];
        let rest = params.iter().filter(|(name, _)| !NOT_OF_THE_REQUEST.contains(name));
        let rest = rest.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let Ok(rest) = Params::of(own.into_iter().chain(rest)) else { return refused(why::PUSHED_TOO_MANY) };
        let whole = match params.get("request") {
            Some(object) => self.read_object(client, object, &rest, now).await?,
            None if client.metadata.require_signed_request_object => {
                return refused(why::MUST_SIGN);
            }
            None => rest,
        };
        if let Err(unbound) = bind(&whole, Some(client)) {
            return refused(unbound.refusal(Some(client), whole.get("redirect_uri")));
        }
        self.acceptable(&whole, client).map_err(Unassembled::Refused)?;
        Ok(whole)
    }

    /// The request behind a name: this client's, and good once.
    pub(in crate::flow) async fn pushed(
        &self,
        client: &Client,
        name: &str,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Params, Unassembled> {
        let pushed = self.seals.open::<Pushed>(Purpose::PushedRequest, name);
        let Some(pushed) = pushed.filter(|pushed| pushed.client == client.id) else {
            return refused(why::PUSHED_FOREIGN);
        };
        if self.use_pushed(&pushed, visitor, now).await? == Once::Before {
            return refused(why::PUSHED_USED);
        }
        Params::of(pushed.params).or_else(|_| refused(why::PUSHED_MALFORMED))
    }

    async fn use_pushed(&self, pushed: &Pushed, visitor: &Visitor, now: Timestamp) -> Result<Once, Fault> {
        let what = format!("pushed/{}", pushed.id);
        let by = digest(visitor.browser.id.as_str()).as_key().to_owned();
        let (key, first_until) = (Setting::used_key(&what), pushed.until);
        let changed = self.store.change::<Setting, _, _>(&key, move |before| {
            Setting::use_up_by(before, (&what, &by), (first_until, now + RELOADABLE), now)
        });
        Ok(changed.await?.outcome()?)
    }
}
