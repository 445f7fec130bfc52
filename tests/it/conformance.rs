//! `docs/conformance.md` names the test that shows each requirement; here every name is looked for. That each of them ran and
//! passed is the last part of `tests/run.sh`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One row of one table.
struct Row {
    specification: String,
    line: usize,
    cells: Vec<String>,
}

fn rows(text: &str) -> Vec<Row> {
    let (mut specification, mut rows) = (String::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        if let Some(title) = line.strip_prefix("## ") {
            specification = title.to_owned();
        }
        let cells: Vec<String> = match line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) {
            Some(inside) => inside.split(" | ").map(|cell| cell.trim().to_owned()).collect(),
            None => continue,
        };
        if cells[0] != "section" {
            rows.push(Row { specification: specification.clone(), line: index + 1, cells });
        }
    }
    rows
}

/// The names of tests in a cell: everything between backticks that is a path.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).filter(|text| text.contains("::")).collect()
}

/// The tests of this binary, as it lists them itself.
fn listed() -> BTreeSet<String> {
    let output = Command::new(std::env::current_exe().unwrap()).args(["--list", "--format", "terse"]).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// The tests beside the code of a package, by `package::path::of::module::name`.
fn beside(package: &str, source: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let module = module(package, path.strip_prefix(source).unwrap());
                found.extend(tests_in(&fs::read_to_string(&path).unwrap()).map(|name| format!("{module}::{name}")));
            }
        }
    }
    found
}

/// The module of a file's tests, which are in a module `tests` there or are that module.
fn module(package: &str, file: &Path) -> String {
    let file = file.with_extension("");
    let mut parts: Vec<&str> = std::iter::once(package).chain(file.iter().map(|part| part.to_str().unwrap())).collect();
    if ["mod", "lib", "main"].contains(parts.last().unwrap()) {
        parts.pop();
    }
    let path = parts.join("::");
    match path.strip_suffix("_tests") {
        Some(of) => format!("{of}::tests"),
        None if path.ends_with("::tests") => path,
        None => format!("{path}::tests"),
    }
}

fn tests_in(source: &str) -> impl Iterator<Item = &str> {
    let mut lines = source.lines().map(str::trim);
    let mut marked = false;
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            if ["#[test]", "#[actix_web::test]", "#[tokio::test]"].contains(&line) {
                marked = true;
            } else if marked && let Some(after) = line.split("fn ").nth(1) {
                marked = false;
                return after.split(['(', '<']).next();
            }
        }
    })
}

#[test]
fn every_requirement_is_shown_by_a_test_that_exists_or_says_why_not() {
    let text = fs::read_to_string(root().join("docs/conformance.md")).unwrap();
    let mut known = listed();
    known.extend(beside("abide", &root().join("src")));
    known.extend(beside("abide_rp", &root().join("rp/src")));
    let (mut wrong, mut counts, mut seen) = (Vec::new(), [0; 3], BTreeSet::new());
    // The rows of the plans are looked at where the plans are.
    let requirements = rows(&text).into_iter().filter(|row| row.specification != crate::plans::SECTION);
    for Row { specification, line, cells } in requirements {
        let mut complain = |what: &str| wrong.push(format!("line {line} ({specification}): {what}"));
        let [section, requirement, shown] = cells.as_slice() else {
            complain("a row has section, requirement and what shows it");
            continue;
        };
        if section.is_empty()
            || requirement.is_empty()
            || !seen.insert(format!("{specification}{section}{requirement}"))
        {
            complain("it is empty, or there twice");
        }
        let names = named(shown);
        for name in names.iter().filter(|name| !known.contains(**name)) {
            complain(&format!("there is no test {name}"));
        }
        match shown.split_once(": ") {
            Some(("departs", why)) if !why.is_empty() => counts[1] += 1,
            Some(("not there" | "not there yet", why)) if !why.is_empty() => counts[2] += 1,
            _ if !names.is_empty() && shown.split('`').step_by(2).all(|between| between.trim().is_empty()) => {
                counts[0] += 1;
            }
            _ => complain("neither tests, nor why it departs, nor what is not there"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let [tests, departs, missing] = counts;
    let said = format!(
        "{} requirements: {tests} shown by tests, {departs} departures, {missing} not there",
        tests + departs + missing
    );
    assert!(tests + departs + missing >= 250, "{said}");
    assert!(text.contains(&said), "the document says how many there are: {said}");
}

#[test]
fn names_of_tests_are_read_from_sources() {
    let found = beside("abide", &root().join("src"));
    for name in [
        "abide::protocol::redirect::tests::only_the_same_bytes_match",
        "abide::model::authorization::tests::prompt_none_never_shows_a_page",
        "abide::model::authorization::factor::tests::the_words_of_tokens",
        "abide::web::pages::tests::names_from_outside_are_escaped",
    ] {
        assert!(found.contains(name), "{name}");
    }
    assert!(!found.contains("abide::protocol::redirect::tests::matches"), "a function is no test");
    assert!(listed().contains("conformance::names_of_tests_are_read_from_sources"));
}
