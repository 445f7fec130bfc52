//! How mails are sent.

use crate::crypto::secret::{Same, Secret, compare};
use crate::model::cookies::Switch;
use crate::outside::mail::is_sender;
use serde::{Serialize, Serializer};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// `[mail]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Who writes.
    pub from: Option<Sender>,
    /// Through which mail server.
    pub server: Option<MailServer>,
    /// Whether the connection may be in the clear.
    pub tls: MailTls,
    /// The name by which the mail server knows us.
    pub username: String,
    /// The password for it.
    pub password: Password,
    /// The file that holds the password, where it is not in the settings.
    pub password_file: Option<PathBuf>,
    /// Whether mails are shown on the terminal instead.
    pub development: Switch,
}

impl Default for Mail {
    fn default() -> Mail {
        Mail {
            from: None,
            server: None,
            tls: MailTls::Required,
            username: String::new(),
            password: Password::default(),
            password_file: None,
            development: Switch::Off,
        }
    }
}

impl Mail {
    /// Is there mail at all?
    pub fn switch(&self) -> Switch {
        if self.server.is_some() || self.development == Switch::On { Switch::On } else { Switch::Off }
    }
}

/// Who writes: `Abide <id@example.com>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sender(String);

impl FromStr for Sender {
    type Err = String;
    fn from_str(text: &str) -> Result<Sender, String> {
        if is_sender(text) && !text.chars().any(char::is_control) {
            Ok(Sender(text.to_owned()))
        } else {
            Err(format!("`{text}` is no sender; write such as \"Abide <id@example.com>\""))
        }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Is there TLS from the first byte?
    pub opening: Opening,
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// How a connection to a mail server opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// With TLS: `smtps`.
    Tls,
    /// In the clear, and then STARTTLS: `smtp`.
    Clear,
}

impl FromStr for MailServer {
    type Err = String;
    fn from_str(text: &str) -> Result<MailServer, String> {
        const RIGHT: &str = "\"smtps://mail.example.com:465\" or \"smtp://mail.example.com:587\"";
        // Not repeated: somebody may have written a password into it.
        let wrong =
            || format!("is no mail server; write such as {RIGHT}, and username and password on lines of their own");
        let (opening, rest, usual) = match (text.strip_prefix("smtps://"), text.strip_prefix("smtp://")) {
            (Some(rest), _) => (Opening::Tls, rest, 465),
            (_, Some(rest)) => (Opening::Clear, rest, 587),
            _ => return Err(wrong()),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // The parser knows hosts and ports only of schemes that it knows.
        let url = url::Url::parse(&format!("https://{rest}")).map_err(|_| wrong())?;
        let host = url.host_str().unwrap_or_default();
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if host.is_empty() || rest.contains('@') || rest.contains('/') || !bare {
            return Err(wrong());
        }
        let port = match rest.rsplit_once(':') {
            Some((_, port)) if !port.contains(']') => port.parse().map_err(|_| wrong())?,
            _ => usual,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(MailServer { opening, host, port })
    }
}

impl MailServer {
    /// Is it on this machine?
    pub fn is_local(&self) -> bool {
        let loopback = self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        loopback || self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.opening == Opening::Tls { "smtps" } else { "smtp" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}://{host}:{}", self.port)
    }
}

impl Serialize for MailServer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether a connection to a mail server may be in the clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    /// It may not.
    Required,
    /// It is: to a relay on this machine.
    None,
}

/// A password, or none. It is never printed, logged or serialized.
#[derive(Clone, Default)]
pub struct Password(Option<Secret>);

impl Password {
    /// Takes one over; an empty text is none.
    pub fn new(text: &str) -> Password {
        Password((!text.is_empty()).then(|| Secret::new(text)))
    }

    /// The password, where there is one.
    pub fn secret(&self) -> Option<&Secret> {
        self.0.as_ref()
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Password) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => compare(one.expose().as_bytes(), two.expose().as_bytes()) == Same::Yes,
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Password(…)" } else { "Password(none)" })
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_some() { "…" } else { "" })
    }
}
