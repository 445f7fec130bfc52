//! Why there was no answer. What is printed may stand in a log and before an administrator: nothing that the other side
//! wrote, nothing of the URI, nothing of what was sent.

use crate::model::outbound::{BadAddress, Forbidden};
use rustls::CertificateError;
use std::error::Error;
use std::io;

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// The URI is none that can be asked.
    #[error("the address cannot be used: {0}")]
    BadAddress(#[from] BadAddress),
    /// A rule forbids it.
    #[error("the address must not be reached: {0}")]
    Forbidden(#[from] Forbidden),
    /// The name has no address.
    #[error("the name has no address, or could not be looked up")]
    Resolution,
    /// Nobody listens.
    #[error("the connection was refused: nobody listens at that port")]
    Refused,
    /// No way there.
    #[error("no connection could be made")]
    Connect,
    /// The other side could not prove who it is, or TLS failed otherwise.
    #[error("no secure connection could be made: {0}")]
    Tls(TlsFault),
    /// It took too long.
    #[error("it took too long")]
    TimedOut,
    /// The answer's head or body is too large; it was not read on.
    #[error("the answer is too large; it was cut off")]
    TooLarge,
    /// The connection broke, or what came back is no HTTP.
    #[error("the connection broke off, or the answer is not HTTP")]
    Broken,
}

/// What was wrong with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// Nobody whom the system believes signed the certificate.
    #[error("the certificate is from nobody whom this system trusts")]
    Untrusted,
    /// Another name.
    #[error("the certificate is for another name")]
    Name,
    /// Too late or too early.
    #[error("the certificate has expired or is not yet valid")]
    Time,
    /// Otherwise bad.
    #[error("the certificate is not valid")]
    Certificate,
    /// No common version, an alert, or no TLS at all.
    #[error("the two sides did not agree")]
    Handshake,
}

impl Unreached {
    /// The URI is one, and yet cannot be put into a request.
    pub(super) fn unusual() -> Unreached {
        Unreached::BadAddress(BadAddress::NotUri)
    }

    /// Did it fail before a byte of the request could have left?
    pub fn nothing_was_sent(&self) -> bool {
        match self {
            Unreached::BadAddress(_) | Unreached::Forbidden(_) | Unreached::Resolution => true,
            Unreached::Refused | Unreached::Connect | Unreached::Tls(_) => true,
            Unreached::TimedOut | Unreached::TooLarge | Unreached::Broken => false,
        }
    }

    /// What lies at the bottom of a library's error: the first thing in the chain that we know.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Unreached {
        known(error).unwrap_or(Unreached::Broken)
    }
}

fn known(error: &(dyn Error + 'static)) -> Option<Unreached> {
    if let Some(ours) = error.downcast_ref::<Unreached>() {
        return Some(ours.clone());
    }
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(Unreached::Tls(fault(tls)));
    }
    if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large) {
        return Some(Unreached::TooLarge);
    }
    // An `io::Error` is not the source of what it wraps: it hides it.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.and_then(|inner| known(inner)).or_else(|| error.source().and_then(known))
}

fn fault(error: &rustls::Error) -> TlsFault {
    let rustls::Error::InvalidCertificate(certificate) = error else { return TlsFault::Handshake };
    match certificate {
        CertificateError::UnknownIssuer => TlsFault::Untrusted,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => TlsFault::Name,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsFault::Time,
        _ => TlsFault::Certificate,
    }
}
