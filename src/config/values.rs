//! How one value is read from TOML or from a variable, and printed back.

use super::size::Size;
use super::{AccessTokens, LogFormat, MailServer, MailTls, Password, Sender, StoreKind, StoreUrl};
use crate::model::authorization::demand::{Requirement, Requirements};
use crate::model::cookies::Switch;
use crate::model::history::OnRisk;
use crate::model::outbound::{Allowed, Entry};
use crate::protocol::Issuer;
use crate::protocol::duration::{Limit, Span};
use ipnet::IpNet;
use serde::Serialize;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// A value as written, before its setting has judged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw {
    /// A text: of the file.
    Text(String),
    /// A text that may also stand for a list, parted by commas: of a variable.
    Variable(String),
    /// A list of texts.
    List(Vec<String>),
    /// True or false.
    Flag(bool),
    /// Something that no setting is; says what.
    Other(&'static str),
}

/// What a setting can hold.
pub(super) trait Value: Sized {
    /// Reads it, or says why it is wrong and what would be right.
    fn read(raw: &Raw) -> Result<Self, String>;
    /// Prints it as TOML.
    fn print(&self) -> String;
}

fn text<'a>(raw: &'a Raw, example: &str) -> Result<&'a str, String> {
    match raw {
        Raw::Text(text) | Raw::Variable(text) => Ok(text),
        Raw::List(_) => Err(format!("is a list; write a text in quotes, such as {example}")),
        Raw::Flag(_) => Err(format!("is true or false; write a text in quotes, such as {example}")),
        Raw::Other(what) => Err(format!("is {what}; write a text in quotes, such as {example}")),
    }
}

fn quoted(text: impl fmt::Display) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// Types that are read by `FromStr` and whose error already says what would be right.
macro_rules! by_text {
    ($($type:ty, $example:literal;)*) => {$(
        impl Value for $type {
            fn read(raw: &Raw) -> Result<$type, String> {
                text(raw, $example)?.parse().map_err(|error| format!("{error}"))
            }
            fn print(&self) -> String {
                quoted(self)
            }
        }
    )*};
}
by_text! {
    Issuer, "\"https://id.example.com\"";
    Span, "\"15m\"";
    Limit, "\"12h\" or \"never\"";
    Size, "\"256MB\"";
    Levels, "\"info\"";
}

impl Value for SocketAddr {
    fn read(raw: &Raw) -> Result<SocketAddr, String> {
        const RIGHT: &str = "\"127.0.0.1:8080\" or \"[::]:8080\"";
        let text = text(raw, RIGHT)?;
        text.parse()
            .map_err(|_| format!("`{text}` is no address with a port; write an IP address and a port, such as {RIGHT}"))
    }
    fn print(&self) -> String {
        quoted(self)
    }
}

impl Value for PathBuf {
    fn read(raw: &Raw) -> Result<PathBuf, String> {
        match text(raw, "\"data\"")? {
            "" => Err("is empty; write the path of a folder, such as \"data\"".into()),
            path if path.contains('\0') => Err("holds a NUL character; write a path".into()),
            path => Ok(PathBuf::from(path)),
        }
    }
    fn print(&self) -> String {
        quoted(self.display())
    }
}

/// An empty text is none: variables cannot be left out everywhere.
impl Value for Option<PathBuf> {
    fn read(raw: &Raw) -> Result<Option<PathBuf>, String> {
        if text(raw, "\"tls/file.pem\"")?.is_empty() { Ok(None) } else { PathBuf::read(raw).map(Some) }
    }
    fn print(&self) -> String {
        self.as_ref().map_or_else(|| quoted(""), Value::print)
    }
}

/// Texts that may be left out: an empty one is none.
macro_rules! by_text_or_none {
    ($($type:ty, $example:literal;)*) => {$(
        impl Value for Option<$type> {
            fn read(raw: &Raw) -> Result<Option<$type>, String> {
                match text(raw, $example)? {
                    "" => Ok(None),
                    text => text.parse().map(Some),
                }
            }
            fn print(&self) -> String {
                self.as_ref().map_or_else(|| quoted(""), quoted)
            }
        }
    )*};
}
by_text_or_none! {
    Sender, "\"Abide <id@example.com>\"";
    MailServer, "\"smtps://mail.example.com:465\"";
}

