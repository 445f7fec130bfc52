//! Every route, what it can do to a session, and the evidence without which it does not.

use Does::{Begin, End, Follow, Go, Nothing, Raise, Restore};

/// What a route can do to sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Does {
    /// It has nothing to do with them.
    Nothing,
    /// It goes by a live one, and gives none more than it had.
    Follow,
    /// It goes by none: it leads on an interaction that another step has to complete.
    Go,
    /// It ends them.
    End,
    /// It makes one.
    Begin,
    /// It makes one stronger, or its authentication younger.
    Raise,
    /// It brings one back that had timed out.
    Restore,
}

impl Does {
    /// Does it make more of a session than it was?
    pub fn is_power(&self) -> bool {
        matches!(self, Begin | Raise | Restore)
    }
}

pub type Said = (&'static str, &'static [Does], &'static str);

const FRESH: &str = "a live session, every factor of the account in the last five minutes";
const LIVE: &str = "a live session";
const BOSS: &str = "a live session of an administrator";
const TOKEN: &str = "a token that rests on a live session, from its client";

/// GET stands for HEAD as well: both have one answer.
pub const TABLE: &[Said] = &[
    ("GET /.well-known/openid-configuration", &[Nothing], ""),
    ("GET /.well-known/oauth-authorization-server", &[Nothing], ""),
    ("GET /jwks", &[Nothing], ""),
    ("GET /authorize", &[Follow], LIVE),
    ("POST /authorize", &[Nothing], ""),
    ("POST /token", &[Follow], TOKEN),
    ("POST /par", &[Nothing], ""),
    ("POST /register", &[Nothing], ""),
    ("GET /register/{client_id}", &[Nothing], ""),
    ("PUT /register/{client_id}", &[Nothing], ""),
    ("DELETE /register/{client_id}", &[Nothing], ""),
    ("POST /device_authorization", &[Nothing], ""),
    ("GET /device", &[Nothing], ""),
    (
        "POST /device",
        &[Follow],
        "the code that a device shows; what the person may do with it is asked as of every request",
    ),
    ("GET /userinfo", &[Follow], TOKEN),
    ("POST /userinfo", &[Follow], TOKEN),
    ("POST /introspect", &[Follow], TOKEN),
    ("POST /revoke", &[End], TOKEN),
    ("GET /session", &[Follow], TOKEN),
    ("POST /session/activity", &[Follow], TOKEN),
    ("GET /session/events", &[Follow], TOKEN),
    ("GET /check_session", &[Nothing], ""),
    ("GET /end_session", &[End], LIVE),
    ("POST /end_session", &[Nothing], ""),
    ("POST /end_session/confirm", &[End], LIVE),
    ("GET /signed-out", &[Nothing], ""),
    ("GET /interaction/{handle}", &[Follow], "what the interaction holds already"),
    (
        "POST /sign-in",
        &[Begin, Raise, Restore],
        "the password, in this browser's interaction; alone only where the account holds no second factor",
    ),
    (
        "POST /sign-in/code",
        &[Begin, Raise, Restore],
        "a code of the account's app or a recovery code, and before it the password in the same interaction, or a live session; \
         the mailed code is none of them: where an unusual sign-in asks for it, it completes one factor and adds nothing",
    ),
    ("POST /sign-in/not-now", &[Go], ""),
    ("POST /sign-in/again", &[Go], ""),
    ("POST /select", &[Follow], "a live session of this browser"),
    ("POST /consent", &[Follow], LIVE),
    ("GET /", &[Nothing], ""),
    ("GET /account", &[Follow], LIVE),
    ("POST /account/withdraw", &[Follow], LIVE),
    ("POST /account/end-session", &[End], LIVE),
    ("POST /account/end-others", &[End], FRESH),
    ("POST /account/sign-out", &[End], LIVE),
    ("GET /account/security", &[Follow], FRESH),
    (
        "POST /account/security/password",
        &[Begin],
        "a live session, every factor of the account in the last five minutes, and the present password",
    ),
    ("GET /account/security/authenticator", &[Follow], FRESH),
    (
        "POST /account/security/authenticator",
        &[Raise],
        "a live session, every factor of the account in the last five minutes, and a code of the new app",
    ),
    ("POST /account/security/authenticator/remove", &[Follow], FRESH),
    ("POST /account/security/recovery-codes", &[Follow], FRESH),
    ("GET /account/profile", &[Follow], LIVE),
    ("POST /account/profile", &[Follow], LIVE),
    ("POST /account/profile/picture", &[Follow], LIVE),
    ("POST /account/profile/picture/remove", &[Follow], LIVE),
    ("GET /picture/{name}", &[Nothing], ""),
    ("GET /logo/{name}", &[Nothing], ""),
    ("GET /account/history", &[Follow], LIVE),
    ("GET /account/data", &[Follow], FRESH),
    ("POST /account/data/download", &[Follow], FRESH),
    ("POST /account/data/delete", &[Follow], FRESH),
    ("POST /account/data/keep", &[Follow], LIVE),
    (
        "POST /sign-in/passkey",
        &[Begin, Raise, Restore],
        "a passkey's answer to this page's challenge: of one that verified the person, or a touch after the password",
    ),
    ("GET /account/security/passkey", &[Follow], FRESH),
    (
        "POST /account/security/passkey",
        &[Raise],
        "a live session, every factor of the account in the last five minutes, and the new passkey's answer",
    ),
    ("POST /account/security/passkey/rename", &[Follow], FRESH),
    ("POST /account/security/passkey/remove", &[Follow], FRESH),
    ("GET /setup", &[Nothing], ""),
    (
        "POST /setup",
        &[Begin],
        "the set-up link while there is no administrator; begins a session of the account it makes",
    ),
    ("GET /admin", &[Follow], BOSS),
    ("GET /admin/users", &[Follow], BOSS),
    ("POST /admin/users", &[Follow], BOSS),
    ("POST /admin/users/disable", &[End], BOSS),
    ("POST /admin/users/enable", &[Follow], BOSS),
    ("POST /admin/users/reset-factors", &[End], BOSS),
    ("GET /admin/clients", &[Follow], BOSS),
    ("POST /admin/clients", &[Follow], BOSS),
    ("POST /admin/clients/remove", &[Follow], BOSS),
    ("GET /admin/sessions", &[Follow], BOSS),
    ("POST /admin/sessions/end", &[End], BOSS),
    ("GET /admin/audit", &[Follow], BOSS),
    ("GET /forgot", &[Go], ""),
    ("POST /forgot", &[Go], ""),
    ("POST /forgot/send", &[Go], ""),
    ("GET /reset", &[Nothing], ""),
    ("POST /reset", &[End], "the link in the mail, in the browser that asked; takes no factor away"),
    ("GET /sign-up", &[Go], ""),
    ("POST /sign-up", &[Go], ""),
    ("POST /sign-up/send", &[Go], ""),
    ("GET /sign-up/confirm", &[Nothing], ""),
    (
        "POST /sign-up/confirm",
        &[Begin],
        "the link in the mail, in the browser that asked, once; begins a session of the account it makes",
    ),
    ("GET /invitation", &[Nothing], ""),
    ("POST /invitation", &[Begin], "the link in the mail, once; begins a session of the account it makes"),
    ("GET /account/email", &[Follow], FRESH),
    ("POST /account/email", &[Follow], FRESH),
    ("GET /account/email/confirm", &[Follow], LIVE),
    ("POST /account/email/confirm", &[Follow], "a live session, and the link in the mail"),
    ("GET /admin/invitations", &[Follow], BOSS),
    ("POST /admin/invitations", &[Follow], BOSS),
    ("POST /admin/invitations/revoke", &[Follow], BOSS),
    ("POST /admin/users/send-reset", &[Follow], BOSS),
    ("POST /sign-in/upstream", &[Go], ""),
    (
        "GET /sign-in/upstream/{id}/callback",
        &[Begin, Raise, Restore],
        "the upstream's word for a connected account, for the journey on which this browser was sent; alone only where the \
         account holds no second factor",
    ),
    (
        "POST /sign-in/upstream/create",
        &[Begin],
        "the upstream's word in this interaction; begins a session of the account it makes",
    ),
    ("POST /sign-in/upstream/connect", &[Go], ""),
    ("POST /sign-in/upstream/{id}/backchannel_logout", &[End], "a logout token of the upstream"),
    ("POST /account/security/upstream/connect", &[Follow], FRESH),
    ("POST /account/security/upstream/disconnect", &[Follow], FRESH),
    ("POST /account/switch", &[Follow], "a live session of this browser"),
    ("POST /account/add", &[Go], ""),
    ("GET /health/live", &[Nothing], ""),
    ("GET /health/ready", &[Nothing], ""),
    ("POST /language", &[Nothing], ""),
    ("GET /favicon.ico", &[Nothing], ""),
    ("GET /static/{file}", &[Nothing], ""),
];

/// The routes that the provider has.
pub fn routes() -> Vec<String> {
    let paths = abide::web::paths().into_iter();
    let routes = paths.flat_map(|(path, methods)| methods.into_iter().map(move |method| format!("{method} {path}")));
    routes.filter(|route| !route.starts_with("HEAD ")).collect()
}

/// Those of which the table says nothing.
pub fn missing(there: &[String], table: &[Said]) -> Vec<String> {
    there.iter().filter(|route| !table.iter().any(|(said, ..)| said == route)).cloned().collect()
}

/// Those that the table has and the provider has not.
pub fn unknown(there: &[String], table: &[Said]) -> Vec<&'static str> {
    let said = table.iter().map(|(route, ..)| *route);
    said.filter(|route| !there.iter().any(|there| there == route)).collect()
}
