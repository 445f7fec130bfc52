//! `docs/conformance.md` has a row for every module of every plan.

use super::{declared, plans};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The heading of the section.
pub const SECTION: &str = "The certification plans";

#[test]
fn every_module_of_every_plan_has_one_function_and_every_function_a_plan() {
    let named: BTreeSet<&str> = plans().iter().flat_map(|plan| &plan.entries).flat_map(|e| e.modules.clone()).collect();
    let played: Vec<&str> = declared().iter().map(|(name, _)| *name).collect();
    let once: BTreeSet<&str> = played.iter().copied().collect();
    assert_eq!(once.len(), played.len(), "a module is declared twice");
    assert_eq!(named, once);
}

/// A plan's name without what all of them have in common.
fn short(name: &str) -> &str {
    let name = name.strip_prefix("oidcc-").unwrap_or(name);
    name.strip_suffix("-test-plan").map_or(name, |name| name.strip_suffix("-certification").unwrap_or(name))
}

/// The rows that there have to be.
fn rows() -> BTreeSet<String> {
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for plan in plans() {
        let modules: BTreeSet<&str> = plan.entries.iter().flat_map(|entry| entry.modules.clone()).collect();
        for module in modules {
            let plans = of.entry(module).or_default();
            if !plans.contains(&short(plan.name)) {
                plans.push(short(plan.name));
            }
        }
    }
    let test = |name: &str| name.split_once("::").map_or(name, |(_, path)| path).to_owned();
    let row = |(module, function): (&str, &str)| {
        let mut plans = of.get(module).cloned().unwrap_or_default();
        plans.sort_unstable();
        format!("| `{module}` | {} | `{}` |", plans.join(", "), test(function))
    };
    declared().into_iter().map(row).collect()
}

#[test]
fn every_module_of_every_plan_has_a_row() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    let text = fs::read_to_string(file).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with(SECTION)).unwrap_or_default();
    let there: BTreeSet<String> = section.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect();
    let should = rows();
    let missing: Vec<&String> = should.difference(&there).collect();
    let wrong: Vec<&String> = there.difference(&should).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "missing:\n{missing:#?}\nwrong:\n{wrong:#?}");
    for plan in plans() {
        let named = section.contains(&format!("`{}`", short(plan.name))) && section.contains(plan.profile);
        assert!(named, "the section says what {} is for: {}", plan.name, plan.profile);
    }
    assert!(section.contains("no run of the suite"), "the section says what it is");
}
