//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A genuine hint for a session of this browser ends it without a question. Anything else asks first: a link alone
//! must not be able to sign anybody out.

mod farewell;
mod unreturned;

pub use farewell::{Farewell, SessionGoes, Told};

use crate::crypto::seal::Purpose;
use crate::crypto::secret::Secret;
use crate::flow::browser::Visitor;
use crate::flow::cookies::Handles;
use crate::flow::logo::AppShown;
use crate::flow::session::{Current, Dormant};
use crate::flow::{Fault, Idp};
use crate::model::account::EpochReason;
use crate::model::audit::{Act, Event};
use crate::model::authorization::ReturnAddress;
use crate::model::client::{Client, Origin};
use crate::model::id::{BrowserId, ClientId, SessionId};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::model::session::standing::EndReason;
use crate::protocol::claims::IdTokenClaims;
use crate::protocol::client_metadata::LogoutScope;
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::time::Timestamp;
use farewell::Left;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a page that asks stays good.
const ASKING: Duration = Duration::from_secs(600);

/// What the browser is to see next.
#[derive(Debug)]
pub enum LoggedOut {
    /// A page that asks.
    Ask(Box<Question>),
    /// A relying app's address.
    Return(String),
    /// The page that says what the person is signed out of, by this receipt; see [`Idp::farewell`].
    Left(String),
    /// A page before the address of an app that nobody vouches for, and that had no part in what ended here, if anything did.
    Onward {
        /// What the app calls itself.
        app: String,
        /// Its address.
        address: String,
    },
    /// Nobody was signed in, and no app has the browser back.
    Nobody,
    /// The person stays.
    Stayed,
    /// The question is too old or another browser's.
    Gone,
}

/// A page that asks.
#[derive(Debug)]
pub struct Question {
    /// To come back with the form.
    pub request: String,
    /// Who is signed in.
    pub current: Current,
    /// The apps that take part.
    pub apps: Vec<AppShown>,
    /// Where the browser will go afterwards, if that is proved.
    pub destination: Option<String>,
    /// The app that asks, if it is known.
    pub asked_by: Option<String>,
    /// May the person leave that app alone?
    pub app_alone: AppAlone,
}

/// Does the app that asks take part in the session, so that it alone can be left?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppAlone {
    /// It does.
    Offered,
    /// It does not, or nobody knows which app asks.
    No,
}

/// The question, as the page carries it.
#[derive(Serialize, Deserialize)]
struct Asked {
    request: LogoutRequest,
    browser: BrowserId,
    /// The session that the page showed: the answer is about that one and no other.
    session: SessionId,
    asked_at: Timestamp,
}

/// What the person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutAnswer {
    /// Sign out, that far.
    SignOut(Scope),
    /// Stay.
    Stay,
}

/// What a logout request proves: whom it means, who asks, and where it may lead.
type Proved = (Option<IdTokenClaims>, Option<Client>, Option<ReturnAddress>);

/// How far a sign-out reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The app that asked, alone.
    App,
    /// The session in this browser.
    Browser,
    /// Every session of the account.
    Everywhere,
}

impl Idp {
    /// A logout request comes in. Beside what comes of it: why the app does not get all that it asked for.
    pub async fn end_session_request(
        &self,
        visitor: &Visitor,
        request: LogoutRequest,
        now: Timestamp,
    ) -> Result<((LoggedOut, Handles), Option<OAuthError>), Fault> {
        visitor.languages.app_asks(request.ui_locales.as_deref());
        let proved = self.proved(&request, now).await?;
        let refusal = unreturned::refusal(&request, &proved);
        Ok((self.end_as_proved(visitor, (request, proved), now).await?, refusal))
    }

