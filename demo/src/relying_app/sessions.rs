//! The two sessions side by side: the app's own, and the one at the identity provider.

use abide_rp::{Instant, SignedIn};
use serde_json::Value;

use super::Shop;
use super::home::Moment;

/// One session on the page.
pub(super) struct SessionCard {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) purpose: String,
    pub(super) standing: String,
    pub(super) ends: [End; 2],
}

/// One of its two limits; none is never.
pub(super) struct End {
    pub(super) member: &'static str,
    pub(super) name: &'static str,
    pub(super) moment: Option<Moment>,
}

/// Both, as they stand at `now`. The provider is asked for its own word.
pub(super) async fn both(shop: &Shop, person: &SignedIn, now: Instant) -> [SessionCard; 2] {
    let deadlines = person.deadlines();
    let own = SessionCard {
        id: "application-session",
        title: format!("Your {} session", shop.brand.name),
        purpose: shop.brand.patience.to_owned(),
        standing: person.standing().word().to_owned(),
        ends: ends(deadlines.idle_end, deadlines.absolute_end, now),
    };
    let status = person.provider_status().await.unwrap_or_default();
    let instant = |name: &str| status.get(name).and_then(Value::as_i64);
    let provider = SessionCard {
        id: "sso-session",
        title: "Your session at Abide".to_owned(),
        purpose: "Kept by the identity provider for all apps together.".to_owned(),
        standing: status.get("standing").and_then(Value::as_str).unwrap_or("unknown").to_owned(),
        ends: ends(instant("idle_end"), instant("absolute_end"), now),
    };
    [own, provider]
}

fn ends(idle: Option<Instant>, absolute: Option<Instant>, now: Instant) -> [End; 2] {
    let end = |member, name, at: Option<Instant>| End { member, name, moment: at.map(|at| Moment::new(at, now)) };
    [end("idle_end", "Without you", idle), end("absolute_end", "At the latest", absolute)]
}
