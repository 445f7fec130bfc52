//! Did the client sign that?

use super::{Caller, NoToken, refused};
use crate::crypto::jws::{authenticated_by, signed_by};
use crate::crypto::secret::{Same, digest};
use crate::flow::Idp;
use crate::model::client::{Allowed, Client, ClientSecret};
use crate::model::setting::Once;
use crate::model::throttle::Attempt;
use crate::protocol::client_auth::SignedAssertion;
use crate::protocol::error::OAuthError;
use crate::protocol::jwk;
use crate::protocol::jws::{Compact, Family, JwsAlg};
use crate::protocol::refusal::client as why;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Proves an assertion, and uses it up. What costs nothing comes first: what is not for us, or not of this time, has no
    /// keys fetched; and only what the client signed is remembered.
    ///
    /// # Errors
    /// `invalid_client`, or a fault.
    pub(super) async fn proves(
        &self,
        client: &Client,
        assertion: &SignedAssertion,
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<(), NoToken> {
        let SignedAssertion { token, alg, claims } = assertion;
        if client.asserts_by(*alg) == Allowed::No {
            return refused(OAuthError::of(why::ASSERTION_ALG).sent(alg.name()));
        }
        let ours = [self.issuer.to_string(), self.issuer.at("/token"), self.issuer.at(from.endpoint)];
        claims.judge(&ours, now).or_else(refused)?;
        if self.client_signed(client, *alg, token, now).await == Same::No {
            return refused(why::ASSERTION_SIGNATURE);
        }
        // Every name is remembered for as long as its assertion is good.
        if let Attempt::Wait { until } = self.count_stranger("assertions", (client, from.address), now).await? {
            return Err(NoToken::until(until, now));
        }
        let what = format!("assertion/{}", digest(&format!("{}\n{}", client.id, claims.jti())).as_key());
        match self.once(&what, claims.until(), None).await? {
            Once::Now => Ok(()),
            Once::Before => refused(why::ASSERTION_USED),
        }
    }

    /// Did a secret or a key of the client sign it, by this algorithm? Where its keys are published, one that is not among
    /// those we know has them asked for anew, once.
    pub(in crate::flow) async fn client_signed(
        &self,
        client: &Client,
        alg: JwsAlg,
        token: &Compact,
        now: Timestamp,
    ) -> Same {
        if alg.family() == Family::Hmac {
            let mut sealed = client.secrets().filter_map(|secret| match secret {
                ClientSecret::Sealed(sealed) => self.opened_secret(client.id.as_str(), sealed),
                ClientSecret::Digest(_) | ClientSecret::Password(_) => None,
            });
            let signs = sealed.any(|secret| authenticated_by(secret.as_bytes(), alg, token) == Same::Yes);
            return if signs { Same::Yes } else { Same::No };
        }
        if let Some(set) = &client.metadata.jwks {
            return signed_by(&jwk::published(set).unwrap_or_default(), alg, token);
        }
        let Some(uri) = client.metadata.jwks_uri.as_deref() else { return Same::No };
        let Some(keys) = self.client_keys.of(uri, client.author(), now).await else { return Same::No };
        if signed_by(&keys, alg, token) == Same::Yes {
            return Same::Yes;
        }
        match self.client_keys.newer(&keys, (uri, client.author()), now).await {
            Some(keys) => signed_by(&keys, alg, token),
            None => Same::No,
        }
    }
}