impl Value for String {
    fn read(raw: &Raw) -> Result<String, String> {
        match text(raw, "\"abide\"")? {
            text if text.chars().any(char::is_control) => Err("holds a control character; write one line".into()),
            text => Ok(text.to_owned()),
        }
    }
    fn print(&self) -> String {
        quoted(self)
    }
}

impl Value for Password {
    fn read(raw: &Raw) -> Result<Password, String> {
        text(raw, "\"…\"").map(Password::new)
    }
    fn print(&self) -> String {
        quoted(if self.secret().is_some() { "…" } else { "" })
    }
}

impl Value for MailTls {
    fn read(raw: &Raw) -> Result<MailTls, String> {
        match text(raw, "\"required\"")? {
            "required" => Ok(MailTls::Required),
            "none" => Ok(MailTls::None),
            other => Err(format!("`{other}` is neither; write \"required\" or, for a relay on this machine, \"none\"")),
        }
    }
    fn print(&self) -> String {
        quoted(match self {
            MailTls::Required => "required",
            MailTls::None => "none",
        })
    }
}

impl Value for Vec<IpNet> {
    fn read(raw: &Raw) -> Result<Vec<IpNet>, String> {
        list(raw, "[\"127.0.0.1\", \"10.0.0.0/8\"]")?.iter().map(|entry| network(entry)).collect()
    }
    fn print(&self) -> String {
        printed(self)
    }
}

impl Value for AccessTokens {
    fn read(raw: &Raw) -> Result<AccessTokens, String> {
        AccessTokens::read(&list(raw, "[\"…\"]")?)
    }
    fn print(&self) -> String {
        printed(&self.marks())
    }
}

impl Value for Requirements {
    fn read(raw: &Raw) -> Result<Requirements, String> {
        let entries = list(raw, "[\"role:admin urn:abide:acr:aal2\"]")?;
        entries.iter().map(|entry| entry.parse::<Requirement>().map_err(|error| error.to_string())).collect()
    }
    fn print(&self) -> String {
        printed(self.entries())
    }
}

impl Value for Allowed {
    fn read(raw: &Raw) -> Result<Allowed, String> {
        let entries = list(raw, "[\"app.internal:8443\", \"http://localhost:*\"]")?;
        entries.iter().map(|entry| entry.parse::<Entry>().map_err(|error| error.to_string())).collect()
    }
    fn print(&self) -> String {
        printed(self.entries())
    }
}

