//! The picture of a person: handed in by a form with a file, and served to whoever has its address. The logos of apps are
//! served like it.

use super::answer::see_other;
use super::asking::Asking;
use super::error::WebError;
use super::form::{OurForm, same_origin};
use super::pages::Face;
use super::person::{PROFILE, picture_refused};
use super::signed_in::{person, person_said};
use crate::flow::browser::FormOrigin;
use crate::flow::picture::Place;
use crate::model::account::Account;
use crate::model::picture::{PORTRAIT, Unfit};
use actix_multipart::{Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt as _;
use std::time::Duration;

/// The largest body, in bytes: the file, and what a browser puts around it.
const MOST: usize = PORTRAIT.most_bytes + 16 * 1024;
/// A body that takes longer is cut off.
const PATIENCE: Duration = Duration::from_secs(60);
/// Parts of a form that are looked at.
const MOST_PARTS: usize = 8;
/// The largest part beside the file, in bytes.
const MOST_BESIDE: usize = 4 * 1024;

/// The person as pages show them. A picture elsewhere is not loaded: our pages ask nobody else.
pub(super) fn face(account: &Account) -> Face {
    Face { name: account.display_name().to_owned(), picture: account.picture_path() }
}

/// POST /account/profile/picture: whatever can be refused without reading the file is.
pub(super) async fn upload(
    request: HttpRequest,
    asking: Asking,
    payload: web::Payload,
) -> Result<HttpResponse, WebError> {
    if !is_multipart(&request) {
        return Err(WebError::NotAForm);
    }
    if !same_origin(&request, &asking.idp().issuer.origin()) {
        return Err(WebError::ForeignForm);
    }
    if asking.idp().current(&asking.visitor, asking.now).await?.is_none() {
        return Ok(see_other(PROFILE));
    }
    let refused = |status, alert| picture_refused(&asking, (status, alert));
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MOST) {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "alert-picture-size").await;
    }
    let Some(place) = Place::take() else { return refused(StatusCode::SERVICE_UNAVAILABLE, "alert-busy").await };
    let file = match tokio::time::timeout(PATIENCE, read(&request, payload, &asking)).await {
        Err(_) => return Err(WebError::TooSlow),
        Ok(Err(WebError::TooLarge)) => return refused(StatusCode::PAYLOAD_TOO_LARGE, "alert-picture-size").await,
        Ok(file) => file?,
    };
    let (file, said) = file;
    let Some(current) = person_said(&asking, &said).await? else { return Ok(see_other(PROFILE)) };
    let alert = match asking.idp().set_picture(&current, (file, place), asking.now).await? {
        Ok(()) => return Ok(see_other("/account/profile?done=picture")),
        Err(Unfit::Nothing) => "alert-picture-nothing",
        Err(Unfit::Format) => "alert-picture-format",
        Err(Unfit::Dimensions) => "alert-picture-dimensions",
    };
    refused(StatusCode::UNPROCESSABLE_ENTITY, alert).await
}

fn is_multipart(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("multipart/form-data")
}

/// The file, and to whom the form was shown. The hidden fields stand before it, so that no file of a foreign form is read.
async fn read(request: &HttpRequest, payload: web::Payload, asking: &Asking) -> Result<(Vec<u8>, String), WebError> {
    let mut left = MOST;
    let bounded = payload.map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    });
    let mut form = Multipart::new(request.headers(), bounded);
    let (mut origin, mut said) = (FormOrigin::Foreign, String::new());
    for _ in 0..MOST_PARTS {
        let Some(part) = form.next().await else { break };
        let mut part = part.map_err(unreadable)?;
        match (part.name().unwrap_or_default(), origin) {
            ("picture", FormOrigin::Ours) => {
                let file = part.bytes(PORTRAIT.most_bytes).await.map_err(|_| WebError::TooLarge)?;
                return Ok((file.map_err(unreadable)?.to_vec(), said));
            }
            ("picture", FormOrigin::Foreign) => return Err(WebError::ForeignForm),
            (name, _) => {
                let (is_token, is_person) = (name == "csrf", name == "person");
                let value = part.bytes(MOST_BESIDE).await.map_err(|_| WebError::Malformed)?.map_err(unreadable)?;
                let value = std::str::from_utf8(&value).unwrap_or_default();
                if is_token {
                    origin = asking.idp().form_origin(&asking.visitor, value);
                }
                if is_person {
                    value.clone_into(&mut said);
                }
            }
        }
    }
    match origin {
        FormOrigin::Ours => Ok((Vec::new(), said)),
        FormOrigin::Foreign => Err(WebError::ForeignForm),
    }
}

fn unreadable(error: MultipartError) -> WebError {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => WebError::TooLarge,
        _ => WebError::Malformed,
    }
}

/// POST /account/profile/picture/remove
pub(super) async fn remove(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other(PROFILE)) };
    asking.idp().remove_picture(&current, asking.now).await?;
    Ok(see_other("/account/profile?done=picture-removed"))
}

/// GET /picture/{name}: for anybody, as apps show it to others. A name is never given to another picture.
pub(super) async fn get(name: web::Path<String>, asking: Asking) -> Result<HttpResponse, WebError> {
    let jpeg = asking.idp().picture(named(&name)?).await?.ok_or(WebError::NotFound)?;
    // Pages of apps show it, those that are isolated as well.
    Ok(served(jpeg, "cross-origin"))
}

/// GET /logo/{name}: for our own pages. A name is never given to another logo.
pub(super) async fn logo(name: web::Path<String>, asking: Asking) -> Result<HttpResponse, WebError> {
    let jpeg = asking.idp().logo(named(&name)?).await?.ok_or(WebError::NotFound)?;
    Ok(served(jpeg, "same-origin"))
}

/// What can be a name of ours.
fn named(name: &str) -> Result<&str, WebError> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if name.len() <= 64 && name.bytes().all(letter) { Ok(name) } else { Err(WebError::NotFound) }
}

/// A picture that we drew, for pages of these origins.
fn served(jpeg: Vec<u8>, shown_by: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/jpeg"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), shown_by))
        .body(jpeg)
}
