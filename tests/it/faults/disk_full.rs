//! A full disk, and room again: what was acknowledged is there, what was refused is not, and the node heals alone.
//!
//! The disk is a small tmpfs, which only the superuser can mount; the tests fail where it cannot, and say so. While
//! people are being imported one after the other, another program fills the disk; then it makes room again.

use super::{Dice, report, rounds, seed};
use crate::keep::{Installation, ada_is_signed_in, ada_signs_in, people};
use crate::real::block_on;
use crate::real::process::PATIENCE;
use crate::real::visitor::Visitor;
use crate::store::cluster::Cluster;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A disk of its own. It is gone when this is dropped or the tests end, in whatever way.
struct SmallDisk {
    place: PathBuf,
    keeper: Child,
}

impl SmallDisk {
    fn new(megabytes: usize) -> SmallDisk {
        let place = tempfile::Builder::new().prefix("abide-disk-").tempdir().unwrap().keep();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m,mode=0755"), "abide-test"]).arg(&place);
        assert!(mount.status().expect("mount").success(), "a tmpfs cannot be mounted here: run this as root");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", "cat >/dev/null; umount -l \"$0\"; rmdir \"$0\""]).arg(&place).current_dir("/");
        SmallDisk { place, keeper: keeper.stdin(Stdio::piped()).spawn().expect("a shell") }
    }

    fn path(&self) -> &Path {
        &self.place
    }

    fn filler(&self) -> PathBuf {
        self.place.join("filler")
    }

    /// Another program writes until nothing is left, and does not hurry more than a disk would.
    #[allow(clippy::disallowed_methods, reason = "a disk takes its time")]
    fn fill(&self) {
        let mut file = File::options().append(true).create(true).open(self.filler()).unwrap();
        let part = vec![7; 1 << 20];
        while file.write_all(&part).is_ok() {
            std::thread::sleep(Duration::from_millis(3));
        }
        let crumb = [7; 1024];
        while file.write_all(&crumb).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// What was tried and how it was answered, over all cycles.
#[derive(Default)]
struct Told {
    acknowledged: BTreeSet<String>,
    refused: BTreeSet<String>,
    unknown: BTreeSet<String>,
}

impl Told {
    /// Adds one more person through the running server.
    fn adds(&mut self, one: &Installation) {
        let name = format!("p{}x", self.acknowledged.len() + self.refused.len() + self.unknown.len());
        let file = one.path("one.json");
        let hash = people(1)["users"][1]["password_hash"].clone();
        fs::write(&file, serde_json::json!({"users": [{"username": name, "password_hash": hash}]}).to_string())
            .unwrap();
        let output = one.run(&["import", file.to_str().unwrap()]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.success() {
            true => self.acknowledged.insert(name),
            // The one answer that leaves it open, where the database was lost while it committed.
            false if message.contains("is not known") => self.unknown.insert(name),
            false => self.refused.insert(name),
        };
    }

    fn judge(&self, exported: &str) {
        let there = |name: &String| exported.contains(&format!("\"{name}\""));
        let lost: Vec<_> = self.acknowledged.iter().filter(|name| !there(name)).collect();
        let left: Vec<_> = self.refused.iter().filter(|name| there(name)).collect();
        assert!(lost.is_empty() && left.is_empty(), "acknowledged and lost: {lost:?}; refused and there: {left:?}");
    }
}

fn answers(one: &Installation, path: &str, status: u16) {
    let answered = block_on(async {
        let visitor = Visitor::new();
        let asking = async {
            while visitor.try_get(&one.at(path)).await.is_none_or(|answer| answer.status != status) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asking).await
    });
    assert!(answered.is_ok(), "{path} is not answered with {status}");
}

/// The embedded store refuses every change while its reserve is touched. PostgreSQL writes on within the files it has,
/// and refuses what needs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sled,
    Postgres,
}

/// One cycle after the other. `mend` is what a person or a supervisor does beyond making room.
fn cycles(disk: &SmallDisk, one: &Installation, engine: Engine, mend: impl Fn()) {
    let visitor = Visitor::new();
    block_on(ada_signs_in(&visitor, one));
    let (mut told, mut dice, count) = (Told::default(), Dice::new(seed()), rounds(3));
    for cycle in 0..count {
        std::thread::scope(|scope| {
            let filling = scope.spawn(|| disk.fill());
            while !filling.is_finished() {
                told.adds(one);
            }
        });
        if engine == Engine::Sled {
            answers(one, "/health/ready", 503);
        }
        answers(one, "/health/live", 200);
        let (refused, more) = (told.refused.len() + told.unknown.len(), dice.below(3));
        for tried in 0.. {
            told.adds(one);
            if tried >= more && told.refused.len() + told.unknown.len() > refused {
                break;
            }
            assert!(tried < 500, "cycle {cycle}: it writes and writes to a full disk");
        }
        let stranger = Visitor::new();
        let answer = block_on(async {
            let page = stranger.travel(&one.at("/account"), "https://nowhere.example").await;
            if page.status == 503 { page } else { stranger.sign_in(&page, "ada", "https://nowhere.example").await }
        });
        let fine = answer.status == 503 || (engine == Engine::Postgres && answer.status == 200);
        assert!(fine, "cycle {cycle}: {} {}", answer.status, answer.body);
        disk.make_room();
        mend();
        answers(one, "/health/ready", 200);
        told.adds(one);
        told.judge(&one.done(&["export"]));
        assert!(block_on(ada_is_signed_in(&visitor, one)), "cycle {cycle}: her session is gone");
        block_on(ada_signs_in(&Visitor::new(), one));
    }
    let Told { acknowledged, refused, unknown } = &told;
    assert!(acknowledged.len() >= count);
    report(
        "disk_full",
        format!(
            "{engine:?}, {count} cycles: {} changes acknowledged and all there, {} refused and none there, {} unknown",
            acknowledged.len(),
            refused.len(),
            unknown.len()
        ),
    );
}

#[test]
fn a_full_disk_is_a_pause_for_the_embedded_store() {
    let disk = SmallDisk::new(160);
    let one = Installation::with_data_in(&disk.path().join("data"));
    one.import(&people(20));
    let server = one.serve();
    cycles(&disk, &one, Engine::Sled, || ());
    drop(server);
    // And what is there can be opened again, also while the disk is full.
    disk.fill();
    let refused = one.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("disk is full") || message.contains("No space left"), "{message}");
    disk.make_room();
    let _server = one.serve();
}

#[test]
fn a_full_disk_is_a_pause_on_postgres() {
    let disk = SmallDisk::new(224);
    fs::set_permissions(disk.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let cluster = Cluster::start_in(disk.path());
    let one = Installation::new(&format!("kind = \"postgres\"\nurl = {:?}", cluster.url("postgres")));
    one.import(&people(20));
    let _server = one.serve();
    // A server that could not write its log ends itself; whoever runs it starts it again.
    cycles(&disk, &one, Engine::Postgres, || cluster.start_if_down());
}
