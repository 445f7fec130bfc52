//! The authorization request never turns back: parse -> bind -> validate -> next step -> issue -> respond.
//!
//! Two doors lead in: a new request ([`Idp::authorize`]), and a browser coming back ([`Idp::resume`], and the forms in
//! `forms`). Both end in `dispatch`, which asks the one decision and carries it out: a page (`show`), success (`issue`),
//! or a refusal. `situation` gathers what the decision rests on; `waiting` keeps an interaction between two requests.

mod forms;
mod issue;
mod mailed;
mod mailed_code;
mod passkey;
pub(in crate::flow) mod request_object;
mod situation;
mod stranger;
mod turn;
mod waiting;

pub use forms::ConsentAnswer;
pub use turn::{
    AppCode, Asks, FactorNeeded, Granted, Next, Others, Page, Problem, Recovery, Refusal, Reply, SignedIn, Turn,
};

use crate::flow::browser::Visitor;
use crate::flow::device::DeviceTold;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::authorization::factor::{Level, Method, Person, level};
use crate::model::authorization::next_step::{Why, asking};
use crate::model::authorization::{Goal, Interaction, ReturnAddress, Step, Unbound, bind, validate, validate_device};
use crate::model::client::Client;
use crate::model::cookies::Switch;
use crate::model::session::activity::Activity;
use crate::model::session::application::Asking;
use crate::protocol::authorize::{AuthorizationRequest, Prompt};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::{authorize, person};
use crate::protocol::time::Timestamp;
use forms::Owing;
use request_object::Unassembled;
pub(in crate::flow) use waiting::Open;
use waiting::{Facts, Home};

/// Where somebody is who signs in anew.
#[derive(Debug)]
pub enum Anew<'a> {
    /// On a page of ours.
    Page(Goal),
    /// In an interaction, by its handle.
    Interaction(&'a str),
}

impl Idp {
    /// A new authorization request.
    pub async fn authorize(
        &self,
        visitor: &Visitor,
        params: &Params,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let turn = self.begin(visitor, params, activity, now).await?;
        self.introduced(visitor, turn, now).await
    }

    async fn begin(
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
        let whole = match &client {
            Some(client) => self.assembled(visitor, params, client, now).await,
            None => Ok(None),
        };
        let whole = match whole {
            Ok(whole) => whole,
            Err(Unassembled::Refused(error)) => return Ok(self.refuse_unread(params, client.as_ref(), error).into()),
            Err(Unassembled::Fault(fault)) => return Err(fault),
        };
        let params = whole.as_ref().unwrap_or(params);
        visitor.languages.app_asks(params.get("ui_locales"));
        let address = match bind(params, client.as_ref()) {
            Ok(address) => address,
            Err(unbound) => {
                return Ok(self.refuse_unbound(unbound, client.as_ref(), params.get("redirect_uri")).into());
            }
        };
        let request = match self.judged_request(params, client.as_ref()) {
            Ok(request) => request,
            Err(refusal) => return Ok(self.respond(address, Err(refusal)).into()),
        };
        // The cookie `silent` is good for this and for nothing else.
        let silent = asking(&request) == Asking::Silently;
        let visitor = &if silent { visitor.silently() } else { visitor.clone() };
        // What forbids pages is no act of a person, whoever clicked.
        let activity = if silent { Activity::Machine } else { activity };
        let interaction = self.interaction(visitor, Goal::Authorize(Box::new(request)), now);
        let open = Open { interaction, home: Home::Browser, facts: Facts::Kept };
        let current = self.current_for(visitor, &open.interaction, now).await?;
        let turn = self.dispatch(visitor, open, current, activity, now).await?.into();
        self.watched(visitor, turn, now).await
    }

    /// The request as it will be granted, where its client may have it.
    fn judged_request(&self, params: &Params, client: Option<&Client>) -> Result<AuthorizationRequest, OAuthError> {
        let Some(client) = client else { return Err(person::CLIENT_GONE.into()) };
        self.acceptable(params, client).map_err(|refusal| client.hears(refusal))
    }

    /// The same, wherever the request comes: here, or pushed.
    pub(in crate::flow) fn acceptable(
        &self,
        params: &Params,
        client: &Client,
    ) -> Result<AuthorizationRequest, OAuthError> {
        let request = validate(AuthorizationRequest::parse(params)?, client)?;
        let creates = request.prompts(Prompt::Create) && self.self_registration() == Switch::Off;
        if creates { Err(authorize::NO_SIGN_UP.into()) } else { Ok(request) }
    }

