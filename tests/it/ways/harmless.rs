//! Every route once more, whatever the table says of it, with everything that could be shown, by a stranger, by somebody
//! who is half signed in, by the owner of a weak session, with the cookie of one that timed out, and by an administrator.
//! Those without power make nothing more of any session; those with power make nothing of evidence that is wrong.

use super::first_and_second::halfway;
use super::table::{Does, TABLE, routes};
use super::walk::{Stores, Walk};
use crate::harness::{Answer, Browser, ISSUER, PASSWORD, USERNAME};
use crate::stories::passkeys::account;
use crate::stories::second_factor::{Authenticator, set_up};
use actix_web::test::TestRequest;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    Stranger,
    Halfway,
    Weak,
    TimedOut,
    Administrator,
}

/// Is what they show right?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    Right,
    Wrong,
}

pub async fn walk_all() {
    let mut walk = Walk::begin(&Stores::Sled, None).await;
    let mut tries = 0;
    for scene in [Scene::Stranger, Scene::Halfway, Scene::Weak, Scene::TimedOut, Scene::Administrator] {
        let mut set = Set::begin(&mut walk, scene).await;
        for route in routes() {
            for evidence in [Evidence::Right, Evidence::Wrong] {
                let powerful = TABLE.iter().any(|(of, does, _)| *of == route && does.iter().any(Does::is_power));
                if powerful && evidence == Evidence::Right {
                    continue;
                }
                set.renew(&mut walk).await;
                try_it(&walk, &mut set, (&route, evidence)).await;
                tries += 1;
            }
        }
    }
    assert!(tries > 700, "{tries}");
}

/// A browser in its scene, and what its person could show.
struct Set {
    scene: Scene,
    browser: Browser,
    page: Option<Answer>,
    app: Authenticator,
    made: u64,
    owner: String,
}

impl Set {
    async fn begin(walk: &mut Walk, scene: Scene) -> Set {
        walk.idp = crate::harness::Idp::mailing().await;
        let idp = walk.idp.clone();
        let mut weak = idp.browser();
        weak.enter(&idp.app("social")).await;
        let (app, _) = set_up(&idp, &mut idp.browser()).await;
        let owner = account(&idp, USERNAME).await.id.to_string();
        let mut set = Set { scene, browser: weak, page: None, app, made: 0, owner };
        if scene == Scene::TimedOut {
            idp.pass("13h");
        }
        set.again(walk).await;
        set
    }

    /// The scene once more, where the request before changed anything.
    async fn renew(&mut self, walk: &mut Walk) {
        if walk.idp.store_work().1 == self.made {
            return;
        }
        walk.idp.pass("3s");
        if matches!(self.scene, Scene::Weak | Scene::TimedOut) && !self.holds(walk).await {
            *self = Set::begin(walk, self.scene).await;
        }
        self.again(walk).await;
    }

    /// Is the session still what the scene wants?
    async fn holds(&self, walk: &Walk) -> bool {
        use abide::model::session::standing::Authority;
        let wanted = if self.scene == Scene::Weak { Authority::Good } else { Authority::Over };
        let idp = walk.idp.clone();
        let weak =
            walk.sessions().await.into_values().find(|(session, _)| session.authentication().acr == super::walk::AAL1);
        let Some((session, authority)) = weak else { return false };
        session.ending.is_none() && authority == wanted && account(&idp, USERNAME).await.disabled_at.is_none()
    }

    async fn again(&mut self, walk: &Walk) {
        let idp = walk.idp.clone();
        match self.scene {
            Scene::Stranger => {
                self.browser = idp.browser();
                self.page = Some(self.browser.authorize(&idp.app("social"), &[]).await);
            }
            Scene::Halfway => {
                self.browser = idp.browser();
                self.page = Some(halfway(&mut self.browser, &idp.app("social"), &[]).await);
            }
            Scene::Administrator => {
                self.browser = idp.browser();
                let page = self.browser.get("/admin").await;
                self.browser.sign_in_as(&page, "boss", "the boss of all of this").await;
                self.page = Some(self.browser.get("/admin/users").await);
            }
            Scene::Weak | Scene::TimedOut => {
                self.page = Some(self.browser.authorize(&idp.app("social"), &[("prompt", "login")]).await);
            }
        }
        self.made = idp.store_work().1;
    }

    /// Everything a form could ask for.
    fn fields(&self, walk: &Walk, evidence: Evidence) -> Vec<(String, String)> {
        let page = self.page.as_ref().expect("a page");
        let hidden = |name: &str| page.attribute(&format!("input[name={name}]"), "value").unwrap_or_default();
        let (password, code) = match evidence {
            Evidence::Right => (PASSWORD.to_owned(), self.app.code(&walk.idp, 0)),
            Evidence::Wrong => ("not it at all".to_owned(), "000000".to_owned()),
        };
        let new = "an entirely different evening";
        [
            ("csrf", hidden("csrf")),
            ("interaction", hidden("interaction")),
            ("challenge", hidden("challenge")),
            ("answer", "{}".to_owned()),
            ("username", USERNAME.to_owned()),
            ("password", password.clone()),
            ("current", password),
            ("new", new.to_owned()),
            ("code", code),
            ("token", "x".to_owned()),
            ("account", self.owner.clone()),
            ("user", self.owner.clone()),
            ("id", self.owner.clone()),
            ("person", hidden("person")),
            ("decision", "allow".to_owned()),
            ("email", "mira@example.org".to_owned()),
            ("goal", String::new()),
            ("upstream", "x".to_owned()),
            ("label", "x".to_owned()),
            ("confirm", "on".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

async fn try_it(walk: &Walk, set: &mut Set, (route, evidence): (&str, Evidence)) {
    let case = format!("{:?}, {evidence:?}: {route}", set.scene);
    let fields = set.fields(walk, evidence);
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let handle = fields.iter().find(|(name, _)| name == "interaction").map(|(_, value)| value.clone());
    let path = path.replace("{handle}", &handle.unwrap_or_default());
    let path =
        path.replace("{file}", "abide.css").replace("{id}", "x").replace("{name}", "x").replace("{client_id}", "x");
    let before = walk.sessions().await;
    let answer = match method {
        "GET" => set.browser.get(&format!("{path}?{}", serde_urlencoded::to_string(&fields).unwrap())).await,
        _ => {
            let method = method.parse().expect("a method");
            let request = TestRequest::with_uri(&path).method(method).insert_header(("origin", ISSUER));
            set.browser.send(request.set_form(&fields)).await
        }
    };
    assert_eq!(walk.growth(&before).await, [], "{case}: {}", answer.status);
    assert!(answer.status.as_u16() < 500, "{case}: {} {}", answer.status, answer.body);
    if set.scene == Scene::Weak || set.scene == Scene::Administrator {
        return;
    }
    // Nobody is signed in here: no app is answered, and no page is shown that needs a session.
    let location = answer.header("location");
    assert!(!location.starts_with("https://social.example.com") || !location.contains("code="), "{case}: {location}");
    assert!(!answer.body.contains("access_token"), "{case}");
    let (_, does, _) = TABLE.iter().find(|(of, ..)| *of == route).expect("a route");
    let asked = answer.body.contains("id=\"sign-in\"") || answer.body.contains("id=\"code\"");
    if does.contains(&Does::Follow) && answer.status.is_success() && method == "GET" {
        assert!(asked || path == "/session", "{case}: {}", answer.body);
    }
    assert!(!answer.body.contains("Mira Lindqvist"), "{case}");
}
