//! Somebody who is signed in to the app of a stage, and leaves.

use super::party::fresh;
use super::registering::registered;
use super::{Came, Party, Stage};
use crate::harness::{Answer, Browser, Tokens};
use actix_web::http::header;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

/// Somebody who is signed in.
pub struct SignedIn {
    pub party: Party,
    pub browser: Browser,
    /// The last one that the app got.
    pub id_token: String,
    /// What came with the answer of the authorization endpoint.
    pub told: BTreeMap<String, String>,
    /// Where the app wants the browser back.
    pub bye: String,
    /// The state of the last request that was not to ask.
    pub state: String,
}

/// How a sign-out ended.
#[derive(Debug)]
pub enum Left {
    /// The browser is at the app again, by way of this page of ours.
    Back { at: String, told: BTreeMap<String, String>, by: Option<Box<Answer>> },
    /// A page for the person alone.
    Page(Answer),
}

impl Left {
    /// The frames of the page on the way.
    pub fn frames(&self) -> Vec<String> {
        let Left::Back { by: Some(page), .. } = self else { return Vec::new() };
        let (page, frame) = (Html::parse_document(&page.body), Selector::parse("iframe").unwrap());
        page.select(&frame).filter_map(|frame| frame.value().attr("src").map(str::to_owned)).collect()
    }

    /// What that page may show in frames.
    pub fn policy(&self) -> String {
        let Left::Back { by: Some(page), .. } = self else { return String::new() };
        let policy = page.header("content-security-policy");
        policy.split(';').find(|rule| rule.trim().starts_with("frame-src")).unwrap_or_default().to_owned()
    }
}

impl SignedIn {
    /// Registers the app, and signs in to it.
    pub async fn at(stage: &mut Stage, change: Value) -> SignedIn {
        let bye = format!("https://{}.suite.example/post_logout_redirect", fresh("bye"));
        let change = crate::harness::keyed::changed(json!({"post_logout_redirect_uris": [bye]}), &change);
        let party = registered(stage, change).await;
        let mut browser = stage.idp.browser();
        let arrival = party.ask(&mut browser, &[]).await.back();
        let id_token = match arrival.get("code") {
            Some(code) => Tokens::of(&party.redeem(code).await).id,
            None => arrival.need("id_token"),
        };
        stage.must(!id_token.is_empty(), "there is no ID token");
        SignedIn { party, browser, id_token, told: arrival.told, bye, state: String::new() }
    }

    /// The app sends the browser to the end of the session.
    pub async fn leave(&mut self, fields: &[(&str, &str)]) -> Left {
        let answer = self.browser.get(&format!("/end_session?{}", serde_urlencoded::to_string(fields).unwrap())).await;
        self.follow(answer).await
    }

    /// The person says yes to whatever the page asks.
    pub async fn agree(&mut self, page: &Answer) -> Left {
        if page.text("#sign-out").is_none() {
            return Left::Page(page.clone());
        }
        let answer = self.browser.submit(page, "/end_session/confirm", &[("choice", "sign-out")]).await;
        self.follow(answer).await
    }

    /// As a browser does, whose person presses whatever leads on.
    async fn follow(&mut self, mut answer: Answer) -> Left {
        let mut by = None;
        for _ in 0..6 {
            let onward = if answer.headers.contains_key(header::LOCATION) {
                Some(answer.location().to_owned())
            } else {
                answer.attribute("a#continue", "href")
            };
            let Some(onward) = onward else { return Left::Page(answer) };
            match Url::parse(&onward) {
                Ok(url) if !onward.starts_with(crate::harness::ISSUER) => {
                    let told = url.query_pairs().into_owned().collect();
                    let at = onward.split('?').next().unwrap_or_default().to_owned();
                    return Left::Back { at, told, by };
                }
                _ => answer = self.browser.get(&onward).await,
            }
            by = Some(Box::new(answer.clone()));
        }
        panic!("it does not end: {} {}", answer.status, answer.body)
    }

    /// The app asks whether somebody is signed in; answers with what it is told.
    pub async fn silently(&mut self) -> Option<BTreeMap<String, String>> {
        let parameters = self.party.parameters(&[("prompt", "none")]);
        self.state = parameters.iter().find(|(name, _)| name == "state").unwrap().1.clone();
        match self.party.send(&mut self.browser, &parameters).await {
            Came::Back(arrival) => Some(arrival.told),
            Came::Page(_) => None,
        }
    }

    /// Is somebody?
    pub async fn is_signed_in(&mut self) -> bool {
        self.browser.get("/account").await.status == 200
    }
}
