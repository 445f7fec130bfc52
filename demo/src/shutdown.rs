//! Waiting until somebody asks the demo to stop.

use anyhow::Context;

/// Returns at Ctrl-C or, on Unix, at SIGTERM.
///
/// # Errors
/// When the operating system refuses to tell us about signals.
pub(crate) async fn asked() -> anyhow::Result<()> {
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("cannot listen for Ctrl-C"),
        told = terminated() => told.context("cannot listen for SIGTERM"),
    }
}

#[cfg(unix)]
async fn terminated() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> std::io::Result<()> {
    std::future::pending().await
}
