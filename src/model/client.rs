//! A relying app as registered.

mod check;

pub use check::check;

use crate::model::audit::{Act, Event};
use crate::model::id::{ClientId, SecretDigest};
use crate::model::nodes::APART;
use crate::model::outbound::Author;
use crate::model::record::{Change, Kind, Record, Row};
use crate::model::registration::LOOK_AGAIN;
use crate::model::session::policy::ApplicationLimits;
use crate::model::throttle::{self, Pace};
use crate::protocol::client_auth::AuthMethod;
use crate::protocol::client_metadata::{ActivityRule, ClientMetadata, ConsentRule, SubjectType};
use crate::protocol::duration::Limit;
use crate::protocol::error::{Depth, OAuthError};
use crate::protocol::jws::JwsAlg;
use crate::protocol::redirect::ApplicationType;
use crate::protocol::request_object::ObjectAlg;
use crate::protocol::scope::{self, ScopeSet};
use crate::protocol::signing::SigningAlg;
use crate::protocol::time::Timestamp;
use crate::protocol::token::GrantType;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;

/// A client secret shorter than this is kept like a password, and only when its weakness was meant.
pub const STRONG_SECRET: usize = 32;

/// A relying app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// What was registered.
    pub metadata: ClientMetadata,
    /// How its secret is recognised; none for a public client.
    #[serde(default)]
    pub secret: Option<ClientSecret>,
    /// The secret before it: good as well until it is taken away, so that the app can change over in its own time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<ClientSecret>,
    /// Since when.
    pub created_at: Timestamp,
    /// Who registered it.
    #[serde(default, skip_serializing_if = "Origin::is_usual")]
    pub origin: Origin,
}

/// Who registered a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An administrator.
    #[default]
    Administrator,
    /// It did itself: nobody here vouches for it.
    Registered {
        /// Recognises its registration access token (RFC 7592, section 3).
        token: SecretDigest,
        /// When somebody last signed in to it, to the day.
        #[serde(default)]
        last_used: Option<Timestamp>,
    },
}

impl Origin {
    fn is_usual(&self) -> bool {
        *self == Origin::Administrator
    }
}

/// The use of a client that registered itself is noted this often.
const NOTED_EVERY: Duration = Duration::from_secs(86_400);

/// How a client secret is recognised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientSecret {
    /// A long random one: its SHA-256.
    Digest(SecretDigest),
    /// A weak one: argon2id, in PHC form.
    Password(String),
    /// One that assertions are signed by, which needs the secret itself: sealed.
    Sealed(String),
}

/// Can it keep a secret (RFC 6749, section 2.1)?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidentiality {
    /// It can.
    Confidential,
    /// It cannot.
    Public,
}

/// May a page of ours be left out for this client?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilentAnswer {
    /// Yes.
    Allowed,
    /// No: anybody on the device can pretend to be it (RFC 6749, 10.2; RFC 8252, 8.6).
    Never,
}

impl Client {
    /// Can it keep a secret?
    pub fn confidentiality(&self) -> Confidentiality {
        match self.metadata.token_endpoint_auth_method {
            AuthMethod::None => Confidentiality::Public,
            AuthMethod::ClientSecretBasic
            | AuthMethod::ClientSecretPost
            | AuthMethod::ClientSecretJwt
            | AuthMethod::PrivateKeyJwt => Confidentiality::Confidential,
        }
    }

    /// The secrets that are good.
    pub fn secrets(&self) -> impl Iterator<Item = &ClientSecret> {
        self.secret.iter().chain(&self.previous_secret)
    }

    /// Does it have a secret, or a key instead?
    pub fn has_secret(metadata: &ClientMetadata) -> bool {
        !matches!(metadata.token_endpoint_auth_method, AuthMethod::None | AuthMethod::PrivateKeyJwt)
    }

    /// Who wrote its addresses.
    pub fn author(&self) -> Author {
        match self.origin {
            Origin::Administrator => Author::Administrator,
            Origin::Registered { .. } => Author::Stranger,
        }
    }

    /// How often it may leave something in the store, from one network, before anybody signed in to it; none where it is
    /// known who does. Anybody can be a client without a secret, and anybody can have one that registered itself.
    pub fn pace(&self) -> Option<Pace> {
        match (self.confidentiality(), self.author()) {
            (Confidentiality::Public, _) => Some(throttle::ADDRESS),
            (Confidentiality::Confidential, Author::Stranger) => Some(throttle::STRANGERS),
            (Confidentiality::Confidential, Author::Administrator) => None,
        }
    }

    /// What it says of the person's acts: does that count?
    pub fn may_report(&self) -> Allowed {
        let by_rule = self.metadata.session.activity == ActivityRule::Report;
        if by_rule && self.origin == Origin::Administrator { Allowed::Yes } else { Allowed::No }
    }

