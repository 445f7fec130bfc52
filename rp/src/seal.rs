//! What the browser carries for us and cannot read or change: AES-256-GCM, with a purpose that keeps kinds apart.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

const NONCE: usize = 12;
/// No browser keeps a longer cookie.
const LONGEST: usize = 4096;

/// Seals and opens.
pub(crate) struct Seal {
    key: RandomizedNonceKey,
}

impl Seal {
    pub(crate) fn new(key: &[u8; 32]) -> Seal {
        Seal { key: RandomizedNonceKey::new(&AES_256_GCM, key).expect("a key of 256 bits") }
    }

    /// A sealed value as text for a cookie; none when it cannot be written.
    pub(crate) fn seal<T: Serialize>(&self, purpose: &str, value: &T) -> Option<String> {
        let mut bytes = serde_json::to_vec(value).ok()?;
        let nonce = self.key.seal_in_place_append_tag(Aad::from(purpose), &mut bytes).ok()?;
        let mut whole = nonce.as_ref().to_vec();
        whole.extend_from_slice(&bytes);
        Some(URL_SAFE_NO_PAD.encode(whole))
    }

    /// The value, if we sealed it for this purpose.
    pub(crate) fn open<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Option<T> {
        if text.len() > LONGEST {
            return None;
        }
        let mut whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        if whole.len() < NONCE {
            return None;
        }
        let mut bytes = whole.split_off(NONCE);
        let nonce = Nonce::try_assume_unique_for_key(&whole).ok()?;
        let plain = self.key.open_in_place(nonce, Aad::from(purpose), &mut bytes).ok()?;
        serde_json::from_slice(plain).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Seal;

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let (ours, theirs) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let sealed = ours.seal("away", &7).expect("sealed");
        assert_eq!(ours.open::<i32>("away", &sealed), Some(7));
        assert_eq!(ours.open::<i32>("other purpose", &sealed), None);
        assert_eq!(theirs.open::<i32>("away", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("text");
            assert_eq!(ours.open::<i32>("away", &changed).filter(|_| changed != sealed), None, "byte {at}");
        }
    }
}
