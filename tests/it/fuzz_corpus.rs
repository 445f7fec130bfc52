//! What the fuzz targets keep (`fuzz/corpus`) runs through the same functions here, on the compiler of everything else.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use targets::{ALL, Seen};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names(folder: &str) -> BTreeSet<String> {
    let inside = fs::read_dir(fuzz().join(folder)).unwrap();
    inside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_kept_input_is_survived_and_some_of_each_target_are_read() {
    for (target, read) in ALL {
        let folder = format!("corpus/{target}");
        let inputs = names(&folder);
        let seen = |name: &String| {
            let input = fs::read(fuzz().join(&folder).join(name)).unwrap();
            assert!(input.len() <= 64 * 1024, "{target}/{name}: a kept input is small");
            match std::panic::catch_unwind(|| read(&input)) {
                Ok(seen) => seen,
                Err(_) => panic!("{target}/{name} is not survived"),
            }
        };
        let seen: Vec<Seen> = inputs.iter().map(seen).collect();
        let many = |which: Seen| seen.iter().filter(|one| **one == which).count();
        assert!(many(Seen::Read) >= 3, "{target}: {seen:?}");
        assert!(many(Seen::Refused) >= 1, "{target}: nothing in it is refused");
    }
}

#[test]
fn every_kind_of_record_has_a_kept_one() {
    use abide::model::record::Kind;
    for kind in Kind::ALL {
        let input = fs::read(fuzz().join("corpus/records").join(kind.name())).unwrap();
        assert!(input.starts_with(format!("{}\n", kind.name()).as_bytes()), "{}", kind.name());
        assert_eq!(targets::records(&input), Seen::Read, "{}", kind.name());
    }
    // Two sorts of records are of one kind.
    assert_eq!(targets::records(&fs::read(fuzz().join("corpus/records/picture_logo")).unwrap()), Seen::Read);
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let all: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let programs = names("fuzz_targets");
    assert_eq!(programs, all.iter().map(|name| format!("{name}.rs")).collect());
    assert_eq!(names("corpus"), all);
    for name in &all {
        let program = fs::read_to_string(fuzz().join("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(program.contains(&format!("abide_fuzz::{name}(input)")), "{name}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
}
