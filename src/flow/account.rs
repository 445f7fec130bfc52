//! The person's own page: sessions, consents, sign-out.

use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding, EpochReason};
use crate::model::audit::{Act, Event};
use crate::model::client::Client;
use crate::model::consent::{Consent, Withdrawn};
use crate::model::grant::{Grant, Reach};
use crate::model::id::{AccountId, ClientId, SessionId};
use crate::model::record::{Change, Fate};
use crate::model::session::Session;
use crate::model::session::application::Epochs;
use crate::model::session::standing::{Authority, EndReason, Standing};
use crate::protocol::time::Timestamp;
use crate::store::Cursor;
use std::collections::BTreeMap;

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
    /// The client.
    pub client: ClientId,
    /// What people call it.
    pub name: String,
    /// The path of its logo here.
    pub logo: Option<String>,
    /// Where the app begins a sign-in by itself.
    pub opens_at: Option<String>,
    /// Since when.
    pub joined_at: Timestamp,
    /// The person's last act in it.
    pub last_active_at: Timestamp,
    /// What it is good for: of its own limits and the session's the one that passes first decides.
    pub standing: Standing,
    /// What it was given in this life of the session.
    pub grants: GrantsView,
}

/// What an app was given: a grant for every sign-in that it redeemed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct GrantsView {
    /// How many.
    pub count: usize,
    /// How often they were renewed, all together.
    pub renewals: u64,
    /// When one was given or renewed last.
    pub latest: Option<Timestamp>,
}

/// How ending one session of the person's ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndedOne {
    /// It is the one in this browser: that is a sign-out, and nothing has happened yet.
    This,
    /// It was another, or there is none of that name.
    Other,
    /// One app's part in one of them.
    App,
}

/// What the accounts' grants are grouped by on the page.
type Lineage = BTreeMap<(SessionId, ClientId, Epochs), GrantsView>;

/// Grants looked at, the youngest first: a session without limits leaves one behind at every silent reissue.
const MOST_GRANTS: usize = 1_000;
/// Sessions shown at most.
const MOST: usize = 100;

