//! The claims of our tokens (OpenID Connect Core, 2 and 5.1; RFC 9068; Enterprise Extensions).

use crate::protocol::scope::{self, ScopeSet};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One audience, or several: a single one is printed as a string, as most clients expect.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Of a list; one alone becomes a string.
    pub fn of(mut list: Vec<String>) -> Audience {
        match (list.pop(), list.is_empty()) {
            (Some(only), true) => Audience::One(only),
            (Some(last), false) => {
                list.push(last);
                Audience::Many(list)
            }
            (None, _) => Audience::Many(list),
        }
    }

    /// Is it this one, and nobody else?
    pub fn is(&self, audience: &str) -> bool {
        matches!(self, Audience::One(one) if one == audience)
    }

    /// Is this one of them?
    pub fn contains(&self, audience: &str) -> bool {
        match self {
            Audience::One(one) => one == audience,
            Audience::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

/// How, when and with what strength the person authenticated, as tokens tell it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuthenticationFacts {
    /// When.
    pub auth_time: Timestamp,
    /// How strongly (OpenID Connect Core, 2).
    pub acr: String,
    /// By which methods (RFC 8176).
    pub amr: Vec<String>,
}

/// An ID token.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// Who says so.
    pub iss: String,
    /// Of whom.
    pub sub: String,
    /// To whom.
    pub aud: Audience,
    /// Until when it may be accepted.
    pub exp: Timestamp,
    /// When it was made.
    pub iat: Timestamp,
    /// The facts of the authentication.
    #[serde(flatten)]
    pub authentication: AuthenticationFacts,
    /// The session, under the name this client knows it by; none where the grant outlived it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The name this client knew the session by before it timed out and went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev_sid: Option<String>,
    /// The absolute end of the application session; omitted when there is none (OpenID Connect Enterprise Extensions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_expiry: Option<Timestamp>,
    /// From the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Half of the hash of the access token beside it (3.1.3.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Half of the hash of the code beside it (3.3.2.11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub c_hash: Option<String>,
    /// Claims about the person, where the client wants them here.
    #[serde(flatten)]
    pub person: Map<String, Value>,
}

/// An access token (RFC 9068, section 2.2).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Who says so.
    pub iss: String,
    /// For whom it acts.
    pub sub: String,
    /// Where it is good.
    pub aud: Audience,
    /// The client it was given to.
    pub client_id: String,
    /// What it allows; none of what is in the grant may mean anything to its audience.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// Until when.
    pub exp: Timestamp,
    /// Since when.
    pub iat: Timestamp,
    /// Its own name; begins with the name of its grant.
    pub jti: String,
    /// The session, as the ID token names it; none for a grant that outlives sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The key it is bound to (RFC 9449, section 6.1); without one, whoever bears it may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// The facts of the authentication; none where a client acts for itself.
    #[serde(flatten)]
    pub authentication: Option<AuthenticationFacts>,
}

/// Which key a token is bound to (RFC 7800; RFC 9449, section 6.1).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Confirmation {
    /// Its thumbprint (RFC 7638).
    pub jkt: String,
}

/// Standard claims that a scope asks for (OpenID Connect Core, 5.4).
pub fn claims_of(scope: &str) -> &'static [&'static str] {
    match scope {
        scope::PROFILE => &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
        scope::EMAIL => &["email", "email_verified"],
        scope::ADDRESS => &["address"],
        scope::PHONE => &["phone_number", "phone_number_verified"],
        _ => &[],
    }
}

/// The scope that opens a standard claim of a person; none for any other claim.
pub fn scope_of(claim: &str) -> Option<&'static str> {
    scope::STANDARD.into_iter().find(|scope| claims_of(scope).contains(&claim))
}

/// Those of a person's claims that are named.
pub fn named<'a>(names: impl IntoIterator<Item = &'a String>, all: &Map<String, Value>) -> Map<String, Value> {
    names.into_iter().filter_map(|name| all.get(name).map(|value| (name.clone(), value.clone()))).collect()
}

