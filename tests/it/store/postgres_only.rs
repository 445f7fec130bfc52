//! What only PostgreSQL has: several nodes, roles, versions of the schema, a server that goes and comes.
//!
//! Functions: `connect`, `refused`, and one per test.

use super::cluster::Cluster;
use super::words::*;
use abide::store::Backend;
use abide::store::contract::{Committed, RawChange, RawRule, StoreFault, Write};
use abide::store::postgres::{ConnectError, Migrated, PostgresStore, SCHEMA, Settings};
use std::sync::Arc;
use std::time::Duration;

async fn connect(url: &str) -> Result<PostgresStore, ConnectError> {
    PostgresStore::connect(&Settings::new(url).expect("a URL")).await
}

/// The message of a refusal. It never holds a password.
async fn refused(url: &str) -> String {
    let Err(error) = connect(url).await else { panic!("it should be refused") };
    let text = format!("{error} {error:?}");
    assert!(!text.contains("geheim") && !text.contains("only-for-tests"), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn one_winner_among_16_across_two_nodes() {
    let cluster = Cluster::shared().await;
    let url = cluster.url(&cluster.with_schema().await);
    let nodes = [Arc::new(connect(&url).await.unwrap()), Arc::new(connect(&url).await.unwrap())];
    for round in 0..40 {
        let key = format!("code-{round}");
        let wins = together(|number| {
            let (store, key) = (Arc::clone(&nodes[number % 2]), key.clone());
            async move {
                let (rule, absent) = create_if_absent(put(number.to_string().as_bytes()));
                assert_eq!(store.change(KIND, &key, rule).await.expect("a change"), Committed::Done);
                let won = absent.lock().expect("a note").expect("the rule ran");
                won.then_some(number)
            }
        })
        .await;
        let winners: Vec<usize> = wins.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "winners: {winners:?}");
        let kept = nodes[round % 2].get(KIND, &key).await.expect("a read");
        assert_eq!(kept, Some(winners[0].to_string().into_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_counts_across_two_nodes() {
    let cluster = Cluster::shared().await;
    let url = cluster.url(&cluster.with_schema().await);
    let nodes = [Arc::new(connect(&url).await.unwrap()), Arc::new(connect(&url).await.unwrap())];
    for round in 0..20 {
        // Claimed in either order: nobody may lock anybody out.
        let (one, two) = (name(&format!("ada-{round}")), name(&format!("bob-{round}")));
        let answers = together(|number| {
            let store = Arc::clone(&nodes[number % 2]);
            let claim = if number % 4 < 2 { vec![one.clone(), two.clone()] } else { vec![two.clone(), one.clone()] };
            async move { write(&*store, &format!("r{round}-{number:02}"), RawChange { claim, ..put(b"x") }).await }
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| **answer == Committed::Done).count(), 1, "{answers:?}");
    }
    assert_eq!(keys_all(&*nodes[0], 100).await.len(), 20, "a loser left its record");
    together(|number| {
        let store = Arc::clone(&nodes[number % 2]);
        async move {
            for _ in 0..20 {
                let rule: RawRule = Box::new(|before| Ok(put(&vec![b'|'; before.map_or(0, |b| b.len()) + 1])));
                store.change(KIND, "count", rule).await.expect("a change");
            }
        }
    })
    .await;
    assert_eq!(nodes[1].get(KIND, "count").await.unwrap().unwrap().len(), 320);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_come_and_go_lose_nothing() {
    let cluster = Cluster::shared().await;
    let store = Arc::new(connect(&cluster.url(&cluster.with_schema().await)).await.unwrap());
    let told = together(|_| {
        let store = Arc::clone(&store);
        async move {
            let mut made = 0;
            for turn in 0..20 {
                let saw = Arc::new(std::sync::Mutex::new(false));
                let note = Arc::clone(&saw);
                // Toggles the record; where it is absent every third one writes beside it and leaves it absent.
                let rule: RawRule = Box::new(move |before| {
                    let creates = before.is_none() && turn % 3 != 0;
                    *note.lock().unwrap() = creates;
                    let write = match before {
                        Some(_) => Write::Delete,
                        None if creates => Write::Put(b"x".to_vec()),
                        None => Write::Keep,
                    };
                    let events = if creates { vec![(at(1), b"made".to_vec())] } else { Vec::new() };
                    Ok(RawChange { write, events, due: vec![due(5, "toggle")], ..nothing() })
                });
                store.change(KIND, "toggle", rule).await.expect("a change");
                made += usize::from(*saw.lock().unwrap());
            }
            made
        }
    })
    .await;
    let made: usize = told.into_iter().sum();
    assert_eq!(
        events_all(&*store, 100).await.len(),
        made,
        "a run that did not count was told, or one that did was not"
    );
    assert_ne!(store.get(KIND, "toggle").await.unwrap(), Some(Vec::new()), "a placeholder stayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_and_comes_again() {
    let cluster = Arc::new(tokio::task::spawn_blocking(Cluster::start).await.unwrap());
    let store = Arc::new(connect(&cluster.url("postgres")).await.unwrap());
    let patience = Duration::from_secs(60);
    for mode in ["immediate", "fast"] {
        // Many connections, all of which die.
        together(|number| {
            let store = Arc::clone(&store);
            async move { write(&*store, &format!("{mode}-{number}"), put(b"x")).await }
        })
        .await;
        let stopping = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || stopping.stop(mode)).await.unwrap();
        let away = tokio::time::timeout(patience, async {
            let change = store.change(KIND, "meanwhile", always(put(mode.as_bytes()))).await;
            (change.map(drop), store.get(KIND, "k").await.map(drop), store.probe().await)
        });
        let (change, read, probe) = away.await.expect("an answer, even though the server is away");
        for refused in [change, read, probe] {
            assert!(matches!(refused, Err(StoreFault::Unavailable(_))), "{refused:?}");
        }
        let starting = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || starting.start_again()).await.unwrap();
        store.probe().await.expect("it is well again, at once and by itself");
        assert_eq!(store.get(KIND, "meanwhile").await.unwrap(), None, "what was refused left something");
        for number in 0..16 {
            let kept = store.get(KIND, &format!("{mode}-{number}")).await.unwrap();
            assert_eq!(kept.as_deref(), Some(&b"x"[..]), "what was acknowledged is gone");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_on_the_schema_is_enough() {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    let grants = "CREATE ROLE modest LOGIN PASSWORD 'geheim';
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE
           ON abide_records, abide_names, abide_rows, abide_due, abide_events, abide_probe TO modest;
        GRANT SELECT ON abide_schema, abide_marks TO modest;
        GRANT USAGE ON SEQUENCE abide_event_serial TO modest;";
    cluster.run(&database, grants).await;
    let store = connect(&cluster.url_of(("modest", "geheim"), &database)).await.expect("the store opens");
    let change = RawChange {
        claim: vec![name("ada")],
        list: vec![row("g", "1")],
        due: vec![due(1, "k")],
        events: vec![(at(1), b"e".to_vec())],
        ..put(b"x")
    };
    assert_eq!(write(&store, "k", change).await, Committed::Done);
    store.probe().await.expect("a probe");
    assert!(store.size().await.expect("a size") > 0);
    assert_eq!(store.forget_events(at(9), 9).await.expect("forgetting"), 1);
    assert_eq!(write(&store, "k", RawChange { write: Write::Delete, ..nothing() }).await, Committed::Done);

    // In an empty database it may not make the tables, and is told who may.
    let empty = cluster.database("template0").await;
    let message = refused(&cluster.url_of(("modest", "geheim"), &empty)).await;
    assert!(message.contains("Denied") && message.contains("abide migrate"), "{message}");
    // Nor may it write where nobody granted it anything.
    let other = cluster.with_schema().await;
    let message = refused(&cluster.url_of(("modest", "geheim"), &other)).await;
    assert!(message.contains("Denied") && message.contains("abide_event_serial"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named() {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    let url = cluster.url(&database);
    for (url, parts) in [
        (cluster.url_of(("admin", "geheim"), &database), ["Password", "put them right", "ABIDE_STORE__URL"]),
        (cluster.url_of(("nobody_here", "geheim"), &database), ["Password", "put them right", "nobody_here"]),
        (cluster.url("absent"), ["NoDatabase", "createdb", "absent at 127.0.0.1"]),
        ("postgres://abide:geheim@127.0.0.1:1/abide".into(), ["Unreachable", "is it running", "127.0.0.1:1"]),
        (format!("{url}?sslmode=verify-full"), ["Tls", "sslrootcert", "sslmode"]),
        ("postgres://abide:geheim@nowhere.invalid/abide".into(), ["Unreachable", "is it running", "nowhere.invalid"]),
    ] {
        let message = refused(&url).await;
        for part in parts {
            assert!(message.contains(part), "{part} is missing in {message}");
        }
    }
    cluster.run("postgres", &format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    let message = refused(&url).await;
    assert!(message.contains("ReadOnly") && message.contains("can only be read"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_turns_read_only_and_back() {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    let store = connect(&cluster.url(&database)).await.unwrap();
    write(&store, "k", put(b"x")).await;
    let turn = |word: &str| format!("ALTER DATABASE {database} SET default_transaction_read_only = {word}");
    let part = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    cluster.run("postgres", &turn("on")).await;
    cluster.run("postgres", &part).await;
    assert!(matches!(store.probe().await, Err(StoreFault::Unavailable(_))));
    let refused = store.change(KIND, "k", always(put(b"y"))).await;
    assert!(matches!(refused, Err(StoreFault::Unavailable(_))), "{refused:?}");
    assert_eq!(store.get(KIND, "k").await.unwrap().as_deref(), Some(&b"x"[..]), "it can still be read");
    cluster.run("postgres", &turn("off")).await;
    store.probe().await.expect("it is well again, by itself");
    assert_eq!(write(&store, "k", put(b"y")).await, Committed::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_versions() {
    let cluster = Cluster::shared().await;
    let database = cluster.database("template0").await;
    let url = cluster.url(&database);
    let settings = Settings::new(&url).unwrap();
    // Several nodes of a new installation start at the same time.
    let done = together(|_| {
        let settings = settings.clone();
        async move { PostgresStore::migrate(&settings).await.expect("a migration") }
    })
    .await;
    assert_eq!(done.iter().filter(|done| **done == Migrated { from: 0, to: SCHEMA }).count(), 1, "{done:?}");
    assert_eq!(done.iter().filter(|done| **done == Migrated { from: SCHEMA, to: SCHEMA }).count(), 15);
    connect(&url).await.expect("the store opens").close().await.expect("closing");

    cluster.run(&database, "UPDATE abide_schema SET version = 99").await;
    for message in [refused(&url).await, PostgresStore::migrate(&settings).await.unwrap_err().to_string()] {
        assert!(message.contains("schema version 99") && message.contains("newer Abide"), "{message}");
    }
    let empty = cluster.url(&cluster.database("template0").await);
    write(&connect(&empty).await.expect("an empty database gets its schema"), "k", put(b"x")).await;
}
