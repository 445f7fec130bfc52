//! The settings of an installation: their types and defaults.
//!
//! A setting is one row in `keys`; the file, the environment, the example file and the documentation all go through
//! that row, so that none of them can know a setting the others do not. Settings are read from TOML by a walk over its
//! spanned tree and not by `Deserialize` for the whole struct: that would stop at the first mistake, and a person who
//! has made three wants to see three.

mod advice;
mod key_seal;
mod keys;
mod load;
mod mail;
mod nearest;
mod problem;
mod registration;
mod rules;
mod size;
mod store_url;
#[cfg(test)]
mod tests;
mod upstream;
mod values;

pub use advice::Advice;
pub use key_seal::Keys;
pub use mail::{Mail, MailServer, MailTls, Opening, Password, Sender};
pub use problem::{ConfigError, Place, Problem};
pub use registration::{AccessTokens, Registration};
pub use size::{Size, SizeError};
pub use store_url::StoreUrl;
pub use upstream::{ClientSecret, Upstream};
pub use values::{LevelError, Levels};

use crate::model::authorization::demand::Requirements;
use crate::model::cookies::{OptionalCookies, Switch};
use crate::model::history::OnRisk;
use crate::model::outbound::Allowed;
use crate::model::session::policy::{SessionPolicies, SessionPolicy};
use crate::protocol::Issuer;
use crate::protocol::duration::{Limit, Span};
use ipnet::IpNet;
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All settings. Relative paths are relative to the working directory.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Config {
    /// Our own name, as browsers and relying apps see it.
    pub issuer: Issuer,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where the store, the lock and the control socket live.
    pub data_dir: PathBuf,
    /// Where the installation's sealing key lives.
    pub keys_dir: PathBuf,
    /// How keys are kept and succeeded.
    pub keys: Keys,
    /// TLS ended by ourselves.
    pub tls: Tls,
    /// How requests arrive.
    pub http: Http,
    /// How records are kept.
    pub store: Store,
    /// How long sessions live.
    pub session: Session,
    /// The optional cookies.
    pub cookies: OptionalCookies,
    /// How strongly people have to authenticate.
    pub sign_in: SignIn,
    /// How long codes and tokens live.
    pub tokens: Tokens,
    /// What may be reached from here.
    pub outbound: Outbound,
    /// How mails are sent.
    pub mail: Mail,
    /// How accounts come to be.
    pub accounts: Accounts,
    /// Whether apps may register themselves.
    pub registration: Registration,
    /// Which passwords may be set.
    pub passwords: Passwords,
    /// What is logged.
    pub log: Log,
    /// `[[upstream]]`: the OpenID providers that people can sign in by.
    pub upstream: Vec<Upstream>,
}

/// `[tls]`: the files of the certificate. Either both are set or none: [`Config::load`] refuses halves.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub cert: Option<PathBuf>,
    /// Its private key, PEM.
    pub key: Option<PathBuf>,
}

/// `[http]`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Http {
    /// The proxies whose `Forwarded` and `X-Forwarded-For` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// `[store]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Store {
    /// Which backend.
    pub kind: StoreKind,
    /// Where the database is; set exactly when `kind` is PostgreSQL.
    pub url: StoreUrl,
    /// How much memory the backend may use as its cache.
    pub cache: Size,
}

/// The backends of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// Embedded, one process, one machine.
    Sled,
    /// A PostgreSQL database, for any number of nodes.
    Postgres,
}

/// `[session]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// How long a person may be idle.
    pub idle_timeout: Limit,
    /// How long after the last full authentication a session ends.
    pub max_lifetime: Limit,
    /// How long before an end the person is warned.
    pub warn_before: Span,
    /// How long after a time-out the session may be reconstituted; `0s`: not at all.
    pub reconstitution_window: Span,
    /// The limits of sessions that the person asked to keep.
    pub remember: RememberedSession,
}

/// `[session.remember]`: never shorter than the ordinary limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RememberedSession {
    /// How long a person may be idle.
    pub idle_timeout: Limit,
    /// How long after the last full authentication a session ends.
    pub max_lifetime: Limit,
}

