//! The one decision. Every door leads here, every form comes back here, and no step knows another.

use super::demand::{Demand, Lack};
use super::factor::{Held, NextFactor, lacks_a_factor, level};
use super::interaction::{Goal, Interaction, Newcomer};
use super::named::Named;
use crate::model::account::{ADMIN, Account};
use crate::model::client::{Client, Origin, SilentAnswer};
use crate::model::consent::Consent;
use crate::model::id::{AccountId, ClientId};
use crate::model::session::Session;
use crate::model::session::application::{ApplicationSession, Asking, Entry};
use crate::model::session::policy::ApplicationLimits;
use crate::protocol::authorize::{AuthorizationRequest, Prompt};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{Reason, person as why};
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};
use crate::protocol::time::Timestamp;
use std::time::Duration;

/// Everything the decision rests on. Gathered by `flow`, judged here.
#[derive(Debug)]
pub struct Situation<'a> {
    /// The request and its evidence.
    pub interaction: &'a Interaction,
    /// The client, where the goal has one.
    pub client: Option<&'a Client>,
    /// The browser's current session, if it is live, and whose it is.
    pub session: Option<(&'a Session, &'a Account)>,
    /// What that person allowed this client before.
    pub consent: Option<&'a Consent>,
    /// Is the person of the session the one whom a genuine `id_token_hint`, or the subject in `claims`, names?
    pub expected: Named,
    /// Does `login_hint` name the person of the session?
    pub named: Named,
    /// What the account holds that showed something for this interaction.
    pub tried: Option<(&'a AccountId, &'a Held)>,
    /// How strongly the person of the session has to be authenticated.
    pub demand: Demand,
    /// What the account of the session holds; looked up where that is more than the session has.
    pub held: Option<&'a Held>,
    /// When.
    pub now: Timestamp,
}

/// What comes next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The person signs in.
    SignIn(Why),
    /// The person shows a second factor: to complete a sign-in, or on top of the one the session has.
    SecondFactor,
    /// The sign-in is unusual: the person shows that they read their mails.
    MailedCode,
    /// Somebody came by an upstream whom nobody knows here: they say whether they have an account.
    Newcomer,
    /// The person sets up a second factor, without which they may not go on.
    SetUpFactor,
    /// The person chooses an account.
    Select,
    /// The person is asked for these scopes.
    Consent(ScopeSet),
    /// The request is answered with success.
    Issue,
    /// The request is answered with this error.
    Refuse(OAuthError),
}

/// Why the person is to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Nobody is signed in.
    SignedOut,
    /// The one who is has to show it again.
    Again,
    /// Somebody else is expected.
    Other,
    /// An account is to be made.
    New,
}

/// The console's limits: an app like another, and a sensitive one (idle 15 minutes, absolute 12 hours).
pub fn console_limits() -> ApplicationLimits {
    use crate::protocol::duration::Limit::After;
    use std::time::Duration;
    ApplicationLimits {
        idle_timeout: After(Duration::from_secs(15 * 60)),
        max_lifetime: After(Duration::from_secs(12 * 3_600)),
    }
}

/// The name under which the console takes part in sessions. No client can be registered under it.
pub fn console_id() -> ClientId {
    ClientId::new("abide:console")
}

/// Decides what comes next.
pub fn next_step(of: &Situation<'_>) -> Step {
    // Before anything else, whatever session there is: half of an authentication is none.
    if let Some((account, held)) = of.tried {
        match of.interaction.lacks(account, held) {
            NextFactor::Second => return Step::SecondFactor,
            NextFactor::MailedCode => return Step::MailedCode,
            NextFactor::Complete | NextFactor::First => (),
        }
    }
    match of.interaction.newcomer() {
        Some(Newcomer::Asks) => return Step::Newcomer,
        Some(Newcomer::Connects) => return Step::SignIn(Why::Other),
        None => (),
    }
    match &of.interaction.goal {
        Goal::Account => {
            if of.session.is_some() {
                Step::Issue
            } else {
                Step::SignIn(Why::SignedOut)
            }
        }
        Goal::Console => console(of),
        Goal::EndOthers(account) => end_others(of, account),
        Goal::Security | Goal::Data | Goal::Email | Goal::Authenticator | Goal::Passkey => security(of),
        Goal::Authorize(request) | Goal::Device(_, request) => silenced(of, request, authorize(of, request)),
    }
}

