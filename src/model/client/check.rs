//! May a client be stored as it is described? Rules over the complete metadata, whoever wrote them: an administrator, or an
//! app that registers itself.

use super::sector;
use crate::model::authorization::factor::ACRS;
use crate::model::session::policy::ApplicationLimits;
use crate::protocol::claims::plain_line;
use crate::protocol::client_auth::AuthMethod;
use crate::protocol::client_metadata::{ClientMetadata, SubjectType};
use crate::protocol::jwk;
use crate::protocol::jws::Family;
use crate::protocol::redirect::{self, ApplicationType, LocalHttp};
use crate::protocol::request_object::ObjectAlg;
use crate::protocol::response::Part;
use crate::protocol::scope::ScopeSet;
use crate::protocol::signing::IdTokenAlg;
use crate::protocol::token::GrantType;
use url::Url;

/// Checks the complete metadata of a client that is to be stored.
///
/// # Errors
/// The member that is wrong, and what would be right.
pub fn check(metadata: &ClientMetadata) -> Result<(), String> {
    check_name(metadata)?;
    check_uris(metadata)?;
    check_logout_uris(metadata)?;
    check_keys(metadata)?;
    check_requests(metadata)?;
    check_flows(metadata)?;
    check_subjects(metadata)?;
    if metadata.offline_access && metadata.session != Default::default() {
        let limits = ApplicationLimits::from(&metadata.session);
        if limits != ApplicationLimits::default() {
            return Err(
                "offline_access: a client with session limits of its own cannot have grants that outlive sessions"
                    .into(),
            );
        }
    }
    if let Some(text) = &metadata.scope {
        ScopeSet::parse(text).map_err(|error| format!("scope: {error}"))?;
    }
    Ok(())
}

fn check_name(metadata: &ClientMetadata) -> Result<(), String> {
    let id = &metadata.client_id;
    let visible = |b: u8| (0x21..=0x7e).contains(&b);
    if id.is_empty() || id.len() > 200 || !id.bytes().all(visible) || id.starts_with("abide:") {
        return Err("client_id: 1 to 200 visible ASCII characters, not beginning with \"abide:\"".into());
    }
    match &metadata.client_name {
        Some(name) if !plain_line(name) || name.chars().count() > 200 => {
            Err("client_name: one line of at most 200 characters".into())
        }
        _ => Ok(()),
    }
}

fn check_uris(metadata: &ClientMetadata) -> Result<(), String> {
    let public = metadata.token_endpoint_auth_method == AuthMethod::None;
    // Whoever listens there gets what is shown in the browser, secret or not (OpenID Connect Dynamic Client Registration
    // 1.0, section 2).
    let shows_tokens = metadata.response_types.iter().any(|response_type| response_type.shows_tokens());
    let exposed = (public || shows_tokens) && !metadata.development;
    let local = if exposed { LocalHttp::Refused } else { LocalHttp::Allowed };
    let here = |uri: &&String| Url::parse(uri).is_ok_and(|url| url.host_str().is_some_and(redirect::is_here));
    let web = metadata.application_type == ApplicationType::Web && shows_tokens && !metadata.development;
    if let Some(here) = metadata.redirect_uris.iter().find(here).filter(|_| web) {
        return Err(format!(
            "redirect_uris: {here:?}: what is shown in the browser of a web client goes to no localhost address (`development` \
             set to true allows it)"
        ));
    }
    if metadata.redirect_uris.is_empty() && !metadata.response_types.is_empty() {
        return Err("redirect_uris: at least one is needed".into());
    }
    for (member, list) in
        [("redirect_uris", &metadata.redirect_uris), ("post_logout_redirect_uris", &metadata.post_logout_redirect_uris)]
    {
        if list.len() > 64 {
            return Err(format!("{member}: at most 64"));
        }
        for uri in list {
            redirect::registrable(uri, metadata.application_type, local)
                .map_err(|error| format!("{member}: {uri:?}: {error}"))?;
        }
    }
    for (member, uri) in [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
        ("initiate_login_uri", &metadata.initiate_login_uri),
    ] {
        if uri.as_deref().is_some_and(|uri| !is_web_page(uri)) {
            return Err(format!("{member}: an https address (http on localhost names only)"));
        }
    }
    for (member, list) in [("resources", &metadata.resources), ("calls", &metadata.calls)] {
        for resource in list {
            if Url::parse(resource).is_err() || resource.contains('#') || !resource.is_ascii() {
                return Err(format!(
                    "{member}: {resource:?} is no absolute URI without fragment (RFC 8707, section 2)"
                ));
            }
        }
    }
    match &metadata.default_resource {
        Some(resource) if !metadata.may_ask_for(resource) => {
            Err(format!("default_resource: {resource:?} is neither in resources nor in calls"))
        }
        _ => Ok(()),
    }
}

