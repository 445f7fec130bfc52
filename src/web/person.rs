//! What a person says of themselves, when they signed in, and what is kept of them.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::pages::{Data, History, Profile, ProfileField, SignInLine};
use super::signed_in::{enter, fresh_person, person};
use super::{choices, cookies, device, picture};
use crate::flow::person::DeletionAsked;
use crate::model::account::{Account, GRACE, username_key};
use crate::model::authorization::Goal;
use crate::model::history::{Signal, SignedIn};
use crate::model::profile::{self, EDITABLE, Unfit, Why};
use crate::text::Text;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

pub(super) const PROFILE: &str = "/account/profile";
const DATA: &str = "/account/data";

fn shown(asking: &Asking, (status, view): (StatusCode, &impl askama::Template)) -> HttpResponse {
    let mut response = page(status, view);
    cookies::introduce(&mut response, asking.to(), None);
    response
}

/// GET /account/profile
pub(super) async fn profile(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Account).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let text = asking.text();
    let notice = match request.query_string() {
        "done=saved" => Some(text.say("notice-profile-saved")),
        "done=picture" => Some(text.say("notice-picture-saved")),
        "done=picture-removed" => Some(text.say("notice-picture-removed")),
        _ => None,
    };
    let view = profile_page(&asking, &current.account, (kept(&current.account), None, notice));
    Ok(shown(&asking, (StatusCode::OK, &view)))
}

/// The page again, for a picture that cannot be taken.
pub(super) async fn picture_refused(
    asking: &Asking,
    (status, alert): (StatusCode, &str),
) -> Result<HttpResponse, WebError> {
    let current = asking.idp().current(&asking.visitor, asking.now).await?;
    let Some(current) = current else { return Ok(see_other(PROFILE)) };
    let view = profile_page(asking, &current.account, (kept(&current.account), None, None));
    let mut response = shown(asking, (status, &Profile { alert: Some(asking.text().say(alert)), ..view }));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
    }
    Ok(response)
}

fn kept(account: &Account) -> Said {
    EDITABLE.map(|claim| account.claims.get(claim).and_then(|value| value.as_str()).unwrap_or_default().to_owned())
}

type Said = [String; EDITABLE.len()];

fn profile_page(
    asking: &Asking,
    account: &Account,
    (said, unfit, notice): (Said, Option<Unfit>, Option<String>),
) -> Profile {
    let text = asking.text();
    let fields = EDITABLE.into_iter().zip(said).map(|(claim, value)| ProfileField {
        claim,
        label: label(claim, text),
        choices: choices::of(claim, &value, text),
        value,
        refused: unfit.is_some_and(|unfit| unfit.claim == claim),
    });
    Profile {
        text,
        csrf: asking.csrf(),
        whose: asking.person(&account.id),
        face: picture::face(account),
        username: account.username.clone(),
        email: account.email().map(str::to_owned),
        picture_elsewhere: match account.picture {
            None => account.claims.get("picture").and_then(|value| value.as_str()).map(str::to_owned),
            Some(_) => None,
        },
        fields: fields.collect(),
        alert: unfit.map(|unfit| words(unfit, text)),
        notice,
    }
}

fn words(unfit: Unfit, text: Text) -> String {
    text.say(match unfit.why {
        Why::Line => "alert-profile-line",
        Why::Address => "alert-profile-address",
        Why::Zone => "alert-profile-zone",
        Why::Language => "alert-profile-language",
    })
}

/// What people call a claim; one without words is called by its name.
pub(super) fn label(claim: &str, text: Text) -> String {
    match claim {
        "preferred_username" => text.say("field-username"),
        "email" => text.say("field-email"),
        "name" => text.say("profile-name"),
        "given_name" => text.say("profile-given-name"),
        "family_name" => text.say("profile-family-name"),
        "nickname" => text.say("profile-nickname"),
        "website" => text.say("profile-website"),
        "zoneinfo" => text.say("profile-zoneinfo"),
        "locale" => text.say("profile-locale"),
        "picture" => text.say("picture-heading"),
        claim => claim.to_owned(),
    }
}

