//! Whom access tokens are for (RFC 8707; RFC 9068, sections 2.2 and 3). The client's record of today decides: what it may call
//! no longer it gets no token for, whatever was granted before.

use crate::model::client::Client;
use crate::protocol::claims::Audience;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{authorize, token};
use crate::protocol::scope::{STANDARD, ScopeSet};

/// May the client ask for all of these resources?
///
/// # Errors
/// `invalid_target`.
pub fn check(asked: &[String], client: &Client) -> Result<(), OAuthError> {
    match asked.iter().find(|resource| !client.metadata.may_ask_for(resource)) {
        None => Ok(()),
        Some(other) => {
            let known = client.metadata.to_be_asked_for();
            Err(OAuthError::of(authorize::RESOURCE_FORBIDDEN).sent(other).in_place("The client's record", known))
        }
    }
}

/// Whom the next access token of a grant is for: a part of what was granted, or all of it where nothing is named (RFC 8707,
/// section 2.2).
///
/// # Errors
/// `invalid_target`: more is asked for than was granted, or nothing of it is left.
pub fn of_grant(client: &Client, granted: &[String], asked: &[String], issuer: &str) -> Result<Audience, OAuthError> {
    let reached = reached(client, granted, issuer);
    if reached.is_empty() {
        return Err(OAuthError::of(token::RESOURCE_GONE).in_place("The grant", granted));
    }
    match asked.iter().find(|resource| !reached.contains(resource)) {
        Some(other) => Err(OAuthError::of(token::RESOURCE_BEYOND).sent(other).in_place("The grant", &reached)),
        None if asked.is_empty() => Ok(Audience::of(reached)),
        None => Ok(Audience::of(asked.to_vec())),
    }
}

/// Where no resource was named, the client's usual one comes beside the issuer: an app that cannot send `resource` asks
/// `/userinfo` and `/session` with the token that it has.
fn reached(client: &Client, granted: &[String], issuer: &str) -> Vec<String> {
    if granted.is_empty() {
        let usual = client.metadata.default_resource.clone().filter(|usual| usual != issuer);
        return usual.into_iter().chain([issuer.to_owned()]).collect();
    }
    granted.iter().filter(|resource| client.metadata.may_ask_for(resource)).cloned().collect()
}

/// Whom the token is for that a client gets for itself. Of itself it has nothing here: its usual resource stands alone.
///
/// # Errors
/// `invalid_target`.
pub fn of_client(client: &Client, asked: &[String], issuer: &str) -> Result<Audience, OAuthError> {
    check(asked, client)?;
    let usual = || client.metadata.default_resource.clone().unwrap_or_else(|| issuer.to_owned());
    Ok(Audience::of(if asked.is_empty() { vec![usual()] } else { asked.to_vec() }))
}

/// The scope that means something to an audience (RFC 9068, section 2.2.3). What an API's own scopes mean we do not know;
/// ours mean nothing to anybody else.
pub fn scope_for(audience: &Audience, scope: &ScopeSet, issuer: &str) -> ScopeSet {
    if audience.contains(issuer) {
        return scope.clone();
    }
    scope.filter(|token| !STANDARD.contains(&token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ISSUER: &str = "https://id.example";
    const STOCK: &str = "https://stock.example";
    const MAIL: &str = "https://mail.example";

    fn client(calls: &[&str], usual: Option<&str>) -> Client {
        let metadata = json!({"client_id": "a", "redirect_uris": [], "calls": calls, "default_resource": usual});
        serde_json::from_value(json!({"id": "a", "metadata": metadata, "created_at": 1})).unwrap()
    }

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_token_is_for_a_part_of_what_was_granted_and_is_still_allowed() {
        let (gone, beyond) = (Err("nothing"), Err("beyond"));
        for (calls, usual, granted, asked, expected) in [
            (vec![], None, vec![], vec![], Ok(json!(ISSUER))),
            (vec![], None, vec![], vec![ISSUER], Ok(json!(ISSUER))),
            (vec![STOCK], None, vec![], vec![STOCK], beyond.clone()),
            (vec![STOCK], Some(STOCK), vec![], vec![], Ok(json!([STOCK, ISSUER]))),
            (vec![STOCK], Some(STOCK), vec![], vec![STOCK], Ok(json!(STOCK))),
            (vec![STOCK], Some(STOCK), vec![], vec![ISSUER], Ok(json!(ISSUER))),
            (vec![STOCK, MAIL], Some(STOCK), vec![], vec![MAIL], beyond.clone()),
            (vec![STOCK, MAIL], None, vec![STOCK], vec![], Ok(json!(STOCK))),
            (vec![STOCK, MAIL], None, vec![STOCK], vec![MAIL], beyond.clone()),
            (vec![STOCK, MAIL], None, vec![STOCK], vec![ISSUER], beyond.clone()),
            (vec![STOCK, MAIL], None, vec![STOCK, MAIL], vec![MAIL], Ok(json!(MAIL))),
            (vec![STOCK, MAIL], None, vec![STOCK, MAIL], vec![], Ok(json!([STOCK, MAIL]))),
            // What the record takes away is gone, alone or beside others.
            (vec![MAIL], None, vec![STOCK, MAIL], vec![], Ok(json!(MAIL))),
            (vec![MAIL], None, vec![STOCK, MAIL], vec![STOCK], beyond.clone()),
            (vec![MAIL], None, vec![STOCK], vec![], gone.clone()),
            (vec![MAIL], None, vec![STOCK], vec![STOCK], gone.clone()),
            (vec![], None, vec![STOCK], vec![ISSUER], gone.clone()),
        ] {
            let of = of_grant(&client(&calls, usual), &list(&granted), &list(&asked), ISSUER);
            let found: Result<Value, &str> = match of {
                Ok(audience) => Ok(serde_json::to_value(audience).unwrap()),
                Err(error) if error.explanation().wrong.contains("beyond") => Err("beyond"),
                Err(_) => Err("nothing"),
            };
            assert_eq!(found, expected, "{calls:?} {usual:?} {granted:?} {asked:?}");
        }
    }

    #[test]
    fn a_client_of_itself_asks_for_what_its_record_names() {
        let of = |usual, asked: &[&str]| {
            of_client(&client(&[STOCK, MAIL], usual), &list(asked), ISSUER)
                .map(|audience| serde_json::to_value(audience).unwrap())
                .map_err(|error| error.code().as_str())
        };
        assert_eq!(of(None, &[]), Ok(json!(ISSUER)));
        assert_eq!(of(Some(STOCK), &[]), Ok(json!(STOCK)));
        assert_eq!(of(Some(STOCK), &[MAIL, STOCK]), Ok(json!([MAIL, STOCK])));
        assert_eq!(of(None, &["https://mail.example/"]), Err("invalid_target"));
        assert_eq!(of(None, &[ISSUER]), Err("invalid_target"));
    }
}