/// Where an app hears of a sign-out (Back-Channel Logout 1.0, section 2.2; Front-Channel Logout 1.0, section 2).
fn check_logout_uris(metadata: &ClientMetadata) -> Result<(), String> {
    if metadata.backchannel_logout_uri.as_deref().is_some_and(|uri| !may_be_asked(uri)) {
        return Err("backchannel_logout_uri: an https address without fragment and user name (plain http only \
                    where `[outbound] allow` lists it)"
            .into());
    }
    let public = metadata.token_endpoint_auth_method == AuthMethod::None;
    let local = if public && !metadata.development { LocalHttp::Refused } else { LocalHttp::Allowed };
    if local == LocalHttp::Refused
        && metadata.backchannel_logout_uri.as_deref().is_some_and(|uri| !uri.starts_with("https://"))
    {
        return Err(
            "backchannel_logout_uri: an https address; plain http needs a confidential client, or `development` set \
                    to true"
                .into(),
        );
    }
    if let Some(uri) = &metadata.frontchannel_logout_uri {
        redirect::registrable(uri, ApplicationType::Web, local)
            .map_err(|error| format!("frontchannel_logout_uri: {uri:?}: {error}"))?;
        let origin = |uri: &String| Url::parse(uri).ok().map(|url| url.origin());
        if !metadata.redirect_uris.iter().any(|redirect| origin(redirect) == origin(uri)) {
            return Err("frontchannel_logout_uri: scheme, host and port of one of the redirect_uris (Front-Channel \
                        Logout 1.0, section 2)"
                .into());
        }
    }
    Ok(())
}

/// The keys of a client, and what they are for (RFC 7591, section 2; OpenID Connect Dynamic Client Registration 1.0,
/// section 2).
fn check_keys(metadata: &ClientMetadata) -> Result<(), String> {
    let method = metadata.token_endpoint_auth_method;
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => return Err("jwks: either jwks or jwks_uri, not both".into()),
        (Some(set), None) => {
            jwk::registered(set).map_err(|error| format!("jwks: {error}"))?;
        }
        (None, Some(uri)) if !may_be_asked(uri) => {
            return Err("jwks_uri: an https address without fragment and user name (plain http only where \
                        `[outbound] allow` lists it)"
                .into());
        }
        (None, None) if method == AuthMethod::PrivateKeyJwt => {
            return Err("jwks: private_key_jwt needs jwks or jwks_uri".into());
        }
        (None, _) => (),
    }
    match (metadata.token_endpoint_auth_signing_alg, method.signatures()) {
        (Some(alg), Some(family)) if alg.family() != family => {
            Err(format!("token_endpoint_auth_signing_alg: {} does not go with {}", alg.name(), method.name()))
        }
        _ => Ok(()),
    }
}

