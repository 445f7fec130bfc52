//! How the secrets of clients are kept and compared: as a digest, where nothing else is needed; like a password, where
//! they are weak; sealed, where assertions are signed by them.

use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, compare, digest};
use crate::flow::Idp;
use crate::model::client::ClientSecret;
use crate::protocol::client_auth::AuthMethod;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

impl Idp {
    /// A strong secret, as a client of this method has it kept.
    pub(in crate::flow) fn kept_secret(
        &self,
        (client_id, method): (&str, AuthMethod),
        clear: &Zeroizing<String>,
    ) -> ClientSecret {
        match method {
            AuthMethod::ClientSecretJwt => ClientSecret::Sealed(URL_SAFE_NO_PAD.encode(self.seals.seal_bytes(
                Purpose::ClientSecret,
                client_id.as_bytes(),
                clear.as_bytes().to_vec(),
            ))),
            _ => ClientSecret::Digest(digest(clear)),
        }
    }

    /// The secret itself; none when it was not sealed here for this client.
    pub(in crate::flow) fn opened_secret(&self, client_id: &str, sealed: &str) -> Option<Zeroizing<String>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = self.seals.open_bytes(Purpose::ClientSecret, client_id.as_bytes(), bytes)?;
        String::from_utf8(plain).ok().map(Zeroizing::new)
    }

    /// A secret that is kept already, as a client of this method has it kept: nothing recoverable stays where nothing needs
    /// it. None where that cannot be made of it.
    pub(in crate::flow) fn rekept_secret(
        &self,
        (client_id, method): (&str, AuthMethod),
        kept: ClientSecret,
    ) -> Option<ClientSecret> {
        match (method, kept) {
            (AuthMethod::ClientSecretJwt, ClientSecret::Sealed(sealed)) => {
                self.opened_secret(client_id, &sealed).map(|_| ClientSecret::Sealed(sealed))
            }
            (AuthMethod::ClientSecretJwt, _) => None,
            (_, ClientSecret::Sealed(sealed)) => {
                Some(ClientSecret::Digest(digest(&self.opened_secret(client_id, &sealed)?)))
            }
            (_, kept) => Some(kept),
        }
    }

    /// Is this the strong secret that is kept? A weak one is for the hashing queue to say.
    pub(in crate::flow) fn is_strong_secret(&self, client_id: &str, kept: &ClientSecret, clear: &str) -> Same {
        let presented = digest(clear);
        let known = match kept {
            ClientSecret::Digest(known) => known.clone(),
            ClientSecret::Sealed(sealed) => match self.opened_secret(client_id, sealed) {
                Some(secret) => digest(&secret),
                None => return Same::No,
            },
            ClientSecret::Password(_) => return Same::No,
        };
        compare(presented.as_key().as_bytes(), known.as_key().as_bytes())
    }
}
