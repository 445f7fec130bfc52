//! The addresses that a client gives of itself: whose they may be.

use super::Refused;
use crate::model::client::sector;
use crate::protocol::client_metadata::{ClientMetadata, SubjectType};
use crate::protocol::redirect::is_here;
use url::Url;

/// Is every redirect URI in the list that its sector publishes? Else any client could name another's sector, and know people
/// by the same `sub` (OpenID Connect Core, section 8.1).
///
/// # Errors
/// One is not.
pub fn in_sector(metadata: &ClientMetadata, listed: &[String]) -> Result<(), Refused> {
    if metadata.redirect_uris.iter().all(|uri| listed.contains(uri)) {
        Ok(())
    } else {
        Err(Refused::metadata("sector_identifier_uri: what is there does not list every redirect URI"))
    }
}

/// Pairwise names are told within the sector that they belong to. A stranger has not shown to be of it: what goes to the
/// redirect URIs reaches whoever has them, but a logout token, with `sub` and `sid`, would reach any address
/// (OpenID Connect Core, section 8.1). And whatever listens on this machine is of no sector at all.
pub(super) fn told_within_sector(metadata: &ClientMetadata) -> Result<(), Refused> {
    let Some(sector) = sector(metadata).filter(|_| metadata.subject_type == SubjectType::Pairwise) else {
        return Ok(());
    };
    // A private scheme has whatever host its app gives it, and nobody has that one to themselves.
    let web = |uri: &String| uri.starts_with("https://") || uri.starts_with("http://");
    if metadata.sector_identifier_uri.is_none() && (is_here(&sector) || !metadata.redirect_uris.iter().all(web)) {
        let words =
            "subject_type: apps on the person's own device have no sector; pairwise needs a sector_identifier_uri";
        return Err(Refused::metadata(words));
    }
    let host = |uri: &String| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    match metadata.backchannel_logout_uri.as_ref().map(host) {
        Some(elsewhere) if elsewhere.as_ref() != Some(&sector) => Err(Refused::metadata(&format!(
            "backchannel_logout_uri: pairwise names are told to {sector} alone, where redirect_uris or \
             sector_identifier_uri have them belong"
        ))),
        _ => Ok(()),
    }
}

/// At a stranger's word nobody is asked in the clear: better said now than found out when nothing works.
pub(super) fn by_https(metadata: &ClientMetadata) -> Result<(), Refused> {
    let single = [("jwks_uri", &metadata.jwks_uri), ("backchannel_logout_uri", &metadata.backchannel_logout_uri)];
    let single = single.into_iter().filter_map(|(member, uri)| Some((member, uri.as_ref()?)));
    let all = single.chain(metadata.request_uris.iter().map(|uri| ("request_uris", uri)));
    match all.into_iter().find(|(_, uri)| !uri.starts_with("https://")) {
        Some((member, _)) => Err(Refused::metadata(&format!("{member}: by registration, an https address"))),
        None => Ok(()),
    }
}

