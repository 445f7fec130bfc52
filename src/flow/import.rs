//! The import file, in and out. It adds and changes, never removes; twice changes nothing; one bad entry imports
//! nothing and is named.

mod secrets;

use crate::crypto::hashing::check_hash;
use crate::crypto::secret::Same;
use crate::flow::password::{FreshPassword, Over};
use crate::flow::setup::{NewPassword, Refused, fresh_account};
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, EpochReason, check_username, username_key, username_name};
use crate::model::audit::{Act, Event};
use crate::model::client::{self, Client, Origin};
use crate::model::credential::Credential;
use crate::model::id::ClientId;
use crate::model::password::{self, Beside, Stands, Weakness};
use crate::model::record::Change;
use crate::protocol::claims::check_said;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::time::Timestamp;
use crate::store::StoreFault;
use secrets::{Given, check_secret, printed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// A person as the file has them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    username: String,
    #[serde(default, skip_serializing)]
    password: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_hash: Option<String>,
    /// Is it the hash of a password that is good enough beside a second factor only? Factors are not in the file: without
    /// this word it would stand alone elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_needs_factor: Option<bool>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    roles: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    groups: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    claims: Map<String, Value>,
    /// May the account not be used? An import closes accounts, and never opens one again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disabled: Option<bool>,
}

/// The file.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    users: Vec<User>,
    #[serde(default)]
    clients: Vec<ClientMetadata>,
}

/// Do passwords and secrets of the file replace those that are there?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplaceSecrets {
    /// They do.
    Yes,
    /// They apply to what the import creates.
    No,
    /// The secret of a client comes beside the one that is there, which stays good: the app can change over in its own time,
    /// and an import that replaces ends it. Passwords apply to what the import creates.
    Beside,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Records that were not there before.
    pub created: usize,
    /// Records that are different now.
    pub changed: usize,
    /// Records that were as the file says already.
    pub unchanged: usize,
    /// Client secrets of the file that are not the stored ones, and were left out.
    pub secrets_left: usize,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// An entry is wrong.
    #[error("{0}")]
    Wrong(String),
    /// Something broke on the way; running the import again completes it.
    #[error("the import stopped: {0}; run it again to complete it")]
    Fault(#[from] Fault),
}

impl From<StoreFault> for ImportError {
    fn from(fault: StoreFault) -> ImportError {
        ImportError::Fault(fault.into())
    }
}

impl Idp {
    /// Imports a file.
    ///
    /// # Errors
    /// The first wrong entry, by its place and what would be right; then nothing was imported.
    pub async fn import(&self, json: &str, replace: ReplaceSecrets, now: Timestamp) -> Result<Imported, ImportError> {
        let file: File =
            serde_json::from_str(json).map_err(|error| ImportError::Wrong(format!("the file: {error}")))?;
        check(&file).map_err(ImportError::Wrong)?;
        for (place, user) in file.users.iter().enumerate() {
            let whole = self.merged(place, user, now).await?;
            // A password that is not taken is not held against what the person wrote of themselves since.
            let alone = || Account { claims: user.claims.clone(), ..fresh_account(&user.username, now) };
            let beside = if replace == ReplaceSecrets::Yes { whole } else { alone() };
            self.check_password((place, user), &beside).await?;
        }
        for (place, metadata) in file.clients.iter().enumerate() {
            self.check_authenticable(place, metadata, replace).await?;
        }
        let mut done = Imported::default();
        for user in file.users {
            self.import_user(user, replace, &mut done, now).await?;
        }
        for metadata in file.clients {
            self.import_client(metadata, replace, &mut done, now).await?;
        }
        Ok(done)
    }

    /// The person as the file leaves them: what it says, with what stays. What is good alone may be wrong beside it.
    async fn merged(&self, place: usize, user: &User, now: Timestamp) -> Result<Account, ImportError> {
        let known = self.store.find::<Account>(&username_name(&user.username)).await?;
        let mut whole = known.unwrap_or_else(|| fresh_account(&user.username, now));
        whole.claims.extend(user.claims.clone());
        check_said(&user.claims, &whole.claims)
            .map_err(|wrong| ImportError::Wrong(format!("users[{place}] ({}): {wrong}", user.username)))?;
        Ok(whole)
    }

    /// A password in the clear is held to what everybody's is. Whether a second factor stands beside it is not asked: the
    /// file is written for people who are not there yet.
    async fn check_password(&self, (place, user): (usize, &User), whole: &Account) -> Result<(), ImportError> {
        let Some(clear) = &user.password else { return Ok(()) };
        let Err(weakness) = self.judge_password(clear, whole, Beside::Nothing).await? else { return Ok(()) };
        let wrong = match weakness {
            Weakness::TooShort(_) => "it is too short",
            Weakness::TooLong => "it is too long",
            Weakness::Unseen => "it has characters that cannot be seen",
            Weakness::Common => "it is too easy to guess",
            Weakness::Context => "it is little more than words of the person or of this provider",
            Weakness::Breached => "it is in the file of stolen ones (passwords.breached)",
        };
        let (least, most) = (password::MINIMUM_ALONE, password::MAXIMUM);
        Err(ImportError::Wrong(format!(
            "users[{place}] ({}): password: {wrong}; it needs {least} to {most} characters and must not be a common one",
            user.username
        )))
    }