impl Idp {
    /// The live sessions of an account, the youngest first.
    pub async fn sessions_of(&self, of: &Current, now: Timestamp) -> Result<Vec<SessionView>, Fault> {
        let lineage = self.lineage_of(&of.account.id).await?;
        let mut views = Vec::new();
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(&of.account.id, cursor).await?;
            for session in page {
                let standing = session.standing(&of.account, &self.settings.sessions, now);
                if standing.authority() == Authority::Good && views.len() < MOST {
                    views.push(self.view_with(session, standing, &lineage, now).await?);
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
        self.view_with(session, standing, &Lineage::new(), now).await
    }

    async fn view_with(
        &self,
        session: Session,
        standing: Standing,
        lineage: &Lineage,
        now: Timestamp,
    ) -> Result<SessionView, Fault> {
        let mut apps = Vec::new();
        for (id, part) in &session.participants {
            let Some(client) = self.store.read::<Client>(id.as_str()).await? else { continue };
            let own = session.application_standing(id, client.limits(), standing, &self.settings.sessions, now);
            if let Some(own) = own.filter(|own| own.authority() == Authority::Good) {
                apps.push(AppView {
                    client: id.clone(),
                    name: client.name().to_owned(),
                    logo: self.logo_of(&client).await?,
                    opens_at: client.initiate_login(&self.issuer.to_string()),
                    joined_at: part.joined_at,
                    last_active_at: part.last_active_at,
                    standing: own,
                    grants: lineage.get(&(session.id.clone(), id.clone(), part.epochs())).copied().unwrap_or_default(),
                });
            }
        }
        let name = self.sid(&session.id, session.epochs());
        Ok(SessionView { session, name, standing, apps })
    }

    /// What the apps of an account's sessions were given.
    async fn lineage_of(&self, account: &AccountId) -> Result<Lineage, Fault> {
        let mut lineage = Lineage::new();
        let page = self.store.list::<Grant>(("grants-by-account", account.as_str()), None, MOST_GRANTS).await?;
        for grant in page.items.into_iter().filter(|grant| grant.reach == Reach::Session && grant.revoked.is_none()) {
            let key = (grant.binding.session.clone(), grant.client.clone(), grant.binding.epochs());
            let view = lineage.entry(key).or_default();
            view.count += 1;
            view.renewals += u64::from(grant.generation);
            view.latest = view.latest.max(Some(grant.renewed_at));
        }
        Ok(lineage)
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

    /// The person takes back what they allowed a client: it leaves all their sessions, and so nothing that it was given is
    /// good any more.
    pub async fn withdraw(&self, of: &Current, client: &str, now: Timestamp) -> Result<Withdrawn, Fault> {
        if client.len() > 200 {
            return Ok(Withdrawn::Nothing);
        }
        let key = Consent::key_of(&of.account.id, &ClientId::new(client));
        let changed = self.store.change::<Consent, _, _>(&key, move |before| Consent::withdraw(before, now));
        let withdrawn = changed.await?.outcome()?;
        // Whatever was there to take back: it may have been taken back before, by somebody who got no further.
        self.leave_everywhere(&of.account.id, &ClientId::new(client), now).await?;
        Ok(withdrawn)
    }

    async fn leave_everywhere(&self, account: &AccountId, client: &ClientId, now: Timestamp) -> Result<(), Fault> {
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(account, cursor).await?;
            for session in page.iter().filter(|session| session.participants.contains_key(client)) {
                self.leave_app(session, client, now).await?;
            }
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// The person ends one of their sessions by the name the page gave it, or the part of one app in it.
    pub async fn end_one(&self, of: &Current, (name, client): (&str, &str), now: Timestamp) -> Result<EndedOne, Fault> {
        let this = name == self.sid(&of.session.id, of.session.epochs());
        if this && client.is_empty() {
            return Ok(EndedOne::This);
        }
        let mut cursor = None;
        loop {
            let (page, next) = self.page_of(&of.account.id, cursor).await?;
            if let Some(session) = page.iter().find(|session| name == self.sid(&session.id, session.epochs())) {
                if client.is_empty() {
                    self.revoke(session, of, now).await?;
                    return Ok(EndedOne::Other);
                }
                self.leave_app(session, &ClientId::new(client), now).await?;
                return Ok(EndedOne::App);
            }
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(EndedOne::Other),
            }
        }
    }

    /// The person ends all their sessions but this one; answers how many there were. Whoever sits at an unlocked
    /// machine must not be able to: [`Goal::EndOthers`](crate::model::authorization::Goal::EndOthers) sees to it that the person authenticated just now.
    pub(super) async fn end_others(&self, of: &Current, now: Timestamp) -> Result<usize, Fault> {
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

    /// Every session of the account is over, by one write on it. Whoever changes what it signs in with does so before, so
    /// that a crash leaves too much ended and never too little, and once more after, with whatever began by the old
    /// credential in between.
    pub(super) async fn end_all_of(&self, account: &AccountId, why: EpochReason, event: Event) -> Result<(), Fault> {
        let changed = self.store.change::<Account, _, _>(account.as_str(), move |before| match before {
            Some(account) => account.raise_epoch(why, event.clone()),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    /// The same because its person changes a credential, if the account is as it was and may be used; answers with what it
    /// is from here on. Nothing ends, and none is answered, where somebody ended everything meanwhile.
    pub(super) async fn end_all_from(&self, as_it_was: &Account, now: Timestamp) -> Result<Option<Account>, Fault> {
        let (epoch, event) = (as_it_was.epoch, ended_by_change(&as_it_was.id, now).by(&as_it_was.id));
        let changed = self.store.change::<Account, _, _>(as_it_was.id.as_str(), move |before| match before {
            Some(account) if account.epoch == epoch && account.standing() == AccountStanding::Active => {
                let change = account.raise_epoch(EpochReason::CredentialChanged, event.clone());
                let after = if let Fate::Put(after) = &change.fate { Some(after.clone()) } else { None };
                change.telling(after)
            }
            _ => Change::keep(None),
        });
        Ok(changed.await?.outcome()?)
    }

    async fn revoke(&self, session: &Session, by: &Current, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::SessionEnded, now).by(&by.account.id).because("revoked").to(&session.account);
        self.end_session(&session.id, EndReason::Revoked, event).await?;
        Ok(())
    }
}

/// What the audit log says of sessions that end because what they rest on changed.
pub(super) fn ended_by_change(account: &AccountId, now: Timestamp) -> Event {
    Event::done(Act::SessionEnded, now).to(account).because("credential_changed")
}
