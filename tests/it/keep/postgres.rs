//! From one engine to the other, and nodes that do not fit together.

use super::{Installation, ada_is_signed_in, ada_signs_in, people, refused, run, succeeded};
use crate::real::block_on;
use crate::real::visitor::Visitor;
use crate::store::cluster::{Cluster, PostgresBench};
use crate::store::scenarios::{carried, filled};
use crate::store::{Bench, SledBench};
use abide::app::assemble;
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::flow::keep::KeepError;
use abide::flow::keep::moving::{Named, move_all};
use abide::flow::nodes::NodeFault;
use abide::protocol::time::Timestamp;
use abide::store::contract::{Load, Mark};
use abide::store::postgres::{PostgresStore, Settings};
use abide::store::{Backend, StoreFault};
use std::sync::Arc;
use std::time::Duration;

fn postgres(url: &str) -> String {
    format!("kind = \"postgres\"\nurl = {url:?}")
}

fn moving(from: &Installation, to: &Installation) -> std::process::Output {
    run(&["move", "--from", from.config().to_str().unwrap(), "--to", to.config().to_str().unwrap()])
}

#[test]
fn everything_moves_to_postgres_and_back() {
    let cluster = block_on(Cluster::shared());
    let database = block_on(cluster.with_schema());
    let sled = Installation::new("");
    sled.import(&people(150));
    let visitor = Visitor::new();
    let server = sled.serve();
    block_on(ada_signs_in(&visitor, &sled));
    let shared = Installation::like(&sled, &postgres(&cluster.url(&database)));
    refused(&moving(&sled, &shared), "in use by another Abide");
    refused(&moving(&sled, &sled), "both configurations name the same store");
    drop(server);
    let exported = sled.done(&["export"]);

    let said = succeeded(moving(&sled, &shared));
    assert!(said.contains("moved and compared"), "{said}");
    refused(&moving(&sled, &shared), "is not empty");
    assert_eq!(shared.done(&["export"]), exported);
    let server = shared.serve();
    assert!(block_on(ada_is_signed_in(&visitor, &shared)), "her session went along");

    let back = Installation::like(&sled, "");
    let elsewhere = Installation::like(&sled, &postgres(&cluster.url(&database)));
    refused(&moving(&elsewhere, &back), "is in use by 1 node(s); stop them first");
    // A node that is killed counts for a while; one that stops in good order does not.
    stop(server);
    let said = succeeded(moving(&shared, &back));
    assert!(said.contains("moved and compared"), "{said}");
    assert_eq!(back.done(&["export"]), exported);
    let _server = back.serve();
    assert!(block_on(ada_is_signed_in(&visitor, &back)), "and back");
}

/// Ends a server as a supervisor does, and waits until it is gone.
fn stop(server: crate::real::process::Process) {
    // Dropping asks by SIGTERM and waits.
    drop(server);
}