    async fn import_user(
        &self,
        user: User,
        replace: ReplaceSecrets,
        done: &mut Imported,
        now: Timestamp,
    ) -> Result<(), ImportError> {
        let User { username, password, password_hash, password_needs_factor, roles, groups, claims, disabled } = user;
        let needs = password.is_none() && password_needs_factor == Some(true);
        let stands = if needs { Stands::BesideFactor } else { Stands::Alone };
        let disabled = disabled == Some(true);
        let Some(before) = self.store.find::<Account>(&username_name(&username)).await? else {
            let disabled_at = disabled.then_some(now);
            let mut account = Account { roles, groups, claims, disabled_at, ..fresh_account(&username, now) };
            account.address = self.free_address(&account).await?;
            let pass = match (password, password_hash) {
                (Some(clear), _) => {
                    let hash = self.patiently(password::normalized(&clear)).await?;
                    NewPassword::Hash(FreshPassword { hash, stands })
                }
                (None, Some(hash)) => NewPassword::Hash(FreshPassword { hash, stands }),
                (None, None) => NewPassword::None,
            };
            return match self.create_account(None, account, pass, now).await? {
                Ok(_) => {
                    done.created += 1;
                    Ok(())
                }
                Err(Refused::Form(error)) => Err(ImportError::Wrong(format!("user {username:?}: {error:?}"))),
                Err(Refused::LinkUsed) => Ok(()),
            };
        };
        let stored = self.store.read::<Credential>(&Credential::password_key(&before.id)).await?;
        let stored = stored.and_then(Credential::password_hash);
        let hash = match (replace, password, password_hash) {
            (ReplaceSecrets::No | ReplaceSecrets::Beside, ..) => None,
            (ReplaceSecrets::Yes, Some(clear), _) => self.other_password(&clear, stored).await?,
            (ReplaceSecrets::Yes, None, hash) => hash.filter(|hash| stored.as_ref() != Some(hash)),
        };
        let secret_changed = hash.is_some();
        if let Some(hash) = hash {
            // What rests on the old password ends first, and once more below, with whatever began in between: a run that
            // breaks off leaves too much ended, never too little, and the next one goes on.
            let event = Event::done(Act::AccountChanged, now).to(&before.id);
            self.end_all_of(&before.id, EpochReason::CredentialChanged, event).await?;
            let fresh = FreshPassword { hash, stands };
            self.keep_password(&before.id, (fresh, Over::Any), None, now).await?;
        }
        let mut merged = before.clone();
        merged.claims.extend(claims.clone());
        let address = self.free_address(&merged).await?;
        let changed = self.store.change::<Account, _, _>(before.id.as_str(), move |before| {
            let Some(before) = before else { return Change::keep(false) };
            let mut after = before.clone();
            after.roles.extend(roles.iter().cloned());
            after.groups.extend(groups.iter().cloned());
            after.claims.extend(claims.clone());
            if after.claims != before.claims && !claims.contains_key("updated_at") {
                after.note_update(now);
            }
            after.address.clone_from(&address);
            let event = Event::done(Act::AccountChanged, now).to(&after.id);
            let closing = disabled && after.disabled_at.is_none();
            if closing {
                after.disabled_at = Some(now);
            }
            let ends_sessions = secret_changed || closing;
            if ends_sessions {
                let reason = if closing { EpochReason::AccountDisabled } else { EpochReason::CredentialChanged };
                after.epoch += 1;
                after.epoch_raised = Some((now, reason));
            }
            match (after == before, ends_sessions) {
                (true, _) => Change::keep(false),
                (false, false) => Change::put(true, after).told(event),
                // The sweep looks, and has the apps of all these sessions told.
                (false, true) => Change::put(true, after).told(event).due(now),
            }
        });
        count(done, changed.await?.outcome()?);
        Ok(())
    }

    /// The address under which an account is found, if it is proved and nobody else's. Of several people with one address the
    /// first is found by it; the others by their usernames alone.
    async fn free_address(&self, account: &Account) -> Result<Option<String>, Fault> {
        let Some(address) = account.verified_address() else { return Ok(None) };
        let bearer = self.store.bearer::<Account>(&address.name()).await?;
        let free = bearer.is_none_or(|bearer| bearer == account.id.as_str());
        if !free {
            tracing::warn!(
                username = account.username,
                "another account has the same mail address; this one is not found by it"
            );
        }
        Ok(free.then(|| address.key()))
    }

    /// The hash of `clear`, if that is another password than the stored one.
    async fn other_password(&self, clear: &str, stored: Option<String>) -> Result<Option<String>, ImportError> {
        let normalized = password::normalized(clear);
        if let Some(stored) = stored {
            let verified = self.hashing.verify(normalized.clone(), Some(stored)).await;
            if verified.is_ok_and(|verified| verified.same == Same::Yes) {
                return Ok(None);
            }
        }
        self.patiently(normalized).await.map(Some)
    }

