//! Is the client who it says it is?

use super::{NoToken, refused};
use crate::crypto::secret::{Same, compare, digest};
use crate::flow::Idp;
use crate::flow::sign_in::address_prefix;
use crate::model::client::{Client, ClientSecret};
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::protocol::client_auth::{AuthMethod, PresentedClient};
use crate::protocol::error::Code;
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

impl Idp {
    /// The client, authenticated by the method its record names and no other.
    ///
    /// # Errors
    /// `invalid_client`; which part was wrong is not told.
    pub(super) async fn authenticate_client(
        &self,
        presented: PresentedClient,
        address: &str,
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
        let same = match (presented.method, presented.secret, &client.secret) {
            (AuthMethod::None, None, _) => Same::Yes,
            (AuthMethod::None, Some(_), _) | (_, None, _) | (_, _, None) => Same::No,
            (_, Some(secret), Some(ClientSecret::Digest(kept))) => {
                compare(digest(&secret).as_key().as_bytes(), kept.as_key().as_bytes())
            }
            (_, Some(secret), Some(ClientSecret::Password(hash))) => {
                let secret = Zeroizing::new(secret.chars().take(1024).collect::<String>());
                self.verify_weak((&client, address), secret, hash, now).await?
            }
        };
        if same == Same::Yes { Ok(client) } else { wrong() }
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
