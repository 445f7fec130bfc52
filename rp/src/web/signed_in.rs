//! The extractor: the person of a request, if its browser names a session that is good.

use super::browser::{self, Kind, Wants};
use super::sign_in::{depart, look, present};
use super::{app_of, broken};
use crate::app::RelyingApp;
use crate::clock::Instant;
use crate::flow::activity::Act;
use crate::flow::renewal::{Occasion, Renewal};
use crate::flow::sign_in::Errand;
use crate::flow::{Present, Write};
use crate::session::{ApplicationSession, Authority, Deadlines, Refused, Standing};
use crate::store::StoreFault;
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

/// Somebody is signed in.
///
/// As a plain argument of a handler it sends everybody else to the provider, when a page is opened, or answers 401. As
/// an `Option` it leaves that to the handler.
#[derive(Clone)]
pub struct SignedIn {
    app: RelyingApp,
    csrf: String,
    name: crate::secret::Name,
    session: ApplicationSession,
    renewal: Renewal,
}

impl SignedIn {
    /// The person's identifier at the provider.
    pub fn subject(&self) -> &str {
        self.session.identity.subject()
    }

    /// The person as the ID token names them; the subject where it does not.
    pub fn name(&self) -> &str {
        self.session.identity.claim("name").unwrap_or_else(|| self.subject())
    }

    /// A claim of the ID token.
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.session.identity.get(name)
    }

    /// The facts of the session, for an app that shows them.
    pub fn session(&self) -> &ApplicationSession {
        &self.session
    }

    /// How tokens were looked after on the way here.
    pub fn renewal(&self) -> Renewal {
        self.renewal
    }

    /// What the session is good for now.
    pub fn standing(&self) -> Standing {
        self.session.standing(self.app.policy(), self.app.now())
    }

    /// The instants a page counts down to.
    pub fn deadlines(&self) -> Deadlines {
        self.session.deadlines(self.app.policy())
    }

    /// When this session got back what an earlier, timed-out one knew.
    pub fn restored_at(&self) -> Option<Instant> {
        self.session.restored_at
    }

    /// What a form of this person's pages has to carry in its field `csrf`.
    pub fn csrf_token(&self) -> &str {
        &self.csrf
    }

    /// Whether a form of this person's own pages made the request: the token in the form, and the origin.
    pub fn sent(&self, request: &HttpRequest, csrf: &str) -> bool {
        crate::secret::same(csrf, &self.csrf) && browser::is_ours(request, &self.app.inner.site)
    }

    /// The app's own state under this key.
    pub fn state<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.session.keepsakes.state(key)
    }

    /// Keeps state of the app's own; it survives a timeout the way drafts do.
    ///
    /// # Errors
    /// It does not fit, or the store failed.
    pub async fn set_state<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), KeepError> {
        let value = serde_json::to_value(value).map_err(|_| Refused::NotJson)?;
        self.keep(|session| session.keepsakes.set_state(key, &value)).await
    }

    /// What the person had typed into a form.
    pub fn draft(&self, form: &str) -> Option<&BTreeMap<String, String>> {
        self.session.keepsakes.draft(form)
    }

    /// Forgets a draft, since it was sent.
    ///
    /// # Errors
    /// The store failed.
    pub async fn forget_draft(&mut self, form: &str) -> Result<(), KeepError> {
        self.keep(|session| {
            session.keepsakes.forget_draft(form);
            Ok(())
        })
        .await
    }

    /// A good access token, renewed if it is due; none when the provider has none to give.
    ///
    /// # Errors
    /// The store failed.
    pub async fn access_token(&self) -> Result<Option<String>, StoreFault> {
        self.app.inner.access_token(&self.name).await
    }

    /// New tokens now, by the refresh token.
    ///
    /// # Errors
    /// The store failed.
    pub async fn renew(&self) -> Result<Renewal, StoreFault> {
        self.app.inner.renew(&self.name, Occasion::Asked, self.app.now()).await
    }

    /// The provider's own word about its session (`session_status_endpoint`), where it gives one.
    pub async fn provider_status(&self) -> Option<Value> {
        self.app.inner.provider.status(&self.session.tokens.access).await
    }

    async fn keep(
        &mut self,
        mut change: impl FnMut(&mut ApplicationSession) -> Result<(), Refused> + Send,
    ) -> Result<(), KeepError> {
        let (app, now, mut refused) = (&self.app.inner, self.app.now(), None);
        let changed = app.change(&self.name, |session| {
            refused = None;
            if session.standing(&app.policy, now).authority() == Authority::Over {
                return Write::No;
            }
            match change(session) {
                Ok(()) => Write::Yes,
                Err(why) => {
                    refused = Some(why);
                    Write::No
                }
            }
        });
        let changed = changed.await?;
        if let Some(why) = refused {
            return Err(why.into());
        }
        self.session = changed.ok_or(KeepError::Over)?;
        if self.standing().authority() == Authority::Over { Err(KeepError::Over) } else { Ok(()) }
    }
}

/// Why nothing was kept.
#[derive(Clone, Debug, thiserror::Error)]
pub enum KeepError {
    /// It does not fit.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The session ended meanwhile.
    #[error("the session is over")]
    Over,
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

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