#[test]
fn a_move_without_a_source_or_into_nowhere_is_named() {
    let (one, other) = (Installation::new(""), Installation::new(""));
    refused(&moving(&one, &other), "there is no store in");
    one.import(&people(1));
    let nowhere = Installation::new(&postgres("postgres://abide:geheim@127.0.0.1:1/abide"));
    refused(&moving(&one, &nowhere), "cannot be reached");
    let output = run(&["move", "--from", "absent.toml", "--to", other.config().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

/// A move that is broken off at any load is finished by the same move, and by no other.
#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_broken_off_goes_on() {
    let (one, other) = (SledBench::new(), PostgresBench::new());
    let (source, target) = (one.open().await, other.open().await);
    filled(&source, 1500).await;
    let loads = carried(&source, None).await.expect("a copy").len();
    let from = Named { store: &source, name: "one".into() };
    let to = Named { store: &target, name: "other".into() };
    for attempt in 1..loads {
        // The future is dropped when the second load of this attempt has arrived, as a killed process would.
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut progress = move |_: &_| {
            let _ = tell.send(());
        };
        let broken = async {
            tokio::select! {
                ended = move_all(&from, &to, &mut progress) => Some(ended),
                () = async { told.recv().await; } => None,
            }
        };
        match broken.await {
            None | Some(Err(KeepError::Store(StoreFault::Unavailable(_)))) => (),
            Some(ended) => {
                ended.expect("a whole move");
                assert!(attempt > 1);
                break;
            }
        }
        assert!(target.mark().await.unwrap().is_some(), "a server would take it for whole");
        let foreign = Named { store: &source, name: "another".into() };
        let refused = move_all(&foreign, &to, &mut |_| ()).await;
        assert!(matches!(refused, Err(KeepError::Begun { .. })), "{refused:?}");
    }
    while target.mark().await.unwrap().is_some() {
        // A load of the attempt before may still be on its way: then this one is refused, and the next goes on behind.
        match move_all(&from, &to, &mut |_| ()).await {
            Ok(_) | Err(KeepError::Store(StoreFault::Unavailable(_))) => (),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(target.mark().await.unwrap(), None);
    let events = |store: &Arc<dyn Backend>| {
        let store = Arc::clone(store);
        async move { store.events(None, 1000).await.unwrap().items }
    };
    assert_eq!(events(&source).await, events(&target).await);
    let back = SledBench::new();
    let third = back.open().await;
    let from = Named { store: &target, name: "other".into() };
    move_all(&from, &Named { store: &third, name: "third".into() }, &mut |_| ()).await.expect("back again");
    // Places of events are each engine's own.
    let items = |loads: Vec<Load>| loads.into_iter().flat_map(|load| load.entries).collect::<Vec<_>>();
    let (one, other) = (items(carried(&third, None).await.unwrap()), items(carried(&source, None).await.unwrap()));
    assert!(one == other, "not item for item the same");
}

/// What is written to the source between two attempts is found at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_not_the_same_is_found() {
    let (one, other) = (SledBench::new(), PostgresBench::new());
    let (source, target) = (one.open().await, other.open().await);
    filled(&source, 1200).await;
    let first = carried(&source, None).await.unwrap().remove(0);
    let mark = serde_json::json!({"moved_from": "one", "place": first.place.0}).to_string();
    let mut altered = first.entries;
    altered.pop();
    target.carry_in(altered, Mark { from: None, to: Some(mark) }).await.unwrap();
    let (from, to) = (Named { store: &source, name: "one".into() }, Named { store: &target, name: "other".into() });
    let found = move_all(&from, &to, &mut |_| ()).await;
    assert!(matches!(&found, Err(KeepError::Differs(what)) if what.contains("records for")), "{found:?}");
    assert!(target.mark().await.unwrap().is_some(), "a server would use it");
}

#[test]
fn a_half_moved_store_is_not_served() {
    let one = Installation::new("");
    one.import(&people(1));
    block_on(async {
        let store = abide::store::sled::SledStore::open(&one.path("data").join("store"), 8 << 20).unwrap();
        store.carry_in(Vec::new(), Mark { from: None, to: Some("a restore".into()) }).await.unwrap();
        store.close().await.unwrap();
    });
    for verb in [&["serve"][..], &["export"], &["setup-link"]] {
        one.refused(verb, "holds the beginning of a copy (a restore)");
    }
}

#[test]
fn a_node_with_another_issuer_is_refused() {
    let cluster = block_on(Cluster::shared());
    let database = block_on(cluster.with_schema());
    let one = Installation::new(&postgres(&cluster.url(&database)));
    one.import(&people(1));
    let server = one.serve();
    let other = Installation::new(&postgres(&cluster.url(&database)));
    // The keys are those of the database: with others it would be refused for that, whatever its issuer.
    std::fs::create_dir(other.path("keys")).unwrap();
    std::fs::copy(one.path("keys/sealing.key"), other.path("keys/sealing.key")).unwrap();
    for verb in [&["serve"][..], &["export"]] {
        other.refused(verb, &format!("another node on this database answers for the issuer {}", one.issuer));
    }
    drop(server);
    // Nobody else is there any more: the issuer may change.
    let _server = other.serve();
    one.refused(&["serve"], &other.issuer);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_are_apart_are_refused_and_one_node_does_the_background_work() {
    use abide::model::nodes::Background;
    let cluster = Cluster::shared().await;
    let url = cluster.url(&cluster.with_schema().await);
    let keys = tempfile::tempdir().unwrap();
    let config = Config {
        issuer: "https://id.example.com".parse().unwrap(),
        keys_dir: keys.path().to_owned(),
        ..Config::default()
    };
    let store: Arc<dyn Backend> = Arc::new(PostgresStore::connect(&Settings::new(&url).unwrap()).await.unwrap());
    let shared = store.time().await.unwrap().expect("a clock that nodes share");
    let node = async |ahead: i64| {
        let clock = Clock::travelling(Timestamp(shared.0 + ahead));
        assemble(&config, Arc::clone(&store), clock, Cost { memory: 64, passes: 1 }).await.unwrap()
    };
    let (one, other, late) = (node(0).await, node(20).await, node(45).await);
    assert_eq!(one.idp.report(one.clock.now()).await.unwrap(), Ok(()));
    assert_eq!(other.idp.report(other.clock.now()).await.unwrap(), Ok(()));
    let works = |node: &abide::web::Facing| node.idp.nodes.background(node.clock.now()) == Background::Ours;
    assert!(works(&one) && !works(&other));
    let before = carried(&store, None).await.unwrap();
    let refused = late.idp.fits(late.clock.now()).await.unwrap().expect_err("45 s ahead");
    assert!(matches!(refused, NodeFault::OtherTime(44..=46)), "{refused:?}");
    assert!(refused.to_string().contains("s ahead of another node's") && refused.to_string().contains("NTP"));
    assert_eq!(carried(&store, None).await.unwrap(), before, "nothing was written");

    // Its clock drifts away: it is not ready, and its background work is nobody's until the others take it.
    one.clock.advance(Duration::from_secs(60));
    assert!(one.idp.report(one.clock.now()).await.unwrap().is_err());
    assert!(one.idp.ready().await.is_err() && other.idp.ready().await.is_ok());
    assert!(!works(&one));
    one.idp.leave().await.unwrap();
    other.idp.report(other.clock.now()).await.unwrap().unwrap();
    assert!(works(&other));
    // What a node knows of itself runs out when it cannot report.
    other.clock.advance(Duration::from_secs(20));
    assert!(!works(&other));
}
