use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use super::{ENGLISH, Text};

fn files_below(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the entry reads").path();
        if path.is_dir() {
            files_below(&path, extension, found);
        } else if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files_below(&root.join("templates"), "html", &mut paths);
    files_below(&root.join("src/web"), "rs", &mut paths);
    files_below(&root.join("src/flow/mail"), "rs", &mut paths);
    files_below(&root.join("templates/mail"), "txt", &mut paths);
    paths.retain(|path| !path.ends_with("text_tests.rs"));
    paths
        .into_iter()
        .map(|path| {
            let source = std::fs::read_to_string(&path).expect("the file is text");
            (path, source)
        })
        .collect()
}

fn keys_of_the_catalogue() -> BTreeSet<String> {
    include_str!("../templates/text/en.ftl")
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}

/// The keys named in calls of the catalogue, wherever the formatter broke the line.
fn keys_called(source: &str) -> Vec<&str> {
    ["text.say(", "text.with(", "text.count("]
        .into_iter()
        .flat_map(|call| source.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(key, _)| key)
        .collect()
}

#[test]
fn the_catalogue_parses_and_names_no_key_twice() {
    let source = include_str!("../templates/text/en.ftl");
    assert!(FluentResource::try_new(source.to_owned()).is_ok());
    let lines = source.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic())).count();
    assert_eq!(lines, keys_of_the_catalogue().len());
}

#[test]
fn every_key_used_exists() {
    for (path, source) in sources() {
        for key in keys_called(&source) {
            assert!(ENGLISH.has_message(key), "{}: the catalogue has no message {key:?}", path.display());
        }
    }
}

#[test]
fn every_key_of_the_catalogue_is_used() {
    let everything: String = sources().into_iter().map(|(_, source)| source).collect();
    let unused: Vec<String> =
        keys_of_the_catalogue().into_iter().filter(|key| !everything.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "nobody uses {unused:?}");
}

#[test]
fn numbers_choose_their_plural() {
    assert!(Text::default().count("field-password-hint", 1).starts_with("At least one character"));
    assert!(Text::default().count("field-password-hint", 15).starts_with("At least 15 characters"));
}

#[test]
fn arguments_are_plain_text_without_invisible_marks() {
    assert_eq!(Text::default().with("sign-in-to-continue", &[("app", "Plaza")]), "to continue to Plaza");
}

#[test]
fn moments_read_alike_for_people_and_machines() {
    assert_eq!(Text::default().moment(1_795_436_820), "23 Nov 2026, 12:27 UTC");
    assert_eq!(Text::default().machine_moment(1_795_436_820), "2026-11-23T12:27:00Z");
}

#[test]
fn no_instant_fails_a_page() {
    for instant in [i64::MIN, -1, 0, i64::MAX] {
        assert!(Text::default().moment(instant).ends_with(" UTC"));
    }
}
