//! Draws what comes next: a page, a redirect to a relying app, a page of ours.

use super::answer::{self, page_to, see_other, source_of};
use super::asking::{Asking, Seen};
use super::cookies;
use super::device;
use super::device_grant;
use super::error::WebError;
use super::mailed::offer;
use super::pages::{
    AccountChoice, AllowDevice, AppFacts, CodeField, Consent, FormPost, Here, MailedCode, NewAccount, Newcomer, Offer,
    Offline, Onward, OnwardForm, PasskeyForm, Place, Remember as Box_, ScopeLine, SecondFactor, Select, SetUpFactor,
    SignIn, SignInPurpose, SignUp, Vetting, Watch,
};
use super::refusal::logged;
use super::upstream;
use crate::flow::authorize::{
    AppCode, Asks, FactorNeeded, Next, Others, Page, Recovery, Refusal, Reply, SignedIn, Turn,
};
use crate::flow::device::Nearness;
use crate::flow::passkey::PasskeyOffer;
use crate::model::account::Account;
use crate::model::authorization::Goal;
use crate::model::authorization::next_step::Why;
use crate::model::client::{Client, Origin};
use crate::model::session::policy::Remember;
use crate::model::upstream::Accounts;
use crate::protocol::params::{Params, Spoiled};
use crate::protocol::response::ResponseMode;
use crate::protocol::scope::{OFFLINE_ACCESS, STANDARD, ScopeSet};
use crate::protocol::session_status::ReasonWord;
use crate::text::Text;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest address a posted request may become, in bytes: what browsers and proxies pass on.
pub(super) const LONGEST: usize = 24 * 1024;

/// Draws it.
pub(super) fn draw(asking: &Asking, turn: Turn) -> Result<HttpResponse, WebError> {
    draw_with(asking, turn, Remember::No)
}

/// Draws it; a sign-in form that comes back keeps its box as it was.
pub(super) fn draw_with(asking: &Asking, turn: Turn, remember: Remember) -> Result<HttpResponse, WebError> {
    draw_telling(asking, turn, (remember, None))
}

/// Draws it; a sign-in form also says what was done before.
pub(super) fn draw_telling(
    asking: &Asking,
    turn: Turn,
    (remember, done): (Remember, Option<String>),
) -> Result<HttpResponse, WebError> {
    // A new browser gets its id with a page, never with an answer that passes it on: a hidden `prompt=none` beside a
    // sign-in page must not replace the id that page's form was given to.
    let shows_page = matches!(turn.next, Next::Show(_));
    let mut response = match turn.next {
        Next::Show(page) => show(asking, *page, (remember, done)),
        Next::Return(reply) => {
            if let Err(refusal) = &reply.outcome {
                logged(refusal, "/authorize");
            }
            match &reply.stranger {
                Some(app) if asking.seen == Seen::InWindow => onward(&reply, app, asking.text()),
                _ => returning(&reply, asking.text()),
            }
        }
        Next::Elsewhere(address) => see_other(&address),
        Next::Connected(outcome) => see_other(upstream::came_back(outcome)),
        Next::GoOn(handle) => see_other(&format!("/interaction/{handle}")),
        Next::DeviceTold(told) => device_grant::told(asking, told),
        Next::Arrived(Goal::Console) => see_other("/admin"),
        Next::Arrived(Goal::Data) => see_other("/account/data"),
        Next::Arrived(Goal::Security) => see_other("/account/security"),
        Next::Arrived(Goal::Email) => see_other("/account/email"),
        Next::Arrived(Goal::Authenticator) => see_other("/account/security/authenticator"),
        Next::Arrived(Goal::Passkey) => see_other("/account/security/passkey"),
        Next::Arrived(Goal::EndOthers(_)) => see_other("/account?done=others"),
        Next::Arrived(_) => see_other("/account"),
        Next::Refused(problem, why) => actix_web::ResponseError::error_response(&WebError::Refused(problem, why)),
        Next::Problem(problem) => actix_web::ResponseError::error_response(&WebError::Problem(problem)),
    };
    cookies::set(&mut response, asking.to(), &turn.handles, turn.signed_in.as_ref());
    if shows_page {
        cookies::introduce(&mut response, asking.to(), turn.signed_in.as_ref());
    }
    Ok(response)
}