    async fn end_as_proved(
        &self,
        visitor: &Visitor,
        (request, (hint, client, address)): (LogoutRequest, Proved),
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let told = (hint.as_ref(), client.as_ref());
        let (live, dormant) = self.all_ours(visitor, now).await?;
        let meant = live.iter().find(|current| self.is_meant(&current.session, told));
        let unreturnable = request.post_logout_redirect_uri.is_some() && address.is_none();
        // What timed out must not come back after a sign-out. There is nothing to ask, and nobody else is asked instead.
        if let Some(held) = dormant.iter().find(|held| self.is_meant(held.session(), told)) {
            return self.out_of_dormant(held, address, now).await;
        }
        if meant.is_none() {
            self.end_unseen(visitor, told, now).await?;
        }
        match (meant, live.first()) {
            (Some(current), _) if let (false, Some(client)) = (unreturnable, &client) => {
                let scope = match client.metadata.logout_scope {
                    LogoutScope::App => Scope::App,
                    LogoutScope::Browser => Scope::Browser,
                };
                self.carry_out(visitor, current, (scope, Some(client)), address, now).await
            }
            (_, Some(current)) => {
                let current = meant.unwrap_or(current);
                visitor.languages.account_says(current.account.locale());
                let takes_part = |client: &&Client| current.session.participants.contains_key(&client.id);
                let app_alone =
                    if client.as_ref().filter(takes_part).is_some() { AppAlone::Offered } else { AppAlone::No };
                let session = current.session.id.clone();
                let asked = Asked { request, browser: visitor.browser.id.clone(), session, asked_at: now };
                let question = Question {
                    request: self.seals.seal(Purpose::Logout, &asked),
                    apps: self.apps_in(&current.session).await?,
                    current: current.clone(),
                    destination: address.map(|address| address.uri().to_owned()),
                    asked_by: client.map(|client| client.name().to_owned()),
                    app_alone,
                };
                Ok((LoggedOut::Ask(Box::new(question)), Handles::Unchanged))
            }
            // Nobody is signed in: there is nothing to ask.
            (_, None) => {
                let next = match (client.filter(|client| client.origin != Origin::Administrator), address) {
                    (Some(app), Some(address)) => {
                        LoggedOut::Onward { app: app.name().to_owned(), address: address.with(&[]) }
                    }
                    (_, address) => nobody(address),
                };
                Ok((next, Handles::Unchanged))
            }
        }
    }

    /// A session that must not be shown in this browser, because it has become another one, still ends by a genuine hint
    /// for it, without a word.
    async fn end_unseen(
        &self,
        visitor: &Visitor,
        told: (Option<&IdTokenClaims>, Option<&Client>),
        now: Timestamp,
    ) -> Result<(), Fault> {
        if told.0.is_none() {
            return Ok(());
        }
        let (live, dormant) = self.all_held(visitor, now).await?;
        let sessions = live.iter().map(|held| &held.session).chain(dormant.iter().map(Dormant::session));
        for session in sessions.filter(|session| self.strange(session, visitor) && self.is_meant(session, told)) {
            let event = Event::done(Act::SessionEnded, now).by(&session.account).because("sign_out");
            self.end_session(&session.id, EndReason::SignOut, event).await?;
        }
        Ok(())
    }

    /// Whoever signs out of a session that timed out leaves nothing that may come back.
    async fn out_of_dormant(
        &self,
        held: &Dormant,
        address: Option<ReturnAddress>,
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let event = Event::done(Act::SessionEnded, now).by(&held.account().id).because("sign_out");
        self.end_dormant(held, EndReason::SignOut, event).await?;
        Ok((nobody(address), Handles::Unchanged))
    }