/// POST /account/profile
pub(super) async fn describe(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other(PROFILE)) };
    // A field that is no text at all is not one left empty.
    let spoiled = EDITABLE.into_iter().find(|claim| form.params.spoiled_names().any(|name| name == *claim));
    let said = match spoiled {
        Some(claim) => Err(Unfit { claim, why: Why::Line }),
        None => choices::judge_language(form.field("locale").trim(), current.account.locale())
            .and_then(|()| profile::read(|claim| form.field(claim))),
    };
    match said {
        Ok(said) => {
            asking.idp().describe(&current, said, asking.now).await?;
            Ok(see_other("/account/profile?done=saved"))
        }
        Err(unfit) => {
            let typed = EDITABLE.map(|claim| form.field(claim).chars().take(1_000).collect());
            let view = profile_page(asking, &current.account, (typed, Some(unfit), None));
            Ok(shown(asking, (StatusCode::UNPROCESSABLE_ENTITY, &view)))
        }
    }
}

/// GET /account/history
pub(super) async fn history(asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Account).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let text = asking.text();
    let entries = asking.idp().history_of(&current.account.id).await?;
    let lines = entries.into_iter().map(|entry| line(entry, &asking, text)).collect();
    let view = History { text, csrf: asking.csrf(), face: picture::face(&current.account), lines };
    Ok(shown(&asking, (StatusCode::OK, &view)))
}

fn line(entry: SignedIn, asking: &Asking, text: Text) -> SignInLine {
    let unusual = entry.signals.iter().map(|signal| {
        text.say(match signal {
            Signal::NewDevice => "signal-new-device",
            Signal::NewNetwork => "signal-new-network",
            Signal::ImpossibleTravel => "signal-impossible-travel",
        })
    });
    let by = entry.upstream.as_deref().map(|issuer| asking.idp().upstream_name(issuer));
    SignInLine {
        at: entry.at.0,
        device: device::name(&entry.device.user_agent, text),
        address: entry.device.address,
        here: entry.browser == asking.visitor.browser.id,
        how: by.into_iter().chain(ways(&entry.amr, text)).collect(),
        unusual: unusual.collect(),
    }
}

/// How somebody signed in, in words; what has none is left out.
fn ways(amr: &[String], text: Text) -> Vec<String> {
    let key = |word: &String| match word.as_str() {
        "pwd" => Some("way-password"),
        "otp" => Some("way-code"),
        "pop" | "hwk" | "swk" => Some("way-passkey"),
        _ => None,
    };
    let mut keys: Vec<&str> = amr.iter().filter_map(key).collect();
    keys.dedup();
    keys.into_iter().map(|key| text.say(key)).collect()
}

/// GET /account/data: whoever authenticated a while ago does so again first.
pub(super) async fn data(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Data).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let text = asking.text();
    let notice = match request.query_string() {
        "done=deleting" => Some(text.say("notice-deletion-asked")),
        _ => None,
    };
    Ok(shown(&asking, (StatusCode::OK, &data_page(&asking, &current.account, (None, notice)))))
}

fn data_page(asking: &Asking, account: &Account, (alert, notice): (Option<String>, Option<String>)) -> Data {
    Data {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&account.id),
        face: picture::face(account),
        username: account.username.clone(),
        leaving: account.leaving_at.map(|at| at.0),
        grace_days: usize::try_from(GRACE.as_secs() / 86_400).unwrap_or(usize::MAX),
        alert,
        notice,
    }
}

/// POST /account/data/download: a file of everything but secrets.
pub(super) async fn download(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(DATA)) };
    let data = asking.idp().data_of(&current, asking.now).await?;
    let body = serde_json::to_string_pretty(&data).map_err(|_| WebError::TooLarge)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"abide-my-data.json\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}

/// POST /account/data/delete: the username is typed, so that nobody goes by a click.
pub(super) async fn delete(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(DATA)) };
    let refused = |alert: &str| {
        let view = data_page(asking, &current.account, (Some(asking.text().say(alert)), None));
        shown(asking, (StatusCode::UNPROCESSABLE_ENTITY, &view))
    };
    if username_key(form.field("username").trim()) != username_key(&current.account.username) {
        return Ok(refused("alert-deletion-name"));
    }
    Ok(match asking.idp().ask_deletion(&current, asking.now).await? {
        DeletionAsked::Now => see_other("/account/data?done=deleting"),
        DeletionAsked::OnlyAdministrator => refused("alert-deletion-administrator"),
    })
}

/// POST /account/data/keep: whoever is signed in may keep what they have; nothing fresh is asked for it.
pub(super) async fn keep(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other(DATA)) };
    asking.idp().cancel_deletion(&current, asking.now).await?;
    Ok(see_other("/account?done=kept"))
}
