//! The app's API and its client. The endpoint looks at the bearer token only: no cookie opens it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::content::{self, Content};
use super::endpoints::{Site, text};
use super::resource_server::Refusal;

/// Serves the content to whoever brings a good access token for it.
pub(super) async fn answer(shop: Site, request: HttpRequest) -> HttpResponse {
    if request.path() != shop.brand.api_path {
        return HttpResponse::NotFound().json(json!({ "error": "not_found" }));
    }
    let authorization = text(&request, header::AUTHORIZATION.as_str());
    match shop.api.admit(authorization, shop.brand.api_scope, &shop.rp).await {
        Ok(()) => HttpResponse::Ok().json(content::of(shop.brand.product)),
        Err(refusal) => refused(&refusal),
    }
}

/// RFC 6750, section 3: a request without a token learns the scheme and no error code.
fn refused(refusal: &Refusal) -> HttpResponse {
    let (status, challenge) = match refusal {
        Refusal::NoToken => (StatusCode::UNAUTHORIZED, "Bearer".to_owned()),
        Refusal::Invalid(why) => {
            (StatusCode::UNAUTHORIZED, format!("Bearer error=\"invalid_token\", error_description=\"{why}\""))
        }
        Refusal::Scope(scope) => {
            (StatusCode::FORBIDDEN, format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""))
        }
    };
    HttpResponse::build(status).insert_header((header::WWW_AUTHENTICATE, challenge)).finish()
}

/// The pages' way to their own API, over HTTP like anybody's.
pub(super) struct ApiClient(reqwest::Client);

/// Why there is no content.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoContent {
    #[error("no answer: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("status {0}")]
    Status(u16),
}

impl ApiClient {
    /// `*.localhost` is loopback by RFC 6761, section 6.3, but Debian's resolver does not know it.
    pub(super) fn new(host: &str) -> reqwest::Result<Self> {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Ok(Self(builder.timeout(Duration::from_secs(5)).resolve(host, here).build()?))
    }

    /// GET of the content, with a bearer token (RFC 6750, section 2.1).
    pub(super) async fn get(&self, url: &str, token: &str) -> Result<Content, NoContent> {
        let answer = self.0.get(url).bearer_auth(token).send().await?;
        if !answer.status().is_success() {
            return Err(NoContent::Status(answer.status().as_u16()));
        }
        Ok(answer.json().await?)
    }
}
