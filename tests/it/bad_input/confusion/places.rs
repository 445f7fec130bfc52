//! The places that take something, what each takes, and how it refuses all the rest.

use crate::harness::Answer;

/// Where something is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Code,
    Refresh,
    DeviceCode,
    Introspect,
    Revoke,
    /// A bearer token at a resource of ours.
    Bearer(&'static str, &'static str),
    UserinfoBody,
    Proof,
    Assertion(&'static str),
    Object,
    RequestUri,
    PushedName,
    Hint,
    /// The same, by POST.
    PostedHint,
    /// An app that registers itself.
    Register,
    /// An app that looks after its registration, by this method.
    Registration(&'static str),
    Secret,
    Interaction,
    SessionCookie,
    /// What goes into frames of other sites, in the place of the session cookie.
    SilentCookie,
    MailedLink(&'static str),
    /// The form of the page that such a link leads to.
    LinkForm(&'static str),
    /// What an upstream sends a browser back with.
    Upstream,
    /// Where an upstream tells of the end of a session.
    UpstreamNotice,
    Passkey,
    NewPasskey,
    SignedOut,
    SignOutHint,
    /// The same, by POST.
    PostedSignOut,
    Question,
    Csrf,
}

impl Place {
    /// Whatever is taken here changes what the places after it would take, or is good for one of several.
    pub(super) fn uses_up(self) -> bool {
        match self {
            Place::Revoke | Place::LinkForm(_) | Place::NewPasskey | Place::SignOutHint | Place::Csrf => true,
            Place::Assertion(path) => path != "/revoke",
            _ => false,
        }
    }
}

/// Each way by a mailed link, and whose it is.
const LINKS: [(&str, &[&str]); 5] = [
    ("/reset", &["reset link"]),
    ("/sign-up/confirm", &["sign-up link"]),
    ("/invitation", &["invitation"]),
    ("/account/email/confirm", &["address link"]),
    // There is an administrator, so there is no such link.
    ("/setup", &[]),
];

/// How what is not taken is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    Json(u16, &'static str),
    /// An error that goes back to the app.
    Back(&'static str),
    Page(u16),
    Inactive,
    /// As for a token that was given back before (RFC 7009, section 2.2).
    Nothing,
    /// The page that asks whether to sign out.
    Asks,
    /// The page that asks to sign in.
    SignIn,
}

/// Each place, what it takes, and how it answers all the rest.
pub(super) fn places() -> Vec<(Place, &'static [&'static str], Refusal)> {
    use Place::*;
    use Refusal::*;
    const TOKENS: &[&str] = &["access token", "opaque token"];
    const ASSERTIONS: &[&str] = &["assertion", "assertion by a secret"];
    let (bad_grant, bad_token, bad_client) =
        (Json(400, "invalid_grant"), Json(401, "invalid_token"), Json(401, "invalid_client"));
    let mut all: Vec<(Place, &'static [&'static str], Refusal)> = vec![
        (Code, &["code"], bad_grant),
        (Refresh, &["refresh token"], bad_grant),
        (DeviceCode, &["device code"], bad_grant),
        (Introspect, &["access token", "refresh token"], Inactive),
        (Revoke, &["access token", "refresh token", "opaque token"], Nothing),
        (UserinfoBody, TOKENS, bad_token),
        (Proof, &[], Json(400, "invalid_dpop_proof")),
        (Object, &["request object"], Back("invalid_request_object")),
        (RequestUri, &["name of a pushed request"], Back("invalid_request_uri")),
        (PushedName, &[], Back("invalid_request_uri")),
        (Hint, &["ID token"], Back("invalid_request")),
        (PostedHint, &["ID token"], Back("invalid_request")),
        (Register, &["initial access token"], bad_token),
        (Secret, &["secret"], bad_client),
        (Interaction, &["interaction"], Page(400)),
        (SessionCookie, &["session cookie"], SignIn),
        (SilentCookie, &["silent cookie"], Back("login_required")),
        (SignedOut, &["receipt"], Page(400)),
        (Upstream, &["upstream's state"], Page(400)),
        (UpstreamNotice, &[], Json(400, "invalid_request")),
        (Question, &["question of a sign-out"], Page(400)),
    ];
    let resources = [
        ("GET", "/userinfo"),
        ("POST", "/userinfo"),
        ("GET", "/session"),
        ("POST", "/session/activity"),
        ("HEAD", "/session/events"),
    ];
    all.extend(resources.map(|(method, path)| (Bearer(method, path), TOKENS, bad_token)));
    let endpoints = ["/token", "/introspect", "/revoke", "/par", "/device_authorization"];
    all.extend(endpoints.map(|path| (Assertion(path), ASSERTIONS, bad_client)));
    all.extend(LINKS.map(|(path, takes)| (MailedLink(path), takes, Page(410))));
    all.extend(LINKS.map(|(path, takes)| (LinkForm(path), takes, Page(410))));
    all.extend(["GET", "PUT", "DELETE"].map(|method| (Registration(method), &["registration token"][..], bad_token)));
    all.extend([
        (NewPasskey, &["challenge of a new passkey"][..], Page(400)),
        (Passkey, &["challenge of a passkey"], Page(422)),
        (Csrf, &["form token"], Page(403)),
        (SignOutHint, &["ID token"], Asks),
        (PostedSignOut, &["ID token"], Asks),
    ]);
    all
}

/// Is it refused as it has to be?
pub(super) fn is_refused(answer: &Answer, refusal: Refusal) -> bool {
    let status = answer.status.as_u16();
    match refusal {
        // What is asked by HEAD has no body; its challenge names the error.
        Refusal::Json(expected, error) => {
            status == expected
                && (answer.body.contains(&format!("\"error\":\"{error}\""))
                    || answer.header("www-authenticate").contains(error))
        }
        Refusal::Back(error) => status == 303 && answer.location().starts_with("https://") && answer.error() == error,
        Refusal::Page(expected) => status == expected || (expected == 400 && status == 404),
        Refusal::Inactive => status == 200 && answer.body == r#"{"active":false}"#,
        Refusal::Nothing => status == 200 && answer.body.is_empty(),
        Refusal::Asks => status == 200 && answer.body.contains("id=\"sign-out\""),
        Refusal::SignIn => status == 200 && answer.body.contains("id=\"sign-in\""),
    }
}
