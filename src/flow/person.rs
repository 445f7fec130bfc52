//! A person and what is kept of them: what they say of themselves, when they signed in, all of it to take along, and going.

use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::account::{ADMIN, Account, AccountStanding, Departure};
use crate::model::audit::{Act, Event};
use crate::model::consent::Consent;
use crate::model::credential::Credential;
use crate::model::grant::{Grant, Reach};
use crate::model::history::{History, Signal, SignedIn};
use crate::model::id::AccountId;
use crate::model::picture::Picture;
use crate::model::record::{Change, Due, Record};
use crate::model::session::Session;
use crate::protocol::time::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Records of one kind handed out or erased at a time.
const BATCH: usize = 200;
/// Grants that a download tells of, the latest first; it says when there are more.
const GRANTS_TOLD: usize = 1_000;
/// Batches of grants that go at once when an account is deleted: no notice or mail waits for more of them.
const BATCHES: usize = 10;

/// Did all go?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Erased {
    All,
    /// There is more.
    InPart,
}

/// How asking for a deletion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionAsked {
    /// The account goes when its time has come.
    Now,
    /// Nobody would be left to look after the installation.
    OnlyAdministrator,
}

impl Idp {
    /// An authentication was completed. Of one from a new browser the person is told by mail.
    pub(super) async fn remember_sign_in(
        &self,
        visitor: &Visitor,
        account: &Account,
        (amr, upstream): (Vec<String>, Option<String>),
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (device, browser) = (visitor.device.clone(), visitor.browser.id.clone());
        let entry = SignedIn { at: now, device, browser, amr, upstream, signals: BTreeSet::new() };
        let event = Event::done(Act::SignInUnusual, now).because(Signal::NewDevice.word());
        let news = self.notices(&event, account, Some(&visitor.device));
        let (key, account) = (History::key_of(&account.id), account.id.clone());
        let changed = self
            .store
            .change::<History, _, _>(&key, move |before| History::add(before, &account, entry.clone(), news.clone()));
        changed.await?.outcome()?;
        Ok(())
    }

    /// The latest sign-ins of an account, the youngest first.
    pub async fn history_of(&self, account: &AccountId) -> Result<Vec<SignedIn>, Fault> {
        let history = self.store.read::<History>(&History::key_of(account)).await?;
        Ok(history.map(|history| history.entries.into_iter().rev().collect()).unwrap_or_default())
    }

