//! Where the database is and how connections to it are set up.

use super::connect_error::ConnectError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use std::net::IpAddr;
use std::str::FromStr;
use url::Url;

/// Connections a node keeps at most. PostgreSQL allows 100 to all its clients unless told otherwise.
const CONNECTIONS: u32 = 16;

/// What may stand behind the `?` of a URL. Anything else is refused and not ignored: a misspelt `sslmode` would leave a
/// connection unprotected.
const PARAMETERS: [&str; 8] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "application_name", "statement-cache-capacity", "options"];

/// Where and how. Holds the password, and so cannot be printed.
#[derive(Clone)]
pub struct Settings {
    pub(super) options: PgConnectOptions,
    pub(super) connections: u32,
    place: String,
}

impl Settings {
    /// Settings from a URL such as `postgres://user:password@host:5432/database?sslmode=verify-full`. What the URL
    /// leaves out comes from the usual variables (`PGHOST`, `PGPASSWORD`, …) and the password file.
    ///
    /// Without `sslmode`, a server on this machine is reached with or without TLS, and any other only by TLS with its
    /// certificate and name verified, by the roots of browsers or by `sslrootcert`.
    ///
    /// # Errors
    /// [`ConnectError::Url`], which never repeats the URL: it holds the password.
    pub fn new(url: &str) -> Result<Settings, ConnectError> {
        let wrong = |why: &str| ConnectError::Url(why.to_owned());
        let parsed = Url::parse(url).map_err(|error| wrong(&format!("it is no URL ({error})")))?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(wrong("it does not begin with postgres://"));
        }
        let mut mode_is_written = std::env::var_os("PGSSLMODE").is_some();
        for (name, _) in parsed.query_pairs() {
            if !PARAMETERS.contains(&&*name) && !name.starts_with("options[") {
                return Err(wrong(&format!("it has the parameter `{}`, which is none", name.escape_debug())));
            }
            mode_is_written |= name == "sslmode";
        }
        let mut options = PgConnectOptions::from_str(url).map_err(|error| wrong(&error.to_string()))?;
        let near = is_near(&options);
        if !mode_is_written && !near {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        if !near && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull | PgSslMode::VerifyCa) {
            tracing::warn!("the connection to PostgreSQL leaves this machine unverified; write sslmode=verify-full");
        }
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let place = match options.get_socket() {
            Some(folder) => format!("{database} in {}", folder.display()),
            None => format!("{database} at {}:{}", options.get_host(), options.get_port()),
        };
        if options.get_application_name().is_none() {
            options = options.application_name("abide");
        }
        Ok(Settings {
            options: sqlx::ConnectOptions::disable_statement_logging(options),
            connections: CONNECTIONS,
            place,
        })
    }

    /// Database and server, for people. No secret.
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Does the connection stay on this machine?
fn is_near(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|a| a.is_loopback())
}

/// Limits that the server keeps for us, on every connection: nothing of ours waits or works for long, and a transaction
/// of a node that vanished lets its locks go. By statement and not as start-up options: proxies refuse those.
///
/// What was acknowledged has to be on disk, so a database that was told to hurry is told otherwise.
pub(super) async fn after_connect(connection: &mut PgConnection) -> sqlx::Result<()> {
    const LIMITS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
                          SET idle_in_transaction_session_timeout = '10s'";
    sqlx::raw_sql(LIMITS).execute(&mut *connection).await?;
    let hurry: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut *connection).await?;
    if hurry == "off" {
        sqlx::raw_sql("SET synchronous_commit = 'on'").execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_servers_are_verified_unless_told_otherwise() {
        let mode = |url: &str| Settings::new(url).map(|settings| format!("{:?}", settings.options.get_ssl_mode()));
        for (url, want) in [
            ("postgres://abide:geheim@db.example.com/abide", "VerifyFull"),
            ("postgres://abide:geheim@10.0.0.7/abide?sslmode=disable", "Disable"),
            ("postgresql://abide@db.example.com/abide?sslmode=verify-ca", "VerifyCa"),
            ("postgres://abide@127.0.0.1:5433/abide", "Prefer"),
            ("postgres://abide@[::1]:5433/abide", "Prefer"),
            ("postgres://abide@localhost/abide?sslmode=verify-full", "VerifyFull"),
        ] {
            assert_eq!(mode(url).unwrap(), want, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (url, part) in [
            ("geheim", "no URL"),
            ("mysql://abide:geheim@db/abide", "postgres://"),
            ("postgres://abide:geheim@db/abide?sslmod=disable", "`sslmod`"),
            ("postgres://abide:geheim@db/abide?sslmode=perhaps", "perhaps"),
            ("postgres://abide:geheim@db:70000/abide", "no URL"),
        ] {
            let Err(error) = Settings::new(url) else { panic!("{url} should be wrong") };
            let text = format!("{error} {error:?}");
            assert!(text.contains(part) && text.contains("ABIDE_STORE__URL") && !text.contains("geheim"), "{text}");
        }
        assert_eq!(Settings::new("postgres://abide:geheim@db:5433/idp").unwrap().place(), "idp at db:5433");
    }
}
