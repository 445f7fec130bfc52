//! What there is to be tried. A route that is missing here is in none of these tests, and fails the one below.

/// Every route that takes a form.
pub const FORMS: &[&str] = &[
    "/language",
    "/authorize",
    "/token",
    "/par",
    "/device_authorization",
    "/device",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/end_session",
    "/end_session/confirm",
    "/sign-in",
    "/select",
    "/consent",
    "/account/withdraw",
    "/account/end-session",
    "/account/end-others",
    "/account/sign-out",
    "/sign-in/code",
    "/sign-in/not-now",
    "/account/security/password",
    "/account/security/authenticator",
    "/account/security/authenticator/remove",
    "/account/security/recovery-codes",
    "/account/profile",
    "/account/profile/picture/remove",
    "/account/data/download",
    "/account/data/delete",
    "/account/data/keep",
    "/sign-in/passkey",
    "/account/security/passkey",
    "/account/security/passkey/rename",
    "/account/security/passkey/remove",
    "/setup",
    "/admin/users",
    "/admin/users/disable",
    "/admin/clients/remove",
    "/admin/users/reset-factors",
    "/admin/clients",
    "/admin/sessions/end",
    "/forgot",
    "/forgot/send",
    "/reset",
    "/sign-up",
    "/sign-up/send",
    "/sign-up/confirm",
    "/invitation",
    "/account/email",
    "/account/email/confirm",
    "/admin/invitations",
    "/admin/invitations/revoke",
    "/admin/users/send-reset",
    "/sign-in/again",
    "/admin/users/enable",
    "/sign-in/upstream",
    "/sign-in/upstream/create",
    "/sign-in/upstream/connect",
    "/account/security/upstream/connect",
    "/account/security/upstream/disconnect",
    "/account/switch",
    "/account/add",
    "/sign-in/upstream/x/backchannel_logout",
];

/// Routes and places that answer GET, or do not.
pub const PATHS: &[&str] = &[
    "/",
    "/.well-known/openid-configuration",
    "/jwks",
    "/authorize",
    "/token",
    "/par",
    "/register",
    "/register/x",
    "/device_authorization",
    "/device",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/end_session",
    "/interaction/x",
    "/sign-in/upstream/x/callback",
    "/account",
    "/account/security",
    "/account/security/authenticator",
    "/account/profile",
    "/account/history",
    "/account/profile/picture",
    "/account/profile/picture/remove",
    "/picture/x",
    "/logo/x",
    "/account/data",
    "/account/security/passkey",
    "/setup",
    "/admin",
    "/admin/users",
    "/admin/clients",
    "/admin/sessions",
    "/admin/audit",
    "/forgot",
    "/reset",
    "/sign-up",
    "/sign-up/confirm",
    "/invitation",
    "/account/email",
    "/account/email/confirm",
    "/admin/invitations",
    "/health/live",
    "/favicon.ico",
    "/static/abide.css",
    "/nowhere",
    "/static/../x",
    "/interaction/k.x",
];

/// Is this place one of that route?
fn of(route: &str, place: &str) -> bool {
    let (mut route, mut place) = (route.split('/'), place.split('/'));
    loop {
        match (route.next(), place.next()) {
            (None, None) => return true,
            (Some(name), Some(part)) if name == part || name.starts_with('{') => (),
            _ => return false,
        }
    }
}

#[test]
fn every_form_that_the_provider_takes_is_tried() {
    let there = abide::web::paths().into_iter().filter(|(_, methods)| methods.contains(&"POST"));
    let untried = there.filter(|(route, _)| !FORMS.iter().any(|place| of(route, place)));
    let untried: Vec<&str> = untried.map(|(route, _)| route).collect();
    // No form: JSON, with attacks of its own; a button of a page's script, and a report by token. Of several parts, with attacks of its own: a picture.
    assert_eq!(untried, ["/register", "/session/activity", "/account/profile/picture"]);
}
