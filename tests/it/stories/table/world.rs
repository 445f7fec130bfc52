//! The states of the table, brought about as in life: time passes, people sign out, administrators step in.

use crate::harness::{Browser, Idp, PASSWORD, RelyingApp, Tokens, USERNAME};
use abide::flow::import::ReplaceSecrets;
use abide::protocol::Timestamp;
use serde_json::{Value, json};

/// How the session stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Whole {
    Live,
    Warn,
    /// Its idle limit passed.
    Idle,
    /// Its absolute limit passed.
    Absolute,
    /// And the window after it.
    Expired,
    /// The person signed out in this browser.
    SignedOut,
    /// Ended by the person from another browser.
    Elsewhere,
    /// Signed out everywhere.
    Everywhere,
    Disabled,
    /// Disabled, and enabled again.
    Enabled,
    /// The password was replaced.
    Password,
    /// It timed out, and its person is back.
    Back,
}

/// How the app's part stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// It takes part, without limits of its own.
    In,
    /// Its own idle limit passed.
    OwnIdle,
    /// Its own absolute limit passed.
    OwnAbsolute,
    /// The person signed out of this app alone.
    Left,
    /// The same, and is back in it: what the app holds is of the part before.
    Anew,
}

/// What the app holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Holding {
    /// A grant that lives by its session.
    Session,
    /// One that outlives it.
    Offline,
}

impl Whole {
    pub const ALL: [Whole; 12] = [
        Whole::Live,
        Whole::Warn,
        Whole::Idle,
        Whole::Absolute,
        Whole::Expired,
        Whole::SignedOut,
        Whole::Elsewhere,
        Whole::Everywhere,
        Whole::Disabled,
        Whole::Enabled,
        Whole::Password,
        Whole::Back,
    ];

    /// As the table calls it.
    pub fn word(self) -> &'static str {
        match self {
            Whole::Live => "live",
            Whole::Warn => "warn",
            Whole::Idle => "idle",
            Whole::Absolute => "absolute",
            Whole::Expired => "expired",
            Whole::SignedOut => "signed-out",
            Whole::Elsewhere => "elsewhere",
            Whole::Everywhere => "everywhere",
            Whole::Disabled => "disabled",
            Whole::Enabled => "enabled",
            Whole::Password => "password",
            Whole::Back => "back",
        }
    }
}

impl Part {
    /// The states a part can be in whose app holds this.
    pub fn all(holding: Holding) -> &'static [Part] {
        match holding {
            Holding::Session => &[Part::In, Part::OwnIdle, Part::OwnAbsolute, Part::Left, Part::Anew],
            Holding::Offline => &[Part::In, Part::Left, Part::Anew],
        }
    }

    /// As the table calls it.
    pub fn word(self) -> &'static str {
        match self {
            Part::In => "in",
            Part::OwnIdle => "own-idle",
            Part::OwnAbsolute => "own-absolute",
            Part::Left => "left",
            Part::Anew => "anew",
        }
    }
}

impl Holding {
    pub const ALL: [Holding; 2] = [Holding::Session, Holding::Offline];

    /// As the table calls it.
    pub fn word(self) -> &'static str {
        match self {
            Holding::Session => "session",
            Holding::Offline => "offline",
        }
    }
}

/// Of the session, in seconds: idle, absolute, and the window to come back. An app's own limits are [`OWN`].
const IDLE: i64 = 300;
const ABSOLUTE: i64 = 540;
const WINDOW: i64 = 30;
const OWN: i64 = 240;

/// One row of the table, come true.
pub struct World {
    pub idp: Idp,
    pub browser: Browser,
    pub app: RelyingApp,
    pub scope: &'static str,
    /// What the app holds.
    pub tokens: Tokens,
    /// And did not redeem.
    pub code: String,
    start: Timestamp,
    /// The person's last act that counts for the session.
    acted: Timestamp,
}

impl World {
    pub async fn new(whole: Whole, part: Part, holding: Holding) -> World {
        let mut world = World::entered(part, holding).await;
        world.bring_part(part).await;
        world.bring_whole(whole, part).await;
        world
    }

    /// The person signed in at the app.
    async fn entered(part: Part, holding: Holding) -> World {
        let idp = Idp::with(|config| {
            config.session.idle_timeout = "5m".parse().unwrap();
            config.session.max_lifetime = "9m".parse().unwrap();
            config.session.warn_before = "2m".parse().unwrap();
            config.session.reconstitution_window = "30s".parse().unwrap();
            // Longer than any row lasts: what is dead is dead for another reason, except where a limit cut it.
            config.tokens.code = "10m".parse().unwrap();
            config.tokens.access = "1h".parse().unwrap();
            config.tokens.id = "1h".parse().unwrap();
        })
        .await;
        let app = idp.app("tabled");
        idp.import(json!({"clients": [client(&app, part, holding)]})).await;
        let (mut browser, start) = (idp.browser(), idp.now());
        let scope = if holding == Holding::Offline { "openid offline_access" } else { "openid" };
        let page = browser.authorize(&app, &[("scope", scope)]).await;
        let mut answer = browser.sign_in(&page).await;
        if holding == Holding::Offline {
            let page = browser.get(answer.location()).await;
            answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
        }
        let tokens = app.redeem(&answer).await;
        let mut world = World { idp, browser, app, scope, tokens, code: String::new(), start, acted: start };
        world.obtain().await;
        world
    }