    /// Somebody wants to see a page of ours that needs a session, or posted a form of one.
    pub async fn open_page(
        &self,
        visitor: &Visitor,
        (goal, activity): (Goal, Activity),
        now: Timestamp,
    ) -> Result<(Turn, Option<Current>), Fault> {
        let current = self.current(visitor, now).await?;
        let open = Open { interaction: self.interaction(visitor, goal, now), home: Home::Browser, facts: Facts::Kept };
        let next = self.dispatch(visitor, open, current.clone(), activity, now).await?;
        Ok((self.watched(visitor, next.into(), now).await?, current))
    }

    /// A signed-in person shows it again, before an end that nothing else moves; then they are back where they were.
    pub async fn sign_in_anew(&self, visitor: &Visitor, from: Anew<'_>, now: Timestamp) -> Result<Turn, Fault> {
        let open = match from {
            Anew::Page(goal) => Some(Open {
                interaction: self.interaction(visitor, goal, now),
                home: Home::Browser,
                facts: Facts::Kept,
            }),
            Anew::Interaction(handle) => self.reopen(visitor, handle, now).await?,
        };
        let Some(open) = open else { return Ok(Next::Problem(Problem::InteractionGone).into()) };
        let client = self.client_of(&open.interaction).await?;
        let current = self.current_for(visitor, &open.interaction, now).await?;
        let (why, hint) = match current {
            Some(current) => (Why::Again, current.account.username),
            None => (Why::SignedOut, String::new()),
        };
        let asks = Asks::SignIn { why, hint, goal: open.interaction.goal.clone(), refusal: None };
        Ok(self.page((&open.interaction, self.handle(&open)), client, asks).await?.into())
    }

