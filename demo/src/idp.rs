//! The identity provider of the demo: the only file that calls the `abide` library.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use abide::app::{App, Running};
use abide::clock::Clock;
use abide::config::{Accounts, Config, Mail, Outbound, RememberedSession, Session};
use abide::model::cookies::Switch;
use abide::protocol::duration::Limit;
use anyhow::Context;
use serde_json::{Value, json};

use crate::relying_app::brand::Brand;

/// The demo's one account. Its password is public on purpose: everything listens on loopback only.
pub(crate) mod person {
    /// What the visitor types first.
    pub(crate) const USERNAME: &str = "mira";
    /// A passphrase within the provider's password rules (15 characters when it is the only factor).
    pub(crate) const PASSWORD: &str = "harbour lanterns at dusk";
}

const NEVER: Limit = Limit::Never;

/// One of the apps as the provider gets to know it.
pub(crate) struct Registered<'a> {
    pub(crate) brand: &'static Brand,
    /// `http://host:port`.
    pub(crate) origin: &'a str,
    pub(crate) secret: &'a str,
}

/// Opens the provider in `home`, imports the demo's person and clients and serves on `listen`, by the clock of the apps.
///
/// # Errors
/// When the store or the keys cannot be opened, the import is refused, or the port is taken meanwhile.
pub(crate) async fn start(
    issuer: &str,
    home: &Path,
    listen: SocketAddr,
    clients: &[Registered<'_>],
    clock: &abide_rp::Clock,
) -> anyhow::Result<Running> {
    let clock = match clock {
        abide_rp::Clock::System => Clock::System,
        abide_rp::Clock::Travelling(at) => Clock::Travelling(Arc::clone(at)),
    };
    let usual = Config::default();
    let remember = RememberedSession { idle_timeout: NEVER, max_lifetime: NEVER };
    let own =
        clients.iter().map(|one| one.origin.parse()).collect::<Result<Vec<_>, _>>().context("an app's address")?;
    let config = Config {
        issuer: issuer.parse().context("the issuer")?,
        listen,
        data_dir: home.join("data"),
        keys_dir: home.join("keys"),
        // As lax as the laxest app needs: whoever is signed in at Plaza stays. The bank is strict by itself.
        session: Session { idle_timeout: NEVER, max_lifetime: NEVER, remember, ..usual.session },
        // The apps live on this machine; that they are told of an end needs saying so.
        outbound: Outbound { allow: own.into_iter().collect() },
        // A forgotten password, and an account of one's own, can be tried out: mails are shown on the terminal.
        mail: Mail { development: Switch::On, ..usual.mail },
        accounts: Accounts { self_registration: Switch::On },
        ..usual
    };
    let app = App::open_by(config, clock).await.context("the identity provider does not open")?;
    app.import(&import_file(issuer, clients).to_string()).await.context("the identity provider refuses the import")?;
    app.serve().await.context("the identity provider does not start")
}

fn import_file(issuer: &str, clients: &[Registered<'_>]) -> Value {
    json!({
        "users": [{
            "username": person::USERNAME,
            "password": person::PASSWORD,
            "claims": {
                "name": "Mira Lindqvist",
                "given_name": "Mira",
                "family_name": "Lindqvist",
                "email": "mira@example.org",
                "email_verified": true,
                "phone_number": "+46 8 5555 0142",
                "phone_number_verified": true,
            },
        }],
        "clients": clients.iter().map(|one| client(issuer, one)).collect::<Vec<Value>>(),
    })
}

fn client(issuer: &str, registered: &Registered<'_>) -> Value {
    let Registered { brand, origin, secret } = registered;
    let mut record = json!({
        "client_id": brand.client_id,
        "client_secret": secret,
        "client_name": brand.name,
        "client_uri": format!("{origin}/"),
        "redirect_uris": [format!("{origin}/auth/callback")],
        "post_logout_redirect_uris": [format!("{origin}/auth/signed-out")],
        "backchannel_logout_uri": format!("{origin}/auth/back-channel-logout"),
        "backchannel_logout_session_required": true,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": brand.scopes.join(" "),
        // They greet by name from the ID token, and never ask for more.
        "scope_claims": "id_token",
        // The house's own apps: asking Mira whether the bank may know her name would only delay the story.
        "consent": "skip",
        "resources": brand.resource(origin).into_iter().chain([issuer.to_owned()]).collect::<Vec<String>>(),
    });
    if let Some(limits) = &brand.limits {
        record["session"] = json!({"idle_timeout": limits.idle_timeout, "max_lifetime": limits.max_lifetime});
    }
    record
}

#[cfg(test)]
mod tests {
    use super::{Registered, import_file, person};
    use crate::relying_app::brand::{MERIDIAN, PLAZA};

    #[test]
    fn the_import_names_both_clients_with_their_own_addresses_and_limits() {
        let clients = [
            Registered { brand: &MERIDIAN, origin: "http://bank.localhost:8081", secret: "a" },
            Registered { brand: &PLAZA, origin: "http://plaza.localhost:8082", secret: "b" },
        ];
        let file = import_file("http://localhost:8080", &clients);
        assert_eq!(file["clients"][0]["redirect_uris"][0], "http://bank.localhost:8081/auth/callback");
        assert_eq!(file["clients"][0]["session"]["idle_timeout"], "2m");
        assert!(file["clients"][1].get("session").is_none());
        assert_eq!(file["clients"][1]["client_secret"], "b");
    }

    #[test]
    fn the_password_meets_the_rules() {
        assert!(person::PASSWORD.chars().count() >= 15);
    }
}
