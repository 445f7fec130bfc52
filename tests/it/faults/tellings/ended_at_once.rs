//! A thousand sessions with nine apps each end at once, four of which are dead, slow, broken or flooding.

use super::ear::{Ear, Temper};
use super::people::{Begun, Granted};
use super::place::Place;
use super::prober::Prober;
use crate::faults::client::Caller;
use crate::faults::wire::Jar;
use crate::faults::{report, rounds};
use futures_util::future::join_all;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How long the slow app takes. Nobody who waits for it gets an answer within [`PROMPT`].
const SLOW: u64 = 6_000;
/// Every answer to a person comes within this. Builds may run on the machine meanwhile; deliveries to the bad apps take
/// longer.
const PROMPT: Duration = Duration::from_secs(5);
/// The healthy apps are told within this, in the long form as well.
const TOLD: Duration = Duration::from_secs(180);
/// Notices in memory, as `flow::notify::pace` bounds them.
const BOUND: usize = 2_048;
/// One session in five is ended by itself, the others by their account.
const ALONE: usize = 5;

fn ears() -> (Vec<Ear>, Vec<Ear>) {
    let well = (1..=5).map(|number| Ear::open(&format!("well-{number}"), Temper::Well));
    let bad =
        [("dead", Temper::Dead), ("slow", Temper::Slow(SLOW)), ("broken", Temper::Broken), ("floods", Temper::Floods)];
    (well.collect(), bad.into_iter().map(|(client, temper)| Ear::open(client, temper)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_healthy_apps_are_told_at_once_and_nobody_waits() {
    let count = rounds(60);
    let (well, bad) = ears();
    let all: Vec<Ear> = well.iter().chain(&bad).cloned().collect();
    let place = Place::open(&all).await;
    let crowd = place.caller("crowd").await;
    let together = place.sessions(&crowd.who, count - count / ALONE, &all, Granted::No).await;
    let mut alone = Vec::new();
    for who in place.people(count / ALONE).await {
        alone.extend(place.sessions(&who, 1, &all, Granted::No).await);
    }
    let staying = place.caller("staying").await;
    place.sessions(&staying.who, 10, &all, Granted::No).await;
    let ended: BTreeSet<String> = together.iter().chain(&alone).map(|begun| begun.sid.clone()).collect();

    let quiet = Prober::start(place.caller("quiet").await);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let quiet = quiet.stop().await;
    let prober = Prober::start(place.caller("prober").await);
    let most = watch_memory(&place);
    let began = Instant::now();
    let (everywhere, one_by_one) = tokio::join!(
        sign_out(&crowd, &together[0], "everywhere"),
        join_all(alone.iter().map(|begun| sign_out(&crowd, begun, "browser"))),
    );
    let slowest = one_by_one.into_iter().fold(everywhere, Duration::max);
    let told = async || well.iter().all(|ear| ear.count() >= ended.len());
    place.until("the healthy apps know", TOLD, told).await;
    let told_after = began.elapsed();
    // Long enough for a second word to whom one was enough: claims are over after 60 s.
    tokio::time::sleep(Duration::from_secs(if count > 100 { 75 } else { 15 })).await;
    let during = prober.stop().await;
    let most = most.load(Ordering::Relaxed);
    for ear in &well {
        ear.assert_told(&ended, 1);
    }
    let reached = bad.iter().map(|ear| format!("{} {}", ear.client, ear.count())).collect::<Vec<_>>().join(", ");
    report(
        "tellings at once",
        format!(
            "{count} sessions x 9 apps: 5 healthy apps told once each after {:.1} s; slowest answer to a sign-out {} ms; \
             sign-in {} (before: {}); other requests {} (before: {}); {most} notices in memory at most; bad apps heard of: {reached}",
            told_after.as_secs_f64(),
            slowest.as_millis(),
            during.sign_ins,
            quiet.sign_ins,
            during.requests,
            quiet.requests,
        ),
    );
    assert!(most <= BOUND, "{most} notices in memory");
    for waited in [slowest, during.sign_ins.longest(), during.requests.longest()] {
        assert!(waited < PROMPT, "an answer took {waited:?}");
    }
    for ear in &bad {
        let told = ear.told();
        assert!(told.keys().all(|sid| ended.contains(sid)), "{} was told of a session that goes on", ear.client);
    }
}

/// The most notices in memory, from now until the test is over.
fn watch_memory(place: &Arc<Place>) -> Arc<AtomicUsize> {
    let (place, most) = (Arc::downgrade(place), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    tokio::spawn(async move {
        while let Some(place) = place.upgrade() {
            seen.fetch_max(place.facing().idp.pacing.in_memory(), Ordering::Relaxed);
            drop(place);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    most
}

/// Signs out on the page that asks; answers with how long the answer took.
async fn sign_out(caller: &Caller, begun: &Begun, scope: &str) -> Duration {
    let jar = Jar { session: Some(begun.secret.expose().to_owned()), ..Jar::new("10.1.1.1".to_owned()) };
    let page = caller.wire.get(&format!("{}/end_session", caller.ground.base()), &jar).await;
    let page = page.unwrap_or_else(|silence| panic!("no page: {}", silence.0));
    let field = |name: &str| page.field(name).expect("a form");
    let (csrf, request) = (field("csrf"), field("request"));
    let form = [("csrf", &*csrf), ("request", &request), ("choice", "sign-out"), ("scope", scope)];
    let (address, origin) = (format!("{}/end_session/confirm", caller.ground.base()), caller.ground.issuer());
    let began = Instant::now();
    let left = caller.wire.post(&address, &page.jar, &[("origin", origin)], &form).await;
    let took = began.elapsed();
    assert!(left.is_ok_and(|reply| reply.status == 303), "not signed out");
    took
}
