//! A token taken apart for people to read. The token itself is never shown.

use serde_json::{Map, Value};

use abide_rp::Instant;

/// Members in the order they are best read in; others follow by name.
const ORDER: [&str; 23] = [
    "typ",
    "alg",
    "kid",
    "iss",
    "sub",
    "aud",
    "azp",
    "client_id",
    "scope",
    "iat",
    "exp",
    "auth_time",
    "session_expiry",
    "sid",
    "prev_sid",
    "acr",
    "amr",
    "name",
    "given_name",
    "family_name",
    "email",
    "email_verified",
    "nonce",
];

/// One member of a header or of claims.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) value: String,
    /// Set when the value is an instant, so that it can be told in words and tick.
    pub(super) instant: Option<Instant>,
    pub(super) meaning: &'static str,
}

/// A JWT's two readable halves.
pub(super) struct TokenView {
    pub(super) header: Vec<Row>,
    pub(super) claims: Vec<Row>,
}

impl TokenView {
    /// Reads a JWT without judging it: it was judged when it came. An opaque token has nothing to show.
    pub(super) fn read(token: &str) -> Option<Self> {
        let data = jsonwebtoken::dangerous::insecure_decode::<Map<String, Value>>(token).ok()?;
        let header = serde_json::to_value(&data.header).ok()?;
        Some(Self { header: rows(header.as_object()?), claims: rows(&data.claims) })
    }

    /// A claim that is an instant.
    pub(super) fn instant(&self, name: &str) -> Option<Instant> {
        self.claims.iter().find(|row| row.name == name).and_then(|row| row.instant)
    }
}

fn rows(members: &Map<String, Value>) -> Vec<Row> {
    let mut rows: Vec<Row> = members.iter().filter(|(_, value)| !value.is_null()).map(row).collect();
    rows.sort_by_key(|row| (ORDER.iter().position(|name| *name == row.name).unwrap_or(ORDER.len()), row.name.clone()));
    rows
}

fn row((name, value): (&String, &Value)) -> Row {
    let is_instant = matches!(name.as_str(), "iat" | "exp" | "nbf" | "auth_time" | "session_expiry" | "updated_at");
    Row {
        name: name.clone(),
        value: text(value),
        instant: value.as_i64().filter(|_| is_instant),
        meaning: meaning(name),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<String>>().join(", "),
        other => other.to_string(),
    }
}

fn meaning(name: &str) -> &'static str {
    match name {
        "typ" => "kind of token",
        "alg" => "how it is signed",
        "kid" => "which key signed it",
        "iss" => "who issued it",
        "sub" => "whom it is about",
        "aud" => "whom it is for",
        "azp" | "client_id" => "who asked for it",
        "scope" => "what it allows",
        "iat" => "issued",
        "exp" => "expires",
        "nbf" => "not good before",
        "auth_time" => "the person signed in",
        "session_expiry" => "the session ends at the latest",
        "sid" => "the session's public name",
        "prev_sid" => "the session it continues",
        "acr" => "how sure the sign-in was",
        "amr" => "what was used to sign in",
        "nonce" => "binds it to the request",
        "at_hash" => "binds the access token to it",
        "jti" => "its own serial number",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::TokenView;
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::json;

    #[test]
    fn shows_members_in_reading_order_and_knows_instants() {
        let claims = json!({"zebra": 1, "exp": 20, "aud": ["a", "b"], "iss": "i", "sid": "s"});
        let key = EncodingKey::from_secret(b"x");
        let token = jsonwebtoken::encode(&Header::default(), &claims, &key).expect("signed");
        let view = TokenView::read(&token).expect("a JWT");
        let names: Vec<&str> = view.claims.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["iss", "aud", "exp", "sid", "zebra"]);
        assert_eq!(
            (view.claims[1].value.as_str(), view.instant("exp"), view.instant("zebra")),
            ("a, b", Some(20), None)
        );
        assert_eq!(view.header[0].name, "typ");
    }

    #[test]
    fn an_opaque_token_has_no_view() {
        assert!(TokenView::read("q8f2mX").is_none());
    }
}
