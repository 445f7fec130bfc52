//! Apps register themselves, and look after their registration (RFC 7591; RFC 7592; OpenID Connect Dynamic Client
//! Registration 1.0).
//!
//! Nobody vouches for such a client: see [`crate::model::client::Origin`]. Its registration access token stays the same for
//! as long as it lives: an app that loses the answer to a change is not locked out of its own registration.

use crate::crypto::random;
use crate::crypto::secret::{Same, Secret, compare, digest};
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::client::{Client, Origin};
use crate::model::cookies::Switch;
use crate::model::id::{ClientId, SecretDigest};
use crate::model::outbound::Author;
use crate::model::record::Change;
use crate::model::registration::{self, LOOK_AGAIN, Refused};
use crate::model::throttle::{ADDRESS, Attempt, Pace};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::time::Timestamp;
use crate::store::StoreFault;
use serde_json::{Map, Value, json};
use std::time::Duration;
use zeroize::Zeroizing;

/// Where they do.
pub const PATH: &str = "/register";
/// Strangers of one network: 10 registrations and changes, then slower and slower, down to one in ten minutes. Each may
/// leave a record with us for months, and have us ask somebody for a document.
const STRANGERS: Pace = Pace::Doubling { free: 10, longest: Duration::from_secs(600) };

/// What an app is told of its registration. The secrets are known here this once.
#[derive(Debug)]
pub struct Information {
    /// The client.
    pub client: Client,
    /// Its secret, where it is new.
    pub secret: Option<Secret>,
    /// Its registration access token.
    pub token: Secret,
}

/// Who knocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Somebody with an initial access token.
    ByToken,
    /// Anybody.
    Open,
    /// Nobody gets in.
    Off,
    /// Not without a token that is good.
    Unauthorized,
}

/// Why there is no registration.
#[derive(Debug)]
pub enum NotRegistered {
    /// The token is not good.
    Unauthorized,
    /// Too often.
    TooOften(Timestamp),
    /// What it says of itself is wrong.
    Refused(Refused),
    /// Something broke.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for NotRegistered {
    fn from(fault: F) -> NotRegistered {
        NotRegistered::Fault(fault.into())
    }
}

impl Information {
    /// As the app gets it (RFC 7591, section 3.2.1; RFC 7592, section 3).
    pub fn document(&self, idp: &Idp) -> Value {
        let mut told = registration::shown(&self.client.metadata);
        let id = self.client.id.as_str();
        told.insert("client_id".into(), json!(id));
        told.insert("client_id_issued_at".into(), json!(self.client.created_at.0));
        told.insert("registration_client_uri".into(), json!(idp.issuer.at(&format!("{PATH}/{id}"))));
        told.insert("registration_access_token".into(), json!(self.token.expose()));
        if let Some(secret) = &self.secret {
            told.insert("client_secret".into(), json!(secret.expose()));
        }
        if self.client.secret.is_some() {
            told.insert("client_secret_expires_at".into(), json!(0));
        }
        Value::Object(told)
    }
}

impl Idp {
    /// May whoever knocks with this token register a client?
    pub fn admits(&self, token: Option<&str>) -> Admission {
        let terms = &self.settings.registration;
        if terms.offered() == Switch::Off {
            return Admission::Off;
        }
        match token.map(digest) {
            // All are compared, so that the time tells nothing of which one it was.
            Some(presented) => match terms.tokens.iter().filter(|known| is_same(known, &presented)).count() {
                0 => Admission::Unauthorized,
                _ => Admission::ByToken,
            },
            None if terms.open == Switch::On => Admission::Open,
            None => Admission::Unauthorized,
        }
    }

