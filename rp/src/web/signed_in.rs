//! The extractor: the person of a request, if its browser names a session that is good.

use super::browser::{self};
use crate::app::RelyingApp;
use crate::clock::Instant;
use crate::flow::Write;
use crate::flow::renewal::{Occasion, Renewal};
use crate::session::{ApplicationSession, Authority, Deadlines, Refused, Standing};
use crate::store::StoreFault;
use actix_web::HttpRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// Somebody is signed in.
///
/// As a plain argument of a handler it sends everybody else to the provider, when a page is opened, or answers 401. As
/// an `Option` it leaves that to the handler.
#[derive(Clone)]
pub struct SignedIn {
    pub(super) app: RelyingApp,
    pub(super) csrf: String,
    pub(super) name: crate::secret::Name,
    pub(super) session: ApplicationSession,
    pub(super) renewal: Renewal,
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
