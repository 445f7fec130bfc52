//! How much memory the embedded store takes over its configured cache.
//!
//! `cargo run --example store_memory -- CACHE_MB [RECORDS]` writes records of 300 bytes with a name, a list row, an
//! appointment and an audit event each, from 32 writers, while 8 readers read at random, and prints the peak resident
//! size (`VmHWM`; Linux) after writing, and after reading everything once more; then how long it takes to open again.

#![allow(clippy::print_stdout)]

use abide::clock::Stopwatch;
use abide::model::record::{Due, Kind, Name, Row};
use abide::protocol::time::Timestamp;
use abide::store::Backend;
use abide::store::contract::{RawChange, Write};
use abide::store::sled::SledStore;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const WRITERS: u64 = 32;
const READERS: u64 = 8;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let cache_mb: u64 = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let records: u64 = arguments.next().map_or(Ok(300_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let store = Arc::new(SledStore::open(&folder.path().join("store"), cache_mb << 20)?);
    let began = Stopwatch::start();
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for _ in 0..WRITERS {
        tasks.push(tokio::spawn(write_until(records, Arc::clone(&next), Arc::clone(&store))));
    }
    for reader in 0..READERS {
        tasks.push(tokio::spawn(read_until(records, reader, Arc::clone(&next), Arc::clone(&store))));
    }
    for task in tasks {
        task.await??;
    }
    let took = began.milliseconds() as f64 / 1000.0;
    println!("cache {cache_mb} MB: {records} durable changes in {took:.1} s ({:.0} a second)", records as f64 / took);
    println!("  peak after writing: {} MB", peak_mb()?);
    for number in 0..records {
        store.get(Kind::Session, &key(number)).await?;
    }
    println!("  peak after reading everything: {} MB; on disk {} MB", peak_mb()?, store.size().await? >> 20);
    store.close().await?;
    drop(store);
    let began = Stopwatch::start();
    let store = SledStore::open(&folder.path().join("store"), cache_mb << 20)?;
    println!("  opening it again, with everything read and added up: {:.1} s", began.milliseconds() as f64 / 1000.0);
    store.close().await?;
    Ok(())
}

async fn write_until(records: u64, next: Arc<AtomicU64>, store: Arc<SledStore>) -> anyhow::Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= records {
            return Ok(());
        }
        let key = key(number);
        let at = Timestamp(1_800_000_000 + (number / 1000) as i64);
        let change = RawChange {
            write: Write::Put(scattered(number).to_be_bytes().repeat(38)),
            claim: vec![Name { sort: "username", value: key.clone() }],
            release: vec![],
            list: vec![Row { list: "session-by-account", group: key[..4].to_owned(), order: at.0.to_string() }],
            unlist: vec![],
            due: vec![Due { at, kind: Kind::Session, key: key.clone() }],
            undue: vec![],
            events: vec![(at, vec![b'e'; 150])],
            mails: vec![],
        };
        store.change(Kind::Session, &key, Box::new(move |_| Ok(change.clone()))).await?;
    }
}

async fn read_until(records: u64, reader: u64, next: Arc<AtomicU64>, store: Arc<SledStore>) -> anyhow::Result<()> {
    let mut turn = reader;
    loop {
        let written = next.load(Ordering::Relaxed);
        if written >= records {
            return Ok(());
        }
        turn = turn.wrapping_add(READERS);
        store.get(Kind::Session, &key(scattered(turn) % written.max(1))).await?;
    }
}

/// A key that lands anywhere among the others, as random ones do.
fn key(number: u64) -> String {
    format!("{:016x}{:016x}", scattered(number), scattered(!number))
}

/// The finalizer of splitmix64: spreads neighbours over all numbers.
fn scattered(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn peak_mb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0");
    Ok(kilobytes.parse::<u64>()? >> 10)
}
