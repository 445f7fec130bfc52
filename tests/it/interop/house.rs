//! Two running providers that know every app of the matrix: starting one for each would be most of the time.

use super::make::{ALL, Make};
use crate::real::idp::{RealIdp, person};
use crate::real::process::free_port;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::Duration;

/// How long access tokens and ID tokens are good where a story outlives them.
pub const SHORT: Duration = Duration::from_secs(6);

/// With tokens of that length.
pub static HASTY: LazyLock<House> = LazyLock::new(|| House::open("[tokens]\naccess = \"6s\"\nid = \"6s\"\n"));

/// With the usual ones: within a story no app has a reason to renew.
pub static USUAL: LazyLock<House> = LazyLock::new(|| House::open(""));

/// A provider, and where its apps are expected.
pub struct House {
    /// The provider.
    pub idp: RealIdp,
    clients: Vec<(u16, Value)>,
}

impl House {
    fn open(settings: &str) -> House {
        let register = |make: &&Make| {
            let port = free_port();
            (port, make.client(&format!("http://localhost:{port}")))
        };
        let clients: Vec<_> = ALL.iter().map(register).collect();
        let import: Vec<Value> = clients.iter().map(|(_, client)| client.clone()).collect();
        let settings = format!("[outbound]\nallow = [\"http://localhost:*\"]\n{settings}");
        House { idp: RealIdp::set("localhost", &settings, &[person("ada")], &import), clients }
    }

    /// The port of an app, and its client.
    pub fn registered(&self, make: &'static Make) -> (u16, &Value) {
        let at = ALL.iter().position(|one| std::ptr::eq(*one, make)).expect("a make of the matrix");
        let (port, client) = &self.clients[at];
        (*port, client)
    }
}
