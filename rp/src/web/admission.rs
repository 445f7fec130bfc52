//! Who is let in: [`SignedIn`] as an argument of a handler, and what is done about everybody else.

use super::browser::{self, Kind, Wants};
use super::sign_in::{depart, look, present};
use super::signed_in::SignedIn;
use super::{app_of, broken};
use crate::app::RelyingApp;
use crate::flow::Present;
use crate::flow::activity::Act;
use crate::flow::departure::Errand;
use crate::flow::renewal::Occasion;
use crate::session::{Authority, Standing};
use crate::store::StoreFault;
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use std::future::Future;
use std::pin::Pin;

impl FromRequest for SignedIn {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<SignedIn, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = app_of(&request)?;
            match admit(&app, &request).await {
                Ok(Admission::Good(signed_in)) => Ok(*signed_in),
                Ok(Admission::Over(present)) => Err(elsewhere(&app, &request, present.as_deref()).await),
                Err(fault) => Err(InternalError::from_response("store", broken(&fault)).into()),
            }
        })
    }
}

enum Admission {
    Good(Box<SignedIn>),
    Over(Option<Box<Present>>),
}

/// Judged first; then the act is written down and told, and tokens are looked after.
async fn admit(app: &RelyingApp, request: &HttpRequest) -> Result<Admission, StoreFault> {
    let (inner, now) = (&app.inner, app.now());
    let Some(mut present) = present(app, request).await? else {
        return Ok(Admission::Over(None));
    };
    if present.standing.authority() == Authority::Over {
        return Ok(Admission::Over(Some(Box::new(present))));
    }
    let act = browser::whose_act(request);
    if act == Act::OfThePerson {
        inner.touch(&present.name, now).await?;
    }
    let renewal = inner.renew(&present.name, Occasion::Due, now).await?;
    // Read again: what was read before is older than the act, the renewal, and what the provider may have said.
    let Some(stored) = inner.store.find(&present.name).await? else {
        return Ok(Admission::Over(None));
    };
    present.standing = stored.session.standing(&inner.policy, now);
    present.stored = stored;
    if present.standing.authority() == Authority::Over {
        return Ok(Admission::Over(Some(Box::new(present))));
    }
    if act == Act::OfThePerson {
        // By a token that is good still: after a long silence the old one is not.
        app.report(&present.name, &present.stored.session.tokens.access, now);
    }
    let (csrf, name, session) = (present.handle.csrf_token(), present.name, present.stored.session);
    Ok(Admission::Good(Box::new(SignedIn { app: app.clone(), csrf, name, session, renewal })))
}

/// The answer to somebody who is not signed in: first a silent look, then the sign-in, for a page; 401 for the rest.
async fn elsewhere(app: &RelyingApp, request: &HttpRequest, present: Option<&Present>) -> actix_web::Error {
    let answer = if browser::wants(request) == Wants::Page {
        let back = request.uri().path_and_query().map(|target| target.as_str());
        match look(app, request, present).await {
            Some(answer) => answer,
            None => depart(app, request, Errand::SignIn, back).await,
        }
    } else {
        super::refusal(StatusCode::UNAUTHORIZED, "not_signed_in", "there is no good session")
    };
    InternalError::from_response("not signed in", answer).into()
}

/// What to do about somebody who is not signed in, for an app with a front page of its own.
pub enum Look {
    /// Answer with this: the provider is asked silently whether the person is signed in.
    Leave(HttpResponse),
    /// Show the front page, and set this cookie with it.
    Stay(Gone),
}

/// Somebody who is not signed in, and maybe was.
pub struct Gone {
    /// What their earlier session in this browser is.
    pub standing: Option<Standing>,
    /// Set this with the page, so that the next visit may look again.
    pub cookie: Option<Cookie<'static>>,
}

impl RelyingApp {
    /// For a page that may be seen by anybody: one silent look at the provider, then the page.
    ///
    /// # Errors
    /// The store failed.
    pub async fn look(&self, request: &HttpRequest) -> Result<Look, StoreFault> {
        let present = present(self, request).await?;
        if let Some(answer) = look(self, request, present.as_ref()).await {
            return Ok(Look::Leave(answer));
        }
        let site = &self.inner.site;
        let looked = browser::quietness(request, site) == Some(browser::Quiet::Looked);
        let cookie = looked.then(|| browser::removal(site, &Kind::Quiet));
        Ok(Look::Stay(Gone { standing: present.map(|present| present.standing), cookie }))
    }
}
