//! Every setting, once: its key, where it goes, the range it must be in, and a line for people.

use super::Config;
use super::key_seal::is_key;
use super::size::Size;
use super::values::{Raw, Value};
use crate::protocol::duration::{Limit, Span};
use std::time::Duration;

/// A setting.
pub(super) struct Setting {
    /// Its dotted key.
    pub(super) key: &'static str,
    /// Reads it into the settings, or says why it is wrong and what would be right.
    pub(super) set: fn(&mut Config, &Raw) -> Result<(), String>,
    /// Prints it as TOML. The example file and the documentation are held against it.
    #[cfg_attr(not(test), allow(dead_code, reason = "only tests print settings"))]
    pub(super) print: fn(&Config) -> String,
}

macro_rules! settings {
    ($($key:literal: $($field:ident).+ $(, $rule:expr)?;)*) => {
        &[$(Setting {
            key: $key,
            set: |config, raw| {
                let value = Value::read(raw)?;
                $($rule(&value)?;)?
                config.$($field).+ = value;
                Ok(())
            },
            print: |config| Value::print(&config.$($field).+),
        }),*]
    };
}

/// The settings of this version, in the order of the documentation.
pub(super) const SETTINGS: &[Setting] = settings! {
    "issuer": issuer;
    "listen": listen;
    "data_dir": data_dir;
    "keys_dir": keys_dir;
    "keys.rotate_after": keys.rotate_after, |limit: &Limit| limit.span().map_or(Ok(()), |span| {
        within(&Span(span), 30 * 86_400, 730 * 86_400, "what one key signs should not grow without end; \"never\" is allowed")
    });
    "keys.seal_key": keys.seal_key, is_key;
    "keys.seal_key_file": keys.seal_key_file;
    "tls.cert": tls.cert;
    "tls.key": tls.key;
    "http.trusted_proxies": http.trusted_proxies;
    "store.kind": store.kind;
    "store.url": store.url;
    "store.cache": store.cache, |size: &Size| {
        if *size < Size::mb(8) { Err(format!("{size} is too little to work with; write at least \"8MB\"")) } else { Ok(()) }
    };
    "session.idle_timeout": session.idle_timeout;
    "session.max_lifetime": session.max_lifetime;
    "session.warn_before": session.warn_before;
    "session.reconstitution_window": session.reconstitution_window, |span| {
        within(span, 0, 90 * 86_400, "memory of who was signed in where should not outlive its use")
    };
    "session.remember.idle_timeout": session.remember.idle_timeout;
    "session.remember.max_lifetime": session.remember.max_lifetime;
    "cookies.silent": cookies.silent;
    "cookies.state": cookies.state;
    "sign_in.require": sign_in.require;
    "sign_in.on_jump": sign_in.on_jump;
    "sign_in.on_unusual": sign_in.on_unusual;
    "tokens.code": tokens.code, |span| within(span, 1, 600, "a code travels through browsers (RFC 6749, section 4.1.2)");
    "tokens.access": tokens.access, |span| within(span, 1, 3_600, "where an app verifies the token itself, a sign-out shows only when it expires");
    "tokens.id": tokens.id, |span| within(span, 1, 86_400, "it states a fact that grows old");
    "tokens.refresh_idle": tokens.refresh_idle, |span| within(span, 1, 730 * 86_400, "an unused token should die");
    "tokens.refresh_max": tokens.refresh_max, |span| within(span, 1, 730 * 86_400, "a person should be asked again now and then");
    "tokens.refresh_retry": tokens.refresh_retry, |span| within(span, 0, 600, "until then a stolen token's reuse may go unseen");
    "tokens.dpop_nonce": tokens.dpop_nonce;
    "outbound.allow": outbound.allow;
    "mail.from": mail.from;
    "mail.server": mail.server;
    "mail.tls": mail.tls;
    "mail.username": mail.username;
    "mail.password": mail.password;
    "mail.password_file": mail.password_file;
    "mail.development": mail.development;
    "accounts.self_registration": accounts.self_registration;
    "registration.open": registration.open;
    "registration.initial_access_token": registration.initial_access_token;
    "registration.initial_access_token_file": registration.initial_access_token_file;
    "registration.certification": registration.certification;
    "registration.unused": registration.unused, |limit: &Limit| limit.span().map_or(Ok(()), |span| {
        within(&Span(span), 86_400, 730 * 86_400, "registrations that nobody uses should go; \"never\" is allowed")
    });
    "passwords.breached": passwords.breached;
    "log.format": log.format;
    "log.level": log.level;
};

fn within(span: &Span, least: u64, most: u64, why: &str) -> Result<(), String> {
    let (least, most) = (Span(Duration::from_secs(least)), Span(Duration::from_secs(most)));
    if *span < least {
        return Err(format!("{span} is too short; write from \"{least}\" to \"{most}\""));
    }
    if *span > most {
        return Err(format!("{span} is too long: {why}; write from \"{least}\" to \"{most}\""));
    }
    Ok(())
}

/// The setting of a key.
pub(super) fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// Is the key the name of a section, such as `session`?
pub(super) fn is_section(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}