/// The entries of a list; a variable parts them by commas.
fn list(raw: &Raw, example: &str) -> Result<Vec<String>, String> {
    match raw {
        Raw::List(entries) => Ok(entries.clone()),
        Raw::Variable(text) => {
            Ok(text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
        }
        Raw::Text(_) => Err(format!("is a text; write a list, such as {example}")),
        Raw::Flag(_) => Err(format!("is true or false; write a list, such as {example}")),
        Raw::Other(what) => Err(format!("is {what}; write a list, such as {example}")),
    }
}

fn printed(entries: &[impl fmt::Display]) -> String {
    format!("[{}]", entries.iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn network(entry: &str) -> Result<IpNet, String> {
    let net = entry.parse().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
    match net {
        Ok(net) if net.prefix_len() == 0 => Err(format!(
            "`{entry}` is everybody: any stranger could then claim any address. Write only the addresses of your proxies"
        )),
        Ok(net) => Ok(net.trunc()),
        Err(_) => Err(format!("`{entry}` is no IP address or network; write such as \"127.0.0.1\" or \"10.0.0.0/8\"")),
    }
}

impl Value for Switch {
    fn read(raw: &Raw) -> Result<Switch, String> {
        match raw {
            Raw::Flag(true) => Ok(Switch::On),
            Raw::Flag(false) => Ok(Switch::Off),
            Raw::Variable(text) if text == "true" => Ok(Switch::On),
            Raw::Variable(text) if text == "false" => Ok(Switch::Off),
            Raw::Variable(text) => Err(format!("`{text}` is neither; write true or false")),
            Raw::Text(_) => Err("is a text; write true or false, without quotes".to_owned()),
            Raw::List(_) => Err("is a list; write true or false".to_owned()),
            Raw::Other(what) => Err(format!("is {what}; write true or false")),
        }
    }
    fn print(&self) -> String {
        match self {
            Switch::On => "true",
            Switch::Off => "false",
        }
        .to_owned()
    }
}

impl Value for OnRisk {
    fn read(raw: &Raw) -> Result<OnRisk, String> {
        match text(raw, "\"go_on\"")? {
            "go_on" => Ok(OnRisk::GoOn),
            "ask" => Ok(OnRisk::Ask),
            other => Err(format!("`{other}` is neither \"go_on\" nor \"ask\"")),
        }
    }
    fn print(&self) -> String {
        quoted(if *self == OnRisk::Ask { "ask" } else { "go_on" })
    }
}

impl Value for StoreKind {
    fn read(raw: &Raw) -> Result<StoreKind, String> {
        match text(raw, "\"sled\"")? {
            "sled" => Ok(StoreKind::Sled),
            "postgres" => Ok(StoreKind::Postgres),
            other => Err(format!("`{other}` is no store; write \"sled\" or \"postgres\"")),
        }
    }
    fn print(&self) -> String {
        quoted(match self {
            StoreKind::Sled => "sled",
            StoreKind::Postgres => "postgres",
        })
    }
}

/// What is wrong with a URL is said without repeating it: the password is in it. The rest is judged by whoever connects.
impl Value for StoreUrl {
    fn read(raw: &Raw) -> Result<StoreUrl, String> {
        const RIGHT: &str = "\"postgres://abide:PASSWORD@db.example.com/abide\"";
        match text(raw, RIGHT)? {
            "" => Ok(StoreUrl::default()),
            url if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(StoreUrl::new(url)),
            _ => Err(format!("is no URL of a PostgreSQL database; write such as {RIGHT}")),
        }
    }
    fn print(&self) -> String {
        quoted(if self.secret().is_some() { "…" } else { "" })
    }
}

impl Value for LogFormat {
    fn read(raw: &Raw) -> Result<LogFormat, String> {
        match text(raw, "\"auto\"")? {
            "auto" => Ok(LogFormat::Auto),
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(format!("`{other}` is no format; write \"auto\", \"text\" or \"json\"")),
        }
    }
    fn print(&self) -> String {
        quoted(match self {
            LogFormat::Auto => "auto",
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        })
    }
}

/// How much is logged: a level for Abide itself, and levels for single parts: `info,abide::store=debug`.
///
/// The bare level never reaches below `info` for libraries, and none of them can be told to: at `debug` and `trace`
/// some print whole requests, cookies and all, and no secret may reach a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Levels(String);

/// Why a text is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelError {
    /// No such level.
    #[error(
        "`{0}` is no level; write \"off\", \"error\", \"warn\", \"info\", \"debug\" or \"trace\", and for a part of Abide such as \"info,abide::store=debug\""
    )]
    Unknown(String),
    /// A library would print what no log may hold.
    #[error(
        "`{0}`: below info, libraries may print cookies and tokens; write \"info\" for it, or \"debug\" for Abide alone"
    )]
    Foreign(String),
}

const QUIET: [&str; 4] = ["off", "error", "warn", "info"];
const CHATTY: [&str; 2] = ["debug", "trace"];

impl FromStr for Levels {
    type Err = LevelError;
    fn from_str(text: &str) -> Result<Levels, LevelError> {
        for part in text.split(',').map(str::trim) {
            let unknown = || LevelError::Unknown(part.to_owned());
            let (target, level) = part.split_once('=').map_or((None, part), |(target, level)| (Some(target), level));
            // What `EnvFilter` takes for a target when it is no level would silently log nothing but that target.
            if !QUIET.contains(&level) && !CHATTY.contains(&level) {
                return Err(unknown());
            }
            let Some(target) = target else { continue };
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-');
            if target.is_empty() || !target.chars().all(plain) {
                return Err(unknown());
            }
            let ours = target == "abide" || target.starts_with("abide::");
            if !ours && CHATTY.contains(&level) {
                return Err(LevelError::Foreign(part.to_owned()));
            }
        }
        Ok(Levels(text.split(',').map(str::trim).collect::<Vec<_>>().join(",")))
    }
}

impl Levels {
    /// As directives of `tracing_subscriber::EnvFilter`.
    pub fn directives(&self) -> String {
        let directive =
            |part: &str| if CHATTY.contains(&part) { format!("info,abide={part}") } else { part.to_owned() };
        self.0.split(',').map(directive).collect::<Vec<_>>().join(",")
    }
}

impl Default for Levels {
    fn default() -> Levels {
        Levels("info".into())
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Levels> for String {
    fn from(levels: Levels) -> String {
        levels.0
    }
}
