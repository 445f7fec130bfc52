//! A person hands in a picture; pages and apps show it.

use crate::harness::{Browser, ISSUER, Idp, USERNAME};
use abide::model::account::{Account, username_name};
use abide::model::picture::Picture;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use std::io::Cursor;

/// A picture of one colour.
pub fn plain(colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(300, 200, Rgb(colour))).write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Somebody who is signed in.
pub async fn signed_in(idp: &Idp) -> Browser {
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in(&page).await;
    browser
}

async fn show(browser: &mut Browser, file: &[u8]) -> String {
    let [csrf, person] = browser.hidden_of("/account/profile", "/account/profile/picture").await;
    let done = browser.upload("/account/profile/picture", [&csrf, &person], file).await;
    assert_eq!(done.location(), "/account/profile?done=picture", "{}", done.body);
    let page = browser.get("/account/profile").await;
    let path = page.attribute("main img.avatar", "src").expect("a picture");
    // The shell shows it, too; the name stands beside it, so that the picture says nothing to those who do not see.
    assert_eq!(page.attribute(".bar img.avatar", "src").as_deref(), Some(path.as_str()));
    assert_eq!(page.attribute(".bar img.avatar", "alt").as_deref(), Some(""));
    path
}

async fn pictures(idp: &Idp) -> usize {
    idp.flows().store.all::<Picture>(None, 100).await.unwrap().items.len()
}

#[actix_web::test]
async fn it_is_shown_here_and_in_apps() {
    let idp = Idp::start().await;
    let asking = idp.app("asking");
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/profile").await;
    assert_eq!(page.text("main span.avatar").as_deref(), Some("M"), "before, the initial");
    let path = show(&mut browser, &plain([200, 30, 30], ImageFormat::Png)).await;
    assert_eq!(browser.get("/account").await.attribute("main img.avatar", "src").as_deref(), Some(path.as_str()));
    let page = browser.authorize(&asking, &[("scope", "openid profile")]).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = asking.redeem(&answer).await;
    let info = asking.userinfo(&tokens.access).await.json();
    assert_eq!(info["picture"], format!("{ISSUER}{path}"));
    assert_eq!(info["updated_at"], idp.now().0);
    assert!(!path.contains(info["sub"].as_str().unwrap()), "it says nothing of whose it is");
    // Anybody is served it, and no cookie comes with it.
    let file = idp.browser().get(&path).await;
    assert_eq!(file.status, 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("set-cookie", ""),
    ] {
        assert_eq!(file.header(name), value, "{name}");
    }
    // Another picture has another address, and the one before is gone at once.
    let next = show(&mut browser, &plain([30, 30, 200], ImageFormat::Jpeg)).await;
    assert_ne!(next, path);
    assert_eq!((browser.get(&path).await.status.as_u16(), browser.get(&next).await.status.as_u16()), (404, 200));
    assert_eq!(pictures(&idp).await, 1);
    // The sweep leaves what is shown.
    idp.pass("2h");
    idp.deliver().await;
    assert_eq!(idp.browser().get(&next).await.status, 200);
}

#[actix_web::test]
async fn it_is_taken_away_again() {
    let idp = Idp::start().await;
    let elsewhere = "https://pictures.example/mira.png";
    idp.import(json!({"users": [{"username": USERNAME, "claims": {"picture": elsewhere}}]})).await;
    let asking = idp.app("asking");
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/profile").await;
    assert!(page.body.contains(elsewhere) && page.attribute("img", "src").is_none(), "told, and not loaded");
    let page = browser.authorize(&asking, &[("scope", "openid profile")]).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let access = asking.redeem(&answer).await.access;
    assert_eq!(asking.userinfo(&access).await.json()["picture"], elsewhere);
    let path = show(&mut browser, &plain([9, 9, 9], ImageFormat::WebP)).await;
    assert_eq!(asking.userinfo(&access).await.json()["picture"], format!("{ISSUER}{path}"));
    let page = browser.get("/account/profile").await;
    let done = browser.submit(&page, "/account/profile/picture/remove", &[]).await;
    assert_eq!(done.location(), "/account/profile?done=picture-removed");
    assert_eq!(browser.get(&path).await.status, 404);
    assert_eq!(pictures(&idp).await, 0);
    assert_eq!(asking.userinfo(&access).await.json()["picture"], elsewhere);
    // Once more changes nothing.
    let before = idp.contents().await;
    browser.submit(&page, "/account/profile/picture/remove", &[]).await;
    assert_eq!(idp.contents().await, before);
}

#[actix_web::test]
async fn it_goes_with_the_person() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let path = show(&mut browser, &plain([9, 200, 9], ImageFormat::Png)).await;
    let page = browser.get("/account/data").await;
    let data = browser.submit(&page, "/account/data/download", &[]).await.json();
    assert_eq!(data["picture"]["media_type"], "image/jpeg");
    let file = STANDARD.decode(data["picture"]["base64"].as_str().unwrap()).unwrap();
    assert_eq!(image::guess_format(&file).unwrap(), ImageFormat::Jpeg);
    // A closed account shows nothing; one that is open again does.
    let change = |enable: bool| {
        let (store, now) = (idp.flows().store.clone(), idp.now());
        async move {
            use abide::model::audit::{Act, Event};
            let account = store.find::<Account>(&username_name(USERNAME)).await.unwrap().unwrap();
            let rule = move |before: Option<Account>| match enable {
                true => before.unwrap().enable(Event::done(Act::AccountEnabled, now)),
                false => before.unwrap().disable(Event::done(Act::AccountDisabled, now)),
            };
            store.change::<Account, _, _>(account.id.as_str(), rule).await.unwrap().outcome().unwrap();
        }
    };
    change(false).await;
    assert_eq!(idp.browser().get(&path).await.status, 404);
    change(true).await;
    assert_eq!(idp.browser().get(&path).await.status, 200);
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/data").await;
    browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    idp.pass("14d");
    idp.deliver().await;
    idp.pass("2h");
    idp.deliver().await;
    assert_eq!(idp.browser().get(&path).await.status, 404);
    assert_eq!(pictures(&idp).await, 0);
}

#[actix_web::test]
async fn what_a_crash_left_behind_is_not_served_and_goes() {
    let idp = Idp::start().await;
    signed_in(&idp).await;
    let account = idp.flows().store.find::<Account>(&username_name(USERNAME)).await.unwrap().unwrap();
    // Stored, and the account was never told.
    let left = Picture::new("left-behind".into(), account.id, idp.now(), b"x");
    let due = idp.now() + std::time::Duration::from_secs(3_600);
    let rule = move |_| abide::model::record::Change::put((), left.clone()).due(due);
    idp.flows().store.change::<Picture, _, _>("left-behind", rule).await.unwrap().outcome().unwrap();
    assert_eq!(idp.browser().get("/picture/left-behind").await.status, 404);
    assert_eq!(pictures(&idp).await, 1);
    idp.pass("61m");
    idp.deliver().await;
    assert_eq!(pictures(&idp).await, 0);
}