/// A stranger has pages link to hosts that it answers for, by the scheme it answers by, and to no other (OpenID Connect Dynamic
/// Client Registration 1.0, section 9.1; RFC 7591, section 5). The host of a private scheme is whatever its app calls it. What
/// leads elsewhere is not taken, and the answer to the registration shows it.
pub(super) fn leave_out_foreign_links(metadata: &mut ClientMetadata) {
    let place = |uri: &str| {
        let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        Some((url.scheme().to_owned(), url.host_str()?.to_owned()))
    };
    let own: Vec<_> = metadata.redirect_uris.iter().filter_map(|uri| place(uri)).collect();
    for link in [&mut metadata.client_uri, &mut metadata.policy_uri, &mut metadata.tos_uri] {
        link.take_if(|uri| place(uri).is_none_or(|place| !own.contains(&place)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::super::tests::of;
    use super::in_sector;
    use crate::model::cookies::Switch;
    use serde_json::{Value, json};

    #[test]
    fn links_lead_to_hosts_of_the_redirect_uris_alone() {
        let native = json!({"application_type": "native", "client_uri": "https://bank.example/",
            "redirect_uris": ["com.evil.app://bank.example/cb", "http://127.0.0.1/cb"]});
        assert_eq!(shown(&of(native, Switch::Off).unwrap()).get("client_uri"), None, "a host that is nobody's");
        let local = json!({"redirect_uris": ["http://app.localhost/cb"], "client_uri": "https://app.localhost/"});
        assert_eq!(shown(&of(local, Switch::Off).unwrap()).get("client_uri"), None, "another scheme");
        for (uri, taken) in [
            ("https://a.example/about", true),
            ("https://a.example:8443/about", true),
            ("https://A.example/about", true),
            ("https://www.a.example/about", false),
            ("https://a.example.evil.example/about", false),
            ("https://a.example@evil.example/about", false),
            ("https://evil.example/?https://a.example/", false),
        ] {
            for member in ["client_uri", "policy_uri", "tos_uri"] {
                let Ok(metadata) = of(json!({(member): uri}), Switch::Off) else {
                    assert!(!taken, "{member} {uri}");
                    continue;
                };
                assert_eq!(shown(&metadata).get(member).is_some(), taken, "{member} {uri}");
            }
        }
    }

    #[test]
    fn pairwise_names_are_told_within_their_sector() {
        let pairwise = |more: Value| {
            let mut said = json!({"subject_type": "pairwise"});
            said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            of(said, Switch::Off)
        };
        let listed = "https://sector.example/uris.json";
        for (good, more) in [
            (true, json!({})),
            (true, json!({"backchannel_logout_uri": "https://a.example:8443/bye"})),
            (false, json!({"backchannel_logout_uri": "https://evil.example/bye"})),
            (false, json!({"backchannel_logout_uri": "https://a.example.evil.example/bye"})),
            // The sector is whose list it is, and not whose redirect URIs are in it.
            (false, json!({"sector_identifier_uri": listed, "backchannel_logout_uri": "https://a.example/bye"})),
            (true, json!({"sector_identifier_uri": listed, "backchannel_logout_uri": "https://sector.example/bye"})),
            (false, json!({"application_type": "native", "redirect_uris": ["http://127.0.0.1/cb"]})),
            (false, json!({"application_type": "native", "redirect_uris": ["http://[::1]/cb"]})),
            (false, json!({"application_type": "native", "redirect_uris": ["http://localhost/cb"]})),
            (false, json!({"redirect_uris": ["http://app.localhost/cb"]})),
            (false, json!({"application_type": "native", "redirect_uris": ["com.evil.app://bank.example/cb"]})),
            (
                false,
                json!({"application_type": "native", "redirect_uris": ["https://a.example/cb", "com.evil.app://a.example/cb"]}),
            ),
            (true, json!({"redirect_uris": ["http://app.localhost/cb"], "sector_identifier_uri": listed})),
        ] {
            assert_eq!(pairwise(more.clone()).is_ok(), good, "{more}: {:?}", pairwise(more.clone()));
        }
        assert!(of(json!({"backchannel_logout_uri": "https://elsewhere.example/bye"}), Switch::Off).is_ok());
    }

    #[test]
    fn every_redirect_uri_is_in_the_list_of_its_sector_byte_by_byte() {
        let client =
            of(json!({"redirect_uris": ["https://a.example/cb", "https://b.example/cb"]}), Switch::Off).unwrap();
        for (listed, good) in [
            (vec!["https://b.example/cb", "https://c.example/cb", "https://a.example/cb"], true),
            (vec!["https://a.example/cb"], false),
            (vec!["https://a.example/cb", "https://b.example/cb/"], false),
            (vec!["https://a.example/cb", "https://B.example/cb"], false),
            (vec![], false),
        ] {
            let listed: Vec<String> = listed.into_iter().map(str::to_owned).collect();
            assert_eq!(in_sector(&client, &listed).is_ok(), good, "{listed:?}");
        }
    }
}