    /// The person says who they are.
    pub async fn describe(&self, of: &Current, said: Map<String, Value>, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::AccountChanged, now).by(&of.account.id);
        let changed = self.store.change::<Account, _, _>(of.account.id.as_str(), move |before| match before {
            Some(account) => account.describe(said.clone(), event.clone()),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    /// The person wants to go, after the time of grace.
    pub async fn ask_deletion(&self, of: &Current, now: Timestamp) -> Result<DeletionAsked, Fault> {
        if of.account.has_role(ADMIN) && !self.another_administrator(&of.account.id).await? {
            return Ok(DeletionAsked::OnlyAdministrator);
        }
        let event = Event::done(Act::DeletionAsked, now).by(&of.account.id);
        let mails = self.notices(&event, &of.account, None);
        let leave = move |account: Account| account.leave(event.clone(), mails.clone());
        self.change_account(&of.account.id, leave).await?;
        Ok(DeletionAsked::Now)
    }

    /// Is there an administrator besides, who may act and stays?
    async fn another_administrator(&self, than: &AccountId) -> Result<bool, Fault> {
        let stays = |one: &Account| one.standing() == AccountStanding::Active && one.leaving_at.is_none();
        self.some_administrator(|one| one.id != *than && stays(one)).await
    }

    /// Is there an administrator like that?
    pub(super) async fn some_administrator(&self, is: impl Fn(&Account) -> bool) -> Result<bool, Fault> {
        let mut cursor = None;
        loop {
            let page = self.store.list::<Account>(("accounts-by-role", ADMIN), cursor.as_ref(), BATCH).await?;
            if page.items.iter().any(&is) {
                return Ok(true);
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(false),
            }
        }
    }

    /// The person thought better of it.
    pub async fn cancel_deletion(&self, of: &Current, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::DeletionCancelled, now).by(&of.account.id);
        let mails = self.notices(&event, &of.account, None);
        let stay = move |account: Account| account.stay(event.clone(), mails.clone());
        self.change_account(&of.account.id, stay).await
    }

    async fn change_account(
        &self,
        account: &AccountId,
        rule: impl Fn(Account) -> Change<Account, ()> + Send + 'static,
    ) -> Result<(), Fault> {
        let changed = self.store.change::<Account, _, _>(account.as_str(), move |before| match before {
            Some(account) => rule(account),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    /// Everything that is kept of a person, but for secrets: of those it is told that they are there.
    pub async fn data_of(&self, of: &Current, now: Timestamp) -> Result<Value, Fault> {
        let account = &of.account;
        let security = self.security_of(&account.id).await?;
        let sessions = self.every::<Session>("sessions-by-account", &account.id).await?;
        let grants = self.store.list::<Grant>(("grants-by-account", account.id.as_str()), None, GRANTS_TOLD).await?;
        let consents = self.every::<Consent>("consents-by-account", &account.id).await?;
        let history = self.history_of(&account.id).await?;
        let picture = match &account.picture {
            Some(name) => self.store.read::<Picture>(name).await?,
            None => None,
        };
        let event = Event::done(Act::DataDownloaded, now).by(&account.id);
        self.change_account(&account.id, move |_| Change::keep(()).told(event.clone())).await?;
        Ok(json!({
            "issuer": self.issuer.to_string(),
            "made_at": now,
            "account": {
                "sub": account.id, "username": account.username, "claims": account.claims, "roles": account.roles,
                "groups": account.groups, "created_at": account.created_at, "deleted_at": account.leaving_at,
            },
            "picture": picture.as_ref().map(|picture| json!({
                "set_at": picture.set_at, "media_type": "image/jpeg", "base64": picture.base64(),
            })),
            "credentials": {
                "password_set_at": security.password,
                "authenticator_app_set_at": security.totp.map(|(since, _)| since),
                "authenticator_app_used_at": security.totp.and_then(|(_, used)| used),
                "recovery_codes_left": security.codes_left,
                "passkeys": security.passkeys.iter().map(|key| json!({
                    "label": key.label, "made_at": key.made_at, "used_at": key.used_at,
                })).collect::<Vec<_>>(),
                "connected": account.links.iter().map(|link| json!({
                    "provider": link.issuer, "subject": link.subject, "shown": link.shown, "connected_at": link.since,
                })).collect::<Vec<_>>(),
            },
            "sign_ins": history.iter().map(|entry| json!({
                "at": entry.at, "user_agent": entry.device.user_agent, "address": entry.device.address,
                "amr": entry.amr, "provider": entry.upstream, "unusual": entry.signals,
            })).collect::<Vec<_>>(),
            "sessions": sessions.iter().map(|session| json!({
                "started_at": session.started_at, "last_active_at": session.last_active_at,
                "user_agent": session.device.user_agent, "address": session.device.address,
                "apps": session.participants.keys().collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "consents": consents.iter().map(|consent| json!({
                "client_id": consent.client, "scope": consent.scope, "given_at": consent.given_at,
            })).collect::<Vec<_>>(),
            "more_grants": grants.next.is_some(),
            "grants": grants.items.iter().map(|grant| json!({
                "client_id": grant.client, "renewed_at": grant.renewed_at, "renewals": grant.generation,
                "outlives_sessions": grant.reach == Reach::Offline,
            })).collect::<Vec<_>>(),
        }))
    }

    /// Every record of an account in a list.
    pub(super) async fn every<R: Record>(&self, list: &'static str, account: &AccountId) -> Result<Vec<R>, Fault> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.store.list::<R>((list, account.as_str()), cursor.as_ref(), BATCH).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The appointment of a deletion. First the account is closed, which ends its sessions and has its apps told; then
    /// everything that hangs on it goes, and the account itself last, so that a crash leaves an appointment to come back to.
    pub(super) async fn depart(&self, due: Due, now: Timestamp) -> Result<(), Fault> {
        let account = self.store.read::<Account>(&due.key).await?;
        let departure = account.as_ref().map_or(Departure::No, |account| account.departure(now));
        match (account, departure) {
            (Some(account), Departure::Close) => {
                let event = Event::done(Act::AccountDisabled, now).by(&account.id).because("deletion");
                self.visit::<Account, ()>(due, move |account| match account.departure(now) {
                    Departure::Close => account.close_for_good(event.clone()),
                    _ => Change::keep(()),
                })
                .await
            }
            (Some(account), Departure::Erase) => {
                if self.erase_grants(&account.id).await? == Erased::InPart {
                    // The appointment stands, and is kept again.
                    return Ok(());
                }
                self.erase_belongings(&account.id).await?;
                let event = Event::done(Act::AccountDeleted, now).to(&account.id);
                self.visit::<Account, ()>(due, move |account| match account.departure(now) {
                    Departure::Erase => Change::delete(()).told(event.clone()),
                    _ => Change::keep(()),
                })
                .await
            }
            _ => self.visit::<Account, ()>(due, |_| Change::keep(())).await,
        }
    }

    /// Every silent renewal may have left one: as many go at once as others can wait for.
    async fn erase_grants(&self, account: &AccountId) -> Result<Erased, Fault> {
        for _ in 0..BATCHES {
            let page = self.store.list::<Grant>(("grants-by-account", account.as_str()), None, BATCH).await?;
            for grant in &page.items {
                self.erase::<Grant>(&grant.key()).await?;
            }
            if page.next.is_none() {
                return Ok(Erased::All);
            }
        }
        Ok(Erased::InPart)
    }

    async fn erase_belongings(&self, account: &AccountId) -> Result<(), Fault> {
        for consent in self.every::<Consent>("consents-by-account", account).await? {
            self.erase::<Consent>(&consent.key()).await?;
        }
        for session in self.every::<Session>("sessions-by-account", account).await? {
            self.erase::<Session>(&session.key()).await?;
        }
        let keys = [Credential::password_key, Credential::totp_key, Credential::recovery_key, Credential::passkeys_key];
        for key in keys.map(|key| key(account)) {
            self.erase::<Credential>(&key).await?;
        }
        for picture in self.every::<Picture>("pictures-by-account", account).await? {
            self.erase::<Picture>(&picture.key()).await?;
        }
        self.erase::<History>(&History::key_of(account)).await
    }

    pub(super) async fn erase<R: Record>(&self, key: &str) -> Result<(), Fault> {
        let changed = self.store.change::<R, _, _>(key, |before| match before {
            Some(_) => Change::delete(()),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}
