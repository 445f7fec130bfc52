//! Debian's `libapache2-mod-auth-openidc` as a relying party of the real binary, set up as
//! docs/clients/mod_auth_openidc.md says.

use super::apache::Apache;
use crate::real::block_on;
use crate::real::idp::{RealIdp, person};
use crate::real::pasted::Pasted;
use crate::real::process::free_port;
use crate::real::visitor::{Answer, Visitor, local_client};
use serde_json::{Value, json};
use std::time::Duration;

/// No redirect leads there: a journey ends at a page.
const NOWHERE: &str = "nowhere:";

/// How long the module may go without hearing of an end. The sweep looks every second.
const SOON: Duration = Duration::from_secs(20);

struct World {
    idp: RealIdp,
    apache: Apache,
}

impl World {
    /// `settings` of the provider; `changes` to the client, null for what it shall not have.
    fn new(settings: &str, changes: Value) -> World {
        let port = free_port();
        let wiki = format!("http://localhost:{port}");
        let mut client = Pasted::from("mod_auth_openidc.md", &[("https://wiki.example.com", &wiki)]).client();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(client.as_object_mut().unwrap().remove(name)),
                value => client[name] = value.clone(),
            }
        }
        let settings = format!("[outbound]\nallow = [\"http://localhost:*\"]\n{settings}");
        let idp = RealIdp::set("localhost", &settings, &[person("ada"), person("jon")], &[client]);
        let addresses = [("https://wiki.example.com", wiki.as_str()), ("https://id.example.com", &idp.issuer)];
        let pasted = Pasted::from("mod_auth_openidc.md", &addresses);
        World { apache: Apache::start(port, pasted.blocks("apache")[0]), idp }
    }

    /// A browser that has signed in at the protected page, and that page.
    async fn enter(&self, username: &str) -> (Visitor, Answer) {
        let browser = Visitor::new();
        let page = self.come_back(&browser, username).await;
        (browser, page)
    }

    async fn come_back(&self, browser: &Visitor, username: &str) -> Answer {
        let form = browser.travel(&self.private(), NOWHERE).await;
        let page = browser.sign_in(&form, username, NOWHERE).await;
        assert_eq!((page.url.as_str(), page.status), (self.private().as_str(), 200), "{}", page.body);
        assert_eq!(shown(&page, "OIDC_CLAIM_email"), format!("{username}@example.org"));
        page
    }

    fn private(&self) -> String {
        self.apache.at("/private/")
    }

    /// What the module answers to one request for the protected page.
    async fn state(&self, browser: &Visitor) -> State {
        let answer = browser.get(&self.private()).await;
        match answer.location {
            None => {
                assert_eq!(answer.status, 200, "{}", answer.body);
                State::SignedIn
            }
            Some(next) => {
                assert!(next.as_str().starts_with(&self.idp.at("/authorize?")), "{next}");
                assert!(!answer.body.contains("@example.org"), "nothing of the person is left: {}", answer.body);
                State::SentAway
            }
        }
    }

    /// Asks for the page until the module sends to the provider.
    async fn until_sent_away(&self, browser: &Visitor) {
        let began = tokio::time::Instant::now();
        while self.state(browser).await == State::SignedIn {
            assert!(began.elapsed() < SOON, "the module still shows the page");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// How often the provider answered a request for userinfo, by its own log.
    fn userinfo_answers(&self) -> usize {
        let said = self.idp.said();
        said.lines().filter(|line| line.contains("\"/userinfo\"") && line.contains("\"status\":200")).count()
    }

    /// The answers of the module to logout tokens.
    fn told(&self) -> Vec<String> {
        self.apache.answered("POST /private/oidc?logout=backchannel ")
    }

    /// Waits for a logout token, and that the module takes it.
    async fn until_told(&self) {
        let began = tokio::time::Instant::now();
        while self.told().is_empty() {
            assert!(began.elapsed() < SOON, "no end is told");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(self.told(), ["200"]);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    SignedIn,
    SentAway,
}

/// What the protected page shows of one variable.
fn shown(page: &Answer, name: &str) -> String {
    let begun =
        page.body.split_once(&format!("<p class={name}>")).unwrap_or_else(|| panic!("no {name}: {}", page.body));
    begun.1.split_once("</p>").expect("a closed paragraph").0.to_owned()
}

#[test]
fn it_shows_the_claims_and_a_back_channel_logout_ends_that_one_session() {
    let world = World::new("", json!({}));
    block_on(async {
        let (desk, page) = world.enter("ada").await;
        assert_eq!(shown(&page, "OIDC_CLAIM_name"), "The Person ada");
        assert_eq!(world.userinfo_answers(), 1, "it asked userinfo");
        assert!(!shown(&page, "REMOTE_USER").is_empty() && shown(&page, "REMOTE_USER") != "(none)");
        let (phone, other) = world.enter("ada").await;
        let (jon, _) = world.enter("jon").await;
        assert_eq!(shown(&page, "REMOTE_USER"), shown(&other, "REMOTE_USER"), "one person");
        assert_ne!(shown(&page, "OIDC_CLAIM_sid"), shown(&other, "OIDC_CLAIM_sid"), "two sessions");
        assert_eq!(world.told(), [""; 0]);

        // In the account page of the provider: the app has no part in it.
        let account = desk.get(&world.idp.at("/account")).await;
        desk.submit(&account, &[], NOWHERE).await;
        world.until_sent_away(&desk).await;
        assert_eq!(world.told(), ["200"], "the module took the one logout token");
        let form = desk.travel(&world.private(), NOWHERE).await;
        assert!(form.body.contains("name=\"password\""), "somebody has to sign in: {}", form.body);
        for (name, value) in [("x-requested-with", "XMLHttpRequest"), ("accept", "application/json")] {
            let script = local_client().build().unwrap().get(world.private()).header(name, value);
            assert_eq!(script.send().await.unwrap().status(), 401, "{name}: a script is sent nowhere");
        }
        for others in [&phone, &jon] {
            assert_eq!(world.state(others).await, State::SignedIn, "another browser was not meant");
        }

        let again = world.come_back(&desk, "ada").await;
        assert_ne!(shown(&again, "OIDC_CLAIM_sid"), shown(&page, "OIDC_CLAIM_sid"));
    });
}

#[test]
fn a_sign_out_at_the_wiki_ends_the_session_at_the_provider() {
    let world = World::new("", json!({}));
    block_on(async {
        let (browser, _) = world.enter("ada").await;
        let goodbye = world.apache.at("/bye.html");
        let logout = url::Url::parse_with_params(&world.apache.at("/private/oidc"), [("logout", &goodbye)]).unwrap();
        let page = browser.travel(logout.as_str(), NOWHERE).await;
        assert_eq!((page.url.as_str(), page.status), (goodbye.as_str(), 200), "{}", page.body);
        let account = browser.get(&world.idp.at("/account")).await;
        assert!(account.body.contains("name=\"password\""), "the provider's session has ended: {}", account.body);
        assert_eq!(world.state(&browser).await, State::SentAway);
        world.come_back(&browser, "ada").await;
    });
}

/// Every request comes in the last minute of such an access token, and so has the module refresh it.
const REFRESHING: &str = "[tokens]\naccess = \"60s\"\n";

#[test]
fn a_time_out_is_told_to_it_and_its_refreshes_keep_no_session() {
    let world = World::new(&format!("{REFRESHING}[session]\nidle_timeout = \"6s\"\n"), json!({}));
    block_on(async {
        let (browser, page) = world.enter("ada").await;
        assert_eq!(world.state(&browser).await, State::SignedIn);
        world.until_sent_away(&browser).await;
        // By the logout token or by the refresh that failed, whichever came first; both come.
        world.until_told().await;
        // The dormant session comes back for who authenticates, under a new name.
        let again = world.come_back(&browser, "ada").await;
        assert_ne!(shown(&again, "OIDC_CLAIM_sid"), shown(&page, "OIDC_CLAIM_sid"));
        assert_eq!(world.state(&browser).await, State::SignedIn);
    });
}

#[test]
fn its_refreshes_count_as_use_of_the_wiki_and_its_own_limit_is_told_when_nobody_reads() {
    let own = json!({"session": {"idle_timeout": "6s", "activity": "refresh"}});
    let world = World::new(REFRESHING, own);
    block_on(async {
        let (browser, _) = world.enter("ada").await;
        let began = tokio::time::Instant::now();
        while began.elapsed() < Duration::from_secs(13) {
            assert_eq!(world.state(&browser).await, State::SignedIn, "after {:?}", began.elapsed());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        world.until_told().await;
        assert_eq!(world.state(&browser).await, State::SentAway);
        // The person's session lives, and still nobody enters without having authenticated.
        let account = browser.get(&world.idp.at("/account")).await;
        assert!(account.body.contains("/account/sign-out"), "{}", account.body);
        // Times are whole seconds, and one within the second of the end is not later than it.
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.come_back(&browser, "ada").await;
    });
}

#[test]
fn without_a_logout_token_its_next_refresh_tells_it() {
    let deaf = json!({"backchannel_logout_uri": null, "backchannel_logout_session_required": null});
    let world = World::new(REFRESHING, deaf);
    block_on(async {
        let (browser, _) = world.enter("ada").await;
        assert_eq!(world.state(&browser).await, State::SignedIn);
        let account = browser.get(&world.idp.at("/account")).await;
        browser.submit(&account, &[], NOWHERE).await;
        // This version still answers the request whose refresh fails.
        world.state(&browser).await;
        assert_eq!(world.state(&browser).await, State::SentAway, "and no other after it");
        assert_eq!(world.told(), [""; 0]);
    });
}
