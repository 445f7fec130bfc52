//! Every endpoint that takes a form, by every way of authenticating: which fields there are, and how each is refused.

/// Status and error; an answer that is a page has the error `page`, and one that tells of no token `inactive`.
pub(super) type Outcome = (u16, &'static str);

/// A field, what another value in it is answered with, and what its absence is.
type Field = (&'static str, Outcome, Outcome);

const GRANT: Outcome = (400, "invalid_grant");
const REQUEST: Outcome = (400, "invalid_request");
const CLIENT: Outcome = (401, "invalid_client");
pub(super) const PAGE: Outcome = (400, "page");
const BACK: Outcome = (303, "invalid_request");

/// Whoever asks, how, and what for.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) good: Outcome,
    /// A parameter that no reading can be found for.
    pub(super) malformed: Outcome,
    pub(super) fields: &'static [Field],
}

const GRANT_TYPE: Field = ("grant_type", (400, "unsupported_grant_type"), REQUEST);
const CODE: Field = ("code", GRANT, REQUEST);
const REDIRECT_URI: Field = ("redirect_uri", GRANT, REQUEST);
const CODE_VERIFIER: Field = ("code_verifier", GRANT, GRANT);
const CLIENT_ID: Field = ("client_id", CLIENT, CLIENT);

const fn token(name: &'static str, fields: &'static [Field]) -> Kind {
    Kind { name, path: "/token", good: (200, ""), malformed: REQUEST, fields }
}

pub(super) const KINDS: [Kind; 14] = [
    token("code, basic", &[GRANT_TYPE, CODE, REDIRECT_URI, CODE_VERIFIER]),
    token("code, post", &[GRANT_TYPE, CODE, REDIRECT_URI, CODE_VERIFIER, CLIENT_ID, ("client_secret", CLIENT, CLIENT)]),
    token("code, none", &[GRANT_TYPE, CODE, REDIRECT_URI, CODE_VERIFIER, CLIENT_ID]),
    token("code, key", &[("client_assertion", CLIENT, REQUEST), ("client_assertion_type", CLIENT, REQUEST)]),
    token("refresh, basic", &[GRANT_TYPE, ("refresh_token", GRANT, REQUEST)]),
    token("client credentials", &[GRANT_TYPE]),
    Kind {
        name: "device",
        path: "/token",
        good: (400, "authorization_pending"),
        malformed: REQUEST,
        fields: &[GRANT_TYPE, CLIENT_ID, ("device_code", GRANT, REQUEST)],
    },
    Kind {
        name: "introspect",
        path: "/introspect",
        good: (200, "active"),
        malformed: REQUEST,
        fields: &[("token", (200, "inactive"), REQUEST)],
    },
    Kind {
        name: "revoke",
        path: "/revoke",
        good: (200, ""),
        malformed: REQUEST,
        fields: &[("token", (200, ""), REQUEST)],
    },
    Kind {
        name: "push",
        path: "/par",
        good: (201, ""),
        malformed: REQUEST,
        fields: &[
            ("redirect_uri", REQUEST, REQUEST),
            ("response_type", (400, "unsupported_response_type"), REQUEST),
            ("code_challenge", REQUEST, REQUEST),
            ("code_challenge_method", REQUEST, REQUEST),
        ],
    },
    Kind {
        name: "ask by device",
        path: "/device_authorization",
        good: (200, ""),
        malformed: REQUEST,
        fields: &[CLIENT_ID],
    },
    Kind {
        name: "userinfo",
        path: "/userinfo",
        good: (200, ""),
        malformed: REQUEST,
        fields: &[("access_token", (401, "invalid_token"), (401, ""))],
    },
    asked("ask by address"),
    asked("ask by form"),
];

const fn asked(name: &'static str) -> Kind {
    Kind {
        name,
        path: "/authorize",
        good: (303, ""),
        malformed: BACK,
        fields: &[
            ("client_id", PAGE, PAGE),
            ("redirect_uri", PAGE, PAGE),
            ("response_type", (303, "unsupported_response_type"), BACK),
            ("code_challenge", BACK, BACK),
            ("code_challenge_method", BACK, BACK),
        ],
    }
}
