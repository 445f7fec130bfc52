//! Every import points down, and each outside thing has one place.
//!
//! Reads `src/**/*.rs` as text: comments, strings and `#[cfg(test)]` items are taken out, and every path that begins
//! with `crate::` or climbs with `super::` is resolved to the module it names. Macros are read like everything else.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom, from the top of the house to its ground.
const FLOORS: [(&str, &[&str]); 13] = [
    ("main", EVERYTHING),
    ("lib", EVERYTHING),
    ("app", EVERYTHING),
    ("config", &["config", "web", "flow", "store", "outside", "crypto", "clock", "text", "model", "protocol"]),
    ("logs", &["logs", "config", "web", "flow", "store", "outside", "crypto", "clock", "text", "model", "protocol"]),
    ("clock", &["clock", "protocol"]),
    ("text", &["text"]),
    ("web", &["web", "flow", "model", "protocol", "clock", "text"]),
    ("flow", &["flow", "store", "outside", "crypto", "model", "protocol", "text"]),
    ("store", &["store", "model", "protocol"]),
    ("outside", &["outside", "model", "protocol"]),
    ("crypto", &["crypto", "model", "protocol"]),
    ("model", &["model", "protocol"]),
];
const EVERYTHING: &[&str] =
    &["app", "config", "logs", "clock", "text", "web", "flow", "store", "outside", "crypto", "model", "protocol"];

/// One backend of the store never knows another.
const BACKENDS: [&str; 2] = ["sled", "postgres"];

/// A path that is written in one place only, and that place.
const PLACES: [(&str, &str); 13] = [
    ("SystemTime::now", "src/clock.rs"),
    ("Instant::now", "src/clock.rs"),
    ("time::SystemTime", "src/clock.rs"),
    ("time::Instant", "src/clock.rs"),
    ("rand::fill", "src/crypto/random.rs"),
    ("jsonwebtoken::", "src/crypto/jwt.rs"),
    ("argon2::", "src/crypto/hashing.rs"),
    ("totp_rs::", "src/crypto/totp.rs"),
    ("webauthn_rs_core::", "src/crypto/webauthn.rs"),
    ("sled::", "src/store/sled"),
    ("openidconnect::", "src/outside/upstream"),
    ("chrono::", "src/outside/upstream"),
    ("lettre::", "src/outside/mail.rs"),
];
/// The log writes the time as its library does; it hands out no instant. And the pace of notices follows how long an
/// app takes to answer, which is a span and decides nothing but when it is told next.
const EXCEPT: [(&str, &str); 2] = [
    ("src/logs.rs", "tracing_subscriber::fmt::time::SystemTime"),
    ("src/flow/notify/pace.rs", "began: Instant::now()"),
];

/// A path that must not be there.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Breach {
    file: String,
    line: usize,
    path: String,
    rule: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: `{}`: {}", self.file, self.line, self.path, self.rule)
    }
}

/// Code without what is no code: comments, strings and characters become spaces, line breaks stay.
fn code_of(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest, out.chars().next_back());
        let (taken, keep) = if length == 0 { (first.len_utf8(), true) } else { (length, false) };
        for c in rest[..taken].chars() {
            out.push(if keep || c == '\n' { c } else { ' ' });
        }
        rest = &rest[taken..];
    }
    out
}