/// `prompt=none`, handled once: a step that would show a page becomes its error. An app that registered itself and that nobody
/// here let in hears the same whether somebody is signed in or not: any site could register one, and ask in a frame.
fn silenced(of: &Situation<'_>, request: &AuthorizationRequest, step: Step) -> Step {
    if !request.prompts(Prompt::None) {
        return step;
    }
    let unknown = of.consent.is_none() && of.client.is_some_and(|client| client.origin != Origin::Administrator);
    match step {
        Step::Issue => step,
        _ if unknown => refuse(why::SIGN_IN),
        Step::SignIn(_) => refuse(why::SIGN_IN),
        Step::SecondFactor => refuse(why::SECOND_FACTOR),
        Step::MailedCode => refuse(why::MAILED_CODE),
        Step::Newcomer => refuse(why::WHICH_ACCOUNT),
        Step::SetUpFactor => refuse(why::SET_UP_FACTOR),
        Step::Select => refuse(why::CHOOSE),
        Step::Consent(scope) if scope.is_empty() => refuse(why::NEVER_SILENTLY),
        Step::Consent(_) => refuse(why::CONSENT),
        Step::Refuse(_) => step,
    }
}

fn refuse(reason: &'static Reason) -> Step {
    Step::Refuse(reason.into())
}

fn console(of: &Situation<'_>) -> Step {
    let Some((session, account)) = of.session else { return Step::SignIn(Why::SignedOut) };
    if !account.has_role(ADMIN) {
        return refuse(why::NOT_ADMINISTRATOR);
    }
    match entry(session, &console_id(), &console_limits(), Asking::Visibly, of.now) {
        Entry::AfterAuthentication => Step::SignIn(Why::Again),
        _ => strength(of, (session, account)).unwrap_or(Step::Issue),
    }
}

/// Is the person authenticated strongly enough? If not: what they are to do about it.
fn strength(of: &Situation<'_>, (session, account): (&Session, &Account)) -> Option<Step> {
    let nothing = Held::default();
    match of.demand.lack(level(session.authentication()), of.held.unwrap_or(&nothing)) {
        Lack::Nothing => None,
        Lack::Shown => Some(Step::SecondFactor),
        // Whoever only sits at an unlocked machine must not be able to set one up.
        Lack::Held if is_afresh(of, (session, account)) => Some(Step::SetUpFactor),
        Lack::Held => Some(Step::SignIn(Why::Again)),
        Lack::Everything => Some(refuse(why::ACR_UNKNOWN)),
    }
}

/// How fresh an authentication has to be for what whoever sits at an unlocked machine must not be able to do.
const FRESH: Duration = Duration::from_secs(300);

/// Is the session's authentication so fresh, for certain? An upstream that does not say when it saw the person may have
/// seen them last week: whoever sits at the machine comes by it with a click.
pub fn is_fresh(session: &Session, now: Timestamp) -> bool {
    let seen_at = match &session.resting {
        Some(on) => on.seen_at,
        None => Some(session.authentication().auth_time),
    };
    seen_at.is_some_and(|at| now.since(at) <= FRESH)
}

/// Did the person authenticate in the last minutes, or here for this very interaction?
fn is_afresh(of: &Situation<'_>, (session, account): (&Session, &Account)) -> bool {
    let here = of.interaction.authenticated(&account.id) && of.interaction.vouched(&account.id).is_none();
    here || is_fresh(session, of.now)
}

/// Credentials are changed by whoever authenticated just now, or does so for this.
fn security(of: &Situation<'_>) -> Step {
    let Some((session, account)) = of.session else { return Step::SignIn(Why::SignedOut) };
    whole(of, (session, account))
}

/// Every factor of the account, shown just now or for this.
fn whole(of: &Situation<'_>, (session, account): (&Session, &Account)) -> Step {
    let fresh = is_afresh(of, (session, account));
    match of.held.is_some_and(|held| lacks_a_factor(session.authentication(), held)) {
        _ if !fresh => Step::SignIn(Why::Again),
        true => Step::SecondFactor,
        false => Step::Issue,
    }
}

/// Ending all other sessions: by their owner, who authenticated just now or does so for this.
fn end_others(of: &Situation<'_>, owner: &AccountId) -> Step {
    let Some((session, account)) = of.session else { return Step::SignIn(Why::SignedOut) };
    if account.id != *owner {
        return if of.interaction.authenticated(&account.id) {
            refuse(why::ANOTHERS_PAGE)
        } else {
            Step::SignIn(Why::Other)
        };
    }
    whole(of, (session, account))
}