    /// The app gets tokens and a code, of which no limit takes notice.
    async fn obtain(&mut self) {
        let request = self.app.request(&[("prompt", "none"), ("scope", self.scope)]);
        self.tokens = self.app.redeem(&self.browser.get_scripted(&request).await).await;
        self.code = self.browser.get_scripted(&request).await.parameter("code").expect("a code");
    }

    /// Time passes until so many seconds after the start.
    fn pass_to(&self, seconds: i64) {
        let left = seconds - (self.idp.now().0 - self.start.0);
        assert!(left >= 0, "that was before");
        self.idp.pass(&format!("{left}s"));
    }

    /// The person does something in another app.
    async fn act_elsewhere(&mut self) {
        let other = self.idp.app("social");
        assert!(self.browser.authorize(&other, &[]).await.parameter("code").is_some());
        self.acted = self.idp.now();
    }

    async fn bring_part(&mut self, part: Part) {
        match part {
            Part::In => (),
            Part::OwnIdle | Part::OwnAbsolute => {
                self.pass_to(OWN / 2);
                self.act_elsewhere().await;
                self.pass_to(OWN - 1);
                self.obtain().await;
                self.pass_to(OWN);
            }
            Part::Left | Part::Anew => {
                let page = self.browser.get("/end_session?client_id=tabled").await;
                let leave = [("choice", "sign-out"), ("scope", "app")];
                self.browser.submit(&page, "/end_session/confirm", &leave).await;
                if part == Part::Anew {
                    let back = self.browser.authorize(&self.app, &[("scope", self.scope)]).await;
                    assert!(back.parameter("code").is_some(), "{} {}", back.status, back.body);
                }
            }
        }
    }

    /// What the app holds is as fresh as can be, where it still may have something.
    async fn freshen(&mut self, part: Part) {
        if part == Part::In {
            self.obtain().await;
        }
    }

    fn idle_end(&self) -> i64 {
        self.acted.0 - self.start.0 + IDLE
    }

    async fn bring_whole(&mut self, whole: Whole, part: Part) {
        match whole {
            // Acts reported sooner after the sign-in would be too many.
            Whole::Live => self.idp.pass("10s"),
            Whole::Warn => {
                self.pass_to(self.idle_end() - 120);
                self.freshen(part).await;
            }
            Whole::Idle | Whole::Expired | Whole::Back => {
                self.pass_to(self.idle_end() - 1);
                self.freshen(part).await;
                self.pass_to(self.idle_end() + if whole == Whole::Expired { WINDOW } else { 0 });
                if whole == Whole::Back {
                    self.browser.enter(&self.idp.app("social")).await;
                }
            }
            Whole::Absolute => {
                while self.idle_end() <= ABSOLUTE {
                    self.pass_to(self.idle_end() - 60);
                    self.act_elsewhere().await;
                }
                self.pass_to(ABSOLUTE - 1);
                self.freshen(part).await;
                self.pass_to(ABSOLUTE);
            }
            Whole::SignedOut => {
                let account = self.browser.get("/account").await;
                self.browser.submit(&account, "/account/sign-out", &[]).await;
            }
            Whole::Elsewhere => {
                let mut other = self.idp.browser();
                other.enter(&self.idp.app("social")).await;
                let account = other.get("/account").await;
                other.submit(&account, "/account/end-others", &[]).await;
            }
            Whole::Everywhere => {
                let mut other = self.idp.browser();
                other.enter(&self.idp.app("social")).await;
                let page = other.get("/end_session").await;
                let everywhere = [("choice", "sign-out"), ("scope", "everywhere")];
                other.submit(&page, "/end_session/confirm", &everywhere).await;
            }
            Whole::Disabled => self.administer(json!({"disabled": true})).await,
            // An import never opens an account again.
            Whole::Enabled => self.idp.end_account_of(USERNAME, true).await,
            Whole::Password => self.administer(json!({"password": "another fifteen letters or more"})).await,
        }
    }

    async fn administer(&self, change: Value) {
        let mut user = json!({"username": USERNAME, "password": PASSWORD});
        for (name, value) in change.as_object().unwrap() {
            user[name] = value.clone();
        }
        let replace = if change["password"].is_string() { ReplaceSecrets::Yes } else { ReplaceSecrets::No };
        assert_eq!(self.idp.try_import(json!({"users": [user]}), replace).await, Ok((0, 1, 0)));
    }
}

fn client(app: &RelyingApp, part: Part, holding: Holding) -> Value {
    let mut session = json!({"activity": "report"});
    match part {
        Part::OwnIdle => session["idle_timeout"] = json!("4m"),
        Part::OwnAbsolute => session["max_lifetime"] = json!("4m"),
        Part::In | Part::Left | Part::Anew => (),
    }
    json!({
        "client_id": app.client_id, "client_name": "The tabled", "client_secret": app.secret(), "consent": "skip",
        "redirect_uris": [app.redirect_uri()], "post_logout_redirect_uris": ["https://tabled.example.com/bye"],
        "offline_access": holding == Holding::Offline, "session": session,
    })
}