/// The part of a person's claims that a scope opens.
pub fn opened_by(scope: &ScopeSet, all: &Map<String, Value>) -> Map<String, Value> {
    let names = scope.iter().flat_map(claims_of);
    names.filter_map(|name| all.get(*name).map(|value| ((*name).to_owned(), value.clone()))).collect()
}

/// Checks one standard claim (OpenID Connect Core, 5.1): its type, and that it is one an account may carry.
///
/// # Errors
/// What would be right.
pub fn check_standard(name: &str, value: &Value) -> Result<(), String> {
    let known = scope::STANDARD.iter().flat_map(|scope| claims_of(scope)).any(|claim| *claim == name);
    let good = match name {
        _ if !known => return Err(format!("`{name}` is no standard claim that an account carries")),
        "email_verified" | "phone_number_verified" => value.is_boolean(),
        "updated_at" => value.is_i64() || value.is_u64(),
        "address" => value.as_object().is_some_and(|fields| fields.values().all(Value::is_string)),
        "picture" | "website" | "profile" => {
            value.as_str().is_some_and(|text| text.starts_with("https://") || text.starts_with("http://"))
        }
        "email" => value.as_str().is_some_and(|text| {
            let parts = text.rsplit_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
            parts && plain_line(text) && !text.contains(char::is_whitespace)
        }),
        "birthdate" => value.as_str().is_some_and(is_birthdate),
        _ => value.as_str().is_some_and(plain_line),
    };
    if good { Ok(()) } else { Err(format!("`{name}` has the wrong form (OpenID Connect Core, section 5.1)")) }
}

/// Checks the standard claims that are said of a person, each and with what stays of them: `whole` is both. What nobody speaks of
/// stays as it is, though it were not taken today.
///
/// # Errors
/// What would be right.
pub fn check_said(said: &Map<String, Value>, whole: &Map<String, Value>) -> Result<(), String> {
    for (name, value) in said {
        check_standard(name, value)?;
    }
    // What somebody verified can be dialled (5.1); what people write of themselves is theirs.
    let spoken = ["phone_number", "phone_number_verified"].iter().any(|name| said.contains_key(*name));
    let number = whole.get("phone_number").and_then(Value::as_str);
    let verified = whole.get("phone_number_verified") == Some(&Value::Bool(true));
    if spoken && verified && number.is_some_and(|number| !is_phone_number(number)) {
        return Err(
            "`phone_number` is verified, and so has the form +46 8 5555 0142, or +46855550142;ext=12 (E.164, RFC \
                    3966)"
                .into(),
        );
    }
    Ok(())
}

/// `+` and up to fifteen digits, with the visual separators that people write, and perhaps `;ext=` and digits.
fn is_phone_number(text: &str) -> bool {
    let (number, extension) = text.split_once(";ext=").map_or((text, None), |(number, ext)| (number, Some(ext)));
    let Some(rest) = number.strip_prefix('+') else { return false };
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    rest.chars().all(|c| c.is_ascii_digit() || " -.()".contains(c))
        && (3..=15).contains(&digits)
        && extension.is_none_or(|ext| (1..=15).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_digit()))
}

/// `YYYY-MM-DD`, the year alone, or with `0000` for a year that is left out (ISO 8601-1).
fn is_birthdate(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let day = || {
        text[5..7].parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
            && text[8..].parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
    };
    shape == "0000" || (shape == "0000-00-00" && day())
}

/// One line of ordinary text: no control characters, none that end a line, turn the direction of writing or are never
/// seen, at most 1 kB.
pub fn plain_line(text: &str) -> bool {
    !text.is_empty() && text.len() <= 1024 && !text.chars().any(is_unfit)
}

