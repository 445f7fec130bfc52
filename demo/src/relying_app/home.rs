//! The page of somebody who is signed in: the product on top, the session and its tokens below.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Shop;
use super::api::NoContent;
use super::content::Content;
use super::desk::{self, Sent};
use super::pages::{Shell, page};
use super::sessions::{self, SessionCard};
use super::telling;
use super::token_view::{Row, TokenView};
use abide_rp::session::{Means, Tokens};
use abide_rp::{Instant, Renewal, SignedIn};

/// An instant in the three forms a page needs.
pub(super) struct Moment {
    pub(super) at: Instant,
    machine: String,
    clock: String,
    distance: String,
}

impl Moment {
    pub(super) fn new(at: Instant, now: Instant) -> Self {
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
    shell: &'a Shell,
    now: Instant,
    name: &'a str,
    given_name: String,
    email: Option<String>,
    csrf: &'a str,
    renew_at: Instant,
    sid: Option<String>,
    auth_time: Option<Moment>,
    restored: Option<Moment>,
    sessions: [SessionCard; 2],
    sent: Vec<Sent>,
    content: Result<Content, String>,
    provider_silent: bool,
    tokens: [TokenCard; 2],
    reissued: usize,
    reissues: Vec<ReissueLine>,
}

/// Draws the page; the content comes from the app's own API, fetched over HTTP with the access token.
pub(super) async fn show(shop: &Shop, person: &SignedIn) -> HttpResponse {
    let (session, now) = (person.session(), shop.rp.now());
    let identity = TokenView::read(session.identity.expose_token());
    let auth_time = session.identity.auth_time().map(|at| Moment::new(at, now));
    let access = TokenView::read(&session.tokens.access);
    let tokens = &session.tokens;
    let home = HomePage {
        shell: &shop.shell,
        now,
        name: person.name(),
        given_name: person.claim("given_name").unwrap_or_else(|| person.name().to_owned()),
        email: person.claim("email"),
        csrf: person.csrf_token(),
        renew_at: tokens.renew_at(),
        sid: session.identity.sid().map(str::to_owned),
        auth_time,
        restored: person.restored_at().map(|at| Moment::new(at, now)),
        sessions: sessions::both(shop, person, now).await,
        sent: desk::sent_by(person),
        content: content(shop, &tokens.access).await,
        provider_silent: person.renewal() == Renewal::Later,
        tokens: [card(Kind::Identity, identity, tokens, now), card(Kind::Access, access, tokens, now)],
        reissued: session.renewals,
        reissues: session.latest_renewals.iter().map(|one| reissue(one.means, one.at, now)).collect(),
    };
    page(StatusCode::OK, &home)
}

async fn content(shop: &Shop, token: &str) -> Result<Content, String> {
    let url = format!("{}{}", shop.origin, shop.brand.api_path);
    shop.api_client.get(&url, token).await.map_err(|error| match error {
        NoContent::Status(status @ (401 | 403)) => {
            format!("The API refused the access token (status {status}).")
        }
        other => {
            tracing::warn!("{}: the API does not answer: {other}", shop.brand.name);
            "The API does not answer.".to_owned()
        }
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Identity,
    Access,
}

fn card(kind: Kind, view: Option<TokenView>, tokens: &Tokens, now: Instant) -> TokenCard {
    let (id, title, purpose) = match kind {
        Kind::Identity => ("id-token", "ID token", "Tells this app who signed in, when and how."),
        Kind::Access => {
            ("access-token", "Access token", "Opens this app's API and the provider's word about the session.")
        }
    };
    let instant = |name, otherwise| view.as_ref().and_then(|view| view.instant(name)).unwrap_or(otherwise);
    let (from, until) = (instant("iat", tokens.received_at), instant("exp", tokens.expires_at));
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
        Means::Frame => "hidden frame",
    };
    ReissueLine { means, moment: Moment::new(at, now) }
}
