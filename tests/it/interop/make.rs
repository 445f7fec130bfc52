//! The relying apps in `tests/interop`, one for each make of library, set up as their pages in docs/clients say.

use crate::real::pasted::Pasted;
use serde_json::Value;
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
}

/// How an app learns of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    /// By a logout token.
    AtOnce,
    /// When it renews.
    AtRenewal,
}

/// Auth.js.
pub const AUTHJS: Make = Make {
    page: "authjs.md",
    example: "https://choir.example.com",
    folder: "authjs",
    shown: &[("app.mjs", "js")],
    command: &["node", "app.mjs"],
    part: "npm",
    sign_in: "/auth/signin?callbackUrl=/me",
    sign_out: "/",
    learns: Learns::AtRenewal,
};

/// passport-openidconnect.
pub const PASSPORT: Make = Make {
    page: "passport-openidconnect.md",
    example: "https://parcels.example.com",
    folder: "passport-openidconnect",
    shown: &[("app.mjs", "js")],
    command: &["node", "--no-deprecation", "app.mjs"],
    part: "npm",
    sign_in: "/sign-in",
    sign_out: "/",
    learns: Learns::AtRenewal,
};

/// openid-client.
pub const OPENID_CLIENT: Make = Make {
    page: "openid-client.md",
    example: "https://shelf.example.com",
    folder: "openid-client",
    shown: &[("app.mjs", "js")],
    command: &["node", "app.mjs"],
    part: "npm",
    sign_in: "/sign-in",
    sign_out: "/",
    learns: Learns::AtRenewal,
};

/// Authlib.
pub const AUTHLIB: Make = Make {
    page: "authlib.md",
    example: "https://recipes.example.com",
    folder: "authlib",
    shown: &[("app.py", "python")],
    command: &[".venv/bin/python", "app.py"],
    part: "clients",
    sign_in: "/sign-in",
    sign_out: "/",
    learns: Learns::AtRenewal,
};

/// golang.org/x/oauth2 with go-oidc.
pub const GO_OIDC: Make = Make {
    page: "go-oidc.md",
    example: "https://ferry.example.com",
    folder: "go-oidc",
    shown: &[("main.go", "go")],
    command: &["bin/ferry"],
    part: "clients",
    sign_in: "/sign-in",
    sign_out: "/",
    learns: Learns::AtOnce,
};

/// Spring Security.
pub const SPRING: Make = Make {
    page: "spring-security.md",
    example: "https://ledger.example.com",
    folder: "spring-security",
    shown: &[
        ("src/main/java/example/Security.java", "java"),
        ("src/main/java/example/Pages.java", "java"),
        ("src/main/resources/application.yml", "yaml"),
    ],
    // One compiler and one collector thread: it shares the machine with other tests.
    command: &["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "target/ledger.jar"],
    part: "clients",
    sign_in: "/me",
    sign_out: "/logout",
    learns: Learns::AtOnce,
};

/// All of them.
pub const ALL: [&Make; 6] = [&AUTHJS, &PASSPORT, &OPENID_CLIENT, &AUTHLIB, &GO_OIDC, &SPRING];

impl Make {
    /// Its client as the page registers it, for an app at this address.
    pub fn client(&self, address: &str) -> Value {
        Pasted::from(self.page, &[(self.example, address)]).client()
    }

    /// A file of it.
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(self.folder).join(name)
    }
}
