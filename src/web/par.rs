//! Where clients push their authorization requests (RFC 9126).

use super::Facing;
use super::form::Posted;
use super::token::ask;
use actix_web::{HttpRequest, HttpResponse, web};

/// POST /par
pub(super) async fn post(request: HttpRequest, form: Posted, facing: web::Data<Facing>) -> HttpResponse {
    let asked = ask(&request, form, &facing, async |from, params, now| facing.idp.push(from, params, now).await);
    asked.await.map_or_else(|refusal| refusal, |pushed| HttpResponse::Created().json(pushed))
}
