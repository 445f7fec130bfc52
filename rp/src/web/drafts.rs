//! Drafts: what the person types is kept on the app's own server while they type, for the day the session times out.

use super::sign_in::present;
use super::status::not_signed_in;
use super::{app_of, broken, foreign, is_own_script, refusal};
use crate::flow::Write;
use crate::session::{Authority, Refused};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Draft {
    form: String,
    fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Asked {
    form: String,
}

/// Keeps a draft. Typing is an act of the person.
pub(super) async fn write(
    request: HttpRequest,
    draft: Result<web::Json<Draft>, actix_web::Error>,
) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    if !is_own_script(&request, &app) {
        return Ok(foreign());
    }
    let Ok(draft) = draft else {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request", "not a draft, or too long"));
    };
    let (inner, now, Draft { form, fields }) = (&app.inner, app.now(), draft.into_inner());
    let before = match present(&app, &request).await {
        Ok(Some(present)) if present.standing.authority() == Authority::Good => present,
        Ok(_) => return Ok(not_signed_in()),
        Err(fault) => return Ok(broken(&fault)),
    };
    let mut outcome = Ok(());
    let changed = inner.change(&before.name, |session| {
        if session.standing(&inner.policy, now).authority() == Authority::Over {
            return Write::No;
        }
        outcome = session.keepsakes.set_draft(&form, fields.clone());
        if outcome.is_err() {
            return Write::No;
        }
        session.touch(&inner.policy, now);
        Write::Yes
    });
    match changed.await {
        Ok(Some(session)) if session.standing(&inner.policy, now).authority() == Authority::Good => {}
        Ok(_) => return Ok(not_signed_in()),
        Err(fault) => return Ok(broken(&fault)),
    }
    match inner.access_token(&before.name).await {
        Ok(token) => token.into_iter().for_each(|token| app.report(&before.name, &token, now)),
        Err(fault) => return Ok(broken(&fault)),
    }
    Ok(match outcome {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(Refused::TooMany) => refusal(StatusCode::CONFLICT, "too_many_drafts", "no room for one more draft"),
        Err(_) => refusal(StatusCode::PAYLOAD_TOO_LARGE, "draft_too_big", "the draft is too big to be kept"),
    })
}

/// What is kept of a form, for the script to fill in.
pub(super) async fn read(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let Ok(asked) = web::Query::<Asked>::from_query(request.query_string()) else {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request", "which form?"));
    };
    Ok(match present(&app, &request).await {
        Ok(Some(present)) if present.standing.authority() == Authority::Good => {
            let session = &present.stored.session;
            let draft = session.keepsakes.draft(&asked.form);
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .json(json!({"fields": draft, "restored_at": session.restored_at}))
        }
        Ok(_) => not_signed_in(),
        Err(fault) => broken(&fault),
    })
}
