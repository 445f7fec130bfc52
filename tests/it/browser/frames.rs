//! Hidden frames of relying apps, in Chromium: silent renewal, and watching the session.
//!
//! What counts as one site, as this Chromium shows it in `Sec-Fetch-Site`: `localhost` is to it what `com` is, so
//! `id.localhost` and `app.localhost` are two sites, `id.shop.localhost` and `app.shop.localhost` are one, whatever their
//! ports; http and https are never one site. Into frames of another site it sends `SameSite=None; Secure` alone, and not
//! even that while third-party cookies are blocked, which is the default of Debian's.

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{authorization_request, landing};
use crate::real::idp::{client, password_of, person};
use crate::real::travelling::Travelling;
use abide::model::cookies::{OptionalCookies, Switch};
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// A provider, and the address of an app.
#[derive(Clone)]
struct Sites {
    idp: Arc<Travelling>,
    app: String,
}

/// Are the provider and the app one site?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Site {
    One,
    Two,
}

fn sites(site: Site, silent: Switch) -> Sites {
    let app = landing();
    let app = if site == Site::One { app.replace("app.", "app.shop.") } else { app };
    let client = client("desk", &format!("{app}/callback"), json!({}));
    let idp = Travelling::start(
        |config| {
            let port = Url::parse(&config.issuer.to_string()).unwrap().port().unwrap();
            config.cookies = OptionalCookies { silent, state: Switch::On };
            // What is `SameSite=None` has to be `Secure`; plain http will do for one site.
            config.issuer = if site == Site::One {
                format!("http://id.shop.localhost:{port}").parse().unwrap()
            } else {
                let files = format!("{}/tests/it/outside/tls", env!("CARGO_MANIFEST_DIR"));
                config.tls.cert = Some(format!("{files}/certificate.pem").into());
                config.tls.key = Some(format!("{files}/key.pem").into());
                format!("https://id.localhost:{port}").parse().unwrap()
            };
        },
        json!({"users": [person("ines")], "clients": [client]}),
    );
    Sites { idp: Arc::new(idp), app }
}

impl Sites {
    fn request(&self, more: &[(&str, &str)]) -> String {
        authorization_request(&self.idp.issuer, "desk", &self.app, more)
    }

    /// Signs in and comes back to the app; answers with what it is told to watch.
    async fn enter(&self, page: &Page) -> String {
        page.open(&self.request(&[])).await;
        page.fill("#username", "ines").await;
        page.fill("#password", &password_of("ines")).await;
        page.click("#sign-in").await;
        page.arrive(&self.app).await;
        parameter(&page.url().await, "session_state").expect("a session_state")
    }

    /// Asks by a hidden frame with `prompt=none`: how often the frame loaded within a second after it first had, and
    /// where it is.
    async fn renew(&self, page: &Page) -> (u64, String) {
        let body = format!(
            "const done = arguments[arguments.length - 1], frame = document.createElement('iframe');
             let loads = 0;
             const at = () => {{ try {{ return frame.contentWindow.location.href }} catch {{ return 'elsewhere' }} }};
             frame.onload = () => {{ if (loads++ === 0) setTimeout(() => done([loads, at()]), 1000) }};
             frame.hidden = true;
             frame.src = {:?};
             document.body.append(frame);",
            self.request(&[("prompt", "none")])
        );
        let told = page.script_later(&body).await;
        (told[0].as_u64().unwrap(), told[1].as_str().unwrap().to_owned())
    }

    /// What the frame at `/check_session` says to a message; `nothing` where it says nothing within two seconds.
    async fn ask(&self, page: &Page, message: &Value) -> String {
        let body = format!(
            "const done = arguments[arguments.length - 1], provider = {:?};
             let frame = document.querySelector('iframe.watch');
             const told = (word) => {{ removeEventListener('message', hear); clearTimeout(late); done(word) }};
             const hear = ({{ source, origin, data }}) => {{
               if (source === frame.contentWindow) told(origin === provider ? data : `from ${{origin}}`);
             }};
             const late = setTimeout(told, 20000, 'nothing loads');
             addEventListener('message', hear);
             const ask = () => {{
               frame.contentWindow.postMessage({message}, provider);
               setTimeout(told, 2000, 'nothing');
             }};
             if (frame) ask();
             else {{
               frame = document.createElement('iframe');
               frame.className = 'watch';
               frame.hidden = true;
               frame.src = `${{provider}}/check_session`;
               frame.onload = ask;
               document.body.append(frame);
             }}",
            self.idp.issuer
        );
        page.script_later(&body).await.as_str().unwrap().to_owned()
    }
}

