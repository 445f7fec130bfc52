use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use super::Language::{English, French, German, SimplifiedChinese};
use super::{Language, Text, catalogue, source};

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

fn files(folders: &[(&str, &str)]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for (folder, extension) in folders {
        files_below(&root.join(folder), extension, &mut paths);
    }
    paths.retain(|path| !path.ends_with("text_tests.rs"));
    paths
        .into_iter()
        .map(|path| {
            let source = std::fs::read_to_string(&path).expect("the file is text");
            (path, source)
        })
        .collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    files(&[("templates", "html"), ("templates/mail", "txt"), ("src", "rs")])
}

/// The messages of a catalogue by their keys, as they were written, over all their lines.
fn messages(language: Language) -> BTreeMap<&'static str, String> {
    let mut messages: BTreeMap<&str, String> = BTreeMap::new();
    let mut last = "";
    for line in source(language).lines().filter(|line| !line.starts_with('#')) {
        match line.split_once('=') {
            Some((key, value)) if line.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                last = key.trim();
                let before = messages.insert(last, value.trim().to_owned());
                assert!(before.is_none(), "{language}: {last:?} twice");
            }
            _ if last.is_empty() => {}
            _ => messages.entry(last).or_default().push_str(line),
        }
    }
    messages
}

fn keys_of_the_catalogue() -> BTreeSet<&'static str> {
    messages(English).into_keys().collect()
}

/// What stands in `[…]` as a variant of a plural.
fn variants(message: &str) -> BTreeSet<&str> {
    if !message.contains("->") {
        return BTreeSet::new();
    }
    message.split('[').skip(1).filter_map(|rest| Some(rest.split_once(']')?.0)).collect()
}

fn variables(message: &str) -> BTreeSet<&str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    message.split('$').skip(1).map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or_default()).collect()
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
fn every_catalogue_parses_and_names_no_key_twice() {
    for language in Language::ALL {
        assert!(FluentResource::try_new(source(language).to_owned()).is_ok(), "{language}");
        for key in messages(language).into_keys() {
            assert!(catalogue(language).has_message(key), "{language}: {key}");
        }
    }
}

