//! Where a device is that somebody is asked about, and codes that are guessed at (RFC 8628, sections 5.1 and 5.4).

use super::devices::{asking, enter, house, text};
use crate::harness::{Browser, Idp};
use abide::model::record::Kind;
use serde_json::Value;

const WARNING: &str = "is in another network than you are";

/// A device at this address asks for its codes.
async fn codes_at(idp: &Idp, address: Option<&str>) -> Value {
    let request = match address {
        Some(address) => asking(&[]).peer_addr(format!("{address}:50000").parse().unwrap()),
        None => asking(&[]),
    };
    idp.call(request).await.json()
}

/// A browser at this address, where somebody is signed in.
async fn browser_at(idp: &Idp, address: &str) -> Browser {
    let mut browser = idp.browser();
    browser.address = format!("{address}:4000");
    browser.enter(&idp.app("social")).await;
    browser
}

/// Is the person warned of this device?
async fn warned(idp: &Idp, (device, person): (Option<&str>, &str)) -> bool {
    let codes = codes_at(idp, device).await;
    let mut browser = browser_at(idp, person).await;
    let page = enter(&mut browser, text(&codes, "user_code")).await;
    assert!(page.status == 200 && page.text("#allow").is_some(), "{} {}", page.status, page.body);
    let shown = device.unwrap_or_default().trim_matches(['[', ']']).trim_start_matches("::ffff:");
    assert!(page.body.contains(shown), "the page says where the device is: {}", page.body);
    let is_warned = page.body.contains(WARNING);
    assert_eq!(page.text(".notice.warning").is_some(), is_warned);
    let told = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(told.text("h1").as_deref(), Some("Your device is connected"), "it is a warning and no refusal");
    is_warned
}

#[actix_web::test]
async fn a_device_in_the_persons_own_network_needs_no_warning() {
    let idp = house().await;
    for pair in [
        (Some("203.0.113.7"), "203.0.113.7"),
        (Some("[2001:db8:1:2::1]"), "[2001:db8:1:2::1]"),
        // One line at home has a whole network of addresses.
        (Some("[2001:db8:1:2::1]"), "[2001:db8:1:ff:aaaa::9]"),
        (Some("[::ffff:203.0.113.7]"), "203.0.113.7"),
    ] {
        assert!(!warned(&idp, pair).await, "{pair:?}");
    }
}

#[actix_web::test]
async fn a_device_in_another_network_is_warned_of() {
    let idp = house().await;
    for pair in [
        (Some("203.0.113.8"), "203.0.113.7"),
        (Some("198.51.100.7"), "203.0.113.7"),
        (Some("[2001:db8:1:100::1]"), "[2001:db8:1:2::1]"),
        (Some("[2001:db8:1:2::1]"), "203.0.113.7"),
        (Some("203.0.113.7"), "[2001:db8:1:2::1]"),
        // Nobody knows where it is.
        (None, "203.0.113.7"),
    ] {
        assert!(warned(&idp, pair).await, "{pair:?}");
    }
}

#[actix_web::test]
async fn nobody_says_by_themselves_which_network_they_are_in() {
    let idp = house().await;
    let mut browser = browser_at(&idp, "203.0.113.7").await;
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"] {
        let claimed = if header == "forwarded" { "for=203.0.113.7" } else { "203.0.113.7" };
        let request = asking(&[]).peer_addr("198.51.100.9:50000".parse().unwrap()).insert_header((header, claimed));
        let codes = idp.call(request).await.json();
        let page = enter(&mut browser, text(&codes, "user_code")).await;
        assert!(page.body.contains(WARNING) && page.body.contains("198.51.100.9"), "{header}: {}", page.body);
    }
}

#[actix_web::test]
async fn user_codes_cannot_be_guessed_at_will() {
    let idp = house().await;
    let codes = codes_at(&idp, Some("198.51.100.9")).await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let mut refused = Vec::new();
    for guess in ["BCDF-GHJK", "", "AEIOU", "WDJB-MJHT", "<script>", "BCDF-GHJL", "BCDF-GHJM"] {
        let page = browser.get("/device").await;
        refused.push(browser.submit(&page, "/device", &[("user_code", guess)]).await.status.as_u16());
    }
    assert_eq!(refused, [422, 422, 422, 422, 422, 429, 429]);
    // Other browsers of that network wait as well, the right code included; and then it is taken.
    let right = enter(&mut idp.browser(), text(&codes, "user_code")).await;
    assert_eq!(right.status, 429, "{}", right.body);
    idp.pass("5m");
    assert_eq!(enter(&mut browser, text(&codes, "user_code")).await.status, 200);
}

#[actix_web::test]
async fn whoever_has_a_code_of_their_own_guesses_no_faster() {
    let idp = house().await;
    let own = codes_at(&idp, Some("198.51.100.9")).await;
    let mut browser = browser_at(&idp, "198.51.100.9").await;
    let mut looked_at = 0;
    for round in 0..10 {
        for guess in ["BCDF-GHJK", "BCDF-GHJL", "BCDF-GHJM", "BCDF-GHJN"] {
            looked_at += usize::from(enter(&mut browser, guess).await.status == 422);
        }
        let right = enter(&mut browser, text(&own, "user_code")).await.status;
        assert_eq!(right.as_u16(), if round == 0 { 200 } else { 429 }, "round {round}");
    }
    assert_eq!(looked_at, 5, "so many guesses are looked at, whatever is entered between them");
}

#[actix_web::test]
async fn guesses_from_many_networks_find_nothing_and_keep_nobody_else_out() {
    const NETWORKS: usize = 120;
    let idp = house().await;
    let waiting = codes_at(&idp, Some("203.0.113.7")).await;
    let mut attacker = browser_at(&idp, "198.51.100.9").await;
    let page = attacker.get("/device").await;
    let fields = page.fields("/device");
    let letters = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut refused = 0;
    for network in 0..NETWORKS {
        attacker.address = format!("[2001:db8:{network:x}::1]:4000");
        for n in 0..6 {
            let mut rest = network * 6 + n;
            let guess: String = (0..8)
                .map(|_| {
                    let letter = letters[rest % 20];
                    rest /= 20;
                    char::from(letter)
                })
                .collect();
            let mut filled: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            filled.retain(|(name, _)| *name != "user_code");
            filled.push(("user_code", &guess));
            let status = attacker.post("/device", &filled).await.status.as_u16();
            assert_eq!(status, if n < 5 { 422 } else { 429 }, "network {network}, guess {n}");
            refused += usize::from(status == 429);
        }
    }
    assert_eq!(refused, NETWORKS, "each network is counted for itself");
    // Neither the person whose device is guessed at nor anybody else waits for that.
    let mut person = browser_at(&idp, "203.0.113.7").await;
    let page = enter(&mut person, text(&waiting, "user_code")).await;
    assert!(page.status == 200 && page.text("#allow").is_some(), "{} {}", page.status, page.body);
    // A day later nothing of it is kept.
    let lanes = async || idp.flows().store.backend().keys(Kind::Throttle, None, 500).await.unwrap().items.len();
    assert!(lanes().await >= NETWORKS);
    idp.pass("25h");
    idp.deliver().await;
    assert_eq!(lanes().await, 0);
}
