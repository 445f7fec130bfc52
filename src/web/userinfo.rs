//! GET and POST /userinfo (OpenID Connect Core, 5.3; RFC 6750)

use super::Facing;
use super::error::WebError;
use super::form::OpenForm;
use super::token::{body, broken, busy, unreadable};
use crate::flow::token::NoToken;
use crate::protocol::error::{Code, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};

/// GET /userinfo
pub(super) async fn get(request: HttpRequest, facing: web::Data<Facing>) -> HttpResponse {
    answer(header_token(&request), &facing).await
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
            return answer(Presented::Ambiguous, &facing).await;
        }
        (Ok(params), _) => params.and_then(|params| params.get("access_token").map(str::to_owned)),
        // With the token in the header the body is nobody's business.
        (Err(WebError::NotAForm), Presented::Token(_)) => None,
        (Err(error), _) => return unreadable(&error),
    };
    let token = match (from_header, from_body) {
        (Presented::Nothing, Some(token)) => Presented::Token(token),
        (Presented::Nothing, None) => Presented::Nothing,
        (_, Some(_)) => Presented::Ambiguous,
        (from_header, None) => from_header,
    };
    answer(token, &facing).await
}

/// The access token of a request.
enum Presented {
    Token(String),
    Nothing,
    Ambiguous,
}

fn header_token(request: &HttpRequest) -> Presented {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    match (headers.next(), headers.next()) {
        (None, _) => Presented::Nothing,
        (Some(_), Some(_)) => Presented::Ambiguous,
        (Some(value), None) => match value.to_str().ok().and_then(|text| text.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Presented::Token(token.trim().to_owned()),
            _ => Presented::Nothing,
        },
    }
}

async fn answer(token: Presented, facing: &Facing) -> HttpResponse {
    let token = match token {
        Presented::Token(token) => token,
        // No error code where no token was shown (RFC 6750, section 3.1).
        Presented::Nothing => return challenge(StatusCode::UNAUTHORIZED, None),
        Presented::Ambiguous => {
            let error = OAuthError::new(Code::InvalidRequest, "more than one access token");
            return challenge(StatusCode::BAD_REQUEST, Some(&error));
        }
    };
    match facing.idp.userinfo(&token, facing.clock.now()).await {
        Ok(claims) => HttpResponse::Ok().json(claims),
        Err(NoToken::Refused(error)) if error.code == Code::InsufficientScope => {
            challenge(StatusCode::FORBIDDEN, Some(&error))
        }
        Err(NoToken::Refused(error)) => challenge(StatusCode::UNAUTHORIZED, Some(&error)),
        Err(NoToken::Busy) => busy(),
        Err(NoToken::Fault(fault)) => broken(&fault),
    }
}

fn challenge(status: StatusCode, error: Option<&OAuthError>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    match error {
        None => response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"abide\"")).finish(),
        Some(error) => {
            let value = format!(
                "Bearer realm=\"abide\", error=\"{}\", error_description=\"{}\"",
                error.code.as_str(),
                error.description
            );
            response.insert_header((header::WWW_AUTHENTICATE, value)).json(body(error))
        }
    }
}
