//! `[[upstream]]`: the OpenID providers that people can sign in by. A list of tables, so that none of it has a variable.

use crate::crypto::secret::{Same, Secret, compare};
use crate::flow::upstream as flow;
use crate::model::authorization::factor::Level;
use crate::model::upstream::{Accounts, AuthTime, Rules, Trust};
use crate::protocol::claims::claims_of;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};
use url::Url;

/// What the section is called.
pub(super) const SECTION: &str = "upstream";

/// One upstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Upstream {
    /// Its rules.
    #[serde(flatten)]
    pub rules: Rules,
    /// Our secret there.
    pub client_secret: ClientSecret,
}

/// Our secret at an upstream, or none. It is never printed, logged or serialized.
#[derive(Clone, Default)]
pub struct ClientSecret(Option<Secret>);

impl ClientSecret {
    /// Takes a text over; an empty one is none.
    pub fn new(text: &str) -> ClientSecret {
        ClientSecret((!text.is_empty()).then(|| Secret::new(text)))
    }
}

impl PartialEq for ClientSecret {
    fn eq(&self, other: &ClientSecret) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => compare(one.expose().as_bytes(), two.expose().as_bytes()) == Same::Yes,
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl Eq for ClientSecret {}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "ClientSecret(…)" } else { "ClientSecret(none)" })
    }
}

impl Serialize for ClientSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_some() { "…" } else { "" })
    }
}

impl Upstream {
    /// As flows take it.
    pub fn upstream(&self) -> flow::Upstream {
        flow::Upstream { rules: self.rules.clone(), secret: self.client_secret.0.clone() }
    }
}

/// Providers that need no issuer written: (preset, issuer, name). Apple is none: its secret is a token to be signed anew
/// every few months, with a key of Apple's.
const PRESETS: [(&str, &str, &str); 3] = [
    ("google", "https://accounts.google.com", "Google"),
    ("microsoft", "https://login.microsoftonline.com/{tenant}/v2.0", "Microsoft"),
    ("gitlab", "https://gitlab.com", "GitLab"),
];
const KEYS: [&str; 14] = [
    "id",
    "preset",
    "tenant",
    "issuer",
    "name",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scopes",
    "accounts",
    "claims",
    "trust_acr",
    "trust_email_verified",
    "auth_time",
];

/// Where in the file, which key, what is wrong.
pub(super) type Wrong = (usize, String, String);

/// Reads one table; none where something is wrong with it.
pub(super) fn read(at: usize, table: &DeTable<'_>, before: &[Upstream], problems: &mut Vec<Wrong>) -> Option<Upstream> {
    let count = problems.len();
    let mut reading = Reading { at, table, problems };
    reading.unknown_keys();
    let preset = reading.preset();
    let rules = Rules {
        id: reading.id(before),
        issuer: reading.issuer(preset),
        name: reading.name(preset),
        client_id: reading.required("client_id", "our name there, as it was registered"),
        scopes: reading.scopes(),
        accounts: reading.word(
            "accounts",
            Accounts::Known,
            &[("known", Accounts::Known), ("create", Accounts::Create)],
        ),
        claims: reading.claims(),
        trust_acr: reading.trust_acr(),
        trust_email_verified: reading.trust(),
        auth_time: reading.word(
            "auth_time",
            AuthTime::Upstream,
            &[("upstream", AuthTime::Upstream), ("arrival", AuthTime::Arrival)],
        ),
    };
    let client_secret = reading.secret();
    (problems.len() == count).then_some(Upstream { rules, client_secret })
}

struct Reading<'a, 'b> {
    at: usize,
    table: &'a DeTable<'b>,
    problems: &'a mut Vec<Wrong>,
}

type Preset = Option<&'static (&'static str, &'static str, &'static str)>;

impl Reading<'_, '_> {
    fn wrong(&mut self, at: usize, key: &str, reason: impl Into<String>) {
        self.problems.push((at, key.to_owned(), reason.into()));
    }

    fn unknown_keys(&mut self) {
        let unknown: Vec<(usize, String)> = self
            .table
            .iter()
            .filter(|(name, _)| !KEYS.contains(&name.get_ref().as_ref()))
            .map(|(name, _)| (name.span().start, name.get_ref().to_string()))
            .collect();
        for (at, name) in unknown {
            self.wrong(at, &name, format!("no such setting; an upstream has {}", KEYS.join(", ")));
        }
    }

