//! Is the client who it says it is?

use super::{NoToken, refused};
use crate::crypto::secret::{Same, compare, digest};
use crate::flow::Idp;
use crate::model::client::{Client, ClientSecret};
use crate::protocol::client_auth::{AuthMethod, PresentedClient};
use crate::protocol::error::Code;
use zeroize::Zeroizing;

impl Idp {
    /// The client, authenticated by the method its record names and no other.
    ///
    /// # Errors
    /// `invalid_client`; which part was wrong is not told.
    pub(super) async fn authenticate_client(&self, presented: PresentedClient) -> Result<Client, NoToken> {
        let wrong = || refused(Code::InvalidClient, "client authentication failed");
        if presented.client_id.len() > 200 {
            return wrong();
        }
        let Some(client) = self.store.read::<Client>(&presented.client_id).await? else { return wrong() };
        if presented.method != client.metadata.token_endpoint_auth_method {
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
                let verified = self.hashing.verify(secret, Some(hash.clone())).await;
                verified.map_err(|_| NoToken::Busy)?.same
            }
        };
        if same == Same::Yes { Ok(client) } else { wrong() }
    }
}
