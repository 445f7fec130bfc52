//! The apps' one HTTP client.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

/// No honest answer of the provider or of an app's API is longer.
const LONGEST_BODY: usize = 256 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// Not reached, or cut off.
    #[error("no answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// More than [`LONGEST_BODY`].
    #[error("the answer is too long")]
    TooLong,
    /// The answer came, with this status.
    #[error("status {0}")]
    Status(u16),
    /// The answer is not the JSON it should be.
    #[error("not the expected JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The answer's head cannot be kept.
    #[error("a malformed answer: {0}")]
    Malformed(#[from] openidconnect::http::Error),
}

/// Speaks plain HTTP to names on this machine and to nobody else.
pub(super) struct Wire {
    client: reqwest::Client,
}

impl Wire {
    /// A client for `names`, all taken to be this machine.
    ///
    /// `localhost` names are loopback by RFC 6761, section 6.3, but Debian's resolver does not know `*.localhost`, so
    /// the system's resolver is not asked. Proxies from the environment would be asked for our own names: none is
    /// used. A token endpoint that redirects is not the token endpoint: no redirect is followed.
    pub(super) fn new(names: &[&str]) -> reqwest::Result<Self> {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(15));
        let client = names.iter().fold(builder, |builder, name| builder.resolve(name, here)).build()?;
        Ok(Self { client })
    }

    /// One request of the `openidconnect` crate and its answer.
    ///
    /// # Errors
    /// When there is no complete answer. A refusal by the other side is an answer.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let answer = self.client.execute(reqwest::Request::try_from(request)?).await?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        Ok(response.body(body(answer).await?)?)
    }

    /// GET of a JSON document, with a bearer token (RFC 6750, section 2.1) if one is given.
    ///
    /// # Errors
    /// When there is no answer, it is no success, or it is not the expected JSON.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str, bearer: Option<&str>) -> Result<T, WireError> {
        let request = self.client.get(url);
        let request = bearer.iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await?;
        if !answer.status().is_success() {
            return Err(WireError::Status(answer.status().as_u16()));
        }
        Ok(serde_json::from_slice(&body(answer).await?)?)
    }
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
