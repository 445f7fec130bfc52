//! The authorization request never turns back: parse -> bind -> validate -> next step -> issue -> respond.
//!
//! Two doors lead in: a new request ([`Idp::authorize`]), and a browser coming back from a form ([`Idp::resume`] and the
//! forms' own verbs). Both end in [`Idp::dispatch`], which asks the one decision and carries it out.

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::Secret;
use crate::flow::browser::Visitor;
use crate::flow::session::{Current, Handles};
use crate::flow::sign_in::{PasswordAttempt, PasswordOutcome};
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::authorization::interaction::{Method, NextFactor, next_factor};
use crate::model::authorization::next_step::{Why, asking, console_id, console_limits};
use crate::model::authorization::{
    Evidence, Goal, Interaction, ReturnAddress, Situation, Step, Unbound, bind, next_step, validate,
};
use crate::model::client::Client;
use crate::model::consent::{Asked, Consent};
use crate::model::grant::{Code, SessionBinding};
use crate::model::id::{AccountId, ClientId, GrantId, InteractionId};
use crate::model::record::{Change, Fate};
use crate::model::session::activity::Activity;
use crate::model::session::application::Asking;
use crate::model::session::policy::Remember;
use crate::model::session::standing::{EndReason, Standing};
use crate::model::session::{Join, Joined, Session};
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::error::{Code as ErrorCode, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;

/// What the browser is to see or do next.
#[derive(Debug)]
pub enum Next {
    /// A page of ours.
    Show(Box<Page>),
    /// A relying app's address: the answer to its request.
    Return(String),
    /// The interaction that is waiting in the store, by its handle.
    GoOn(String),
    /// The goal is reached, and it is a page of ours.
    Arrived(Goal),
    /// Something is wrong, and there is no proven address to tell it to.
    Problem(Problem),
}

/// A page in the way of an interaction.
#[derive(Debug)]
pub struct Page {
    /// The interaction, to come back with the form.
    pub interaction: String,
    /// For whom it is.
    pub client: Option<Client>,
    /// Where the answer will go, for a request of a relying app.
    pub destination: Option<String>,
    /// What the page asks.
    pub asks: Asks,
}

/// What a page asks of the person.
#[derive(Debug)]
pub enum Asks {
    /// To sign in.
    SignIn {
        /// Why.
        why: Why,
        /// The username to begin with.
        hint: String,
        /// For the console?
        goal: Goal,
        /// What went wrong before.
        refusal: Option<Refusal>,
    },
    /// To choose an account.
    Select {
        /// What the form calls each of the browser's live sessions, and whose it is.
        accounts: Vec<(String, Account)>,
    },
    /// To consent.
    Consent {
        /// Who is asked.
        account: Box<Account>,
        /// For what.
        scope: ScopeSet,
        /// Where the browser will be sent.
        destination: String,
    },
}

/// Why a sign-in form comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Username and password do not go together.
    Credentials,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
    /// Too many people at once.
    Busy,
}

/// What is wrong where no redirect may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The request proves no return address.
    Unbound(Unbound),
    /// The request has too many parameters.
    TooManyParameters,
    /// The interaction is unknown, of another browser, answered already, or too old.
    InteractionGone,
    /// The person may not go there.
    NotForYou,
}

/// What comes next, and what becomes of the browser's sessions.
#[derive(Debug)]
pub struct Turn {
    /// What comes next.
    pub next: Next,
    /// The session cookie.
    pub handles: Handles,
    /// An account that signed in from this browser just now.
    pub signed_in: Option<AccountId>,
}

impl From<Next> for Turn {
    fn from(next: Next) -> Turn {
        Turn { next, handles: Handles::Unchanged, signed_in: None }
    }
}

/// Where an interaction lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    /// In the browser, sealed: it cost the store nothing.
    Browser,
    /// In the store, since a credential was accepted for it.
    Store,
}

/// An interaction being worked on.
struct Open {
    interaction: Interaction,
    home: Home,
}

const SEALED: &str = "s.";
const STORED: &str = "k.";

