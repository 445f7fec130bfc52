//! The logo of an app: fetched by the provider, and shown from its own address.

use crate::harness::{Answer, Browser, Giving, Idp, LogoServer};
use crate::stories::picture::plain;
use crate::stories::registration::{Registered, open};
use abide::model::cookies::Switch;
use abide::model::id::ClientId;
use abide::model::logo::Logo;
use abide::model::record::{Change, Kind};
use actix_web::http::Method;
use image::ImageFormat;
use serde_json::json;

/// A provider whose administrator lets it reach servers on this machine.
pub async fn house() -> Idp {
    Idp::with(|config| config.outbound.allow = ["http://localhost:*".parse().unwrap()].into_iter().collect()).await
}

/// The app "shop", with its logo there.
pub async fn import(idp: &Idp, logo: &str) {
    let app = idp.app("shop");
    idp.import(json!({"clients": [{"client_id": "shop", "client_name": "Shop", "client_secret": app.secret(),
        "redirect_uris": [app.redirect_uri()], "logo_uri": logo}]}))
        .await;
}

/// A logo of one colour.
pub fn red() -> Giving {
    Giving::File("image/png", plain([200, 30, 30], ImageFormat::Png))
}

fn blue() -> Giving {
    Giving::File("image/webp", plain([30, 30, 200], ImageFormat::WebP))
}

/// What the page that signs in shows of the shop: the path of a logo, or its initial.
pub async fn shown(idp: &Idp) -> Result<String, String> {
    let page = idp.browser().authorize(&idp.app("shop"), &[]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    mark(&page)
}

/// What a page shows of its app.
pub fn mark(page: &Answer) -> Result<String, String> {
    match page.attribute("main img.mark", "src") {
        Some(path) => {
            assert_eq!(page.attribute("main img.mark", "alt").as_deref(), Some(""), "the name stands beside it");
            assert!(page.text("main span.mark").is_none());
            Ok(path)
        }
        None => Err(page.text("main span.mark").expect("an initial")),
    }
}

/// What is kept of the shop's logo.
pub async fn kept(idp: &Idp) -> Option<Logo> {
    idp.flows().store.read::<Logo>("logo:shop").await.unwrap()
}

fn initial() -> Result<String, String> {
    Err("S".to_owned())
}

/// Appointments of the sweep with logos, from now to the end of all days.
async fn appointments(idp: &Idp) -> usize {
    let due = idp.flows().store.due(idp.now() + std::time::Duration::from_secs(1 << 32), 10_000).await.unwrap();
    due.iter().filter(|due| due.kind == Kind::Picture).count()
}

#[actix_web::test]
async fn an_app_that_has_one_is_shown_with_it() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    assert_eq!(shown(&idp).await, initial(), "nobody waits for it");
    assert!(server.asked().is_empty(), "and no page has it fetched");
    idp.deliver().await;
    let path = shown(&idp).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    let told = asked[0].to_lowercase();
    assert!(told.starts_with("/logo.png\n"), "{told}");
    assert!(["cookie", "referer", "origin", "forwarded"].iter().all(|name| !told.contains(name)), "{told}");
    // It is drawn anew, served to anybody without a cookie, and kept by browsers for good.
    let file = idp.browser().get(&path).await;
    assert_eq!(file.status, 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "same-origin"),
        ("set-cookie", ""),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    // Every page that names the app.
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("shop"), &[("scope", "openid profile")]).await;
    let page = browser.sign_in(&page).await;
    let page = browser.get(page.location()).await;
    assert_eq!((mark(&page), page.text("#allow").is_some()), (Ok(path.clone()), true), "{}", page.body);
    assert!(page.header("content-security-policy").contains("img-src 'self'"));
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let page = browser.get("/account").await;
    for place in [".app img.mark.tiny", ".line > img.mark.small"] {
        assert_eq!(page.attribute(place, "src"), Some(path.clone()), "{place}");
    }
    let page = browser.get("/end_session").await;
    assert_eq!(page.attribute(".names img.mark", "src"), Some(path.clone()));
    assert!(!page.body.contains("localhost"), "no page leads a browser there");
}

#[actix_web::test]
async fn a_sign_in_writes_nothing_and_fetches_nothing() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let before = idp.contents().await;
    for _ in 0..20 {
        shown(&idp).await.unwrap();
    }
    assert_eq!(idp.contents().await, before);
    idp.pass("23h");
    idp.deliver().await;
    assert_eq!(server.asked().len(), 1);
}

