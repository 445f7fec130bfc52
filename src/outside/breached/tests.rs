use super::*;
use std::fmt::Write as _;

/// A number spread evenly, the same at every run.
fn hash(n: u64) -> Hash {
    let mut out = [0; 20];
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in &mut out {
        state = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        *byte = state.to_be_bytes()[0];
    }
    out
}

fn hashes(count: u64) -> Vec<Hash> {
    let mut all: Vec<Hash> = (1..=count).map(hash).collect();
    all.sort_unstable();
    all
}

fn text(hashes: &[Hash], end: &str) -> String {
    hashes.iter().enumerate().fold(String::new(), |mut text, (n, hash)| {
        hash.iter().for_each(|byte| write!(text, "{byte:02X}").unwrap());
        write!(text, ":{}{end}", n * n * 7 + 1).unwrap();
        text
    })
}

struct Case(tempfile::TempDir);

impl Case {
    fn new(content: impl AsRef<[u8]>) -> (Case, Breached) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hashes.txt");
        std::fs::write(&path, content).unwrap();
        (Case(folder), Breached::at(&path))
    }
}

#[test]
fn what_is_there_is_found_and_nothing_else_in_files_of_any_size() {
    for count in [1, 2, 3, 300, 400, 1_000, 30_000] {
        let all = hashes(count);
        for (end, upper) in [("\n", true), ("\r\n", true), ("\n", false)] {
            let content = text(&all, end);
            let content = if upper { content } else { content.to_lowercase().trim_end().to_owned() };
            let (_case, file) = Case::new(content);
            file.check().unwrap();
            for sought in all.iter().step_by((all.len() / 500).max(1)).chain(all.last()) {
                assert_eq!(file.look_up(sought).unwrap(), Stolen::Yes, "{count}");
            }
            let strangers = (count + 1..count + 400).map(hash).chain([[0; 20], [0xff; 20]]);
            for stranger in strangers.filter(|hash| !all.contains(hash)) {
                assert_eq!(file.look_up(&stranger).unwrap(), Stolen::No, "{count}");
            }
        }
    }
}

/// Hashes that crowd in one place mislead the guesses, and are found all the same.
#[test]
fn a_crowd_in_one_place_is_searched_by_halves() {
    let mut all: Vec<Hash> = (0..20_000u32)
        .map(|n| {
            let mut hash = [0x40; 20];
            hash[16..].copy_from_slice(&n.to_be_bytes());
            hash
        })
        .collect();
    all.push([0xff; 20]);
    let (_case, file) = Case::new(text(&all, "\n"));
    file.check().unwrap();
    for sought in all.iter().step_by(37) {
        assert_eq!(file.look_up(sought).unwrap(), Stolen::Yes);
    }
    assert_eq!(file.look_up(&[0x40; 20]).unwrap(), Stolen::No);
}

#[test]
fn a_file_of_no_use_is_named_with_its_fault() {
    let all = hashes(3_000);
    let good = text(&all, "\n");
    let mut shuffled = all.clone();
    shuffled.reverse();
    for (content, fault) in [
        (String::new(), "empty"),
        ("\n".into(), "40 hexadecimal"),
        ("secret\n".into(), "40 hexadecimal"),
        (good.replace(':', ";"), "40 hexadecimal"),
        (format!("{}\nnot a line\n", good.trim_end()), "40 hexadecimal"),
        (text(&shuffled, "\n"), "not sorted"),
        // Cut in the middle of a line, behind its colon, and between two lines.
        (good[..good.len() - 30].to_owned(), "breaks off"),
        (good.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(), "breaks off"),
        (text(&all[..1_500], "\n"), "breaks off"),
        ("x".repeat(100_000), "40 hexadecimal"),
    ] {
        let (_case, file) = Case::new(content);
        let said = file.check().unwrap_err().to_string();
        assert!(said.contains(fault) && said.contains("hashes.txt"), "{said}");
    }
    let (case, file) = Case::new("x");
    assert!(Breached::at(case.0.path()).check().unwrap_err().to_string().contains("no file"));
    drop(case);
    assert!(file.check().unwrap_err().to_string().contains("cannot be read"));
    assert!(file.look_up(&[0; 20]).is_err(), "what cannot be looked up is never said to be fine");
}

/// What goes wrong after the start, in a place that `check` did not look at: an answer or a fault, never a wrong "no"
/// for what the search came across, and never a panic.
#[test]
fn damage_in_the_middle_ends_in_a_fault_or_an_answer() {
    let all = hashes(3_000);
    let good = text(&all, "\r\n").into_bytes();
    let mut faults = 0;
    for place in (0..good.len()).step_by(997) {
        let mut bad = good.clone();
        bad[place] = b'\n';
        let (_case, file) = Case::new(&bad);
        for sought in all.iter().step_by(211) {
            faults += usize::from(file.look_up(sought).is_err());
        }
        let (_case, file) = Case::new(&good[..place.max(1)]);
        for sought in all.iter().step_by(503) {
            let _ = file.look_up(sought);
        }
    }
    assert!(faults > 0);
}
