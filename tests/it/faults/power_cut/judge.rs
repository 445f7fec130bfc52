//! What must be true of a store after the power came back.

use super::changes::{GROUPS, base_key, change, event, is_base, state, told};
use super::history::{History, Step};
use super::writer::CACHE;
use crate::faults::Dice;
use crate::store::words::{KIND, at, events_all, keys_all, list_all, name, write};
use abide::store::Backend as _;
use abide::store::sled::SledStore;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;

/// How far the changes of one record got.
#[derive(Clone, Copy)]
pub struct Promise {
    /// The newest version that was answered: it or a later one is there.
    answered: u32,
    /// The newest version that was begun: none later is there.
    begun: u32,
}

/// What was promised before a cut.
pub struct Promises {
    records: BTreeMap<String, Promise>,
    /// How many changes were answered.
    pub answers: usize,
}

/// How a store came through.
#[derive(Default)]
pub struct Verdict {
    /// What is wrong with it; nothing if all is well.
    pub findings: Vec<String>,
    /// Whether opening had to recover it.
    pub recovered: bool,
}

/// Records whose bytes are read although nobody changed them.
const UNTOUCHED: usize = 1000;
/// Changes made afterwards.
const AFTERWARDS: usize = 24;

impl Promises {
    /// All that the process said before `time`, on a store that had so many records.
    pub fn until(time: usize, history: &History, records: usize) -> Promises {
        let base = (0..records).map(|number| (base_key(number), Promise { answered: 1, begun: 1 }));
        let mut promises = Promises { records: base.collect(), answers: 0 };
        for step in &history.steps[..time] {
            if let Step::Say(said) = step {
                said.lines().for_each(|line| promises.hear(line));
            }
        }
        promises
    }

    fn hear(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let [verb, key, version] = words[..] else { return };
        let version = version.parse().expect("a version");
        let promise = self.records.entry(key.to_owned()).or_insert(Promise { answered: 0, begun: 0 });
        if verb == "answered" {
            promise.answered = version;
            self.answers += 1;
        } else {
            promise.begun = version;
        }
    }
}

/// Opens a store, holds it against the promises, writes on, opens it again and looks again.
pub async fn judge(folder: &Path, promises: Promises, dice: Dice) -> Verdict {
    let folder = folder.to_owned();
    let judged = tokio::spawn(async move { examine_twice(&folder, promises, dice).await });
    judged
        .await
        .unwrap_or_else(|panic| Verdict { findings: vec![format!("it cannot be read: {panic}")], recovered: false })
}

async fn examine_twice(folder: &Path, mut promises: Promises, mut dice: Dice) -> Verdict {
    let mut verdict = Verdict::default();
    for round in ["", "after writing on and opening again: "] {
        let store = match SledStore::open(folder, CACHE) {
            Ok(store) => store,
            Err(error) => {
                verdict.findings.push(format!("{round}it does not open: {error}"));
                return verdict;
            }
        };
        verdict.recovered |= store.recovered().is_some();
        let findings =
            Examination { store: &store, promises: &mut promises, findings: Vec::new() }.run(&mut dice).await;
        verdict.findings.extend(findings.into_iter().map(|finding| format!("{round}{finding}")));
        if verdict.findings.is_empty() && round.is_empty() {
            write_on(&store, &mut promises, &mut dice).await;
        }
        if let Err(fault) = store.close().await {
            verdict.findings.push(format!("{round}it does not close: {fault}"));
        }
        if !verdict.findings.is_empty() {
            return verdict;
        }
    }
    verdict
}

/// More changes, of new records and of old ones.
async fn write_on(store: &SledStore, promises: &mut Promises, dice: &mut Dice) {
    let old: Vec<String> = promises.records.keys().cloned().collect();
    for number in 0..AFTERWARDS {
        let key = if number % 3 == 0 || old.is_empty() { format!("after-{number}") } else { dice.pick(&old).clone() };
        let promise = promises.records.entry(key.clone()).or_insert(Promise { answered: 0, begun: 0 });
        let version = promise.answered + 1;
        write(store, &key, change(&key, version)).await;
        *promise = Promise { answered: version, begun: version };
    }
}

struct Examination<'a> {
    store: &'a SledStore,
    promises: &'a mut Promises,
    findings: Vec<String>,
}