/// Lists at once whatever there is to do, in the form of a catalogue.
#[test]
fn every_language_says_everything_and_nothing_else() {
    let english = messages(English);
    let mut report = String::new();
    for language in Language::ALL {
        let theirs = messages(language);
        let lacking: Vec<_> = english.iter().filter(|(key, _)| !theirs.contains_key(*key)).collect();
        let beyond: Vec<_> = theirs.keys().filter(|key| !english.contains_key(*key)).collect();
        if !lacking.is_empty() {
            report += &format!("\n{language}.ftl lacks {}:\n", lacking.len());
            lacking.iter().for_each(|(key, words)| report += &format!("{key} = {words}\n"));
        }
        if !beyond.is_empty() {
            report += &format!("\n{language}.ftl has what en.ftl has not: {beyond:?}\n");
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_language_fills_in_the_same_variables() {
    let english = messages(English);
    for language in Language::ALL {
        for (key, message) in messages(language) {
            let Some(original) = english.get(key) else { continue };
            assert_eq!(variables(&message), variables(original), "{language}: {key}");
        }
    }
}

/// The plural categories of whole numbers (Unicode CLDR). Chinese has one form for all of them.
#[test]
fn every_language_has_its_own_plural_forms() {
    let english = messages(English);
    for language in Language::ALL {
        let due: BTreeSet<&str> = match language {
            English | German | French => ["one", "other"].into(),
            SimplifiedChinese => ["other"].into(),
        };
        for (key, message) in messages(language) {
            let found = variants(&message);
            let found: BTreeSet<&str> = found.into_iter().filter(|one| one.parse::<u32>().is_err()).collect();
            let plural = english.get(key).is_some_and(|original| variants(original).contains("one"));
            let single = language == SimplifiedChinese && found.is_empty();
            assert!(
                found == if plural && !single { due.clone() } else { BTreeSet::new() },
                "{language}: {key} {found:?}"
            );
            // The categories of the rules that choose at run time are the same ones.
            for count in [0, 1, 2, 15, 1_000_000] {
                if plural {
                    Text::from(language).count(key, count);
                }
            }
        }
    }
}

/// A sentence that reads as it does in English was forgotten.
#[test]
fn translations_are_translations() {
    let english = messages(English);
    for (key, message) in messages(SimplifiedChinese) {
        let is_chinese = message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(
            is_chinese
                || !message.contains(char::is_alphabetic)
                || english[key] == "Abide"
                || key == "app-grants-count",
            "{key} = {message}"
        );
    }
    for language in [German, French] {
        for (key, message) in messages(language) {
            let same = english.get(key) == Some(&message);
            assert!(
                !same || !message.contains(' ') || message.starts_with('{') || message.chars().count() < 14,
                "{language}: {key} = {message}"
            );
        }
    }
}

#[test]
fn every_key_used_exists() {
    for (path, source) in sources() {
        for key in keys_called(&source) {
            assert!(catalogue(English).has_message(key), "{}: the catalogue has no message {key:?}", path.display());
        }
    }
}

#[test]
fn every_key_of_the_catalogue_is_used() {
    let everything: String = sources().into_iter().map(|(_, source)| source).collect();
    let unused: Vec<_> =
        keys_of_the_catalogue().into_iter().filter(|key| !everything.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "nobody uses {unused:?}");
}

/// What stands between tags, and in attributes that are read aloud, comes from the catalogue.
#[test]
fn templates_hold_no_words() {
    for (path, source) in files(&[("templates", "html")]) {
        // The one style sheet within a page is that of mails, which can load none.
        let source = match (source.split_once("<style>"), source.split_once("</style>")) {
            (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
            _ => source,
        };
        let words = words_of(&source);
        // A command is the same in every language; the other is the inside of a tag, in a block of its own.
        let known = ["abide setup-link", "aria-current=\"page\"", "aria-current=\"true\""];
        // The inside of a tag as well, in a macro: attributes that hold nothing but messages.
        let attributes = |text: &str| text.split(' ').all(|one| one.starts_with("data-") && one.ends_with("=\"\""));
        let spoken = |text: &&String| !known.contains(&text.as_str()) && !attributes(text);
        let words: Vec<&String> = words.iter().filter(spoken).collect();
        assert!(words.is_empty(), "{}: {words:?}", path.display());
    }
    assert_eq!(words_of("<p>{{ x }} Hello</p>"), ["Hello"]);
    assert_eq!(words_of("<input value=\"on\" aria-label=\"A {{ b }}\">"), ["aria-label=A"]);
}

fn words_of(template: &str) -> Vec<String> {
    let mut html = template.to_owned();
    for (start, end) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}")] {
        while let Some(at) = html.find(start) {
            let to = html[at..].find(end).map_or(html.len(), |length| at + length + end.len());
            html.replace_range(at..to, "");
        }
    }
    let mut words = Vec::new();
    for piece in html.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        if text.contains(char::is_alphabetic) {
            words.push(text.trim().to_owned());
        }
        for attribute in ["aria-label", "aria-description", "title", "alt", "placeholder"] {
            let value = tag.split_once(&format!(" {attribute}=\"")).and_then(|(_, rest)| rest.split('"').next());
            words.extend(
                value
                    .filter(|text| text.contains(char::is_alphabetic))
                    .map(|text| format!("{attribute}={}", text.trim())),
            );
        }
    }
    words
}

#[test]
fn numbers_choose_their_plural() {
    let say = |language: Language, count| Text::from(language).count("field-password-hint", count);
    assert!(say(English, 1).starts_with("At least one character."));
    assert!(say(English, 15).starts_with("At least 15 characters."));
    assert!(say(German, 1).starts_with("Mindestens ein Zeichen."));
    assert!(say(French, 1).starts_with("Au moins un caractère."));
    assert!(say(French, 2).starts_with("Au moins 2 caractères."));
    assert!(say(SimplifiedChinese, 1).starts_with("至少 1 个字符。"));
}

#[test]
fn numbers_are_set_apart_as_the_language_does() {
    let say = |language: Language, count| Text::from(language).count("app-grants-count", count);
    let cases = [
        (English, ["999", "1,000", "12,345", "1,234,567"]),
        (German, ["999", "1.000", "12.345", "1.234.567"]),
        (French, ["999", "1\u{202f}000", "12\u{202f}345", "1\u{202f}234\u{202f}567"]),
        (SimplifiedChinese, ["999", "1,000", "12,345", "1,234,567"]),
    ];
    for (language, expected) in cases {
        assert_eq!([999, 1_000, 12_345, 1_234_567].map(|count| say(language, count)), expected);
    }
}

#[test]
fn arguments_are_plain_text_without_invisible_marks() {
    assert_eq!(Text::default().with("sign-in-to-continue", &[("app", "Plaza")]), "to continue to Plaza");
}

#[test]
fn moments_read_alike_for_people_and_machines() {
    let cases = [
        (English, "23 Nov 2026, 12:27 UTC"),
        (German, "23. Nov. 2026, 12:27 UTC"),
        (French, "23 nov. 2026, 12:27 UTC"),
        (SimplifiedChinese, "2026年11月23日 12:27 UTC"),
    ];
    for (language, moment) in cases {
        assert_eq!(Text::from(language).moment(1_795_436_820), moment);
        assert_eq!(Text::from(language).machine_moment(1_795_436_820), "2026-11-23T12:27:00Z");
    }
}

#[test]
fn no_instant_fails_a_page() {
    for language in Language::ALL {
        for instant in [i64::MIN, -1, 0, i64::MAX] {
            assert!(Text::from(language).moment(instant).ends_with(" UTC"));
        }
    }
}

#[test]
fn every_month_has_its_name() {
    for language in Language::ALL {
        let months: BTreeSet<String> =
            (0..12).map(|month| Text::from(language).moment(month * 2_629_746 + 86_400)).collect();
        assert_eq!(months.len(), 12, "{language}: {months:?}");
    }
}
