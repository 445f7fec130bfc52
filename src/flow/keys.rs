//! Our signing keys: one record of the store has all of them, sealed by the installation's key, so that whichever node
//! changes them, all have the same. Each node asks for that record every second, and one of them gives every key its
//! successor in time.

use crate::crypto::keyring::KeyError;
use crate::crypto::seal::Purpose;
use crate::crypto::signing_key::{KeptKey, SigningKey};
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::client::Client;
use crate::model::record::Change;
use crate::model::setting::Setting;
use crate::model::signing_key::{
    KeyStanding, PrivateHalf, SigningKeyFacts, Successor, Turn, Urgency, remaining, successors,
};
use crate::protocol::signing::SigningAlg;
use crate::protocol::time::Timestamp;

/// Why the signing keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// They are sealed by another key than ours.
    #[error(
        "the signing keys in the store are sealed by the key of another keys_dir; give every node the keys_dir of the \
         installation that made this store. Only where that one is lost for good: stop all nodes, and `abide keys rotate \
         --revoke` makes new ones"
    )]
    OtherFolder,
    /// One of them cannot be read.
    #[error(
        "the signing key {0} in the store cannot be read; stop all nodes, and `abide keys rotate --revoke` makes new ones"
    )]
    Damaged(String),
    /// Others changed them again and again meanwhile.
    #[error("the signing keys were changed by other nodes at the same time; try again")]
    Contended,
    /// None could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A write that meets another one begins again, so often at most.
const ATTEMPTS: usize = 8;

/// Did our write come first?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Yes,
    /// The record is not any more the one it was made from.
    No,
}

impl Idp {
    /// Makes the keys of the store ready for use; where it has none, those of a former version or new ones become its
    /// own.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn open_keys(&self, former: &[KeptKey], now: Timestamp) -> Result<(), Fault> {
        self.turn_keys(Turn::Wanted(SigningAlg::default()), former, now).await
    }

    /// Takes over what another node, or the command line, made of the keys. To be called every second.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn follow_keys(&self) -> Result<(), Fault> {
        let Some(record) = self.key_record().await? else { return Ok(()) };
        if !self.ring.is_of(&record) {
            let kept = self.unsealed(&record)?;
            self.take_over(&kept, record)?;
            tracing::info!(keys = kept.len(), "the signing keys are other ones now");
        }
        Ok(())
    }

    /// Gives keys that have signed long enough their successors, and forgets what is over. The work of one node.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn succeed_keys(&self, now: Timestamp) -> Result<(), Fault> {
        let (turn, ring) = (Turn::Due(self.settings.rotate_after), self.ring.facts());
        let made = successors(&ring, turn, now);
        let all_stay = remaining(&ring, &made, turn, now).len() == ring.len();
        if made.is_empty() && all_stay && !self.ring.has_spent(now) {
            return Ok(());
        }
        self.turn_keys(turn, &[], now).await
    }

    /// Makes new keys because an administrator says so; answers with all there are then.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn rotate_keys(&self, urgency: Urgency, now: Timestamp) -> Result<Vec<SigningKeyFacts>, Fault> {
        self.turn_keys(Turn::Asked(urgency), &[], now).await?;
        Ok(self.ring.facts())
    }

    /// Every key, as the store has them now.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn keys(&self) -> Result<Vec<SigningKeyFacts>, Fault> {
        self.follow_keys().await?;
        Ok(self.ring.facts())
    }

    /// Has the keys that this client wants its tokens signed with. Before its first token, or earlier: then verifiers see
    /// them earlier.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub async fn equip(&self, client: &Client, now: Timestamp) -> Result<(), Fault> {
        for alg in client.algorithms() {
            if self.ring.signer(alg, now).is_none() {
                self.turn_keys(Turn::Wanted(alg), &[], now).await?;
            }
        }
        Ok(())
    }

    async fn turn_keys(&self, turn: Turn, former: &[KeptKey], now: Timestamp) -> Result<(), Fault> {
        for _ in 0..ATTEMPTS {
            let record = self.key_record().await?;
            let before = match &record {
                None => former.to_vec(),
                // All of them go anyway, also where they cannot be read any more.
                Some(sealed) if turn == Turn::Asked(Urgency::Revoking) => self.unsealed(sealed).unwrap_or_default(),
                Some(sealed) => self.unsealed(sealed)?,
            };
            let ring: Vec<SigningKeyFacts> = before.iter().map(|key| key.facts.clone()).collect();
            let wanted = successors(&ring, turn, now);
            let remaining = remaining(&ring, &wanted, turn, now);
            let spent = before.iter().any(|key| is_spent(key, now));
            if let (Some(sealed), true) = (&record, wanted.is_empty() && remaining.len() == ring.len() && !spent) {
                return Ok(self.take_over(&before, sealed.clone())?);
            }
            let made = generate(wanted).await?;
            let events = events(turn, &ring, &made, now);
            let mut kept = kept_on(before, &remaining, now);
            kept.extend(made);
            let sealed = self.seals.seal(Purpose::SigningKeys, &kept);
            if self.write_keys(record, sealed.clone(), events).await? == Written::Yes {
                return Ok(self.take_over(&kept, sealed)?);
            }
        }
        Err(KeyFault::Contended.into())
    }

    async fn key_record(&self) -> Result<Option<String>, Fault> {
        Ok(self.store.read::<Setting>(Setting::SIGNING_KEYS).await?.and_then(sealed_in))
    }

    /// One record decides: of all who made keys from the same ones, one's are written.
    async fn write_keys(&self, before: Option<String>, sealed: String, events: Vec<Event>) -> Result<Written, Fault> {
        let changed = self.store.change::<Setting, _, _>(Setting::SIGNING_KEYS, move |found| {
            if found.and_then(sealed_in) != before {
                return Change::keep(Written::No);
            }
            let change = Change::put(Written::Yes, Setting::SigningKeys { sealed: sealed.clone() });
            events.iter().cloned().fold(change, Change::told)
        });
        Ok(changed.await?.outcome()?)
    }

    fn unsealed(&self, record: &str) -> Result<Vec<KeptKey>, KeyFault> {
        self.seals.open(Purpose::SigningKeys, record).ok_or(KeyFault::OtherFolder)
    }

    fn take_over(&self, kept: &[KeptKey], record: String) -> Result<(), KeyFault> {
        let parsed = kept
            .iter()
            .map(|key| SigningKey::parse(key).ok_or_else(|| KeyFault::Damaged(key.facts.kid.clone())))
            .collect::<Result<Vec<_>, _>>()?;
        self.ring.replace(parsed, record);
        Ok(())
    }
}