    /// May it sign assertions by this algorithm?
    pub fn asserts_by(&self, alg: JwsAlg) -> Allowed {
        let family = self.metadata.token_endpoint_auth_method.signatures() == Some(alg.family());
        let registered = self.metadata.token_endpoint_auth_signing_alg.is_none_or(|only| only == alg);
        if family && registered { Allowed::Yes } else { Allowed::No }
    }

    /// May its request objects be signed like this? Where nothing is registered, in any way, or not at all (OpenID Connect
    /// Dynamic Client Registration 1.0, section 2): an unsigned one is worth what parameters in the address are worth.
    pub fn requests_by(&self, alg: ObjectAlg) -> Allowed {
        let registered = match self.metadata.request_object_signing_alg {
            Some(only) => only == alg,
            None => alg != ObjectAlg::Unsigned || !self.metadata.require_signed_request_object,
        };
        if registered { Allowed::Yes } else { Allowed::No }
    }

    /// May a request object be fetched from there? The address is compared byte by byte, with its fragment or without one.
    pub fn publishes_requests_at(&self, uri: &str) -> Fragment {
        let place = uri.split_once('#').map_or(uri, |(place, _)| place);
        let registered = |uri: &str| self.metadata.request_uris.iter().any(|registered| registered == uri);
        match (registered(uri), registered(place)) {
            (true, _) => Fragment::Registered,
            (false, true) => Fragment::Free,
            (false, false) => Fragment::Foreign,
        }
    }

    /// What people read.
    pub fn name(&self) -> &str {
        self.metadata.client_name.as_deref().unwrap_or(self.id.as_str())
    }

    /// What this client hears of a refusal: everything while it is being developed, else what the specification lets it.
    #[must_use]
    pub fn hears(&self, refusal: OAuthError) -> OAuthError {
        refusal.to_client(self.id.as_str(), if self.metadata.development { Depth::Full } else { Depth::Brief })
    }

    /// What whoever a request says it is hears of a refusal: nobody that is known, what everybody does.
    #[must_use]
    pub fn heard(client: Option<&Client>, refusal: OAuthError) -> OAuthError {
        match client {
            Some(client) => client.hears(refusal),
            None => refusal,
        }
    }

    /// Was something given to this client, and not to one of the same id whose record was removed before? The clock of
    /// another node may have stamped it.
    pub fn was_given(&self, at: Timestamp) -> bool {
        at.0 + APART >= self.created_at.0
    }

    /// The limits of its application sessions.
    pub fn limits(&self) -> ApplicationLimits {
        ApplicationLimits::from(&self.metadata.session)
    }

    /// May it use this grant type?
    pub fn allows(&self, grant_type: GrantType) -> Allowed {
        if self.metadata.grant_types.contains(&grant_type) { Allowed::Yes } else { Allowed::No }
    }

    /// The algorithms we sign with for it.
    pub fn algorithms(&self) -> impl Iterator<Item = SigningAlg> {
        let metadata = &self.metadata;
        metadata.id_token_signed_response_alg.signed().into_iter().chain(metadata.userinfo_signed_response_alg)
    }

    /// The scopes it may ask for.
    pub fn permitted(&self, asked: &ScopeSet) -> ScopeSet {
        asked.filter(|token| self.permits(token))
    }

    /// What it may ask for itself: scopes of its own, none that says something of a person.
    pub fn own_scope(&self) -> ScopeSet {
        let own = self.metadata.scope.as_deref().and_then(|text| ScopeSet::parse(text).ok()).unwrap_or_default();
        own.filter(|token| !scope::STANDARD.contains(&token))
    }

    /// May it ask for this scope?
    pub fn permits(&self, token: &str) -> bool {
        let known = match self.metadata.scope.as_deref() {
            None => scope::STANDARD.contains(&token),
            Some(own) => own.split(' ').any(|own| own == token),
        };
        known && (token != scope::OFFLINE_ACCESS || self.metadata.offline_access)
    }

