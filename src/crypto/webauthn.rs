//! The one place that puts challenges to passkeys and verifies what they answer (Web Authentication Level 3).
//!
//! What is particular here, beside what the library does:
//!
//! * Passkeys are found without a name: whoever comes is asked the same ([`RelyingParty::ask`] with no passkeys), and only
//!   after a first factor are those of the account named.
//! * Whether the person has to be verified is decided by each challenge, not by how the passkey was made: a key that
//!   cannot verify anybody is a good second factor, and no more.
//! * The counter is not judged here. The record judges it, in the write that keeps it: the library would compare with a
//!   copy that may be old.
//! * The library makes the challenges (256 bits of the system's randomness) and prints public keys; no other part of a
//!   record is in its words, so that it can change without our records.

use crate::crypto::fingerprint::fingerprint;
use crate::crypto::secret::digest;
use crate::model::authorization::factor::Person;
use crate::model::id::SecretDigest;
use crate::model::passkey::{Backup, Challenge, Passkey, Shown};
use crate::protocol::Issuer;
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AllowCredentials, AttestationConveyancePreference, AttestationFormat, AuthenticationState, COSEAlgorithm, COSEKey,
    CredProtect, Credential, CredentialProtectionPolicy, ParsedAttestation, PublicKeyCredential,
    RegisterPublicKeyCredential, RegisteredExtensions, RegistrationState, RequestRegistrationExtensions,
    UserVerificationPolicy,
};

/// How long a browser waits for the person. A challenge is good for longer: somebody may try again.
const PATIENCE: Duration = Duration::from_secs(300);
/// The longest id of a passkey, in bytes (Web Authentication Level 3, 4).
const LONGEST_ID: usize = 1_023;

/// We, as passkeys know us.
pub struct RelyingParty(WebauthnCore);

/// A challenge on its way to the browser.
#[derive(Debug)]
pub struct Question<S> {
    /// What the browser's own function is given, as JSON.
    pub options: String,
    /// What the answer is held against. Goes out sealed only.
    pub state: S,
}

/// What an answer is held against.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    #[serde(rename = "l")]
    library: AuthenticationState,
    #[serde(rename = "d")]
    digest: SecretDigest,
}

/// What a new passkey is held against.
#[derive(Debug, Serialize, Deserialize)]
pub struct Offered {
    #[serde(rename = "l")]
    library: RegistrationState,
    #[serde(rename = "d")]
    digest: SecretDigest,
}

/// Whose new passkey it will be.
pub struct Owner<'a> {
    /// What the authenticator is to call the account, in base64url.
    pub handle: &'a str,
    /// The username, for the person's eyes.
    pub username: &'a str,
    /// What to call them.
    pub display_name: &'a str,
}

/// An answer as the browser sent it: nothing of it is verified.
#[derive(Debug)]
pub struct Answer(PublicKeyCredential);

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It cannot be read.
    Unreadable,
    /// It answers another challenge, or another kind of question.
    Challenge,
    /// It was given on a page of another origin.
    Origin,
    /// It was made for another relying party.
    RelyingParty,
    /// It verified nobody, and had to.
    Unverified,
    /// The key said before that it cannot be copied, or the reverse.
    Backup,
    /// Its signature is wrong.
    Signature,
}

impl Unfit {
    /// For the audit log.
    pub fn word(self) -> &'static str {
        match self {
            Unfit::Unreadable => "passkey_unreadable",
            Unfit::Challenge => "passkey_challenge",
            Unfit::Origin => "passkey_origin",
            Unfit::RelyingParty => "passkey_relying_party",
            Unfit::Unverified => "passkey_unverified",
            Unfit::Backup => "passkey_backup",
            Unfit::Signature => "passkey_signature",
        }
    }
}

impl From<WebauthnError> for Unfit {
    fn from(error: WebauthnError) -> Unfit {
        match error {
            WebauthnError::InvalidClientDataType | WebauthnError::MismatchedChallenge => Unfit::Challenge,
            WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => Unfit::Origin,
            WebauthnError::InvalidRPIDHash => Unfit::RelyingParty,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Unfit::Unverified,
            WebauthnError::CredentialBackupEligibilityInconsistent | WebauthnError::CredentialMayNotBeHardwareBound => {
                Unfit::Backup
            }
            WebauthnError::AuthenticationFailure => Unfit::Signature,
            _ => Unfit::Unreadable,
        }
    }
}

