//! Registrations, as the suite looks at them.

use super::stage::as_for_the_suite;
use super::{Party, Registration, Stage, party};
use crate::harness::site::{Book, Site, reach};
use crate::harness::{Answer, ISSUER, Idp};
use crate::stories::registration::ask;
use abide::outside::http::LIMITS;
use actix_web::http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// Registers the app of the stage, and looks at what it is told. What is sent comes back unless it was changed.
pub async fn registered(stage: &mut Stage, change: Value) -> Party {
    let party = Party::register(stage, change.clone()).await;
    if stage.variant.registration == Registration::Static {
        return party;
    }
    let told = &party.told;
    for member in ["client_id", "registration_access_token", "registration_client_uri"] {
        stage.must(told[member].as_str().is_some_and(|text| !text.is_empty()), format!("no {member}: {told}"));
    }
    let at = told["registration_client_uri"].as_str().unwrap_or_default();
    stage.must(at.starts_with(&format!("{ISSUER}/")), format!("the registration is at {at}"));
    stage.must(told["error"].is_null(), format!("an error: {told}"));
    let with_secret = told["client_secret"].is_string();
    stage.must(!with_secret || told["client_secret_expires_at"].is_i64(), "nobody knows how long the secret is good");
    for (member, value) in change.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        stage.must(&told[member] == value, format!("{member} is {} and not {value}", told[member]));
    }
    party
}

/// The app is done, and takes its registration back.
pub async fn unregister(stage: &mut Stage, party: &Party) {
    if stage.variant.registration == Registration::Static {
        return;
    }
    let path = party.told["registration_client_uri"].as_str().unwrap_or_default();
    let token = party.told["registration_access_token"].as_str();
    let answer = ask(&stage.idp, (Method::DELETE, path.strip_prefix(ISSUER).unwrap()), token, None).await;
    stage.should(answer.status == 204, format!("taking the registration back is answered with {}", answer.status));
}

/// A registration that has to be refused: its error, and that nothing of it is kept.
pub async fn refused(stage: &mut Stage, change: Value, errors: &[&str]) {
    let metadata = party::metadata(stage.variant, "https://app.suite.example/callback");
    let clients = stage.idp.flows().clients(None).await.unwrap().items.len();
    let answer = party::try_register(&stage.idp, &crate::harness::keyed::changed(metadata, &change)).await;
    stage.must(is_json(&answer), format!("the refusal is {}", answer.header("content-type")));
    stage.must(answer.status == 400, format!("it is answered with {} {}", answer.status, answer.body));
    stage.should(errors.contains(&answer.error().as_str()), format!("the error is {}", answer.error()));
    stage.must(answer.json()["client_id"] == json!(null), "it is a client all the same");
    stage.must(stage.idp.flows().clients(None).await.unwrap().items.len() == clients, "something was stored");
}

/// Is it JSON?
pub fn is_json(answer: &Answer) -> bool {
    answer.header("content-type").split(';').next() == Some("application/json")
}

impl Stage {
    /// The same provider, from which a site of the app can be reached by anybody's word.
    pub async fn with_site(&mut self) -> Site {
        let outbound = reach(Arc::<Book>::default(), LIMITS, &[]);
        self.idp = Idp::reaching(outbound, as_for_the_suite).await;
        Site::start()
    }
}
