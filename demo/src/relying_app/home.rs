//! The page of somebody who is signed in: the product on top, the session and its tokens below.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::RelyingApp;
use super::content::Content;
use super::pages::{Shell, page};
use super::renewal::Renewal;
use super::telling;
use super::token_view::{Row, TokenView};
use super::visit::{AppSession, Means};
use super::wire::WireError;
use crate::clock::Instant;

/// An instant in the three forms a page needs.
struct Moment {
    at: Instant,
    machine: String,
    clock: String,
    distance: String,
}

impl Moment {
    fn new(at: Instant, now: Instant) -> Self {
        Self {
            at,
            machine: telling::machine_readable(at),
            clock: telling::time_of_day(at),
            distance: telling::distance(at, now),
        }
    }
}

/// A member of a token, with its instant told in words.
struct Line {
    row: Row,
    moment: Option<Moment>,
}

/// One token on the page.
struct TokenCard {
    id: &'static str,
    title: &'static str,
    purpose: &'static str,
    issued: Moment,
    expires: Moment,
    age: String,
    life: Instant,
    elapsed: Instant,
    /// The decoded halves; nothing for an opaque token.
    halves: Option<[(&'static str, Vec<Line>); 2]>,
}

/// One silent reissue in the list.
struct ReissueLine {
    means: &'static str,
    moment: Moment,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    now: Instant,
    name: &'a str,
    given_name: &'a str,
    email: Option<&'a str>,
    renew_at: Instant,
    sid: Option<String>,
    auth_time: Option<Moment>,
    session_expiry: Option<Moment>,
    content: Result<Content, String>,
    provider_silent: bool,
    tokens: [TokenCard; 2],
    reissued: usize,
    reissues: Vec<ReissueLine>,
}

/// Draws the page; the content comes from the app's own API, fetched over HTTP with the access token.
pub(super) async fn show(app: &RelyingApp, session: &AppSession, renewal: Renewal, now: Instant) -> HttpResponse {
    let identity = TokenView::read(&session.id_token.to_string());
    let moment = |name| identity.as_ref().and_then(|view| view.instant(name)).map(|at| Moment::new(at, now));
    let (auth_time, session_expiry) = (moment("auth_time"), moment("session_expiry"));
    let sid = identity.as_ref().and_then(|view| view.claim("sid")).map(str::to_owned);
    let access = TokenView::read(session.access_token.secret());
    let home = HomePage {
        shell: Shell::of(app),
        now,
        name: session.name(),
        given_name: session.given_name(),
        email: session.claims.email().map(|email| email.as_str()),
        renew_at: session.renew_at(),
        sid,
        auth_time,
        session_expiry,
        content: content(app, session).await,
        provider_silent: renewal == Renewal::Later,
        tokens: [card(Kind::Identity, identity, session, now), card(Kind::Access, access, session, now)],
        reissued: session.reissued,
        reissues: session.latest.iter().map(|one| reissue(one.means, one.at, now)).collect(),
    };
    page(StatusCode::OK, &home)
}

async fn content(app: &RelyingApp, session: &AppSession) -> Result<Content, String> {
    let url = format!("{}{}", app.origin, app.brand.api_path);
    app.wire.get(&url, Some(session.access_token.secret())).await.map_err(|error| match error {
        WireError::Status(status @ (401 | 403)) => {
            format!("The API refused the access token (status {status}).")
        }
        other => {
            tracing::warn!("{}: the API does not answer: {other}", app.brand.name);
            "The API does not answer.".to_owned()
        }
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Identity,
    Access,
}

fn card(kind: Kind, view: Option<TokenView>, session: &AppSession, now: Instant) -> TokenCard {
    let (id, title, purpose) = match kind {
        Kind::Identity => ("id-token", "ID token", "Tells this app who signed in, when and how."),
        Kind::Access => ("access-token", "Access token", "Opens this app's API, and nothing else."),
    };
    let instant = |name, otherwise| view.as_ref().and_then(|view| view.instant(name)).unwrap_or(otherwise);
    let (from, until) = (instant("iat", session.received_at), instant("exp", session.expires_at));
    let lines = |rows: Vec<Row>| rows.into_iter().map(|row| line(row, now)).collect::<Vec<Line>>();
    TokenCard {
        id,
        title,
        purpose,
        age: telling::span(now.saturating_sub(from)),
        life: until.saturating_sub(from).max(1),
        elapsed: now.saturating_sub(from).max(0),
        issued: Moment::new(from, now),
        expires: Moment::new(until, now),
        halves: view.map(|view| [("Header", lines(view.header)), ("Claims", lines(view.claims))]),
    }
}

fn line(row: Row, now: Instant) -> Line {
    let moment = row.instant.map(|at| Moment::new(at, now));
    Line { row, moment }
}

fn reissue(means: Means, at: Instant, now: Instant) -> ReissueLine {
    let means = match means {
        Means::PromptNone => "prompt=none",
        Means::Refresh => "refresh token",
        Means::Presence => "I'm still here",
    };
    ReissueLine { means, moment: Moment::new(at, now) }
}