/// `[sign_in]`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct SignIn {
    /// The `acr` that is demanded of everybody, of a role, or of a group.
    pub require: Requirements,
    /// What becomes of a session whose browser became another one in another network.
    pub on_jump: OnRisk,
    /// What becomes of a sign-in from a device that the account was never used on.
    pub on_unusual: OnRisk,
}

/// `[tokens]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// How long an authorization code may be redeemed.
    pub code: Span,
    /// How long an access token lives.
    pub access: Span,
    /// How long an ID token lives.
    pub id: Span,
    /// How long an offline refresh token may lie unused.
    pub refresh_idle: Span,
    /// How long an offline grant lives at most.
    pub refresh_max: Span,
    /// How long the refresh token before the current one gets the same successor again; `0s`: not at all.
    pub refresh_retry: Span,
    /// Whether a proof of possession (DPoP) has to say a nonce of ours.
    pub dpop_nonce: Switch,
}

/// `[outbound]`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Outbound {
    /// What may be reached though private, and what by plain http.
    pub allow: Allowed,
}

/// `[accounts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// Whether people may make accounts by themselves.
    pub self_registration: Switch,
}

/// `[passwords]`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Passwords {
    /// The file of passwords that were stolen somewhere.
    pub breached: Option<PathBuf>,
}

/// `[log]`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// How much.
    pub level: Levels,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const fn span(seconds: u64) -> Span {
    Span(Duration::from_secs(seconds))
}

const fn limit(seconds: u64) -> Limit {
    Limit::After(Duration::from_secs(seconds))
}

impl Default for Config {
    fn default() -> Config {
        Config {
            issuer: "http://localhost:8080".parse().expect("the default issuer is one"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data_dir: PathBuf::from("data"),
            keys_dir: PathBuf::from("keys"),
            keys: Keys::default(),
            tls: Tls::default(),
            http: Http::default(),
            store: Store { kind: StoreKind::Sled, url: StoreUrl::default(), cache: Size::mb(256) },
            session: Session::default(),
            cookies: OptionalCookies::default(),
            sign_in: SignIn::default(),
            tokens: Tokens::default(),
            outbound: Outbound::default(),
            mail: Mail::default(),
            accounts: Accounts { self_registration: Switch::Off },
            registration: Registration::default(),
            passwords: Passwords::default(),
            log: Log::default(),
            upstream: Vec::new(),
        }
    }
}

impl Default for Session {
    fn default() -> Session {
        Session {
            idle_timeout: limit(12 * HOUR),
            max_lifetime: limit(7 * DAY),
            warn_before: span(2 * MINUTE),
            reconstitution_window: span(DAY),
            remember: RememberedSession { idle_timeout: limit(14 * DAY), max_lifetime: limit(30 * DAY) },
        }
    }
}

impl Default for Tokens {
    fn default() -> Tokens {
        Tokens {
            code: span(MINUTE),
            access: span(10 * MINUTE),
            id: span(10 * MINUTE),
            refresh_idle: span(14 * DAY),
            refresh_max: span(90 * DAY),
            refresh_retry: span(MINUTE),
            dpop_nonce: Switch::On,
        }
    }
}

impl Tls {
    /// Certificate chain and key, where TLS is ended here.
    pub fn files(&self) -> Option<(&Path, &Path)> {
        Some((self.cert.as_deref()?, self.key.as_deref()?))
    }
}

impl Session {
    /// The settings as the rules of the session take them.
    pub fn policies(&self) -> SessionPolicies {
        let with = |idle_timeout, max_lifetime| SessionPolicy {
            idle_timeout,
            max_lifetime,
            warn_before: self.warn_before.0,
            reconstitution_window: self.reconstitution_window.0,
        };
        SessionPolicies {
            ordinary: with(self.idle_timeout, self.max_lifetime),
            remembered: with(self.remember.idle_timeout, self.remember.max_lifetime),
        }
    }
}
