//! What WebDriver has no word for and Chromium's own protocol has: a frozen page, media features, the accessibility tree.

use super::page::Page;
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

#[derive(Debug)]
struct Command {
    name: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"cmd": self.name, "params": self.params}).to_string()))
    }
}

impl Page {
    /// A command of the DevTools protocol.
    pub async fn devtools(&self, name: &'static str, params: Value) -> Value {
        let told = self.client.issue_cmd(Command { name, params }).await;
        told.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Name, description and properties of the one node with this role, as assistive software is told them.
    pub async fn spoken(&self, role: &str) -> Value {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("a tree");
        let mut found = nodes.iter().filter(|node| node["role"]["value"] == role && node["ignored"] == false);
        let node = found.next().unwrap_or_else(|| panic!("no {role} in {tree}"));
        assert!(found.next().is_none(), "more than one {role}");
        let properties = node["properties"].as_array().into_iter().flatten();
        let properties = properties.map(|one| (one["name"].as_str().unwrap_or_default(), &one["value"]["value"]));
        let mut told = json!({"name": node["name"]["value"], "description": node["description"]["value"]});
        properties.for_each(|(name, value)| told[name] = value.clone());
        told
    }
}