impl Asked {
    /// The challenge, as records remember it.
    fn challenge(&self, at: Timestamp) -> Challenge {
        Challenge { digest: self.digest.clone(), at }
    }
}

impl Offered {
    /// The challenge, as records remember it.
    pub fn challenge(&self, at: Timestamp) -> Challenge {
        Challenge { digest: self.digest.clone(), at }
    }
}

impl Answer {
    /// Reads one.
    pub fn read(text: &str) -> Option<Answer> {
        let answer = serde_json::from_str::<PublicKeyCredential>(text).ok()?;
        (1..=LONGEST_ID).contains(&answer.raw_id.len()).then_some(Answer(answer))
    }

    /// Which passkey it claims to be.
    pub fn fingerprint(&self) -> String {
        of_id(&self.0.raw_id)
    }

    /// Whose it claims to be, in base64url.
    pub fn handle(&self) -> Option<String> {
        self.0.response.user_handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle))
    }
}

impl RelyingParty {
    /// We, under this issuer. None where its host is an address: no browser makes passkeys for one.
    pub fn of(issuer: &Issuer) -> Option<RelyingParty> {
        let origin = Url::parse(&issuer.origin()).ok()?;
        let id = origin.domain()?.to_owned();
        // The very origin: no subdomain, no other port.
        let core =
            WebauthnCore::new_unsafe_experts_only("Abide", &id, vec![origin], PATIENCE, Some(false), Some(false));
        Some(RelyingParty(core))
    }

    /// A challenge: to one of these passkeys, or, where none is named, to whichever the browser has.
    pub fn ask(&self, person: Person, of: &[Passkey]) -> Question<Asked> {
        let policy = match person {
            Person::Verified => UserVerificationPolicy::Required,
            Person::Present => UserVerificationPolicy::Preferred,
        };
        let builder = self.0.new_challenge_authenticate_builder(Vec::new(), Some(policy));
        let made = builder.map(|builder| builder.allow_backup_eligible_upgrade(true));
        let made = made.and_then(|builder| self.0.generate_challenge_authenticate(builder));
        let (mut request, library) = made.expect("a challenge with a policy can be made");
        request.public_key.allow_credentials = of
            .iter()
            .filter_map(|key| bytes(&key.id))
            .map(|id| AllowCredentials { type_: "public-key".to_owned(), id, transports: None })
            .collect();
        let digest = digest(&URL_SAFE_NO_PAD.encode(&request.public_key.challenge));
        Question { options: printed(&request.public_key), state: Asked { library, digest } }
    }

    /// Verifies what a passkey answered to a challenge of this instant.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(&self, (asked, at): (&Asked, Timestamp), answer: &Answer, key: &Passkey) -> Result<Shown, Unfit> {
        whole_window(&answer.0.response.client_data_json)?;
        let known = credential(key).ok_or(Unfit::Unreadable)?;
        let result = self.0.authenticate_single_credential(&answer.0, &asked.library, &known)?;
        Ok(Shown {
            fingerprint: key.fingerprint.clone(),
            challenge: asked.challenge(at),
            counter: result.counter(),
            backup: backup(result.backup_eligible(), result.backup_state()),
            person: person(result.user_verified()),
        })
    }

    /// The question for a new passkey. Those that are there already are named, so that no authenticator makes a second.
    ///
    /// It has to be found without a name. Whether it verifies the person is its own affair.
    pub fn offer(&self, owner: &Owner<'_>, held: &[Passkey]) -> Option<Question<Offered>> {
        let handle = bytes(owner.handle)?;
        let builder = self.0.new_challenge_register_builder(&handle, owner.username, owner.display_name).ok()?;
        let extensions = RequestRegistrationExtensions {
            // Without its person an authenticator does not even say which accounts it knows.
            cred_protect: Some(CredProtect {
                credential_protection_policy: CredentialProtectionPolicy::UserVerificationOptionalWithCredentialIDList,
                enforce_credential_protection_policy: Some(false),
            }),
            uvm: None,
            ..RequestRegistrationExtensions::default()
        };
        let builder = builder
            .attestation(AttestationConveyancePreference::None)
            .credential_algorithms(COSEAlgorithm::secure_algs())
            .require_resident_key(true)
            .user_verification_policy(UserVerificationPolicy::Preferred)
            .exclude_credentials(Some(held.iter().filter_map(|key| bytes(&key.id)).collect()))
            .extensions(Some(extensions));
        let (request, library) = self.0.generate_challenge_register(builder).ok()?;
        let digest = digest(&URL_SAFE_NO_PAD.encode(&request.public_key.challenge));
        Some(Question { options: printed(&request.public_key), state: Offered { library, digest } })
    }

    /// Verifies a new passkey.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn made(&self, offered: &Offered, answer: &str, label: &str, now: Timestamp) -> Result<Passkey, Unfit> {
        let answer = serde_json::from_str::<RegisterPublicKeyCredential>(answer).map_err(|_| Unfit::Unreadable)?;
        let made = self.0.register_credential(&answer, &offered.library, None)?;
        if !(1..=LONGEST_ID).contains(&made.cred_id.len()) {
            return Err(Unfit::Unreadable);
        }
        Ok(Passkey {
            fingerprint: of_id(&made.cred_id),
            id: URL_SAFE_NO_PAD.encode(&made.cred_id),
            public_key: printed(&made.cred),
            label: label.to_owned(),
            made_at: now,
            used_at: None,
            counter: made.counter,
            backup: backup(made.backup_eligible, made.backup_state),
            person: person(made.user_verified),
        })
    }
}

