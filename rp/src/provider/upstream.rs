//! The provider's own word about its session, where it announces the endpoints: asked, reported to, listened to.

use super::wire::WireError;
use super::{Provider, Wire};
use openidconnect::url::Url;
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The provider says something at least that often; after twice that the connection counts as dead.
const SILENCE: Duration = Duration::from_secs(50);
/// Between two attempts to listen.
const PAUSE: Duration = Duration::from_secs(10);
/// No honest event is longer.
const LONGEST_EVENT: usize = 64 * 1024;

/// How a report of activity went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reported {
    Done,
    /// This client may not, or the provider does not know it.
    NotForUs,
    /// Not now.
    Failed,
}

/// Gives a good access token, for as long as there is one.
pub(crate) type TokenSource = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Option<String>>>>>;

/// A stream of the provider, listened to for as long as this lives.
pub(crate) struct Listening {
    latest: watch::Receiver<Option<Value>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listening {
    /// What the provider said last, and a sign when it says more.
    pub(crate) fn latest(&self) -> watch::Receiver<Option<Value>> {
        self.latest.clone()
    }

    /// One that has said this, and no more.
    #[cfg(test)]
    pub(crate) fn saying(status: Value) -> Listening {
        let (tell, latest) = watch::channel(Some(status));
        let task = tokio::spawn(async move {
            tell.closed().await;
        });
        Listening { latest, task }
    }
}

impl Provider {
    /// The status of the provider's session, if it tells.
    pub(crate) async fn status(&self, access_token: &str) -> Option<Value> {
        let url = self.announced().await.session_status_endpoint?;
        match self.wire().get(&url, Some(access_token)).await {
            Ok(status) => Some(status),
            Err(error) => {
                tracing::debug!("the provider does not tell its session: {error}");
                None
            }
        }
    }

    /// Tells the provider that the person acted.
    pub(crate) async fn report_activity(&self, access_token: &str) -> Reported {
        let Some(url) = self.announced().await.session_activity_endpoint else {
            return Reported::NotForUs;
        };
        match self.wire().post::<Value>(&url, access_token).await {
            Ok(_) => Reported::Done,
            Err(WireError::Status(403..=405)) => Reported::NotForUs,
            Err(error) => {
                tracing::debug!("an act could not be reported: {error}");
                Reported::Failed
            }
        }
    }

    /// Listens to the provider's events, if it has any. `token` is asked for a good access token before each attempt.
    pub(crate) async fn listen(&self, token: TokenSource) -> Option<Listening> {
        let url = self.announced().await.session_events_endpoint?;
        let (tell, latest) = watch::channel(None);
        let wire = Arc::clone(self.wire());
        // On this thread, which serves the page that listens: asking for tokens is nothing that moves between threads.
        let task = actix_web::rt::spawn(async move {
            // A token that is no good any more ends it: the session is over or its page will ask again.
            while let Some(token) = token().await {
                match listen_once(&wire, &url, &token, &tell).await {
                    Ok(()) => {}
                    // Announced and not there, or not for us: asking again helps nobody.
                    Err(WireError::Status(403..=405)) => return,
                    Err(error) => tracing::debug!("the provider's events broke off: {error}"),
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Some(Listening { latest, task })
    }
}

async fn listen_once(
    wire: &Wire,
    url: &Url,
    token: &str,
    tell: &watch::Sender<Option<Value>>,
) -> Result<(), WireError> {
    let mut answer = wire.stream(url, token).await?;
    let mut text = Vec::new();
    while let Some(chunk) =
        tokio::time::timeout(SILENCE, answer.chunk()).await.map_err(|_| WireError::Status(504))??
    {
        text.extend_from_slice(&chunk);
        if text.len() > LONGEST_EVENT {
            return Err(WireError::TooLong);
        }
        while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = text.drain(..end + 2).collect();
            if let Some(status) = status_in(&event) {
                tell.send_replace(Some(status));
            }
        }
    }
    Ok(())
}

/// The JSON of a `standing` event (HTML, section 9.2.6); comments and other events say nothing.
fn status_in(event: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(event).ok()?;
    let field = |line: &str, name: &str| line.strip_prefix(name).map(|rest| rest.trim_start_matches(' ').to_owned());
    let kind = text.lines().find_map(|line| field(line, "event:"));
    let data: Vec<String> = text.lines().filter_map(|line| field(line, "data:")).collect();
    (kind.as_deref() == Some("standing")).then(|| serde_json::from_str(&data.join("\n")).ok())?
}

#[cfg(test)]
mod tests {
    use super::status_in;
    use serde_json::json;

    #[test]
    fn only_standing_events_say_something() {
        let event = b"event: standing\ndata: {\"standing\":\ndata: \"warn\"}\n\n";
        assert_eq!(status_in(event), Some(json!({"standing": "warn"})));
        for silent in [&b": heartbeat\n\n"[..], b"data: {}\n\n", b"event: standing\ndata: {\n\n", b"\xff\n\n"] {
            assert_eq!(status_in(silent), None);
        }
    }
}
