//! `docs/conformance.md` has a row for every module of every plan.

use super::{declared, plans};
use std::collections::BTreeSet;

#[test]
fn every_module_of_every_plan_has_one_function_and_every_function_a_plan() {
    let named: BTreeSet<&str> = plans().iter().flat_map(|plan| &plan.entries).flat_map(|e| e.modules.clone()).collect();
    let played: Vec<&str> = declared().iter().map(|(name, _)| *name).collect();
    let once: BTreeSet<&str> = played.iter().copied().collect();
    assert_eq!(once.len(), played.len(), "a module is declared twice");
    assert_eq!(named, once);
}