/// The passkey in the library's words. Its counter and the policy of its making are left out: see above.
fn credential(key: &Passkey) -> Option<Credential> {
    Some(Credential {
        cred_id: bytes(&key.id)?,
        cred: serde_json::from_str::<COSEKey>(&key.public_key).ok()?,
        counter: 0,
        transports: None,
        user_verified: key.person == Person::Verified,
        backup_eligible: key.backup != Backup::Never,
        backup_state: key.backup == Backup::Done,
        registration_policy: UserVerificationPolicy::Discouraged_DO_NOT_USE,
        extensions: RegisteredExtensions::default(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    })
}

/// Was it a page of ours that asked, and not a frame in somebody else's? The library looks at that for new keys alone.
fn whole_window(client_data: &[u8]) -> Result<(), Unfit> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Place {
        #[serde(default)]
        cross_origin: bool,
    }
    match serde_json::from_slice::<Place>(client_data) {
        Ok(Place { cross_origin: false }) => Ok(()),
        Ok(_) => Err(Unfit::Origin),
        Err(_) => Err(Unfit::Unreadable),
    }
}

fn of_id(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(fingerprint(id))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn printed(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what the library makes can be printed")
}

fn person(verified: bool) -> Person {
    if verified { Person::Verified } else { Person::Present }
}

fn backup(eligible: bool, done: bool) -> Backup {
    match (eligible, done) {
        (false, _) => Backup::Never,
        (true, false) => Backup::Possible,
        (true, true) => Backup::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(issuer: &str) -> Option<RelyingParty> {
        RelyingParty::of(&issuer.parse().unwrap())
    }

    #[test]
    fn no_passkeys_where_the_host_is_an_address() {
        assert!(party("https://id.example.com").is_some() && party("http://localhost:8080").is_some());
        assert!(party("https://192.0.2.1").is_none() && party("https://[2001:db8::1]:8443").is_none());
    }

    #[test]
    fn what_browsers_are_asked() {
        let party = party("https://id.example.com:8443").unwrap();
        let question = party.ask(Person::Verified, &[]);
        let options: serde_json::Value = serde_json::from_str(&question.options).unwrap();
        assert_eq!((&options["rpId"], &options["userVerification"]), (&"id.example.com".into(), &"required".into()));
        assert_eq!(options["allowCredentials"], serde_json::json!([]));
        assert_eq!(bytes(options["challenge"].as_str().unwrap()).unwrap().len(), 32);
        assert_ne!(party.ask(Person::Verified, &[]).state.digest, question.state.digest);
        let owner = Owner { handle: "AAAA", username: "mira", display_name: "Mira" };
        let offer = party.offer(&owner, &[]).unwrap();
        let options: serde_json::Value = serde_json::from_str(&offer.options).unwrap();
        let selection = &options["authenticatorSelection"];
        assert_eq!(
            (&selection["residentKey"], &selection["userVerification"]),
            (&"required".into(), &"preferred".into())
        );
        assert_eq!((&options["attestation"], &options["rp"]["id"]), (&"none".into(), &"id.example.com".into()));
    }

    #[test]
    fn what_is_no_answer() {
        for text in ["", "{}", "null", "[]", "\u{0}", &"x".repeat(10_000), &"[".repeat(10_000)] {
            assert!(Answer::read(text).is_none());
        }
    }
}