    /// The origins its scripts run at: those of its redirect URIs on the web (RFC 6454, section 4).
    pub fn origins(&self) -> std::collections::BTreeSet<String> {
        let urls = self.metadata.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok());
        urls.filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(|url| url.origin().ascii_serialization())
            .collect()
    }

    /// The address at which the app begins a sign-in with `issuer` (OpenID Connect Core, section 4).
    pub fn initiate_login(&self, issuer: &str) -> Option<String> {
        let mut url = Url::parse(self.metadata.initiate_login_uri.as_deref()?).ok()?;
        url.query_pairs_mut().append_pair("iss", issuer);
        Some(url.into())
    }

    /// Whose clients share the names they know people by (OpenID Connect Core, 8.1); none where every client has the same.
    pub fn sector(&self) -> Option<String> {
        match self.metadata.subject_type {
            SubjectType::Public => None,
            SubjectType::Pairwise => sector(&self.metadata),
        }
    }

    /// May it be answered without a page? A secret that an administrator registered for a native app is delivered with every
    /// copy, and proves nothing (RFC 8252, section 8.5); one that a copy got by registration is its own.
    pub fn silent_answer(&self) -> SilentAnswer {
        let native = self.metadata.application_type == ApplicationType::Native;
        let own_secret =
            self.confidentiality() == Confidentiality::Confidential && self.origin != Origin::Administrator;
        if native && !own_secret { SilentAnswer::Never } else { SilentAnswer::Allowed }
    }

    /// Does it have to use PKCE? Native apps do, whatever an older record says (RFC 8252, section 6).
    pub fn needs_pkce(&self) -> bool {
        self.metadata.require_pkce || self.metadata.application_type == ApplicationType::Native
    }

    /// Does an administrator vouch for it?
    pub fn vouched_for(&self) -> bool {
        self.metadata.consent == ConsentRule::Skip && self.origin == Origin::Administrator
    }

    /// It is used: a registration that is in use is kept.
    pub fn used(self, now: Timestamp) -> Change<Client, ()> {
        match &self.origin {
            Origin::Registered { token, last_used } if last_used.is_none_or(|at| now.since(at) >= NOTED_EVERY) => {
                let origin = Origin::Registered { token: token.clone(), last_used: Some(now) };
                Change::put((), Client { origin, ..self })
            }
            _ => Change::keep(()),
        }
    }

    /// What the sweep does with it: a registration that was not used for so long goes.
    pub fn sweep(self, unused: Limit, now: Timestamp) -> Change<Client, ()> {
        let Origin::Registered { last_used, .. } = &self.origin else { return Change::keep(()) };
        let Some(span) = unused.span() else { return Change::keep(()).due(now + LOOK_AGAIN) };
        let over = last_used.unwrap_or(self.created_at) + span;
        if now < over {
            return Change::keep(()).due(over);
        }
        let event = Event::done(Act::ClientRemoved, now).client(&self.id).because("unused");
        Change::delete(()).told(event).looking_for_logo(Some(&self), now)
    }

    /// Stores it, new or changed.
    pub fn store(self, before: Option<&Client>, now: Timestamp) -> Change<Client, ()> {
        let act = if before.is_some() { Act::ClientChanged } else { Act::ClientCreated };
        if before == Some(&self) {
            return Change::keep(());
        }
        let event = Event::done(act, now).client(&self.id);
        let other_limits = before.is_some_and(|before| before.limits() != self.limits());
        let change = Change::put((), self).told(event).looking_for_logo(before, now);
        // The sweep has the sessions in which it takes part looked at.
        if other_limits { change.due(now) } else { change }
    }
}

/// What the fragment of a `request_uri` says (OpenID Connect Core, 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment {
    /// The whole address is registered. Clients register a fragment before they know what will be there: it is a name.
    Registered,
    /// The address is registered without it: it is the SHA-256 of what is there.
    Free,
    /// The address is not registered.
    Foreign,
}

/// Whether something is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// The host of the sector identifier, or of the one host that all redirect URIs have.
pub(super) fn sector(metadata: &ClientMetadata) -> Option<String> {
    let host = |uri: &String| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    if let Some(uri) = &metadata.sector_identifier_uri {
        return host(uri);
    }
    let mut hosts = metadata.redirect_uris.iter().map(host);
    let first = hosts.next().flatten()?;
    hosts.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

impl Record for Client {
    const KIND: Kind = Kind::Client;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![Row { list: "clients", group: String::new(), order: self.name().to_lowercase() }];
        rows.extend(self.origins().into_iter().map(|origin| Row {
            list: "clients-by-origin",
            group: origin,
            order: String::new(),
        }));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_before_is_an_administrators() {
        let metadata = serde_json::json!({"client_id": "a", "redirect_uris": ["https://a.example/cb"]});
        let old = serde_json::json!({"id": "a", "metadata": metadata, "created_at": 1});
        let client: Client = serde_json::from_value(old).unwrap();
        assert_eq!((&client.origin, client.author()), (&Origin::Administrator, Author::Administrator));
        assert!(serde_json::to_value(&client).unwrap().get("origin").is_none(), "and an older program can read it");
    }

    #[test]
    fn nobody_vouches_for_what_registered_itself_whatever_its_record_says() {
        let metadata =
            serde_json::json!({"client_id": "a", "redirect_uris": ["https://a.example/cb"], "consent": "skip"});
        let whole = serde_json::json!({"id": "a", "metadata": metadata, "created_at": 1,
            "origin": {"registered": {"token": "x"}}});
        let client: Client = serde_json::from_value(whole).unwrap();
        assert!(!client.vouched_for());
        assert_eq!((client.may_report(), client.author()), (Allowed::No, Author::Stranger));
    }
}
