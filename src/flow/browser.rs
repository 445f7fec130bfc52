//! What a browser shows of itself.

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, Secret};
use crate::flow::Idp;
use crate::model::account::Account;
use crate::model::id::{AccountId, BrowserId};
use crate::model::session::Device;
use crate::text::Preferences;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Sessions one browser can hold at a time.
pub const MAX_HANDLES: usize = 8;
/// Accounts a browser is remembered for.
const MAX_KNOWN: usize = 8;

/// The browser, as its sealed cookie tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Browser {
    /// Its id.
    pub id: BrowserId,
    /// The accounts that signed in from it, the latest first: they have a guessing lane of their own here.
    #[serde(default)]
    pub accounts: Vec<AccountId>,
}

/// Who sends a request, as far as cookies tell. Nothing in it authorises anything before the store was asked.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The browser; a fresh one where it had no cookie.
    pub browser: Browser,
    /// Did it have one?
    pub acquaintance: Acquaintance,
    /// The secrets of its sessions, the current one first.
    pub handles: Vec<Secret>,
    /// Which cookie they came in.
    pub jar: Jar,
    /// The secrets of the cookie `silent`, as good as none until [`Visitor::silently`].
    silent: Vec<Secret>,
    /// The cookie `state`: what the frame at `/check_session` holds answers against. It authorises nothing.
    pub state: Option<String>,
    /// What it says of itself, and where it is.
    pub device: Device,
    /// The languages that pages are wanted in. What is read on the way, an account or an interaction, has its say here.
    pub languages: Preferences,
}

/// The cookie that a secret came in. A secret of one is nothing in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// The session cookie.
    Session,
    /// The cookie `silent`.
    Silent,
}

/// Has the browser been here before?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquaintance {
    /// Its cookie is ours.
    Known,
    /// It brought none, or none that is ours: it gets one.
    New,
}

/// The cookies of a request, each as it came; none where it is missing or came twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cookies<'a> {
    /// The session cookie.
    pub session: Option<&'a str>,
    /// The browser cookie.
    pub browser: Option<&'a str>,
    /// The cookie `state`.
    pub state: Option<&'a str>,
}

impl Idp {
    /// Recognises a browser by its cookies. A tampered, truncated or foreign cookie is no cookie.
    pub fn recognise(&self, cookies: Cookies<'_>, device: Device) -> Visitor {
        let known = cookies.browser.and_then(|text| self.seals.open::<Browser>(Purpose::Browser, text));
        let acquaintance = if known.is_some() { Acquaintance::Known } else { Acquaintance::New };
        let fresh = || Browser { id: BrowserId::new(random::id()), accounts: Vec::new() };
        Visitor {
            browser: known.unwrap_or_else(fresh),
            acquaintance,
            handles: cookies.session.map(handles).unwrap_or_default(),
            jar: Jar::Session,
            silent: Vec::new(),
            state: cookies.state.map(str::to_owned),
            device,
            languages: Preferences::default(),
        }
    }

    /// The value of the browser cookie.
    pub fn browser_cookie(&self, browser: &Browser) -> String {
        self.seals.seal(Purpose::Browser, browser)
    }

    /// The hidden token that proves that a form is ours and was given to this browser.
    pub fn csrf(&self, browser: &BrowserId) -> String {
        URL_SAFE_NO_PAD.encode(self.seals.mac(Purpose::Csrf, &[browser.as_str().as_bytes()]))
    }

    /// What forms call the person to whom their page is shown, in this browser. It authorises nothing.
    pub fn shown_person(&self, browser: &BrowserId, account: &AccountId) -> String {
        let parts = [browser.as_str().as_bytes(), account.as_str().as_bytes()];
        URL_SAFE_NO_PAD.encode(&self.seals.mac(Purpose::ShownPerson, &parts)[..16])
    }

    /// Is it that token?
    pub fn form_origin(&self, visitor: &Visitor, presented: &str) -> FormOrigin {
        let bytes = URL_SAFE_NO_PAD.decode(presented).unwrap_or_default();
        let same = self.seals.check(Purpose::Csrf, &[visitor.browser.id.as_str().as_bytes()], &bytes);
        if same == Same::Yes { FormOrigin::Ours } else { FormOrigin::Foreign }
    }
}

impl Visitor {
    /// The language of a letter that this visitor causes: what the account says, else the one they read our pages in.
    pub(super) fn writes_to(&self, account: Option<&Account>) -> Option<String> {
        let said = account.and_then(Account::locale).map(str::to_owned);
        said.or_else(|| self.languages.heard().map(|language| language.tag().to_owned()))
    }

    /// With the cookie `silent`, which a request brought that had no session cookie.
    #[must_use]
    pub fn offering(mut self, silent: &str) -> Visitor {
        self.silent = handles(silent);
        self
    }

    /// As somebody whom no page may be shown: the cookie `silent` stands in for the session cookie.
    #[must_use]
    pub(super) fn silently(&self) -> Visitor {
        let mut visitor = self.clone();
        if !visitor.silent.is_empty() {
            (visitor.handles, visitor.jar) = (std::mem::take(&mut visitor.silent), Jar::Silent);
        }
        visitor
    }
}

/// Where a posted form came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormOrigin {
    /// From a page of ours, given to this browser.
    Ours,
    /// From elsewhere.
    Foreign,
}

impl Browser {
    /// Remembers that this account signed in here.
    pub fn remember(&mut self, account: &AccountId) {
        self.accounts.retain(|known| known != account);
        self.accounts.insert(0, account.clone());
        self.accounts.truncate(MAX_KNOWN);
    }

    /// Has this account signed in here?
    pub fn knows(&self, account: &AccountId) -> bool {
        self.accounts.contains(account)
    }
}

/// The secrets in a session cookie: base64url texts of 43 characters, joined by dots.
pub fn handles(cookie: &str) -> Vec<Secret> {
    let well_formed =
        |part: &&str| part.len() == 43 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let parts: Vec<&str> = cookie.split('.').collect();
    if parts.len() > MAX_HANDLES || !parts.iter().all(well_formed) {
        return Vec::new();
    }
    parts.into_iter().map(Secret::new).collect()
}

/// The value of the session cookie, and of the cookie `silent`.
pub fn session_cookie(handles: &[Secret]) -> Secret {
    let parts: Vec<&str> = handles.iter().map(Secret::expose).collect();
    Secret::new(parts.join("."))
}
