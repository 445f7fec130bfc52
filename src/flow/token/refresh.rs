//! A grant is renewed.

use super::judge::still_allowed;
use super::mint::{REFRESH_PREFIX, Wish, refresh_parts};
use super::{NoToken, refused};
use crate::crypto::seal::Purpose;
use crate::crypto::secret::Same;
use crate::flow::dpop::Proven;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::client::{Client, Confidentiality};
use crate::model::grant::{Grant, Reach, Refreshed};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::model::session::activity::{Activity, Counts};
use crate::protocol::client_metadata::ActivityRule;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{proof, token as why};
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};
use crate::protocol::time::Timestamp;
use crate::protocol::token::TokenResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// What a client brings to renew a grant.
pub(super) struct Refresh {
    pub token: Zeroizing<String>,
    pub scope: Option<ScopeSet>,
    pub resource: Vec<String>,
    pub proof: Option<Proven>,
}

impl Idp {
    /// Every binding is proved first; only then is anything consumed or revoked.
    pub(super) async fn refresh(
        &self,
        client: &Client,
        refresh: Refresh,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let Some((grant, generation)) = self.genuine(&refresh.token).await? else {
            return refused(why::REFRESH_BAD);
        };
        if grant.client != client.id {
            return refused(why::REFRESH_BAD);
        }
        let key = refresh.proof.as_ref().map(|proof| proof.thumbprint.clone());
        let (retry, offline) = (self.settings.tokens.refresh_retry, self.settings.tokens.offline);
        if grant.lacks_key(key.as_deref(), generation) {
            return refused(if key.is_none() { proof::REFRESH_MISSING } else { proof::REFRESH_OTHER_KEY });
        }
        let scope = refresh.scope.map_or_else(|| grant.scope.clone(), |asked| counted(&asked, &grant.scope));
        if scope.is_empty() || !grant.scope.covers(&scope) {
            return refused(OAuthError::of(why::SCOPE_BEYOND).sent(&scope.to_string()));
        }
        let audience = self.audience(client, &grant.resource, &refresh.resource)?;
        let scope = still_allowed(client, &scope)?;
        self.judge(&grant, client, now).await?;
        self.spend_proof(refresh.proof.as_ref()).await?;
        // A refresh token of a client that cannot authenticate is bound to the first key that is shown with it (RFC 9449,
        // section 5).
        let shown = key.clone();
        let bound_to = key.clone().filter(|_| client.confidentiality() == Confidentiality::Public);
        let changed = self.store.change::<Grant, _, _>(grant.id.as_str(), move |before| match before {
            Some(grant) if grant.lacks_key(shown.as_deref(), generation) => Change::keep(Refreshed::Dead),
            Some(grant) if grant.taken_up(shown.as_deref(), generation) => grant.reused(&offline, now),
            Some(grant) => grant.binding(bound_to.as_deref(), generation).refresh(generation, retry, &offline, now),
            None => Change::keep(Refreshed::Dead),
        });
        match changed.await?.outcome()? {
            Refreshed::Renewed(grant) => {
                // Judged again: what ended meanwhile must get no token.
                let life = self.judge(&grant, client, now).await?;
                self.count_refresh(client, (&grant, &life.account), now).await?;
                // A refreshed ID token carries no nonce: that belongs to the one request (OpenID Connect Core, 12.2).
                self.mint(client, &grant, &life, Wish { scope, audience, nonce: None, key }, now)
            }
            Refreshed::Reused => refused(why::REFRESH_USED),
            Refreshed::Dead => refused(why::REFRESH_BAD),
        }
    }

    /// The grant and generation a token of ours names; none for any other text.
    pub(super) async fn genuine(&self, token: &str) -> Result<Option<(Grant, u32)>, Fault> {
        let bytes = token.strip_prefix(REFRESH_PREFIX).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let Some(bytes) = bytes.filter(|bytes| bytes.len() == 52) else { return Ok(None) };
        let (id, rest) = bytes.split_at(16);
        let Some((generation, mac)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let Some(grant) = self.store.read::<Grant>(&URL_SAFE_NO_PAD.encode(id)).await? else { return Ok(None) };
        let same = self.seals.check(Purpose::Refresh, &refresh_parts(&grant, generation), mac);
        Ok((same == Same::Yes).then(|| (grant, u32::from_be_bytes(*generation))))
    }

    /// A refresh counts as the person's act only where the client's record says so, and never for offline grants.
    async fn count_refresh(
        &self,
        client: &Client,
        (grant, account): (&Grant, &Account),
        now: Timestamp,
    ) -> Result<(), Fault> {
        let counted = client.metadata.session.activity == ActivityRule::Refresh && grant.reach == Reach::Session;
        let activity = if counted { Activity::CountedRefresh } else { Activity::Machine };
        if activity.counts() == Counts::Nothing {
            return Ok(());
        }
        let (id, limits) = (client.id.clone(), client.limits());
        let (account, policies) = (account.clone(), self.settings.sessions);
        let changed = self.store.change::<Session, _, _>(grant.binding.session.as_str(), move |before| match before {
            Some(session) => session.touch_application((&id, &limits), &account, &policies, now),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}

/// What counts of the scope that a refresh asks for: `offline_access` of a grant that has none is ignored, as it was when the
/// grant came to be (OpenID Connect Core, section 11). Apps repeat what they asked for at first.
fn counted(asked: &ScopeSet, granted: &ScopeSet) -> ScopeSet {
    asked.filter(|token| token != OFFLINE_ACCESS || granted.contains(token))
}
