//! What travels through browsers and clients, and must be ours when it comes back.
//!
//! One key of the installation, kept in `keys_dir` and never in the store; a key of its own is derived from it for
//! every purpose, so that a sealed value of one kind is nothing to another (DESIGN 8, lesson 5).

use crate::crypto::secret::{Same, compare};
use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// What a sealed value, a MAC or a derived name is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// An authorization code.
    Code,
    /// An interaction that no credential was accepted for yet.
    Interaction,
    /// The id of a browser, in its cookie.
    Browser,
    /// The hidden token of forms.
    Csrf,
    /// What forms call the person to whom their page is shown.
    ShownPerson,
    /// A refresh token.
    Refresh,
    /// The `sid` a session is known by outside.
    SessionName,
    /// What the clients of a sector call a person.
    PairwiseSubject,
    /// The bucket of a throttle lane.
    Throttle,
    /// A logout request that asks first.
    Logout,
    /// What a browser may see after it signed out.
    SignedOut,
    /// A backup.
    Backup,
    /// The secret of the cookie `silent`.
    Silent,
    /// What the cookie `state` says of a session.
    BrowserState,
    /// The secret of an authenticator app, at rest.
    Totp,
    /// The same while it is being set up, in the form.
    Enrolment,
    /// A challenge to a passkey, in the form that brings its answer.
    Passkey,
    /// The same for a new passkey.
    NewPasskey,
    /// What authenticators call an account.
    PasskeyHandle,
    /// The state of a sign-in that is underway at an upstream.
    Upstream,
    /// A letter in the outbox.
    Letter,
    /// The link to a new password.
    ResetLink,
    /// The link that proves a mail address.
    AddressLink,
    /// The link with which an account comes to be.
    SignUpLink,
    /// The code that is mailed where a sign-in is unusual.
    MailedCode,
    /// The secret of a client that authenticates by HMAC, at rest.
    ClientSecret,
    /// Under which key a device waits whose user code somebody enters.
    UserCode,
    /// A request that a client pushed.
    PushedRequest,
    /// The signing keys, in the store.
    SigningKeys,
    /// An access token that only we can read.
    AccessToken,
    /// What proofs of possession have to say.
    DpopNonce,
}

const PURPOSES: [Purpose; 31] = [
    Purpose::Code,
    Purpose::Interaction,
    Purpose::Browser,
    Purpose::Csrf,
    Purpose::ShownPerson,
    Purpose::Refresh,
    Purpose::SessionName,
    Purpose::PairwiseSubject,
    Purpose::Throttle,
    Purpose::Logout,
    Purpose::SignedOut,
    Purpose::Backup,
    Purpose::Silent,
    Purpose::BrowserState,
    Purpose::Totp,
    Purpose::Enrolment,
    Purpose::Passkey,
    Purpose::NewPasskey,
    Purpose::PasskeyHandle,
    Purpose::Upstream,
    Purpose::Letter,
    Purpose::ResetLink,
    Purpose::AddressLink,
    Purpose::SignUpLink,
    Purpose::MailedCode,
    Purpose::ClientSecret,
    Purpose::UserCode,
    Purpose::PushedRequest,
    Purpose::SigningKeys,
    Purpose::AccessToken,
    Purpose::DpopNonce,
];

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Purpose::Code => "abide code 1",
            Purpose::Interaction => "abide interaction 1",
            Purpose::Browser => "abide browser 1",
            Purpose::Csrf => "abide csrf 1",
            Purpose::ShownPerson => "abide shown person 1",
            Purpose::Refresh => "abide refresh 1",
            Purpose::SessionName => "abide session name 1",
            Purpose::PairwiseSubject => "abide pairwise subject 1",
            Purpose::Throttle => "abide throttle 1",
            Purpose::Logout => "abide logout 1",
            Purpose::SignedOut => "abide signed out 1",
            Purpose::Backup => "abide backup 1",
            Purpose::Silent => "abide silent 1",
            Purpose::BrowserState => "abide browser state 1",
            Purpose::Totp => "abide totp 1",
            Purpose::Enrolment => "abide enrolment 1",
            Purpose::Passkey => "abide passkey 1",
            Purpose::NewPasskey => "abide new passkey 1",
            Purpose::PasskeyHandle => "abide handle of passkeys 1",
            Purpose::Upstream => "abide upstream 1",
            Purpose::Letter => "abide letter 1",
            Purpose::ResetLink => "abide reset link 1",
            Purpose::AddressLink => "abide address link 1",
            Purpose::SignUpLink => "abide sign-up link 1",
            Purpose::MailedCode => "abide mailed code 1",
            Purpose::ClientSecret => "abide client secret 1",
            Purpose::UserCode => "abide user code 1",
            Purpose::PushedRequest => "abide pushed request 1",
            Purpose::SigningKeys => "abide signing keys 1",
            Purpose::AccessToken => "abide access token 1",
            Purpose::DpopNonce => "abide dpop nonce 1",
        }
    }
}

