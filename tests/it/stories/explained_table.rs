//! Bad requests, one for every kind: what everybody is told, and what a client in development is told and the log says of all.

use super::explained::{Ask, Row};

const CODE: &str = "authorization_code";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CORE: &str = "OpenID Connect Core 1.0, section ";

fn asked(extra: &[(&'static str, &'static str)], said: &'static str, tells: &[&'static str]) -> Row {
    Row { ask: Ask::Authorize(extra.to_vec()), said, tells: tells.to_vec() }
}

fn posted(
    path: &'static str,
    fields: &[(&'static str, &'static str)],
    said: &'static str,
    tells: &[&'static str],
) -> Row {
    Row { ask: Ask::Post(path, fields.to_vec()), said, tells: tells.to_vec() }
}

/// At the authorization endpoint, where the answer goes to a proven address.
pub fn of_authorize() -> Vec<Row> {
    vec![
        asked(
            &[("response_type", "")],
            "response_type is missing",
            &["RFC 6749, section 3.1.1", "Send response_type=code."],
        ),
        asked(
            &[("response_type", "tokn")],
            "response_type is none that is supported",
            &["sent: tokn", "RFC 6749, section 3.1.1", "response_types_supported"],
        ),
        asked(
            &[("response_type", "id_token")],
            "the client is not registered for this response_type",
            &["sent: id_token", "RFC 6749, section 3.1.1", "The client's record has: code, authorization_code"],
        ),
        asked(
            &[("response_type", "code id_token"), ("response_mode", "query")],
            "response_mode=query is for response_type=code alone: no token in a query",
            &["sent: code id_token", "no token travels in a query", "fragment or form_post"],
        ),
        asked(&[("scope", "")], "scope is missing", &["RFC 6749, section 3.3", "openid"]),
        asked(
            &[("scope", "op\u{e9}nid")],
            "scope holds a character that is not allowed",
            &["sent: op%C3%A9nid", "RFC 6749, section 3.3", "printable ASCII"],
        ),
        asked(
            &[("scope", "calendar")],
            "none of the scopes is known or allowed",
            &["sent: calendar", "RFC 6749, section 3.3", "has: openid, profile, stock"],
        ),
        asked(
            &[("resource", "https://other.example/")],
            "a resource is none that this client may ask for",
            &["sent: https://other.example/", "RFC 8707, section 2", "has: https://stock.example.com/"],
        ),
        asked(
            &[("code_challenge", ""), ("code_challenge_method", "")],
            "code_challenge is missing; PKCE with S256 is required",
            &["RFC 7636, section 4.4.1", "code_challenge_method=S256"],
        ),
        asked(
            &[("code_challenge_method", "plain")],
            "code_challenge_method must be S256",
            &["sent: plain", "RFC 7636, section 4.3", "SHA-256"],
        ),
        asked(
            &[("code_challenge", "short")],
            "code_challenge must be the base64url of a SHA-256",
            &["RFC 7636, section 4.2", "43 characters"],
        ),
        asked(
            &[("code_challenge", "")],
            "code_challenge_method without code_challenge",
            &["RFC 7636, section 4.3", "or neither"],
        ),
        asked(&[("max_age", "soon")], "max_age must be a number of seconds", &["sent: soon", CORE, "digits alone"]),
        asked(&[("prompt", "sing")], "prompt holds an unknown value", &["sent: sing", CORE, "select_account"]),
        asked(
            &[("prompt", "none login")],
            "prompt=none goes with no other value",
            &["sent: none login", CORE, "prompt=none alone"],
        ),
        asked(&[("prompt", "create")], "prompt=create is not supported", &[CORE, "nobody can make an account"]),
        asked(&[("prompt", "none")], "the person has to sign in", &["3.1.2.6", "without prompt=none"]),
        asked(&[("claims", "[]")], "claims is no JSON object of claims requests", &["5.5", "userinfo and id_token"]),
        asked(
            &[("claims", "{\"id_token\":{\"sub\":{\"values\":[\"a\",\"b\"]}}}")],
            "claims names two subjects",
            &["5.5.1", "one sub"],
        ),
        asked(
            &[("id_token_hint", "x.y.z")],
            "id_token_hint is no ID token of this issuer",
            &["3.1.2.2", "leave id_token_hint out"],
        ),
        asked(
            &[("dpop_jkt", "x")],
            "dpop_jkt must be the base64url of a SHA-256",
            &["RFC 9449, section 10", "RFC 7638"],
        ),
        asked(&[("registration", "{}")], "self-issued registration is not supported", &["7.2.1", "register the app"]),
        asked(
            &[("request", "x")],
            "the request object is no token, or of a kind or algorithm that is not supported",
            &["RFC 9101, section 4", "request_object_signing_alg_values_supported"],
        ),
        asked(
            &[("request", "x"), ("request_uri", "y")],
            "request and request_uri exclude each other",
            &["RFC 9101, section 5", "one of them"],
        ),
        asked(
            &[("request_uri", "https://app.example/object")],
            "request_uri is not registered for this client",
            &["section 6.2", "added to request_uris in the client's record"],
        ),
        asked(
            &[("request_uri", "urn:ietf:params:oauth:request_uri:x")],
            "request_uri is none that was given to this client",
            &["RFC 9126, section 4", "unchanged"],
        ),
        asked(
            &[("state", "a"), ("state", "b")],
            "a parameter is repeated",
            &["sent: state", "RFC 6749, section 3.1", "once"],
        ),
    ]
}

/// Where clients post.
pub fn of_posts() -> Vec<Row> {
    let unknown = ("code", "no-code-of-ours");
    vec![
        posted("/token", &[], "grant_type is missing", &["RFC 6749, section 5.2", "in the body"]),
        posted(
            "/token",
            &[("grant_type", "password")],
            "grant_type is none that is supported",
            &["sent: password", "RFC 6749, section 5.2", "The server has: authorization_code, refresh_token"],
        ),
        posted(
            "/token",
            &[("grant_type", DEVICE), ("device_code", "x")],
            "the client may not use this grant type",
            &[
                DEVICE,
                "RFC 6749, section 5.2",
                "The client's record has: authorization_code, refresh_token, client_credentials.",
            ],
        ),
        posted("/token", &[("grant_type", CODE)], "code is missing", &["RFC 6749, section 4.1.3", "redirect_uri"]),
        posted(
            "/token",
            &[("grant_type", CODE), unknown],
            "the code is not good",
            &["RFC 6749, section 4.1.2", "decoded once"],
        ),
        posted(
            "/token",
            &[("grant_type", CODE), unknown, ("code_verifier", "short")],
            "code_verifier must be 43 to 128 unreserved characters",
            &["RFC 7636, section 4.1", "32 random bytes"],
        ),
        posted(
            "/token",
            &[("grant_type", "refresh_token")],
            "refresh_token is missing",
            &["RFC 6749, section 6", "came last"],
        ),
        posted(
            "/token",
            &[("grant_type", "refresh_token"), ("refresh_token", "x")],
            "the refresh token is not good",
            &["RFC 6749, section 6", "begin again"],
        ),
        posted(
            "/token",
            &[("grant_type", "client_credentials"), ("scope", "openid")],
            "a scope is none that this client may have for itself",
            &["sent: openid", "RFC 6749, section 4.4", "The client's record has: stock"],
        ),
        posted(
            "/token",
            &[("grant_type", "client_credentials"), ("resource", "https://other.example/")],
            "a resource is none that this client may ask for",
            &["sent: https://other.example/", "RFC 8707, section 2", "has: https://stock.example.com/"],
        ),
        posted(
            "/token",
            &[("grant_type", "client_credentials"), ("client_secret", "s")],
            "two ways of client authentication at once",
            &["RFC 6749, section 2.3", "token_endpoint_auth_method"],
        ),
        posted(
            "/token",
            &[("grant_type", CODE), ("grant_type", CODE)],
            "a parameter is repeated",
            &["sent: grant_type", "RFC 6749, section 3.2", "once"],
        ),
        posted("/introspect", &[], "token is missing", &["RFC 7662, section 2.1", "in the parameter token"]),
        posted("/revoke", &[], "token is missing", &["section 2.1", "in the parameter token"]),
        posted(
            "/revoke",
            &[("token", "x"), ("token", "y")],
            "a parameter is repeated, too long or no UTF-8 text",
            &["sent: token", "RFC 6749, section 3.2"],
        ),
        posted(
            "/device_authorization",
            &[("scope", "openid")],
            "the client may not use the device authorization grant",
            &["RFC 8628, section 3.1", "The client's record has: authorization_code"],
        ),
        posted(
            "/par",
            &[("request_uri", "x")],
            "request_uri must not be pushed",
            &["RFC 9126, section 2.1", "the parameters themselves"],
        ),
        posted(
            "/par",
            &[("response_type", "code")],
            "redirect_uri is missing, repeated or malformed",
            &["RFC 9700, section 2.1", "Send one of https://"],
        ),
        posted(
            "/par",
            &[("redirect_uri", "https://elsewhere.example/")],
            "redirect_uri is not registered for this client",
            &[
                "redirect_uri is https://elsewhere.example/",
                "RFC 9700, section 2.1",
                "or register the address that you send",
            ],
        ),
    ]
}