    /// The person answers the page that asked.
    pub async fn end_session_answer(
        &self,
        visitor: &Visitor,
        (request, answer): (&str, LogoutAnswer),
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let asked = self.seals.open::<Asked>(Purpose::Logout, request);
        let ours = asked.filter(|q| q.browser == visitor.browser.id && now < q.asked_at + ASKING);
        let Some(Asked { request, session, .. }) = ours else { return Ok((LoggedOut::Gone, Handles::Unchanged)) };
        visitor.languages.app_asks(request.ui_locales.as_deref());
        let LogoutAnswer::SignOut(scope) = answer else { return Ok((LoggedOut::Stayed, Handles::Unchanged)) };
        let (hint, client, address) = self.proved(&request, now).await?;
        let (live, dormant) = self.all_ours(visitor, now).await?;
        let current = live.iter().find(|current| current.session.id == session);
        let held = dormant.iter().find(|held| held.session().id == session);
        let of_theirs = [current.map(|current| &current.session), held.map(Dormant::session)].into_iter().flatten();
        let told = (hint.as_ref(), client.as_ref());
        let meant = of_theirs.into_iter().any(|session| self.is_meant(session, told));
        // An app that nobody vouches for, and a hint of somebody else: whoever signs out here never had to do with it. No
        // browser is sent there from our pages unasked, just where people expect one of ours (RFC 9700, section 4.11.2).
        let trusted = meant || client.as_ref().is_some_and(|app| app.origin == Origin::Administrator);
        let (address, onward) = if trusted { (address, None) } else { (None, address) };
        // Where other apps are still to be asked by frames, the page that does so is the last one.
        let framed = match current {
            Some(current) => self.frames_in(&current.session).await?,
            None => false,
        };
        let onward = onward.filter(|_| !framed);
        let (next, handles) = match (current, held) {
            (Some(current), _) => self.carry_out(visitor, current, (scope, client.as_ref()), address, now).await?,
            // It timed out while the page was open.
            (None, Some(held)) => self.out_of_dormant(held, address, now).await?,
            (None, None) => (nobody(address), Handles::Unchanged),
        };
        match (onward, client) {
            (Some(address), Some(app)) => {
                let (app, address) = (app.name().to_owned(), address.with(&[]));
                Ok((LoggedOut::Onward { app, address }, handles))
            }
            _ => Ok((next, handles)),
        }
    }

    /// The person signs out on a page of ours that no app asked for: of the current session, which may have timed out
    /// since the page was shown.
    pub async fn sign_out_here(
        &self,
        visitor: &Visitor,
        scope: Scope,
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        if let Some(current) = self.current(visitor, now).await? {
            return self.carry_out(visitor, &current, (scope, None), None, now).await;
        }
        let (_, dormant) = self.all_ours(visitor, now).await?;
        let first = visitor.handles.first().map(Secret::expose);
        match dormant.iter().find(|held| Some(held.handle().expose()) == first) {
            Some(held) => self.out_of_dormant(held, None, now).await,
            None => Ok((LoggedOut::Nobody, Handles::Unchanged)),
        }
    }

    /// What a request proves: whom it means, who asks, and where it may lead.
    async fn proved(&self, request: &LogoutRequest, now: Timestamp) -> Result<Proved, Fault> {
        let hint = request.id_token_hint.as_deref().and_then(|hint| self.genuine_hint(hint, now));
        let client = self.asking_client(request, hint.as_ref()).await?;
        // One that the request itself contradicts says nothing of anybody (RP-Initiated Logout 1.0, section 4).
        let named = request.client_id.as_deref();
        let hint = hint.filter(|hint| named.is_none_or(|named| hint.aud.contains(named)));
        // Of an app that nobody vouches for a genuine hint is wanted (RP-Initiated Logout 1.0, section 3): else whoever
        // registers one has links that begin with our address and end at theirs.
        let trusted = client.as_ref().is_some_and(|client| client.origin == Origin::Administrator);
        let address = return_address(request, client.as_ref()).filter(|_| trusted || hint.is_some());
        Ok((hint, client, address))
    }

    /// Ends what is to end, and says what the browser sees next: the app's address at once, unless other apps are still
    /// to be asked by frames.
    async fn carry_out(
        &self,
        visitor: &Visitor,
        current: &Current,
        (scope, client): (Scope, Option<&Client>),
        address: Option<ReturnAddress>,
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        visitor.languages.account_says(current.account.locale());
        let session = &current.session;
        let (left, handles) = match (scope, client) {
            (Scope::App, Some(client)) => {
                self.leave_app(session, &client.id, now).await?;
                (Left::App(session.id.clone(), client.id.clone()), Handles::Unchanged)
            }
            (Scope::Everywhere, _) => {
                let event = Event::done(Act::SessionEnded, now).by(&current.account.id).because("sign_out_everywhere");
                self.end_all_of(&current.account.id, EpochReason::SignOut, event).await?;
                (Left::Session(session.id.clone()), self.sign_out(visitor, current, now).await?)
            }
            _ => (Left::Session(session.id.clone()), self.sign_out(visitor, current, now).await?),
        };
        let address = address.map(|address| address.with(&[]));
        let framed = matches!(left, Left::Session(_)) && self.frames_in(session).await?;
        let next = match address {
            Some(address) if !framed => LoggedOut::Return(address),
            address => LoggedOut::Left(self.receipt(visitor, left, address, now)),
        };
        Ok((next, handles))
    }

