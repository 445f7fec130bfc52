//! A browser is sent to an upstream.

use super::{Begun, Fresh, Upstream, What, party};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::authorize::{Asks, Next, Problem, Refusal, Turn};
use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::authorization::next_step::Why;
use crate::model::authorization::{Interaction, Step};
use crate::model::session::policy::Remember;
use crate::outside::upstream::Wishes;
use crate::protocol::authorize::Prompt;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::time::Timestamp;

impl Idp {
    /// The button of an upstream on the sign-in page.
    pub async fn upstream_start(
        &self,
        visitor: &Visitor,
        handle: &str,
        (id, remember): (&str, Remember),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let Some(mut open) = self.reopen(visitor, handle, now).await? else { return gone() };
        let Some(upstream) = self.upstreams.of(id) else { return gone() };
        open.interaction.remember = remember;
        if let Some(until) = self.attempt_by(visitor, now).await? {
            return self.back_to_sign_in(visitor, &open.interaction, handle, Refusal::Throttled { until }, now).await;
        }
        let (fresh, wishes) = self.wanted(visitor, &open.interaction, now).await?;
        let what = if open.waits() {
            What::Stored(handle.to_owned(), remember)
        } else {
            What::Sealed(Box::new(open.interaction.clone()))
        };
        match self.sent_to(upstream, visitor, what, (fresh, &wishes), now).await? {
            Some(address) => {
                self.refund(visitor).await?;
                Ok(Next::Elsewhere(address).into())
            }
            None => self.back_to_sign_in(visitor, &open.interaction, handle, Refusal::Upstream, now).await,
        }
    }

    /// The address of the authorization request to an upstream; none where that cannot be asked.
    pub(super) async fn sent_to(
        &self,
        upstream: &Upstream,
        visitor: &Visitor,
        what: What,
        (fresh, wishes): (Fresh, &Wishes),
        now: Timestamp,
    ) -> Result<Option<String>, Fault> {
        let (nonce, verifier) = (random::id(), random::secret());
        let act = what.act();
        let begun = Begun {
            browser: visitor.browser.id.clone(),
            upstream: upstream.rules.id.clone(),
            what,
            nonce: nonce.clone(),
            verifier: verifier.expose().to_owned(),
            fresh,
            at: now,
        };
        let state = self.seals.seal(Purpose::Upstream, &begun);
        let challenge = CodeChallenge::of(verifier.expose());
        let returns_to = self.returns_to(&upstream.rules.id);
        let of = (upstream.rules.scopes.as_slice(), state.as_str(), nonce.as_str(), challenge.as_str());
        match self.upstreams.providers.authorization(party(upstream, &returns_to), of, wishes, now).await {
            Ok(address) => Ok(Some(address)),
            Err(trouble) => {
                tracing::warn!(upstream = upstream.rules.id, %trouble, "nobody can be sent to an upstream");
                self.blame(&visitor.device.address, act, trouble.word(), now).await?;
                Ok(None)
            }
        }
    }

    /// What the upstream has to be asked for, so that its word can satisfy the request.
    async fn wanted(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        now: Timestamp,
    ) -> Result<(Fresh, Wishes), Fault> {
        let client = self.client_of(interaction).await?;
        let current = self.current_for(visitor, interaction, now).await?;
        let expected = self.expected(interaction, now).unwrap_or_default();
        let step = self.step(interaction, (client.as_ref(), current.as_ref()), expected, now).await?;
        let request = interaction.request();
        let asked = |prompt| request.is_some_and(|request| request.prompts(prompt));
        let max_age = request.and_then(|request| request.max_age);
        let fresh = match (step, max_age) {
            (Step::SignIn(Why::Again), _) | (_, Some(0)) => Fresh::Now,
            _ if asked(Prompt::Login) => Fresh::Now,
            (_, Some(seconds)) => Fresh::Within(seconds),
            _ => Fresh::Any,
        };
        // Somebody is signed in here, or is to be chosen: the upstream is to ask who it shall be, and not to go on with
        // whoever is signed in there.
        let prompt = match fresh {
            Fresh::Now => Some("login"),
            _ if current.is_some() || asked(Prompt::SelectAccount) => Some("select_account"),
            _ => None,
        };
        let lifetime = self.settings.sessions.of(interaction.remember).max_lifetime.span().map(|span| span.as_secs());
        let max_age = match fresh {
            Fresh::Now => Some(0),
            Fresh::Within(seconds) => Some(seconds.min(lifetime.unwrap_or(u64::MAX))),
            // An authentication that our own limit would end at once is of no use.
            Fresh::Any => lifetime,
        };
        Ok((fresh, Wishes { prompt, max_age }))
    }

    /// The sign-in form once more, with what went wrong.
    pub(super) async fn back_to_sign_in(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        handle: &str,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let client = self.client_of(interaction).await?;
        let current: Option<Current> = self.current_for(visitor, interaction, now).await?;
        let again = interaction.request().is_some_and(|request| request.prompts(Prompt::Login));
        let (why, hint) = match current {
            Some(current) if again || interaction.request().is_none() => (Why::Again, current.account.username),
            Some(_) => (Why::Other, String::new()),
            None => (Why::SignedOut, String::new()),
        };
        let asks = Asks::SignIn { why, hint, goal: interaction.goal.clone(), refusal: Some(refusal) };
        Ok(self.page((interaction, handle.to_owned()), client, asks).await?.into())
    }
}