impl Idp {
    /// A new authorization request.
    pub async fn authorize(
        &self,
        visitor: &Visitor,
        params: &Params,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let client = match params.get("client_id") {
            Some(id) if id.len() <= 200 => self.store.read::<Client>(id).await?,
            _ => None,
        };
        let address = match bind(params, client.as_ref()) {
            Ok(address) => address,
            Err(unbound) => return Ok(Next::Problem(Problem::Unbound(unbound)).into()),
        };
        let request = AuthorizationRequest::parse(params);
        let request = match request.and_then(|request| match &client {
            Some(client) => validate(request, client),
            None => Err(OAuthError::new(ErrorCode::UnauthorizedClient, "the client is gone")),
        }) {
            Ok(request) => request,
            Err(error) => return Ok(self.respond(&address, Err(error)).into()),
        };
        // What forbids pages is no act of a person, whoever clicked.
        let activity = if asking(&request) == Asking::Silently { Activity::Machine } else { activity };
        let interaction = self.interaction(visitor, Goal::Authorize(Box::new(request)), now);
        let open = Open { interaction, home: Home::Browser };
        let current = self.current(visitor, now).await?;
        Ok(self.dispatch(visitor, open, current, activity, now).await?.into())
    }

    /// Somebody wants to see a page of ours that needs a session.
    pub async fn open_page(
        &self,
        visitor: &Visitor,
        goal: Goal,
        now: Timestamp,
    ) -> Result<(Turn, Option<Current>), Fault> {
        let current = self.current(visitor, now).await?;
        let open = Open { interaction: self.interaction(visitor, goal, now), home: Home::Browser };
        let next = self.dispatch(visitor, open, current.clone(), Activity::AuthorizationByPerson, now).await?;
        Ok((next.into(), current))
    }

