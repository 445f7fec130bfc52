//! Why the database cannot be used, in words for whoever runs Abide.

use super::schema::SCHEMA;
use sqlx::Error;

/// Why a store on PostgreSQL could not be opened. The messages say what to do; none holds the URL or the password.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be used.
    #[error(
        "[store] url cannot be used: {0}; write such as postgres://abide:PASSWORD@db.example.com:5432/abide, best in the \
         variable ABIDE_STORE__URL"
    )]
    Url(String),
    /// Nobody answers.
    #[error(
        "PostgreSQL cannot be reached: {place} ({why}); is it running there, and does its address stand in [store] url or \
         ABIDE_STORE__URL?"
    )]
    Unreachable {
        /// Database and server.
        place: String,
        /// What the system says.
        why: String,
    },
    /// TLS was not agreed on.
    #[error(
        "the connection to PostgreSQL cannot be protected: {place} ({why}); name the authority of its certificate with \
         sslrootcert=FILE in the URL, or write another sslmode if the network between is trusted"
    )]
    Tls {
        /// Database and server.
        place: String,
        /// What went wrong.
        why: String,
    },
    /// Wrong name or password.
    #[error(
        "PostgreSQL refused the user or the password: {place} ({why}); put them right in [store] url or ABIDE_STORE__URL"
    )]
    Password {
        /// Database and server.
        place: String,
        /// What the server says.
        why: String,
    },
    /// There is no such database.
    #[error("PostgreSQL has no such database: {0}; make it with `createdb`, or name another one in [store] url")]
    NoDatabase(String),
    /// The role may not do what it has to.
    #[error(
        "the role may not do what Abide needs: {place} ({why}). Run `abide migrate` with a role that may create tables; \
         at run time, SELECT, INSERT, UPDATE, DELETE on the tables abide_* and USAGE on the sequence abide_event_serial do"
    )]
    Denied {
        /// Database and server.
        place: String,
        /// What the server says.
        why: String,
    },
    /// Written by an older version.
    #[error(
        "the database has schema version {found}, and this version of Abide needs {SCHEMA}: {place}. Back it up, then run \
         `abide migrate`"
    )]
    Older {
        /// Database and server.
        place: String,
        /// Its version.
        found: i64,
    },
    /// Written by a later version.
    #[error(
        "the database has schema version {found}, and this version of Abide knows up to {SCHEMA}: {place}. It was migrated \
         by a newer Abide: start that version, or restore a backup of before"
    )]
    Newer {
        /// Database and server.
        place: String,
        /// Its version.
        found: i64,
    },
    /// It can be read and not written.
    #[error(
        "the database can only be read: {0}. It is a replica, or was set read-only; name the primary in [store] url, or \
         set it right"
    )]
    ReadOnly(String),
    /// Anything else the server says.
    #[error("PostgreSQL refused: {place} ({why})")]
    Refused {
        /// Database and server.
        place: String,
        /// What the server says.
        why: String,
    },
}

/// What an error while opening means.
pub(super) fn explained(place: &str, error: &Error) -> ConnectError {
    let place = place.to_owned();
    match error {
        Error::Database(refusal) => {
            let why = refusal.message().to_owned();
            match refusal.code().as_deref() {
                Some("28P01" | "28000") => ConnectError::Password { place, why },
                Some("3D000") => ConnectError::NoDatabase(place),
                Some("42501") => ConnectError::Denied { place, why },
                Some("25006") => ConnectError::ReadOnly(place),
                _ => ConnectError::Refused { place, why },
            }
        }
        Error::Tls(_) => ConnectError::Tls { place, why: error.to_string() },
        // What is wrong with a certificate arrives as an error of the connection.
        Error::Io(broken) if broken.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            ConnectError::Tls { place, why: broken.to_string() }
        }
        Error::Configuration(why) => ConnectError::Url(why.to_string()),
        other => ConnectError::Unreachable { place, why: other.to_string() },
    }
}