fn authorize(of: &Situation<'_>, request: &AuthorizationRequest) -> Step {
    let Some(client) = of.client else { return refuse(why::CLIENT_GONE) };
    let creates = request.prompts(Prompt::Create);
    let Some((session, account)) = of.session else {
        return Step::SignIn(if creates { Why::New } else { Why::SignedOut });
    };
    // Whoever signs in instead of making an account has done what the app needs.
    if creates && !of.interaction.authenticated(&account.id) {
        return Step::SignIn(Why::New);
    }
    if let Some(step) = authentication(of, request, client, (session, account)) {
        return step;
    }
    // Without a page the app gets whoever is signed in, and reads who that is.
    let another = of.named == Named::Another && of.expected == Named::Nobody && !request.prompts(Prompt::None);
    if another && !request.prompts(Prompt::SelectAccount) && !of.interaction.selected(&account.id) {
        return Step::SignIn(Why::Other);
    }
    if request.prompts(Prompt::SelectAccount) && !of.interaction.selected(&account.id) {
        return Step::Select;
    }
    strength(of, (session, account)).unwrap_or_else(|| consent(of, request, client, account))
}

/// Does the person have to authenticate, whatever the session says?
fn authentication(
    of: &Situation<'_>,
    request: &AuthorizationRequest,
    client: &Client,
    (session, account): (&Session, &Account),
) -> Option<Step> {
    if of.expected == Named::Another {
        // Whoever just signed in is not the one who was expected: asking again would go round in circles.
        let tried = of.interaction.authenticated(&account.id);
        return Some(if tried { refuse(why::SOMEBODY_ELSE) } else { Step::SignIn(Why::Other) });
    }
    // Satisfied by an authentication made for this request, never by comparing instants.
    let done = of.interaction.authenticated(&account.id);
    let auth_time = session.authentication().auth_time;
    let too_old = request.max_age.is_some_and(|age| of.now.since(auth_time).as_secs() > age);
    if !done && (request.prompts(Prompt::Login) || too_old || request.max_age == Some(0)) {
        return Some(Step::SignIn(Why::Again));
    }
    match entry(session, &client.id, &client.limits(), asking(request), of.now) {
        Entry::AfterAuthentication => Some(Step::SignIn(Why::Again)),
        Entry::Visibly => Some(Step::SignIn(Why::SignedOut)),
        Entry::Open | Entry::Anew => None,
    }
}

/// Does the person have to consent?
fn consent(of: &Situation<'_>, request: &AuthorizationRequest, client: &Client, account: &Account) -> Step {
    if of.interaction.consented(&account.id) {
        return Step::Issue;
    }
    if !allowed(of.consent, request, client) || request.prompts(Prompt::Consent) {
        return Step::Consent(request.opens());
    }
    let page_shown = !of.interaction.evidence.is_empty();
    if client.silent_answer() == SilentAnswer::Never && !page_shown {
        // Nothing new is asked; the page alone is owed. `prompt=none` tells the two apart by the empty set.
        return Step::Consent(if request.prompts(Prompt::None) { ScopeSet::default() } else { request.opens() });
    }
    Step::Issue
}

/// Does what the person allowed before cover what is asked for?
pub fn allowed(consent: Option<&Consent>, request: &AuthorizationRequest, client: &Client) -> bool {
    let nothing = ScopeSet::default();
    consent.map_or(&nothing, |consent| &consent.scope).covers(&owed(request, client))
}

/// What of a request the person has to have allowed.
pub fn owed(request: &AuthorizationRequest, client: &Client) -> ScopeSet {
    match client.vouched_for() && !request.prompts(Prompt::Consent) {
        // Even a vouched-for client gets a grant that outlives sessions from the person alone.
        true => request.scope.filter(|token| token == OFFLINE_ACCESS),
        false => request.opens(),
    }
}

fn entry(session: &Session, client: &ClientId, limits: &ApplicationLimits, asking: Asking, now: Timestamp) -> Entry {
    let part = session.participants.get(client);
    ApplicationSession::entry(part, limits, session.authentication().auth_time, asking, now)
}

/// With or without pages?
pub fn asking(request: &AuthorizationRequest) -> Asking {
    if request.prompts(Prompt::None) { Asking::Silently } else { Asking::Visibly }
}