#[actix_web::test]
async fn another_logo_is_shown_a_day_later_and_at_once_where_its_address_is_another() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let first = shown(&idp).await.unwrap();
    server.turn(blue());
    idp.pass("24h");
    idp.deliver().await;
    let second = shown(&idp).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(idp.browser().get(&first).await.status, 404);
    assert_eq!(idp.browser().get(&second).await.status, 200);
    // The administrator says where another one is: the one before is not shown from here on.
    server.turn(red());
    import(&idp, &server.uri("logo.png?v=2")).await;
    assert_eq!(shown(&idp).await, initial());
    assert_eq!(idp.browser().get(&second).await.status, 404);
    idp.deliver().await;
    assert_eq!(shown(&idp).await, Ok(first), "what is the same has the same address");
    // However often: of one app there is one appointment.
    for version in 3..9 {
        import(&idp, &server.uri(&format!("logo.png?v={version}"))).await;
        idp.deliver().await;
    }
    assert_eq!((server.asked().len(), appointments(&idp).await), (9, 1));
    // None any more.
    let app = idp.app("shop");
    idp.import(json!({"clients": [{"client_id": "shop", "client_name": "Shop", "client_secret": app.secret(),
        "redirect_uris": [app.redirect_uri()]}]}))
        .await;
    assert_eq!(shown(&idp).await, initial());
    idp.deliver().await;
    assert_eq!(kept(&idp).await, None);
    idp.pass("30d");
    idp.deliver().await;
    assert_eq!((server.asked().len(), appointments(&idp).await), (9, 0));
}

#[actix_web::test]
async fn while_the_server_is_gone_the_old_one_stays_for_a_week() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let path = shown(&idp).await.unwrap();
    server.turn(Giving::Status(503, Vec::new()));
    for _ in 0..7 {
        idp.pass("1d");
        idp.deliver().await;
        assert_eq!(shown(&idp).await, Ok(path.clone()));
    }
    idp.pass("2d");
    idp.deliver().await;
    assert_eq!(shown(&idp).await, initial());
    assert_eq!(idp.browser().get(&path).await.status, 404, "nothing is left that could be shown");
    assert_eq!(appointments(&idp).await, 1);
    server.turn(red());
    idp.pass("1d");
    idp.deliver().await;
    assert_eq!(shown(&idp).await, Ok(path));
}

#[actix_web::test]
async fn an_app_that_registered_itself_has_its_initial_until_an_administrator_takes_it_over() {
    let server = LogoServer::start(red());
    let idp = Idp::with(|config| {
        open(config);
        config.outbound.allow = ["http://localhost:*".parse().unwrap()].into_iter().collect();
    })
    .await;
    let app = Registered::new(&idp, json!({"client_name": "Harbour Bank", "logo_uri": server.uri("bank.png")})).await;
    idp.deliver().await;
    let mut browser = idp.browser();
    let page = browser.get(&request(&app)).await;
    assert_eq!(mark(&page), Err("H".to_owned()), "a stranger's word makes nobody's page");
    let page = browser.sign_in(&page).await;
    let page = browser.get(page.location()).await;
    assert_eq!((mark(&page), page.text("#allow").is_some()), (Err("H".to_owned()), true));
    idp.pass("30d");
    idp.deliver().await;
    assert!(server.asked().is_empty(), "nobody is asked on a stranger's word");
    idp.import(json!({"clients": [{"client_id": app.text("client_id"), "client_name": "Harbour Bank",
        "client_secret": app.text("client_secret"), "redirect_uris": [crate::stories::registration::CALLBACK],
        "logo_uri": server.uri("bank.png")}]}))
        .await;
    idp.deliver().await;
    assert!(mark(&idp.browser().get(&request(&app)).await).is_ok());
}

fn request(app: &Registered) -> String {
    let challenge = crate::harness::CHALLENGE;
    format!(
        "/authorize?client_id={}&redirect_uri=https%3A%2F%2Fplaza.example%2Fcb&response_type=code&scope=openid&state=s\
         &code_challenge={challenge}&code_challenge_method=S256",
        app.text("client_id")
    )
}

#[actix_web::test]
async fn in_a_run_of_the_conformance_suite_a_stranger_has_one_and_it_goes_with_the_registration() {
    let idp = Idp::with(|config| {
        open(config);
        config.registration.certification = Switch::On;
    })
    .await;
    let app = Registered::new(&idp, json!({"logo_uri": "https://plaza.example/logo.png"})).await;
    // Its server is on the public Internet, where a test asks nobody: as if it had answered.
    let (id, uri) = (ClientId::new(app.text("client_id")), "https://plaza.example/logo.png");
    let file = plain([1, 2, 3], ImageFormat::Png);
    let (of, now) = (id.clone(), idp.now());
    let rule = move |before| {
        let file = abide::model::picture::Drawn::new(&file);
        let shown = abide::model::logo::Shown { name: "as-it-were".into(), file };
        Logo::tried(before, (&of, uri), Some(shown), now).telling(())
    };
    idp.flows().store.change::<Logo, _, _>(&Logo::key_of(&id), rule).await.unwrap().outcome().unwrap();
    assert_eq!(mark(&idp.browser().get(&request(&app)).await), Ok("/logo/as-it-were".to_owned()));
    assert_eq!(idp.browser().get("/logo/as-it-were").await.status, 200);
    assert_eq!(app.manage(Method::DELETE, None).await.status, 204);
    assert_eq!(idp.browser().get("/logo/as-it-were").await.status, 404, "at once");
    idp.deliver().await;
    assert_eq!(idp.flows().store.read::<Logo>(&Logo::key_of(&id)).await.unwrap(), None);
    idp.pass("2d");
    idp.deliver().await;
    assert_eq!(appointments(&idp).await, 0);
}

