//! Is the client who it says it is?

use super::{Caller, NoToken, refused};
use crate::crypto::secret::Same;
use crate::flow::Idp;
use crate::flow::sign_in::address_prefix;
use crate::model::client::{Client, ClientSecret};
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::protocol::client_auth::{AuthMethod, PresentedClient, Proof};
use crate::protocol::error::Code;
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

impl Idp {
    /// The client, authenticated by the method its record names and no other.
    ///
    /// # Errors
    /// `invalid_client`; which part was wrong is not told.
    pub(in crate::flow) async fn authenticate_client(
        &self,
        presented: PresentedClient,
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<Client, NoToken> {
        let wrong = || refused(Code::InvalidClient, "client authentication failed");
        if presented.client_id.len() > 200 {
            return wrong();
        }
        let Some(client) = self.store.read::<Client>(&presented.client_id).await? else { return wrong() };
        if presented.method != client.metadata.token_endpoint_auth_method {
            let (came, registered) = (presented.method.name(), client.metadata.token_endpoint_auth_method.name());
            tracing::info!(
                client = client.id.as_str(),
                came,
                registered,
                "authenticated by another method than registered"
            );
            return wrong();
        }
        let same = match (presented.method, presented.proof) {
            (AuthMethod::None, Proof::Nothing) => Same::Yes,
            (AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost, Proof::Secret(secret)) => {
                self.knows_secret(&client, secret, from.address, now).await?
            }
            (AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt, Proof::Assertion(assertion)) => {
                self.proves(&client, &assertion, from, now).await?
            }
            _ => Same::No,
        };
        if same == Same::Yes { Ok(client) } else { wrong() }
    }

    /// Is it one of the secrets that are good?
    async fn knows_secret(
        &self,
        client: &Client,
        secret: Zeroizing<String>,
        address: &str,
        now: Timestamp,
    ) -> Result<Same, NoToken> {
        for kept in client.secrets() {
            let same = match kept {
                ClientSecret::Digest(_) | ClientSecret::Sealed(_) => {
                    self.is_strong_secret(client.id.as_str(), kept, &secret)
                }
                ClientSecret::Password(hash) => {
                    let secret = Zeroizing::new(secret.chars().take(1024).collect::<String>());
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
        if let Attempt::Wait { .. } = self.count(&lane, ACCOUNT, now).await? {
            return Err(NoToken::Busy);
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
