//! No path around a factor: every route there is, what it can do to a session, and which evidence it demands for it.
//!
//! * `table`: what each route is said to be able to do. A route that the provider has and the table has not fails a test.
//! * `walk`: a request between two looks at every session in the store, and what it made of them.
//! * `first_and_second`, `going_on`, `passkeys`, `pages`, `links`, `upstream`: the routes with power, tried with nothing, with a part of what they
//!   demand, with what belongs to another person, browser or interaction, and with everything.
//! * `harmless`: the routes without, tried with everything there is to be shown.

mod first_and_second;
mod going_on;
mod harmless;
mod links;
mod pages;
mod passkeys;
mod table;
mod upstream;
mod walk;

use crate::harness::upstream::Liar;
use crate::store::cluster::Cluster;
use crate::stories::upstream::NOW;
use abide::store::Backend;
use abide::store::postgres::{PostgresStore, Settings};
use futures_util::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use table::{Does, TABLE};
use walk::{Row, Stores, Walk};

type Walking<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Every part begins in a store of its own.
async fn walked(stores: Stores<'_>) -> Vec<Row> {
    let parts: [fn(&mut Walk) -> Walking<'_>; 16] = [
        |walk| Box::pin(first_and_second::signing_in(walk)),
        |walk| Box::pin(first_and_second::interactions(walk)),
        |walk| Box::pin(going_on::stepping_up(walk)),
        |walk| Box::pin(going_on::coming_back(walk)),
        |walk| Box::pin(first_and_second::unusual(walk)),
        |walk| Box::pin(passkeys::alone(walk)),
        |walk| Box::pin(passkeys::after_a_password(walk)),
        |walk| Box::pin(passkeys::on_top(walk)),
        |walk| Box::pin(pages::adding_an_app(walk)),
        |walk| Box::pin(pages::adding_a_passkey(walk)),
        |walk| Box::pin(pages::changing_the_password(walk)),
        |walk| Box::pin(pages::from_before_the_factor(walk)),
        |walk| Box::pin(links::reset(walk)),
        |walk| Box::pin(links::sign_up(walk)),
        |walk| Box::pin(links::invitation(walk)),
        |walk| Box::pin(links::setup(walk)),
    ];
    let with_upstream: [for<'a> fn(&'a mut Walk, &'a Liar) -> Walking<'a>; 3] = [
        |walk, liar| Box::pin(upstream::by_its_word(walk, liar)),
        |walk, liar| Box::pin(upstream::and_a_factor_of_ours(walk, liar)),
        |walk, liar| Box::pin(upstream::a_new_account(walk, liar)),
    ];
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for part in parts {
        let mut walk = Walk::begin(&stores, None).await;
        let ended = ended(part(&mut walk)).await;
        wrong.extend(std::mem::take(&mut walk.wrong).into_iter().chain(ended));
        rows.append(&mut walk.rows);
    }
    let liar = Liar::start(NOW);
    for part in with_upstream {
        let mut walk = Walk::begin(&stores, Some(&liar)).await;
        let ended = ended(part(&mut walk, &liar)).await;
        wrong.extend(std::mem::take(&mut walk.wrong).into_iter().chain(ended));
        rows.append(&mut walk.rows);
    }
    assert!(wrong.is_empty(), "{} steps went wrong:\n{}", wrong.len(), wrong.join("\n"));
    rows
}

/// A part that cannot go on keeps no other from being walked: one run tells everything.
async fn ended(part: Walking<'_>) -> Option<String> {
    let panic = AssertUnwindSafe(part).catch_unwind().await.err()?;
    let words = panic.downcast_ref::<String>().cloned();
    Some(words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
}

/// Whatever a route is said to be able to do was seen when everything was shown, and nothing else was seen of it.
fn assert_told(rows: &[Row]) {
    for (route, does, _) in TABLE {
        let of_route = || rows.iter().filter(|row| row.route == *route);
        let seen = |does: &Does| of_route().any(|row| row.done.iter().any(|grown| grown.how.needs(*does)));
        for power in does.iter().filter(|does| does.is_power()) {
            assert!(seen(power), "{route} is said to {power:?}, and was not seen to");
        }
        let refused = of_route().filter(|row| row.done.is_empty()).count();
        assert!(refused >= 3 || !does.iter().any(Does::is_power), "{route}: tried {refused} times with too little");
    }
    for row in rows {
        let (_, does, _) = TABLE.iter().find(|(route, ..)| *route == row.route).expect("a route");
        for grown in &row.done {
            assert!(does.iter().any(|does| grown.how.needs(*does)), "{} is not said to do this: {grown:?}", row.route);
        }
    }
}

#[allow(clippy::print_stdout, reason = "the table is what the walk is for")]
fn print(rows: &[Row]) {
    println!("\nroute | what it can do to a session | evidence that it demands | refused, passed");
    for (route, does, evidence) in TABLE.iter().filter(|(_, does, _)| does.iter().any(Does::is_power)) {
        let (refused, passed): (Vec<&Row>, Vec<&Row>) =
            rows.iter().filter(|row| row.route == *route).partition(|row| row.done.is_empty());
        println!("{route} | {does:?} | {evidence} | {}, {}", refused.len(), passed.len());
        for row in &passed {
            println!(
                "    {}: {} -> {}",
                row.who,
                row.shown,
                row.done.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            );
        }
    }
    let harmless = TABLE.iter().filter(|(_, does, _)| !does.iter().any(Does::is_power)).count();
    println!("{harmless} routes can do none of it; {} tries in all", rows.len());
}

#[actix_web::test]
async fn no_route_takes_less_than_it_demands() {
    let rows = walked(Stores::Sled).await;
    assert_told(&rows);
    print(&rows);
}

#[actix_web::test]
async fn nor_on_postgres() {
    let cluster = Cluster::shared().await;
    let fresh = || {
        Box::pin(async {
            let settings = Settings::new(&cluster.url(&cluster.with_schema().await)).unwrap();
            Arc::new(PostgresStore::connect(&settings).await.unwrap()) as Arc<dyn Backend>
        }) as Pin<Box<dyn Future<Output = Arc<dyn Backend>>>>
    };
    assert_told(&walked(Stores::Of(Box::new(fresh))).await);
}

#[actix_web::test]
async fn no_other_route_has_any_power_over_sessions() {
    harmless::walk_all().await;
}

#[test]
fn every_route_is_in_the_table_and_a_missing_one_is_named() {
    let there = table::routes();
    assert_eq!(table::missing(&there, TABLE), Vec::<String>::new(), "routes of which nobody said what they can do");
    assert_eq!(table::unknown(&there, TABLE), Vec::<&str>::new(), "routes that are gone");
    // It can fail.
    for lost in 0..TABLE.len() {
        let mut without = TABLE.to_vec();
        let (route, ..) = without.remove(lost);
        assert_eq!(table::missing(&there, &without), [route]);
    }
    let mut more = there.clone();
    more.push("POST /sign-in/by-magic".to_owned());
    assert_eq!(table::missing(&more, TABLE), ["POST /sign-in/by-magic"]);
}
