//! A code is redeemed.

use super::judge::still_allowed;
use super::mint::Wish;
use super::{NoToken, refused};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::dpop::Proven;
use crate::flow::{Idp, SKEW};
use crate::model::client::{Allowed, Client, Confidentiality};
use crate::model::grant::{Code as CodeFacts, CodeAge, Grant, Reach, Redeemed};
use crate::protocol::claims::Audience;
use crate::protocol::pkce::CodeVerifier;
use crate::protocol::refusal::{proof, token as why};
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};
use crate::protocol::time::Timestamp;
use crate::protocol::token::{GrantType, TokenResponse};

/// What a client brings to redeem a code.
pub(super) struct Redemption {
    pub code: String,
    pub redirect_uri: Option<String>,
    pub verifier: Option<CodeVerifier>,
    pub resource: Vec<String>,
    pub proof: Option<Proven>,
}

/// How a grant begins.
pub(super) struct Beginning {
    pub age: CodeAge,
    /// What the first access token is narrowed to.
    pub resource: Vec<String>,
    /// The key that whoever begins it holds.
    pub key: Option<String>,
}

impl Idp {
    /// Every binding is proved first; only then is anything consumed or revoked.
    pub(super) async fn redeem(
        &self,
        client: &Client,
        redemption: Redemption,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let Some(code) = self.seals.open::<CodeFacts>(Purpose::Code, &redemption.code) else {
            return refused(why::CODE_BAD);
        };
        check_bindings(client, &code, &redemption)?;
        let age = if now < code.issued_at + self.settings.tokens.code { CodeAge::Fresh } else { CodeAge::Expired };
        // Two nodes' clocks differ by more than those of nodes that are let in.
        if code.issued_at > now + SKEW {
            return refused(why::CODE_EARLY);
        }
        self.spend_proof(redemption.proof.as_ref()).await?;
        let key = redemption.proof.map(|proof| proof.thumbprint);
        self.give_birth(client, code, Beginning { age, resource: redemption.resource, key }, now).await
    }

    /// A grant is born of what a person allowed, and its first tokens with it. The access token is bound to the key there is;
    /// the refresh token only where the client cannot authenticate, for then nothing else tells it from a thief.
    pub(super) async fn give_birth(
        &self,
        client: &Client,
        code: CodeFacts,
        Beginning { age, resource, key }: Beginning,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let bound_to = key.clone().filter(|_| client.confidentiality() == Confidentiality::Public);
        let birth = Grant { key: bound_to, ..birth(client, &code, now) };
        // A code belongs to its session whatever the grant outlives that it gives birth to: after a sign-out nothing is
        // begun by what was given before it.
        let bound = Grant { reach: Reach::Session, ..birth.clone() };
        // Judged before anything is written: a code that gives nothing is as one that is too old. It stores nothing, and a
        // replay of it still revokes.
        let given = match age {
            CodeAge::Fresh => self.entitled(client, &bound, &resource, now).await,
            CodeAge::Expired => refused(why::CODE_EXPIRED),
        };
        let age = if given.is_ok() { CodeAge::Fresh } else { CodeAge::Expired };
        let seed = birth.clone();
        let changed =
            self.store.change::<Grant, _, _>(birth.id.as_str(), move |before| Grant::redeem(before, &seed, age));
        match changed.await?.outcome()? {
            Redeemed::Born(grant) => {
                // Judged again: what ended while the grant was born must get no token.
                if grant.reach == Reach::Offline {
                    self.judge(&bound, client, now).await?;
                }
                let life = self.judge(&grant, client, now).await?;
                let (audience, scope) = given?;
                self.mint(client, &grant, &life, Wish { scope, audience, nonce: code.nonce, key }, now)
            }
            Redeemed::Replayed => refused(why::CODE_USED),
            Redeemed::Expired => given.and_then(|_| refused(why::CODE_EXPIRED)),
        }
    }

    /// What the first tokens of a grant may be for and allow, if it is good at all.
    async fn entitled(
        &self,
        client: &Client,
        grant: &Grant,
        resource: &[String],
        now: Timestamp,
    ) -> Result<(Audience, ScopeSet), NoToken> {
        self.judge(grant, client, now).await?;
        Ok((self.audience(client, &grant.resource, resource)?, still_allowed(client, &grant.scope)?))
    }
}

fn check_bindings(client: &Client, code: &CodeFacts, redemption: &Redemption) -> Result<(), NoToken> {
    if code.client != client.id {
        return refused(why::CODE_BAD);
    }
    match &redemption.redirect_uri {
        None => return refused(why::REDIRECT_MISSING),
        Some(uri) if *uri != code.redirect_uri => {
            return refused(why::REDIRECT_DIFFERS);
        }
        Some(_) => {}
    }
    match (&code.challenge, &redemption.verifier) {
        (Some(challenge), Some(verifier)) if challenge.answered_by(verifier) => {}
        (None, None) => {}
        // A verifier without a challenge: the challenge was taken out on the way (RFC 9700, section 2.1.1).
        (None, Some(_)) => return refused(why::VERIFIER_UNASKED),
        (Some(_), _) => return refused(why::VERIFIER_WRONG),
    }
    match (&code.key, &redemption.proof) {
        (Some(_), None) => {
            return refused(proof::CODE_MISSING);
        }
        (Some(key), Some(proof)) if *key != proof.thumbprint => {
            return refused(proof::CODE_OTHER_KEY);
        }
        _ => {}
    }
    Ok(())
}

pub(super) fn birth(client: &Client, code: &CodeFacts, now: Timestamp) -> Grant {
    let offline = code.scope.contains(OFFLINE_ACCESS)
        && client.metadata.offline_access
        && client.allows(GrantType::RefreshToken) == Allowed::Yes;
    Grant {
        id: code.grant.clone(),
        client: code.client.clone(),
        account: code.account.clone(),
        binding: code.binding.clone(),
        reach: if offline { Reach::Offline } else { Reach::Session },
        scope: code.scope.clone(),
        claims: code.claims.clone(),
        resource: code.resource.clone(),
        authentication: code.authentication.clone(),
        salt: random::id(),
        key: None,
        bound_since: 0,
        created_at: now,
        generation: 0,
        renewed_at: now,
        revoked: None,
    }
}