    /// The place and value of a key.
    fn found(&self, key: &str) -> Option<(usize, &DeValue<'_>)> {
        let (name, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some((name.span().start, value.get_ref()))
    }

    /// A text of one line, where it was written.
    fn text(&mut self, key: &str) -> Option<(usize, String)> {
        let (at, value) = self.found(key)?;
        if let DeValue::String(text) = value {
            let text = text.to_string();
            if !text.is_empty() && text.len() <= 512 && !text.chars().any(char::is_control) {
                return Some((at, text));
            }
        }
        self.wrong(at, key, "is no text of one line; write a text in quotes");
        None
    }

    fn required(&mut self, key: &str, what: &str) -> String {
        if self.found(key).is_none() {
            let at = self.at;
            self.wrong(at, key, format!("is missing: {what}"));
        }
        self.text(key).map(|(_, text)| text).unwrap_or_default()
    }

    fn preset(&mut self) -> Preset {
        let (at, name) = self.text("preset")?;
        let preset = PRESETS.iter().find(|(known, ..)| *known == name);
        if preset.is_none() {
            let known: Vec<&str> = PRESETS.iter().map(|(known, ..)| *known).collect();
            let reason = format!("is none of {}; write the `issuer` of any other OpenID provider", known.join(", "));
            self.wrong(at, "preset", reason);
        }
        preset
    }

    fn id(&mut self, before: &[Upstream]) -> String {
        let id = self.required("id", "a short name for addresses, such as \"google\"");
        let at = self.found("id").map_or(self.at, |(at, _)| at);
        let slug = id.len() <= 32 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !slug {
            self.wrong(at, "id", "is no short name; write at most 32 of a to z, 0 to 9 and -");
        } else if before.iter().any(|other| other.rules.id == id) {
            self.wrong(at, "id", format!("`{id}` is the id of another upstream; write one that is its own"));
        }
        id
    }

    fn issuer(&mut self, preset: Preset) -> String {
        let tenant = self.text("tenant");
        let (at, issuer) = match (self.text("issuer"), preset) {
            (Some((at, _)), Some(_)) => {
                self.wrong(at, "issuer", "is known by the preset; leave one of the two out");
                return String::new();
            }
            (Some(written), None) => written,
            (None, Some((_, issuer, _))) => (self.at, (*issuer).to_owned()),
            (None, None) => {
                let at = self.at;
                if self.found("preset").is_none() && self.found("issuer").is_none() {
                    self.wrong(at, "issuer", "is missing: the provider's issuer, exactly as its metadata has it");
                }
                return String::new();
            }
        };
        let issuer = self.with_tenant(issuer, tenant);
        let url = Url::parse(&issuer).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
        let local = |url: &Url| url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost"));
        let loopback = |url: &Url| url.host_str() == Some("127.0.0.1") || local(url);
        match url {
            Some(url) if url.scheme() == "https" || (url.scheme() == "http" && loopback(&url)) => (),
            _ => {
                let reason =
                    "is no issuer; write an https address without query, exactly as the provider's metadata has it";
                self.wrong(at, "issuer", reason);
            }
        }
        issuer
    }

    fn with_tenant(&mut self, issuer: String, tenant: Option<(usize, String)>) -> String {
        match (issuer.contains("{tenant}"), tenant) {
            (true, Some((at, tenant))) => {
                let guid = tenant.len() == 36 && tenant.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
                if !guid {
                    let reason = "is no tenant id; write its GUID: tokens name the issuer by it, not by a domain";
                    self.wrong(at, "tenant", reason);
                }
                issuer.replace("{tenant}", &tenant)
            }
            (true, None) => {
                let at = self.at;
                self.wrong(at, "tenant", "is missing: the GUID of the directory whose people may sign in");
                String::from("https://invalid.invalid")
            }
            (false, Some((at, _))) => {
                self.wrong(at, "tenant", "is for the preset \"microsoft\" alone; leave it out");
                issuer
            }
            (false, None) => issuer,
        }
    }

    fn name(&mut self, preset: Preset) -> String {
        match (self.found("name").is_some(), preset) {
            (false, Some((_, _, name))) => (*name).to_owned(),
            _ => self.required("name", "what people call it, as the button says it"),
        }
    }

    fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let (at, value) = self.found(key)?;
        let texts = match value {
            DeValue::Array(array) => array
                .iter()
                .map(|one| if let DeValue::String(text) = one.get_ref() { Some(text.to_string()) } else { None })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if texts.is_none() {
            self.wrong(at, key, "is no list of texts; write such as [\"profile\", \"email\"]");
        }
        texts
    }

    fn scopes(&mut self) -> Vec<String> {
        let asked = self.texts("scopes").unwrap_or_else(|| vec!["profile".to_owned(), "email".to_owned()]);
        let at = self.found("scopes").map_or(self.at, |(at, _)| at);
        if asked.iter().any(|scope| scope.is_empty() || !scope.bytes().all(|b| (0x21..0x7f).contains(&b))) {
            self.wrong(at, "scopes", "holds what is no scope; write one word each");
        }
        let others = asked.into_iter().filter(|scope| scope != "openid");
        std::iter::once("openid".to_owned()).chain(others).collect()
    }

    fn word<T: Copy>(&mut self, key: &str, usual: T, words: &[(&str, T)]) -> T {
        let Some((at, written)) = self.text(key) else { return usual };
        match words.iter().find(|(word, _)| *word == written) {
            Some((_, value)) => *value,
            None => {
                let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                self.wrong(at, key, format!("`{written}` is neither; write {}", known.join(" or ")));
                usual
            }
        }
    }

    fn trust(&mut self) -> Trust {
        match self.found("trust_email_verified") {
            None => Trust::No,
            Some((_, DeValue::Boolean(true))) => Trust::Yes,
            Some((_, DeValue::Boolean(false))) => Trust::No,
            Some((at, _)) => {
                self.wrong(at, "trust_email_verified", "is neither true nor false");
                Trust::No
            }
        }
    }

    /// A table of texts, with the place of each.
    fn pairs(&mut self, key: &str, example: &str) -> Vec<(usize, String, String)> {
        let Some((at, value)) = self.found(key) else { return Vec::new() };
        let pairs = match value {
            DeValue::Table(table) => table
                .iter()
                .map(|(name, value)| match value.get_ref() {
                    DeValue::String(text) => Some((name.span().start, name.get_ref().to_string(), text.to_string())),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if pairs.is_none() {
            self.wrong(at, key, format!("is no table of texts; write such as {example}"));
        }
        pairs.unwrap_or_default()
    }

    fn claims(&mut self) -> BTreeMap<String, String> {
        let mut claims = BTreeMap::new();
        for (at, theirs, ours) in self.pairs("claims", "{ upn = \"preferred_username\" }") {
            let known = ["profile", "email", "phone"].iter().any(|scope| claims_of(scope).contains(&ours.as_str()));
            if !known || ours.ends_with("_verified") || ours == "updated_at" {
                let reason = format!("`{ours}` is no standard claim of a person; write such as \"preferred_username\"");
                self.wrong(at, "claims", reason);
            }
            claims.insert(theirs, ours);
        }
        claims
    }

    fn trust_acr(&mut self) -> BTreeMap<String, Level> {
        let mut trusted = BTreeMap::new();
        for (at, theirs, ours) in self.pairs("trust_acr", "{ mfa = \"aal2\" }") {
            match ours.as_str() {
                "aal1" => drop(trusted.insert(theirs, Level::One)),
                "aal2" => drop(trusted.insert(theirs, Level::Two)),
                _ => {
                    let reason = format!("`{ours}` is no level that can be trusted; write \"aal1\" or \"aal2\"");
                    self.wrong(at, "trust_acr", reason);
                }
            }
        }
        trusted
    }

    fn secret(&mut self) -> ClientSecret {
        let (written, file) = (self.text("client_secret"), self.text("client_secret_file"));
        match (written, file) {
            (Some((at, _)), Some(_)) => {
                self.wrong(at, "client_secret", "is written beside `client_secret_file`; leave one of the two out");
                ClientSecret::default()
            }
            (Some((_, text)), None) => ClientSecret::new(&text),
            (None, Some((at, path))) => match std::fs::read_to_string(&path) {
                Ok(text) if !text.trim().is_empty() => ClientSecret::new(text.trim()),
                Ok(_) => {
                    self.wrong(at, "client_secret_file", format!("`{path}` is empty"));
                    ClientSecret::default()
                }
                Err(error) => {
                    self.wrong(at, "client_secret_file", format!("`{path}` cannot be read ({error})"));
                    ClientSecret::default()
                }
            },
            (None, None) => ClientSecret::default(),
        }
    }
}
