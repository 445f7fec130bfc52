//! The columns of the table: one real request each, and the word for its answer.

use super::world::World;
use crate::harness::Answer;
use serde_json::Value;

/// What is asked, in this order: first what only reads, last what ends the session.
pub const COLUMNS: [&str; 9] =
    ["authorize", "none", "redeem", "refresh", "userinfo", "introspect", "status", "activity", "logout"];

impl World {
    /// Every cell of the row, in the order of [`COLUMNS`].
    pub async fn answers(&mut self) -> Vec<String> {
        let status = self.untouched(async |world| status_word(&world.app.status(&world.tokens.access).await)).await;
        let userinfo = self.untouched(async |world| userinfo_word(&world.app.userinfo(&world.tokens.access).await));
        let userinfo = userinfo.await;
        let introspect = self.untouched(async |world| {
            let access = introspection_word(&world.app.introspect(&world.tokens.access).await);
            let refresh = introspection_word(&world.app.introspect(&world.tokens.refresh).await);
            if access == refresh { access } else { format!("{access}/{refresh}") }
        });
        let introspect = introspect.await;
        let none = self.asked(async |world| {
            let request = world.app.request(&[("prompt", "none"), ("scope", world.scope)]);
            authorize_word(&world.browser.get_scripted(&request).await)
        });
        let none = none.await;
        let refresh = self.asked(async |world| token_word(&world.app.try_refresh(&world.tokens.refresh).await)).await;
        let redeem = self.asked(async |world| token_word(&world.app.try_redeem(&world.code).await)).await;
        let activity = self.asked(async |world| activity_word(&world.app.report(&world.tokens.access).await)).await;
        let authorize = self.asked(async |world| {
            let request = world.app.request(&[("scope", world.scope)]);
            authorize_word(&world.browser.get(&request).await)
        });
        let authorize = authorize.await;
        let logout = self.logout().await;
        vec![authorize, none, redeem, refresh, userinfo, introspect, status, activity, logout]
    }

    /// What gives nothing must leave nothing.
    async fn asked(&mut self, ask: impl AsyncFnOnce(&mut World) -> String) -> String {
        let before = self.idp.contents().await;
        let word = ask(self).await;
        if !["code", "tokens", "counted"].contains(&word.as_str()) {
            assert_eq!(self.idp.contents().await, before, "refused with {word}, and something was stored");
        }
        word
    }

    /// What reads must leave nothing, whatever it answers.
    async fn untouched(&mut self, ask: impl AsyncFnOnce(&mut World) -> String) -> String {
        let before = self.idp.contents().await;
        let word = ask(self).await;
        assert_eq!(self.idp.contents().await, before, "read with {word}, and something was stored");
        word
    }

    /// Does the session in this browser live? Asked through an app that has no limits.
    async fn lives(&self) -> bool {
        let mut browser = self.browser.copied();
        browser.silently(&self.idp.app("social")).await.parameter("code").is_some()
    }

    async fn logout(&mut self) -> String {
        let lived = self.lives().await;
        let bye = "https://tabled.example.com/bye";
        let query = [("id_token_hint", self.tokens.id.as_str()), ("post_logout_redirect_uri", bye)];
        let query = serde_urlencoded::to_string(query).unwrap();
        let answer = self.browser.get(&format!("/end_session?{query}")).await;
        if answer.status == 200 && answer.body.contains("id=\"sign-out\"") {
            return "asks".to_owned();
        }
        assert_eq!(answer.location(), bye);
        match (lived, self.lives().await) {
            (true, false) => "ended",
            (true, true) => "goes-on",
            (false, false) => "returned",
            (false, true) => "came-back",
        }
        .to_owned()
    }
}

fn authorize_word(answer: &Answer) -> String {
    if answer.status == 200 {
        assert!(answer.body.contains("id=\"sign-in\""), "{}", answer.body);
        return "page".to_owned();
    }
    if answer.parameter("code").is_some() { "code".to_owned() } else { answer.error() }
}

fn token_word(answer: &Answer) -> String {
    if answer.status == 200 { "tokens".to_owned() } else { answer.error() }
}

fn userinfo_word(answer: &Answer) -> String {
    if answer.status == 200 {
        assert!(answer.json()["sub"].is_string());
        return "claims".to_owned();
    }
    answer.status.as_str().to_owned()
}

fn introspection_word(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    match answer.json()["active"].as_bool() {
        Some(true) => "active",
        // Nothing else is told of what is not active (RFC 7662, section 2.2).
        _ => {
            assert_eq!(answer.body, r#"{"active":false}"#);
            "inactive"
        }
    }
    .to_owned()
}

/// A standing with its reason, of the session and of the part.
fn status_word(answer: &Answer) -> String {
    if answer.status != 200 {
        return answer.status.as_str().to_owned();
    }
    let word = |part: &Value| {
        let reason = part["reason"].as_str().map(|reason| format!(".{reason}")).unwrap_or_default();
        format!("{}{reason}", part["standing"].as_str().unwrap())
    };
    let status = answer.json();
    format!("{}/{}", word(&status), word(&status["application"]))
}

fn activity_word(answer: &Answer) -> String {
    if answer.status == 200 { "counted".to_owned() } else { answer.error() }
}
