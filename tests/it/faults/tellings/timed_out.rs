//! A hundred thousand sessions time out at one instant.

use super::ear::{Ear, Temper};
use super::people::Granted;
use super::place::Place;
use super::prober::Prober;
use crate::faults::{report, rounds};
use abide::model::account::{Account, username_name};
use abide::model::grant::Grant;
use abide::model::id::AccountId;
use abide::model::record::Record;
use abide::model::session::Session;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// For each thousand sessions at most so long, the machine being what it is.
const PER_THOUSAND: Duration = Duration::from_secs(30);
/// No request waits longer than this for the sweep.
const STALL: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn every_app_is_told_and_the_store_forgets() {
    let count = rounds(2_000);
    let patience = PER_THOUSAND * (count.div_ceil(1_000) as u32) + Duration::from_secs(60);
    let ears = [Ear::open("one", Temper::Well), Ear::open("two", Temper::Well)];
    let place = Place::open(&ears).await;
    let crowd = place.caller("crowd").await;
    let began = Instant::now();
    let begun = place.sessions(&crowd.who, count, &ears, Granted::Yes).await;
    let made = began.elapsed();
    let sids: BTreeSet<String> = begun.into_iter().map(|begun| begun.sid).collect();
    let there = (left::<Session>(&place, |_| true).await, left::<Grant>(&place, |_| true).await);
    assert_eq!(there, (count, 2 * count), "sessions and grants");

    let quiet = Prober::start(place.caller("quiet").await);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let quiet = quiet.stop().await;
    // Nobody is in the middle of a sign-in when the clock jumps: the request would be too old.
    let prober = place.caller("prober").await;
    let began = Instant::now();
    place.pass("1h");
    let prober = Prober::start(prober);
    let all = async || ears.iter().all(|ear| ear.count() >= count);
    place.until("every app is told", patience, all).await;
    let told = began.elapsed();
    let telling = prober.stop().await;

    let prober = place.caller("prober-2").await;
    let began = Instant::now();
    // The window of an hour, and the day for whoever looks it up.
    place.pass("26h");
    let prober = Prober::start(prober);
    let gone = async || of_account(&place, &crowd.who).await.0 == 0;
    place.until("the sessions are gone", patience, gone).await;
    let mut swept = began.elapsed();
    let mut sweeping = prober.stop().await;
    // Their grants are looked at once a day: some were while their sessions were still there.
    let prober = place.caller("prober-3").await;
    let began = Instant::now();
    place.pass("25h");
    let prober = Prober::start(prober);
    let gone = async || of_account(&place, &crowd.who).await == (0, 0);
    place.until("their grants are gone", patience, gone).await;
    swept += began.elapsed();
    sweeping.also(prober.stop().await);
    for ear in &ears {
        ear.assert_told(&sids, 1);
    }
    // An index is a hint: the records themselves are gone too. What is left belongs to whoever went on meanwhile.
    let crowd = account_of(&place, &crowd.who).await;
    assert_eq!(left::<Session>(&place, |session| session.account == crowd).await, 0, "sessions of the crowd");
    assert_eq!(left::<Grant>(&place, |grant| grant.account == crowd).await, 0, "grants of the crowd");
    report(
        "tellings timed out",
        format!(
            "{count} sessions, 2 apps and 2 grants each (made in {:.1} s): all told after {:.1} s, none twice; forgotten in \
             {:.1} s; requests before: {}; while telling: {}; while forgetting: {}",
            made.as_secs_f64(),
            told.as_secs_f64(),
            swept.as_secs_f64(),
            quiet.requests,
            telling.requests,
            sweeping.requests,
        ),
    );
    let longest = telling.requests.longest().max(sweeping.requests.longest());
    assert!(longest < STALL, "a request waited {longest:?}");
}

/// How many records of a kind there are that `such` is true of.
async fn left<R: Record>(place: &Place, such: impl Fn(&R) -> bool) -> usize {
    let store = &place.facing().idp.store;
    let (mut cursor, mut count) = (None, 0);
    loop {
        let page = store.backend().keys(R::KIND, cursor.as_ref(), 1_000).await.unwrap();
        for key in &page.items {
            // One that went between the two reads is gone.
            count += usize::from(store.read::<R>(key).await.unwrap().as_ref().is_some_and(&such));
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return count,
        }
    }
}

async fn account_of(place: &Place, username: &str) -> AccountId {
    place.facing().idp.store.find::<Account>(&username_name(username)).await.unwrap().expect("an account").id
}

/// Sessions and grants in the lists of one person, counted to ten.
async fn of_account(place: &Place, username: &str) -> (usize, usize) {
    let store = &place.facing().idp.store;
    let group = account_of(place, username).await.to_string();
    let sessions = store.list::<Session>(("sessions-by-account", &group), None, 10).await.unwrap();
    let grants = store.list::<Grant>(("grants-by-account", &group), None, 10).await.unwrap();
    (sessions.items.len(), grants.items.len())
}
