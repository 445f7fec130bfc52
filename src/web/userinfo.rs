//! GET and POST /userinfo (OpenID Connect Core, 5.3; RFC 6750; RFC 9449, section 7)

use super::Facing;
use super::bearer::{Carried, Presented, ambiguous, header_token, refused, unasked, unreadable};
use super::error::WebError;
use super::form::OpenForm;
use crate::flow::token::access::Userinfo;
use crate::protocol::refusal::token;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

/// GET /userinfo
pub(super) async fn get(request: HttpRequest, facing: web::Data<Facing>) -> HttpResponse {
    answer(header_token(&request), (&request, &facing)).await
}

/// POST /userinfo: the token in the header or in the body, not in both.
pub(super) async fn post(request: HttpRequest, payload: web::Payload, facing: web::Data<Facing>) -> HttpResponse {
    let from_header = header_token(&request);
    let has_form = request.headers().get(header::CONTENT_TYPE).is_some();
    let form = if has_form {
        OpenForm::from_request(&request, &mut payload.into_inner()).await.map(|f| Some(f.0))
    } else {
        Ok(None)
    };
    let from_body = match (form, &from_header) {
        (Ok(Some(params)), _) if params.spoiled("access_token").is_some() => {
            return answer(Presented::Ambiguous, (&request, &facing)).await;
        }
        (Ok(params), _) => params.and_then(|params| params.get("access_token").map(str::to_owned)),
        // With the token in the header the body is nobody's business.
        (Err(WebError::NotAForm), Presented::Token(_)) => None,
        (Err(error), _) => return unreadable(&error, &request),
    };
    let token = match (from_header, from_body) {
        (Presented::Nothing, Some(token)) => Presented::Token(Carried::in_body(token)),
        (Presented::Nothing, None) => Presented::Nothing,
        (_, Some(_)) => Presented::Ambiguous,
        (from_header, None) => from_header,
    };
    answer(token, (&request, &facing)).await
}

async fn answer(token: Presented, (request, facing): (&HttpRequest, &Facing)) -> HttpResponse {
    let shown = match token {
        Presented::Token(token) => token,
        Presented::Nothing => return unasked(token::NONE, request),
        Presented::Ambiguous => return ambiguous(request),
    };
    match facing.idp.userinfo(shown.of(request), facing.clock.now()).await {
        Ok(Userinfo::Plain(claims)) => HttpResponse::Ok().json(claims),
        Ok(Userinfo::Signed(token)) => HttpResponse::Ok().content_type("application/jwt").body(token),
        Err(refusal) => refused(&refusal, request),
    }
}