/// How many bytes at the start are a comment, a string or a character; none for code.
fn skipped(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if let Some(length) = (!in_word).then(|| raw_string(rest)).flatten() {
        return length;
    }
    if rest.starts_with('"') || (!in_word && (rest.starts_with("b\"") || rest.starts_with("c\""))) {
        let open = rest.find('"').unwrap_or(0) + 1;
        return closed(rest, open, '"');
    }
    match rest.strip_prefix('\'') {
        // A character, not a lifetime: `'a'` or `'\n'`.
        Some(inner) if inner.starts_with('\\') => closed(rest, 1, '\''),
        Some(inner) => {
            let mut chars = inner.chars();
            match (chars.next(), chars.next()) {
                (Some(c), Some('\'')) => 2 + c.len_utf8(),
                _ => 0,
            }
        }
        None => 0,
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        match here {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let prefix = rest.len() - hashes.len();
    let count = hashes.len() - hashes.trim_start_matches('#').len();
    hashes[count..].strip_prefix('"')?;
    let open = prefix + count + 1;
    let end = format!("\"{}", "#".repeat(count));
    Some(rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len()))
}

/// Up to and with the closing mark that no backslash hides.
fn closed(rest: &str, open: usize, mark: char) -> usize {
    let mut hidden = false;
    for (at, c) in rest[open..].char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            c if c == mark => return open + at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Code without the items under `#[cfg(test)]`; the modules among them that live in files of their own are named.
fn without_tests(code: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let (mut out, mut rest, mut modules) = (String::new(), code, Vec::new());
    while let Some(at) = rest.find(MARK) {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = item_end(&item[MARK.len()..]) + MARK.len();
        if let Some(name) = item[..end].strip_suffix(';').and_then(|text| text.split_whitespace().next_back()) {
            modules.push(name.to_owned());
        }
        out.extend(item[..end].chars().filter(|c| *c == '\n'));
        rest = &item[end..];
    }
    out.push_str(rest);
    (out, modules)
}

/// An item ends at its semicolon, or with its braces.
fn item_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return at + 1;
                }
            }
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// A path as it is written, groups taken apart, and the line it begins on.
fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for root in ["crate", "super"] {
        for (at, _) in code.match_indices(root) {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let alone = !code[..at].ends_with(word) && !code[at + root.len()..].starts_with(word);
            // Not the second step of `super::super`, which its first one has taken along.
            if alone && !code[..at].trim_end().ends_with("::") {
                let line = code[..at].matches('\n').count() + 1;
                let mut all = Vec::new();
                tree(&code[at..], &mut Vec::new(), &mut all);
                found.extend(all.into_iter().map(|path| (line, path)));
            }
        }
    }
    found.sort();
    found
}

/// Reads one `a::{b, c::d}`; answers how much of the text it was.
fn tree(text: &str, before: &mut Vec<String>, all: &mut Vec<Vec<String>>) -> usize {
    let depth = before.len();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        if text[at..].starts_with('{') {
            at += 1;
            loop {
                at += tree(&text[at..], before, all);
                at += text[at..].len() - text[at..].trim_start().len();
                match text[at..].chars().next() {
                    Some(',') => at += 1,
                    Some('}') => break at += 1,
                    _ => break,
                }
            }
            before.truncate(depth);
            return at;
        }
        let word: String = text[at..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*')).collect();
        at += word.len();
        if !word.is_empty() {
            before.push(word);
        }
        match text[at..].trim_start().strip_prefix("::") {
            // A turbofish is no step of a path.
            Some(next) if !next.trim_start().starts_with('<') => at = text.len() - next.len(),
            _ => break,
        }
    }
    if before.len() > depth {
        all.push(before.clone());
    }
    // `as name` belongs to the entry and to nothing else.
    let rest = &text[at..];
    let renamed = rest.trim_start().strip_prefix("as ").map_or(0, |after| {
        let name = after.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').count();
        rest.len() - after.trim_start().len() + name
    });
    before.truncate(depth);
    at + renamed
}

/// The module a file is: `src/web/admin/mod.rs` is `web::admin`.
fn module_of(file: &str) -> Vec<String> {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut steps: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if steps.last().is_some_and(|last| last == "mod") {
        steps.pop();
    }
    if steps == ["lib"] || steps == ["main"] {
        return Vec::new();
    }
    steps
}

/// Where a written path leads, from the root of the crate; none when it stays inside a module of the file.
fn resolved(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|step| *step == "super").count();
    let rest = &path[ups.max(1)..];
    let base = if ups == 0 { &[][..] } else { &module[..module.len().checked_sub(ups)?] };
    Some(base.iter().chain(rest).cloned().collect())
}

