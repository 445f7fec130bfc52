//! What comes of a request: plain values that tests compare and `web` draws.

use crate::flow::cookies::Handles;
use crate::flow::device::{AskingDevice, DeviceTold};
use crate::flow::passkey::PasskeyOffer;
use crate::flow::token::shown::Shown;
use crate::flow::upstream::Connecting;
use crate::model::account::Account;
use crate::model::authorization::next_step::Why;
use crate::model::authorization::{Goal, ReturnAddress, Unbound};
use crate::model::client::Client;
use crate::model::id::AccountId;
use crate::model::upstream::Accounts;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::scope::ScopeSet;
use crate::protocol::session_status::ReasonWord;
use crate::protocol::time::Timestamp;

/// What the browser is to see or do next.
#[derive(Debug)]
pub enum Next {
    /// A page of ours.
    Show(Box<Page>),
    /// The answer to a relying app's request.
    Return(Box<Reply>),
    /// The interaction that is waiting in the store, by its handle.
    GoOn(String),
    /// The authorization endpoint of an upstream.
    Elsewhere(String),
    /// An account was to be connected with an upstream, from its page of credentials.
    Connected(Connecting),
    /// A device was answered, or cannot be.
    DeviceTold(DeviceTold),
    /// The goal is reached, and it is a page of ours.
    Arrived(Goal),
    /// Something is wrong, and nobody can be told but the person.
    Problem(Problem),
    /// The request of an app is refused, and there is no proven address to tell it to.
    Refused(Problem, Box<OAuthError>),
}

/// The answer to a relying app's request, and where it goes.
#[derive(Debug)]
pub struct Reply {
    /// Where.
    pub address: ReturnAddress,
    /// What was granted, or why nothing was.
    pub outcome: Result<Granted, OAuthError>,
    /// Who answers.
    pub issuer: String,
    /// What the app shows to the frame at `/check_session`.
    pub session_state: Option<String>,
    /// What an app calls itself that nobody vouches for and the person never let in, where it is told an error: the person
    /// is asked before they go there.
    pub stranger: Option<String>,
}

/// What a successful authorization response holds, as its response type says.
#[derive(Debug, Default)]
pub struct Granted {
    /// The code.
    pub code: Option<String>,
    /// What is handed out in the browser.
    pub shown: Option<Shown>,
}

impl Reply {
    /// Does it say that there is a session in this browser which the app may rely on, or could? An app that is told
    /// `login_required` is told no more.
    pub fn tells_of_the_session(&self) -> bool {
        match &self.outcome {
            Ok(_) => true,
            Err(error) => {
                matches!(
                    error.code(),
                    Code::ConsentRequired | Code::InteractionRequired | Code::AccountSelectionRequired
                )
            }
        }
    }

    /// The address with the whole answer in it.
    pub fn location(&self) -> String {
        self.address.with(&self.pairs())
    }

    /// The whole answer, as the fields of a form (OAuth 2.0 Form Post Response Mode 1.0).
    pub fn fields(&self) -> Vec<(String, String)> {
        let told = self.address.told(&self.pairs()).into_iter();
        told.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        let mut pairs = match &self.outcome {
            Ok(granted) => granted.pairs(),
            Err(error) => vec![("error", error.code().as_str()), ("error_description", error.told())],
        };
        pairs.push(("iss", &self.issuer));
        pairs.extend(self.session_state.as_deref().map(|state| ("session_state", state)));
        pairs
    }
}

impl Granted {
    /// RFC 6749, sections 4.1.2 and 4.2.2; OpenID Connect Core, sections 3.2.2.5 and 3.3.2.5.
    fn pairs(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<(&str, &str)> = self.code.iter().map(|code| ("code", code.as_str())).collect();
        let Some(shown) = &self.shown else { return pairs };
        if let Some(access) = &shown.access {
            pairs.extend([
                ("access_token", access.token.as_str()),
                ("token_type", "Bearer"),
                ("expires_in", access.expires_in.as_str()),
                ("scope", access.scope.as_str()),
            ]);
        }
        pairs.extend(shown.id_token.iter().map(|token| ("id_token", token.as_str())));
        pairs
    }
}

/// A page in the way of an interaction.
#[derive(Debug)]
pub struct Page {
    /// The interaction, to come back with the form.
    pub interaction: String,
    /// For whom it is.
    pub client: Option<Client>,
    /// The path of its logo here.
    pub logo: Option<String>,
    /// Where the answer will go, for a request of a relying app.
    pub destination: Option<String>,
    /// What the page asks.
    pub asks: Asks,
    /// The challenge to passkeys, on a page where one will do.
    pub passkey: Option<PasskeyOffer>,
    /// Why the session is over that this browser had, where somebody is to sign in because of it.
    pub ended: Option<ReasonWord>,
    /// Are others signed in in this browser, where nobody is as far as the page goes?
    pub others: Others,
    /// Whoever signs in is connected with this upstream: its name, and whom it knows.
    pub connecting: Option<(String, String)>,
}

