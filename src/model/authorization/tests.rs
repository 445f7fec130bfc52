//! What comes next, as a table; return addresses; what a client may ask for.

use super::demand::{Demand, Requirements};
use super::factor::{Held, Level, Method, NextFactor};
use super::interaction::LIFETIME;
use super::named::Named;
use super::next_step::{Why, console_id};
use super::*;
use crate::model::account::{ADMIN, Account};
use crate::model::consent::Consent;
use crate::model::id::{AccountId, BrowserId, ClientId, InteractionId, SecretDigest, SessionId};
use crate::model::record::Fate;
use crate::model::session::application::ApplicationSession;
use crate::model::session::policy::Remember;
use crate::model::session::{Device, Session};
use crate::model::upstream::{Resting, Vouched};
use crate::protocol::authorize::Prompt;
use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::error::Code;
use crate::protocol::params::Params;
use crate::protocol::refusal::person as why;
use crate::protocol::response::ResponseMode;
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;
use serde_json::json;
use std::time::Duration;

const NOW: i64 = 1_000_000;
const HASH: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn scope(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn client(extra: serde_json::Value) -> Client {
    let mut whole = json!({"client_id": "app", "redirect_uris": ["https://app.example/cb"]});
    whole.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    Client {
        id: ClientId::new("app"),
        metadata: serde_json::from_value(whole).unwrap(),
        secret: None,
        previous_secret: None,
        created_at: Timestamp(0),
        origin: Default::default(),
    }
}

fn account(id: &str) -> Account {
    let other = crate::model::session::tests::account();
    Account { id: AccountId::new(id), username: id.into(), created_at: Timestamp(0), epoch: 0, ..other }
}

fn request() -> AuthorizationRequest {
    let text = format!(
        "client_id=app&redirect_uri=https://app.example/cb&response_type=code&scope=openid+email&code_challenge={HASH}&code_challenge_method=S256"
    );
    AuthorizationRequest::parse(&Params::parse(text.as_bytes()).unwrap()).unwrap()
}

/// Mira authenticated 100 s ago; everything else is as it mostly is.
struct World {
    request: AuthorizationRequest,
    goal: Option<Goal>,
    client: Option<Client>,
    session: Option<Session>,
    account: Account,
    consent: Option<&'static str>,
    hinted: Option<&'static str>,
    named: Named,
    evidence: Vec<Evidence>,
    tried_holds: Held,
    holds: Option<Held>,
    rules: Requirements,
}

impl World {
    fn new() -> World {
        let session = Session {
            id: SessionId::new("s"),
            account: AccountId::new("mira"),
            account_epoch: 0,
            epoch: 0,
            started_at: Timestamp(NOW - 100),
            authentications: vec![AuthenticationFacts {
                auth_time: Timestamp(NOW - 100),
                acr: "1".into(),
                amr: vec![],
            }],
            last_active_at: Timestamp(NOW - 100),
            remember: Remember::No,
            secret: SecretDigest::new("x".into()),
            silent: None,
            resting: None,
            participants: Default::default(),
            device: Device::default(),
            ending: None,
            timed_out: None,
            past: Vec::new(),
            notices: Vec::new(),
        };
        World {
            request: request(),
            goal: None,
            client: Some(client(json!({"consent": "skip"}))),
            session: Some(session),
            account: account("mira"),
            consent: None,
            hinted: None,
            named: Named::Nobody,
            evidence: Vec::new(),
            tried_holds: Held::default(),
            holds: None,
            rules: Requirements::default(),
        }
    }

    fn decide(&self) -> Step {
        let goal = self.goal.clone().unwrap_or_else(|| Goal::Authorize(Box::new(self.request.clone())));
        let interaction = Interaction {
            id: InteractionId::new("i"),
            browser: BrowserId::new("b"),
            goal,
            evidence: self.evidence.clone(),
            remember: Remember::No,
            started_at: Timestamp(NOW),
        };
        let consent = self.consent.map(|text| Consent {
            account: AccountId::new("mira"),
            client: ClientId::new("app"),
            scope: scope(text),
            given_at: Timestamp(0),
            since: Timestamp(0),
        });
        let expected = match self.hinted {
            None => Named::Nobody,
            Some(hinted) if hinted == self.account.id.as_str() => Named::Them,
            Some(_) => Named::Another,
        };
        let demand = match (interaction.request(), self.client.as_ref()) {
            (Some(request), Some(client)) => Demand::of_request(request, client, (&self.account, &self.rules)),
            _ => Demand::of_page(&self.account, &self.rules),
        };
        next_step(&Situation {
            interaction: &interaction,
            client: self.client.as_ref(),
            session: self.session.as_ref().map(|session| (session, &self.account)),
            consent: consent.as_ref(),
            expected,
            named: self.named,
            tried: interaction.tried().map(|who| (who, &self.tried_holds)),
            demand,
            held: self.holds.as_ref(),
            now: Timestamp(NOW),
        })
    }

    fn part(&mut self, part: ApplicationSession) {
        let session = self.session.as_mut().unwrap();
        session.participants.insert(ClientId::new("app"), part);
    }
}

fn authenticated(who: &str) -> Evidence {
    Evidence::Authenticated { account: AccountId::new(who), method: Method::Password, at: Timestamp(NOW) }
}

fn selected(who: &str) -> Evidence {
    Evidence::Selected { account: AccountId::new(who) }
}

fn consented(who: &str) -> Evidence {
    Evidence::Consented { account: AccountId::new(who) }
}

/// A part in the session: authenticated and active so many seconds ago.
fn part(authenticated: i64, active: i64, signed_out: Option<i64>) -> ApplicationSession {
    ApplicationSession {
        joined_at: Timestamp(NOW - 10_000),
        authenticated_at: Timestamp(NOW - authenticated),
        last_active_at: Timestamp(NOW - active),
        last_issued_at: Timestamp(NOW - active),
        epoch: 0,
        session_epoch: 0,
        previous: None,
        signed_out_at: signed_out.map(|ago| Timestamp(NOW - ago)),
        timed_out: None,
    }
}

const SIGN_IN: Step = Step::SignIn(Why::SignedOut);
const AGAIN: Step = Step::SignIn(Why::Again);
const OTHER: Step = Step::SignIn(Why::Other);

fn asks(text: &str) -> Step {
    Step::Consent(scope(text))
}

type Change = fn(&mut World);
/// A case, what changes, what comes next, and what `prompt=none` makes of it.
type Row = (&'static str, Change, Step, Option<Result<(), Code>>);

fn native() -> Client {
    client(
        json!({"application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": ["com.example.app:/cb"]}),
    )
}

/// An app that registered itself.
fn stranger() -> Client {
    let origin = serde_json::from_value(json!({"registered": {"token": "x"}})).unwrap();
    Client { origin, ..client(json!({})) }
}

fn strict() -> Client {
    client(json!({"consent": "skip", "session": {"idle_timeout": "1m", "max_lifetime": "5m"}}))
}

#[test]
fn what_comes_next() {
    let all = || asks("openid email");
    // What is different, what comes next, and what `prompt=none` makes of it (none where that cannot be asked).
    let table: Vec<Row> = vec![
        ("signed in, vouched for", |_| (), Step::Issue, Some(Ok(()))),
        ("nobody is signed in", |w| w.session = None, SIGN_IN, Some(Err(Code::LoginRequired))),
        (
            "the client is gone",
            |w| w.client = None,
            Step::Refuse(OAuthError::of(why::CLIENT_GONE)),
            Some(Err(Code::UnauthorizedClient)),
        ),
        // prompt
        ("login", |w| w.request.prompt = vec![Prompt::Login], AGAIN, None),
        (
            "login, done for this",
            |w| {
                w.request.prompt = vec![Prompt::Login];
                w.evidence = vec![authenticated("mira")];
            },
            Step::Issue,
            None,
        ),
        (
            "login, done by somebody else",
            |w| {
                w.request.prompt = vec![Prompt::Login];
                w.evidence = vec![authenticated("otto")];
            },
            AGAIN,
            None,
        ),
        (
            "login, only chosen",
            |w| {
                w.request.prompt = vec![Prompt::Login];
                w.evidence = vec![selected("mira"), consented("mira")];
            },
            AGAIN,
            None,
        ),
        (
            "login, just now but for something else",
            |w| {
                w.request.prompt = vec![Prompt::Login];
                w.session.as_mut().unwrap().authentications[0].auth_time = Timestamp(NOW);
            },
            AGAIN,
            None,
        ),
        ("select", |w| w.request.prompt = vec![Prompt::SelectAccount], Step::Select, None),
        (
            "select, chosen",
            |w| {
                w.request.prompt = vec![Prompt::SelectAccount];
                w.evidence = vec![selected("mira")];
            },
            Step::Issue,
            None,
        ),
        (
            "select, signed in for this",
            |w| {
                w.request.prompt = vec![Prompt::SelectAccount];
                w.evidence = vec![authenticated("mira")];
            },
            Step::Issue,
            None,
        ),
        (
            "select, somebody else chosen",
            |w| {
                w.request.prompt = vec![Prompt::SelectAccount];
                w.evidence = vec![selected("otto")];
            },
            Step::Select,
            None,
        ),
        (
            "select and login",
            |w| {
                w.request.prompt = vec![Prompt::SelectAccount, Prompt::Login];
                w.evidence = vec![selected("mira")];
            },
            AGAIN,
            None,
        ),
        (
            "select and login, signed out",
            |w| {
                w.request.prompt = vec![Prompt::SelectAccount, Prompt::Login];
                w.session = None;
            },
            SIGN_IN,
            None,
        ),
        ("consent", |w| w.request.prompt = vec![Prompt::Consent], all(), None),
        (
            "consent, given before",
            |w| {
                w.request.prompt = vec![Prompt::Consent];
                w.consent = Some("openid email");
            },
            all(),
            None,
        ),
        (
            "consent, given for this",
            |w| {
                w.request.prompt = vec![Prompt::Consent];
                w.evidence = vec![consented("mira")];
            },
            Step::Issue,
            None,
        ),
        (
            "consent, given by somebody else",
            |w| {
                w.request.prompt = vec![Prompt::Consent];
                w.evidence = vec![consented("otto")];
            },
            all(),
            None,
        ),
        (
            "login before consent",
            |w| {
                w.request.prompt = vec![Prompt::Consent, Prompt::Login];
                w.evidence = vec![consented("mira")];
            },
            AGAIN,
            None,
        ),
        // max_age: exactly as old as allowed is young enough
        ("age 100 of 100", |w| w.request.max_age = Some(100), Step::Issue, Some(Ok(()))),
        ("age 100 of 99", |w| w.request.max_age = Some(99), AGAIN, Some(Err(Code::LoginRequired))),
        (
            "age 100 of 99, done for this",
            |w| {
                w.request.max_age = Some(99);
                w.evidence = vec![authenticated("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "age 0 of 0",
            |w| {
                w.request.max_age = Some(0);
                w.session.as_mut().unwrap().authentications[0].auth_time = Timestamp(NOW);
            },
            AGAIN,
            Some(Err(Code::LoginRequired)),
        ),
        (
            "age of 0, done for this",
            |w| {
                w.request.max_age = Some(0);
                w.evidence = vec![authenticated("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        ("age of everything", |w| w.request.max_age = Some(u64::MAX), Step::Issue, Some(Ok(()))),
        // id_token_hint
        ("she is expected", |w| w.hinted = Some("mira"), Step::Issue, Some(Ok(()))),
        ("she is named", |w| w.named = Named::Them, Step::Issue, Some(Ok(()))),
        // The wish is about pages: without one the app gets whoever is there.
        ("somebody else is named", |w| w.named = Named::Another, OTHER, Some(Ok(()))),
        ("somebody else is expected", |w| w.hinted = Some("otto"), OTHER, Some(Err(Code::LoginRequired))),
        (
            "somebody else, though she signed in for this",
            |w| {
                w.hinted = Some("otto");
                w.evidence = vec![authenticated("mira")];
            },
            Step::Refuse(OAuthError::of(why::SOMEBODY_ELSE)),
            Some(Err(Code::LoginRequired)),
        ),
        (
            "expected and signed out",
            |w| {
                w.hinted = Some("mira");
                w.session = None;
            },
            SIGN_IN,
            Some(Err(Code::LoginRequired)),
        ),
        // consent
        ("never asked", |w| w.client = Some(client(json!({}))), all(), Some(Err(Code::ConsentRequired))),
        (
            "given",
            |w| {
                w.client = Some(client(json!({})));
                w.consent = Some("email openid profile");
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "given in part",
            |w| {
                w.client = Some(client(json!({})));
                w.consent = Some("openid");
            },
            all(),
            Some(Err(Code::ConsentRequired)),
        ),
        (
            "given for this",
            |w| {
                w.client = Some(client(json!({})));
                w.evidence = vec![consented("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "given by somebody else",
            |w| {
                w.client = Some(client(json!({})));
                w.evidence = vec![consented("otto"), authenticated("mira")];
            },
            all(),
            Some(Err(Code::ConsentRequired)),
        ),
        // offline access is asked for on a page, vouched for or not
        (
            "offline",
            |w| w.request.scope = scope("openid offline_access"),
            asks("openid offline_access"),
            Some(Err(Code::ConsentRequired)),
        ),
        (
            "offline, given",
            |w| {
                w.request.scope = scope("openid offline_access");
                w.consent = Some("offline_access");
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "offline, given for this",
            |w| {
                w.request.scope = scope("openid offline_access");
                w.evidence = vec![consented("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "offline, not vouched for",
            |w| {
                w.client = Some(client(json!({})));
                w.request.scope = scope("openid offline_access");
                w.consent = Some("offline_access");
            },
            asks("openid offline_access"),
            Some(Err(Code::ConsentRequired)),
        ),
        // a native public client is never answered silently
        (
            "native, consent given before",
            |w| {
                w.client = Some(native());
                w.consent = Some("openid email");
            },
            all(),
            Some(Err(Code::InteractionRequired)),
        ),
        (
            "native, a page was shown",
            |w| {
                w.client = Some(native());
                w.consent = Some("openid email");
                w.evidence = vec![authenticated("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "native, agreed for this",
            |w| {
                w.client = Some(native());
                w.evidence = vec![consented("mira")];
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "native, vouched for",
            |w| {
                let mut native = native();
                native.metadata.consent = crate::protocol::client_metadata::ConsentRule::Skip;
                w.client = Some(native);
            },
            all(),
            Some(Err(Code::InteractionRequired)),
        ),
        (
            "native, with a secret that is delivered with it",
            |w| {
                w.client =
                    Some(client(json!({"application_type": "native", "redirect_uris": ["com.example.app:/cb"]})));
                w.consent = Some("openid email");
            },
            all(),
            Some(Err(Code::InteractionRequired)),
        ),
        (
            "native, with a secret of its own",
            |w| {
                let native = client(json!({"application_type": "native", "redirect_uris": ["com.example.app:/cb"]}));
                w.client = Some(Client { origin: stranger().origin, ..native });
                w.consent = Some("openid email");
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "registered by itself, and never let in",
            |w| w.client = Some(stranger()),
            all(),
            Some(Err(Code::LoginRequired)),
        ),
        (
            "registered by itself, never let in, nobody here",
            |w| {
                w.client = Some(stranger());
                w.session = None;
            },
            Step::SignIn(Why::SignedOut),
            Some(Err(Code::LoginRequired)),
        ),
        (
            "registered by itself, let in for less",
            |w| {
                w.client = Some(stranger());
                w.consent = Some("openid");
            },
            all(),
            Some(Err(Code::ConsentRequired)),
        ),
        (
            "public on the web",
            |w| {
                w.client = Some(client(json!({"token_endpoint_auth_method": "none"})));
                w.consent = Some("openid email");
            },
            Step::Issue,
            Some(Ok(())),
        ),
        // limits of the app's own
        ("strict, first time", |w| w.client = Some(strict()), Step::Issue, Some(Ok(()))),
        (
            "strict, the authentication is too old",
            |w| {
                w.client = Some(strict());
                w.session.as_mut().unwrap().authentications[0].auth_time = Timestamp(NOW - 300);
            },
            AGAIN,
            Some(Err(Code::LoginRequired)),
        ),
        (
            "strict, active",
            |w| {
                w.client = Some(strict());
                w.part(part(100, 59, None));
            },
            Step::Issue,
            Some(Ok(())),
        ),
        (
            "strict, idle",
            |w| {
                w.client = Some(strict());
                w.part(part(200, 160, None));
            },
            AGAIN,
            Some(Err(Code::LoginRequired)),
        ),
        (
            "strict, idle, authenticated since",
            |w| {
                w.client = Some(strict());
                w.part(part(290, 200, None));
            },
            Step::Issue,
            Some(Err(Code::LoginRequired)),
        ),
        (
            "strict, absolute end passed",
            |w| {
                w.client = Some(strict());
                w.part(part(300, 10, None));
            },
            AGAIN,
            Some(Err(Code::LoginRequired)),
        ),
        ("signed out of this app", |w| w.part(part(100, 50, Some(10))), Step::Issue, Some(Err(Code::LoginRequired))),
        // one thing after the other
        (
            "everything at once",
            |w| {
                w.client = Some(client(json!({})));
                w.request.prompt = vec![Prompt::Login, Prompt::Consent, Prompt::SelectAccount];
                w.hinted = Some("otto");
            },
            OTHER,
            None,
        ),
        (
            "everything at once, done",
            |w| {
                w.client = Some(client(json!({})));
                w.request.prompt = vec![Prompt::Login, Prompt::Consent, Prompt::SelectAccount];
                w.hinted = Some("mira");
                w.evidence = vec![authenticated("mira"), consented("mira")];
            },
            Step::Issue,
            None,
        ),
    ];
    for (name, change, step, silently) in table {
        let mut world = World::new();
        change(&mut world);
        assert_eq!(world.decide(), step, "{name}");
        let Some(silently) = silently else { continue };
        world.request.prompt = vec![Prompt::None];
        match (world.decide(), silently) {
            (Step::Issue, Ok(())) => {}
            (Step::Refuse(error), Err(code)) => assert_eq!(error.code(), code, "silently: {name}"),
            (step, _) => panic!("silently: {name}: {step:?}"),
        }
    }
}

#[test]
fn prompt_none_never_shows_a_page() {
    let changes: [Change; 8] = [
        |_| (),
        |w| w.session = None,
        |w| w.client = None,
        |w| w.client = Some(client(json!({}))),
        |w| w.client = Some(native()),
        |w| w.hinted = Some("otto"),
        |w| w.request.max_age = Some(0),
        |w| w.part(part(100, 50, Some(10))),
    ];
    for (one, first) in changes.iter().enumerate() {
        for (other, second) in changes.iter().enumerate() {
            let mut world = World::new();
            // The part needs the session that the other may take away.
            if one != 1 || other != 7 {
                first(&mut world);
                second(&mut world);
            }
            world.request.prompt = vec![Prompt::None];
            assert!(matches!(world.decide(), Step::Issue | Step::Refuse(_)), "{one} {other}: {:?}", world.decide());
        }
    }
}

#[test]
fn pages_of_our_own() {
    let step = |goal: Goal, change: Change| {
        let mut world = World::new();
        world.goal = Some(goal);
        change(&mut world);
        world.decide()
    };
    assert_eq!(step(Goal::Account, |_| ()), Step::Issue);
    assert_eq!(step(Goal::Account, |w| w.session = None), SIGN_IN);
    assert_eq!(step(Goal::Console, |w| w.session = None), SIGN_IN);
    assert!(matches!(step(Goal::Console, |_| ()), Step::Refuse(error) if error.code() == Code::AccessDenied));
    assert_eq!(step(Goal::Console, |w| w.account.roles.extend([ADMIN.into()])), Step::Issue);
    assert!(matches!(step(Goal::Console, |w| w.account.roles.extend(["Admin".into()])), Step::Refuse(_)));
    // An app like another, and a sensitive one: idle 15 minutes, absolute 12 hours.
    for (authenticated, active, expected) in [
        (100, 100, Step::Issue),
        (3_600, 899, Step::Issue),
        (3_600, 900, AGAIN),
        (43_200, 10, AGAIN),
        (43_199, 10, Step::Issue),
    ] {
        let mut world = World::new();
        world.goal = Some(Goal::Console);
        world.account.roles.insert(ADMIN.into());
        let session = world.session.as_mut().unwrap();
        session.authentications[0].auth_time = Timestamp(NOW - authenticated);
        session.participants.insert(console_id(), part(authenticated, active, None));
        assert_eq!(world.decide(), expected, "authenticated {authenticated}, active {active} ago");
    }
}

#[test]
fn return_addresses() {
    let client = client(json!({"application_type": "native", "redirect_uris": [
        "https://app.example/cb", "https://app.example/cb?tenant=1", "https://app.example/cb?", "https://app.example/cb?a=1&",
        "com.example.app:/cb", "http://127.0.0.1/cb"],
        "post_logout_redirect_uris": ["https://app.example/bye"]}));
    for (uri, state, expected) in [
        ("https://app.example/cb", None, "https://app.example/cb?code=a%26b"),
        ("https://app.example/cb", Some("s"), "https://app.example/cb?code=a%26b&state=s"),
        ("https://app.example/cb?tenant=1", Some("s"), "https://app.example/cb?tenant=1&code=a%26b&state=s"),
        ("https://app.example/cb?", Some("s"), "https://app.example/cb?code=a%26b&state=s"),
        ("https://app.example/cb?a=1&", None, "https://app.example/cb?a=1&code=a%26b"),
        ("com.example.app:/cb", Some("s"), "com.example.app:/cb?code=a%26b&state=s"),
        ("http://127.0.0.1:51234/cb", None, "http://127.0.0.1:51234/cb?code=a%26b"),
    ] {
        let address = ReturnAddress::prove(&client, (uri, ResponseMode::Query), state.map(str::to_owned)).unwrap();
        assert_eq!(address.with(&[("code", "a&b")]), expected, "{uri}");
        assert_eq!(address.uri(), uri);
    }
    for (uri, expected) in [
        ("https://app.example/cb", "https://app.example/cb#code=a%26b&state=s"),
        ("https://app.example/cb?tenant=1", "https://app.example/cb?tenant=1#code=a%26b&state=s"),
        ("https://app.example/cb?a=1&", "https://app.example/cb?a=1&#code=a%26b&state=s"),
    ] {
        let address = ReturnAddress::prove(&client, (uri, ResponseMode::Fragment), Some("s".into())).unwrap();
        assert_eq!(address.with(&[("code", "a&b")]), expected, "{uri}");
    }
    let empty = ReturnAddress::prove_post_logout(&client, "https://app.example/bye", None).unwrap();
    assert_eq!(empty.with(&[]), "https://app.example/bye");
    // Whatever a state holds, it stays within its parameter.
    for state in
        ["&code=x", "#x", "\r\nX: y", "a=b?c", "\u{e4}\u{1f980}", "%00", "+ ", "\"'<>\\", "https://evil.example/?iss=x"]
    {
        let address =
            ReturnAddress::prove(&client, ("https://app.example/cb", ResponseMode::Query), Some(state.into()))
                .unwrap()
                .with(&[("iss", "i")]);
        assert!(address.is_ascii() && !address.contains(['\r', '\n', ' ', '"', '<', '#']), "{address}");
        let (_, query) = address.split_once('?').unwrap();
        let params = Params::parse(query.as_bytes()).unwrap();
        let found: Vec<(&str, &str)> = params.iter().collect();
        assert_eq!(found, [("iss", "i"), ("state", state)], "{address}");
    }
    for (proven, uri) in [
        (ReturnAddress::prove(&client, ("https://app.example/bye", ResponseMode::Query), None), "for a sign-out alone"),
        (ReturnAddress::prove(&client, ("https://app.example/CB", ResponseMode::Query), None), "case"),
        (ReturnAddress::prove_post_logout(&client, "https://app.example/cb", None), "for a sign-in alone"),
        (ReturnAddress::prove_post_logout(&client, "https://app.example/bye/", None), "slash"),
    ] {
        assert_eq!(proven, Err(Unbound::UnregisteredRedirectUri), "{uri}");
    }
}

#[test]
fn binding() {
    let client = client(json!({}));
    for (query, with_client, problem) in [
        ("redirect_uri=https://app.example/cb", true, Unbound::NoClientId),
        ("client_id=&redirect_uri=https://app.example/cb", true, Unbound::NoClientId),
        ("client_id=app&client_id=app&redirect_uri=https://app.example/cb", true, Unbound::NoClientId),
        ("client_id=app%00&redirect_uri=https://app.example/cb", true, Unbound::NoClientId),
        ("client_id=app&redirect_uri=https://app.example/cb", false, Unbound::UnknownClient),
        ("client_id=app", true, Unbound::NoRedirectUri),
        ("client_id=app&redirect_uri=", true, Unbound::NoRedirectUri),
        (
            "client_id=app&redirect_uri=https://app.example/cb&redirect_uri=https://app.example/cb",
            true,
            Unbound::NoRedirectUri,
        ),
        ("client_id=app&redirect_uri=https://app.example/cb%00", true, Unbound::NoRedirectUri),
        ("client_id=app&redirect_uri=https://app.example/", true, Unbound::UnregisteredRedirectUri),
    ] {
        let params = Params::parse(query.as_bytes()).unwrap();
        assert_eq!(bind(&params, with_client.then_some(&client)), Err(problem), "{query}");
    }
    let params = Params::parse(b"client_id=app&redirect_uri=https://app.example/cb&state=s").unwrap();
    assert_eq!(bind(&params, Some(&client)).unwrap().with(&[]), "https://app.example/cb?state=s");
}

#[test]
fn what_a_client_may_ask_for() {
    type Asked = fn(&mut AuthorizationRequest);
    let plain = json!({});
    let table: Vec<(&str, serde_json::Value, Asked, Result<&str, Code>)> = vec![
        ("as it should be", plain.clone(), |_| (), Ok("email openid")),
        ("no code flow", json!({"grant_types": []}), |_| (), Err(Code::UnauthorizedClient)),
        ("no PKCE", plain.clone(), |r| r.code_challenge = None, Err(Code::InvalidRequest)),
        ("no PKCE, exempted", json!({"require_pkce": false}), |r| r.code_challenge = None, Ok("email openid")),
        ("no scope", plain.clone(), |r| r.scope = ScopeSet::default(), Err(Code::InvalidScope)),
        ("unknown scopes are ignored", plain.clone(), |r| r.scope = scope("openid x y"), Ok("openid")),
        ("unknown scopes alone", plain.clone(), |r| r.scope = scope("x y"), Err(Code::InvalidScope)),
        ("without openid", plain.clone(), |r| r.scope = scope("profile"), Ok("profile")),
        ("offline access, not allowed", plain.clone(), |r| r.scope = scope("openid offline_access"), Ok("openid")),
        (
            "offline access, allowed",
            json!({"offline_access": true}),
            |r| r.scope = scope("openid offline_access"),
            Ok("offline_access openid"),
        ),
        (
            "scopes of its own",
            json!({"scope": "openid accounts"}),
            |r| r.scope = scope("openid accounts email"),
            Ok("accounts openid"),
        ),
        (
            "offline access among its own, not allowed",
            json!({"scope": "openid offline_access"}),
            |r| r.scope = scope("openid offline_access"),
            Ok("openid"),
        ),
        (
            "a resource of its own",
            json!({"resources": ["https://api.example/a"]}),
            |r| r.resource = vec!["https://api.example/a".into()],
            Ok("email openid"),
        ),
        (
            "a resource that is not",
            json!({"resources": ["https://api.example/a"]}),
            |r| r.resource = vec!["https://api.example/a/".into()],
            Err(Code::InvalidTarget),
        ),
        (
            "one of each",
            json!({"resources": ["https://api.example/a"]}),
            |r| {
                r.resource = vec!["https://api.example/a".into(), "https://api.example/b".into()];
            },
            Err(Code::InvalidTarget),
        ),
        ("a resource of nobody", plain, |r| r.resource = vec!["x".into()], Err(Code::InvalidTarget)),
    ];
    for (name, metadata, change, expected) in table {
        let mut request = request();
        change(&mut request);
        let found = validate(request.clone(), &client(metadata));
        match (found, expected) {
            (Ok(granted), Ok(text)) => {
                assert_eq!(granted.scope.to_string(), text, "{name}");
                assert_eq!(
                    AuthorizationRequest { scope: request.scope.clone(), ..granted },
                    request,
                    "{name}: nothing else is edited"
                );
            }
            (Err(error), Err(code)) => assert_eq!(error.code(), code, "{name}"),
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
}

#[test]
fn interactions_end_after_ten_minutes_and_are_consumed_once() {
    let interaction = |started: i64| Interaction {
        id: InteractionId::new("i"),
        browser: BrowserId::new("b"),
        goal: Goal::Account,
        evidence: Vec::new(),
        remember: Remember::No,
        started_at: Timestamp(started),
    };
    assert_eq!(LIFETIME, Duration::from_secs(600));
    for (age, gone) in [(0, false), (599, false), (600, true), (99_999, true)] {
        assert_eq!(interaction(NOW - age).expired(Timestamp(NOW)), gone, "{age}");
        let change = Interaction::consume(Some(interaction(NOW - age)), Timestamp(NOW));
        assert_eq!((change.outcome.is_none(), change.fate), (gone, Fate::Delete), "{age}");
    }
    let change = Interaction::consume(None, Timestamp(NOW));
    assert_eq!((change.outcome, change.fate), (None, Fate::Keep));
    let kept = interaction(NOW).keep();
    assert_eq!(kept.look_at, [Timestamp(NOW + 600)]);
}

/// An interaction for the account page, with this evidence.
fn knowing(evidence: &[Evidence]) -> Interaction {
    Interaction {
        id: InteractionId::new("i"),
        browser: BrowserId::new("b"),
        goal: Goal::Account,
        evidence: evidence.to_vec(),
        remember: Remember::No,
        started_at: Timestamp(NOW),
    }
}

#[test]
fn whom_a_code_was_mailed_to_has_to_enter_it() {
    let mira = AccountId::new("mira");
    let mailed = |who: &str| Evidence::CodeMailed { account: AccountId::new(who), at: Timestamp(NOW) };
    let by = |who: &str, method| Evidence::Authenticated { account: AccountId::new(who), method, at: Timestamp(NOW) };
    let entered = |who: &str| by(who, Method::MailedCode);
    let (none, totp) = (Held::default(), Held::of([Method::Totp]));
    for (evidence, held, expected) in [
        (vec![mailed("mira")], &none, NextFactor::First),
        (vec![mailed("mira"), entered("mira")], &none, NextFactor::First),
        (vec![authenticated("mira"), mailed("mira")], &none, NextFactor::MailedCode),
        (vec![authenticated("mira"), mailed("mira"), authenticated("mira")], &none, NextFactor::MailedCode),
        (vec![authenticated("mira"), mailed("mira"), entered("otto")], &none, NextFactor::MailedCode),
        (vec![authenticated("mira"), mailed("otto")], &none, NextFactor::Complete),
        (vec![authenticated("mira"), mailed("mira"), entered("mira")], &none, NextFactor::Complete),
        // A factor that was set up meanwhile is asked for as ever, and does more than the mail.
        (vec![authenticated("mira"), mailed("mira"), entered("mira")], &totp, NextFactor::Second),
        (vec![authenticated("mira"), mailed("mira"), by("mira", Method::Totp)], &totp, NextFactor::Complete),
    ] {
        let interaction = knowing(&evidence);
        assert_eq!(interaction.lacks(&mira, held), expected, "{evidence:?}");
        assert_eq!(
            interaction.authenticated(&mira),
            interaction.lacks(&mira, &none) == NextFactor::Complete,
            "{evidence:?}"
        );
    }
}

#[test]
fn a_factor_counts_for_its_own_account() {
    let mira = AccountId::new("mira");
    let totp =
        |who: &str| Evidence::Authenticated { account: AccountId::new(who), method: Method::Totp, at: Timestamp(NOW) };
    for (evidence, expected) in [
        (vec![], NextFactor::First),
        (vec![selected("mira")], NextFactor::First),
        (vec![consented("mira")], NextFactor::First),
        (vec![authenticated("otto")], NextFactor::First),
        (vec![authenticated("otto"), totp("mira")], NextFactor::First),
        (vec![authenticated("mira"), totp("otto")], NextFactor::Second),
        (vec![authenticated("otto"), authenticated("mira")], NextFactor::Second),
        (vec![authenticated("mira")], NextFactor::Second),
        (vec![authenticated("mira"), totp("mira")], NextFactor::Complete),
    ] {
        let interaction = knowing(&evidence);
        let held = Held::of([Method::Totp]);
        assert_eq!(interaction.lacks(&mira, &held), expected, "{evidence:?}");
    }
}

#[test]
fn half_of_an_authentication_is_none_whatever_else_is_true() {
    let goals = [
        None,
        Some(Goal::Account),
        Some(Goal::Console),
        Some(Goal::Security),
        Some(Goal::Data),
        Some(Goal::Email),
        Some(Goal::Authenticator),
        Some(Goal::Passkey),
        Some(Goal::EndOthers(AccountId::new("mira"))),
    ];
    for goal in goals {
        for session in [true, false] {
            let mut world = World { goal: goal.clone(), evidence: vec![authenticated("mira")], ..World::new() };
            world.account.roles.insert("admin".into());
            world.tried_holds = Held::of([Method::Totp]);
            if !session {
                world.session = None;
            }
            assert_eq!(world.decide(), Step::SecondFactor, "{goal:?}, signed in: {session}");
        }
    }
    // Somebody else's session does not help either.
    let mut world = World { evidence: vec![authenticated("otto")], ..World::new() };
    world.tried_holds = Held::of([Method::Totp]);
    assert_eq!(world.decide(), Step::SecondFactor);
}

#[test]
fn more_is_asked_where_more_is_wished_and_can_be_had() {
    let two = Some(Held::of([Method::Totp]));
    for (wished, holds, step) in [
        (None, two.clone(), Step::Issue),
        (Some("urn:abide:acr:aal1"), two.clone(), Step::Issue),
        (Some("unknown"), two.clone(), Step::Issue),
        (Some("urn:abide:acr:aal2"), None, Step::Issue),
        (Some("urn:abide:acr:aal2"), Some(Held::default()), Step::Issue),
        (Some("urn:abide:acr:aal2"), two.clone(), Step::SecondFactor),
    ] {
        let mut world = World { holds, ..World::new() };
        world.request.acr_values = wished.map(str::to_owned);
        assert_eq!(world.decide(), step, "{wished:?}");
        world.request.prompt = vec![Prompt::None];
        let silent = world.decide();
        match step {
            Step::SecondFactor => assert!(matches!(silent, Step::Refuse(error) if error.code() == Code::LoginRequired)),
            other => assert_eq!(silent, other),
        }
    }
    // A session that is strong enough is asked for nothing.
    let mut world = World { holds: two, ..World::new() };
    world.request.acr_values = Some("urn:abide:acr:aal2".into());
    world.session.as_mut().unwrap().authentications[0].acr = Level::Two.acr().into();
    assert_eq!(world.decide(), Step::Issue);
}

#[test]
fn what_is_required_is_shown_or_set_up_and_never_waived() {
    let two = "urn:abide:acr:aal2";
    let essential = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
    type Demanding = fn(&mut World);
    let ways: [(&str, Demanding); 4] = [
        ("client", |w| w.client = Some(client(json!({"consent": "skip", "require_acr": "urn:abide:acr:aal2"})))),
        ("role", |w| {
            w.account.roles.insert("admin".into());
            w.rules = ["role:admin urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
        }),
        ("group", |w| {
            w.account.groups.insert("staff".into());
            w.rules = ["group:staff urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
        }),
        ("everybody", |w| w.rules = ["everybody urn:abide:acr:aal2".parse().unwrap()].into_iter().collect()),
    ];
    let judge = |way: &str, world: &mut World| {
        for (holds, age, step) in [
            (Some(Held::of([Method::Totp])), 1_000, Step::SecondFactor),
            (Some(Held::default()), 100, Step::SetUpFactor),
            (Some(Held::default()), 1_000, Step::SignIn(Why::Again)),
            // Nobody looked: that opens nothing.
            (None, 100, Step::SetUpFactor),
        ] {
            world.holds = holds;
            world.session.as_mut().unwrap().authentications[0].auth_time = Timestamp(NOW - age);
            assert_eq!(world.decide(), step, "{way}");
        }
        world.request.prompt = vec![Prompt::None];
        let silent = world.decide();
        assert!(matches!(silent, Step::Refuse(error) if error.code() == Code::InteractionRequired), "{way}");
        world.request.prompt.clear();
        world.session.as_mut().unwrap().authentications[0].acr = Level::Two.acr().into();
        assert_eq!(world.decide(), Step::Issue, "{way}: strong enough");
    };
    for (way, demanding) in ways {
        let mut world = World::new();
        demanding(&mut world);
        judge(way, &mut world);
    }
    let mut world = World::new();
    world.request.essential_acr = essential(&["unknown", two]);
    judge("essential", &mut world);

    // Of another role or group nothing is demanded.
    let mut world = World::new();
    world.rules = ["role:admin urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
    assert_eq!(world.decide(), Step::Issue);
    // Essential and unknown here: nobody can have it.
    for (values, known) in [(essential(&["unknown"]), false), (essential(&[]), true), (None, true)] {
        let mut world = World::new();
        world.request.essential_acr = values;
        match world.decide() {
            Step::Issue => assert!(known),
            Step::Refuse(error) => assert!(!known && error.code() == Code::UnmetAuthenticationRequirements),
            other => panic!("{other:?}"),
        }
    }
    // The client's own wish counts where the request has none.
    let mut world = World { holds: Some(Held::of([Method::Totp])), ..World::new() };
    world.client = Some(client(json!({"consent": "skip", "default_acr_values": [two]})));
    assert_eq!(world.decide(), Step::SecondFactor);
    world.request.acr_values = Some(Level::One.acr().into());
    assert_eq!(world.decide(), Step::Issue);
    // So does whatever it says of the claim `acr`.
    world.request.acr_values = None;
    world.request.essential_acr = essential(&[Level::One.acr()]);
    assert_eq!(world.decide(), Step::Issue);
    let claims = format!("{{\"id_token\":{{\"acr\":{{\"values\":[\"{}\"]}}}}}}", Level::One.acr());
    let sent = [("client_id", "a"), ("response_type", "code"), ("scope", "openid"), ("claims", &claims)];
    let params = Params::of(sent.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    let read = AuthorizationRequest::parse(&params).unwrap();
    assert_eq!((read.acr_values.as_deref(), &read.essential_acr), (Some(Level::One.acr()), &None));
}

#[test]
fn credentials_are_changed_by_whoever_authenticated_just_now() {
    let goal = Some(Goal::Security);
    for (age, step) in [(0, Step::Issue), (300, Step::Issue), (301, Step::SignIn(Why::Again))] {
        let mut world = World { goal: goal.clone(), ..World::new() };
        world.session.as_mut().unwrap().authentications[0].auth_time = Timestamp(NOW - age);
        assert_eq!(world.decide(), step, "{age}");
        world.evidence = vec![authenticated("mira")];
        assert_eq!(world.decide(), Step::Issue, "for this very page");
    }
    let world = World { goal, session: None, ..World::new() };
    assert_eq!(world.decide(), Step::SignIn(Why::SignedOut));
}

fn vouched(who: &str, at: i64) -> [Evidence; 2] {
    let resting = Resting { issuer: "w".into(), subject: "1".into(), sid: None, since: Timestamp(NOW), seen_at: None };
    let (upstream, auth_time, method) = ("w".to_owned(), Timestamp(at), Method::Upstream);
    let by = Box::new(Vouched { upstream, resting, auth_time, amr: Vec::new(), method });
    let account = AccountId::new(who);
    [
        Evidence::Authenticated { account: account.clone(), method, at: Timestamp(NOW) },
        Evidence::Vouched { account, by },
    ]
}

#[test]
fn the_word_of_an_upstream_counts_until_something_else_begins_an_authentication() {
    let mira = AccountId::new("mira");
    let begun = Interaction {
        id: InteractionId::new("i"),
        browser: BrowserId::new("b"),
        goal: Goal::Account,
        evidence: Vec::new(),
        remember: Remember::No,
        started_at: Timestamp(NOW),
    };
    let with = |of: &Interaction, facts: &[Evidence]| facts.iter().cloned().fold(of.clone(), Interaction::with);
    let word = with(&begun, &vouched("mira", NOW - 3_600));
    assert_eq!(word.vouched(&mira).unwrap().auth_time, Timestamp(NOW - 3_600));
    let coded = Evidence::Authenticated { account: mira.clone(), method: Method::Totp, at: Timestamp(NOW) };
    assert!(with(&word, &[coded, authenticated("otto")]).vouched(&mira).is_some(), "a second factor completes it");
    let after = with(&word, &[authenticated("mira")]);
    assert!(after.vouched(&mira).is_none());
    assert_eq!(after.shown(&mira), [Method::Password].into(), "nor is it a factor any more");
    let again = with(&after, &vouched("mira", NOW));
    assert_eq!(again.vouched(&mira).unwrap().auth_time, Timestamp(NOW), "the latest word");
    assert_eq!(again.shown(&mira), [Method::Password, Method::Upstream].into());
}

#[test]
fn facts_that_say_the_same_take_one_place_and_there_is_an_end_to_them() {
    let begun = Interaction {
        id: InteractionId::new("i"),
        browser: BrowserId::new("b"),
        goal: Goal::Account,
        evidence: Vec::new(),
        remember: Remember::No,
        started_at: Timestamp(NOW),
    };
    let facts = |who: &str| {
        let [one, two] = vouched(who, NOW);
        [authenticated(who), selected(who), consented(who), one, two, Evidence::Connecting]
    };
    let many = (0..100).flat_map(|_| facts("mira")).fold(begun.clone(), Interaction::with);
    assert_eq!((many.evidence.len(), many.is_overfull()), (6, false));
    let crowd = (0..7).flat_map(|n| facts(&n.to_string())).fold(begun, Interaction::with);
    assert!(crowd.is_overfull(), "{}", crowd.evidence.len());
}