fn parameter(address: &str, name: &str) -> Option<String> {
    let url = Url::parse(address).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[test]
fn on_one_site_a_frame_renews_whatever_is_blocked() {
    let sites = sites(Site::One, Switch::Off);
    story(Profile::Desk, move |page| async move {
        sites.enter(&page).await;
        let (loads, at) = sites.renew(&page).await;
        assert!(loads == 1 && parameter(&at, "code").is_some(), "{loads} {at}");
    });
}

#[test]
fn across_sites_with_cookies_allowed_it_takes_the_cookie_silent() {
    for (silent, renews) in [(Switch::On, true), (Switch::Off, false)] {
        let sites = sites(Site::Two, silent);
        story(Profile::AllowingFrames, move |page| async move {
            sites.enter(&page).await;
            let (loads, at) = sites.renew(&page).await;
            assert_eq!((loads, parameter(&at, "code").is_some()), (1, renews), "{at}");
            assert_eq!(parameter(&at, "error").as_deref(), (!renews).then_some("login_required"), "{at}");
        });
    }
}

#[test]
fn across_sites_with_cookies_blocked_the_answer_is_login_required_once() {
    let sites = sites(Site::Two, Switch::On);
    story(Profile::BlockingFrames, move |page| async move {
        sites.enter(&page).await;
        for _ in 0..2 {
            let (loads, at) = sites.renew(&page).await;
            assert_eq!((loads, parameter(&at, "error").as_deref()), (1, Some("login_required")), "{at}");
            assert_eq!(parameter(&at, "session_state"), None);
        }
        // A navigation of the whole window still is answered.
        page.open(&sites.request(&[("prompt", "none")])).await;
        page.arrive(&sites.app).await;
        assert!(parameter(&page.url().await, "code").is_some(), "{}", page.url().await);
    });
}

#[test]
fn the_frame_tells_of_a_sign_out_in_another_tab() {
    for (site, profile) in [(Site::One, Profile::BlockingFrames), (Site::Two, Profile::AllowingFrames)] {
        let sites = sites(site, Switch::On);
        story(profile, move |page| async move {
            let state = sites.enter(&page).await;
            let question = json!(format!("desk {state}"));
            assert_eq!(sites.ask(&page, &question).await, "unchanged");
            // A silent renewal gives another one, and both are good.
            let (_, at) = sites.renew(&page).await;
            let renewed = parameter(&at, "session_state").unwrap();
            assert_ne!(renewed, state);
            assert_eq!(sites.ask(&page, &json!(format!("desk {renewed}"))).await, "unchanged");
            assert_eq!(sites.ask(&page, &question).await, "unchanged");

            let first = page.client.window().await.unwrap();
            let second = page.client.new_window(true).await.unwrap().handle;
            page.client.switch_to_window(second).await.unwrap();
            page.open(&sites.idp.at("/account")).await;
            page.click("header #sign-out").await;
            page.until("location.pathname === '/signed-out'").await;
            page.client.switch_to_window(first).await.unwrap();
            assert_eq!(sites.ask(&page, &question).await, "changed");
            let (loads, at) = sites.renew(&page).await;
            assert_eq!((loads, parameter(&at, "error").as_deref()), (1, Some("login_required")), "{at}");
        });
    }
}

#[test]
fn the_frame_answers_questions_alone_and_no_other_origin() {
    let sites = sites(Site::Two, Switch::Off);
    story(Profile::AllowingFrames, move |page| async move {
        let state = sites.enter(&page).await;
        let (hash, salt) = state.split_once('.').unwrap();
        for malformed in [
            "".to_owned(),
            "desk".to_owned(),
            "desk ".to_owned(),
            format!(" {state}"),
            format!("desk  {state}"),
            format!("desk {state} "),
            format!("desk {state} x"),
            format!("desk\n{state}"),
            format!("desk {hash}"),
            format!("desk {hash}."),
            format!("desk .{salt}"),
            format!("desk {hash} {salt}"),
            format!("desk {}.{salt}", hash.to_uppercase()),
            format!("d\u{e9}sk {state}"),
            format!("{} {state}", "d".repeat(2_000)),
        ] {
            assert_eq!(sites.ask(&page, &json!(malformed)).await, "error", "{malformed:?}");
        }
        for other in
            [format!("other {state}"), format!("desk {}.{salt}", "0".repeat(64)), format!("desk {hash}.{salt}x")]
        {
            assert_eq!(sites.ask(&page, &json!(other)).await, "changed", "{other:?}");
        }
        for none in
            [json!(null), json!(5), json!({"question": format!("desk {state}")}), json!([format!("desk {state}")])]
        {
            assert_eq!(sites.ask(&page, &none).await, "nothing", "{none}");
        }
        assert_eq!(sites.ask(&page, &json!(format!("desk {state}"))).await, "unchanged");

        // Somebody else's page that got hold of it learns nothing: the origin is part of the hash.
        page.open(&sites.app.replace("app.", "evil.")).await;
        assert_eq!(sites.ask(&page, &json!(format!("desk {state}"))).await, "changed");
        // Nor does it learn whether anybody is signed in: what it makes up is `changed`, signed in or not.
        let guess = "const text = new TextEncoder().encode(`desk ${location.origin}  s`);
            crypto.subtle.digest('SHA-256', text).then((bytes) => arguments[arguments.length - 1](
              Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')));";
        let guess = page.script_later(guess).await;
        let guess = json!(format!("desk {}.s", guess.as_str().unwrap()));
        assert_eq!(sites.ask(&page, &guess).await, "changed");
        page.open(&sites.idp.at("/account")).await;
        page.click("header #sign-out").await;
        page.until("location.pathname === '/signed-out'").await;
        page.open(&sites.app.replace("app.", "evil.")).await;
        assert_eq!(sites.ask(&page, &guess).await, "changed");
    });
}

#[test]
fn a_frame_that_is_kept_from_its_cookies_says_so_and_signs_nobody_out() {
    let sites = sites(Site::Two, Switch::On);
    story(Profile::BlockingFrames, move |page| async move {
        let state = sites.enter(&page).await;
        assert_eq!(sites.ask(&page, &json!(format!("desk {state}"))).await, "error");
    });
}
