//! Refusals and the rules they rest on: every section that is named is one of its specification, by its title, and every reason
//! is used.

use abide::protocol::refusal::{Reason, Rule};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The sections that refusals name, by their titles.
const SECTIONS: [(&str, &[(&str, &str)]); 21] = [
    (
        "RFC 6749",
        &[
            ("2.3", "Client Authentication"),
            ("2.3.1", "Client Password"),
            ("3.1", "Authorization Endpoint"),
            ("3.1.1", "Response Type"),
            ("3.2", "Token Endpoint"),
            ("3.3", "Access Token Scope"),
            ("4.1.2", "Authorization Response"),
            ("4.1.2.1", "Error Response"),
            ("4.1.3", "Access Token Request"),
            ("4.4", "Client Credentials Grant"),
            ("5.2", "Error Response"),
            ("6", "Refreshing an Access Token"),
        ],
    ),
    (
        "RFC 6750",
        &[
            ("2", "Authenticated Requests"),
            ("2.1", "Authorization Request Header Field"),
            ("3.1", "Error Codes"),
            ("5.3", "Summary of Recommendations"),
        ],
    ),
    ("RFC 7009", &[("2.1", "Revocation Request")]),
    ("RFC 7662", &[("2.1", "Introspection Request")]),
    ("RFC 7521", &[("4.2", "Using Assertions for Client Authentication")]),
    ("RFC 7523", &[("2.2", "Using JWTs for Client Authentication"), ("3", "JWT Format and Processing Requirements")]),
    (
        "RFC 7591",
        &[
            ("2", "Client Metadata"),
            ("2.3", "Software Statement"),
            ("3", "Client Registration Endpoint"),
            ("3.1", "Client Registration Request"),
            ("3.2.2", "Client Registration Error Response"),
        ],
    ),
    ("RFC 7592", &[("2", "Client Configuration Endpoint")]),
    (
        "RFC 7636",
        &[
            ("4.1", "Client Creates a Code Verifier"),
            ("4.2", "Client Creates the Code Challenge"),
            ("4.3", "Client Sends the Code Challenge with the Authorization Request"),
            ("4.4.1", "Error Response"),
            ("4.6", "Server Verifies code_verifier before Returning the Tokens"),
        ],
    ),
    (
        "RFC 8628",
        &[
            ("3.1", "Device Authorization Request"),
            ("3.4", "Device Access Token Request"),
            ("3.5", "Device Access Token Response"),
        ],
    ),
    ("RFC 8707", &[("2", "Resource Parameter"), ("2.2", "Access Token Request")]),
    (
        "RFC 9101",
        &[
            ("4", "Request Object"),
            ("5", "Authorization Request"),
            ("6.2", "JWS-Signed Request Object"),
            ("6.3", "Request Parameter Assembly and Validation"),
            ("10.5", "Downgrade Attack"),
        ],
    ),
    ("RFC 9126", &[("2.1", "Request"), ("4", "Authorization Request"), ("6", "Client Metadata")]),
    (
        "RFC 9449",
        &[
            ("4.2", "DPoP Proof JWT Syntax"),
            ("4.3", "Checking DPoP Proofs"),
            ("5", "DPoP Access Token Request"),
            ("7.1", "The DPoP Authentication Scheme"),
            ("8", "Authorization Server-Provided Nonce"),
            ("10", "Authorization Code Binding to a DPoP Key"),
            ("10.1", "DPoP with Pushed Authorization Requests"),
            ("11.1", "DPoP Proof Replay"),
        ],
    ),
    (
        "RFC 9700",
        &[("2.1", "Protecting Redirect-Based Flows"), ("4.8.2", "Countermeasures"), ("4.14.2", "Recommendations")],
    ),
    ("RFC 6585", &[("4", "429 Too Many Requests")]),
    (
        "RFC 9110",
        &[
            ("15.5.6", "405 Method Not Allowed"),
            ("15.5.9", "408 Request Timeout"),
            ("15.5.14", "413 Content Too Large"),
            ("15.6.4", "503 Service Unavailable"),
        ],
    ),
    (
        "OpenID Connect Core 1.0",
        &[
            ("3.1.2.1", "Authentication Request"),
            ("3.1.2.2", "Authentication Request Validation"),
            ("3.1.2.4", "Authorization Server Obtains End-User Consent/Authorization"),
            ("3.1.2.6", "Authentication Error Response"),
            ("3.2.2.1", "Authentication Request"),
            ("5.3.3", "UserInfo Error Response"),
            ("5.5", "Requesting Claims using the claims Request Parameter"),
            ("5.5.1", "Individual Claims Requests"),
            ("5.5.1.1", "Requesting the acr Claim"),
            ("6.1", "Passing a Request Object by Value"),
            ("6.2", "Passing a Request Object by Reference"),
            ("7.2.1", "Providing Information with the registration Request Parameter"),
            ("9", "Client Authentication"),
        ],
    ),
    (
        "OAuth 2.0 Multiple Response Type Encoding Practices 1.0",
        &[("2.1", "Response Modes"), ("5", "Definitions of Multiple-Valued Response Type Combinations")],
    ),
    ("OAuth 2.0 Form Post Response Mode 1.0", &[("2", "Form Post Response Mode")]),
    (
        "OpenID Connect RP-Initiated Logout 1.0",
        &[("2", "RP-Initiated Logout"), ("3", "Redirection to RP After Logout")],
    ),
];

#[test]
fn every_rule_stands_in_a_section_that_there_is_and_no_section_is_listed_in_vain() {
    let listed: BTreeSet<(&str, &str)> =
        SECTIONS.iter().flat_map(|(of, sections)| sections.iter().map(|(section, _)| (*of, *section))).collect();
    let named: BTreeSet<(&str, &str)> = Rule::ALL.iter().map(|rule| (rule.specification(), rule.section())).collect();
    let unknown: Vec<_> = named.difference(&listed).collect();
    assert!(unknown.is_empty(), "not in the list: {unknown:?}");
    let vain: Vec<_> = listed.difference(&named).collect();
    assert!(vain.is_empty(), "nothing is refused by: {vain:?}");
    assert_eq!(named.len(), Rule::ALL.len(), "a rule lives in one place");
}

fn sources(place: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(place).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
}

#[test]
fn every_reason_is_given_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src"), &mut all);
    all.retain(|path| !path.components().any(|part| part.as_os_str() == "refusal"));
    let text: String = all.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for reason in Reason::all() {
        assert!(text.contains(&format!("::{}", reason.name())), "{} ({})", reason.name(), reason.said());
    }
}
