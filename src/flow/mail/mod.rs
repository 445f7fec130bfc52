//! Mails leave the house.
//!
//! What is to be said is a letter ([`crate::model::mail::letter`]), sealed into a record of the outbox in the same change as
//! what it tells of. The sweep claims what is due; whoever sends it puts it into words ([`words`]) only then, and writes down
//! what came of it. [`notices`] is how an event becomes a letter.
//!
//! A letter to nobody is posted, claimed and forgotten like any other: where it must not show whether there is an account,
//! it makes the work the same.

mod notices;
mod words;

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::Event;
use crate::model::cookies::Switch;
use crate::model::id::AccountId;
use crate::model::mail::letter::Letter;
use crate::model::mail::{Mail, Sent};
use crate::model::record::{Change, Due};
use crate::outside::mail::{Mailer, Post, Unsent};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Mails on their way at the same time.
const AT_ONCE: usize = 16;
/// When a mail is looked at again for which there was no place.
const CROWDED: Duration = Duration::from_secs(5);

/// What sends mails, and how many at a time.
pub struct PostOffice {
    mailer: Option<Mailer>,
    counters: Arc<Semaphore>,
}

impl PostOffice {
    /// With what sends; without it there is no mail.
    pub fn new(mailer: Option<Mailer>) -> PostOffice {
        PostOffice { mailer, counters: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// A claimed mail on its way.
#[derive(Debug)]
pub struct Outgoing {
    mail: Mail,
    place: OwnedSemaphorePermit,
}

/// What a link in a mail is good for.
#[derive(Debug)]
pub enum Link<T> {
    /// It is good.
    Good(T),
    /// It belongs to another browser.
    Elsewhere,
    /// It was used, is too old, or is none.
    Void,
}

impl Idp {
    /// Is there mail? Without it nothing that needs it is offered.
    pub fn mail(&self) -> Switch {
        if self.post.mailer.is_some() { Switch::On } else { Switch::Off }
    }

    /// A letter, sealed and addressed: to be written with what it tells of.
    pub(super) fn posted(&self, letter: &Letter, account: Option<&AccountId>, now: Timestamp) -> Mail {
        let id = random::id();
        let plain = serde_json::to_vec(letter).expect("a letter of texts can be printed");
        // Moved to another record of the outbox it is nothing.
        let sealed = self.seals.seal_bytes(Purpose::Letter, id.as_bytes(), plain);
        Mail {
            sealed: URL_SAFE_NO_PAD.encode(sealed),
            about: letter.about().to_owned(),
            account: account.cloned(),
            until: now + letter.worth(),
            attempts: 0,
            next_at: now,
            id,
        }
    }

    /// Writes a letter that is a change of its own.
    pub(super) async fn post(&self, mail: Mail, event: Event) -> Result<(), Fault> {
        let key = mail.id.clone();
        let changed = self.store.change::<Mail, _, _>(&key, move |_| mail.clone().post().told(event.clone()));
        Ok(changed.await?.outcome()?)
    }

    /// The appointment of a mail has come: it is claimed, if there is a place for it. The sweep never waits for one: a mail
    /// server that hangs keeps no relying app from being told of an end.
    pub(super) async fn take_out(&self, due: Due, now: Timestamp) -> Result<Option<Outgoing>, Fault> {
        let Ok(place) = Arc::clone(&self.post.counters).try_acquire_owned() else {
            self.store.postpone(due, now + CROWDED).await?;
            return Ok(None);
        };
        let mail = self.visit::<Mail, _>(due, move |mail| mail.claim(now)).await?;
        Ok(mail.map(|mail| Outgoing { mail, place }))
    }

    /// Sends a claimed mail, and writes down what came of it.
    ///
    /// # Errors
    /// The store; the mail is tried again when its claim is over.
    pub async fn send_mail(&self, outgoing: Outgoing, now: Timestamp) -> Result<(), Fault> {
        let Outgoing { mail, place: _place } = outgoing;
        let sent = self.attempt(&mail, now).await;
        let (key, attempt) = (mail.id, mail.attempts);
        let changed = self.store.change::<Mail, _, _>(&key, move |before| match before {
            Some(mail) => mail.tried(attempt, sent, now),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    async fn attempt(&self, mail: &Mail, now: Timestamp) -> Sent {
        let Some(letter) = self.opened(mail) else {
            tracing::error!(id = mail.id, "a mail cannot be opened: was it sealed by another key?");
            return Sent::Refused;
        };
        if letter.to.is_none() {
            return Sent::ToNobody;
        }
        let Some(to) = letter.address() else { return Sent::Refused };
        let Some(mailer) = &self.post.mailer else { return Sent::NotNow };
        let words = words::of(&letter, &self.issuer.host());
        let post = Post {
            to: &to.to_string(),
            subject: &words.subject,
            plain: words.plain,
            html: words.html,
            id: &mail.id,
            at: now,
        };
        match mailer.send(post).await {
            Ok(()) => Sent::Yes,
            Err(why @ Unsent::Refused(_)) => {
                tracing::warn!(id = mail.id, about = mail.about, %why, "a mail is given up");
                Sent::Refused
            }
            Err(why @ Unsent::NotNow(_)) => {
                tracing::warn!(id = mail.id, about = mail.about, attempts = mail.attempts, %why, "a mail is tried again");
                Sent::NotNow
            }
        }
    }

    fn opened(&self, mail: &Mail) -> Option<Letter> {
        let sealed = URL_SAFE_NO_PAD.decode(&mail.sealed).ok()?;
        let plain = self.seals.open_bytes(Purpose::Letter, mail.id.as_bytes(), sealed)?;
        serde_json::from_slice(&plain).ok()
    }
}

/// The language an account prefers.
pub(super) fn locale_of(account: &Account) -> Option<String> {
    account.claims.get("locale").and_then(Value::as_str).map(str::to_owned)
}