    async fn patiently(&self, secret: Zeroizing<String>) -> Result<String, ImportError> {
        let ending = |_| StoreFault::Unavailable("the server is stopping".into());
        self.hashing.hash_patiently(secret).await.map_err(|busy| ending(busy).into())
    }

    async fn import_client(
        &self,
        mut metadata: ClientMetadata,
        replace: ReplaceSecrets,
        done: &mut Imported,
        now: Timestamp,
    ) -> Result<(), ImportError> {
        let id = ClientId::new(&metadata.client_id);
        let before = self.store.read::<Client>(id.as_str()).await?;
        let given = Given {
            clear: metadata.client_secret.take().map(Zeroizing::new),
            hash: metadata.client_secret_hash.take(),
            previous: metadata.previous_client_secret_hash.take(),
            weak: metadata.weak_secret.take() == Some(true),
        };
        let (secret, previous_secret) = match Client::has_secret(&metadata) {
            true => self.secrets_of(&metadata, before.as_ref(), given, (replace, done)).await?,
            false => (None, None),
        };
        let created_at = before.as_ref().map_or(now, |client| client.created_at);
        // Whoever is in the file is vouched for by whoever wrote it, even if it registered itself before.
        let origin = Origin::Administrator;
        let client = Client { id, metadata, secret, previous_secret, created_at, origin };
        let same = before.as_ref() == Some(&client);
        match (&before, same) {
            (None, _) => done.created += 1,
            (Some(_), same) => count(done, !same),
        }
        self.equip(&client, now).await?;
        let key = client.id.to_string();
        let changed = self.store.change::<Client, _, _>(&key, move |before| client.clone().store(before.as_ref(), now));
        Ok(changed.await?.outcome()?)
    }

    /// The file that would import what is here: secrets as hashes.
    pub async fn export(&self) -> Result<String, Fault> {
        let mut file = File::default();
        let mut cursor = None;
        loop {
            let page = self.store.list::<Account>(("accounts", ""), cursor.as_ref(), 200).await?;
            for account in page.items {
                let stored = self.store.read::<Credential>(&Credential::password_key(&account.id)).await?;
                let needs = stored.as_ref().is_some_and(|kept| kept.password_stands() == Stands::BesideFactor);
                let password_needs_factor = needs.then_some(true);
                let password_hash = stored.and_then(Credential::password_hash);
                let Account { username, roles, groups, claims, disabled_at, .. } = account;
                let disabled = disabled_at.map(|_| true);
                let password = None;
                file.users.push(User {
                    username,
                    password,
                    password_hash,
                    password_needs_factor,
                    roles,
                    groups,
                    claims,
                    disabled,
                });
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        loop {
            let page = self.store.list::<Client>(("clients", ""), cursor.as_ref(), 200).await?;
            // Those that registered themselves are nobody's settings: elsewhere they would be an administrator's.
            for client in page.items.into_iter().filter(|client| client.origin == Origin::Administrator) {
                let client_secret_hash = client.secret.map(printed);
                let previous_client_secret_hash = client.previous_secret.map(printed);
                let metadata = client.metadata;
                file.clients.push(ClientMetadata { client_secret_hash, previous_client_secret_hash, ..metadata });
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(serde_json::to_string_pretty(&file).expect("a file of texts can be printed"))
    }
}

fn count(done: &mut Imported, changed: bool) {
    if changed { done.changed += 1 } else { done.unchanged += 1 }
}

/// Judges the whole file before anything is written.
fn check(file: &File) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for (place, user) in file.users.iter().enumerate() {
        let at = |wrong: String| format!("users[{place}] ({}): {wrong}", user.username);
        check_user(user).map_err(at)?;
        if !names.insert(username_key(&user.username)) {
            return Err(at("the username stands twice in the file".into()));
        }
    }
    let mut ids = BTreeSet::new();
    for (place, metadata) in file.clients.iter().enumerate() {
        let at = |wrong: String| format!("clients[{place}] ({}): {wrong}", metadata.client_id);
        client::check(metadata).and_then(|()| check_secret(metadata)).map_err(at)?;
        if !ids.insert(&metadata.client_id) {
            return Err(at("the client_id stands twice in the file".into()));
        }
    }
    Ok(())
}

fn check_user(user: &User) -> Result<(), String> {
    check_username(&user.username)?;
    match (&user.password, &user.password_hash) {
        (Some(_), Some(_)) => return Err("either password or password_hash, not both".into()),
        (None, Some(hash)) => check_hash(hash)?,
        (Some(_) | None, None) => {}
    }
    let short = |word: &&String| !crate::protocol::claims::plain_line(word) || word.chars().count() > 64;
    match user.roles.iter().chain(&user.groups).find(short) {
        Some(word) => Err(format!("{word:?}: roles and groups are lines of at most 64 characters")),
        None => Ok(()),
    }
}