impl Examination<'_> {
    /// Every change leaves an event, so the events tell how far each record got; all else has to agree with that.
    async fn run(mut self, dice: &mut Dice) -> Vec<String> {
        self.versions().await;
        self.lists().await;
        self.records(dice).await;
        self.findings
    }

    /// Settles which version each record is at.
    async fn versions(&mut self) {
        let mut found: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for text in events_all(self.store, 1000).await {
            match told(&text) {
                Some((key, version)) if text == event(key, version) => {
                    found.entry(key.to_owned()).or_default().push(version);
                }
                _ => self.findings.push(format!("an event that nobody wrote: {text:?}")),
            }
        }
        for (key, promise) in &mut self.promises.records {
            let mut versions = found.remove(key).unwrap_or_default();
            versions.sort_unstable();
            let newest = versions.last().copied().unwrap_or(0);
            let Promise { answered, begun } = *promise;
            if newest < answered || newest > begun || !versions.iter().copied().eq(1..=newest) {
                self.findings
                    .push(format!("{key}: answered {answered}, begun {begun}, but the events are {versions:?}"));
            }
            *promise = Promise { answered: newest, begun: newest };
        }
        self.findings.extend(found.keys().map(|key| format!("{key}: nobody wrote it")));
    }

    /// Keys, rows and appointments are exactly those of the records at their versions.
    async fn lists(&mut self) {
        let (mut keys, mut dues) = (Vec::new(), Vec::new());
        let mut rows: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
        for (key, promise) in &self.promises.records {
            if let Some(state) = state(key, promise.answered) {
                let group = GROUPS.into_iter().find(|group| *group == state.row.group).expect("one of the groups");
                rows.entry(group).or_default().push((state.row.order.to_string(), key.clone()));
                dues.push((state.due.at.0, state.due.key));
                keys.push(key.clone());
            }
        }
        let found = keys_all(self.store, 1000).await;
        self.compare("keys", &keys, &found);
        for group in GROUPS {
            let mut rows = rows.remove(group).unwrap_or_default();
            rows.sort_unstable();
            let expected: Vec<String> = rows.into_iter().map(|(_, key)| key).collect();
            let found = list_all(self.store, group, 1000).await;
            self.compare(group, &expected, &found);
        }
        let found = self.store.due(at(i64::MAX), usize::MAX).await.expect("appointments");
        let found: Vec<_> = found.into_iter().map(|due| (due.at.0, due.key)).collect();
        dues.sort_unstable();
        self.compare("appointments", &dues, &found);
    }

    fn compare<T: Debug + PartialEq>(&mut self, what: &str, expected: &[T], found: &[T]) {
        if expected != found {
            let at = expected.iter().zip(found).take_while(|(a, b)| a == b).count();
            let (want, have) = (expected.get(at), found.get(at));
            let (all, there) = (expected.len(), found.len());
            self.findings.push(format!("{what}: {there} instead of {all}; first {have:?} instead of {want:?}"));
        }
    }

    /// The bytes and the name of every record that was touched, and of some that were not.
    async fn records(&mut self, dice: &mut Dice) {
        let records = &self.promises.records;
        let is_touched = |key: &str, promise: &Promise| !is_base(key) || promise.begun > 1;
        let untouched: Vec<&String> =
            records.iter().filter(|(key, promise)| !is_touched(key, promise)).map(|(key, _)| key).collect();
        let mut read: Vec<&String> =
            records.iter().filter(|(key, promise)| is_touched(key, promise)).map(|(key, _)| key).collect();
        read.extend((0..UNTOUCHED.min(untouched.len())).map(|_| *dice.pick(&untouched)));
        for key in read {
            let version = records[key].answered;
            let expected = state(key, version);
            let value = self.store.get(KIND, key).await;
            let matches = matches!(&value, Ok(value) if *value == expected.as_ref().map(super::changes::State::value));
            if !matches {
                self.findings.push(format!("{key} at version {version} has other bytes, or none: {value:.80?}"));
            }
            // Its own name, and not the one before or the one after.
            for around in version / 2..=version / 2 + 2 {
                let candidate = name(&format!("{key}~{}", around.saturating_sub(1)));
                let bearer = self.store.bearer(KIND, &candidate).await.expect("a name");
                let bears = expected.as_ref().is_some_and(|state| state.name == candidate);
                if bearer.as_ref() != bears.then_some(key) {
                    self.findings.push(format!("{candidate:?} at version {version} is borne by {bearer:?}"));
                }
            }
        }
    }
}
