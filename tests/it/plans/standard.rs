//! The standard claims (OpenID Connect Core, sections 5.1 and 5.4): which there are, and of what form.

use super::Stage;
use crate::harness::USERNAME;
use serde_json::{Value, json};

/// The claims that a scope opens.
pub fn of_scope(scope: &str) -> &'static [&'static str] {
    match scope {
        "openid" => &["sub"],
        "profile" => &[
            "name",
            "given_name",
            "family_name",
            "middle_name",
            "nickname",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
            "preferred_username",
        ],
        "email" => &["email", "email_verified"],
        "address" => &["address"],
        "phone" => &["phone_number", "phone_number_verified"],
        other => panic!("no scope of the plans: {other}"),
    }
}

/// The person who is signed in for a run of the suite: of whom every standard claim is known.
pub fn person() -> Value {
    json!({"username": USERNAME, "claims": {
        "name": "Mira Lindqvist", "given_name": "Mira", "family_name": "Lindqvist", "middle_name": "Elin",
        "nickname": "Mirre", "preferred_username": "mira", "profile": "https://people.example/mira",
        "picture": "https://people.example/mira.png", "website": "https://mira.example", "gender": "female",
        "birthdate": "1984-02-29", "zoneinfo": "Europe/Stockholm", "locale": "sv-SE", "updated_at": 1_799_000_000,
        "email": "mira@example.org", "email_verified": true,
        "phone_number": "+46 8 5555 0142", "phone_number_verified": false,
        "address": {"street_address": "Storgatan 1", "locality": "Ystad", "postal_code": "271 31", "country": "SE"},
    }})
}

/// Every standard claim among these has the form that it should have.
pub fn typed(stage: &mut Stage, claims: &Value) {
    let now = stage.idp.now().0;
    for (name, value) in claims.as_object().into_iter().flatten() {
        let right = match name.as_str() {
            "email_verified" | "phone_number_verified" => value.is_boolean(),
            "updated_at" => value.as_i64().is_some_and(|at| (0..=now).contains(&at)),
            "address" => value.as_object().is_some_and(|parts| parts.values().all(Value::is_string)),
            "birthdate" => value.as_str().is_some_and(is_date),
            "sub" | "email" | "phone_number" => is_text(value),
            name if of_scope("profile").contains(&name) => is_text(value),
            _ => continue,
        };
        stage.must(right, format!("{name} is {value}"));
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

/// `YYYY-MM-DD`, or the year alone.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    digits && matches!(parts.iter().map(|part| part.len()).collect::<Vec<_>>().as_slice(), [4] | [4, 2, 2])
}
