//! Rules over several settings. Each names the line of a setting that was really written: a default is never blamed.

use super::load::Places;
use super::problem::{Place, Problem};
use super::{Config, MailTls, Opening, StoreKind};
use crate::model::cookies::Switch;
use crate::model::history::OnRisk;
use crate::outside::breached::Breached;
use crate::protocol::duration::Limit;
use crate::protocol::issuer::Transport;
use std::path::Path;
use std::time::Duration;

/// A limit as a length that can be compared: never is the longest.
fn length(limit: Limit) -> Duration {
    limit.span().unwrap_or(Duration::MAX)
}

/// Longer ordinary limits lift the remembered ones where these were not written: nobody who asked to be kept signed in
/// is kept for less.
pub(super) fn follow(config: &mut Config, places: &Places) {
    let session = &mut config.session;
    let longer = |a: Limit, b: Limit| if length(a) > length(b) { a } else { b };
    if !places.contains_key("session.remember.idle_timeout") {
        session.remember.idle_timeout = longer(session.idle_timeout, session.remember.idle_timeout);
    }
    if !places.contains_key("session.remember.max_lifetime") {
        session.remember.max_lifetime = longer(session.max_lifetime, session.remember.max_lifetime);
    }
    // The same for the grant: whoever writes one of the two means it.
    let tokens = &mut config.tokens;
    match (places.contains_key("tokens.refresh_idle"), places.contains_key("tokens.refresh_max")) {
        (true, false) => tokens.refresh_max = tokens.refresh_max.max(tokens.refresh_idle),
        (false, true) => tokens.refresh_idle = tokens.refresh_idle.min(tokens.refresh_max),
        _ => (),
    }
}

/// What is wrong with the settings together.
pub(super) fn judge(config: &Config, places: &Places) -> Vec<Problem> {
    let mut judging = Judging { places, problems: Vec::new() };
    judging.keys(config);
    judging.tls(config);
    judging.reach(config);
    judging.store(config);
    judging.session(config);
    judging.tokens(config);
    judging.mail(config);
    judging.passwords(config);
    judging.registration(config);
    judging.problems.sort_by(|a, b| a.place.cmp(&b.place));
    judging.problems
}

struct Judging<'a> {
    places: &'a Places,
    problems: Vec<Problem>,
}

