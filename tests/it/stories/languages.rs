//! Which language whoever asks is answered in, and how they change it.

use crate::harness::{Answer, Browser, ISSUER, Idp};
use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;
use serde_json::json;

const COOKIE: &str = "abide_language";

/// The language of a page: its `lang`, which the header repeats.
fn language(answer: &Answer) -> String {
    let lang = answer.attribute("html", "lang").unwrap_or_else(|| panic!("no page: {} {}", answer.status, answer.body));
    assert_eq!(answer.header("content-language"), lang);
    assert_eq!(answer.header("vary"), "Accept-Language, Cookie");
    assert_eq!(answer.header("cache-control"), "no-store");
    lang
}

/// A navigation of a browser that prefers these languages.
async fn preferring(browser: &mut Browser, accept: &str, address: &str) -> Answer {
    let address = address.strip_prefix(ISSUER).unwrap_or(address);
    browser.send(TestRequest::get().uri(address).insert_header(("accept-language", accept))).await
}

/// The choice in the footer of `page`, which was at `address`.
async fn choose(browser: &mut Browser, language: &str, (page, address): (&Answer, &str)) -> Answer {
    let mut fields = page.fields("/language");
    fields.insert("language".to_owned(), language.to_owned());
    let request = TestRequest::post().uri("/language").insert_header(("origin", ISSUER)).set_form(fields);
    let referer = format!("{ISSUER}{address}");
    browser.send(request.insert_header(("referer", referer))).await
}

#[actix_web::test]
async fn the_browser_says_what_it_prefers() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let cases = [
        ("de", "de", "Anmelden"),
        ("de-AT,de;q=0.9,en;q=0.8", "de", "Anmelden"),
        ("es-ES,es;q=0.9,fr-CA;q=0.8,en;q=0.7", "fr", "Se connecter"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans", "登录"),
        ("zh-TW,zh-Hant;q=0.9", "en", "Sign in"),
        ("zh-TW,zh-Hant;q=0.9,de;q=0.1", "de", "Anmelden"),
        ("en;q=0.1,fr;q=0.2", "fr", "Se connecter"),
        ("fr;q=0", "en", "Sign in"),
        ("*", "en", "Sign in"),
    ];
    for (accept, expected, button) in cases {
        let page = preferring(&mut idp.browser(), accept, &social.request(&[])).await;
        assert_eq!((page.status.as_u16(), language(&page).as_str()), (200, expected), "{accept}");
        assert_eq!(page.text("#sign-in").as_deref(), Some(button), "{accept}");
    }
}

#[actix_web::test]
async fn what_no_browser_sends_is_answered_in_english() {
    let idp = Idp::start().await;
    let request = idp.app("social").request(&[]);
    let path = request.strip_prefix(ISSUER).unwrap_or(&request);
    let long = format!("de{}", ",fr;q=0.5".repeat(1_200));
    let cases: [&[u8]; 11] = [
        b"",
        b"de;q=NaN",
        b"de;q=inf",
        b"de;q=-0",
        b"de;q=99999999999999999999",
        b"de\xff",
        b"d\te",
        b"de_\xe4\xb8\xad",
        b"../de",
        b"<script>",
        long.as_bytes(),
    ];
    for value in cases {
        let value = HeaderValue::from_bytes(value).unwrap();
        let answer = idp.call(TestRequest::get().uri(path).insert_header(("accept-language", value.clone()))).await;
        assert_eq!((answer.status.as_u16(), language(&answer).as_str()), (200, "en"), "{value:?}");
    }
}

#[actix_web::test]
async fn what_the_app_asks_for_beats_the_browser_and_lasts() {
    let idp = Idp::start().await;
    let (asking, mut browser) = (idp.app("asking"), idp.browser());
    let page = preferring(&mut browser, "fr", &asking.request(&[("ui_locales", "es de-CH en")])).await;
    assert_eq!(language(&page), "de");
    let refused = browser.sign_in_as(&page, "mira", "not what it is").await;
    assert_eq!((refused.status.as_u16(), language(&refused).as_str()), (422, "de"));
    assert!(refused.text("[role=alert]").unwrap().starts_with("Benutzername oder Passwort"));
    // From here on it waits in the store.
    let waiting = browser.sign_in(&refused).await;
    let consent = browser.get(waiting.location()).await;
    assert_eq!(language(&consent), "de");
    assert_eq!(consent.text("#allow").as_deref(), Some("Erlauben"));
    // It was the wish of that request, and of no other.
    assert_eq!(language(&browser.get("/account").await), "en");
    assert_eq!(language(&preferring(&mut browser, "fr", "/account").await), "fr");
}

#[actix_web::test]
async fn the_form_of_an_earlier_tab_comes_back_in_its_language() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[("ui_locales", "fr")]).await;
    browser.forget("__Host-abide_browser");
    browser.authorize(&social, &[]).await;
    let again = browser.sign_in(&page).await;
    assert_eq!((again.status.as_u16(), language(&again).as_str()), (422, "fr"));
}

