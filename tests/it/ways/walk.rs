//! Steps of the walk: all sessions before a request, all sessions after it, and what became of them.

use super::table::Does;
use crate::harness::upstream::{Liar, Lie, configured};
use crate::harness::{Answer, Idp, MailServer, Smtp};
use crate::stories::upstream::NOW;
use abide::config::Config;
use abide::model::account::Account;
use abide::model::authorization::factor::level;
use abide::model::cookies::Switch;
use abide::model::session::Session;
use abide::model::session::standing::Authority;
use abide::model::upstream::Accounts;
use abide::protocol::Timestamp;
use abide::store::Backend;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub const AAL1: &str = "urn:abide:acr:aal1";
pub const AAL2: &str = "urn:abide:acr:aal2";
pub const PHR: &str = "phr";

type Opening<'a> = Pin<Box<dyn Future<Output = Arc<dyn Backend>> + 'a>>;

/// Where the walk is kept.
pub enum Stores<'a> {
    Sled,
    Of(Box<dyn Fn() -> Opening<'a> + 'a>),
}

/// What became of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// It was not there before.
    Begun,
    /// It is stronger than it was.
    Raised,
    /// Its authentication is younger.
    Renewed,
    /// It lives another life.
    Restored,
    /// It was over, and is not any more, by no rule there is.
    Revived,
}

impl How {
    /// Is it this power that it takes?
    pub fn needs(self, does: Does) -> bool {
        match self {
            How::Begun => does == Does::Begin,
            How::Raised | How::Renewed => does == Does::Raise,
            How::Restored => does == Does::Restore,
            How::Revived => false,
        }
    }
}

/// Of which instant the authentication is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Now,
    Before,
}

/// A session that became more than it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grown {
    pub how: How,
    pub whose: String,
    pub acr: String,
    pub amr: String,
    pub when: When,
}

impl fmt::Display for Grown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {} [{}], auth_time {:?}", self.how, self.whose, self.acr, self.amr, self.when)
    }
}

/// What is expected: how, whose, `acr`, `amr`, and of when.
pub fn grown(how: How, whose: &str, (acr, amr): (&str, &str), when: When) -> Grown {
    Grown { how, whose: whose.to_owned(), acr: acr.to_owned(), amr: amr.to_owned(), when }
}

pub fn begun(whose: &str, facts: (&str, &str)) -> Grown {
    grown(How::Begun, whose, facts, When::Now)
}

/// A request of the walk.
pub struct Row {
    pub route: &'static str,
    pub who: &'static str,
    pub shown: &'static str,
    pub done: Vec<Grown>,
}

/// Every session, and whether it is good for anything.
type All = BTreeMap<String, (Session, Authority)>;

pub struct Walk {
    pub idp: Idp,
    pub mailbox: MailServer,
    pub rows: Vec<Row>,
    /// What was not as expected.
    pub wrong: Vec<String>,
}

impl Walk {
    /// In a store of its own; with an upstream, or without.
    pub async fn begin(stores: &Stores<'_>, upstream: Option<&Liar>) -> Walk {
        let mailbox = MailServer::start(Smtp::Takes).await;
        let settings = |config: &mut Config| {
            mailbox.configure(config);
            config.accounts.self_registration = Switch::On;
            if let Some(liar) = upstream {
                let mut entry = configured("liar", &liar.issuer);
                entry.rules.accounts = Accounts::Create;
                config.outbound.allow = [liar.issuer.parse().unwrap()].into_iter().collect();
                config.upstream = vec![entry];
            }
        };
        if let Some(liar) = upstream {
            liar.at(NOW);
            liar.lies(Lie::None);
            liar.says(serde_json::json!({"sub": "someone"}));
        }
        let idp = match stores {
            Stores::Sled => Idp::with(settings).await,
            Stores::Of(open) => Idp::on(open().await, settings).await,
        };
        Walk { idp, mailbox, rows: Vec::new(), wrong: Vec::new() }
    }

    /// Every session there is.
    pub async fn sessions(&self) -> All {
        let idp = self.idp.flows();
        let mut all = All::new();
        let mut cursor = None;
        loop {
            let page = idp.store.all::<Session>(cursor.as_ref(), 100).await.unwrap();
            for session in page.items {
                let account = idp.store.read::<Account>(session.account.as_str()).await.unwrap().expect("whose it is");
                let authority = session.standing(&account, &idp.settings.sessions, self.idp.now()).authority();
                all.insert(session.id.to_string(), (session, authority));
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return all,
            }
        }
    }

    /// What became of the sessions.
    pub async fn growth(&self, before: &All) -> Vec<Grown> {
        let mut grown = Vec::new();
        for (id, (session, authority)) in self.sessions().await {
            let Some(how) = how(before.get(&id), (&session, authority)) else { continue };
            let account = self.idp.flows().store.read::<Account>(session.account.as_str()).await.unwrap().unwrap();
            grown.push(seen(how, &account, &session, self.idp.now()));
        }
        grown
    }

    /// A request that shows this, and what it may make of the sessions: exactly that.
    pub async fn tried(
        &mut self,
        route: &'static str,
        (who, shown): (&'static str, &'static str),
        request: impl Future<Output = Answer>,
        expected: &[Grown],
    ) -> Answer {
        let before = self.sessions().await;
        let answer = request.await;
        let done = self.growth(&before).await;
        if done != expected {
            let said: String = answer.text("h1, [role=alert]").unwrap_or_default();
            let got = format!("expected {expected:?}, got {done:?}; {} {said}", answer.status);
            self.wrong.push(format!("{route}, {who}, shown: {shown}: {got}"));
        }
        self.rows.push(Row { route, who, shown, done });
        // Guessing is slowed down; that is not what is looked at here.
        self.idp.pass("3s");
        answer
    }
}

fn how(before: Option<&(Session, Authority)>, (after, authority): (&Session, Authority)) -> Option<How> {
    let Some((before, good)) = before else { return Some(How::Begun) };
    if after.epoch > before.epoch {
        return Some(How::Restored);
    }
    if *good == Authority::Over && authority == Authority::Good {
        return Some(How::Revived);
    }
    let (old, new) = (before.authentication(), after.authentication());
    if level(new) > level(old) {
        return Some(How::Raised);
    }
    (new != old).then_some(How::Renewed)
}

fn seen(how: How, account: &Account, session: &Session, now: Timestamp) -> Grown {
    let facts = session.authentication();
    let when = if facts.auth_time == now { When::Now } else { When::Before };
    grown(how, &account.username, (&facts.acr, &facts.amr.join(" ")), when)
}
