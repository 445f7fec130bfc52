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

/// Under which variants any plan has it.
pub fn variants(module: &str) -> BTreeSet<Variant> {
    let plans = plans();
    let entries = plans.iter().flat_map(|plan| &plan.entries).filter(|entry| entry.modules.contains(&module));
    entries.flat_map(|entry| entry.variants.iter().copied()).collect()
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

/// What is said when a module finds this.
async fn complaint(function: impl for<'a> Fn(&'a mut Stage) -> LocalBoxFuture<'a, ()>) -> String {
    let played = AssertUnwindSafe(play("oidcc-ensure-post-request-succeeds", function)).catch_unwind().await;
    said(&*played.expect_err("something was found")).to_owned()
}

#[actix_web::test]
async fn a_module_tells_all_it_found_and_where() {
    let said = complaint(|stage| {
        Box::pin(async move {
            stage.must(true, "this is as it should be");
            stage.must(false, "this is wrong");
            stage.should(false, "this is not good");
            panic!("there is nothing here");
        })
    })
    .await;
    for registration in ["static_client", "dynamic_client"] {
        for mode in ["default", "form_post"] {
            for what in
                ["failure: this is wrong", "warning: this is not good", "it could not go on: there is nothing here"]
            {
                let line =
                    said.lines().find(|line| line.contains(what) && line.contains(registration) && line.contains(mode));
                let line = line.unwrap_or_else(|| panic!("{registration}, {mode}, {what}: {said}"));
                assert!(line.starts_with("oidcc-ensure-post-request-succeeds [code, "), "{line}");
            }
        }
    }
    assert!(!said.contains("as it should be"), "{said}");
    assert!(complaint(|_| Box::pin(async {})).await.contains("demanded nothing"), "a module that looks at nothing");
}
