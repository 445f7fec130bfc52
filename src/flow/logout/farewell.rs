//! After a sign-out: which apps were told, which could not be reached, and where the browser goes.
//!
//! The page is opened with a sealed receipt, so that only the browser that signed out sees it, and for a short time.

use crate::crypto::seal::Purpose;
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::client::Client;
use crate::model::id::{BrowserId, ClientId, SessionId};
use crate::model::session::Session;
use crate::model::session::application::Epochs;
use crate::model::session::notice::NoticeState;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// How long the page can be looked at.
const SHOWN: Duration = Duration::from_secs(600);
/// An app that was not told after this long counts as not reached yet.
const PATIENCE: Duration = Duration::from_secs(15);

/// Says that this browser signed out, of what, and where it goes next.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Receipt {
    #[serde(rename = "s")]
    session: SessionId,
    #[serde(rename = "b")]
    browser: BrowserId,
    #[serde(rename = "t")]
    at: Timestamp,
    /// The one app that was left, where the session goes on.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    app: Option<ClientId>,
    /// The proved address of a relying app, complete.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The language of whoever signed out, whose account says nothing any more when the page is drawn.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

/// What was signed out of.
#[derive(Clone, Debug)]
pub(super) enum Left {
    /// The session.
    Session(SessionId),
    /// One app's part in it.
    App(SessionId, ClientId),
}

/// What the page shows.
#[derive(Debug)]
pub struct Farewell {
    /// The apps, and how far each is.
    pub apps: Vec<(String, Told)>,
    /// Addresses to load in frames (Front-Channel Logout 1.0, section 2).
    pub frames: Vec<String>,
    /// Where the browser goes on, if an app asked for it.
    pub address: Option<String>,
    /// Does the session itself go on?
    pub session: SessionGoes,
}

/// What became of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionGoes {
    /// It is over.
    Over,
    /// It goes on, without the app that was left.
    On,
}

/// How far an app is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is being told.
    Underway,
    /// It answered that it knows.
    Told,
    /// It could not be reached so far.
    NotReached,
    /// Its page is loaded in a frame; nobody hears whether that worked.
    Asked,
    /// It has no address for such news: it learns when it asks next.
    NoAddress,
}

impl Idp {
    pub(super) fn receipt(&self, visitor: &Visitor, left: Left, address: Option<String>, now: Timestamp) -> String {
        let (session, app) = match left {
            Left::Session(session) => (session, None),
            Left::App(session, app) => (session, Some(app)),
        };
        let language = Some(visitor.languages.settle().tag().to_owned());
        let receipt = Receipt { session, browser: visitor.browser.id.clone(), at: now, app, address, language };
        self.seals.seal(Purpose::SignedOut, &receipt)
    }

    /// What a receipt opens; none when it is not ours, another browser's, or too old.
    pub async fn farewell(&self, visitor: &Visitor, receipt: &str, now: Timestamp) -> Result<Option<Farewell>, Fault> {
        let receipt = self.seals.open::<Receipt>(Purpose::SignedOut, receipt);
        let ours = receipt.filter(|r| r.browser == visitor.browser.id && now < r.at + SHOWN);
        let Some(receipt) = ours else { return Ok(None) };
        visitor.languages.app_asks(receipt.language.as_deref());
        let mut farewell = Farewell {
            apps: Vec::new(),
            frames: Vec::new(),
            address: receipt.address,
            session: if receipt.app.is_some() { SessionGoes::On } else { SessionGoes::Over },
        };
        let Some(session) = self.store.read::<Session>(receipt.session.as_str()).await? else {
            return Ok(Some(farewell));
        };
        for (id, epochs) in told_of(&session, receipt.app.as_ref()) {
            let Some(client) = self.store.read::<Client>(id.as_str()).await? else { continue };
            farewell.frames.extend(self.frame(&client, &session, epochs));
            farewell.apps.push((client.name().to_owned(), how_far(&session, (&client, epochs), receipt.at, now)));
        }
        Ok(Some(farewell))
    }

    /// The address of a frame, with `iss` and `sid` (Front-Channel Logout 1.0, section 2).
    fn frame(&self, client: &Client, session: &Session, epochs: Epochs) -> Option<String> {
        let mut url = Url::parse(client.metadata.frontchannel_logout_uri.as_deref()?).ok()?;
        url.query_pairs_mut()
            .append_pair("iss", &self.issuer.to_string())
            .append_pair("sid", &self.sid_for(client, &session.id, epochs));
        Some(url.into())
    }
}

/// The apps that a sign-out concerned: the one that was left, or all that took part, each by the life it knew.
fn told_of(session: &Session, app: Option<&ClientId>) -> Vec<(ClientId, Epochs)> {
    let parts = session.participants.iter().filter(|(id, part)| match app {
        Some(app) => *id == app,
        None => part.signed_out_at.is_none(),
    });
    parts.map(|(id, part)| (id.clone(), part.epochs())).collect()
}

fn how_far(session: &Session, (client, epochs): (&Client, Epochs), at: Timestamp, now: Timestamp) -> Told {
    let otherwise = if client.metadata.frontchannel_logout_uri.is_some() { Told::Asked } else { Told::NoAddress };
    if client.metadata.backchannel_logout_uri.is_none() {
        return otherwise;
    }
    let notice = session.notices.iter().find(|notice| notice.client == client.id && notice.epochs == epochs);
    match notice.map(|notice| notice.state) {
        Some(NoticeState::Told(_)) => Told::Told,
        Some(NoticeState::GivenUp(_)) => Told::NotReached,
        Some(NoticeState::NoAddress) => otherwise,
        // Not written down yet: the sweep is still on its way to a session that its account's record ended.
        Some(NoticeState::Waiting(_)) | None if now < at + PATIENCE => Told::Underway,
        Some(NoticeState::Waiting(_)) | None => Told::NotReached,
    }
}