fn sealed_in(setting: Setting) -> Option<String> {
    match setting {
        Setting::SigningKeys { sealed } => Some(sealed),
        _ => None,
    }
}

/// Off the event loop: an RSA key takes a while.
async fn generate(wanted: Vec<Successor>) -> Result<Vec<KeptKey>, KeyFault> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let made = move || wanted.iter().map(KeptKey::generate).collect::<Result<Vec<_>, _>>();
    Ok(tokio::task::spawn_blocking(made).await.map_err(|_| KeyError::Generation)??)
}

fn is_spent(key: &KeptKey, now: Timestamp) -> bool {
    key.has_private() && key.facts.private_half(now) == PrivateHalf::Spent
}

/// The keys that remain, without what no longer signs.
fn kept_on(before: Vec<KeptKey>, remaining: &[SigningKeyFacts], now: Timestamp) -> Vec<KeptKey> {
    let kept = before.into_iter().filter_map(|key| {
        let facts = remaining.iter().find(|facts| facts.kid == key.facts.kid)?;
        let key = key.with(facts.clone());
        if is_spent(&key, now) { key.without_private() } else { Some(key) }
    });
    kept.collect()
}

fn events(turn: Turn, before: &[SigningKeyFacts], made: &[KeptKey], now: Timestamp) -> Vec<Event> {
    let why = match turn {
        Turn::Due(_) => "due",
        Turn::Wanted(_) => "wanted",
        Turn::Asked(urgency) => urgency.word(),
    };
    let event = |act, kid: &str| Event::done(act, now).because(why).to(kid);
    let mut all: Vec<Event> = made.iter().map(|key| event(Act::SigningKeyMade, &key.facts.kid)).collect();
    if turn == Turn::Asked(Urgency::Revoking) {
        let shown = before.iter().filter(|key| key.standing(now) != KeyStanding::Gone);
        all.extend(shown.map(|key| event(Act::SigningKeyRevoked, &key.kid)));
    }
    all
}