/// How requests come that do not stand in the address (RFC 9101; OpenID Connect Core, 6).
fn check_requests(metadata: &ClientMetadata) -> Result<(), String> {
    if metadata.request_uris.len() > 64 {
        return Err("request_uris: at most 64".into());
    }
    for uri in &metadata.request_uris {
        if !may_be_asked(uri.split_once('#').map_or(uri, |(place, _)| place))
            || !uri.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(format!(
                "request_uris: {uri:?} is no https address without user name (plain http only where `[outbound] allow` \
                 lists it)"
            ));
        }
    }
    let keys = metadata.jwks.is_some() || metadata.jwks_uri.is_some();
    let secret = metadata.token_endpoint_auth_method == AuthMethod::ClientSecretJwt;
    let can = match metadata.request_object_signing_alg {
        None => true,
        Some(ObjectAlg::Unsigned) => !metadata.require_signed_request_object,
        Some(ObjectAlg::Signed(alg)) if alg.family() == Family::Hmac => secret,
        Some(ObjectAlg::Signed(_)) => keys,
    };
    if !can {
        return Err("request_object_signing_alg: the client has nothing to sign with like that, or has to sign \
                    (require_signed_request_object)"
            .into());
    }
    if metadata.require_signed_request_object && !keys && !secret {
        return Err("require_signed_request_object: the client has no keys to sign with (jwks or jwks_uri)".into());
    }
    Ok(())
}

/// May something be fetched from there? Whether plain http may be used, and which addresses, is the installation's word
/// (`[outbound] allow`), when it is fetched.
fn may_be_asked(uri: &str) -> bool {
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    let plain = uri.len() <= 2048 && uri.bytes().all(|b| b.is_ascii_graphic() && !b"#\\*".contains(&b));
    plain && url.is_some() && redirect::has_plain_authority(uri)
}

fn is_web_page(uri: &str) -> bool {
    let plain = uri.len() <= 2048 && uri.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    plain
        && redirect::has_plain_authority(uri)
        && Url::parse(uri).is_ok_and(|url| match url.scheme() {
            "https" => true,
            "http" => crate::protocol::issuer::is_local_name(&url),
            _ => false,
        })
}

fn check_flows(metadata: &ClientMetadata) -> Result<(), String> {
    check_response_types(metadata)?;
    let has = |grant_type| metadata.grant_types.contains(&grant_type);
    if has(GrantType::ClientCredentials) && metadata.token_endpoint_auth_method == AuthMethod::None {
        return Err("grant_types: client_credentials is for clients with credentials (RFC 6749, section 4.4)".into());
    }
    // The server of a resource may do nothing but ask about tokens.
    let only_serves = metadata.grant_types.is_empty() && !metadata.resources.is_empty();
    if !only_serves && metadata.grant_types.iter().all(|grant_type| *grant_type == GrantType::RefreshToken) {
        return Err("grant_types: one that refresh tokens can come of is needed, or none for a client that only \
                    introspects (resources)"
            .into());
    }
    if metadata.dpop_bound_access_tokens
        && metadata.response_types.iter().any(|response_type| response_type.gives(Part::Token))
    {
        return Err(
            "dpop_bound_access_tokens: an access token that is shown in the browser is bound to no key (RFC 9449, \
                    section 5.2)"
                .into(),
        );
    }
    if metadata.id_token_signed_response_alg == IdTokenAlg::Unsecured
        && metadata.response_types.iter().any(|response_type| response_type.gives(Part::IdToken))
    {
        return Err(
            "id_token_signed_response_alg: none is for clients whose response types give no ID token in the browser \
                    (Dynamic Client Registration 1.0, section 2)"
                .into(),
        );
    }
    // A secret that is delivered with an app is none (RFC 8252, section 8.5).
    let native = metadata.application_type == ApplicationType::Native;
    if !metadata.require_pkce && (native || metadata.token_endpoint_auth_method == AuthMethod::None) {
        return Err("require_pkce: only a confidential web client can be exempted".into());
    }
    if metadata.require_acr.as_deref().is_some_and(|acr| !ACRS.contains(&acr)) {
        return Err(format!("require_acr: nobody here can reach it; write one of {}", ACRS.join(", ")));
    }
    if metadata.default_acr_values.iter().any(|acr| acr.is_empty() || acr.contains(' ') || !plain_line(acr)) {
        return Err("default_acr_values: a value is a word without white space".into());
    }
    Ok(())
}

