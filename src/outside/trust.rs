//! Which certificates are believed: those that the system believes, so that an organisation's own authority is added
//! where the organisation adds it for everything else (`SSL_CERT_FILE` and `SSL_CERT_DIR` work as usual).

use rustls::{ClientConfig, RootCertStore};
use std::sync::{Arc, LazyLock};

/// Read once: it is a file of some hundred certificates.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (good, bad) = roots.add_parsable_certificates(found.certs);
    if good == 0 {
        tracing::warn!(
            "the system has no root certificates; no app can be told of sign-outs by https. Install ca-certificates, or \
             name a file in SSL_CERT_FILE"
        );
    } else if bad > 0 {
        tracing::debug!(bad, "root certificates of the system that cannot be read");
    }
    Arc::new(roots)
});

/// The system's.
pub fn system() -> ClientConfig {
    of(Arc::clone(&ROOTS))
}

/// These authorities alone.
///
/// # Panics
/// Never: the provider knows the versions it is asked for.
pub fn of(roots: Arc<RootCertStore>) -> ClientConfig {
    // The provider is named and not looked up: nothing then depends on who installed which one, or whether.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    versions.expect("the provider knows TLS 1.2 and 1.3").with_root_certificates(roots).with_no_client_auth()
}