#[actix_web::test]
async fn any_ui_locales_is_a_wish_and_no_error() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let (tag, tags) = ("d".repeat(10_000), "es ".repeat(3_000) + "de");
    for locales in ["es", "-", "*", "<de>", "\u{202e}de", tag.as_str(), tags.as_str()] {
        let page = idp.browser().authorize(&social, &[("ui_locales", locales)]).await;
        assert_eq!((page.status.as_u16(), language(&page).as_str()), (200, "en"), "{locales:.20}");
        // What travels inside the form is bounded, whatever was asked for.
        assert!(page.fields("/sign-in")["interaction"].len() < 3_000, "{locales:.20}");
    }
    let silent = idp.browser().authorize(&social, &[("ui_locales", "de"), ("prompt", "none")]).await;
    assert_eq!(silent.error(), "login_required");
}

async fn somebody(idp: &Idp, locale: &str) -> Browser {
    let claims = json!({"name": "Lena", "locale": locale});
    idp.import(json!({"users": [{"username": "lena", "password": "lanterns on the harbour", "claims": claims}]})).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    assert_eq!(language(&page), "en", "nobody knows yet whose account it will be");
    let answer = browser.sign_in_as(&page, "lena", "lanterns on the harbour").await;
    assert!(answer.status.is_redirection(), "{}", answer.body);
    browser
}

#[actix_web::test]
async fn what_the_account_says_beats_app_and_browser_while_it_is_signed_in() {
    let idp = Idp::start().await;
    let mut browser = somebody(&idp, "de_AT").await;
    for path in ["/account", "/account/security", "/end_session"] {
        assert_eq!(language(&preferring(&mut browser, "fr", path).await), "de", "{path}");
    }
    let asks = idp.app("asking").request(&[("ui_locales", "fr"), ("prompt", "consent")]);
    assert_eq!(language(&browser.get(&asks).await), "de");
    let page = browser.get("/end_session").await;
    let farewell = browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    assert_eq!(language(&preferring(&mut browser, "fr", farewell.location()).await), "de", "it goes on as it was");
    // The language of whoever was signed in is no secret that a signed-out browser keeps.
    assert_eq!(language(&browser.get("/account").await), "en");
}

#[actix_web::test]
async fn a_sign_out_that_an_app_asked_for_speaks_as_the_app_asks() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    browser.enter(&social).await;
    let page = preferring(&mut browser, "de", "/end_session?client_id=social&ui_locales=zh-CN").await;
    assert_eq!(language(&page), "zh-Hans");
    let stayed = browser.submit(&page, "/end_session/confirm", &[("choice", "stay")]).await;
    assert_eq!((stayed.status.as_u16(), language(&stayed).as_str()), (200, "zh-Hans"));
    let farewell = browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    assert_eq!(language(&browser.get(farewell.location()).await), "zh-Hans");
}

#[actix_web::test]
async fn an_account_with_a_language_we_do_not_speak_leaves_it_to_the_others() {
    let idp = Idp::start().await;
    let mut browser = somebody(&idp, "pt-BR").await;
    assert_eq!(language(&preferring(&mut browser, "fr", "/account").await), "fr");
}

#[actix_web::test]
async fn what_the_person_chose_beats_everything() {
    let idp = Idp::start().await;
    let mut browser = somebody(&idp, "de").await;
    let page = browser.get("/account").await;
    let chosen = choose(&mut browser, "zh-Hans", (&page, "/account")).await;
    assert_eq!((chosen.status.as_u16(), chosen.location()), (303, "/account"));
    assert_eq!(browser.cookie(COOKIE), Some("zh-Hans"));
    let asks = idp.app("asking").request(&[("ui_locales", "fr"), ("prompt", "consent")]);
    for path in ["/account", &asks, "/nowhere"] {
        assert_eq!(language(&preferring(&mut browser, "fr", path).await), "zh-Hans", "{path}");
    }
    // Chosen for good, and not only until the browser is closed.
    let mut browser = browser.reopened();
    idp.pass("399d");
    assert_eq!(language(&browser.get("/account").await), "zh-Hans");
}

#[actix_web::test]
async fn whoever_chooses_comes_back_to_the_page_they_were_on() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut browser = idp.browser();
    let address = social.request(&[("ui_locales", "de")]);
    let address = address.strip_prefix(ISSUER).unwrap_or(&address);
    let page = browser.get(address).await;
    assert_eq!(choose(&mut browser, "fr", (&page, address)).await.location(), address);
    assert_eq!(language(&browser.get(address).await), "fr");
    // A page that answered a form cannot be asked for again; what it was about can.
    let refused = browser.sign_in_as(&page, "mira", "not what it is").await;
    let back = choose(&mut browser, "de", (&refused, "/sign-in")).await;
    assert!(back.location().starts_with("/interaction/s."), "{}", back.location());
    let page = browser.get(back.location()).await;
    assert_eq!((page.status.as_u16(), language(&page).as_str()), (200, "de"));
    social.redeem(&browser.sign_in(&page).await).await;
    let error = browser.get("/authorize?client_id=nobody").await;
    assert_eq!(
        choose(&mut browser, "en", (&error, "/authorize?client_id=nobody")).await.location(),
        "/authorize?client_id=nobody"
    );
    // Without `Referer`, and with nothing to go on.
    let request = TestRequest::post().uri("/language").insert_header(("origin", ISSUER)).set_form([("language", "de")]);
    assert_eq!(browser.send(request).await.location(), "/account");
}

