//! The store in a folder, its process killed in the middle of its work: everything that was acknowledged is there when it
//! is opened again, and what was not is there whole or not at all.
//!
//! This program runs itself as the process that is killed. Eight at once take sessions through the steps of their lives
//! and say each step once the store has answered; what was said is compared with what there is.

use abide_rp::session::{Identity, Tokens};
use abide_rp::store::{Inserted, Mark, Removed, Replaced, Spent};
use abide_rp::{ApplicationSession, Handle, Name, SessionStore, SledStore};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Names the folder to the process that is killed.
const FOLDER: &str = "ABIDE_RP_KILLED";
/// More of them where somebody asks.
const ROUNDS: &str = "ABIDE_RP_KILLS";
const ISSUER: &str = "https://id.example";
const LATER: i64 = 1 << 40;

/// How far a session has come; each step is one change of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Inserted,
    Replaced,
    Spent,
    Denied,
    Removed,
}

const STEPS: [Step; 5] = [Step::Inserted, Step::Replaced, Step::Spent, Step::Denied, Step::Removed];

fn session(name: &Name, at: i64) -> ApplicationSession {
    let claims = json!({"iss": ISSUER, "sub": "mira", "sid": name.as_str()});
    ApplicationSession::begin(Identity::made_of(claims).expect("an identity"), Tokens::default(), at)
}

fn mark(name: &Name) -> Mark {
    Mark::of_sid(ISSUER, name.as_str())
}

async fn take(store: &SledStore, name: &Name, step: Step) {
    match step {
        Step::Inserted => assert_eq!(store.insert(name, &session(name, 1)).await.expect("kept"), Inserted::Kept),
        Step::Replaced => {
            let outcome = store.replace(name, 1, &session(name, 2)).await.expect("changed");
            assert_eq!(outcome, Replaced::Done(2));
        }
        Step::Spent => {
            assert_eq!(store.spend(name.as_str(), LATER, 0).await.expect("an outcome"), Spent::First);
        }
        Step::Denied => store.deny(&mark(name), 7, LATER, 0).await.expect("kept"),
        Step::Removed => assert_eq!(store.remove(name, 2).await.expect("taken away"), Removed::Done),
    }
}

/// Works until it is killed. Every third session stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Arc::new(SledStore::open(Path::new(&folder)).expect("opened"));
    let workers = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for turn in 0_u64.. {
                let name = Handle::random().name();
                for step in STEPS.into_iter().take(if turn % 3 == 0 { 4 } else { 5 }) {
                    take(&store, &name, step).await;
                    say(&name, step, turn % 3 == 0);
                }
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("it works on");
    }
}

fn say(name: &Name, step: Step, stays: bool) {
    let line = format!("@{} {step:?} {stays}\n", name.as_str());
    std::io::stdout().lock().write_all(line.as_bytes()).expect("said");
}

/// What was acknowledged of one session.
#[derive(Clone, Copy, Debug)]
struct Said {
    step: Step,
    stays: bool,
}

/// Starts the process, kills it after so many words, and takes down everything it said.
fn run(folder: &Path, words: usize, said: &mut BTreeMap<String, Said>) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "works_until_it_is_killed", "--nocapture"]).env(FOLDER, folder);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).split(b'\n');
    let mut heard = 0;
    while let Some(Ok(line)) = lines.next() {
        let line = String::from_utf8(line).expect("text");
        let Some((_, word)) = line.split_once('@') else { continue };
        let mut parts = word.split(' ');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (name, step, stays) = (next(), next(), next() == "true");
        // The last line may be cut off.
        let Some(step) = STEPS.into_iter().find(|one| format!("{one:?}") == step) else { continue };
        said.insert(name, Said { step, stays });
        heard += 1;
        if heard == words {
            child.kill().expect("killed");
        }
    }
    let status = child.wait().expect("an end");
    assert!(heard >= words && status.code().is_none(), "it ended by itself after {heard} words: {status}");
}

/// What is wrong with one session: the step that was acknowledged has to be there, the next one may be.
async fn wrong(store: &SledStore, text: &str, said: Said) -> Option<String> {
    let name = Name::stored(text);
    let found = store.find(&name).await.expect("an answer");
    let indexed = store.marked(&mark(&name)).await.expect("an answer").contains(&name);
    let version = found.as_ref().map(|stored| stored.version);
    let there = match (said.step, version) {
        (Step::Removed, version) => version.is_none(),
        (Step::Denied, None) => !said.stays,
        (Step::Inserted, Some(version)) => version <= 2,
        (_, version) => version == Some(2),
    };
    let whole = found.is_none_or(|stored| stored.session == session(&name, i64::try_from(stored.version).unwrap_or(0)));
    let spent = said.step < Step::Spent || store.spend(text, LATER, 1).await.expect("an outcome") == Spent::Again;
    let denied = said.step < Step::Denied || store.denied(&mark(&name), 1).await.expect("an answer") == Some(7);
    let good = there && whole && spent && denied && indexed == version.is_some();
    (!good)
        .then(|| format!("{said:?}: version {version:?} whole {whole} indexed {indexed} spent {spent} denied {denied}"))
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("sessions");
    let rounds = std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(8);
    let mut all = BTreeMap::new();
    for round in 0..rounds {
        let mut said = BTreeMap::new();
        // Where in the work it falls differs from round to round, and by itself.
        run(&folder, 40 + 97 * (round % 13), &mut said);
        judge(&folder, &said, &format!("after kill {round}")).await;
        all.extend(said);
    }
    judge(&folder, &all, "in the end").await;
    eprintln!("{rounds} kills, {} sessions", all.len());
}

async fn judge(folder: &Path, said: &BTreeMap<String, Said>, when: &str) {
    let store = SledStore::open(folder).expect("opened again");
    for (name, word) in said {
        assert_eq!(wrong(&store, name, *word).await, None, "{when}, {name}");
    }
}