/// Are others signed in in this browser?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Some are.
    Here,
    /// Nobody is, or it is no matter.
    None,
}

/// Why somebody has to set up a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorNeeded {
    /// The app or the installation demands it.
    Demanded,
    /// Their password is good enough beside one only; a longer one would do as well.
    ShortPassword,
}

/// What a page asks of the person.
#[derive(Debug)]
pub enum Asks {
    /// To sign in.
    SignIn {
        /// Why.
        why: Why,
        /// The username to begin with.
        hint: String,
        /// For the console?
        goal: Goal,
        /// What went wrong before.
        refusal: Option<Refusal>,
    },
    /// To show a second factor.
    SecondFactor {
        /// Whose.
        username: String,
        /// Is the code of an app one of the ways?
        app: AppCode,
        /// May a recovery code stand in?
        recovery: Recovery,
        /// The challenge to a passkey of theirs, where that is one of the ways.
        passkey: Option<PasskeyOffer>,
        /// Is the person signed in, so that the page has an end to warn of?
        session: SignedIn,
        /// What went wrong before.
        refusal: Option<Refusal>,
    },
    /// To enter the code that was mailed.
    MailedCode {
        /// Where to, as much of it as the person needs to know which of theirs it is.
        to: String,
        /// What went wrong before.
        refusal: Option<Refusal>,
    },
    /// Whether to make an account for whom an upstream vouched for, or to connect one.
    Newcomer {
        /// What people call the upstream.
        upstream: String,
        /// What the person may know their account there by.
        shown: String,
        /// The username to begin with.
        username: String,
        /// Can an account be made?
        accounts: Accounts,
        /// What went wrong before.
        refusal: Option<Refusal>,
    },
    /// To set up a second factor, and to come back then.
    SetUpFactor {
        /// Who.
        username: String,
        /// Would an authenticator app do?
        app: AppCode,
        /// Why a second factor is needed.
        because: FactorNeeded,
    },
    /// To choose an account.
    Select {
        /// What the form calls each of the browser's live sessions, and whose it is.
        accounts: Vec<(String, Account)>,
        /// Is one of them the current one, so that the page has an end to warn of?
        session: SignedIn,
    },
    /// To consent.
    Consent {
        /// What the form calls the session of the person who is asked.
        person: String,
        /// Who is asked.
        account: Box<Account>,
        /// For what.
        scope: ScopeSet,
        /// Where the browser will be sent.
        destination: String,
        /// For which device, where the answer goes to none of the browser's.
        device: Option<Box<AskingDevice>>,
    },
}

/// Whose second factor it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedIn {
    /// Of somebody who is signed in, with less.
    Yes,
    /// Of somebody who is not yet.
    No,
}

/// Is the code of an authenticator app one of the ways?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppCode {
    /// It is.
    Asked,
    /// There is no app, or its code would not be enough.
    No,
}

/// May a recovery code stand in for the other factor?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// There are some left.
    Offered,
    /// There is none.
    No,
}

/// Why a sign-in form comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Username and password do not go together.
    Credentials,
    /// The code is not good, or not any more.
    Code,
    /// What the passkey answered is not good.
    Passkey,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
    /// Too many people at once.
    Busy,
    /// The browser began anew in another tab; nothing was looked at.
    AnotherTab,
    /// The upstream did not sign the person in, or not so that it counts.
    Upstream,
    /// The person turned back there.
    UpstreamCancelled,
    /// The upstream did not have the person authenticate, as it had to.
    UpstreamStale,
    /// Somebody has this username.
    UsernameTaken,
    /// Nobody can have it.
    UsernameUnfit,
    /// It looks like a mail address that is not proved to be theirs.
    UsernameForeign,
}

/// What is wrong where no redirect may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The request proves no return address.
    Unbound(Unbound),
    /// The authorization request has too many parameters.
    TooManyParameters,
    /// The logout request has too many, or one twice.
    LogoutMalformed,
    /// The request stands elsewhere, and cannot be read or may not be used.
    Unread,
    /// The interaction is unknown, of another browser, answered already, or too old.
    InteractionGone,
    /// The person may not go there.
    NotForYou,
}

impl Problem {
    /// Where the request of an app was sent that is answered like this.
    pub fn endpoint(self) -> &'static str {
        if self == Problem::LogoutMalformed { "/end_session" } else { "/authorize" }
    }
}

/// What comes next, and what becomes of the browser's sessions.
#[derive(Debug)]
pub struct Turn {
    /// What comes next.
    pub next: Next,
    /// The session cookie.
    pub handles: Handles,
    /// An account that signed in from this browser just now.
    pub signed_in: Option<AccountId>,
}

impl From<Next> for Turn {
    fn from(next: Next) -> Turn {
        Turn { next, handles: Handles::Unchanged, signed_in: None }
    }
}
