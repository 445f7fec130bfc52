//! What is allowed and yet perhaps not meant: for `abide check`.

use super::Config;
use crate::model::authorization::factor::Level;
use crate::model::cookies::Switch;
use crate::protocol::duration::Limit;
use crate::protocol::issuer::Transport;
use std::fmt;
use std::time::Duration;
use url::Url;

/// A warning about settings that work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The setting, as a dotted key.
    pub key: &'static str,
    /// What it leads to, and what to write instead.
    pub text: String,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.text)
    }
}

fn advice(when: bool, key: &'static str, text: impl Into<String>) -> Option<Advice> {
    when.then(|| Advice { key, text: text.into() })
}

impl Config {
    /// What a careful reader of these settings would ask about.
    pub fn check(&self) -> Vec<Advice> {
        [
            self.about_reach(),
            self.about_places(),
            self.about_sessions(),
            self.about_cookies(),
            self.about_tokens(),
            self.about_mail(),
            self.about_upstreams(),
            self.about_registration(),
        ]
        .concat()
    }

    fn about_reach(&self) -> Vec<Advice> {
        let https = self.issuer.transport() == Transport::Tls;
        let (tls, loopback) = (self.tls.files().is_some(), self.listen.ip().is_loopback());
        let proxied = !self.http.trusted_proxies.is_empty();
        let port = Url::parse(&self.issuer.to_string()).ok().and_then(|url| url.port_or_known_default());
        let direct = (!https || tls) && !proxied;
        [
            advice(
                !https,
                "issuer",
                "plain http: for trying out on this machine only. Relying apps know the issuer by its exact text, so give it \
                 its https address before the first real app is registered",
            ),
            advice(
                https && !tls && !proxied,
                "http.trusted_proxies",
                "the issuer is https and there is no [tls], so a proxy must be in front; name its address here, or everybody \
                 appears to come from the proxy and shares one limit on guessing",
            ),
            advice(
                https && !tls && !loopback,
                "listen",
                "without [tls], whoever reaches this address goes past the proxy, unencrypted; let only the proxy reach it",
            ),
            advice(
                direct && port.is_some_and(|port| self.listen.port() != 0 && port != self.listen.port()),
                "listen",
                format!("the port is not the one of the issuer {}; browsers will look for Abide there", self.issuer),
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_places(&self) -> Vec<Advice> {
        let inside = self.keys_dir.starts_with(&self.data_dir);
        let beside = self.keys.seal_key_file.as_ref().is_some_and(|path| path.starts_with(&self.keys_dir));
        [
            advice(
                inside,
                "keys_dir",
                "lies inside `data_dir`: whoever copies the data then has the signing keys; keep them apart",
            ),
            advice(
                beside,
                "keys.seal_key_file",
                "lies inside `keys_dir`: whoever copies what it seals has the key as well; keep them apart",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_sessions(&self) -> Vec<Advice> {
        let session = &self.session;
        let never = |limit: Limit| limit == Limit::Never;
        let useless = match (session.idle_timeout, session.max_lifetime) {
            (Limit::After(idle), Limit::After(max)) => idle >= max,
            _ => false,
        };
        let short = session.warn_before.0 < Duration::from_secs(20);
        [
            advice(
                never(session.idle_timeout) && never(session.max_lifetime),
                "session.max_lifetime",
                "with both limits \"never\" a forgotten browser stays signed in for good; apps that are more sensitive need \
                 limits of their own in their client records",
            ),
            advice(
                never(session.max_lifetime) && !never(session.idle_timeout),
                "session.max_lifetime",
                "\"never\": who keeps active is never asked for a password again",
            ),
            advice(useless, "session.idle_timeout", "is not shorter than `session.max_lifetime` and so never applies"),
            advice(
                short,
                "session.warn_before",
                "under 20 s people cannot answer the warning (WCAG 2.2, success criterion 2.2.1)",
            ),
            advice(
                session.reconstitution_window.0.is_zero(),
                "session.reconstitution_window",
                "0s: nobody continues where they were after a time-out",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_cookies(&self) -> Vec<Advice> {
        let (silent, state) = (self.cookies.silent == Switch::On, self.cookies.state == Switch::On);
        let plain = self.issuer.transport() == Transport::Plain;
        [
            advice(
                silent && plain,
                "cookies.silent",
                "does nothing over plain http: browsers send cookies into frames of other sites by https alone",
            ),
            advice(
                state,
                "cookies.state",
                "browsers that block third-party cookies keep this cookie from /check_session in apps of other sites: where \
                 it can tell, it answers `error`, else `changed`, and apps that take that for a sign-out sign people out \
                 who are signed in; back-channel logout works in every browser",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_upstreams(&self) -> Vec<Advice> {
        let plain = self.upstream.iter().find(|one| one.rules.issuer.starts_with("http://"));
        let strong = self.upstream.iter().find(|one| one.rules.trust_acr.values().any(|level| *level > Level::One));
        [
            plain.and_then(|one| {
                let text = format!(
                    "{} is reached by plain http: for trying out on this machine only, and where `outbound.allow` lists it",
                    one.rules.issuer
                );
                advice(true, "upstream.issuer", text)
            }),
            strong.and_then(|one| {
                let text = format!(
                    "where {} says one of these, nobody is asked for their own second factor here: whoever takes an \
                     account over there has it here",
                    one.rules.name
                );
                advice(true, "upstream.trust_acr", text)
            }),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_registration(&self) -> Vec<Advice> {
        let registration = &self.registration;
        [
            advice(
                registration.certification == Switch::On,
                "registration.certification",
                "for a run of the OpenID conformance suite only: apps that register themselves may have tokens sent through \
                 the browser (implicit and hybrid flows), go without PKCE, have pages show whatever logo they like, and \
                 have errors sent to them without a page that warns of it",
            ),
            advice(
                registration.open == Switch::On,
                "registration.open",
                "anybody can register an app under any name; people are asked before it learns of them, and \
                 `registration.initial_access_token` would keep strangers out",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_mail(&self) -> Vec<Advice> {
        [
            advice(
                self.mail.switch() == Switch::Off,
                "mail.server",
                "is not set: nobody can be sent a link to a new password or an invitation, prove a mail address, or be told \
                 of a sign-in from a new device; the pages do not offer it",
            ),
            advice(
                self.mail.development == Switch::On,
                "mail.development",
                "shows every mail on the terminal, with the links to new passwords in it, and sends none",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn about_tokens(&self) -> Vec<Advice> {
        let tokens = &self.tokens;
        [
            advice(
                tokens.refresh_retry.0.is_zero(),
                "tokens.refresh_retry",
                "0s: an app that loses one answer, or refreshes in two tabs at once, counts as a thief and loses its grant",
            ),
            advice(
                tokens.access.0 < Duration::from_secs(30),
                "tokens.access",
                "under 30 s apps spend their time on refreshing, and clocks that differ a little find tokens expired",
            ),
            advice(
                tokens.code.0 < Duration::from_secs(10),
                "tokens.code",
                "under 10 s slow networks make sign-ins fail",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
