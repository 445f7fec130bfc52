//! Bodies of posted forms: bounded in size and time, and, for the forms of our own pages, proved to be ours.

use super::asking::{Asking, EarlierForm};
use super::error::WebError;
use crate::flow::browser::FormOrigin;
use crate::protocol::params::{MAX_VALUE, Params};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// The largest form body, in bytes.
pub const MOST: usize = 64 * 1024;
/// A body that takes longer is cut off.
const PATIENCE: Duration = Duration::from_secs(15);

/// A form body, from anywhere: for endpoints that clients and other sites post to.
pub(super) struct OpenForm(pub Params);

/// Such a body, or why it could not be read.
pub(super) type Posted = Result<OpenForm, WebError>;

/// A form of one of our own pages: it brought the hidden token of this browser, and came from our origin.
pub(super) struct OurForm {
    /// Its fields.
    pub params: Params,
    /// Who sent it.
    pub asking: Asking,
}

impl OurForm {
    /// Refuses a form of which a field cannot be read: it must not be taken for one that was left empty.
    pub fn whole(&self) -> Result<(), WebError> {
        if self.params.spoiled_names().next().is_some() { Err(WebError::TooManyParameters) } else { Ok(()) }
    }

    /// A field, or nothing.
    pub fn field(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }
}

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, WebError>>>>;

impl FromRequest for OpenForm {
    type Error = WebError;
    type Future = Reading<OpenForm>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(OpenForm(read(&request, &mut payload).await?)) })
    }
}

impl FromRequest for OurForm {
    type Error = WebError;
    type Future = Reading<OurForm>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let asking = Asking::from_request(&request, &mut Payload::None).await.map_err(|_| WebError::ForeignForm)?;
            let params = read_within(&request, &mut payload, MOST).await?;
            if !same_origin(&request, &asking.idp().issuer.origin()) {
                return Err(WebError::ForeignForm);
            }
            let (token, handle) =
                (params.get("csrf").unwrap_or_default(), params.get("interaction").unwrap_or_default());
            if asking.idp().form_origin(&asking.visitor, token) == FormOrigin::Ours {
                return Ok(OurForm { params, asking });
            }
            match asking.idp().restarted(&asking.visitor, handle, token, asking.now) {
                Some(interaction) => Err(WebError::EarlierForm(Box::new(EarlierForm { asking, interaction }))),
                None => Err(WebError::ForeignForm),
            }
        })
    }
}

async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Params, WebError> {
    read_within(request, payload, MAX_VALUE).await
}

async fn read_within(request: &HttpRequest, payload: &mut Payload, longest: usize) -> Result<Params, WebError> {
    let is_form =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    if !is_form {
        return Err(WebError::NotAForm);
    }
    let body = bytes(request, payload).await?;
    Params::parse_within(&body, longest).map_err(|_| WebError::TooManyParameters)
}

/// The whole body, bounded in size and time.
pub(super) async fn bytes(request: &HttpRequest, payload: &mut Payload) -> Result<web::Bytes, WebError> {
    let body = tokio::time::timeout(PATIENCE, web::Bytes::from_request(request, payload)).await;
    body.map_err(|_| WebError::TooSlow)?.map_err(|_| WebError::TooLarge)
}

/// `Origin` is ours, or, where a browser leaves it out, `Sec-Fetch-Site` says so. `null` never passes.
pub(super) fn same_origin(request: &HttpRequest, ours: &str) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match header("origin") {
        Some(origin) => origin == ours,
        None => header("sec-fetch-site") == Some("same-origin"),
    }
}
