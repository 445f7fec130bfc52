//! The plans for the flows themselves: Basic, Implicit, Hybrid, and the same by form post; and what the Dynamic plan has
//! in common with them.

use super::{ClientAuth, Entry, Plan, Registration, ResponseMode, Variant};

/// What every plan of these has, whatever the response type.
const EVERYWHERE: [&str; 22] = [
    "oidcc-server",
    "oidcc-idtoken-signature",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-claims-essential",
];
const OBJECTS: [&str; 3] = [
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-ensure-request-object-with-redirect-uri",
];
/// Where there is an access token.
const USERINFO: [&str; 3] = ["oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body"];
/// Where there is a code.
const CODE: [&str; 3] = ["oidcc-codereuse", "oidcc-codereuse-30seconds", "oidcc-refresh-token"];
/// The suite has these for apps that register themselves alone.
const DYNAMIC: [&str; 3] = [
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
];
const MISSING: &str = "oidcc-response-type-missing";
const ORDER: &str = "oidcc-ensure-other-scope-order-succeeds";
const PKCE: &str = "oidcc-ensure-request-with-valid-pkce-succeeds";
const WITHOUT_NONCE: &str = "oidcc-ensure-request-without-nonce-succeeds-for-code-flow";
const NONCE: &str = "oidcc-ensure-request-without-nonce-fails";
const UNSIGNED: &str = "oidcc-idtoken-unsigned";

pub fn plans() -> Vec<Plan> {
    let mut plans = vec![dynamic()];
    for mode in [ResponseMode::Default, ResponseMode::FormPost] {
        plans.extend([basic(mode), implicit(mode), hybrid(mode)]);
    }
    plans
}

fn plan(mode: ResponseMode, names: [&'static str; 3], entries: Vec<Vec<Entry>>) -> Plan {
    let [usual, by_form_post, profile] = names;
    let (name, profile) = match mode {
        ResponseMode::Default => (usual, profile),
        ResponseMode::FormPost => (by_form_post, "Form Post OP"),
    };
    Plan { name, profile, entries: entries.into_iter().flatten().collect() }
}

/// Modules for one response type, by both ways of registration as far as the suite has them.
fn of(modules: &[&[&'static str]], response_type: &'static str, mode: ResponseMode, auth: ClientAuth) -> Vec<Entry> {
    let both = Variant::by_both(response_type, mode, auth);
    let modules = modules.concat();
    let (registering, any): (Vec<_>, Vec<_>) = modules.into_iter().partition(|name| DYNAMIC.contains(name));
    let alone = both.into_iter().filter(|variant| variant.registration == Registration::Dynamic).collect();
    vec![Entry { modules: registering, variants: alone }, Entry { modules: any, variants: both.to_vec() }]
}

/// The module that authenticates by a secret in the form.
fn by_post(response_type: &'static str, mode: ResponseMode) -> Vec<Entry> {
    of(&[&["oidcc-server-client-secret-post"]], response_type, mode, ClientAuth::SecretPost)
}

fn basic(mode: ResponseMode) -> Plan {
    let others = [UNSIGNED, WITHOUT_NONCE, MISSING, ORDER, "oidcc-ensure-post-request-succeeds", PKCE];
    let modules = [&EVERYWHERE[..], &OBJECTS, &USERINFO, &CODE, &others];
    let names = ["oidcc-basic-certification-test-plan", "oidcc-formpost-basic-certification-test-plan", "Basic OP"];
    plan(mode, names, vec![of(&modules, "code", mode, ClientAuth::SecretBasic), by_post("code", mode)])
}

/// No code, and nothing to authenticate for; the suite names a method all the same.
fn implicit(mode: ResponseMode) -> Plan {
    let auth = ClientAuth::SecretBasic;
    let both = [&EVERYWHERE[..], &OBJECTS, &[NONCE, ORDER]];
    let names =
        ["oidcc-implicit-certification-test-plan", "oidcc-formpost-implicit-certification-test-plan", "Implicit OP"];
    let entries = vec![
        of(&both, "id_token", mode, auth),
        of(&both, "id_token token", mode, auth),
        of(&[&USERINFO, &[MISSING]], "id_token token", mode, auth),
    ];
    plan(mode, names, entries)
}

fn hybrid(mode: ResponseMode) -> Plan {
    let mut entries = Vec::new();
    for (response_type, others) in [
        ("code id_token", &[NONCE, MISSING, ORDER, PKCE][..]),
        ("code token", &[WITHOUT_NONCE][..]),
        ("code id_token token", &[NONCE][..]),
    ] {
        let modules = [&EVERYWHERE[..], &OBJECTS, &USERINFO, &CODE, others];
        entries.push(of(&modules, response_type, mode, ClientAuth::SecretBasic));
        entries.push(by_post(response_type, mode));
    }
    let names = ["oidcc-hybrid-certification-test-plan", "oidcc-formpost-hybrid-certification-test-plan", "Hybrid OP"];
    plan(mode, names, entries)
}

/// What the Dynamic plan shares with the others; the rest of it is in [`super::dynamic`].
fn dynamic() -> Plan {
    let mut entries = Vec::new();
    for response_type in ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"] {
        let mut modules = vec!["oidcc-server", "oidcc-ensure-request-object-with-redirect-uri"];
        if response_type.contains("code") {
            modules.push("oidcc-refresh-token");
        }
        if !response_type.contains("id_token") {
            modules.push(UNSIGNED);
        }
        let of_type = of(&[&modules], response_type, ResponseMode::Default, ClientAuth::PrivateKeyJwt);
        entries.extend(of_type.into_iter().map(|mut entry| {
            entry.variants.retain(|variant| variant.registration == Registration::Dynamic);
            entry
        }));
    }
    Plan { name: "oidcc-dynamic-certification-test-plan", profile: "Dynamic OP", entries }
}
