//! What an error of the database means for the change or the read that met it.

use crate::store::contract::StoreFault;
use sqlx::Error;

/// Why an attempt came to nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It met another transaction and was undone: run it again.
    Again(String),
    /// The connection is gone, and the transaction with it: run it again over another one.
    Lost(String),
    /// Final.
    Fault(StoreFault),
}

/// An error before anything was committed.
impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        let Error::Database(refusal) = &error else {
            return match error {
                Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed => {
                    Trouble::Lost(error.to_string())
                }
                error => Trouble::Fault(unavailable(&error)),
            };
        };
        let code = refusal.code().unwrap_or_default();
        match &*code {
            // Serialization failure, deadlock; and a unique key that appeared between a look and a write.
            "40001" | "40P01" | "23505" => Trouble::Again(refusal.message().to_owned()),
            // The server is going, gone, or coming; or it became a replica, and another one is the primary now.
            "57P01" | "57P02" | "57P03" | "25006" => Trouble::Lost(refusal.message().to_owned()),
            code if code.starts_with("08") => Trouble::Lost(refusal.message().to_owned()),
            _ => Trouble::Fault(unavailable(&error)),
        }
    }
}

/// An error of the commit itself. Only what the database says it undid may be run again: after anything else nobody
/// knows, and a rule that ran again would meet its own traces and take them for another's.
pub(super) fn at_commit(error: Error) -> Trouble {
    if let Error::Database(refusal) = &error
        && matches!(refusal.code().as_deref(), Some("40001" | "40P01"))
    {
        return Trouble::Again(refusal.message().to_owned());
    }
    Trouble::Fault(StoreFault::Unavailable(format!("whether a change was committed is not known ({error})")))
}

/// The fault of an error that running again would not cure.
pub(super) fn unavailable(error: &Error) -> StoreFault {
    StoreFault::Unavailable(match error {
        Error::PoolClosed => "it is closed".into(),
        Error::PoolTimedOut => "PostgreSQL cannot be reached, or all connections to it are in use".into(),
        Error::Database(refusal) => match refusal.code().as_deref() {
            Some("55P03") => "PostgreSQL: another transaction held a record for too long".into(),
            Some("57014") => "PostgreSQL took too long".into(),
            code => format!("PostgreSQL: {} ({})", refusal.message(), code.unwrap_or("no code")),
        },
        other => format!("PostgreSQL: {other}"),
    })
}
