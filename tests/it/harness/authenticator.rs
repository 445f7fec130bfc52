//! An authenticator in software: makes passkeys and signs challenges by the rules of Web Authentication Level 3, with CBOR
//! written by hand, so that nothing of it is the code under test. Everything it says can be bent.

use super::browser::Answer;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::rc::Rc;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// The authenticator. Its fields are what it says; change them, and it lies.
#[derive(Clone)]
pub struct Authenticator {
    /// Where it believes to be.
    pub origin: String,
    /// For whom it signs.
    pub rp_id: String,
    /// Does it see somebody?
    pub present: bool,
    /// Does it verify them?
    pub verifies: bool,
    /// Is it carried to other devices?
    pub synced: bool,
    /// Does it say that its page was in a frame of another site?
    pub framed: bool,
    /// `webauthn.get` and `webauthn.create`, unless it says something else.
    pub kind: Option<&'static str>,
    /// Its keys, the one it uses last.
    pub keys: Vec<Key>,
}

/// A passkey.
#[derive(Clone)]
pub struct Key {
    pub id: Vec<u8>,
    pub handle: Vec<u8>,
    /// Grows with every signature; none for those that do not count.
    pub counter: Option<u32>,
    pair: Rc<EcdsaKeyPair>,
}

impl Authenticator {
    /// A phone: verifies its person, is backed up, does not count.
    pub fn phone() -> Authenticator {
        Authenticator {
            origin: super::ISSUER.to_owned(),
            rp_id: "id.example.com".to_owned(),
            present: true,
            verifies: true,
            synced: true,
            framed: false,
            kind: None,
            keys: Vec::new(),
        }
    }

    /// A security key with a PIN: counts, and never leaves.
    pub fn security_key() -> Authenticator {
        Authenticator { synced: false, ..Authenticator::phone() }
    }

    /// A security key without one: a touch is all it asks for.
    pub fn touch_only() -> Authenticator {
        Authenticator { verifies: false, ..Authenticator::security_key() }
    }

    /// Makes a passkey for the page that offers one; what the page's script would send.
    pub fn create(&mut self, page: &Answer) -> String {
        self.create_for(&options(page))
    }

    /// The same for these options.
    pub fn create_for(&mut self, options: &Value) -> String {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = abide::crypto::random::bytes::<32>().to_vec();
        let handle = decoded(&options["user"]["id"]);
        let counter = (!self.synced).then_some(1);
        self.keys.push(Key { id, handle, counter, pair: Rc::new(pair) });
        self.attest(options)
    }

    /// What says that the last key is new.
    pub fn attest(&self, options: &Value) -> String {
        let key = self.keys.last().expect("a key");
        let client = self.client_data("webauthn.create", options);
        let mut data = self.authenticator_data(ATTESTED, key.counter.unwrap_or(0));
        data.extend([0; 16]);
        data.extend(u16::try_from(key.id.len()).unwrap().to_be_bytes());
        data.extend(&key.id);
        data.extend(key.cose());
        let mut attestation = vec![0xa3];
        attestation
            .extend([text("fmt"), text("none"), text("attStmt"), vec![0xa0], text("authData"), bytes(&data)].concat());
        let response = json!({ "clientDataJSON": encoded(&client), "attestationObject": encoded(&attestation) });
        json!({ "id": encoded(&key.id), "rawId": encoded(&key.id), "type": "public-key", "response": response })
            .to_string()
    }

    /// Answers the challenge of a page.
    pub fn get(&mut self, page: &Answer) -> String {
        self.get_for(&options(page))
    }

    /// The same for these options.
    pub fn get_for(&mut self, options: &Value) -> String {
        let client = self.client_data("webauthn.get", options);
        let key = self.keys.last_mut().expect("a key");
        key.counter = key.counter.map(|counter| counter + 1);
        let (key, counter) = (key.clone(), key.counter.unwrap_or(0));
        let data = self.authenticator_data(0, counter);
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = key.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "clientDataJSON": encoded(&client),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.as_ref()),
            "userHandle": encoded(&key.handle),
        });
        json!({ "id": encoded(&key.id), "rawId": encoded(&key.id), "type": "public-key", "response": response })
            .to_string()
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let (kind, challenge) = (self.kind.unwrap_or(kind), &options["challenge"]);
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.framed })
            .to_string()
            .into_bytes()
    }

    fn authenticator_data(&self, more: u8, counter: u32) -> Vec<u8> {
        let mut flags = more;
        for (said, flag) in [
            (self.present, PRESENT),
            (self.verifies, VERIFIED),
            (self.synced, BACKUP_ELIGIBLE),
            (self.synced, BACKED_UP),
        ] {
            flags |= if said { flag } else { 0 };
        }
        [digest(&SHA256, self.rp_id.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes()].concat()
    }
}

impl Key {
    /// The public key as COSE writes it (RFC 9053, section 7.1): EC2, ES256, P-256, x, y.
    fn cose(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21][..], &bytes(x), &[0x22], &bytes(y)].concat()
    }
}

/// The options that a page hands to its script.
pub fn options(page: &Answer) -> Value {
    let found = page.attribute("form[data-passkey]", "data-options");
    serde_json::from_str(&found.unwrap_or_else(|| panic!("no options on {} {}", page.status, page.body))).unwrap()
}

/// The body of a page, with its challenge to passkeys taken out: that is another one on every page.
pub fn without_challenge(page: &Answer) -> String {
    if page.attribute("form[data-passkey]", "data-options").is_none() {
        return page.body.clone();
    }
    let (asked, sealed) = (options(page)["challenge"].clone(), page.fields("/sign-in/passkey")["challenge"].clone());
    page.body.replace(asked.as_str().unwrap(), "ASKED").replace(&sealed, "SEALED")
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// A CBOR text of up to 23 bytes.
fn text(of: &str) -> Vec<u8> {
    [&[0x60 | u8::try_from(of.len()).unwrap()], of.as_bytes()].concat()
}

/// A CBOR byte string of 24 to 65535 bytes.
fn bytes(of: &[u8]) -> Vec<u8> {
    let head = match u8::try_from(of.len()) {
        Ok(short) => vec![0x58, short],
        Err(_) => [&[0x59][..], &u16::try_from(of.len()).unwrap().to_be_bytes()].concat(),
    };
    [head, of.to_vec()].concat()
}
