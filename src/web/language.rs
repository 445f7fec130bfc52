//! The language of an answer: what the request says of it, the headers that tell, and the choice in the footer of every
//! page.

use super::answer::see_other;
use super::error::WebError;
use super::form::{OpenForm, Posted, same_origin};
use super::{Facing, cookies, turn};
use crate::text::{Language, Preferences};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};

tokio::task_local! {
    static CURRENT: Preferences;
}

/// Who is being answered prefers these languages.
pub(super) fn preferred() -> Preferences {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Hears what a request says of languages, and tells which one its page is in.
pub async fn speak<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let preferences = heard(request.request());
    let mut answer = CURRENT.scope(preferences.clone(), next.call(request)).await?;
    let headers = answer.headers_mut();
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let (true, Some(language)) = (is_page, preferences.spoken()) {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    }
    Ok(answer)
}

fn heard(request: &HttpRequest) -> Preferences {
    let chosen = cookies::sole(request, cookies::LANGUAGE).and_then(|tag| Language::of_tag(&tag));
    // A header that came twice is one list (RFC 9110, section 5.3); the first one that we can read will do.
    let mut lists = request.headers().get_all(header::ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    Preferences::new(chosen, lists.find_map(Language::accepted))
}

/// POST /language: the person chooses. No hidden token: error pages have the form, too, and know no browser. Whoever
/// forged it could change the language and nothing else, and no other origin gets as far as that.
pub(super) async fn choose(
    form: Posted,
    request: HttpRequest,
    facing: web::Data<Facing>,
) -> Result<HttpResponse, WebError> {
    let OpenForm(params) = form?;
    let origin = facing.idp.issuer.origin();
    if !same_origin(&request, &origin) {
        return Err(WebError::ForeignForm);
    }
    let Some(language) = params.get("language").and_then(Language::of_tag) else { return Err(WebError::ForeignForm) };
    let mut response = see_other(&back(&request, params.get("interaction"), &origin));
    cookies::set_language(&mut response, facing.idp.issuer.transport(), language);
    Ok(response)
}

/// The page the form was on, if it can be asked for once more; the interaction it belonged to, where it was the answer
/// to another form. Nothing in it leads away from here: what has a name in the resource map is a path of ours.
fn back(request: &HttpRequest, interaction: Option<&str>, origin: &str) -> String {
    let came_from = request.headers().get(header::REFERER).and_then(|value| value.to_str().ok());
    let came_from = came_from.and_then(|address| url::Url::parse(address).ok());
    if let Some(url) = came_from.filter(|url| url.origin().ascii_serialization() == origin)
        && request.resource_map().match_name(url.path()).is_some()
    {
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        return format!("{}{query}", url.path());
    }
    let is_handle = |text: &&str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    match interaction.filter(is_handle) {
        Some(handle) if handle.len() < turn::LONGEST => format!("/interaction/{handle}"),
        _ => "/account".to_owned(),
    }
}