impl Judging<'_> {
    fn place(&self, key: &str) -> Option<&Place> {
        self.places.get(key)
    }

    /// Blames the first of the keys that was written.
    fn blame(&mut self, keys: &[&str], reason: impl Into<String>) {
        if let Some((key, place)) = keys.iter().find_map(|key| Some((*key, self.place(key)?.clone()))) {
            self.problems.push(Problem { place, key: key.to_owned(), reason: reason.into() });
        }
    }

    fn keys(&mut self, config: &Config) {
        let keys = &config.keys;
        if keys.seal_key.secret().is_some() && keys.seal_key_file.is_some() {
            self.blame(&["keys.seal_key_file"], "is set, and so is `keys.seal_key`; write one of the two");
        } else if let Err(error) = keys.seal() {
            self.blame(&["keys.seal_key_file"], format!("{error:#}").trim_start_matches("keys.seal_key_file: "));
        }
    }

    fn tls(&mut self, config: &Config) {
        match (&config.tls.cert, &config.tls.key) {
            (Some(_), None) => self.blame(&["tls.cert"], "is set without `tls.key`; write both, or neither"),
            (None, Some(_)) => self.blame(&["tls.key"], "is set without `tls.cert`; write both, or neither"),
            (Some(cert), Some(key)) => {
                self.readable("tls.cert", cert);
                self.readable("tls.key", key);
                if config.issuer.transport() == Transport::Plain {
                    let reason = format!(
                        "with [tls], browsers come by https, yet `issuer` is {}; write it with https, or leave [tls] out",
                        config.issuer
                    );
                    self.blame(&["issuer", "tls.cert"], reason);
                }
            }
            (None, None) => (),
        }
    }

    fn readable(&mut self, key: &str, path: &Path) {
        let found = std::fs::File::open(path).and_then(|file| file.metadata());
        let why = match found {
            Ok(facts) if facts.is_file() => return,
            Ok(_) => "is no file".to_owned(),
            Err(error) => format!("cannot be read ({error})"),
        };
        let name = path.display();
        self.blame(&[key], format!("`{name}` {why}; write the path of a PEM file, relative to the working directory"));
    }

    fn reach(&mut self, config: &Config) {
        if config.issuer.transport() == Transport::Plain && !config.listen.ip().is_loopback() {
            let reason = format!(
                "with `issuer` {} passwords would cross the network unencrypted at {}; listen on \"127.0.0.1:{}\", or give \
                 Abide an https issuer, with [tls] or with a proxy that ends TLS in front",
                config.issuer,
                config.listen,
                config.listen.port()
            );
            self.blame(&["listen", "issuer"], reason);
        }
    }

    fn store(&mut self, config: &Config) {
        match (config.store.kind, config.store.url.secret()) {
            (StoreKind::Postgres, None) => {
                let reason = "is \"postgres\" without `store.url`; write where the database is, best in the variable \
                              ABIDE_STORE__URL, which keeps the password out of the file";
                self.blame(&["store.kind"], reason);
            }
            (StoreKind::Sled, Some(_)) => {
                let reason = "is for PostgreSQL, and `store.kind` is \"sled\", which keeps its files in `data_dir`; write \
                              kind = \"postgres\", or leave the URL out";
                self.blame(&["store.url"], reason);
            }
            _ => (),
        }
    }

    fn session(&mut self, config: &Config) {
        let session = &config.session;
        let pairs = [
            (
                "session.remember.idle_timeout",
                session.remember.idle_timeout,
                "session.idle_timeout",
                session.idle_timeout,
            ),
            (
                "session.remember.max_lifetime",
                session.remember.max_lifetime,
                "session.max_lifetime",
                session.max_lifetime,
            ),
        ];
        for (key, kept, other, ordinary) in pairs {
            if length(kept) < length(ordinary) {
                let reason = format!(
                    "{kept} is shorter than `{other}`, {ordinary}: who asked to stay signed in would be signed out sooner; \
                     write at least \"{ordinary}\", or leave it out"
                );
                self.blame(&[key], reason);
            }
        }
        let shortest = length(session.idle_timeout).min(length(session.max_lifetime));
        // Only when written: the default is long for short limits, and a limit warns at half of itself at the earliest.
        if session.warn_before.0 >= shortest {
            let reason = format!(
                "{} is not shorter than the shortest limit, {}: sessions would begin with their warning; write less than \
                 half of that limit",
                session.warn_before,
                Limit::After(shortest)
            );
            self.blame(&["session.warn_before"], reason);
        }
    }

    fn mail(&mut self, config: &Config) {
        let mail = &config.mail;
        let develops = mail.development == Switch::On;
        if mail.server.is_some() && develops {
            let reason =
                "shows mails instead of sending them, and `mail.server` says where to send them; leave one out";
            self.blame(&["mail.development"], reason);
        }
        if mail.server.is_some() && mail.from.is_none() {
            self.blame(
                &["mail.server"],
                "is set without `mail.from`; write who sends, such as \"Abide <id@example.com>\"",
            );
        }
        if mail.from.is_some() && mail.switch() == Switch::Off {
            self.blame(&["mail.from"], "is set without `mail.server`; write through which server mails are sent");
        }
        if let Some(server) = mail.server.as_ref().filter(|_| mail.tls == MailTls::None) {
            if !server.is_local() {
                let reason = "is \"none\", and the mail server is on another machine: links to new passwords would cross the \
                              network in the clear; leave it out";
                self.blame(&["mail.tls"], reason);
            } else if server.opening == Opening::Tls {
                self.blame(&["mail.tls"], "is \"none\", and smtps is TLS; write smtp, or leave it out");
            }
        }
        let named = !mail.username.is_empty();
        match (named, mail.password.secret().is_some(), mail.password_file.is_some()) {
            (true, false, false) => {
                let reason =
                    "is set without a password; write `mail.password_file`, or the variable ABIDE_MAIL__PASSWORD";
                self.blame(&["mail.username"], reason);
            }
            (false, true, _) | (false, _, true) => {
                self.blame(
                    &["mail.password", "mail.password_file"],
                    "is set without `mail.username`; write both, or neither",
                );
            }
            (true, true, true) => {
                self.blame(&["mail.password_file"], "is set, and so is `mail.password`; write one of the two");
            }
            _ => (),
        }
        if config.accounts.self_registration == Switch::On && mail.switch() == Switch::Off {
            let reason = "is true, and there is no [mail]: an account is made by whoever shows that its address is theirs; \
                          write `mail.server`, or leave it out";
            self.blame(&["accounts.self_registration"], reason);
        }
        if config.sign_in.on_unusual == OnRisk::Ask && mail.switch() == Switch::Off {
            let reason = "is \"ask\", and there is no [mail]: what is asked for is a code that is mailed; write `mail.server`, or \
                          leave it out";
            self.blame(&["sign_in.on_unusual"], reason);
        }
    }

    fn passwords(&mut self, config: &Config) {
        let Some(path) = &config.passwords.breached else { return };
        if let Err(fault) = Breached::at(path).check() {
            let reason = format!(
                "{fault}; write the path of a file of lines SHA-1:COUNT, sorted, as the downloader of Have I Been Pwned \
                 writes it, or leave it out"
            );
            self.blame(&["passwords.breached"], reason);
        }
    }

    fn registration(&mut self, config: &Config) {
        let registration = &config.registration;
        if let Err(error) = registration.terms() {
            let key = "registration.initial_access_token_file";
            let reason = format!("{error:#}");
            self.blame(&[key], reason.trim_start_matches(key).trim_start_matches(": "));
        }
        if registration.certification == Switch::On && !registration.is_offered() {
            let reason = "is true, and no app can register itself; write `registration.open` or \
                          `registration.initial_access_token`, or leave it out";
            self.blame(&["registration.certification"], reason);
        }
    }

    fn tokens(&mut self, config: &Config) {
        let tokens = &config.tokens;
        if tokens.refresh_idle > tokens.refresh_max {
            let reason = format!(
                "{} is longer than `tokens.refresh_max`, {}, and so would never apply; write at most \"{}\"",
                tokens.refresh_idle, tokens.refresh_max, tokens.refresh_max
            );
            self.blame(&["tokens.refresh_idle"], reason);
        }
    }
}