/// The derived keys.
pub struct Seals {
    sealing: HashMap<Purpose, RandomizedNonceKey>,
    naming: HashMap<Purpose, hmac::Key>,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Seals {
    /// Derives every key from the installation's (32 bytes).
    pub fn new(root: &[u8; 32]) -> Seals {
        let derived = |purpose: Purpose, what: &str| -> [u8; 32] {
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, what.as_bytes()).extract(root);
            let mut out = [0; 32];
            let info = [purpose.label().as_bytes()];
            let okm = prk.expand(&info, Length(32)).expect("32 bytes are within what HKDF gives");
            okm.fill(&mut out).expect("the length is the one asked for");
            out
        };
        let sealing = PURPOSES.map(|purpose| {
            let key = RandomizedNonceKey::new(&AES_256_GCM, &derived(purpose, "seal"));
            (purpose, key.expect("32 bytes are an AES-256 key"))
        });
        let naming = PURPOSES.map(|purpose| (purpose, hmac::Key::new(hmac::HMAC_SHA256, &derived(purpose, "mac"))));
        Seals { sealing: sealing.into_iter().collect(), naming: naming.into_iter().collect() }
    }

    /// Seals a value: encrypted and authenticated, base64url.
    pub fn seal<T: Serialize>(&self, purpose: Purpose, value: &T) -> String {
        let bytes = serde_json::to_vec(value).expect("what is sealed can be printed");
        URL_SAFE_NO_PAD.encode(self.seal_bytes(purpose, &[], bytes))
    }

    /// Opens a sealed value; none when it is not ours, not for this purpose or altered.
    pub fn open<T: DeserializeOwned>(&self, purpose: Purpose, text: &str) -> Option<T> {
        let plain = self.open_bytes(purpose, &[], URL_SAFE_NO_PAD.decode(text).ok()?)?;
        serde_json::from_slice(&plain).ok()
    }

    /// Seals bytes together with a context that is not in them and has to be the same when they are opened: nonce,
    /// ciphertext, tag.
    pub fn seal_bytes(&self, purpose: Purpose, context: &[u8], mut plain: Vec<u8>) -> Vec<u8> {
        let nonce = self.sealing[&purpose]
            .seal_in_place_append_tag(aad(purpose, context), &mut plain)
            .expect("sealing a short value succeeds");
        [&nonce.as_ref()[..], &plain].concat()
    }

    /// Opens sealed bytes; none when they are not ours, not for this purpose and context, or altered.
    pub fn open_bytes(&self, purpose: Purpose, context: &[u8], sealed: Vec<u8>) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(12)?;
        let nonce = aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = rest.to_vec();
        let plain = self.sealing[&purpose].open_in_place(nonce, aad(purpose, context), &mut rest).ok()?;
        Some(plain.to_vec())
    }

    /// The MAC over some parts, each preceded by its length: 32 bytes.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.naming[&purpose]);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    /// Is this the MAC over those parts?
    pub fn check(&self, purpose: Purpose, parts: &[&[u8]], presented: &[u8]) -> Same {
        compare(&self.mac(purpose, parts), presented)
    }
}

/// No label is the beginning of another one, so label and context cannot be taken for another pair.
fn aad(purpose: Purpose, context: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([purpose.label().as_bytes(), context].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_for_one_purpose_is_nothing_to_another() {
        let seals = Seals::new(&[7; 32]);
        let text = seals.seal(Purpose::Code, &"hello");
        assert_eq!(seals.open::<String>(Purpose::Code, &text).as_deref(), Some("hello"));
        for other in PURPOSES.into_iter().filter(|p| *p != Purpose::Code) {
            assert_eq!(seals.open::<String>(other, &text), None, "{other:?}");
        }
        assert_eq!(Seals::new(&[8; 32]).open::<String>(Purpose::Code, &text), None);
    }

    #[test]
    fn one_altered_character_spoils_it() {
        let seals = Seals::new(&[7; 32]);
        let text = seals.seal(Purpose::Code, &"hello");
        for at in 0..text.len() {
            let mut altered: Vec<u8> = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(seals.open::<String>(Purpose::Code, &altered), None);
            assert_eq!(seals.open::<String>(Purpose::Code, &text[..at]), None);
        }
    }

    #[test]
    fn a_context_has_to_be_the_same() {
        let seals = Seals::new(&[7; 32]);
        let sealed = seals.seal_bytes(Purpose::Backup, b"one", b"hello".to_vec());
        assert_eq!(seals.open_bytes(Purpose::Backup, b"one", sealed.clone()).as_deref(), Some(&b"hello"[..]));
        for (purpose, context) in [(Purpose::Backup, &b"two"[..]), (Purpose::Backup, b""), (Purpose::Code, b"one")] {
            assert_eq!(seals.open_bytes(purpose, context, sealed.clone()), None);
        }
    }

    #[test]
    fn a_mac_knows_where_its_parts_end() {
        let seals = Seals::new(&[7; 32]);
        assert_ne!(seals.mac(Purpose::Csrf, &[b"ab", b"c"]), seals.mac(Purpose::Csrf, &[b"a", b"bc"]));
        assert_ne!(seals.mac(Purpose::Csrf, &[b"a"]), seals.mac(Purpose::Refresh, &[b"a"]));
    }
}