/// What is wrong with one file.
fn breaches(file: &str, source: &str) -> Vec<Breach> {
    let (code, _) = without_tests(&code_of(source));
    let module = module_of(file);
    let floor = match file {
        "src/main.rs" => "main",
        "src/lib.rs" => "lib",
        _ => module.first().map_or("lib", String::as_str),
    };
    let breach =
        |line: usize, path: &str, rule: String| Breach { file: file.to_owned(), line, path: path.to_owned(), rule };
    let mut all = Vec::new();
    for (line, path) in paths(&code) {
        let Some(target) = resolved(&module, &path) else { continue };
        let Some(first) = target.first() else { continue };
        let written = path.join("::");
        if let Some(rule) = points_up(floor, first) {
            all.push(breach(line, &written, rule));
        }
        let backend = |steps: &[String]| steps.get(1).filter(|step| BACKENDS.contains(&step.as_str())).cloned();
        if let (Some(here), Some(there)) = (backend(&module).filter(|_| floor == "store"), backend(&target))
            && first == "store"
            && here != there
        {
            all.push(breach(line, &written, format!("{here} and {there} never use each other")));
        }
    }
    for (line, text) in code.lines().enumerate() {
        let excepted = EXCEPT
            .iter()
            .any(|(place, path)| *place == file && text.contains(path.rsplit("::").next().unwrap_or(path)));
        for (needle, place) in PLACES {
            let at_home = file == place || file.starts_with(&format!("{place}/"));
            let foreign = text.match_indices(needle).any(|(at, _)| {
                let before = &text[..at];
                let part_of_a_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
                // `crate::store::sled::…` is our own module of that name.
                let ours = needle == "sled::" && before.ends_with("::");
                !part_of_a_word && !ours
            });
            if foreign && !at_home && !excepted {
                all.push(breach(line + 1, needle, format!("only {place} names it")));
            }
        }
        for needle in ["SystemTime", "Instant"] {
            let imported = text.trim_start().starts_with("use std::time::") && text.contains(needle);
            if imported && file != "src/clock.rs" {
                all.push(breach(line + 1, needle, "only src/clock.rs names it".to_owned()));
            }
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The rule that a step from one floor to another breaks, if it breaks one.
fn points_up(floor: &str, target: &str) -> Option<String> {
    let known = FLOORS.iter().any(|(name, _)| *name == target) || target == "protocol";
    if !known {
        return None; // An item of the root, such as a macro.
    }
    let may: &[&str] = match floor {
        "protocol" => &["protocol"],
        floor => FLOORS.iter().find(|(name, _)| *name == floor).map_or(&[], |(_, may)| may),
    };
    (!may.contains(&target)).then(|| {
        let list: Vec<&str> = may.iter().copied().filter(|name| *name != floor).collect();
        let list = if list.is_empty() { "nothing of ours".to_owned() } else { list.join(", ") };
        format!("{floor} uses {list}; never {target}")
    })
}

/// Every file below `src`, by its path from the root, without those that hold tests alone.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut files) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read: Vec<(PathBuf, String)> =
        files.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect();
    let tests: BTreeSet<PathBuf> = read.iter().flat_map(|(path, source)| test_files(path, source)).collect();
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    read.into_iter().filter(|(path, _)| !tests.contains(path)).map(|(path, source)| (name(&path), source)).collect()
}

/// Where the modules live that a file declares for tests alone.
fn test_files(path: &Path, source: &str) -> Vec<PathBuf> {
    let (_, modules) = without_tests(&code_of(source));
    let folder = path.parent().unwrap();
    let stem = path.file_stem().unwrap();
    let inner =
        if ["mod", "lib", "main"].iter().any(|name| stem == *name) { folder.to_owned() } else { folder.join(stem) };
    let mut all: Vec<PathBuf> =
        modules.iter().flat_map(|name| [inner.join(format!("{name}.rs")), inner.join(name).join("mod.rs")]).collect();
    // `#[path = "…"]` beside it: the string is gone from the code, and still in the source.
    all.extend(
        source.split("#[path = \"").skip(1).filter_map(|rest| rest.split('"').next()).map(|file| folder.join(file)),
    );
    all
}

#[test]
fn every_import_points_down() {
    let sources = sources();
    assert!(sources.len() > 100, "the house is read: {}", sources.len());
    let all: Vec<String> =
        sources.iter().flat_map(|(file, source)| breaches(file, source)).map(|breach| breach.to_string()).collect();
    assert!(all.is_empty(), "imports that point up, or things out of their place:\n{}", all.join("\n"));
}

#[test]
fn every_floor_is_there_and_nothing_beside_it() {
    let known: BTreeSet<&str> = FLOORS.iter().map(|(name, _)| *name).chain(["protocol"]).collect();
    for (file, _) in sources() {
        let first = file.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        assert!(known.contains(first.as_str()), "{file}: which floor is it? Give it its rule here.");
    }
}

#[test]
fn the_checker_can_fail() {
    // file, source, what is found: line and path
    /// A file, its text, and the (line, rule) of every fault in it.
    type Case = (&'static str, &'static str, &'static [(usize, &'static str)]);
    let table: [Case; 38] = [
        ("src/model/a.rs", "use crate::protocol::time::Timestamp;\nuse crate::model::id;\n", &[]),
        ("src/model/a.rs", "use crate::store::Store;\n", &[(1, "crate::store::Store")]),
        ("src/model/a.rs", "\n\nfn f() { crate::flow::sweep(); }\n", &[(3, "crate::flow::sweep")]),
        ("src/model/a.rs", "use crate::{protocol::x, web::{y, z}};\n", &[(1, "crate::web::y"), (1, "crate::web::z")]),
        ("src/model/a.rs", "use crate::{\n    protocol,\n    clock::Clock as C,\n};\n", &[(1, "crate::clock::Clock")]),
        (
            "src/model/a/b.rs",
            "use super::super::account;\nuse super::super::super::crypto::jwt;\n",
            &[(2, "super::super::super::crypto::jwt")],
        ),
        ("src/model/mod.rs", "use super::store::x;\n", &[(1, "super::store::x")]),
        ("src/model/a.rs", "type T = Vec<crate::outside::X>;\n", &[(1, "crate::outside::X")]),
        (
            "src/model/a.rs",
            "// use crate::store::x;\n/* crate::web::y /* crate::flow::z */ */\nconst A: &str = \"crate::store::x\";\n",
            &[],
        ),
        (
            "src/model/a.rs",
            "const A: &str = r#\"crate::store \"::x\"#; const B: &[u8] = b\"crate::web::x\\\"\"; const C: char = '\"'; use crate::web::x;",
            &[(1, "crate::web::x")],
        ),
        (
            "src/model/a.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::store::x;\n    fn f() { { } }\n}\nuse crate::flow::y;\n",
            &[(6, "crate::flow::y")],
        ),
        ("src/model/a.rs", "#[cfg(test)]\nuse crate::store::x;\nuse crate::store::y;\n", &[(3, "crate::store::y")]),
        ("src/model/a.rs", "pub(in crate::model) fn f() {}\npub(crate) fn g() {}\npub(super) fn h() {}\n", &[]),
        ("src/model/a.rs", "fn f<'a>(x: &'a str) -> crate::web::X<'a> { todo(x) }\n", &[(1, "crate::web::X")]),
        (
            "src/model/a.rs",
            "fn f() { g(crate::store::x, [super::super::web::y]) }\n",
            &[(1, "crate::store::x"), (1, "super::super::web::y")],
        ),
        ("src/protocol/a.rs", "use crate::model::x;\n", &[(1, "crate::model::x")]),
        ("src/protocol/a.rs", "use crate::protocol::x;\nuse super::y;\n", &[]),
        (
            "src/web/a.rs",
            "use crate::store::x;\nuse crate::crypto::y;\nuse crate::clock::z;\n",
            &[(1, "crate::store::x"), (2, "crate::crypto::y")],
        ),
        (
            "src/flow/a.rs",
            "use crate::store::x;\nuse crate::web::y;\nuse crate::clock::z;\n",
            &[(2, "crate::web::y"), (3, "crate::clock::z")],
        ),
        (
            "src/store/a.rs",
            "use crate::crypto::x;\nuse crate::outside::y;\nuse crate::model::z;\n",
            &[(1, "crate::crypto::x"), (2, "crate::outside::y")],
        ),
        ("src/crypto/a.rs", "use crate::store::x;\n", &[(1, "crate::store::x")]),
        ("src/outside/a.rs", "use crate::crypto::x;\n", &[(1, "crate::crypto::x")]),
        (
            "src/store/sled/a.rs",
            "use crate::store::postgres::x;\nuse super::super::contract;\n",
            &[(1, "crate::store::postgres::x")],
        ),
        ("src/store/postgres/a.rs", "use super::super::sled::x;\n", &[(1, "super::super::sled::x")]),
        ("src/clock.rs", "use crate::protocol::x;\nuse crate::model::y;\n", &[(2, "crate::model::y")]),
        ("src/app.rs", "use crate::{web, flow, store, config, logs};\n", &[]),
        ("src/main.rs", "use crate::app::x;\n", &[]),
        ("src/config/a.rs", "use crate::app::x;\nuse crate::model::y;\n", &[(1, "crate::app::x")]),
        ("src/flow/a.rs", "let now = std::time::Instant::now();\n", &[(1, "Instant::now"), (1, "time::Instant")]),
        ("src/flow/a.rs", "let now = SystemTime::now();\n", &[(1, "SystemTime::now")]),
        ("src/flow/a.rs", "use std::time::{Duration, Instant};\n", &[(1, "Instant")]),
        ("src/clock.rs", "use std::time::{Instant, SystemTime};\nlet now = SystemTime::now();\n", &[]),
        ("src/flow/a.rs", "aws_lc_rs::rand::fill(&mut x);\n", &[(1, "rand::fill")]),
        (
            "src/flow/a.rs",
            "use jsonwebtoken::decode;\nuse argon2::Argon2;\n",
            &[(1, "jsonwebtoken::"), (2, "argon2::")],
        ),
        ("src/crypto/jwt.rs", "use jsonwebtoken::decode;\n", &[]),
        ("src/store/contract.rs", "use sled::Db;\nuse crate::store::sled::SledStore;\n", &[(1, "sled::")]),
        ("src/app.rs", "use crate::store::sled::SledStore;\nlet x = unsled::y();\n", &[]),
        ("src/store/sled/mod.rs", "use sled::Db;\n", &[]),
    ];
    for (file, source, expected) in table {
        let found: Vec<(usize, String)> =
            breaches(file, source).into_iter().map(|breach| (breach.line, breach.path)).collect();
        let expected: Vec<(usize, String)> = expected.iter().map(|(line, path)| (*line, (*path).to_owned())).collect();
        assert_eq!(found, expected, "{file}: {source}");
    }
    let told = breaches("src/model/a.rs", "\nuse crate::store::Store;\n")[0].to_string();
    assert_eq!(told, "src/model/a.rs:2: `crate::store::Store`: model uses protocol; never store");
}

#[test]
fn files_of_tests_are_found() {
    let path = Path::new("src/store/sled/keys.rs");
    let source = "#[cfg(test)]\n#[path = \"keys_test.rs\"]\nmod test;\n";
    assert!(test_files(path, source).contains(&PathBuf::from("src/store/sled/keys_test.rs")));
    let path = Path::new("src/model/session/mod.rs");
    assert!(test_files(path, "#[cfg(test)]\nmod tests;\n").contains(&PathBuf::from("src/model/session/tests.rs")));
    let path = Path::new("src/logs.rs");
    assert!(test_files(path, "#[cfg(test)]\nmod tests;\n").contains(&PathBuf::from("src/logs/tests.rs")));
    assert!(test_files(path, "mod line;\n").is_empty());
}
