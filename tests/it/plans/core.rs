//! The plans for the flows themselves: Basic, Implicit, Hybrid, and the same by form post.

use super::{ClientAuth, Entry, Plan, ResponseMode, Variant};

pub fn plans() -> Vec<Plan> {
    vec![basic(ResponseMode::Default)]
}

fn basic(mode: ResponseMode) -> Plan {
    let (name, profile) = match mode {
        ResponseMode::Default => ("oidcc-basic-certification-test-plan", "Basic OP"),
        ResponseMode::FormPost => ("oidcc-formpost-basic-certification-test-plan", "Form Post OP"),
    };
    let by = |auth| Variant::by_both("code", mode, auth).to_vec();
    let entries = vec![Entry { modules: vec!["oidcc-server"], variants: by(ClientAuth::SecretBasic) }];
    Plan { name, profile, entries }
}
