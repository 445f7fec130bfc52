//! npm's `oidc-client-ts` in an app without a server, at the real binary: `tests/interop/oidc-client-ts.mjs`, set up as
//! docs/clients/oidc-client-ts.md says.

use super::driver::{Profile, story};
use super::page::Page;
use crate::real::idp::{RealIdp, password_of, person};
use crate::real::pasted::Pasted;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const PAGE: &str = "oidc-client-ts.md";

/// The provider and the app.
#[derive(Clone)]
struct World {
    idp: Arc<RealIdp>,
    app: String,
}

/// Two names of this machine; which of them are one site, `frames` tells.
struct Names {
    provider: &'static str,
    app: &'static str,
}

const ONE_SITE: Names = Names { provider: "id.shop.localhost", app: "app.shop.localhost" };
const TWO_SITES: Names = Names { provider: "id.localhost", app: "app.localhost" };

impl World {
    fn new(names: Names, settings: &str) -> World {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let app = format!("http://{}:{}", names.app, listener.local_addr().expect("its number").port());
        let mut notes = Pasted::from(PAGE, &[("https://notes.example.com", &app)]).client();
        notes["development"] = json!(true);
        let idp = RealIdp::set(names.provider, settings, &[person("ada")], &[notes]);
        let pasted = Pasted::from(PAGE, &[("https://id.example.com", &idp.issuer)]);
        serve(listener, pasted.blocks("js")[0].to_owned());
        World { idp: Arc::new(idp), app }
    }

    /// From the app's start page through the provider's form and back.
    async fn sign_in(&self, page: &Page) {
        self.open(page).await;
        page.click("#sign-in").await;
        page.fill("#username", "ada").await;
        page.fill("#password", &password_of("ada")).await;
        page.click("#sign-in").await;
        page.until("document.querySelector('#who')?.textContent === 'The Person ada'").await;
        page.until("location.pathname === '/'").await;
    }

    async fn open(&self, page: &Page) {
        page.open(&self.app).await;
        page.find("body[data-ready]").await;
    }

    /// Signs out on the account page, in another window.
    async fn sign_out_elsewhere(&self, page: &Page) {
        let first = page.client.window().await.unwrap();
        let second = page.client.new_window(false).await.unwrap().handle;
        page.client.switch_to_window(second).await.unwrap();
        page.open(&self.idp.at("/account")).await;
        page.click("header #sign-out").await;
        page.until("location.pathname === '/signed-out'").await;
        page.client.switch_to_window(first).await.unwrap();
    }

    /// What the token endpoint says to a refresh token, as this app's scripts may read it.
    async fn refresh(&self, page: &Page, token: &str) -> Value {
        let body = format!(
            "const done = arguments[arguments.length - 1], refresh_token = {token:?};
             const body = new URLSearchParams({{ grant_type: 'refresh_token', client_id: 'notes', refresh_token }});
             fetch({:?}, {{ method: 'POST', body }})
               .then(async (answer) => done([answer.status, (await answer.json()).error]));",
            self.idp.at("/token")
        );
        page.script_later(&body).await
    }

    /// What userinfo says to an access token.
    async fn userinfo(&self, page: &Page, token: &str) -> Value {
        let body = format!(
            "const done = arguments[arguments.length - 1];
             fetch({:?}, {{ headers: {{ authorization: 'Bearer ' + {token:?} }} }})
               .then((answer) => done(answer.status));",
            self.idp.at("/userinfo")
        );
        page.script_later(&body).await
    }
}

/// Who is signed in, as the library has it; null for nobody.
async fn user(page: &Page) -> Value {
    let body = "const done = arguments[arguments.length - 1];
        import('/notes.mjs').then(({ manager }) => manager.getUser()).then((user) => done(user), String);";
    page.script_later(body).await
}

/// How often this document fetched an address of the provider.
async fn fetched(page: &Page, path: &str) -> u64 {
    let body = format!(
        "return performance.getEntriesByType('resource')
           .filter(({{ initiatorType, name }}) => initiatorType === 'fetch' && new URL(name).pathname === {path:?}).length"
    );
    page.script(&body).await.as_u64().unwrap()
}

/// From now on hidden frames are counted. Not by the browser's own list, which forgets one that is taken away.
async fn count_frames(page: &Page) {
    let body = "window.framesSeen = 0;
        new MutationObserver((changes) => {
          for (const { addedNodes } of changes)
            for (const node of addedNodes) if (node.nodeName === 'IFRAME') window.framesSeen += 1;
        }).observe(document.body, { childList: true, subtree: true });";
    page.script(body).await;
}

async fn frames(page: &Page) -> u64 {
    page.script("return window.framesSeen").await.as_u64().expect("they are counted")
}

/// Clicks, and waits until another access token is there.
async fn renew_by(page: &Page, button: &str) -> Value {
    let before = user(page).await;
    page.click(button).await;
    another(page, &before).await
}