    /// Registers a client.
    ///
    /// # Errors
    /// Why not; then nothing but the count of attempts was stored.
    pub async fn register(
        &self,
        (admission, address): (Admission, &str),
        said: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Information, NotRegistered> {
        if matches!(admission, Admission::Off | Admission::Unauthorized) {
            return Err(NotRegistered::Unauthorized);
        }
        let id = random::id();
        let metadata = registration::read(said, &id, &self.settings.registration).map_err(NotRegistered::Refused)?;
        self.count_registration((admission, address), now).await?;
        self.check_sector(&metadata, now).await?;
        let token = random::secret();
        let secret = Client::has_secret(&metadata).then(random::secret);
        let kept = secret.as_ref().map(|secret| {
            let clear = Zeroizing::new(secret.expose().to_owned());
            self.kept_secret((&id, metadata.token_endpoint_auth_method), &clear)
        });
        let origin = Origin::Registered { token: token.digest(), last_used: None };
        let client =
            Client { id: ClientId::new(&id), metadata, secret: kept, previous_secret: None, created_at: now, origin };
        self.equip(&client, now).await?;
        let (new, look) = (client.clone(), now + self.settings.registration.unused.span().unwrap_or(LOOK_AGAIN));
        let changed = self.store.change::<Client, _, _>(&id, move |before| match before {
            Some(_) => Change::keep(false),
            None => {
                let event = Event::done(Act::ClientCreated, now).client(&new.id).because("registered");
                Change::put(true, new.clone()).told(event).due(look).looking_for_logo(None, now)
            }
        });
        // 128 random bits that somebody else has: something is wrong with the randomness.
        if !changed.await?.outcome()? {
            return Err(StoreFault::Unavailable("a client id came twice".into()).into());
        }
        Ok(Information { client, secret, token })
    }

    /// What a client registered, for whoever has its token.
    ///
    /// # Errors
    /// The token is not good: of no client, of another one, or of one that is gone.
    pub async fn registration(&self, id: &str, token: &str) -> Result<Information, NotRegistered> {
        let found = if id.len() <= 200 { self.store.read::<Client>(id).await? } else { None };
        let client = found.filter(|client| is_own(client, &digest(token))).ok_or(NotRegistered::Unauthorized)?;
        Ok(Information { client, secret: None, token: Secret::new(token) })
    }

    /// Replaces what a client says of itself.
    ///
    /// # Errors
    /// Why not; then it is what it was.
    pub async fn reregister(
        &self,
        (id, token): (&str, &str),
        (address, said): (&str, &Map<String, Value>),
        now: Timestamp,
    ) -> Result<Information, NotRegistered> {
        let Information { client, token, .. } = self.registration(id, token).await?;
        if said.get("client_id").and_then(Value::as_str) != Some(id) {
            return wrong("client_id: it must be the one of the registration (RFC 7592, section 2.2)");
        }
        let metadata = registration::read(said, id, &self.settings.registration).map_err(NotRegistered::Refused)?;
        let clear = self.own_secret(&client, said)?;
        self.count_registration((Admission::Open, address), now).await?;
        self.check_sector(&metadata, now).await?;
        let whose = (id, metadata.token_endpoint_auth_method);
        let same_method = client.metadata.token_endpoint_auth_method == whose.1;
        let mut fresh = None;
        let secret = match (Client::has_secret(&metadata), clear, client.secret.clone()) {
            (false, ..) => None,
            (true, None, Some(kept)) if same_method => Some(kept),
            (true, Some(clear), _) => Some(self.kept_secret(whose, &clear)),
            (true, None, kept) => match kept.and_then(|kept| self.rekept_secret(whose, kept)) {
                Some(kept) => Some(kept),
                None => {
                    let clear = Zeroizing::new(fresh.insert(random::secret()).expose().to_owned());
                    Some(self.kept_secret(whose, &clear))
                }
            },
        };
        let after = Client { metadata, secret, previous_secret: None, ..client };
        self.equip(&after, now).await?;
        let (new, own) = (after.clone(), token.digest());
        let changed = self.store.change::<Client, _, _>(id, move |before| match before {
            Some(before) if is_own(&before, &own) => {
                let event = Event::done(Act::ClientChanged, now).client(&new.id).because("registered");
                let after = Client { origin: before.origin.clone(), ..new.clone() };
                Change::put(true, after).told(event).looking_for_logo(Some(&before), now)
            }
            _ => Change::keep(false),
        });
        if !changed.await?.outcome()? {
            return Err(NotRegistered::Unauthorized);
        }
        Ok(Information { client: after, secret: fresh, token })
    }

    /// A client goes. What it was granted is dead with it: that is judged against its record.
    ///
    /// # Errors
    /// The token is not good.
    pub async fn deregister(&self, (id, token): (&str, &str), now: Timestamp) -> Result<(), NotRegistered> {
        self.registration(id, token).await?;
        let own = digest(token);
        let changed = self.store.change::<Client, _, _>(id, move |before| match before {
            Some(before) if is_own(&before, &own) => {
                let event = Event::done(Act::ClientRemoved, now).client(&before.id).because("registered");
                Change::delete(true).told(event).looking_for_logo(Some(&before), now)
            }
            _ => Change::keep(false),
        });
        if changed.await?.outcome()? { Ok(()) } else { Err(NotRegistered::Unauthorized) }
    }

    /// A client is used, by a sign-in or a request for tokens: its registration stays.
    pub(in crate::flow) async fn note_use(&self, client: &Client, now: Timestamp) -> Result<(), Fault> {
        // Judged on the copy first: nearly always there is nothing to write.
        if matches!(client.clone().used(now).fate, crate::model::record::Fate::Keep) {
            return Ok(());
        }
        let rule = move |before: Option<Client>| before.map_or_else(|| Change::keep(()), |client| client.used(now));
        Ok(self.store.change::<Client, _, _>(client.id.as_str(), rule).await?.outcome()?)
    }

    async fn count_registration(
        &self,
        (admission, address): (Admission, &str),
        now: Timestamp,
    ) -> Result<(), NotRegistered> {
        let certification = self.settings.registration.certification == Switch::On;
        let pace = if admission == Admission::ByToken || certification { ADDRESS } else { STRANGERS };
        let lane = self.bucket("register", &[&address_prefix(address)]);
        match self.count(&lane, pace, now).await? {
            Attempt::Allowed => Ok(()),
            Attempt::Wait { until } => Err(NotRegistered::TooOften(until)),
        }
    }

    /// Whoever names a sector is in its list. A stranger wrote the address: only the public Internet is asked.
    async fn check_sector(&self, metadata: &ClientMetadata, now: Timestamp) -> Result<(), NotRegistered> {
        let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
        let Some(listed) = self.sectors.of(uri, Author::Stranger, now).await else {
            return wrong("sector_identifier_uri: no JSON array of redirect URIs could be had from there");
        };
        registration::in_sector(metadata, &listed).map_err(NotRegistered::Refused)
    }

    /// The secret that a change repeats. A client cannot choose one (RFC 7592, section 2.2).
    fn own_secret(
        &self,
        client: &Client,
        said: &Map<String, Value>,
    ) -> Result<Option<Zeroizing<String>>, NotRegistered> {
        let clear = match said.get("client_secret") {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(clear)) => Zeroizing::new(clear.clone()),
            Some(_) => return wrong("client_secret: it is not the one that the client has"),
        };
        let known = |kept| self.is_strong_secret(client.id.as_str(), kept, &clear) == Same::Yes;
        if client.secrets().any(known) {
            Ok(Some(clear))
        } else {
            wrong("client_secret: it is not the one that the client has")
        }
    }
}

fn wrong<T>(description: &str) -> Result<T, NotRegistered> {
    Err(NotRegistered::Refused(Refused::metadata(description)))
}

fn is_same(known: &SecretDigest, presented: &SecretDigest) -> bool {
    compare(known.as_key().as_bytes(), presented.as_key().as_bytes()) == Same::Yes
}

fn is_own(client: &Client, presented: &SecretDigest) -> bool {
    matches!(&client.origin, Origin::Registered { token, .. } if is_same(token, presented))
}
