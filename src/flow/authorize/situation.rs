//! What the decision rests on: whose session it is about, what is demanded of them, what they hold.

use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::authorization::demand::{Demand, Lack};
use crate::model::authorization::factor::{Held, Level, lacks_a_factor, level};
use crate::model::authorization::named::{Named, chosen, named};
use crate::model::authorization::{Goal, Interaction, Situation, Step, next_step};
use crate::model::client::Client;
use crate::protocol::authorize::Prompt;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::authorize as why;
use crate::protocol::time::Timestamp;

impl Idp {
    /// The session an interaction is about: that of the person whom its hint names, if they are signed in in this
    /// browser (OpenID Connect Core, 3.1.2.1), else the current one.
    pub(in crate::flow) async fn current_for(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        now: Timestamp,
    ) -> Result<Option<Current>, Fault> {
        let named = match self.expected(interaction, now) {
            Ok(Some(subject)) => {
                let client = self.client_of(interaction).await?;
                let live = self.all_live(visitor, now).await?.into_iter();
                live.into_iter().find(|current| self.is_subject(&subject, client.as_ref(), &current.account.id))
            }
            _ => self.named_for(visitor, interaction, now).await?,
        };
        let Some(named) = named else { return self.current(visitor, now).await };
        visitor.languages.account_says(named.account.locale());
        Ok(Some(named))
    }

    /// The session of whom the request names by `login_hint`, where that is one of several people signed in here, and
    /// nobody is to be asked.
    async fn named_for(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        now: Timestamp,
    ) -> Result<Option<Current>, Fault> {
        let hint = login_hint(interaction);
        let asks = interaction.request().is_some_and(|request| request.prompts(Prompt::SelectAccount));
        // Whoever chose or signed in for this very request is the one.
        if hint.is_none() || asks || visitor.handles.len() < 2 || !interaction.evidence.is_empty() {
            return Ok(None);
        }
        let mut live = self.all_live(visitor, now).await?;
        if interaction.request().is_some_and(|request| request.prompts(Prompt::None)) {
            live = self.known_to_client(live, interaction).await?;
        }
        let found = chosen(hint, live.iter().map(|current| &current.account)).map(|account| account.id.clone());
        Ok(live.into_iter().find(|current| Some(&current.account.id) == found.as_ref()))
    }

    /// Those of them whom the client that asks may know. Silently nobody else is chosen by a name: whether they are here is
    /// not to be found out by trying names.
    async fn known_to_client(&self, live: Vec<Current>, interaction: &Interaction) -> Result<Vec<Current>, Fault> {
        let Some(client) = self.client_of(interaction).await? else { return Ok(Vec::new()) };
        if client.vouched_for() {
            return Ok(live);
        }
        let mut known = Vec::new();
        for current in live {
            if self.consent_of(&current.account.id, &client).await?.is_some() {
                known.push(current);
            }
        }
        Ok(known)
    }

    /// Gathers what the decision rests on, and asks for it.
    pub(in crate::flow) async fn step(
        &self,
        interaction: &Interaction,
        (client, current): (Option<&Client>, Option<&Current>),
        expected: Option<String>,
        now: Timestamp,
    ) -> Result<Step, Fault> {
        let expected = match (expected, current) {
            (Some(subject), Some(current)) if self.is_subject(&subject, client, &current.account.id) => Named::Them,
            (Some(_), _) => Named::Another,
            (None, _) => Named::Nobody,
        };
        let consent = match (client, current) {
            (Some(client), Some(current)) => self.consent_of(&current.account.id, client).await?,
            _ => None,
        };
        let tried = match interaction.tried() {
            Some(account) => Some((account.clone(), self.factors_of(account).await?)),
            None => None,
        };
        let (demand, held) = match current {
            Some(current) => self.demand(interaction, client, current).await?,
            None => (Demand::default(), None),
        };
        Ok(next_step(&Situation {
            interaction,
            client,
            session: current.map(|current| (&current.session, &current.account)),
            consent: consent.as_ref(),
            expected,
            named: current.map_or(Named::Nobody, |current| named(login_hint(interaction), &current.account)),
            tried: tried.as_ref().map(|(account, held)| (account, held)),
            demand,
            held: held.as_ref(),
            now,
        }))
    }

    /// How strongly the person of a session has to be authenticated for this; and, where that is more than the session
    /// has, what they hold.
    pub(super) async fn demand(
        &self,
        interaction: &Interaction,
        client: Option<&Client>,
        current: &Current,
    ) -> Result<(Demand, Option<Held>), Fault> {
        let demand = self.demand_of_others(interaction, client, current);
        let demand = demand.of_password(current.account.password, current.session.authentication());
        let has = level(current.session.authentication());
        let whole = interaction.goal.wants_every_factor() && has < Level::Two;
        if !whole && !demand.exceeds(has) {
            return Ok((demand, None));
        }
        Ok((demand, Some(self.factors_of(&current.account.id).await?)))
    }

    /// What app and installation demand.
    pub(super) fn demand_of_others(
        &self,
        interaction: &Interaction,
        client: Option<&Client>,
        current: &Current,
    ) -> Demand {
        let rules = &self.settings.requirements;
        match (interaction.request(), client) {
            (Some(request), Some(client)) => Demand::of_request(request, client, (&current.account, rules)),
            _ => Demand::of_page(&current.account, rules),
        }
    }

    /// The level that is asked for on top of a session, where its person holds a factor that reaches it.
    pub(super) async fn asked_beyond(
        &self,
        interaction: &Interaction,
        current: &Current,
    ) -> Result<Option<Level>, Fault> {
        // Whoever connects an account signs in to it, whoever else is signed in here.
        if interaction.newcomer().is_some() {
            return Ok(None);
        }
        if interaction.goal.wants_every_factor() {
            let held = self.factors_of(&current.account.id).await?;
            return Ok(lacks_a_factor(current.session.authentication(), &held).then_some(Level::Two));
        }
        // Our other pages demand nothing but the console: people set factors up on them.
        if !matches!(interaction.goal, Goal::Authorize(_) | Goal::Device(..) | Goal::Console) {
            return Ok(None);
        }
        let client = self.client_of(interaction).await?;
        let (demand, held) = self.demand(interaction, client.as_ref(), current).await?;
        let has = level(current.session.authentication());
        let shown = held.filter(|held| demand.lack(has, held) == Lack::Shown);
        Ok(shown.map(|held| demand.aim(&held)))
    }

    /// The subject whom the request is about: that of its `id_token_hint`, or the one that its `claims` name.
    pub(in crate::flow) fn expected(
        &self,
        interaction: &Interaction,
        now: Timestamp,
    ) -> Result<Option<String>, OAuthError> {
        let Some(request) = interaction.request() else { return Ok(None) };
        let hinted = match request.id_token_hint.as_deref() {
            None => None,
            Some(hint) => match self.genuine_hint(hint, now) {
                None => return Err(why::HINT_FOREIGN.into()),
                Some(claims) => Some(claims.sub),
            },
        };
        match (hinted, request.subject.clone()) {
            (Some(hinted), Some(asked)) if hinted != asked => Err(why::HINT_AND_CLAIMS.into()),
            (hinted, asked) => Ok(hinted.or(asked)),
        }
    }

    pub(in crate::flow) async fn client_of(&self, interaction: &Interaction) -> Result<Option<Client>, Fault> {
        match interaction.request() {
            Some(request) => Ok(self.store.read::<Client>(&request.client_id).await?),
            None => Ok(None),
        }
    }
}

fn login_hint(interaction: &Interaction) -> Option<&str> {
    interaction.request().and_then(|request| request.login_hint.as_deref())
}
