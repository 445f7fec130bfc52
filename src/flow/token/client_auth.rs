//! Is the client who it says it is?

use super::{Caller, NoToken, refused};
use crate::crypto::secret::Same;
use crate::flow::Idp;
use crate::flow::sign_in::address_prefix;
use crate::model::client::{Client, ClientSecret};
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::protocol::client_auth::{AuthMethod, PresentedClient, PresentedSecret, Proof};
use crate::protocol::error::Code;
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

/// Why a client is not taken for the one it says it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unproven {
    /// There is none of this name.
    Unknown,
    /// It came by another method than it registered.
    OtherMethod(AuthMethod),
    /// What it showed is not right.
    Proof,
}

/// The log tells which it was, and so does the answer to a client in development: to anybody else it would say which
/// clients there are.
fn unproven<T>(client: Option<&Client>, why: Unproven) -> Result<T, NoToken> {
    let words = match why {
        Unproven::Unknown => "there is no client of this name",
        Unproven::OtherMethod(_) => {
            "the client authenticates by another method than it registered \
                                     (token_endpoint_auth_method)"
        }
        Unproven::Proof => "the secret or assertion is not the client's, or not good any more",
    };
    let registered = client.map(|client| client.metadata.token_endpoint_auth_method.name());
    let came = if let Unproven::OtherMethod(came) = why { Some(came.name()) } else { None };
    let name = client.map(|client| client.id.as_str());
    tracing::info!(client = name, registered, came, why = words, "client authentication failed");
    let in_development = client.is_some_and(|client| client.metadata.development);
    refused(Code::InvalidClient, if in_development { words } else { "client authentication failed" })
}

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
        if presented.client_id.len() > 200 {
            return unproven(None, Unproven::Unknown);
        }
        let Some(client) = self.store.read::<Client>(&presented.client_id).await? else {
            return unproven(None, Unproven::Unknown);
        };
        if presented.method != client.metadata.token_endpoint_auth_method {
            return unproven(Some(&client), Unproven::OtherMethod(presented.method));
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
        if same == Same::Yes { Ok(client) } else { unproven(Some(&client), Unproven::Proof) }
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
