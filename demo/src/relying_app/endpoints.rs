//! What visitors' requests do beside what the crate's own paths do.

use abide_rp::{Authority, Look, RelyingApp, SignedIn, Standing};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::desk::{self, Filled};
use super::pages::{self, Greeting};
use super::{Shop, home};

/// The app, as endpoints get it.
pub(super) type Site = web::Data<Shop>;

/// The front door: the home page for who is signed in; otherwise one silent look, then the start page.
pub(super) async fn front(shop: Site, request: HttpRequest, person: Option<SignedIn>) -> HttpResponse {
    if let Some(person) = person {
        return home::show(&shop, &person).await;
    }
    match shop.rp.look(&request).await {
        Ok(Look::Leave(answer)) => answer,
        Ok(Look::Stay(gone)) => {
            let greeting = gone.standing.map_or(Greeting::Welcome, |standing| greeting(standing, &shop.rp));
            let mut page = pages::start(&shop.shell, greeting);
            if let Some(Err(error)) = gone.cookie.map(|cookie| page.add_cookie(&cookie)) {
                tracing::error!("a cookie cannot be set: {error}");
            }
            page
        }
        Err(fault) => {
            tracing::error!("{fault}");
            pages::message(&shop.shell, StatusCode::SERVICE_UNAVAILABLE, "Not now", "Please try again shortly.")
        }
    }
}

fn greeting(standing: Standing, rp: &RelyingApp) -> Greeting {
    match standing {
        Standing::Dormant { until, .. } if rp.now() < until => Greeting::TimedOut,
        _ if standing.authority() == Authority::Good => Greeting::Welcome,
        _ => Greeting::Ended,
    }
}

/// The button that renews by the refresh token.
pub(super) async fn renew(person: SignedIn, request: HttpRequest, form: web::Form<Filled>) -> HttpResponse {
    if person.sent(&request, &form.csrf)
        && let Err(fault) = person.renew().await
    {
        tracing::error!("{fault}");
    }
    see_other("/")
}

/// A transfer or a post.
pub(super) async fn send(
    shop: Site,
    mut person: SignedIn,
    request: HttpRequest,
    form: web::Form<Filled>,
) -> HttpResponse {
    if !person.sent(&request, &form.csrf) {
        return pages::forbidden(&shop.shell);
    }
    let Some(sent) = form.sent(shop.brand) else {
        let text = "Please go back and look at what you filled in.";
        return pages::message(&shop.shell, StatusCode::UNPROCESSABLE_ENTITY, "That was not sent", text);
    };
    match desk::keep(&mut person, shop.brand, sent).await {
        Ok(()) => see_other("/#sent"),
        Err(error) => {
            tracing::warn!("not kept: {error}");
            pages::message(&shop.shell, StatusCode::CONFLICT, "That was not sent", "Please sign in and try again.")
        }
    }
}

/// A redirect that is followed with GET.
pub(super) fn see_other(target: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, target)).finish()
}

/// The one value of a header; none when it repeats or is not text.
pub(super) fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}
