//! A device asks whether the person has answered (RFC 8628, sections 3.4 and 3.5).

use super::code::Beginning;
use super::judge::still_allowed;
use super::{NoToken, refused};
use crate::crypto::secret::{Same, Secret, compare};
use crate::flow::Idp;
use crate::flow::dpop::Proven;
use crate::model::client::Client;
use crate::model::device::{DeviceRequest, Polled};
use crate::model::grant::CodeAge;
use crate::model::record::{Change, Fate};
use crate::protocol::refusal::{person, token as why};
use crate::protocol::time::Timestamp;
use crate::protocol::token::TokenResponse;
use zeroize::Zeroizing;

/// What a device asks with.
pub(super) struct Poll {
    pub device_code: Zeroizing<String>,
    pub resource: Vec<String>,
    pub proof: Option<Proven>,
}

impl Idp {
    /// Every binding is proved first; only then is anything written.
    pub(super) async fn poll(
        &self,
        client: &Client,
        Poll { device_code, resource, proof }: Poll,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let wrong = || refused(why::DEVICE_CODE_BAD);
        let Some((key, secret)) = device_code.split_once('.').filter(|(key, _)| key.len() == 22) else {
            return wrong();
        };
        let Some(asked) = self.store.read::<DeviceRequest>(key).await? else { return wrong() };
        let presented = Secret::new(secret.to_owned()).digest();
        let same = compare(presented.as_key().as_bytes(), asked.secret.as_key().as_bytes());
        if same == Same::No || asked.client != client.id {
            return wrong();
        }
        // Before the answer is taken, which is there once.
        self.audience(client, &asked.resource, &resource)?;
        still_allowed(client, &asked.scope)?;
        let seen = asked.poll(now);
        let polled = match seen.fate {
            // Nothing is to be written of it: nor is its proof, or a flood of them would be one of writes.
            Fate::Keep => seen.outcome,
            Fate::Put(_) | Fate::Delete => {
                self.spend_proof(proof.as_ref()).await?;
                let changed = self.store.change::<DeviceRequest, _, _>(key, move |before| match before {
                    // Another one, under the same user code: the one before it is over.
                    Some(asked) if asked.secret == presented => asked.poll(now),
                    _ => Change::keep(Polled::Expired),
                });
                changed.await?.outcome()?
            }
        };
        match polled {
            Polled::Pending => refused(why::DEVICE_PENDING),
            Polled::TooSoon => refused(why::DEVICE_TOO_SOON),
            Polled::Denied => refused(person::NOT_CONSENTED),
            Polled::Expired => refused(why::DEVICE_EXPIRED),
            Polled::Allowed(facts) => {
                let key = proof.map(|proof| proof.thumbprint);
                self.give_birth(client, *facts, Beginning { age: CodeAge::Fresh, resource, key }, now).await
            }
        }
    }
}
