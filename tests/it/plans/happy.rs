//! Modules that see a whole sign-in go well.

use super::{Party, Stage};
use serde_json::json;

modules! {
    "oidcc-server" => server;
}

async fn server(stage: &mut Stage) {
    let party = Party::register(stage, json!({})).await;
    let mut browser = stage.idp.browser();
    let arrival = party.ask(&mut browser, &[]).await.back();
    stage.must(arrival.place == stage.place(), format!("the answer came by {:?}", arrival.place));
    let answer = party.redeem(&arrival.need("code")).await;
    stage.must(answer.status == 200, format!("the code is worth {} {}", answer.status, answer.body));
}
