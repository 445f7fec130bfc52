//! The certification plans of the OpenID Foundation's conformance suite, stated once more as tests of our own.
//!
//! This is no run of the suite. Its plans are tables here: a [`Plan`] is a list of [`Entry`]s, and an entry says that some
//! modules are played under some variants ([`Variant`]: response type, response mode, authentication of the client, and
//! whether the client is registered by hand or registers itself). Plans, modules and variants bear the suite's own names.
//!
//! A module is one function that plays the app and the person against the provider in process, and demands what the
//! suite's module of that name demands: [`Stage::must`] for what is a failure there, [`Stage::should`] for what is a
//! warning. [`modules!`] makes a test of every such function, which plays it under each variant that any plan has it
//! under; all that was found wrong is told in the end, by module and variant, and warnings fail like failures. A module
//! cannot hide a panic: it counts as a failure of that variant, and the other variants are played all the same.
//!
//! `docs/conformance.md` names plan, module and test; [`document`] compares it with these tables.
//!
//! The suite itself is run against `abide serve` at an address that it reaches by https, with `[registration] open` and
//! `certification` for the variants with `dynamic_client` (without the second, apps that register themselves have neither
//! implicit and hybrid flows nor requests without PKCE, and errors reach them by way of a page). For `static_client` an
//! administrator imports three clients with the suite's callback, as [`Party::register`] does: two by
//! `client_secret_basic` and one by `client_secret_post`. `docs/conformance.md` has the steps.

/// Declares the modules of a file: `"oidcc-…" => function;`. The function is `async fn(&mut Stage)`.
macro_rules! modules {
    ($($name:literal => $function:ident;)+) => {
        pub const MODULES: &[(&str, &str)] =
            &[$(($name, concat!(module_path!(), "::played::", stringify!($function)))),+];

        mod played {
            $(
                #[actix_web::test]
                async fn $function() {
                    crate::plans::play($name, |stage| Box::pin(super::$function(stage))).await;
                }
            )+
        }
    };
}

mod again;
mod arrival;
mod channels;
mod config;
mod core;
mod document;
mod dynamic;
mod happy;
mod leaving;
mod logout;
mod objects;
mod party;
mod playing;
mod refused;
mod registering;
mod registration;
mod reuse;
mod rotation;
mod scopes;
mod session;
mod stage;
mod standard;
mod third_party;
mod told;
mod userinfo;
mod variant;
mod whole;
mod wishes;

pub use arrival::{Arrival, Came, Place};
pub use document::SECTION;
pub use party::Party;
pub use playing::play;
pub use stage::Stage;
pub use variant::{ClientAuth, Entry, Plan, Registration, ResponseMode, Variant};

/// Every plan there is.
pub fn plans() -> Vec<Plan> {
    let mut plans = core::plans();
    plans.extend(config::plans());
    plans.extend(dynamic::plans());
    plans.extend(logout::plans());
    plans.extend(channels::plans());
    plans.extend(third_party::plans());
    plans.extend(session::plans());
    plans
}

/// Every module there is, by its name and by that of its test.
pub fn declared() -> Vec<(&'static str, &'static str)> {
    [
        happy::MODULES,
        again::MODULES,
        objects::MODULES,
        refused::MODULES,
        reuse::MODULES,
        scopes::MODULES,
        userinfo::MODULES,
        wishes::MODULES,
        config::MODULES,
        dynamic::MODULES,
        rotation::MODULES,
        registration::MODULES,
        logout::MODULES,
        channels::MODULES,
        third_party::MODULES,
        session::MODULES,
    ]
    .concat()
}