    /// A browser comes back to an interaction in the store.
    pub async fn resume(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Turn, Fault> {
        let Some(open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let current = self.current(visitor, now).await?;
        Ok(self.dispatch(visitor, open, current, Activity::Machine, now).await?.into())
    }

    /// The sign-in form.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        handle: &str,
        (attempt, remember): (PasswordAttempt, Remember),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some(Open { interaction, .. }) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let username = attempt.username.clone();
        let refusal = match self.try_password(visitor, attempt, now).await? {
            PasswordOutcome::Accepted(account) => {
                let fact = Evidence::Authenticated { account: account.id.clone(), method: Method::Password, at: now };
                return self.accepted(visitor, interaction.with(fact), *account, remember, now).await;
            }
            PasswordOutcome::Refused => Refusal::Credentials,
            PasswordOutcome::Throttled { until } => Refusal::Throttled { until },
            PasswordOutcome::Busy => Refusal::Busy,
        };
        let client = self.client_of(&interaction).await?;
        let asks = Asks::SignIn {
            why: Why::SignedOut,
            hint: username,
            goal: interaction.goal.clone(),
            refusal: Some(refusal),
        };
        Ok(self.page((&interaction, handle.to_owned()), client, asks).into())
    }

    /// A credential was accepted: the session begins or goes on, and so does the interaction.
    async fn accepted(
        &self,
        visitor: &Visitor,
        interaction: Interaction,
        account: Account,
        remember: Remember,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        if next_factor(&interaction.evidence, &account.id) == NextFactor::First {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        }
        let Some((_, handles, kept)) = self.establish(visitor, &account, remember, now).await? else {
            return Ok(Next::Problem(Problem::NotForYou).into());
        };
        let mut visitor = visitor.clone();
        visitor.handles.clone_from(&handles);
        let current = self.current(&visitor, now).await?;
        let open = Open { interaction, home: Home::Browser };
        let next = self.dispatch(&visitor, open, current, Activity::AuthorizationByPerson, now).await?;
        Ok(Turn { next, handles: Handles::Set(handles, kept), signed_in: Some(account.id) })
    }

    /// The form that chooses an account: `choice` is the place among the browser's live sessions, or none for another.
    pub async fn select(
        &self,
        visitor: &Visitor,
        handle: &str,
        choice: Option<&str>,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some(open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let live = self.all_live(visitor, now).await?;
        let chosen = choice.and_then(|name| live.iter().find(|current| self.choice_name(current) == name));
        let Some(chosen) = chosen.cloned() else {
            let client = self.client_of(&open.interaction).await?;
            let goal = open.interaction.goal.clone();
            let asks = Asks::SignIn { why: Why::Other, hint: String::new(), goal, refusal: None };
            return Ok(self.page((&open.interaction, handle.to_owned()), client, asks).into());
        };
        let mut handles: Vec<Secret> = vec![chosen.handle.clone()];
        handles.extend(visitor.handles.iter().filter(|h| h.expose() != chosen.handle.expose()).cloned());
        let remember = chosen.session.remember;
        let fact = Evidence::Selected { account: chosen.account.id.clone() };
        let open = Open { interaction: open.interaction.with(fact), home: open.home };
        let next = self.dispatch(visitor, open, Some(chosen), Activity::AuthorizationByPerson, now).await?;
        Ok(Turn { next, handles: Handles::Set(handles, remember), signed_in: None })
    }

    /// What the select form calls a session: nothing that works anywhere else.
    pub fn choice_name(&self, current: &Current) -> String {
        self.sid(&current.session.id, current.session.epoch)
    }

    /// The consent form.
    pub async fn consent(
        &self,
        visitor: &Visitor,
        handle: &str,
        answer: ConsentAnswer,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let (Some(open), Some(current)) = (self.reopen(visitor, handle, now).await?, self.current(visitor, now).await?)
        else {
            return gone();
        };
        let (Some(request), Some(client)) = (open.interaction.request(), self.client_of(&open.interaction).await?)
        else {
            return gone();
        };
        if answer == ConsentAnswer::Deny {
            let Ok(address) = ReturnAddress::prove(&client, &request.redirect_uri, request.state.clone()) else {
                return gone();
            };
            self.consume(open, now).await?;
            let error = OAuthError::new(ErrorCode::AccessDenied, "the person did not consent");
            return Ok(self.respond(&address, Err(error)).into());
        }
        let asked =
            Asked { account: current.account.id.clone(), client: client.id.clone(), scope: request.scope.clone() };
        let key = Consent::key_of(&asked.account, &asked.client);
        self.store
            .change::<Consent, _, _>(&key, move |before| Consent::give(before, now, asked.clone()))
            .await?
            .outcome()?;
        let fact = Evidence::Consented { account: current.account.id.clone() };
        let open = Open { interaction: open.interaction.with(fact), home: open.home };
        Ok(self.dispatch(visitor, open, Some(current), Activity::AuthorizationByPerson, now).await?.into())
    }

    fn page(&self, (interaction, handle): (&Interaction, String), client: Option<Client>, asks: Asks) -> Next {
        let destination = interaction.request().map(|request| request.redirect_uri.clone());
        Next::Show(Box::new(Page { interaction: handle, client, destination, asks }))
    }

    /// Gathers what the decision needs, asks for it, and carries it out.
    async fn dispatch(
        &self,
        visitor: &Visitor,
        open: Open,
        current: Option<Current>,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let client = self.client_of(&open.interaction).await?;
        let consent = match (&client, &current) {
            (Some(client), Some(current)) => {
                self.store.read::<Consent>(&Consent::key_of(&current.account.id, &client.id)).await?
            }
            _ => None,
        };
        let hinted = match self.hinted(&open.interaction, now) {
            Ok(hinted) => hinted,
            Err(error) => return Ok(self.refuse(&open, client.as_ref(), error)),
        };
        let step = next_step(&Situation {
            interaction: &open.interaction,
            client: client.as_ref(),
            session: current.as_ref().map(|current| (&current.session, &current.account)),
            consent: consent.as_ref(),
            hinted: hinted.as_ref(),
            now,
        });
        match (step, current) {
            (Step::Issue, Some(current)) => self.issue(open, client, current, activity, now).await,
            (Step::Refuse(error), _) => Ok(self.refuse(&open, client.as_ref(), error)),
            (step, current) => self.show(visitor, open, client, (step, current), now).await,
        }
    }

    /// A page is due. After an accepted credential it is shown on coming back, so that reloading posts nothing twice.
    async fn show(
        &self,
        visitor: &Visitor,
        open: Open,
        client: Option<Client>,
        (step, current): (Step, Option<Current>),
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let credential_accepted =
            open.interaction.evidence.iter().any(|fact| matches!(fact, Evidence::Authenticated { .. }));
        if credential_accepted && open.home == Home::Browser {
            return self.keep(open.interaction).await;
        }
        let asks = match (step, current) {
            (Step::Consent(scope), Some(current)) => Asks::Consent {
                account: Box::new(current.account),
                scope,
                destination: open.interaction.request().map(|r| r.redirect_uri.clone()).unwrap_or_default(),
            },
            (Step::Select, _) => {
                let live = self.all_live(visitor, now).await?;
                Asks::Select { accounts: live.into_iter().map(|c| (self.choice_name(&c), c.account)).collect() }
            }
            (step, current) => {
                let why = if let Step::SignIn(why) = step { why } else { Why::SignedOut };
                let hint = match (why, &current) {
                    (Why::Again, Some(current)) => current.account.username.clone(),
                    _ => open.interaction.request().and_then(|r| r.login_hint.clone()).unwrap_or_default(),
                };
                Asks::SignIn { why, hint, goal: open.interaction.goal.clone(), refusal: None }
            }
        };
        Ok(self.page((&open.interaction, self.handle(&open)), client, asks))
    }

    /// Success: the client takes part in the session, and gets its code.
    async fn issue(
        &self,
        open: Open,
        client: Option<Client>,
        current: Current,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let Some(interaction) = self.consume(open, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone));
        };
        let request = match (interaction.goal, &client) {
            (Goal::Authorize(request), Some(_)) => request,
            (Goal::Console, _) => return self.enter_console(&current, now).await,
            (goal, _) => return Ok(Next::Arrived(goal)),
        };
        let Some(client) = client else { return Ok(Next::Problem(Problem::Unbound(Unbound::UnknownClient))) };
        let address = match ReturnAddress::prove(&client, &request.redirect_uri, request.state.clone()) {
            Ok(address) => address,
            Err(unbound) => return Ok(Next::Problem(Problem::Unbound(unbound))),
        };
        let join = Join { client: client.id.clone(), limits: client.limits(), asking: asking(&request), activity };
        let answer = match self.join(&current, join, now).await? {
            Joined::Part(session) => Ok(self.code(&session, &client.id, *request, now)),
            Joined::Over(_) | Joined::Refused(_) => {
                Err(OAuthError::new(ErrorCode::LoginRequired, "the session is over"))
            }
            Joined::Full => {
                Err(OAuthError::new(ErrorCode::AccessDenied, "too many applications take part in the session"))
            }
        };
        Ok(self.respond(&address, answer))
    }