/// Who is signed in once the access token is no longer the one of `before`.
async fn another(page: &Page, before: &Value) -> Value {
    let renewed = async {
        loop {
            let now = user(page).await;
            if !now.is_null() && now["access_token"] != before["access_token"] {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(20), renewed).await {
        Ok(user) => user,
        Err(_) => panic!("nothing is renewed; {}", page.description().await),
    }
}

async fn ends_with(page: &Page, why: &str) {
    page.until(&format!("document.querySelector('#ended').textContent === {why:?}")).await;
}

#[test]
fn it_signs_in_reads_userinfo_renews_in_both_ways_and_is_signed_out() {
    let world = World::new(ONE_SITE, "");
    story(Profile::Desk, move |page| async move {
        world.sign_in(&page).await;
        let first = user(&page).await;
        assert_eq!(first["profile"]["email"], "ada@example.org", "{first}");
        for path in ["/.well-known/openid-configuration", "/token", "/userinfo"] {
            assert_eq!(fetched(&page, path).await, 1, "{path}");
        }

        count_frames(&page).await;
        let second = renew_by(&page, "#renew").await;
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert_eq!(frames(&page).await, 0, "a refresh needs no frame");
        let third = renew_by(&page, "#look").await;
        assert_eq!(frames(&page).await, 1, "and this was by a frame");
        for user in [&second, &third] {
            assert_eq!(user["profile"]["sid"], first["profile"]["sid"], "one session");
            assert_eq!(user["profile"]["auth_time"], first["profile"]["auth_time"], "nobody signed in again");
        }

        // A reload loses what was in memory, and the frame brings it back.
        world.open(&page).await;
        assert_eq!(user(&page).await, Value::Null);
        let last = renew_by(&page, "#look").await;
        assert_eq!(page.text("#who").await, "The Person ada");
        assert_eq!(last["profile"]["sid"], first["profile"]["sid"]);
        assert_eq!(world.userinfo(&page, last["access_token"].as_str().unwrap()).await, 200);

        page.click("#sign-out").await;
        ends_with(&page, "signed out").await;
        assert!(page.url().await.starts_with(&world.app), "{}", page.url().await);
        for user in [&second, &third, &last] {
            let answer = world.refresh(&page, user["refresh_token"].as_str().unwrap()).await;
            assert_eq!(answer, json!([400, "invalid_grant"]));
            assert_eq!(world.userinfo(&page, user["access_token"].as_str().unwrap()).await, 401);
        }
        page.click("#look").await;
        ends_with(&page, "login_required").await;
        assert_eq!(user(&page).await, Value::Null);
    });
}

#[test]
fn an_end_elsewhere_is_known_at_the_next_renewal_which_the_library_makes_by_itself() {
    // The library renews a minute before the end of the access token.
    let world = World::new(ONE_SITE, "[tokens]\naccess = \"66s\"");
    story(Profile::Desk, move |page| async move {
        world.sign_in(&page).await;
        let first = user(&page).await;
        let renewed = another(&page, &first).await;
        assert_eq!(renewed["profile"]["sid"], first["profile"]["sid"]);

        count_frames(&page).await;
        world.sign_out_elsewhere(&page).await;
        ends_with(&page, "login_required").await;
        assert_eq!(page.text("#who").await, "", "nothing of the person is shown any more");
        assert_eq!(user(&page).await, Value::Null);
        assert_eq!(frames(&page).await, 1, "it looked once");
        // The way back in is the ordinary one.
        world.sign_in(&page).await;
        assert_ne!(user(&page).await["profile"]["sid"], first["profile"]["sid"]);
    });
}

#[test]
fn on_another_site_it_renews_with_its_refresh_token_and_after_a_reload_by_a_redirect() {
    let world = World::new(TWO_SITES, "");
    story(Profile::Desk, move |page| async move {
        world.sign_in(&page).await;
        let first = user(&page).await;
        renew_by(&page, "#renew").await;
        world.open(&page).await;
        page.click("#look").await;
        ends_with(&page, "login_required").await;
        // No question is asked: whoever is signed in comes back with a code.
        page.script("import('/notes.mjs').then(({ manager }) => manager.signinRedirect({ prompt: 'none' }))").await;
        page.until("document.querySelector('#who')?.textContent === 'The Person ada'").await;
        assert_eq!(user(&page).await["profile"]["sid"], first["profile"]["sid"]);
    });
}

#[test]
fn the_page_about_it_shows_the_app_that_runs_here() {
    let app = std::fs::read_to_string(interop("oidc-client-ts.mjs")).unwrap();
    let page = Pasted::from(PAGE, &[]);
    let shown = &page.blocks("js")[1..];
    assert!(shown.len() > 1);
    for part in shown {
        assert!(app.contains(part), "the app has no such part:\n{part}");
    }
}

fn interop(file: &str) -> String {
    format!("{}/tests/interop/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// The app's files, as long as the tests run. Its page is at the four addresses it knows.
fn serve(listener: TcpListener, settings: String) {
    let library = interop("node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js");
    let installed = Path::new(&library).is_file();
    assert!(installed, "oidc-client-ts is not installed; `tests/run.sh npm` or `npm ci` in tests/interop does it");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (settings, library) = (settings.clone(), library.clone());
            // A connection that a browser opens in advance and leaves silent holds up no other.
            std::thread::spawn(move || answer(stream, &settings, &library));
        }
    });
}

fn answer(mut stream: TcpStream, settings: &str, library: &str) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    // Read to the end of the head: an answer to an unread request would be a reset connection.
    for line in lines {
        if line.is_empty() {
            break;
        }
    }
    let target = request.split(' ').nth(1).unwrap_or_default();
    let file = |path: &str| std::fs::read(path).expect("a file of the app");
    let (kind, body) = match target.split('?').next().unwrap_or_default() {
        "/" | "/callback" | "/silent" | "/goodbye" => ("text/html", file(&interop("oidc-client-ts.html"))),
        "/notes.mjs" => ("text/javascript", file(&interop("oidc-client-ts.mjs"))),
        "/settings.mjs" => ("text/javascript", settings.as_bytes().to_vec()),
        "/lib/oidc-client-ts.js" => ("text/javascript", file(library)),
        "/lib/jwt-decode.js" => ("text/javascript", file(&interop("node_modules/jwt-decode/build/esm/index.js"))),
        _ => ("text/plain", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}
