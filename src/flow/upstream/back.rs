//! A browser comes back from an upstream. Nothing is believed before it is proved: the state is ours, of this browser, this
//! upstream and in time; the answer is this upstream's; its ID token is for us and this request.

use super::{Begun, Connecting, Fresh, Upstream, What, party};
use crate::crypto::seal::Purpose;
use crate::crypto::secret::digest;
use crate::flow::authorize::{Next, Open, Problem, Refusal, Turn};
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::Act;
use crate::model::authorization::Evidence;
use crate::model::authorization::interaction::LIFETIME;
use crate::model::authorization::next_step::is_fresh;
use crate::model::id::{AccountId, SessionId};
use crate::model::session::policy::Remember;
use crate::model::setting::{Once, Setting};
use crate::model::upstream::{Link, Resting, Vouched};
use crate::outside::upstream::{NamesItself, Redeemed, Redeeming, SKEW};
use crate::protocol::params::Params;
use crate::protocol::time::Timestamp;

/// Why an answer of an upstream came to nothing: what the person sees, and the word of the audit log.
struct Refused(Refusal, &'static str);

impl Idp {
    /// The answer of an upstream.
    pub async fn upstream_back(
        &self,
        visitor: &Visitor,
        id: &str,
        params: &Params,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        // What is no state of ours leaves no trace but in the log: strangers can send as much of it as they like.
        let begun = params.get("state").and_then(|state| self.seals.open::<Begun>(Purpose::Upstream, state));
        let Some((begun, upstream)) = begun.and_then(|begun| Some((begun, self.upstreams.of(id)?))) else {
            return gone();
        };
        let good = begun.browser == visitor.browser.id && begun.upstream == id && now < begun.at + LIFETIME;
        if let Some(until) = self.attempt_by(visitor, now).await? {
            // Not looked at, and not written down: a flood that is refused must not become a flood of writes.
            return if good {
                self.turned_back(visitor, begun, Refusal::Throttled { until }, now).await
            } else {
                gone()
            };
        }
        let act = begun.what.act();
        if !good {
            self.blame(&visitor.device.address, act, "upstream_state", now).await?;
            return gone();
        }
        // The state is good once: the write further down decides it. A look before spares the upstream being asked.
        let what = format!("upstream-state/{}", digest(params.get("state").unwrap_or_default()).as_key());
        if self.store.read::<Setting>(&Setting::used_key(&what)).await?.is_some() {
            self.blame(&visitor.device.address, act, "upstream_state", now).await?;
            return gone();
        }
        match self.answer(upstream, &begun, params, now).await? {
            Err(refused) => self.refused(visitor, begun, refused, now).await,
            Ok(redeemed) => {
                if self.once(&what, begun.at + LIFETIME, None).await? == Once::Before {
                    self.blame(&visitor.device.address, act, "upstream_state", now).await?;
                    return gone();
                }
                self.refund(visitor).await?;
                self.vouched(visitor, upstream, begun, redeemed, now).await
            }
        }
    }

    /// What the answer proves.
    async fn answer(
        &self,
        upstream: &Upstream,
        begun: &Begun,
        params: &Params,
        now: Timestamp,
    ) -> Result<Result<Redeemed, Refused>, Fault> {
        let returns_to = self.returns_to(&upstream.rules.id);
        let party = party(upstream, &returns_to);
        let failed = |word| Ok(Err(Refused(Refusal::Upstream, word)));
        // Another one's answer, sent here to have its code tried at this one's token endpoint (RFC 9207).
        let named = match self.upstreams.providers.names_itself(party, now).await {
            Ok(named) => named,
            Err(trouble) => return failed(trouble.word()),
        };
        match (params.get("iss"), named) {
            (Some(iss), _) if iss != upstream.rules.issuer => return failed("upstream_mix_up"),
            (None, NamesItself::Always) => return failed("upstream_mix_up"),
            _ => (),
        }
        match params.get("error") {
            Some("access_denied") => return Ok(Err(Refused(Refusal::UpstreamCancelled, "upstream_cancelled"))),
            Some(_) => return failed("upstream_error"),
            None => (),
        }
        let Some(code) = params.get("code").filter(|code| !code.is_empty()) else { return failed("upstream_code") };
        let with = Redeeming { code, verifier: &begun.verifier, nonce: &begun.nonce };
        let redeemed = match self.upstreams.providers.redeem(party, with, now).await {
            Ok(redeemed) => redeemed,
            Err(trouble) => {
                tracing::warn!(upstream = upstream.rules.id, %trouble, "an upstream's word is not taken");
                return failed(trouble.word());
            }
        };
        if !fresh_enough(begun, redeemed.auth_time, now) {
            return Ok(Err(Refused(Refusal::UpstreamStale, "upstream_stale")));
        }
        Ok(Ok(redeemed))
    }

    /// An answer came to nothing: the audit log knows why.
    async fn refused(&self, visitor: &Visitor, begun: Begun, why: Refused, now: Timestamp) -> Result<Turn, Fault> {
        let Refused(refusal, word) = why;
        self.blame(&visitor.device.address, begun.what.act(), word, now).await?;
        self.turned_back(visitor, begun, refusal, now).await
    }

    /// The page it came from once more, with another way left to try.
    async fn turned_back(
        &self,
        visitor: &Visitor,
        begun: Begun,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        if let What::Connect(..) = begun.what {
            let outcome =
                if refusal == Refusal::UpstreamCancelled { Connecting::Cancelled } else { Connecting::Failed };
            return Ok(Next::Connected(outcome).into());
        }
        let Some(open) = self.open_of(visitor, begun.what, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        self.back_to_sign_in(visitor, &open.interaction, &self.handle(&open), refusal, now).await
    }

    /// The interaction that a browser was sent away from.
    async fn open_of(&self, visitor: &Visitor, what: What, now: Timestamp) -> Result<Option<Open>, Fault> {
        Ok(match what {
            What::Sealed(interaction) if !interaction.expired(now) && interaction.browser == visitor.browser.id => {
                Some(Open::sealed(*interaction))
            }
            What::Stored(handle, remember) => self.reopen(visitor, &handle, now).await?.map(|mut open| {
                open.interaction.remember = remember;
                open
            }),
            What::Sealed(_) | What::Connect(..) => None,
        })
    }

    /// Somebody was vouched for. Do we know them?
    async fn vouched(
        &self,
        visitor: &Visitor,
        upstream: &Upstream,
        begun: Begun,
        redeemed: Redeemed,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let by = believed(upstream, &redeemed, now);
        if let What::Connect(account, session) = begun.what {
            let profile = upstream.rules.profile(&redeemed.claims);
            let link = by.link(&profile.shown, now);
            let outcome = self.connect_here(visitor, (&account, &session, begun.at), link, now).await?;
            return Ok(Next::Connected(outcome).into());
        }
        let Some(open) = self.open_of(visitor, begun.what, now).await? else { return gone() };
        if self.too_old(&by, open.interaction.remember, now) {
            self.blame(&visitor.device.address, Act::SignIn, "upstream_stale", now).await?;
            let handle = self.handle(&open);
            return self.back_to_sign_in(visitor, &open.interaction, &handle, Refusal::UpstreamStale, now).await;
        }
        let name = Link::name_of(&by.resting.issuer, &by.resting.subject);
        match self.store.find::<Account>(&name).await? {
            Some(account) => {
                let open = with_word(open, &account.id, by, now);
                self.accepted(visitor, open, account, now).await
            }
            None => {
                let returns_to = self.returns_to(&upstream.rules.id);
                let claims = self.upstreams.providers.profile(party(upstream, &returns_to), &redeemed, now).await;
                let profile = Box::new(upstream.rules.profile(&claims));
                let open = open.with(Evidence::Claimed { by: Box::new(by), profile });
                Ok(self.keep(open).await?.into())
            }
        }
    }

    /// Would a session that rests on it be over as it begins?
    fn too_old(&self, by: &Vouched, remember: Remember, now: Timestamp) -> bool {
        let lifetime = self.settings.sessions.of(remember).max_lifetime.span();
        lifetime.is_some_and(|span| now >= by.auth_time + span)
    }

    /// Connects whoever was vouched for with the account that is signed in: the very session that asked for it, freshly
    /// authenticated still.
    async fn connect_here(
        &self,
        visitor: &Visitor,
        (account, session, begun_at): (&AccountId, &SessionId, Timestamp),
        link: Link,
        now: Timestamp,
    ) -> Result<Connecting, Fault> {
        let current = self.current(visitor, now).await?;
        // Fresh when the person was sent away: at the upstream minutes may pass.
        let still = current.filter(|current| current.session.id == *session && current.account.id == *account);
        match still {
            Some(current) if is_fresh(&current.session, begun_at) => self.connect(account, link, now).await,
            _ => Ok(Connecting::Failed),
        }
    }
}

/// With the upstream's word as evidence of this account.
pub(super) fn with_word(open: Open, account: &AccountId, by: Vouched, now: Timestamp) -> Open {
    let fact = Evidence::Authenticated { account: account.clone(), method: by.method, at: now };
    open.with(fact).with(Evidence::Vouched { account: account.clone(), by: Box::new(by) })
}

/// What the upstream said, as far as it is believed.
fn believed(upstream: &Upstream, said: &Redeemed, now: Timestamp) -> Vouched {
    let rules = &upstream.rules;
    let method = rules.worth(said.acr.as_deref(), &said.amr);
    Vouched {
        upstream: rules.id.clone(),
        resting: Resting {
            issuer: rules.issuer.clone(),
            subject: said.subject.clone(),
            sid: said.sid.clone(),
            since: now,
            seen_at: said.auth_time.map(|at| at.min(now)),
        },
        auth_time: rules.authenticated_at(said.auth_time, now),
        amr: rules.believed(method, &said.amr),
        method,
    }
}

/// Where a fresh authentication is owed, the upstream has to say when it was.
fn fresh_enough(begun: &Begun, auth_time: Option<Timestamp>, now: Timestamp) -> bool {
    match (begun.fresh, auth_time) {
        (Fresh::Any, _) => true,
        (_, None) => false,
        (Fresh::Now, Some(at)) => at + SKEW >= begun.at,
        (Fresh::Within(seconds), Some(at)) => now.since(at + SKEW).as_secs() <= seconds,
    }
}
