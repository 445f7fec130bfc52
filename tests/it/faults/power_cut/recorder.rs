//! Runs the processes whose power is cut under `record.c`, and checks that the record is complete.

use super::cut::nothing_lost;
use super::history::History;
use super::image::Image;
use super::trace;
use super::writer::{PLAN, Part, Plan, Syncs};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The library that records, compiled for the occasion.
pub struct Recorder {
    folder: TempDir,
}

impl Recorder {
    /// Compiles it with the system's C compiler.
    pub fn compile() -> Recorder {
        let recorder = Recorder { folder: tempfile::tempdir().expect("a temporary folder") };
        let source = recorder.folder.path().join("record.c");
        fs::write(&source, include_str!("record.c")).expect("the source");
        let compiler = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
            .args([recorder.library(), source])
            .arg("-ldl")
            .status()
            .expect("a C compiler (`cc`)");
        assert!(compiler.success(), "record.c does not compile");
        recorder
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("record.so")
    }

    /// Lets both processes do what they plan, on a folder with these contents, and tells all they did there.
    pub fn run(&self, base: &Image, plan: Plan) -> History {
        let place = tempfile::tempdir().expect("a temporary folder");
        let within = |name: &str| place.path().canonicalize().expect("its path").join(name);
        let folder = within("store");
        if !base.0.is_empty() {
            base.store(&folder);
        }
        for part in [Part::First, Part::Second] {
            let ended = Command::new(std::env::current_exe().expect("this program"))
                .args(["--exact", "faults::power_cut::writer::the_process_whose_power_is_cut", "--nocapture"])
                .env(PLAN, plan.text(part))
                .env("LD_PRELOAD", self.library())
                .env("ABIDE_RECORD_FOLDER", &folder)
                .env("ABIDE_RECORD_SAYINGS", within("sayings"))
                .env("ABIDE_RECORD_TRACE", within("trace"))
                .env("ABIDE_RECORD_SYNC_TIME", plan.load.sync_time().to_string())
                .stdout(Stdio::null())
                .status()
                .expect("a process");
            assert!(ended.success(), "the process did not come to its end: {ended}");
        }
        let mut history = History::new(base.clone(), trace::read(&within("trace")));
        let difference = nothing_lost(&history).difference(&Image::load(&folder));
        assert_eq!(difference, None, "the record is not complete");
        if plan.syncs == Syncs::Pretended {
            history.pretends_to_sync();
        }
        history
    }
}
