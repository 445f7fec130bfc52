//! The person's acts: which requests are, and that they are written down and told to the provider.

use super::Write;
use crate::app::{Inner, RelyingApp};
use crate::clock::Instant;
use crate::provider::upstream::Reported;
use crate::secret::Name;
use crate::session::{ApplicationSession, Touched};
use crate::shelf::Fresh;
use crate::store::StoreFault;
use std::sync::Arc;

/// What a request says about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The person did something.
    OfThePerson,
    /// A script, a frame, a prefetch, a poll.
    OfAMachine,
}

/// The headers that tell (Fetch Metadata Request Headers), as far as there are any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// `Sec-Fetch-Mode`.
    pub mode: Option<&'a str>,
    /// `Sec-Fetch-Dest`.
    pub dest: Option<&'a str>,
    /// `Sec-Fetch-User`.
    pub user: Option<&'a str>,
    /// `Sec-Purpose`, or its older name `Purpose`.
    pub purpose: Option<&'a str>,
    /// `Accept`.
    pub accept: Option<&'a str>,
}

/// The definition: a page that the person opened, or a form that the person sent, in a window of its own.
///
/// Scripts say so through `POST …/session/active`, which the crate's own script does when the person types, points or
/// presses *Stay signed in*. Browsers that send no such headers count when they open pages.
pub fn act(signs: Signs<'_>) -> Act {
    let opened = signs.mode == Some("navigate") && signs.dest == Some("document") && signs.user == Some("?1");
    let silent = signs.mode.is_none() && signs.dest.is_none() && signs.user.is_none();
    let old_browser = silent && signs.accept.is_some_and(|accept| accept.starts_with("text/html"));
    if signs.purpose.is_none() && (opened || old_browser) { Act::OfThePerson } else { Act::OfAMachine }
}

impl Inner {
    /// Writes an act down, at most once per step.
    pub(crate) async fn touch(&self, name: &Name, now: Instant) -> Result<Option<ApplicationSession>, StoreFault> {
        self.change(name, |session| match session.touch(&self.policy, now) {
            Touched::Moved => Write::Yes,
            Touched::Left => Write::No,
        })
        .await
    }
}

impl RelyingApp {
    /// Tells the provider of an act, in the background: at most once in ten seconds per session, and never again for a
    /// while when it says that this client may not. No page waits for it.
    pub(crate) fn report(&self, name: &Name, access_token: &str, now: Instant) {
        let app = Arc::clone(&self.inner);
        if app.report_pause.get("", now).is_some() || app.reported.put_new(name.as_str(), (), now) == Fresh::No {
            return;
        }
        let Ok(turn) = Arc::clone(&app.reports).try_acquire_owned() else {
            return;
        };
        let token = access_token.to_owned();
        tokio::spawn(async move {
            if app.provider.report_activity(&token).await == Reported::NotForUs {
                app.report_pause.put_new("", (), now);
            }
            drop(turn);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Signs, act};

    #[test]
    fn which_requests_are_acts() {
        let page = Signs { mode: Some("navigate"), dest: Some("document"), user: Some("?1"), ..Signs::default() };
        let cases = [
            ("a page the person opened", page, Act::OfThePerson),
            ("a page that opened itself", Signs { user: None, ..page }, Act::OfAMachine),
            ("a frame", Signs { dest: Some("iframe"), ..page }, Act::OfAMachine),
            ("a prefetch", Signs { purpose: Some("prefetch;prerender"), ..page }, Act::OfAMachine),
            ("a script", Signs { mode: Some("cors"), dest: Some("empty"), ..Signs::default() }, Act::OfAMachine),
            ("an old browser", Signs { accept: Some("text/html,*/*"), ..Signs::default() }, Act::OfThePerson),
            ("an old browser's script", Signs { accept: Some("*/*"), ..Signs::default() }, Act::OfAMachine),
            (
                "a script that pretends",
                Signs { mode: Some("cors"), accept: Some("text/html"), ..Signs::default() },
                Act::OfAMachine,
            ),
            ("nothing", Signs::default(), Act::OfAMachine),
        ];
        for (case, signs, expected) in cases {
            assert_eq!(act(signs), expected, "{case}");
        }
    }
}