    async fn enter_console(&self, current: &Current, now: Timestamp) -> Result<Next, Fault> {
        let join = Join {
            client: console_id(),
            limits: console_limits(),
            asking: Asking::Visibly,
            activity: Activity::AuthorizationByPerson,
        };
        Ok(match self.join(current, join, now).await? {
            Joined::Part(_) => Next::Arrived(Goal::Console),
            _ => Next::Problem(Problem::InteractionGone),
        })
    }

    async fn join(&self, current: &Current, join: Join, now: Timestamp) -> Result<Joined, Fault> {
        let (account, policies) = (current.account.clone(), self.settings.sessions);
        // Judged on the copy first: a silent reissue within the touch step needs no transaction here. What it hands
        // out is judged anew at redemption, against the store.
        let worth = current.session.clone().join(&join, &account, &policies, now);
        if matches!(worth.fate, Fate::Keep) {
            return Ok(worth.outcome);
        }
        let changed = self.store.change::<Session, _, _>(current.session.id.as_str(), move |before| match before {
            Some(session) => session.join(&join, &account, &policies, now),
            None => Change::keep(Joined::Over(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        Ok(changed.await?.outcome()?)
    }

    fn code(&self, session: &Session, client: &ClientId, request: AuthorizationRequest, now: Timestamp) -> String {
        let part = session.participants.get(client);
        let code = Code {
            grant: GrantId::new(random::id()),
            client: client.clone(),
            redirect_uri: request.redirect_uri,
            challenge: request.code_challenge,
            account: session.account.clone(),
            binding: SessionBinding {
                session: session.id.clone(),
                epoch: session.epoch,
                application_epoch: part.map_or(0, |part| part.epoch),
                account_epoch: session.account_epoch,
            },
            scope: request.scope,
            resource: request.resource,
            nonce: request.nonce,
            authentication: session.authentication().clone(),
            issued_at: now,
        };
        self.seals.seal(Purpose::Code, &code)
    }

    /// The one way out to a relying app.
    fn respond(&self, address: &ReturnAddress, answer: Result<String, OAuthError>) -> Next {
        let issuer = self.issuer.to_string();
        Next::Return(match answer {
            Ok(code) => address.with(&[("code", &code), ("iss", &issuer)]),
            Err(error) => {
                tracing::info!(error = error.code.as_str(), why = error.description, "authorization refused");
                address.with(&[
                    ("error", error.code.as_str()),
                    ("error_description", error.description),
                    ("iss", &issuer),
                ])
            }
        })
    }

    fn refuse(&self, open: &Open, client: Option<&Client>, error: OAuthError) -> Next {
        let Some(request) = open.interaction.request() else { return Next::Problem(Problem::NotForYou) };
        let Some(client) = client else { return Next::Problem(Problem::Unbound(Unbound::UnknownClient)) };
        match ReturnAddress::prove(client, &request.redirect_uri, request.state.clone()) {
            Ok(address) => self.respond(&address, Err(error)),
            Err(unbound) => Next::Problem(Problem::Unbound(unbound)),
        }
    }

    /// The subject of the request's `id_token_hint`.
    fn hinted(&self, interaction: &Interaction, now: Timestamp) -> Result<Option<AccountId>, OAuthError> {
        let Some(hint) = interaction.request().and_then(|request| request.id_token_hint.as_deref()) else {
            return Ok(None);
        };
        match self.genuine_hint(hint, now) {
            Some(claims) => Ok(Some(AccountId::new(claims.sub))),
            None => Err(OAuthError::new(ErrorCode::InvalidRequest, "id_token_hint is no ID token of this issuer")),
        }
    }

    async fn client_of(&self, interaction: &Interaction) -> Result<Option<Client>, Fault> {
        match interaction.request() {
            Some(request) => Ok(self.store.read::<Client>(&request.client_id).await?),
            None => Ok(None),
        }
    }

    fn interaction(&self, visitor: &Visitor, goal: Goal, now: Timestamp) -> Interaction {
        Interaction {
            id: InteractionId::new(random::id()),
            browser: visitor.browser.id.clone(),
            goal,
            evidence: Vec::new(),
            started_at: now,
        }
    }

    /// How the browser names the interaction when it comes back.
    fn handle(&self, open: &Open) -> String {
        match open.home {
            Home::Browser => format!("{SEALED}{}", self.seals.seal(Purpose::Interaction, &open.interaction)),
            Home::Store => format!("{STORED}{}", open.interaction.id),
        }
    }

    async fn keep(&self, interaction: Interaction) -> Result<Next, Fault> {
        let id = interaction.id.clone();
        let changed = self.store.change::<Interaction, _, _>(id.as_str(), move |_| interaction.clone().keep());
        changed.await?.outcome()?;
        Ok(Next::GoOn(format!("{STORED}{id}")))
    }

    /// The interaction behind a handle: ours, of this browser, and in time.
    async fn reopen(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Option<Open>, Fault> {
        let (interaction, home) = match (handle.strip_prefix(SEALED), handle.strip_prefix(STORED)) {
            (Some(sealed), _) => (self.seals.open::<Interaction>(Purpose::Interaction, sealed), Home::Browser),
            (_, Some(id)) if id.len() <= 64 => (self.store.read::<Interaction>(id).await?, Home::Store),
            _ => (None, Home::Browser),
        };
        let ours = interaction.filter(|i| i.browser == visitor.browser.id && !i.expired(now));
        Ok(ours.map(|interaction| Open { interaction, home }))
    }

    /// Takes the interaction out of the world: of a stored one there is one winner.
    async fn consume(&self, open: Open, now: Timestamp) -> Result<Option<Interaction>, Fault> {
        if open.home == Home::Browser {
            return Ok(Some(open.interaction));
        }
        let key = open.interaction.id.to_string();
        let changed = self.store.change::<Interaction, _, _>(&key, move |before| Interaction::consume(before, now));
        // The evidence of the request at hand counts, too: it was added after the record was read.
        Ok(changed.await?.outcome()?.map(|_| open.interaction))
    }
}

/// What the person answered on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Yes.
    Allow,
    /// No.
    Deny,
}
