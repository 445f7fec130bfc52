//! The `claims` parameter (OpenID Connect Core, section 5.5).

use crate::protocol::claims::scope_of;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::authorize as why;
use crate::protocol::scope::ScopeSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The claims of the person that were asked for one by one, by their names. What a request says of their values, or that
/// they are essential, changes nothing about them: what an account holds is told, and what it lacks is left out (5.5.1).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RequestedClaims {
    /// For the ID token.
    #[serde(default, rename = "i", skip_serializing_if = "BTreeSet::is_empty")]
    pub id_token: BTreeSet<String>,
    /// For the userinfo endpoint.
    #[serde(default, rename = "u", skip_serializing_if = "BTreeSet::is_empty")]
    pub userinfo: BTreeSet<String>,
}

impl RequestedClaims {
    /// Is none asked for?
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }

    /// Those of them that are opened by a scope for which `may` says yes. What is no standard claim of a person is no
    /// claim that anybody has here.
    pub fn within(&self, may: impl Fn(&str) -> bool) -> RequestedClaims {
        let kept =
            |names: &BTreeSet<String>| names.iter().filter(|name| scope_of(name).is_some_and(&may)).cloned().collect();
        RequestedClaims { id_token: kept(&self.id_token), userinfo: kept(&self.userinfo) }
    }

    /// The scopes that would open them: a person is asked for these.
    pub fn scopes(&self) -> ScopeSet {
        let names = self.id_token.iter().chain(&self.userinfo);
        ScopeSet::of(names.filter_map(|name| scope_of(name)))
    }
}

/// Everything that `claims` asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClaimsRequest {
    /// Claims of the person.
    pub person: RequestedClaims,
    /// The classes without which the app wants nobody (`acr`, marked essential). Empty: any.
    pub essential_acr: Option<Vec<String>>,
    /// The classes it would like (`acr`, not marked): what `acr_values` asks for (5.5.1.1).
    pub voluntary_acr: Option<Vec<String>>,
    /// The one subject the request is about (`sub` with a value, 5.5.1).
    pub subject: Option<String>,
}

/// More bytes than any request needs.
const MOST: usize = 4096;

impl ClaimsRequest {
    /// Reads the parameter.
    ///
    /// # Errors
    /// `invalid_request`: it is too long, or no JSON object of claims requests.
    pub fn parse(text: &str) -> Result<ClaimsRequest, OAuthError> {
        if text.len() > MOST {
            return Err(why::CLAIMS_TOO_LONG.into());
        }
        let whole: Map<String, Value> = serde_json::from_str(text).map_err(|_| malformed())?;
        let id_token = member(&whole, "id_token")?;
        let userinfo = member(&whole, "userinfo")?;
        let names = |of: &Map<String, Value>| -> BTreeSet<String> {
            of.keys().filter(|name| scope_of(name).is_some()).cloned().collect()
        };
        let subject = match (subject(&id_token)?, subject(&userinfo)?) {
            (Some(one), Some(other)) if one != other => {
                return Err(why::CLAIMS_TWO_SUBJECTS.into());
            }
            (one, other) => one.or(other),
        };
        let (essential_acr, voluntary_acr) = match id_token.get("acr") {
            Some(Value::Object(acr)) if acr.get("essential") == Some(&Value::Bool(true)) => (Some(values(acr)?), None),
            Some(Value::Object(acr)) => (None, Some(values(acr)?).filter(|values| !values.is_empty())),
            _ => (None, None),
        };
        let person = RequestedClaims { id_token: names(&id_token), userinfo: names(&userinfo) };
        Ok(ClaimsRequest { person, essential_acr, voluntary_acr, subject })
    }
}

fn malformed() -> OAuthError {
    why::CLAIMS_MALFORMED.into()
}

/// A member of the whole, each of whose own members is null or an object.
fn member(whole: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, OAuthError> {
    match whole.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(claims)) if claims.values().all(|of| of.is_null() || of.is_object()) => Ok(claims.clone()),
        Some(_) => Err(malformed()),
    }
}

fn subject(claims: &Map<String, Value>) -> Result<Option<String>, OAuthError> {
    let Some(Value::Object(sub)) = claims.get("sub") else { return Ok(None) };
    match values(sub)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => Err(why::CLAIMS_TWO_SUBJECTS.into()),
    }
}

/// `value` or `values`, where these are texts.
fn values(claim: &Map<String, Value>) -> Result<Vec<String>, OAuthError> {
    let texts: Option<Vec<String>> = match (claim.get("value"), claim.get("values")) {
        (Some(Value::String(value)), _) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => values.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        (None, None) => Some(Vec::new()),
        _ => None,
    };
    texts.ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::Code;

    #[test]
    fn it_is_read_as_section_5_5_has_it() {
        let read = ClaimsRequest::parse(
            r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "http://example.info/claims/groups": null},
                "id_token": {"email": {"value": "a@b.example"}, "acr": {"essential": true, "values": ["x", "y"]},
                             "auth_time": {"essential": true}, "sub": {"value": "s"}}, "other": 7}"#,
        )
        .unwrap();
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(read.person.userinfo, set(&["given_name", "nickname"]));
        assert_eq!(read.person.id_token, set(&["email"]));
        assert_eq!(read.essential_acr, Some(vec!["x".into(), "y".into()]));
        assert_eq!(read.subject.as_deref(), Some("s"));
        assert_eq!(read.person.scopes().to_string(), "email profile");
        let profile = read.person.within(|scope| scope == "profile");
        assert_eq!((profile.id_token.len(), profile.userinfo.len()), (0, 2));
    }

    #[test]
    fn what_is_no_claims_request_is_refused() {
        for text in [
            "",
            "x",
            "[]",
            "7",
            "null",
            r#"{"id_token": 7}"#,
            r#"{"id_token": []}"#,
            r#"{"userinfo": "email"}"#,
            r#"{"id_token": {"email": true}}"#,
            r#"{"userinfo": {"email": "x"}}"#,
            r#"{"id_token": {"acr": {"essential": true, "values": "x"}}}"#,
            r#"{"id_token": {"acr": {"essential": true, "values": [7]}}}"#,
            r#"{"id_token": {"sub": {"value": 7}}}"#,
            r#"{"id_token": {"sub": {"values": ["a", "b"]}}}"#,
            r#"{"id_token": {"sub": {"value": "a"}}, "userinfo": {"sub": {"value": "b"}}}"#,
        ] {
            assert_eq!(ClaimsRequest::parse(text).unwrap_err().code(), Code::InvalidRequest, "{text}");
        }
        let long = format!(r#"{{"id_token": {{"{}": null}}}}"#, "x".repeat(MOST));
        assert_eq!(ClaimsRequest::parse(&long).unwrap_err().reason(), why::CLAIMS_TOO_LONG);
        for text in ["{}", r#"{"id_token": null}"#, r#"{"id_token": {"sub": null}}"#, r#"{"id_token": {"acr": null}}"#]
        {
            assert_eq!(ClaimsRequest::parse(text), Ok(ClaimsRequest::default()), "{text}");
        }
    }
}