#[actix_web::test]
async fn the_way_back_leads_nowhere_else() {
    let idp = Idp::start().await;
    let referers = [
        "https://evil.example/account",
        "https://id.example.com.evil.example/account",
        "https://id.example.com@evil.example/account",
        "https://id.example.com//evil.example/account",
        "https://id.example.com/\\evil.example",
        "https://id.example.com/sign-in",
        "https://id.example.com/account/nowhere",
        "http://id.example.com/account/security",
        "//id.example.com/account/security",
        "javascript:alert(1)",
        "not an address",
    ];
    let handles =
        ["//evil.example", "..//evil.example/", "x\r\nLocation: https://evil.example", "s.%2f", &"s".repeat(30_000)];
    for referer in referers {
        for handle in handles {
            let form = [("language", "de"), ("interaction", handle)];
            let request = TestRequest::post().uri("/language").insert_header(("origin", ISSUER)).set_form(form);
            let answer = idp.call(request.insert_header(("referer", referer))).await;
            assert_eq!(answer.location(), "/account", "{referer} {handle:.20}");
        }
    }
}

#[actix_web::test]
async fn nobody_else_chooses_for_a_person() {
    let idp = Idp::start().await;
    let foreign: [&[(&str, &str)]; 5] = [
        &[],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ];
    for headers in foreign {
        let mut request = TestRequest::post().uri("/language").set_form([("language", "de")]);
        for header in headers {
            request = request.insert_header(*header);
        }
        let answer = idp.call(request).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(!answer.headers.contains_key("set-cookie"), "{headers:?}");
    }
    for wrong in ["", "es", "zh-Hant", "de;x", "<script>", "DE\u{0}", &"d".repeat(10_000)] {
        let request = TestRequest::post().uri("/language").insert_header(("origin", ISSUER));
        let answer = idp.call(request.set_form([("language", wrong)])).await;
        assert_eq!(answer.status, 403, "{wrong:.20}");
        assert!(!answer.headers.contains_key("set-cookie"), "{wrong:.20}");
    }
}

#[actix_web::test]
async fn a_planted_cookie_is_a_language_or_nothing() {
    let idp = Idp::start().await;
    for cookie in
        ["abide_language=es", "abide_language=", "abide_language=de; abide_language=fr", "abide_language=\"de\""]
    {
        let answer = idp.call(TestRequest::get().uri("/nowhere").insert_header(("cookie", cookie))).await;
        assert_eq!(language(&answer), "en", "{cookie}");
    }
}

#[actix_web::test]
async fn error_pages_speak_the_language_too() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let unbound = social.request(&[("redirect_uri", "https://evil.example"), ("ui_locales", "fr")]);
    let long = format!("/authorize?{}", "a=1&".repeat(70));
    let cases = [
        (unbound.as_str(), "de", 400, "fr"),
        ("/authorize?client_id=nobody", "de", 400, "de"),
        ("/nowhere", "zh-CN", 404, "zh-Hans"),
        ("/interaction/k.x", "de", 400, "de"),
        ("/signed-out?r=nonsense", "fr", 400, "fr"),
        ("/setup", "de", 410, "de"),
        (&long, "de", 400, "de"),
    ];
    for (path, accept, status, expected) in cases {
        let answer = preferring(&mut browser, accept, path).await;
        assert_eq!((answer.status.as_u16(), language(&answer).as_str()), (status, expected), "{path:.60}");
    }
    let foreign = TestRequest::post().uri("/sign-in").insert_header(("accept-language", "de"));
    let answer = browser.send(foreign.set_form([("username", "mira")])).await;
    assert_eq!((answer.status.as_u16(), language(&answer).as_str()), (403, "de"));
    assert_eq!(answer.text("h1").as_deref(), Some("Dieses Formular gilt nicht mehr"));
}

#[actix_web::test]
async fn what_is_no_page_has_no_language() {
    let idp = Idp::start().await;
    for path in ["/jwks", "/token", "/userinfo", "/static/abide.css", "/health/live", "/account/sign-out"] {
        let answer = preferring(&mut idp.browser(), "de", path).await;
        assert_eq!(answer.header("content-language"), "", "{path}");
    }
}

#[actix_web::test]
async fn discovery_tells_the_languages() {
    let metadata = Idp::start().await.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["ui_locales_supported"], json!(["en", "de", "fr", "zh-Hans"]));
}
