//! What the cookies of a browser's sessions say.
//!
//! Beside the session cookie there are two optional ones, both for frames of other sites, where browsers do not send the
//! session cookie (it is `SameSite=Lax`):
//!
//! * `silent` holds a second secret of every session, derived from the first and so renewed with it. It leads to the
//!   session for `GET /authorize` with `prompt=none` alone; the way back to the session's own secret is a keyed MAC.
//! * `state` is what the frame at `/check_session` compares (OpenID Connect Session Management 1.0, section 3.2): a keyed
//!   MAC of the current session and its epoch. It changes when somebody else signs in or the session is reconstituted,
//!   and goes with a sign-out. Without it the frame says `changed` to everybody: an empty state that could be compared
//!   would let any site find out whether somebody is signed in here.
//!
//! A browser whose cookie `state` is not what it should be (it was cleared, its session timed out, the setting is new)
//! gets it right with the next answer.

use crate::crypto::fingerprint::fingerprint;
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::Secret;
use crate::flow::authorize::{Next, Turn};
use crate::flow::browser::{Jar, Visitor};
use crate::flow::{Fault, Idp};
use crate::model::authorization::ReturnAddress;
use crate::model::cookies::Switch;
use crate::model::id::SecretDigest;
use crate::model::session::Session;
use crate::model::session::policy::Remember;
use crate::protocol::redirect;
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What becomes of the cookies that lead to a browser's sessions.
#[derive(Clone, Debug)]
pub enum Handles {
    /// They stay as they are.
    Unchanged,
    /// They are set.
    Set(SessionCookies),
    /// The cookie `state` alone is: it was not what it should be.
    State(Option<String>, Remember),
}

/// What they say from now on.
#[derive(Clone, Debug)]
pub struct SessionCookies {
    /// The secrets, the current one first; none of them clears the cookies.
    pub secrets: Vec<Secret>,
    /// The same for the cookie `silent`.
    pub silent: Vec<Secret>,
    /// The cookie `state`; none clears it.
    pub state: Option<String>,
    /// Do they outlive the browser?
    pub remember: Remember,
}

impl Idp {
    /// The cookies for these secrets. Those that are switched off stay empty.
    pub async fn session_cookies(
        &self,
        secrets: Vec<Secret>,
        remember: Remember,
        now: Timestamp,
    ) -> Result<SessionCookies, Fault> {
        let silent = match self.settings.cookies.silent {
            Switch::On => secrets.iter().map(|secret| self.silent_secret(secret)).collect(),
            Switch::Off => Vec::new(),
        };
        let state = match (self.settings.cookies.state, secrets.first()) {
            (Switch::On, Some(first)) => {
                self.behind((Jar::Session, first), now).await?.map(|current| self.browser_state(&current.session))
            }
            _ => None,
        };
        Ok(SessionCookies { secrets, silent, state, remember })
    }

    /// The digest that a session keeps of its second secret, where there is one.
    pub(super) fn silent_digest(&self, secret: &Secret) -> Option<SecretDigest> {
        (self.settings.cookies.silent == Switch::On).then(|| self.silent_secret(secret).digest())
    }

    fn silent_secret(&self, secret: &Secret) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.seals.mac(Purpose::Silent, &[secret.expose().as_bytes()])))
    }

    fn browser_state(&self, session: &Session) -> String {
        let parts = [session.id.as_str().as_bytes(), &session.epoch.to_be_bytes()];
        URL_SAFE_NO_PAD.encode(self.seals.mac(Purpose::BrowserState, &parts))
    }

    /// Tells an app that learns of the session what to watch, and sets the cookie `state` right.
    pub(super) async fn watched(&self, visitor: &Visitor, mut turn: Turn, now: Timestamp) -> Result<Turn, Fault> {
        turn = self.introduced(visitor, turn, now).await?;
        if self.settings.cookies.state == Switch::Off {
            return Ok(turn);
        }
        let (state, remember) = match &turn.handles {
            Handles::Set(cookies) => (cookies.state.clone(), cookies.remember),
            _ => match self.current(visitor, now).await? {
                Some(current) => (Some(self.browser_state(&current.session)), current.session.remember),
                None => (None, Remember::No),
            },
        };
        if let (Next::Return(reply), Some(state)) = (&mut turn.next, &state)
            && reply.tells_of_the_session()
        {
            reply.session_state = session_state(&reply.address, state, &random::id());
        }
        // Nothing is known of the state of a browser that brought no secret: in frames it leaves the session cookie out.
        let wrong = visitor.state != state && !visitor.handles.is_empty();
        if wrong && matches!(turn.handles, Handles::Unchanged) {
            turn.handles = Handles::State(state, remember);
        }
        Ok(turn)
    }
}

/// What an app shows to the frame (Session Management 1.0, section 3.2); none for an app that no browser shows.
fn session_state(address: &ReturnAddress, state: &str, salt: &str) -> Option<String> {
    let origin = redirect::origin(address.uri())?;
    let hash = fingerprint(format!("{} {origin} {state} {salt}", address.client()).as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{hash}.{salt}"))
}
