//! The HTTP of the `openidconnect` crate goes through our own outbound client, and through nothing else.

use crate::model::outbound::Author;
use crate::outside::http::Outbound;
use crate::outside::unreached::Unreached;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::future::Future;
use std::pin::Pin;

/// Asks on behalf of one upstream.
pub(super) struct Asks<'a> {
    pub outbound: &'a Outbound,
    /// The upstream's issuer, which an administrator wrote.
    pub issuer: &'a str,
}

impl Asks<'_> {
    /// Whose word an address is: the issuer's own origin is the administrator's, and whatever else the fetched metadata
    /// names is a stranger's.
    fn author(&self, uri: &str) -> Author {
        let origin = |text: &str| url::Url::parse(text).ok().map(|url| url.origin());
        match (origin(uri), origin(self.issuer)) {
            (Some(asked), Some(issuer)) if asked == issuer => Author::Administrator,
            _ => Author::Stranger,
        }
    }

    pub(super) async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unreached> {
        let author = self.author(&request.uri().to_string());
        let (parts, body) = request.into_parts();
        let body = String::from_utf8(body).map_err(|_| Unreached::unusual())?;
        self.outbound.exchange(hyper::Request::from_parts(parts, body), author).await
    }
}

impl<'c> AsyncHttpClient<'c> for Asks<'_> {
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