fn check_subjects(metadata: &ClientMetadata) -> Result<(), String> {
    if let Some(uri) = &metadata.sector_identifier_uri
        && !(uri.starts_with("https://") && may_be_asked(uri))
    {
        return Err("sector_identifier_uri: an https address (OpenID Connect Core, section 8.1)".into());
    }
    if metadata.subject_type == SubjectType::Pairwise && sector(metadata).is_none() {
        return Err(
            "sector_identifier_uri: needed for pairwise subjects whose redirect_uris have several hosts, or none \
                    (OpenID Connect Core, section 8.1)"
                .into(),
        );
    }
    Ok(())
}

/// Response types and grant types go together (OpenID Connect Dynamic Client Registration 1.0, section 2).
fn check_response_types(metadata: &ClientMetadata) -> Result<(), String> {
    let has = |grant_type| metadata.grant_types.contains(&grant_type);
    let types = &metadata.response_types;
    let by_code = types.iter().any(|response_type| response_type.gives(Part::Code));
    let shows_tokens = types.iter().any(|response_type| response_type.shows_tokens());
    match (has(GrantType::AuthorizationCode), by_code, has(GrantType::Implicit), shows_tokens) {
        (false, true, ..) => Err("grant_types: authorization_code is needed for these response_types".into()),
        (true, false, ..) => Err("response_types: authorization_code is for response types with a code".into()),
        (_, _, false, true) => Err("grant_types: implicit is needed for response types with id_token or token".into()),
        (_, _, true, false) => Err("response_types: implicit is for response types with id_token or token".into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(json: serde_json::Value) -> Result<(), String> {
        let mut whole = serde_json::json!({"client_id": "a", "redirect_uris": ["https://a.example/cb"]});
        whole.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        check(&serde_json::from_value(whole).map_err(|e| e.to_string())?)
    }

    #[test]
    fn the_complete_object_is_judged() {
        for good in [
            serde_json::json!({}),
            serde_json::json!({"id_token_signed_response_alg": "none"}),
            serde_json::json!({"id_token_signed_response_alg": "none", "response_types": ["code", "code token"],
                "grant_types": ["authorization_code", "implicit"]}),
            serde_json::json!({"id_token_signed_response_alg": "PS256", "userinfo_signed_response_alg": "ES384"}),
            serde_json::json!({"backchannel_logout_uri": "http://app.internal/bye"}),
            serde_json::json!({"token_endpoint_auth_method": "none", "backchannel_logout_uri": "https://a.example/bye"}),
            serde_json::json!({"redirect_uris": ["http://localhost/cb"], "frontchannel_logout_uri": "http://localhost/bye"}),
            serde_json::json!({"token_endpoint_auth_method": "none", "development": true,
                "redirect_uris": ["http://localhost/cb"], "frontchannel_logout_uri": "http://localhost/bye",
                "backchannel_logout_uri": "http://localhost/bye"}),
            serde_json::json!({"redirect_uris": ["https://localhost/cb", "http://app.localhost/cb"]}),
            serde_json::json!({"redirect_uris": ["https://localhost/cb", "http://localhost/cb"], "development": true,
                "response_types": ["id_token token"], "grant_types": ["implicit"]}),
            serde_json::json!({"application_type": "native", "redirect_uris": ["http://localhost/cb"],
                "response_types": ["id_token"], "grant_types": ["implicit"]}),
        ] {
            assert_eq!(metadata(good.clone()), Ok(()), "{good}");
        }
        for bad in [
            serde_json::json!({"client_id": ""}),
            serde_json::json!({"client_id": "a b"}),
            serde_json::json!({"client_id": "abide:console"}),
            serde_json::json!({"client_name": "x\u{202e}y"}),
            serde_json::json!({"redirect_uris": []}),
            serde_json::json!({"require_acr": "aal2"}),
            serde_json::json!({"require_acr": ""}),
            serde_json::json!({"default_acr_values": ["a b"]}),
            serde_json::json!({"default_acr_values": [""]}),
            serde_json::json!({"redirect_uris": ["javascript:alert(1)"]}),
            serde_json::json!({"post_logout_redirect_uris": ["https://a.example/#x"]}),
            serde_json::json!({"token_endpoint_auth_method": "none", "redirect_uris": ["http://localhost/cb"]}),
            serde_json::json!({"token_endpoint_auth_method": "none", "require_pkce": false}),
            serde_json::json!({"application_type": "native", "redirect_uris": ["http://127.0.0.1/cb"], "require_pkce": false}),
            serde_json::json!({"redirect_uris": ["https://a.example/cb", "https://localhost/cb"],
                "response_types": ["id_token"], "grant_types": ["implicit"]}),
            serde_json::json!({"redirect_uris": ["https://127.0.0.1/cb"], "response_types": ["id_token"], "grant_types": ["implicit"]}),
            serde_json::json!({"redirect_uris": ["https://app.localhost:8443/cb"], "response_types": ["code token"],
                "grant_types": ["authorization_code", "implicit"]}),
            serde_json::json!({"token_endpoint_auth_method": "none", "backchannel_logout_uri": "http://a.example/bye"}),
            serde_json::json!({"token_endpoint_auth_method": "none", "application_type": "native",
                "redirect_uris": ["http://localhost/cb"], "frontchannel_logout_uri": "http://localhost/bye"}),
            serde_json::json!({"logo_uri": "javascript:alert(1)"}),
            serde_json::json!({"logo_uri": "http://a.example/x.png"}),
            serde_json::json!({"response_types": ["token"]}),
            serde_json::json!({"grant_types": ["refresh_token"]}),
            serde_json::json!({"offline_access": true, "session": {"idle_timeout": "5m"}}),
            serde_json::json!({"resources": ["not a uri"]}),
            serde_json::json!({"default_resource": "https://a.example/api"}),
            serde_json::json!({"calls": ["https://a.example/api"], "default_resource": "https://a.example/api/"}),
            serde_json::json!({"token_endpoint_auth_method": "private_key_jwt"}),
            serde_json::json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "ftp://a.example/keys"}),
            serde_json::json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://u@a.example/keys"}),
            serde_json::json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example/keys",
                "jwks": {"keys": []}}),
            serde_json::json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://a.example/keys",
                "token_endpoint_auth_signing_alg": "HS256"}),
            serde_json::json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "ES256"}),
            serde_json::json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "none"}),
            serde_json::json!({"token_endpoint_auth_method": "tls_client_auth"}),
            serde_json::json!({"jwks": {"keys": []}}),
            serde_json::json!({"jwks": [1]}),
            serde_json::json!({"id_token_signed_response_alg": "HS256"}),
            serde_json::json!({"id_token_signed_response_alg": "None"}),
            serde_json::json!({"id_token_signed_response_alg": "none", "response_types": ["code", "code id_token"],
                "grant_types": ["authorization_code", "implicit"]}),
            serde_json::json!({"dpop_bound_access_tokens": true, "response_types": ["code", "code token"],
                "grant_types": ["authorization_code", "implicit"]}),
            serde_json::json!({"userinfo_signed_response_alg": "none"}),
            serde_json::json!({"userinfo_signed_response_alg": "RSA-OAEP"}),
            serde_json::json!({"unknown_member": 1}),
        ] {
            assert!(metadata(bad.clone()).is_err(), "{bad}");
        }
    }
}