/// The answer to a relying app, as it asked for it.
fn returning(reply: &Reply, text: Text) -> HttpResponse {
    if reply.address.mode() != ResponseMode::FormPost {
        return see_other(&reply.location());
    }
    let target = reply.address.uri();
    let page = FormPost { text, target: target.to_owned(), fields: reply.fields(), host: host(target) };
    answer::page_posting(&page, &source_of(target))
}

/// The person is asked whether they mean to go to an app that nobody vouches for.
fn onward(reply: &Reply, app: &str, text: Text) -> HttpResponse {
    if reply.address.mode() != ResponseMode::FormPost {
        return onward_to(text, ("onward-lead", app.to_owned()), reply.location());
    }
    let target = reply.address.uri();
    let form = OnwardForm { target: target.to_owned(), fields: reply.fields() };
    let lead = text.with("onward-lead", &[("app", app)]);
    let page = Onward { text, lead, host: host(target), address: String::new(), form: Some(form) };
    page_to(StatusCode::OK, &page, &source_of(target))
}

/// The same, where the whole answer is in the address.
pub(super) fn onward_to(text: Text, (lead, app): (&str, String), address: String) -> HttpResponse {
    let lead = text.with(lead, &[("app", app.as_str())]);
    page_to(StatusCode::OK, &Onward { text, lead, host: host(&address), address, form: None }, "")
}

/// A posted request once more, by GET.
pub(super) fn resend(path: &str, params: &Params) -> Result<HttpResponse, WebError> {
    let location = format!("{path}?{}", query(params));
    if location.len() < LONGEST { Ok(see_other(&location)) } else { Err(WebError::TooLarge) }
}

/// The query that says the same as a form; a spoiled parameter stays spoiled, in its way.
fn query(params: &Params) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut pairs: Vec<String> =
        params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    for name in params.spoiled_names() {
        let repeated = params.spoiled(name) == Some(Spoiled::Repeated);
        let name = encode(name);
        pairs.push(if repeated { format!("{name}=1&{name}=2") } else { format!("{name}=%00") });
    }
    pairs.join("&")
}

