//! The secrets of clients in an import file: which of them are good from then on.

use super::{ImportError, Imported, ReplaceSecrets};
use crate::crypto::hashing::check_hash;
use crate::crypto::secret::Same;
use crate::flow::Idp;
use crate::model::client::{Client, ClientSecret, STRONG_SECRET};
use crate::model::id::SecretDigest;
use crate::protocol::client_auth::AuthMethod;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::jws::JwsAlg;
use zeroize::Zeroizing;

/// What a file says of a client's secrets.
pub(super) struct Given {
    pub clear: Option<Zeroizing<String>>,
    pub hash: Option<String>,
    pub previous: Option<String>,
    /// Is a short one meant?
    pub weak: bool,
}

/// Is a secret of the file one that is good already?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Current,
    Previous,
    No,
}

impl Idp {
    /// A client that has no secret of the kind its method needs could never authenticate; and no more than two are good.
    pub(super) async fn check_authenticable(
        &self,
        place: usize,
        metadata: &ClientMetadata,
        replace: ReplaceSecrets,
    ) -> Result<(), ImportError> {
        let wrong = |why: &str| Err(ImportError::Wrong(format!("clients[{place}] ({}): {why}", metadata.client_id)));
        if !Client::has_secret(metadata) {
            return Ok(());
        }
        let whose = (metadata.client_id.as_str(), metadata.token_endpoint_auth_method);
        let hashes = [&metadata.client_secret_hash, &metadata.previous_client_secret_hash];
        for hash in hashes.into_iter().flatten() {
            if secret_of_hash(hash).and_then(|kept| self.rekept_secret(whose, kept)).is_none() {
                return wrong(
                    "client_secret_hash: this method needs the secret itself, or one that this installation sealed",
                );
            }
        }
        let before = self.store.read::<Client>(&metadata.client_id).await?;
        let kept = before.as_ref().and_then(|client| client.secret.clone());
        let brings = metadata.client_secret.is_some() || metadata.client_secret_hash.is_some();
        let stays = kept.is_some() && (!brings || replace != ReplaceSecrets::Yes);
        if stays && kept.and_then(|kept| self.rekept_secret(whose, kept)).is_none() {
            return wrong("client_secret: this method needs the secret itself; write it, and use --replace-secrets");
        }
        if !stays && !brings {
            return wrong(
                "client_secret is missing; a client without one is public: \"token_endpoint_auth_method\": \"none\"",
            );
        }
        let two = before.as_ref().is_some_and(|client| client.previous_secret.is_some());
        if let (true, ReplaceSecrets::Beside, Some(client), Some(clear)) =
            (two, replace, &before, &metadata.client_secret)
        {
            for kept in client.secrets() {
                if self.is_secret(client, kept, clear).await == Same::Yes {
                    return Ok(());
                }
            }
            return wrong("client_secret: two are good already; --replace-secrets leaves this one alone");
        }
        Ok(())
    }

    /// The secrets that are good from now on: the current one, and the one before it.
    pub(super) async fn secrets_of(
        &self,
        metadata: &ClientMetadata,
        before: Option<&Client>,
        given: Given,
        (replace, done): (ReplaceSecrets, &mut Imported),
    ) -> Result<(Option<ClientSecret>, Option<ClientSecret>), ImportError> {
        let whose = (metadata.client_id.as_str(), metadata.token_endpoint_auth_method);
        let rekept = |kept: &ClientSecret| self.rekept_secret(whose, kept.clone());
        let Some(client) = before.filter(|client| client.secret.is_some()) else {
            let previous = given.previous.as_deref().and_then(secret_of_hash);
            return Ok((self.given_secret(whose, &given).await?, previous));
        };
        let current = client.secret.as_ref().and_then(rekept);
        let previous = client.previous_secret.as_ref().and_then(rekept);
        let known = match &given {
            Given { clear: Some(clear), .. } => self.which_secret(client, clear).await,
            Given { hash: Some(hash), .. } if secret_of_hash(hash) == client.secret => Known::Current,
            Given { hash: Some(_), .. } => Known::No,
            Given { clear: None, hash: None, .. } => return Ok((current, previous)),
        };
        Ok(match (replace, known) {
            (ReplaceSecrets::No | ReplaceSecrets::Beside, Known::Current)
            | (ReplaceSecrets::Beside, Known::Previous) => (current, previous),
            (ReplaceSecrets::No, Known::Previous | Known::No) => {
                done.secrets_left += usize::from(given.clear.is_some());
                (current, previous)
            }
            (ReplaceSecrets::Beside, Known::No) => (self.given_secret(whose, &given).await?, current),
            (ReplaceSecrets::Yes, known) => {
                let secret = match current.filter(|_| known == Known::Current) {
                    Some(current) => Some(current),
                    None => self.given_secret(whose, &given).await?,
                };
                (secret, given.previous.as_deref().and_then(secret_of_hash))
            }
        })
    }

