//! The one-time link that makes the first administrator.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::cookies;
use super::error::WebError;
use super::form::OurForm;
use super::pages::{Setup, SetupGone};
use crate::flow::cookies::Handles;
use crate::flow::setup::{FormError, SetUp};
use crate::model::authorization::factor::{Method, facts};
use crate::model::password::{MINIMUM_ALONE, Weakness};
use crate::model::session::policy::Remember;
use crate::model::setting::LinkStanding;
use crate::protocol::params::Params;
use crate::text::Text;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use std::collections::BTreeSet;

/// GET /setup
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    let token = params.get("token").unwrap_or_default().to_owned();
    if asking.idp().setup_standing(&token, asking.now).await? == LinkStanding::Void {
        return Ok(page(StatusCode::GONE, &SetupGone { text: asking.text() }));
    }
    let view = Setup {
        text: asking.text(),
        csrf: asking.csrf(),
        token,
        username: String::new(),
        alert: None,
        minimum: MINIMUM_ALONE,
    };
    let mut response = page(StatusCode::OK, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /setup
pub(super) async fn post(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let (token, username) = (form.field("token").to_owned(), form.field("username").to_owned());
    match asking.idp().set_up(&token, &username, form.field("password"), asking.now).await? {
        SetUp::Void => Ok(page(StatusCode::GONE, &SetupGone { text: asking.text() })),
        SetUp::Form(error) => {
            let alert = Some(words(error, asking.text()));
            let view =
                Setup { text: asking.text(), csrf: asking.csrf(), token, username, alert, minimum: MINIMUM_ALONE };
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        SetUp::Done(account) => {
            let mut response = see_other("/admin");
            let by_password = facts(&BTreeSet::from([Method::Password]), asking.now);
            if let Some((_, handles, _)) =
                asking.idp().establish(&asking.visitor, &account, (by_password, Remember::No), asking.now).await?
            {
                let handles = asking.idp().session_cookies(handles, Remember::No, asking.now).await?;
                cookies::set(&mut response, asking.to(), &Handles::Set(handles), Some(&account.id));
            }
            Ok(response)
        }
    }
}

/// What is wrong with a username or password, in words.
pub(super) fn words(error: FormError, text: Text) -> String {
    match error {
        FormError::Username => text.say("alert-username-form"),
        FormError::Taken => text.say("alert-username-taken"),
        FormError::Password(Weakness::TooShort(least)) => text.count("alert-password-short", least),
        FormError::Password(Weakness::TooLong) => text.say("alert-password-long"),
        FormError::Password(Weakness::Common) => text.say("alert-password-common"),
        FormError::Password(Weakness::Unseen) => text.say("alert-password-unseen"),
        FormError::Password(Weakness::Context) => text.say("alert-password-context"),
        FormError::Password(Weakness::Breached) => text.say("alert-password-breached"),
        FormError::Busy => text.say("alert-busy"),
    }
}
