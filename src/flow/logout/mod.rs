//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
//!
//! A genuine hint for a session of this browser ends it without a question. Anything else asks first: a link alone
//! must not be able to sign anybody out.

mod farewell;
mod proved;
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
use proved::Proved;
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

/// How the browser gets to an app's address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// At once.
    Straight,
    /// By way of a page that names it: nobody vouches for the app, and it had no part in what ended here. No browser is sent
    /// there from our pages unasked, just where people expect one of ours (RFC 9700, section 4.11.2).
    ByPage,
}

impl Way {
    /// To an app whose hint is of no session that ends here.
    fn to(client: Option<&Client>) -> Way {
        match client {
            Some(app) if app.origin != Origin::Administrator => Way::ByPage,
            _ => Way::Straight,
        }
    }
}

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
        let told = (hint.claims(), client.as_ref());
        let (live, dormant) = self.all_ours(visitor, now).await?;
        let meant = live.iter().find(|current| self.is_meant(&current.session, told));
        let unreturnable = request.post_logout_redirect_uri.is_some() && address.is_none();
        // What timed out must not come back after a sign-out. There is nothing to ask, and nobody else is asked instead.
        if let Some(held) = dormant.iter().find(|held| self.is_meant(held.session(), told)) {
            return self.out_of_dormant(held, on(None, address, Way::Straight), now).await;
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
                self.carry_out(visitor, current, (scope, Some(client)), (address, Way::Straight), now).await
            }
            (_, Some(current)) => {
                let current = meant.unwrap_or(current);
                visitor.languages.account_says(current.account.locale());
                let takes_part = |client: &&Client| current.session.participants.contains_key(&client.id);
                let app_alone =
                    if client.as_ref().filter(takes_part).is_some() { AppAlone::Offered } else { AppAlone::No };
                let session = current.session.id.clone();
                // Where other apps are asked by frames, the page that does so is the last one.
                let way = Way::to(client.as_ref());
                let unkept = address.is_some() && way == Way::ByPage && self.frames_in(&current.session).await?;
                let asked = Asked { request, browser: visitor.browser.id.clone(), session, asked_at: now };
                let question = Question {
                    request: self.seals.seal(Purpose::Logout, &asked),
                    apps: self.apps_in(&current.session).await?,
                    current: current.clone(),
                    destination: address.filter(|_| !unkept).map(|address| address.uri().to_owned()),
                    asked_by: client.map(|client| client.name().to_owned()),
                    app_alone,
                };
                Ok((LoggedOut::Ask(Box::new(question)), Handles::Unchanged))
            }
            // Nobody is signed in: there is nothing to ask.
            (_, None) => Ok((on(client.as_ref(), address, Way::to(client.as_ref())), Handles::Unchanged)),
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
        next: LoggedOut,
        now: Timestamp,
    ) -> Result<(LoggedOut, Handles), Fault> {
        let event = Event::done(Act::SessionEnded, now).by(&held.account().id).because("sign_out");
        self.end_dormant(held, EndReason::SignOut, event).await?;
        Ok((next, Handles::Unchanged))
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
        let (client, told) = (client.as_ref(), (hint.claims(), client.as_ref()));
        let meant = of_theirs.into_iter().any(|session| self.is_meant(session, told));
        let way = if meant { Way::Straight } else { Way::to(client) };
        match (current, held) {
            (Some(current), _) => self.carry_out(visitor, current, (scope, client), (address, way), now).await,
            // It timed out while the page was open.
            (None, Some(held)) => self.out_of_dormant(held, on(client, address, way), now).await,
            (None, None) => Ok((on(client, address, way), Handles::Unchanged)),
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
            return self.carry_out(visitor, &current, (scope, None), (None, Way::Straight), now).await;
        }
        let (_, dormant) = self.all_ours(visitor, now).await?;
        let first = visitor.handles.first().map(Secret::expose);
        match dormant.iter().find(|held| Some(held.handle().expose()) == first) {
            Some(held) => self.out_of_dormant(held, LoggedOut::Nobody, now).await,
            None => Ok((LoggedOut::Nobody, Handles::Unchanged)),
        }
    }

    /// Ends what is to end, and says what the browser sees next: the app's address at once, unless other apps are still
    /// to be asked by frames.
    async fn carry_out(
        &self,
        visitor: &Visitor,
        current: &Current,
        (scope, client): (Scope, Option<&Client>),
        (address, way): (Option<ReturnAddress>, Way),
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
        let framed = matches!(left, Left::Session(_)) && self.frames_in(session).await?;
        let next = match address {
            Some(_) if !framed => on(client, address, way),
            address => {
                let address = address.filter(|_| way == Way::Straight).map(|address| address.with(&[]));
                LoggedOut::Left(self.receipt(visitor, left, address, now))
            }
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

/// Where the browser goes when nobody is signed in, or not any more.
fn on(client: Option<&Client>, address: Option<ReturnAddress>, way: Way) -> LoggedOut {
    match (address.map(|address| address.with(&[])), client, way) {
        (None, ..) => LoggedOut::Nobody,
        (Some(address), Some(app), Way::ByPage) => LoggedOut::Onward { app: app.name().to_owned(), address },
        (Some(address), ..) => LoggedOut::Return(address),
    }
}
