//! Sessions by the store's own verbs: what a sign-in and a visit at each app leave behind, made at once.

use super::ear::Ear;
use super::place::Place;
use abide::crypto::random;
use abide::crypto::secret::Secret;
use abide::model::account::{Account, username_name};
use abide::model::grant::{CodeAge, Grant, Reach, SessionBinding};
use abide::model::id::{ClientId, GrantId, SessionId};
use abide::model::record::{Change, Fate};
use abide::model::session::activity::Activity;
use abide::model::session::application::Asking;
use abide::model::session::policy::{ApplicationLimits, Remember};
use abide::model::session::{Birth, Device, Join, Session};
use abide::protocol::claims::AuthenticationFacts;
use abide::protocol::scope::ScopeSet;
use futures_util::stream::{self, StreamExt};

/// Made at the same time: they share the store's flushes.
const AT_ONCE: usize = 64;

/// One session, as far as a test needs it.
pub struct Begun {
    /// What apps know it as.
    pub sid: String,
    /// What its browser has in the cookie.
    pub secret: Secret,
}

/// Does every app hold a grant?
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    Yes,
    No,
}

impl Place {
    /// So many sessions of one person, each with all these apps taking part.
    pub async fn sessions(&self, username: &str, count: usize, apps: &[Ear], granted: Granted) -> Vec<Begun> {
        let store = &self.facing().idp.store;
        let account = store.find::<Account>(&username_name(username)).await.unwrap().expect("an account");
        let made = (0..count).map(|_| self.session(&account, apps, granted));
        stream::iter(made).buffer_unordered(AT_ONCE).collect().await
    }

    async fn session(&self, account: &Account, apps: &[Ear], granted: Granted) -> Begun {
        let (idp, now) = (&self.facing().idp, self.facing().clock.now());
        let secret = random::secret();
        let authentication = AuthenticationFacts { auth_time: now, acr: "1".into(), amr: vec!["pwd".into()] };
        let birth = Birth {
            id: SessionId::new(random::id()),
            at: now,
            authentication: authentication.clone(),
            resting: None,
            remember: Remember::No,
            secret: secret.digest(),
            silent: None,
            device: Device::default(),
        };
        let policies = &idp.settings.sessions;
        let begun = Session::begin(birth, account, policies);
        let (Fate::Put(mut session), look_at) = (begun.fate, begun.look_at) else { panic!("a session begins") };
        for app in apps {
            let wish = Join {
                client: ClientId::new(&app.client),
                limits: ApplicationLimits::default(),
                asking: Asking::Visibly,
                activity: Activity::FormPosted,
            };
            let joined = session.join(&wish, account, policies, now);
            let Fate::Put(with) = joined.fate else { panic!("an app joins: {:?}", joined.outcome) };
            session = with;
        }
        let key = session.id.to_string();
        let record = session.clone();
        let rule = move |_| Change { look_at: look_at.clone(), ..Change::put((), record.clone()) };
        idp.store.change::<Session, _, _>(&key, rule).await.unwrap().outcome().unwrap();
        if granted == Granted::Yes {
            for app in apps {
                let birth = grant(&session, account, (ClientId::new(&app.client), &authentication));
                let key = birth.id.to_string();
                let rule = move |before| Grant::redeem(before, &birth, CodeAge::Fresh);
                idp.store.change::<Grant, _, _>(&key, rule).await.unwrap().outcome().unwrap();
            }
        }
        Begun { sid: idp.sid(&session.id, session.epochs()), secret }
    }
}

fn grant(session: &Session, account: &Account, (client, authentication): (ClientId, &AuthenticationFacts)) -> Grant {
    Grant {
        id: GrantId::new(random::id()),
        client,
        account: account.id.clone(),
        binding: SessionBinding {
            session: session.id.clone(),
            epoch: session.epoch,
            application_epoch: 0,
            account_epoch: account.epoch,
        },
        reach: Reach::Session,
        claims: Default::default(),
        scope: ScopeSet::parse("openid").expect("a scope"),
        resource: vec![],
        authentication: authentication.clone(),
        salt: random::id(),
        key: None,
        bound_since: 0,
        created_at: authentication.auth_time,
        generation: 0,
        renewed_at: authentication.auth_time,
        revoked: None,
    }
}
