//! The relying apps in `tests/interop`, one for each make of library, set up as their pages in docs/clients say.

use crate::real::pasted::Pasted;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// One app and the page about it.
pub struct Make {
    /// Below docs/clients.
    pub page: &'static str,
    /// Where the page's example runs.
    pub example: &'static str,
    /// Its folder below tests/interop.
    pub folder: &'static str,
    /// The files that the page shows parts of, with the language of their blocks.
    pub shown: &'static [(&'static str, &'static str)],
    /// What runs it, inside the folder.
    pub command: &'static [&'static str],
    /// The part of `tests/run.sh` that installs it.
    pub part: &'static str,
    /// Where a sign-in begins.
    pub sign_in: &'static str,
    /// The page with the form that signs out.
    pub sign_out: &'static str,
    /// How it learns that the session has ended elsewhere.
    pub learns: Learns,
    /// The other way that the page names, where it names two.
    pub otherwise: Option<Otherwise>,
}

/// How an app learns of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    /// By a logout token.
    AtOnce,
    /// When it renews.
    AtRenewal,
}

/// What is not as the page's blocks have it.
pub struct Otherwise {
    /// Another client beside the page's.
    client_id: &'static str,
    /// Members that it is registered without.
    without: &'static [&'static str],
    /// What its environment says.
    pub told: (&'static str, &'static str),
}

/// A web app on Node.js; the others differ from it.
const NODE: Make = Make {
    page: "",
    example: "",
    folder: "",
    shown: &[("app.mjs", "js")],
    command: &["node", "app.mjs"],
    part: "npm",
    sign_in: "/sign-in",
    sign_out: "/",
    learns: Learns::AtRenewal,
    otherwise: None,
};

const AUTHJS: Make = Make {
    page: "authjs.md",
    example: "https://choir.example.com",
    folder: "authjs",
    sign_in: "/auth/signin?callbackUrl=/me",
    ..NODE
};

/// Auth.js, which never asks userinfo unless it is told to.
pub static AUTHJS_BY_ID_TOKEN: Make = AUTHJS;

/// Auth.js, told to.
pub static AUTHJS_BY_USERINFO: Make = Make {
    otherwise: Some(Otherwise {
        client_id: "choir-by-userinfo",
        without: &["scope_claims"],
        told: ("NAMES", "userinfo"),
    }),
    ..AUTHJS
};

/// passport-openidconnect.
pub static PASSPORT: Make = Make {
    page: "passport-openidconnect.md",
    example: "https://parcels.example.com",
    folder: "passport-openidconnect",
    command: &["node", "--no-deprecation", "app.mjs"],
    ..NODE
};

/// openid-client.
pub static OPENID_CLIENT: Make =
    Make { page: "openid-client.md", example: "https://shelf.example.com", folder: "openid-client", ..NODE };

/// Authlib.
pub static AUTHLIB: Make = Make {
    page: "authlib.md",
    example: "https://recipes.example.com",
    folder: "authlib",
    shown: &[("app.py", "python")],
    command: &[".venv/bin/python", "app.py"],
    part: "clients",
    ..NODE
};

/// golang.org/x/oauth2 with go-oidc.
pub static GO_OIDC: Make = Make {
    page: "go-oidc.md",
    example: "https://ferry.example.com",
    folder: "go-oidc",
    shown: &[("main.go", "go")],
    command: &["bin/ferry"],
    part: "clients",
    learns: Learns::AtOnce,
    ..NODE
};

/// Spring Security.
pub static SPRING: Make = Make {
    page: "spring-security.md",
    example: "https://ledger.example.com",
    folder: "spring-security",
    shown: &[
        ("src/main/java/example/Security.java", "java"),
        ("src/main/java/example/Pages.java", "java"),
        ("src/main/resources/application.yml", "yaml"),
    ],
    // It shares the machine with other tests: little is compiled, and one thread collects garbage.
    command: &["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "target/ledger.jar"],
    part: "clients",
    sign_in: "/me",
    sign_out: "/logout",
    learns: Learns::AtOnce,
    ..NODE
};

/// All of them.
pub static ALL: [&Make; 7] =
    [&AUTHJS_BY_ID_TOKEN, &AUTHJS_BY_USERINFO, &PASSPORT, &OPENID_CLIENT, &AUTHLIB, &GO_OIDC, &SPRING];

impl Make {
    /// Its client as the page registers it, for an app at this address.
    pub fn client(&self, address: &str) -> Value {
        let mut client = Pasted::from(self.page, &[(self.example, address)]).client();
        if let Some(otherwise) = &self.otherwise {
            client["client_id"] = json!(otherwise.client_id);
            for member in otherwise.without {
                let there = client.as_object_mut().expect("an object").remove(*member);
                assert!(there.is_some(), "{} does not register {member}", self.page);
            }
        }
        client
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(self.folder).join(name)
    }
}
