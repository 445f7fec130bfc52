//! The person's own page: sessions, consents, sign-out.

use crate::flow::browser::Visitor;
use crate::flow::session::{Current, Handles};
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::client::Client;
use crate::model::consent::{Consent, Withdrawn};
use crate::model::id::{AccountId, ClientId};
use crate::model::session::Session;
use crate::model::session::standing::{Authority, EndReason, Standing};
use crate::protocol::time::Timestamp;
use crate::store::Cursor;

/// A live session as its owner sees it.
#[derive(Debug)]
pub struct SessionView {
    /// The session.
    pub session: Session,
    /// What the page calls it: nothing that works anywhere else.
    pub name: String,
    /// What it is good for.
    pub standing: Standing,
    /// The apps that take part, with the ends of their parts.
    pub apps: Vec<AppView>,
}

/// One app's part in a session.
#[derive(Debug)]
pub struct AppView {
    /// What people call it.
    pub name: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// The nearest end.
    pub until: Option<Timestamp>,
}

/// Sessions shown at most.
const MOST: usize = 100;

impl Idp {
    /// The live sessions of an account, the youngest first.
    pub async fn sessions_of(&self, of: &Current, now: Timestamp) -> Result<Vec<SessionView>, Fault> {
        let mut views = Vec::new();
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(&of.account.id, cursor).await?;
            for session in page {
                let standing = session.standing(&of.account, &self.settings.sessions, now);
                if standing.authority() == Authority::Good && views.len() < MOST {
                    views.push(self.view(session, standing, now).await?);
                }
            }
            match next {
                Some(next) if views.len() < MOST => cursor = Some(next),
                _ => return Ok(views),
            }
        }
    }

    /// One page of an account's sessions that have not ended, and where the next begins.
    pub(super) async fn page_of(
        &self,
        account: &AccountId,
        cursor: Option<Cursor>,
    ) -> Result<(Vec<Session>, Option<Cursor>), Fault> {
        let page = self.store.list::<Session>(("sessions-by-account", account.as_str()), cursor.as_ref(), MOST).await?;
        Ok((page.items, page.next))
    }

    /// A session with the names of its apps.
    pub async fn view(&self, session: Session, standing: Standing, now: Timestamp) -> Result<SessionView, Fault> {
        let mut apps = Vec::new();
        for (id, part) in &session.participants {
            let Some(client) = self.store.read::<Client>(id.as_str()).await? else { continue };
            let own = session.application_standing(id, client.limits(), standing, &self.settings.sessions, now);
            if let Some(own) = own.filter(|own| own.authority() == Authority::Good) {
                apps.push(AppView { name: client.name().to_owned(), joined_at: part.joined_at, until: own.until() });
            }
        }
        let name = self.sid(&session.id, session.epoch);
        Ok(SessionView { session, name, standing, apps })
    }

    /// What the account allowed which client.
    pub async fn consents_of(&self, account: &AccountId) -> Result<Vec<(Consent, Option<Client>)>, Fault> {
        let page = self.store.list::<Consent>(("consents-by-account", account.as_str()), None, MOST).await?;
        let mut consents = Vec::new();
        for consent in page.items {
            let client = self.store.read::<Client>(consent.client.as_str()).await?;
            consents.push((consent, client));
        }
        Ok(consents)
    }

    /// The person takes back what they allowed a client.
    pub async fn withdraw(&self, of: &Current, client: &str, now: Timestamp) -> Result<Withdrawn, Fault> {
        if client.len() > 200 {
            return Ok(Withdrawn::Nothing);
        }
        let key = Consent::key_of(&of.account.id, &ClientId::new(client));
        let changed = self.store.change::<Consent, _, _>(&key, move |before| Consent::withdraw(before, now));
        Ok(changed.await?.outcome()?)
    }

    /// The person ends one of their sessions by the name the page gave it. Ending this one is signing out.
    pub async fn end_one(&self, visitor: &Visitor, of: &Current, name: &str, now: Timestamp) -> Result<Handles, Fault> {
        if name == self.sid(&of.session.id, of.session.epoch) {
            return self.sign_out(visitor, of, now).await;
        }
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(&of.account.id, cursor).await?;
            if let Some(session) = page.iter().find(|session| name == self.sid(&session.id, session.epoch)) {
                self.revoke(session, of, now).await?;
                return Ok(Handles::Unchanged);
            }
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(Handles::Unchanged),
            }
        }
    }

    /// The person ends all their sessions but this one; answers how many there were.
    pub async fn end_others(&self, of: &Current, now: Timestamp) -> Result<usize, Fault> {
        let mut ended = 0;
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(&of.account.id, cursor).await?;
            for session in page.iter().filter(|session| session.id != of.session.id) {
                self.revoke(session, of, now).await?;
                ended += 1;
            }
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(ended),
            }
        }
    }

    async fn revoke(&self, session: &Session, by: &Current, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::SessionEnded, now).by(&by.account.id).because("revoked").to(&session.account);
        self.end_session(&session.id, EndReason::Revoked, event).await?;
        Ok(())
    }
}