fn show(asking: &Asking, page: Page, (remember, done): (Remember, Option<String>)) -> HttpResponse {
    let (text, csrf, interaction) = (asking.text(), asking.csrf(), page.interaction);
    let app = page.client.as_ref().map(|client| facts(client, page.logo));
    let passkey = page.passkey.map(passkey_form);
    // A sign-in or consent form ends at the app: by https anywhere, or at the very address that was bound.
    let targets = |destination: &str| format!("https: {}", source_of(destination));
    let destination = page.destination.as_deref().map(targets).unwrap_or_default();
    match page.asks {
        Asks::SignIn { why: Why::New, .. } => {
            let email = String::new();
            let page = SignUp { text, csrf, interaction, app: app.map(|app| app.name), email, alert: None };
            page_to(StatusCode::OK, &page, "")
        }
        Asks::SignIn { why, hint, goal, refusal } => {
            let purpose = match (&goal, why) {
                (Goal::Console, _) => SignInPurpose::Console,
                (_, Why::Again) => SignInPurpose::Again,
                _ => SignInPurpose::Ordinary,
            };
            let alert = refusal.map(|refusal| alert(refusal, text));
            let remember = match (&goal, remember) {
                (Goal::Console, _) => Box_::Absent,
                (_, Remember::Yes) => Box_::Chosen,
                (_, Remember::No) => Box_::Offered,
            };
            let (notice, upstreams) = match &page.connecting {
                Some((name, shown)) => (Some(connecting(name, shown, text)), Vec::new()),
                None => (
                    done.or_else(|| page.ended.and_then(|reason| notice(reason, text))),
                    upstream::buttons(asking.idp()),
                ),
            };
            let here = if page.others == Others::Here { Here::Others } else { Here::Nobody };
            let forgot = offer(asking.idp().mail());
            let sign_up = match (&goal, purpose) {
                (Goal::Account | Goal::Authorize(_) | Goal::Device(..), SignInPurpose::Ordinary)
                    if page.connecting.is_none() =>
                {
                    offer(asking.idp().self_registration())
                }
                _ => Offer::Absent,
            };
            let username = hint;
            let page = SignIn {
                text,
                csrf,
                interaction,
                app,
                username,
                purpose,
                alert,
                remember,
                passkey,
                notice,
                here,
                upstreams,
                forgot,
                sign_up,
            };
            let destination = upstream::targets(asking.idp(), &destination);
            asked_again(asking, refusal, (&page, &destination))
        }
        Asks::SecondFactor { username, app: code, recovery, passkey, session, refusal } => {
            let alert = refusal.map(|refusal| alert(refusal, text));
            let code = match (code, recovery) {
                (AppCode::Asked, Recovery::Offered) => CodeField::AppOrRecovery,
                (AppCode::Asked, Recovery::No) => CodeField::App,
                (AppCode::No, Recovery::Offered) => CodeField::Recovery,
                (AppCode::No, Recovery::No) => CodeField::Absent,
            };
            let passkey = passkey.map(passkey_form);
            let watch = if session == SignedIn::Yes { Watch::On } else { Watch::Off };
            let page = SecondFactor { text, csrf, interaction, app, username, code, passkey, watch, alert };
            asked_again(asking, refusal, (&page, &destination))
        }
        Asks::MailedCode { to, refusal } => {
            let alert = refusal.map(|refusal| match refusal {
                Refusal::Code => text.say("alert-mailed-code"),
                other => alert(other, text),
            });
            let page = MailedCode { text, csrf, interaction, app, to, alert };
            asked_again(asking, refusal, (&page, &destination))
        }
        Asks::Newcomer { upstream, shown, username, accounts, refusal } => {
            let alert = refusal.map(|refusal| alert(refusal, text));
            let new_account = if accounts == Accounts::Create { NewAccount::Offered } else { NewAccount::No };
            let page = Newcomer { text, csrf, interaction, app, upstream, shown, username, new_account, alert };
            asked_again(asking, refusal, (&page, &destination))
        }
        Asks::SetUpFactor { username, app: by_code, because } => {
            let (by_app, by_passkey) = (by_code == AppCode::Asked, asking.idp().passkeys.is_some());
            let longer_password = if because == FactorNeeded::ShortPassword { Offer::Shown } else { Offer::Absent };
            let page = SetUpFactor { text, csrf, interaction, app, username, by_app, by_passkey, longer_password };
            page_to(StatusCode::OK, &page, &destination)
        }
        Asks::Select { accounts, session } => {
            let watch = if session == SignedIn::Yes { Watch::On } else { Watch::Off };
            let accounts = accounts.into_iter().map(choice).collect();
            page_to(StatusCode::OK, &Select { text, csrf, interaction, app, accounts, watch }, &destination)
        }
        Asks::Consent { person, account, scope, device: Some(device), .. } => {
            let form = AllowDevice {
                text,
                csrf,
                interaction,
                app: app.unwrap_or_default(),
                session: person,
                person: account.display_name().to_owned(),
                scopes: lines(&scope, text),
                offline: if scope.contains(OFFLINE_ACCESS) { Offline::Asked } else { Offline::NotAsked },
                code: device.code,
                device: device::name(&device.device.user_agent, text),
                address: device.device.address,
                asked_at: device.at.0,
                place: if device.nearness == Nearness::SameNetwork { Place::Here } else { Place::Elsewhere },
            };
            page_to(StatusCode::OK, &form, "")
        }
        Asks::Consent { person, account, scope, destination, device: None } => {
            let page = Consent {
                text,
                csrf,
                interaction,
                app: app.unwrap_or_default(),
                session: person,
                person: account.display_name().to_owned(),
                scopes: lines(&scope, text),
                offline: if scope.contains(OFFLINE_ACCESS) { Offline::Asked } else { Offline::NotAsked },
                destination: host(&destination),
            };
            page_to(StatusCode::OK, &page, &targets(&destination))
        }
    }
}