    /// A browser comes back to an interaction in the store.
    pub async fn resume(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Turn, Fault> {
        let Some(open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let current = self.current_for(visitor, &open.interaction, now).await?;
        let turn = self.dispatch(visitor, open, current, Activity::Machine, now).await?.into();
        self.watched(visitor, turn, now).await
    }

    pub(in crate::flow) async fn page(
        &self,
        (interaction, handle): (&Interaction, String),
        client: Option<Client>,
        asks: Asks,
    ) -> Result<Next, Fault> {
        let destination = interaction.request().map(|request| request.redirect_uri.clone());
        let connecting = interaction.to_connect().map(|(by, profile)| {
            let name = self.upstreams.of(&by.upstream).map(|upstream| upstream.rules.name.clone());
            (name.unwrap_or_else(|| by.resting.issuer.clone()), profile.shown.clone())
        });
        let passkey = match &asks {
            Asks::SignIn { .. } => self.ask_anybody(interaction),
            _ => None,
        };
        let logo = match &client {
            Some(client) => self.logo_of(client).await?,
            None => None,
        };
        Ok(Next::Show(Box::new(Page {
            interaction: handle,
            client,
            logo,
            destination,
            asks,
            passkey,
            ended: None,
            others: Others::None,
            connecting,
        })))
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
        // A request that waited is held against what its client may do now.
        if let (Some(request), Some(client)) = (open.interaction.request(), &client) {
            let valid = match &open.interaction.goal {
                Goal::Device(..) => validate_device(request.clone(), client),
                _ => validate(request.clone(), client),
            };
            if let Err(error) = valid {
                return Ok(self.refuse(&open, Some(client), error));
            }
        }
        let expected = match self.expected(&open.interaction, now) {
            Ok(expected) => expected,
            Err(error) => return Ok(self.refuse(&open, client.as_ref(), error)),
        };
        let step = self.step(&open.interaction, (client.as_ref(), current.as_ref()), expected, now).await?;
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
        if open.interaction.has_credential() && open.facts == Facts::Added {
            return self.keep(open).await;
        }
        let asks = match (step, current) {
            (Step::Consent(scope), Some(current)) => {
                let device = match &open.interaction.goal {
                    Goal::Device(entered, _) => match self.asking_device(visitor, entered, now).await? {
                        Some(device) => Some(Box::new(device)),
                        None => return Ok(Next::DeviceTold(DeviceTold::TooLate)),
                    },
                    _ => None,
                };
                Asks::Consent {
                    person: self.choice_name(&current),
                    account: Box::new(current.account),
                    scope,
                    destination: open.interaction.request().map(|r| r.redirect_uri.clone()).unwrap_or_default(),
                    device,
                }
            }
            (Step::Newcomer, _) => match self.asks_newcomer(&open.interaction, None) {
                Some(asks) => asks,
                None => return Ok(Next::Problem(Problem::InteractionGone)),
            },
            (Step::Select, _) => self.asks_select(self.all_live(visitor, now).await?, SignedIn::Yes),
            (Step::SecondFactor | Step::MailedCode, _) => {
                let Some(owing) = self.owing(visitor, &open.interaction, now).await? else {
                    return Ok(Next::Problem(Problem::InteractionGone));
                };
                self.asks_second_factor(&owing, &open.interaction, None).await?
            }
            (Step::SetUpFactor, Some(current)) => {
                // It waits in the store: the way leads over other pages, and its name goes with the person.
                if open.home == Home::Browser {
                    return self.keep(open).await;
                }
                let (demand, _) = self.demand(&open.interaction, client.as_ref(), &current).await?;
                let by_app = demand.least() <= Level::Two;
                let ours = self.demand_of_others(&open.interaction, client.as_ref(), &current);
                let demanded = ours.exceeds(level(current.session.authentication()));
                Asks::SetUpFactor {
                    username: current.account.username,
                    app: if by_app { AppCode::Asked } else { AppCode::No },
                    because: if demanded { FactorNeeded::Demanded } else { FactorNeeded::ShortPassword },
                }
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
        let ended = match &asks {
            Asks::SignIn { why: Why::SignedOut, .. } => self.ended(visitor, now).await?,
            _ => None,
        };
        let mut next = self.page((&open.interaction, self.handle(&open)), client, asks).await?;
        if let Next::Show(page) = &mut next {
            page.ended = ended;
            let asks = matches!(page.asks, Asks::SignIn { why: Why::SignedOut, .. });
            if asks && !self.all_live(visitor, now).await?.is_empty() {
                page.others = Others::Here;
            }
        }
        Ok(next)
    }

    fn asks_select(&self, live: Vec<Current>, session: SignedIn) -> Asks {
        Asks::Select { session, accounts: live.into_iter().map(|c| (self.choice_name(&c), c.account)).collect() }
    }

    /// The ways in which somebody can show a second factor. On top of a session those alone that reach what is asked for.
    async fn asks_second_factor(
        &self,
        owing: &Owing,
        interaction: &Interaction,
        refusal: Option<Refusal>,
    ) -> Result<Asks, Fault> {
        let account = owing.account();
        let (session, wanted) = match owing {
            Owing::Mailed(account) => return Ok(self.asks_mailed_code(account, refusal)),
            Owing::SignIn(_) => (SignedIn::No, Level::Two),
            Owing::StepUp(_, wanted) => (SignedIn::Yes, *wanted),
        };
        let held = self.factors_of(&account.id).await?;
        let by_code = |method| held.has(method) && wanted <= Level::Two;
        let app = if by_code(Method::Totp) { AppCode::Asked } else { AppCode::No };
        let recovery = if by_code(Method::RecoveryCode) { Recovery::Offered } else { Recovery::No };
        let person = if wanted > Level::Two { Person::Verified } else { Person::Present };
        let passkey = self.ask_account(interaction, &account.id, person).await?;
        Ok(Asks::SecondFactor { username: account.username.clone(), app, recovery, passkey, session, refusal })
    }

    /// The one way out to a relying app.
    fn respond(&self, address: ReturnAddress, outcome: Result<Granted, OAuthError>) -> Next {
        Next::Return(Box::new(Reply {
            address,
            outcome,
            issuer: self.issuer.to_string(),
            session_state: None,
            stranger: None,
        }))
    }

    /// A request stands elsewhere and cannot be read: the error goes to the address beside it, where that is proved.
    fn refuse_unread(&self, params: &Params, client: Option<&Client>, refusal: OAuthError) -> Next {
        let refusal = Client::heard(client, refusal);
        match bind(params, client) {
            Ok(address) => self.respond(address, Err(refusal)),
            Err(_) => Next::Refused(Problem::Unread, Box::new(refusal)),
        }
    }

    /// No address is proven: the person sees a page.
    fn refuse_unbound(&self, unbound: Unbound, client: Option<&Client>, presented: Option<&str>) -> Next {
        Next::Refused(Problem::Unbound(unbound), Box::new(unbound.refusal(client, presented)))
    }

    fn refuse(&self, open: &Open, client: Option<&Client>, error: OAuthError) -> Next {
        let Some(request) = open.interaction.request() else { return Next::Problem(Problem::NotForYou) };
        // The device asks on until its code is over, or the person says no: what keeps them from it now may pass.
        if let Goal::Device(..) = open.interaction.goal {
            return Next::DeviceTold(DeviceTold::Refused(Client::heard(client, error)));
        }
        let Some(client) = client else { return self.refuse_unbound(Unbound::UnknownClient, None, None) };
        match ReturnAddress::of(request, client) {
            Ok(address) => self.respond(address, Err(client.hears(error))),
            Err(unbound) => self.refuse_unbound(unbound, Some(client), Some(&request.redirect_uri)),
        }
    }
}
