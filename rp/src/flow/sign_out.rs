//! RP-initiated logout: the own session first, then the provider's.

use super::Present;
use crate::app::Inner;
use crate::clock::Instant;
use crate::session::Reason;
use crate::store::StoreFault;
use openidconnect::url::Url;

impl Inner {
    /// Ends the application session and tells where to send the browser next, if the provider has such a place.
    ///
    /// The own session goes first: whatever happens at the provider, this app no longer knows the person.
    pub(crate) async fn leave(&self, present: Present, state: &str, now: Instant) -> Result<Option<Url>, StoreFault> {
        let hint = present.stored.session.identity.token().to_owned();
        self.end(&present.name, super::told::real(Reason::SignOut, now)).await?;
        let back = self.site.url("/signed-out");
        Ok(self.provider.end_session_url(&hint, &back, state).await)
    }
}
