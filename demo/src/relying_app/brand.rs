//! What makes one relying app a bank and the other a social network.

use std::time::Duration;

/// What the app is about; decides which content its API serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Bank,
    Social,
}

/// How the app's access tokens are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Ask for a token for the app's own API (RFC 8707); its `aud` is `{origin}/api`.
    OwnApi,
    /// Ask for no resource; `aud` is the issuer.
    #[allow(dead_code, reason = "the other choice of this switch")]
    Issuer,
}

/// An application's own session limits, in the words of the provider's import file.
pub(crate) struct Limits {
    pub(crate) idle_timeout: &'static str,
    pub(crate) max_lifetime: &'static str,
    /// The same, for the app's own sessions.
    pub(crate) idle: Duration,
    pub(crate) max: Duration,
    /// The idle limit as a person would say it.
    pub(crate) in_words: &'static str,
}

/// Everything in which the two apps differ.
pub(crate) struct Brand {
    pub(crate) product: Product,
    pub(crate) name: &'static str,
    pub(crate) client_id: &'static str,
    pub(crate) host: &'static str,
    pub(crate) tagline: &'static str,
    pub(crate) pitch: &'static str,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) api_path: &'static str,
    /// The scope an access token needs at the app's API.
    pub(crate) api_scope: &'static str,
    pub(crate) limits: Option<Limits>,
    /// The limits as a sentence.
    pub(crate) patience: &'static str,
    /// The form whose half-filled state survives a timeout.
    pub(crate) draft: &'static str,
    /// Prefix of the app's cookies. Hosts differ, but cookies ignore ports, so the name is the app's own.
    pub(crate) cookie: &'static str,
    pub(crate) stylesheet: &'static str,
    pub(crate) icon: &'static str,
    audience: Audience,
}

impl Brand {
    /// `http://host:port`, where the app lives.
    pub(crate) fn origin(&self, port: u16) -> String {
        format!("http://{}:{port}", self.host)
    }

    /// The `resource` the app asks for (RFC 8707, section 2), if any.
    pub(crate) fn resource(&self, origin: &str) -> Option<String> {
        (self.audience == Audience::OwnApi).then(|| format!("{origin}/api"))
    }

    /// Whether this is the bank; templates choose by it.
    pub(crate) fn is_bank(&self) -> bool {
        self.product == Product::Bank
    }
}

/// A bank: strict, forgets a person after two idle minutes.
pub(crate) static MERIDIAN: Brand = Brand {
    product: Product::Bank,
    name: "Meridian Bank",
    client_id: "meridian-bank",
    host: "bank.localhost",
    tagline: "Money, kept calm.",
    pitch: "Everyday accounts, clear statements, and a bank that shows you out when you walk away.",
    scopes: &["openid", "profile", "email"],
    api_path: "/api/balance",
    api_scope: "profile",
    limits: Some(Limits {
        idle_timeout: "2m",
        max_lifetime: "10m",
        idle: Duration::from_secs(2 * 60),
        max: Duration::from_secs(10 * 60),
        in_words: "two minutes",
    }),
    patience: "The bank’s own: two minutes without you, ten in all.",
    draft: "transfer",
    cookie: "meridian",
    stylesheet: include_str!("../../static/meridian.css"),
    icon: include_str!("../../static/meridian.svg"),
    audience: Audience::OwnApi,
};

/// A social app: no limits of its own, stays signed in as long as the SSO session lives.
pub(crate) static PLAZA: Brand = Brand {
    product: Product::Social,
    name: "Plaza",
    client_id: "plaza",
    host: "plaza.localhost",
    tagline: "The square where your people are.",
    pitch: "Small moments from the people you know. No rankings, no strangers, no rush.",
    scopes: &["openid", "profile", "email"],
    api_path: "/api/feed",
    api_scope: "profile",
    limits: None,
    patience: "Plaza’s own: it has no limits.",
    draft: "post",
    cookie: "plaza",
    stylesheet: include_str!("../../static/plaza.css"),
    icon: include_str!("../../static/plaza.svg"),
    audience: Audience::OwnApi,
};