/// Is it a character that no line of ordinary text holds: a control, one that ends a line, or one that is never seen and
/// that no writing needs?
pub fn is_unfit(c: char) -> bool {
    c.is_control() || ends_line(c) || (is_unseen(c) && !joins(c))
}

/// The same of a name that people have to tell from others: nothing in it is unseen.
pub fn plain_name(text: &str) -> bool {
    plain_line(text) && !text.chars().any(is_unseen)
}

fn ends_line(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Is it a character that nobody sees (`Default_Ignorable_Code_Point` of Unicode 17)? Those that turn the direction of
/// writing are among them.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Those of them that writing needs between letters: joiners of Persian and Indian scripts and of emoji, and choices among
/// the forms of one character.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_person_is_said_to_have_has_its_form() {
        let of = |claims: Value| claims.as_object().is_some_and(|said| check_said(said, said).is_ok());
        for (good, claims) in [
            (true, json!({"email": "mira@example.com"})),
            (true, json!({"email": "\"a@b\"@example.com"})),
            (false, json!({"email": "a b@c d"})),
            (false, json!({"email": "mira@"})),
            (false, json!({"email": "mira"})),
            (true, json!({"phone_number": "reception"})),
            (true, json!({"phone_number": "reception", "phone_number_verified": false})),
            (false, json!({"phone_number": "reception", "phone_number_verified": true})),
            (false, json!({"phone_number": "046 8 5555", "phone_number_verified": true})),
            (true, json!({"phone_number": "+46 8 5555 0142", "phone_number_verified": true})),
            (true, json!({"phone_number": "+1 (425) 555-1212;ext=5678", "phone_number_verified": true})),
            (false, json!({"phone_number": "+1 (425) 555-1212;ext=", "phone_number_verified": true})),
            (false, json!({"phone_number": "+1234567890123456", "phone_number_verified": true})),
            (false, json!({"phone_number": "+46 8 CALL", "phone_number_verified": true})),
            (true, json!({"birthdate": "1990-12-31"})),
            (true, json!({"birthdate": "0000-12-31"})),
            (true, json!({"birthdate": "1990"})),
            (false, json!({"birthdate": "1990-13-31"})),
            (false, json!({"birthdate": "31.12.1990"})),
            (false, json!({"birthdate": "1990-12-3\u{e9}"})),
            (false, json!({"birthdate": "soon"})),
        ] {
            assert_eq!(of(claims.clone()), good, "{claims}");
        }
        // With what stays, and no further.
        let beside = |said: Value, stays: Value| {
            let (said, mut whole) = (said.as_object().unwrap().clone(), stays.as_object().unwrap().clone());
            whole.extend(said.clone());
            check_said(&said, &whole).is_ok()
        };
        assert!(!beside(json!({"phone_number_verified": true}), json!({"phone_number": "reception"})));
        assert!(beside(
            json!({"name": "Mira"}),
            json!({"birthdate": "soon", "phone_number": "x", "phone_number_verified": true})
        ));
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_a_name_that_is_told_from_others() {
        for (text, line, name) in [
            ("boss", true, true),
            ("Jörg Ö", true, true),
            ("", false, false),
            ("boss\u{200b}", false, false),
            ("bo\u{2060}ss", false, false),
            ("boss\u{feff}", false, false),
            ("bo\u{ad}ss", false, false),
            ("boss\u{3164}", false, false),
            ("boss\u{e0041}", false, false),
            ("boss\u{61c}", false, false),
            ("boss\u{200e}", false, false),
            ("ssob\u{202e}", false, false),
            ("boss\u{2028}and more", false, false),
            ("boss\u{2029}and more", false, false),
            ("boss\nand more", false, false),
            ("boss\u{85}", false, false),
            // Persian, and a family of three.
            ("نمی\u{200c}دانم", true, false),
            ("👩\u{200d}👧", true, false),
            ("☃\u{fe0f}", true, false),
        ] {
            assert_eq!((plain_line(text), plain_name(text)), (line, name), "{text:?}");
        }
    }
}
