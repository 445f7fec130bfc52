//! The status of the application session for its own pages, and what their script does: the person acted; new tokens.

use super::sign_in::present;
use super::{app_of, broken, foreign, is_own_script, refusal};
use crate::app::{Inner, RelyingApp};
use crate::clock::Instant;
use crate::flow::Present;
use crate::flow::renewal::{Occasion, Renewal};
use crate::secret::Name;
use crate::session::{ApplicationSession, Authority, Standing};
use crate::store::StoreFault;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

/// The status as the provider's own has its members, with what a page needs beside.
pub(super) fn told(app: &RelyingApp, session: &ApplicationSession, provider: Option<&Value>, now: Instant) -> Value {
    let policy = app.policy();
    let standing = session.standing(policy, now);
    let deadlines = session.deadlines(policy);
    let (until, reason) = match standing {
        Standing::Live { until, .. } => (until, Value::Null),
        Standing::Warn { until, .. } => (Some(until), Value::Null),
        Standing::Dormant { until, limit, .. } => (Some(until), json!(limit)),
        Standing::Expired { since, limit } => (Some(since), json!(limit)),
        Standing::Ended { at, reason } => (Some(at), json!(reason)),
    };
    let good = standing.authority() == Authority::Good;
    json!({
        "standing": standing.word(), "limit": standing.limit(), "until": until, "reason": reason, "now": now,
        "idle_end": deadlines.idle_end, "absolute_end": deadlines.absolute_end, "warn_at": deadlines.warn_at,
        "renew_at": good.then(|| session.tokens.renew_at()),
        "renew_by": good.then(|| if session.tokens.refresh.is_some() { "refresh" } else { "frame" }),
        "provider": provider,
    })
}

/// `GET …/session`: read by a page's script, moves nothing, renews nothing.
pub(super) async fn status(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    Ok(match present(&app, &request).await {
        Ok(Some(present)) => answer(&app, &present).await,
        Ok(None) => not_signed_in(),
        Err(fault) => broken(&fault),
    })
}

async fn answer(app: &RelyingApp, present: &Present) -> HttpResponse {
    let mut status = told(app, &present.stored.session, None, app.now());
    if present.standing.authority() == Authority::Good {
        status["csrf"] = json!(present.handle.csrf_token());
    }
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(status)
}

/// `POST …/session/active`: the person typed, pointed, or pressed *Stay signed in*.
pub(super) async fn active(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    if !is_own_script(&request, &app) {
        return Ok(foreign());
    }
    let acted = async {
        let Some(before) = present(&app, &request).await? else { return Ok(None) };
        app.inner.touch(&before.name, app.now()).await?;
        if let Some(token) = app.inner.access_token(&before.name).await? {
            app.report(&before.name, &token, app.now());
        }
        present(&app, &request).await
    };
    Ok(match acted.await {
        Ok(Some(present)) => answer(&app, &present).await,
        Ok(None) => not_signed_in(),
        Err(fault) => broken(&fault),
    })
}

/// `POST …/session/renew`: new tokens, if they are due.
pub(super) async fn renew(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    if !is_own_script(&request, &app) {
        return Ok(foreign());
    }
    let renewed = async {
        let Some(before) = present(&app, &request).await? else { return Ok(None) };
        let renewal = app.inner.renew(&before.name, Occasion::Due, app.now()).await?;
        Ok(present(&app, &request).await?.map(|present| (renewal, present)))
    };
    Ok(match renewed.await {
        Ok(Some((renewal, present))) => {
            let mut status = told(&app, &present.stored.session, None, app.now());
            status["renewal"] = json!(word(renewal));
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(status)
        }
        Ok(None) => not_signed_in(),
        Err(fault) => broken(&fault),
    })
}

fn word(renewal: Renewal) -> &'static str {
    match renewal {
        Renewal::Good => "good",
        Renewal::NeedsRequest => "needs_request",
        Renewal::Later => "later",
        Renewal::Over => "over",
    }
}

pub(super) fn not_signed_in() -> HttpResponse {
    refusal(StatusCode::UNAUTHORIZED, "not_signed_in", "there is no session")
}

impl Inner {
    /// A good access token of a session, renewed if it is due.
    pub(crate) async fn access_token(&self, name: &Name) -> Result<Option<String>, StoreFault> {
        let now = self.clock.now();
        self.renew(name, Occasion::Due, now).await?;
        let Some(stored) = self.store.find(name).await? else {
            return Ok(None);
        };
        let session = stored.session;
        let good = session.standing(&self.policy, now).authority() == Authority::Good;
        Ok((good && now < session.tokens.expires_at).then_some(session.tokens.access))
    }
}
