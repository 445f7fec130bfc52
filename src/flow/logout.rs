//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A genuine hint for a session of this browser ends it without a question. Anything else asks first: a link alone
//! must not be able to sign anybody out.

use crate::crypto::seal::Purpose;
use crate::flow::browser::Visitor;
use crate::flow::session::{Current, Handles};
use crate::flow::{Fault, Idp};
use crate::model::authorization::ReturnAddress;
use crate::model::client::Client;
use crate::model::id::{BrowserId, ClientId};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::protocol::claims::IdTokenClaims;
use crate::protocol::client_metadata::LogoutScope;
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a page that asks stays good.
const ASKING: Duration = Duration::from_secs(600);

/// What the browser is to see next.
#[derive(Debug)]
pub enum LoggedOut {
    /// A page that asks.
    Ask {
        /// To come back with the form.
        request: String,
        /// Who is signed in.
        current: Box<Current>,
        /// The apps that take part, by name.
        apps: Vec<String>,
        /// Where the browser will go afterwards, if that is proved.
        destination: Option<String>,
        /// The app that asks, if it is known.
        asked_by: Option<String>,
    },
    /// A relying app's address.
    Return(String),
    /// A page that says that the person is signed out, and of which apps.
    Done(Vec<String>),
    /// The person stays.
    Stayed,
    /// The question is too old or another browser's.
    Gone,
}

/// The question, as the page carries it.
#[derive(Serialize, Deserialize)]
struct Question {
    request: LogoutRequest,
    browser: BrowserId,
    asked_at: Timestamp,
}

/// What the person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutAnswer {
    /// Sign out.
    SignOut,
    /// Stay.
    Stay,
}

impl Idp {
    /// A logout request comes in.
    pub async fn end_session_request(
        &self,
        visitor: &Visitor,
        request: LogoutRequest,
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let hint = request.id_token_hint.as_deref().and_then(|hint| self.genuine_hint(hint, now));
        let client = self.asking_client(&request, hint.as_ref()).await?;
        let address = return_address(&request, client.as_ref());
        let live = self.all_live(visitor, now).await?;
        let meant = live.iter().find(|current| self.is_meant(current, hint.as_ref()));
        let unreturnable = request.post_logout_redirect_uri.is_some() && address.is_none();
        match (meant, live.first()) {
            (Some(current), _) if !unreturnable && client.is_some() => {
                let (apps, handles) = self.carry_out(visitor, current, client.as_ref(), now).await?;
                Ok((respond(address, apps), handles))
            }
            (_, Some(current)) => {
                let current = meant.unwrap_or(current);
                let question = Question { request, browser: visitor.browser.id.clone(), asked_at: now };
                let ask = LoggedOut::Ask {
                    request: self.seals.seal(Purpose::Logout, &question),
                    apps: self.app_names(&current.session).await?,
                    current: Box::new(current.clone()),
                    destination: address.map(|address| address.uri().to_owned()),
                    asked_by: client.map(|client| client.name().to_owned()),
                };
                Ok((ask, Handles::Unchanged))
            }
            // Nobody is signed in: there is nothing to ask.
            (_, None) => Ok((respond(address, Vec::new()), Handles::Unchanged)),
        }
    }

    /// The person answers the page that asked.
    pub async fn end_session_answer(
        &self,
        visitor: &Visitor,
        (request, answer): (&str, LogoutAnswer),
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let question = self.seals.open::<Question>(Purpose::Logout, request);
        let ours = question.filter(|q| q.browser == visitor.browser.id && now < q.asked_at + ASKING);
        let Some(Question { request, .. }) = ours else { return Ok((LoggedOut::Gone, Handles::Unchanged)) };
        if answer == LogoutAnswer::Stay {
            return Ok((LoggedOut::Stayed, Handles::Unchanged));
        }
        let hint = request.id_token_hint.as_deref().and_then(|hint| self.genuine_hint(hint, now));
        let client = self.asking_client(&request, hint.as_ref()).await?;
        let address = return_address(&request, client.as_ref());
        let live = self.all_live(visitor, now).await?;
        let current = live.iter().find(|current| self.is_meant(current, hint.as_ref())).or(live.first());
        match current {
            Some(current) => {
                let (apps, handles) = self.carry_out(visitor, current, None, now).await?;
                Ok((respond(address, apps), handles))
            }
            None => Ok((respond(address, Vec::new()), Handles::Unchanged)),
        }
    }

    /// Ends the session, or the part of the client alone that asks for no more than that.
    async fn carry_out(
        &self,
        visitor: &Visitor,
        current: &Current,
        client: Option<&Client>,
        now: Timestamp,
    ) -> Result<(Vec<String>, Handles), Fault> {
        if let Some(client) = client.filter(|client| client.metadata.logout_scope == LogoutScope::App) {
            let id = client.id.clone();
            let changed = self.store.change::<Session, _, _>(current.session.id.as_str(), move |before| match before {
                Some(session) => session.leave(&id, now),
                None => Change::keep(()),
            });
            changed.await?.outcome()?;
            return Ok((vec![client.name().to_owned()], Handles::Unchanged));
        }
        let apps = self.app_names(&current.session).await?;
        Ok((apps, self.sign_out(visitor, current, now).await?))
    }

    /// Is it this session the hint tells of?
    fn is_meant(&self, current: &Current, hint: Option<&IdTokenClaims>) -> bool {
        hint.is_some_and(|hint| hint.sid.as_deref() == Some(&self.sid(&current.session.id, current.session.epoch)))
    }

    /// The client that asks: the hint's audience, which a `client_id` beside it must not contradict.
    async fn asking_client(
        &self,
        request: &LogoutRequest,
        hint: Option<&IdTokenClaims>,
    ) -> Result<Option<Client>, Fault> {
        let named = request.client_id.as_deref().filter(|id| id.len() <= 200);
        let id = match (hint, named) {
            (Some(hint), Some(named)) if !hint.aud.contains(named) => return Ok(None),
            (_, Some(named)) => named.to_owned(),
            (Some(IdTokenClaims { aud: crate::protocol::claims::Audience::One(one), .. }), None) => one.clone(),
            _ => return Ok(None),
        };
        Ok(self.store.read::<Client>(&id).await?)
    }

    /// What people call the apps that take part in a session.
    pub async fn app_names(&self, session: &Session) -> Result<Vec<String>, Fault> {
        let mut names = Vec::new();
        for id in session.participants.keys() {
            names.extend(self.app_name(id).await?);
        }
        Ok(names)
    }

    /// What people call an app; none for the console and for one that is gone.
    pub async fn app_name(&self, id: &ClientId) -> Result<Option<String>, Fault> {
        let client = self.store.read::<Client>(id.as_str()).await?;
        Ok(client.map(|client| client.name().to_owned()))
    }
}

fn return_address(request: &LogoutRequest, client: Option<&Client>) -> Option<ReturnAddress> {
    let uri = request.post_logout_redirect_uri.as_deref()?;
    ReturnAddress::prove_post_logout(client?, uri, request.state.clone()).ok()
}

fn respond(address: Option<ReturnAddress>, apps: Vec<String>) -> LoggedOut {
    match address {
        Some(address) => LoggedOut::Return(address.with(&[])),
        None => LoggedOut::Done(apps),
    }
}