#[actix_web::test]
async fn apps_of_before_are_looked_for_when_a_server_starts() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    // Nobody appointed anything.
    for due in idp.flows().store.due(idp.now(), 100).await.unwrap() {
        let strike = move |_: Option<Logo>| {
            let mut change = Change::keep(());
            change.looked_at.push(due.clone());
            change
        };
        idp.flows().store.change::<Logo, _, _>("logo:shop", strike).await.unwrap().outcome().unwrap();
    }
    idp.deliver().await;
    assert_eq!((shown(&idp).await, server.asked().len()), (initial(), 0));
    idp.flows().appoint_logos(idp.now()).await.unwrap();
    idp.deliver().await;
    assert!(shown(&idp).await.is_ok());
    let before = idp.contents().await;
    idp.flows().appoint_logos(idp.now()).await.unwrap();
    assert_eq!(idp.contents().await, before, "once");
}

#[actix_web::test]
async fn two_that_fetch_at_once_harm_nobody() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    let mut first = idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!(first.logos.len(), 1);
    assert!(idp.flows().sweep(idp.now()).await.unwrap().logos.is_empty(), "it is claimed");
    // Whoever claimed it was thought to be gone.
    idp.pass("5m");
    let mut second = idp.flows().sweep(idp.now()).await.unwrap();
    let both = [first.logos.remove(0), second.logos.remove(0)];
    for done in futures_util::future::join_all(both.map(|logo| idp.flows().fetch_logo(logo, idp.now()))).await {
        done.unwrap();
    }
    assert!(shown(&idp).await.is_ok());
    assert_eq!((server.asked().len(), appointments(&idp).await), (2, 1));
    // One that was fetched for an app that names another address by now is not kept.
    idp.pass("1d");
    let mut late = idp.flows().sweep(idp.now()).await.unwrap();
    import(&idp, &server.uri("other.png")).await;
    idp.flows().fetch_logo(late.logos.remove(0), idp.now()).await.unwrap();
    assert_eq!(shown(&idp).await, initial());
    idp.deliver().await;
    assert!(shown(&idp).await.is_ok());
    assert_eq!(appointments(&idp).await, 1);
}

#[actix_web::test]
async fn a_device_is_asked_about_with_the_logo_of_its_app() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    idp.import(
        json!({"clients": [{"client_id": "spa-tv", "token_endpoint_auth_method": "none", "client_name": "Evening TV",
        "application_type": "native", "redirect_uris": [], "response_types": [], "logo_uri": server.uri("tv.png"),
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "scope": "openid profile"}]}),
    )
    .await;
    idp.deliver().await;
    let asked = actix_web::test::TestRequest::post().uri("/device_authorization");
    let codes = idp.call(asked.set_form([("client_id", "spa-tv"), ("scope", "openid")])).await.json();
    let mut browser: Browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let page = browser.get("/device").await;
    let page = browser.submit(&page, "/device", &[("user_code", codes["user_code"].as_str().unwrap())]).await;
    assert!(mark(&page).unwrap().starts_with("/logo/"));
}

#[actix_web::test]
async fn two_apps_can_have_the_same_logo() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    let app = idp.app("second");
    idp.import(json!({"clients": [{"client_id": "second", "client_secret": app.secret(),
        "redirect_uris": [app.redirect_uri()], "logo_uri": server.uri("another.png")}]}))
        .await;
    idp.deliver().await;
    let path = shown(&idp).await.unwrap();
    assert_eq!(mark(&idp.browser().authorize(&app, &[]).await), Ok(path.clone()));
    // One of them shows another one; the address is the other's.
    import(&idp, &server.uri("gone")).await;
    assert_eq!(idp.browser().get(&path).await.status, 200);
}

#[actix_web::test]
async fn a_crowd_of_logos_waits_its_turn() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    let app = idp.app("shop");
    let clients = (0..40).map(|place| {
        json!({"client_id": format!("shop-{place}"), "client_secret": app.secret(), "redirect_uris": [app.redirect_uri()],
            "logo_uri": server.uri(&place.to_string())})
    });
    idp.import(json!({"clients": clients.collect::<Vec<_>>()})).await;
    let swept = idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!((swept.count, swept.logos.len()), (40, 32), "the sweep is through, whatever their servers do");
    assert_eq!(idp.flows().sweep(idp.now()).await.unwrap().count, 0);
    for logo in swept.logos {
        idp.flows().fetch_logo(logo, idp.now()).await.unwrap();
    }
    assert_eq!(server.asked().len(), 32);
    idp.pass("1m");
    idp.deliver().await;
    assert_eq!((server.asked().len(), appointments(&idp).await), (40, 40));
}