    async fn given_secret(
        &self,
        whose: (&str, AuthMethod),
        given: &Given,
    ) -> Result<Option<ClientSecret>, ImportError> {
        Ok(match (&given.clear, &given.hash) {
            (Some(clear), _) if given.weak => Some(ClientSecret::Password(self.patiently(clear.clone()).await?)),
            (Some(clear), _) => Some(self.kept_secret(whose, clear)),
            (None, Some(hash)) => secret_of_hash(hash).and_then(|kept| self.rekept_secret(whose, kept)),
            (None, None) => None,
        })
    }

    async fn which_secret(&self, client: &Client, clear: &str) -> Known {
        for (kept, known) in [(&client.secret, Known::Current), (&client.previous_secret, Known::Previous)] {
            if let Some(kept) = kept
                && self.is_secret(client, kept, clear).await == Same::Yes
            {
                return known;
            }
        }
        Known::No
    }

    async fn is_secret(&self, client: &Client, kept: &ClientSecret, clear: &str) -> Same {
        let ClientSecret::Password(hash) = kept else {
            return self.is_strong_secret(client.id.as_str(), kept, clear);
        };
        let verified = self.hashing.verify(Zeroizing::new(clear.to_owned()), Some(hash.clone())).await;
        verified.map_or(Same::No, |verified| verified.same)
    }
}

pub(super) fn check_secret(metadata: &ClientMetadata) -> Result<(), String> {
    let method = metadata.token_endpoint_auth_method;
    let public = method == AuthMethod::None;
    if let Some(hash) = &metadata.previous_client_secret_hash
        && (secret_of_hash(hash).is_none() || metadata.client_secret_hash.is_none())
    {
        return Err("previous_client_secret_hash: as client_secret_hash, and beside it".into());
    }
    if method == AuthMethod::ClientSecretJwt {
        // RFC 7518, section 3.2: at least as long as the hash.
        let alg = metadata.token_endpoint_auth_signing_alg.unwrap_or(JwsAlg::HS256);
        let least = alg.least_secret();
        if metadata.weak_secret == Some(true)
            || metadata.client_secret.as_ref().is_some_and(|clear| clear.len() < least)
        {
            return Err(format!("client_secret: {} with {} needs {least} bytes at least", method.name(), alg.name()));
        }
    }
    match (&metadata.client_secret, &metadata.client_secret_hash) {
        (Some(_), Some(_)) => Err("either client_secret or client_secret_hash, not both".into()),
        (Some(_), None) | (None, Some(_)) if public => {
            Err("client_secret: a public client (token_endpoint_auth_method \"none\") has none".into())
        }
        (Some(_), None) | (None, Some(_)) if method == AuthMethod::PrivateKeyJwt => {
            Err("client_secret: a client that authenticates by its key (private_key_jwt) has none".into())
        }
        (Some(clear), None) if clear.len() < STRONG_SECRET && metadata.weak_secret != Some(true) => Err(format!(
            "client_secret: at least {STRONG_SECRET} characters (for example: openssl rand -hex 32); a shorter one needs \"weak_secret\": true"
        )),
        (None, Some(hash)) if secret_of_hash(hash).is_none() => {
            Err("client_secret_hash: \"sha256:\" with 43 base64url characters, \"sealed:\" of this installation, or an argon2id \
                 hash"
                .into())
        }
        (None, None) if !public => {
            Ok(()) // Its secret may be there already; without one it cannot authenticate, which `abide check` tells.
        }
        _ => Ok(()),
    }
}

/// As an export prints it, and an import reads it.
pub(super) fn printed(secret: ClientSecret) -> String {
    match secret {
        ClientSecret::Digest(digest) => format!("sha256:{}", digest.as_key()),
        ClientSecret::Password(hash) => hash,
        ClientSecret::Sealed(sealed) => format!("sealed:{sealed}"),
    }
}

fn secret_of_hash(hash: &str) -> Option<ClientSecret> {
    if let Some(sealed) = hash.strip_prefix("sealed:") {
        return (sealed.len() <= 1024).then(|| ClientSecret::Sealed(sealed.to_owned()));
    }
    match hash.strip_prefix("sha256:") {
        Some(text) if text.len() == 43 => Some(ClientSecret::Digest(SecretDigest::new(text.to_owned()))),
        Some(_) => None,
        None => check_hash(hash).ok().map(|()| ClientSecret::Password(hash.to_owned())),
    }
}
