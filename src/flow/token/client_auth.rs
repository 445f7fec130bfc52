//! Is the client who it says it is?

use super::{Caller, NoToken, refused};
use crate::crypto::secret::Same;
use crate::flow::Idp;
use crate::flow::sign_in::address_prefix;
use crate::model::client::{Client, ClientSecret};
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::protocol::client_auth::{AuthMethod, PresentedClient, PresentedSecret, Proof};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::client as why;
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

impl Idp {
    /// The client, authenticated by the method its record names and no other.
    ///
    /// # Errors
    /// `invalid_client`; which part was wrong the log tells, and the answer to a client in development: to anybody else it would
    /// say which clients there are.
    pub(in crate::flow) async fn authenticate_client(
        &self,
        presented: PresentedClient,
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<Client, NoToken> {
        if presented.client_id.len() > 200 {
            return refused(why::UNKNOWN);
        }
        let Some(client) = self.store.read::<Client>(&presented.client_id).await? else {
            return refused(why::UNKNOWN);
        };
        match self.authenticated(&client, presented, from, now).await {
            Ok(()) => Ok(client),
            Err(refused) => Err(refused.heard_by(&client)),
        }
    }

    async fn authenticated(
        &self,
        client: &Client,
        presented: PresentedClient,
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<(), NoToken> {
        let registered = client.metadata.token_endpoint_auth_method;
        if presented.method != registered {
            let refusal = OAuthError::of(why::OTHER_METHOD).sent(presented.method.name());
            return refused(refusal.in_place("The client's record", [registered.name()]));
        }
        let same = match (presented.method, presented.proof) {
            (AuthMethod::None, Proof::Nothing) => Same::Yes,
            (AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost, Proof::Secret(secret)) => {
                self.knows_secret(client, secret, from.address, now).await?
            }
            (AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt, Proof::Assertion(assertion)) => {
                return self.proves(client, &assertion, from, now).await;
            }
            _ => Same::No,
        };
        if same == Same::Yes { Ok(()) } else { refused(why::WRONG_SECRET) }
    }

    /// Is it one of the secrets that are good?
    async fn knows_secret(
        &self,
        client: &Client,
        secret: PresentedSecret,
        address: &str,
        now: Timestamp,
    ) -> Result<Same, NoToken> {
        let PresentedSecret { specified, unencoded } = secret;
        for kept in client.secrets() {
            let same = match kept {
                ClientSecret::Digest(_) | ClientSecret::Sealed(_) => {
                    let whose = client.id.as_str();
                    let other = unencoded.as_ref().map_or(Same::No, |text| self.is_strong_secret(whose, kept, text));
                    if other == Same::Yes { other } else { self.is_strong_secret(whose, kept, &specified) }
                }
                // One guess is one guess: a weak secret is read as specified alone.
                ClientSecret::Password(hash) => {
                    let secret = Zeroizing::new(specified.chars().take(1024).collect::<String>());
                    self.verify_weak((client, address), secret, hash, now).await?
                }
            };
            if same == Same::Yes {
                return Ok(Same::Yes);
            }
        }
        Ok(Same::No)
    }

    /// A weak secret is guessed at like a password, and slowed down like one.
    async fn verify_weak(
        &self,
        (client, address): (&Client, &str),
        secret: Zeroizing<String>,
        hash: &str,
        now: Timestamp,
    ) -> Result<Same, NoToken> {
        let lane = self.bucket("client", &[client.id.as_str(), &address_prefix(address)]);
        if let Attempt::Wait { until } = self.count(&lane, ACCOUNT, now).await? {
            return Err(NoToken::until(until, now));
        }
        match self.client_hashing.verify(secret, Some(hash.to_owned())).await {
            Ok(verified) => {
                if verified.same == Same::Yes {
                    self.store.change::<Throttle, _, _>(&lane, Throttle::forgive).await?.outcome()?;
                }
                Ok(verified.same)
            }
            Err(_) => {
                self.store.change::<Throttle, _, _>(&lane, Throttle::refund).await?.outcome()?;
                Err(NoToken::Busy)
            }
        }
    }
}
