//! Other OpenID providers, as their relying party: what they publish, what they vouch for, and when they say it is over.
//!
//! Protocol and signatures are the `openidconnect` crate's, which stays within this folder; its HTTP is ours ([`asks`]).
//! What it would ask the system clock for is given. Nothing here knows an account or a session of ours.

mod asks;
mod logout_token;
mod redeem;
mod trouble;

pub use logout_token::LoggedOut;
pub use redeem::{Redeemed, Redeeming};
pub use trouble::Trouble;

use crate::outside::http::Outbound;
use crate::protocol::time::Timestamp;
use asks::Asks;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What an upstream publishes is asked for anew after this long.
const FRESH: Duration = Duration::from_secs(3_600);
/// And is of use for this long while it cannot be reached.
const STALE: Duration = Duration::from_secs(24 * 3_600);
/// A token by a key that nobody knows has the keys asked for anew, this often at most.
const NEW_KEYS: Duration = Duration::from_secs(60);
/// The clock of another provider may differ from ours by this much.
pub const SKEW: Duration = Duration::from_secs(15);

/// The metadata we read beyond that of the crate (RFC 9207, section 3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct More {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Who we are to an upstream.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    /// The upstream.
    pub issuer: &'a str,
    /// Our name there.
    pub client_id: &'a str,
    /// Our secret there; none for a public client.
    pub secret: Option<&'a str>,
    /// Where it sends browsers back.
    pub redirect_uri: &'a str,
}

/// What an upstream published, and when it was asked.
struct Known {
    metadata: Metadata,
    asked_at: Timestamp,
}

/// What is known of upstreams. One entry for each that is configured, so that the map is bounded.
pub struct Providers {
    outbound: Outbound,
    known: Mutex<HashMap<String, Arc<Known>>>,
}

/// What an authorization request to an upstream says beyond the usual.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `prompt`.
    pub prompt: Option<&'static str>,
    /// `max_age`, in seconds.
    pub max_age: Option<u64>,
}

/// Does the upstream say who it is with every answer (RFC 9207)?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesItself {
    /// It does: an answer that does not is none of its.
    Always,
    /// It may.
    Perhaps,
}

impl Providers {
    /// None is known yet.
    pub fn new(outbound: Outbound) -> Providers {
        Providers { outbound, known: Mutex::default() }
    }

    /// The address of an authorization request.
    ///
    /// # Errors
    /// The upstream cannot be reached, or what it publishes cannot be used.
    pub async fn authorization(
        &self,
        party: Party<'_>,
        (scopes, state, nonce, challenge): (&[String], &str, &str, &str),
        wishes: &Wishes,
        now: Timestamp,
    ) -> Result<String, Trouble> {
        let known = self.known(party, now).await?;
        let mut url = known.metadata.authorization_endpoint().url().clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code");
            query.append_pair("client_id", party.client_id);
            query.append_pair("redirect_uri", party.redirect_uri);
            query.append_pair("scope", &scopes.join(" "));
            query.append_pair("state", state);
            query.append_pair("nonce", nonce);
            query.append_pair("code_challenge", challenge);
            query.append_pair("code_challenge_method", "S256");
            if let Some(prompt) = wishes.prompt {
                query.append_pair("prompt", prompt);
            }
            if let Some(max_age) = wishes.max_age {
                query.append_pair("max_age", &max_age.to_string());
            }
        }
        Ok(url.into())
    }

    /// Does it name itself in its answers?
    ///
    /// # Errors
    /// As [`Providers::authorization`].
    pub async fn names_itself(&self, party: Party<'_>, now: Timestamp) -> Result<NamesItself, Trouble> {
        let known = self.known(party, now).await?;
        Ok(match known.metadata.additional_metadata().authorization_response_iss_parameter_supported {
            true => NamesItself::Always,
            false => NamesItself::Perhaps,
        })
    }

    /// What it publishes. While it cannot be reached, what it published before is good for a day.
    async fn known(&self, party: Party<'_>, now: Timestamp) -> Result<Arc<Known>, Trouble> {
        let before = self.remembered(party);
        if let Some(known) = before.as_ref().filter(|known| now < known.asked_at + FRESH) {
            return Ok(Arc::clone(known));
        }
        match (self.ask_anew(party, now).await, before) {
            (Err(trouble), Some(known)) if now < known.asked_at + STALE => {
                tracing::warn!(issuer = party.issuer, %trouble, "an upstream cannot be asked anew; going on with what is known");
                Ok(known)
            }
            (asked, _) => asked,
        }
    }

    /// The same, asked anew, since a token is by a key that is not among its; none when that was done just now.
    async fn with_new_keys(&self, party: Party<'_>, known: &Known, now: Timestamp) -> Option<Arc<Known>> {
        if now < known.asked_at + NEW_KEYS {
            return None;
        }
        self.ask_anew(party, now).await.ok()
    }

    fn remembered(&self, party: Party<'_>) -> Option<Arc<Known>> {
        self.known.lock().ok()?.get(party.issuer).cloned()
    }

    async fn ask_anew(&self, party: Party<'_>, now: Timestamp) -> Result<Arc<Known>, Trouble> {
        let issuer = IssuerUrl::new(party.issuer.to_owned()).map_err(|_| Trouble::Metadata)?;
        let asks = self.asks(party);
        let metadata = Metadata::discover_async(issuer, &asks).await.map_err(Trouble::of_discovery)?;
        // The browser is sent there: by https, or by what the issuer itself is reached by.
        let scheme = metadata.authorization_endpoint().url().scheme();
        if scheme != "https" && !(scheme == "http" && party.issuer.starts_with("http://")) {
            return Err(Trouble::Metadata);
        }
        let known = Arc::new(Known { metadata, asked_at: now });
        if let Ok(mut map) = self.known.lock() {
            map.insert(party.issuer.to_owned(), Arc::clone(&known));
        }
        Ok(known)
    }

    fn asks<'a>(&'a self, party: Party<'a>) -> Asks<'a> {
        Asks { outbound: &self.outbound, issuer: party.issuer }
    }
}

/// The algorithms that count: those by which the issuer alone can have signed.
fn algorithms() -> [CoreJwsSigningAlgorithm; 9] {
    use CoreJwsSigningAlgorithm::*;
    [
        RsaSsaPkcs1V15Sha256,
        RsaSsaPkcs1V15Sha384,
        RsaSsaPkcs1V15Sha512,
        RsaSsaPssSha256,
        RsaSsaPssSha384,
        RsaSsaPssSha512,
        EcdsaP256Sha256,
        EcdsaP384Sha384,
        EdDsa,
    ]
}
