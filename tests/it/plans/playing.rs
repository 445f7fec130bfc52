//! Plays a module under every variant that any plan has it under.

use super::{Stage, Variant, plans};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

/// Plays it, and fails with everything that was found wrong, module and variant beside each.
pub async fn play(module: &'static str, function: impl for<'a> Fn(&'a mut Stage) -> LocalBoxFuture<'a, ()>) {
    let variants = variants(module);
    assert!(!variants.is_empty(), "no plan has {module}");
    let mut wrong = Vec::new();
    for variant in variants {
        let mut stage = Stage::new(variant).await;
        let played = AssertUnwindSafe(function(&mut stage)).catch_unwind().await;
        let mut found = stage.found();
        if let Err(panic) = played {
            found.push(format!("failure: it could not go on: {}", said(&*panic)));
        }
        assert!(stage.demands() > 0 || !found.is_empty(), "{module} [{variant}] demanded nothing");
        wrong.extend(found.into_iter().map(|what| format!("{module} [{variant}]: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn variants(module: &str) -> BTreeSet<Variant> {
    let plans = plans();
    let entries = plans.iter().flat_map(|plan| &plan.entries).filter(|entry| entry.modules.contains(&module));
    entries.flat_map(|entry| entry.variants.iter().copied()).collect()
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}