/// A form, for the first time or because it was refused.
fn asked_again(
    asking: &Asking,
    refusal: Option<Refusal>,
    (page, destination): (&impl askama::Template, &str),
) -> HttpResponse {
    let mut response = page_to(status(refusal), page, destination);
    if let Some(seconds) = retry_after(asking, refusal) {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// An account as a choice.
pub(super) fn choice((handle, account): (String, Account)) -> AccountChoice {
    AccountChoice { handle, name: account.display_name().to_owned(), username: account.username }
}

/// Whoever signs in here is connected with an upstream: it is said before.
fn connecting(name: &str, shown: &str, text: Text) -> String {
    let key = if shown.is_empty() { "newcomer-connecting-unnamed" } else { "newcomer-connecting" };
    text.with(key, &[("upstream", name), ("shown", shown)])
}

/// Why somebody was signed out who did not do it themselves. Of a closed account the sign-in form says nothing either.
fn notice(reason: ReasonWord, text: Text) -> Option<String> {
    match reason {
        ReasonWord::Idle => Some(text.say("signed-out-idle")),
        ReasonWord::Absolute => Some(text.say("signed-out-absolute")),
        ReasonWord::Revoked => Some(text.say("signed-out-revoked")),
        ReasonWord::CredentialChanged => Some(text.say("signed-out-credential-changed")),
        ReasonWord::SignOut | ReasonWord::AccountDisabled => None,
    }
}

fn passkey_form(offer: PasskeyOffer) -> PasskeyForm {
    PasskeyForm { options: offer.options, challenge: offer.challenge }
}

fn status(refusal: Option<Refusal>) -> StatusCode {
    match refusal {
        None => StatusCode::OK,
        Some(Refusal::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(Refusal::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn retry_after(asking: &Asking, refusal: Option<Refusal>) -> Option<u64> {
    match refusal? {
        Refusal::Throttled { until } => Some(asking.now.until(until).as_secs().max(1)),
        Refusal::Busy => Some(2),
        _ => None,
    }
}

fn alert(refusal: Refusal, text: Text) -> String {
    match refusal {
        Refusal::Credentials => text.say("alert-credentials"),
        Refusal::Code => text.say("alert-code"),
        Refusal::Passkey => text.say("alert-passkey"),
        Refusal::Throttled { .. } => text.say("alert-throttled"),
        Refusal::Busy => text.say("alert-busy"),
        Refusal::AnotherTab => text.say("alert-another-tab"),
        Refusal::Upstream => text.say("alert-upstream-failed"),
        Refusal::UpstreamCancelled => text.say("alert-upstream-cancelled"),
        Refusal::UpstreamStale => text.say("alert-upstream-stale"),
        Refusal::UsernameTaken => text.say("alert-username-taken"),
        Refusal::UsernameUnfit => text.say("alert-username-form"),
        Refusal::UsernameForeign => text.say("alert-username-foreign"),
    }
}

/// What pages show of a client, and its logo from here.
fn facts(client: &Client, logo: Option<String>) -> AppFacts {
    let metadata = &client.metadata;
    AppFacts {
        name: client.name().to_owned(),
        logo,
        home: metadata.client_uri.clone(),
        policy: metadata.policy_uri.clone(),
        terms: metadata.tos_uri.clone(),
        vetting: match client.origin {
            Origin::Administrator => Vetting::ByAdministrator,
            Origin::Registered { .. } => Vetting::Nobody,
        },
    }
}

/// What a scope means, in words for people; those without words are shown as they are.
pub(super) fn lines(scope: &ScopeSet, text: Text) -> Vec<ScopeLine> {
    let known = |name: &str, detail: &str| ScopeLine { title: text.say(name), detail: text.say(detail) };
    let line = |token: &str| match token {
        "openid" => known("scope-openid", "scope-openid-detail"),
        "profile" => known("scope-profile", "scope-profile-detail"),
        "email" => known("scope-email", "scope-email-detail"),
        "address" => ScopeLine { title: text.say("scope-address"), detail: String::new() },
        "phone" => known("scope-phone", "scope-phone-detail"),
        other => ScopeLine { title: other.to_owned(), detail: String::new() },
    };
    // Who the person is comes first, then the rest in the order of the specification, then what is the app's own.
    let place = |token: &str| STANDARD.iter().position(|known| *known == token).unwrap_or(STANDARD.len());
    let mut tokens: Vec<&str> = scope.iter().filter(|token| *token != OFFLINE_ACCESS).collect();
    tokens.sort_by_key(|token| place(token));
    tokens.into_iter().map(line).collect()
}

pub(super) fn host(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(url) => match (url.scheme(), url.host_str()) {
            ("https" | "http", Some(host)) => host.to_owned(),
            // The host of a private scheme is whatever its app calls it.
            (scheme, _) => format!("{scheme}:"),
        },
        Err(_) => String::new(),
    }
}
