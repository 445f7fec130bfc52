//! Every request has an id; every line of the log within it carries it, and so does the page of a fault.

use crate::clock::Stopwatch;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: String;
}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Counts requests since the start, behind a prefix that differs between starts: unique enough to be found in a log,
/// and nothing that anybody could use.
fn next_id() -> String {
    static PREFIX: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let start = crate::clock::Clock::System.now().0;
        format!("{start:x}")
    });
    format!("{}-{:x}", *PREFIX, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The id of the request being answered.
pub(super) fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Opens a span for the request and logs how it ended. Of the address only the path is logged: queries hold codes,
/// states and hints.
pub async fn trace<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = next_id();
    let span = tracing::info_span!("request", id = %id);
    let (method, path) = (request.method().clone(), loggable(request.path()));
    let watch = Stopwatch::start();
    let answer = async move {
        let answer = next.call(request).await;
        if let Ok(answer) = &answer {
            tracing::info!(%method, path, status = answer.status().as_u16(), ms = watch.milliseconds(), "answered");
        }
        answer
    };
    let mut answer = CURRENT.scope(id.clone(), answer.instrument(span)).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(answer)
}

/// The path without what names a waiting interaction.
fn loggable(path: &str) -> String {
    let short = if path.starts_with("/interaction/") { "/interaction/…" } else { path };
    short.chars().take(100).collect()
}
