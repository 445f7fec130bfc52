//! The one HTTP client: bounded in time and size, no redirects, plain http to this machine alone.

use openidconnect::url::{Host, Url};
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// No honest answer of a provider is longer.
const LONGEST_BODY: usize = 256 * 1024;
const CONNECT: Duration = Duration::from_secs(3);
const WHOLE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("no answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("the answer is too long")]
    TooLong,
    #[error("status {0}")]
    Status(u16),
    #[error("not the expected JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a malformed answer: {0}")]
    Malformed(#[from] openidconnect::http::Error),
    #[error("{0} is neither https nor on this machine")]
    NotSafe(String),
}

/// Speaks to the provider.
pub(crate) struct Wire {
    client: reqwest::Client,
}

impl Wire {
    /// A client for a provider at `issuer`.
    ///
    /// `localhost` names are loopback by RFC 6761, section 6.3, but not every resolver knows `*.localhost`, so for those
    /// the system's resolver is not asked, nor a proxy. An endpoint that redirects is not the endpoint: no redirect is
    /// followed, and no secret carried elsewhere.
    pub(crate) fn new(issuer: &Url) -> Result<Wire, WireError> {
        // Fails when the program has chosen a provider of cryptography already, and that is fine too.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder =
            reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).user_agent("abide-rp");
        let builder = match issuer.host_str().filter(|_| is_this_machine(issuer)) {
            Some(name) => builder.no_proxy().resolve(name, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)),
            None => builder,
        };
        Ok(Wire { client: builder.build()? })
    }

    /// One request of the `openidconnect` crate and its answer. A refusal by the other side is an answer.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let mut request = reqwest::Request::try_from(request)?;
        safe(request.url())?;
        *request.timeout_mut() = Some(WHOLE);
        let answer = self.client.execute(request).await?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(body(answer).await?)?)
    }

    /// GET of a JSON document, with a bearer token (RFC 6750, section 2.1) if one is given.
    pub(crate) async fn get<T: DeserializeOwned>(&self, url: &Url, bearer: Option<&str>) -> Result<T, WireError> {
        safe(url)?;
        let request = self.client.get(url.clone()).timeout(WHOLE);
        json(bearer.iter().fold(request, |request, token| request.bearer_auth(token)).send().await?).await
    }

    /// POST without a body, with a bearer token.
    pub(crate) async fn post<T: DeserializeOwned>(&self, url: &Url, bearer: &str) -> Result<T, WireError> {
        safe(url)?;
        json(self.client.post(url.clone()).timeout(WHOLE).bearer_auth(bearer).send().await?).await
    }

    /// GET of a stream that stays open; silence of two heartbeats ends it.
    pub(crate) async fn stream(&self, url: &Url, bearer: &str) -> Result<reqwest::Response, WireError> {
        safe(url)?;
        let request = self.client.get(url.clone()).bearer_auth(bearer).header("accept", "text/event-stream");
        let answer = tokio::time::timeout(WHOLE, request.send()).await.map_err(|_| WireError::Status(504))??;
        if answer.status().is_success() { Ok(answer) } else { Err(WireError::Status(answer.status().as_u16())) }
    }
}

async fn json<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T, WireError> {
    if !answer.status().is_success() {
        return Err(WireError::Status(answer.status().as_u16()));
    }
    Ok(serde_json::from_slice(&body(answer).await?)?)
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, WireError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_BODY {
            return Err(WireError::TooLong);
        }
    }
    Ok(bytes)
}

fn safe(url: &Url) -> Result<(), WireError> {
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(url));
    if safe { Ok(()) } else { Err(WireError::NotSafe(url.to_string())) }
}

/// Whether a URL names this machine by a name that browsers take for it too.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        let cases = [
            ("https://id.example/token", true),
            ("http://localhost:8080/token", true),
            ("http://id.localhost/token", true),
            ("http://id.example/token", false),
            ("http://127.0.0.1/token", false),
            ("http://localhost.example/", false),
            ("file:///etc/passwd", false),
        ];
        for (url, expected) in cases {
            assert_eq!(safe(&url.parse().expect("a URL")).is_ok(), expected, "{url}");
        }
    }
}