    /// The person leaves one app; the others and the session go on.
    pub async fn leave_app(&self, session: &Session, client: &ClientId, now: Timestamp) -> Result<(), Fault> {
        let id = client.clone();
        let changed = self.store.change::<Session, _, _>(session.id.as_str(), move |before| match before {
            Some(session) => session.leave(&id, now),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    /// Has any app of the session an address that is to be loaded in a frame?
    async fn frames_in(&self, session: &Session) -> Result<bool, Fault> {
        for id in session.participants.keys() {
            let client = self.store.read::<Client>(id.as_str()).await?;
            if client.is_some_and(|client| client.metadata.frontchannel_logout_uri.is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Is it this session the hint tells of?
    fn is_meant(&self, session: &Session, (hint, client): (Option<&IdTokenClaims>, Option<&Client>)) -> bool {
        let Some(hint) = hint else { return false };
        let parts = session.participants.iter().filter(|(client, _)| hint.aud.contains(client.as_str()));
        let known = parts.filter(|(_, part)| part.session_epoch == session.epoch).map(|(_, part)| part.epochs());
        let mut names = known.chain([session.epochs()]).map(|epochs| match client {
            Some(client) => self.sid_for(client, &session.id, epochs),
            None => self.sid(&session.id, epochs),
        });
        names.any(|name| hint.sid.as_deref() == Some(&name))
    }

    /// The client that asks: the hint's audience, which a `client_id` beside it must not contradict.
    async fn asking_client(
        &self,
        request: &LogoutRequest,
        hint: Option<&IdTokenClaims>,
    ) -> Result<Option<Client>, Fault> {
        let id = match (hint, request.client_id.as_deref()) {
            // Nobody is called that.
            (_, Some(named)) if named.len() > 200 => return Ok(None),
            (Some(hint), Some(named)) if !hint.aud.contains(named) => return Ok(None),
            (_, Some(named)) => named.to_owned(),
            (Some(IdTokenClaims { aud: crate::protocol::claims::Audience::One(one), .. }), None) => one.clone(),
            _ => return Ok(None),
        };
        Ok(self.store.read::<Client>(&id).await?)
    }

    /// The apps that take part in a session, as pages list them.
    async fn apps_in(&self, session: &Session) -> Result<Vec<AppShown>, Fault> {
        let mut apps = Vec::new();
        for id in session.participants.keys() {
            let Some(client) = self.store.read::<Client>(id.as_str()).await? else { continue };
            apps.push(AppShown { name: client.name().to_owned(), logo: self.logo_of(&client).await? });
        }
        Ok(apps)
    }

    /// What people call an app; none for the console and for one that is gone.
    pub async fn app_name(&self, id: &ClientId) -> Result<Option<String>, Fault> {
        let client = self.store.read::<Client>(id.as_str()).await?;
        Ok(client.map(|client| client.name().to_owned()))
    }
}

/// Nobody is signed in, or not any more.
fn nobody(address: Option<ReturnAddress>) -> LoggedOut {
    address.map_or(LoggedOut::Nobody, |address| LoggedOut::Return(address.with(&[])))
}

fn return_address(request: &LogoutRequest, client: Option<&Client>) -> Option<ReturnAddress> {
    let uri = request.post_logout_redirect_uri.as_deref()?;
    ReturnAddress::prove_post_logout(client?, uri, request.state.clone()).ok()
}
