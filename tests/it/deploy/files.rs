//! What can be said of compose file and Dockerfile without Docker.

use super::{in_repository, text_of};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PASSWORDS: [&str; 3] = ["ABIDE_DATABASE_PASSWORD", "ABIDE_OWNER_PASSWORD", "ABIDE_NODE_PASSWORD"];

/// `docker-compose config` with these variables and nothing of the surroundings.
fn config(variables: &[(&str, &str)]) -> Output {
    let nothing = tempfile::NamedTempFile::new().expect("a file");
    let mut command = Command::new("docker-compose");
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C.UTF-8");
    command.envs(variables.iter().copied()).arg("--env-file").arg(nothing.path());
    command.arg("--file").arg(in_repository("docker-compose.yml")).arg("config");
    command.output().expect("Debian's package docker-compose; tests/run.sh deploy installs it")
}

/// The whole of it, with made-up passwords, as JSON: `docker-compose` itself needs Python's YAML.
fn resolved() -> Value {
    let output = config(&PASSWORDS.map(|name| (name, "made up")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let convert = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-c", convert]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().expect("Python");
    std::io::Write::write_all(&mut python.stdin.take().expect("its input"), &output.stdout).expect("a pipe");
    let json = python.wait_with_output().expect("JSON").stdout;
    serde_json::from_slice(&json).expect("JSON")
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().expect("an object").keys().cloned().collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn compose_asks_for_every_password_and_takes_no_empty_one() {
    for missing in PASSWORDS {
        for value in [None, Some("")] {
            let others = PASSWORDS.iter().filter(|name| **name != missing).map(|name| (*name, "made up"));
            let variables: Vec<_> = others.chain(value.map(|value| (missing, value))).collect();
            let output = config(&variables);
            let why = String::from_utf8_lossy(&output.stderr);
            let said = why
                .trim_end()
                .ends_with(&format!("Put {missing}=… into .env, such as the output of \"openssl rand -hex 24\""));
            assert!(!output.status.success() && said, "{missing} {value:?}: {why}");
        }
    }
}

#[test]
fn compose_has_two_nodes_that_only_the_proxy_reaches() {
    let config = resolved();
    let services = &config["services"];
    assert_eq!(
        names(services),
        ["database", "grants", "migrate", "network", "node-a", "node-b", "proxy"].map(String::from).into()
    );
    let published: Vec<_> = names(services).into_iter().filter(|name| !services[name]["ports"].is_null()).collect();
    assert_eq!(published, ["network"]);
    let mut listening = BTreeSet::new();
    for name in ["node-a", "node-b"] {
        let node = &services[name];
        assert_eq!(node["network_mode"], "service:network");
        assert_eq!(node["environment"]["ABIDE_HTTP__TRUSTED_PROXIES"], "127.0.0.1");
        assert_eq!(node["environment"]["ABIDE_ISSUER"], "http://localhost:8080");
        let volumes = texts(&node["volumes"]);
        assert!(volumes.contains(&"keys:/var/lib/abide/keys:rw"), "{volumes:?}");
        assert!(volumes.contains(&&*format!("{name}:/var/lib/abide/data:rw")), "{volumes:?}");
        let key = if name == "node-a" { "NODE_A" } else { "NODE_B" };
        assert_eq!(node["environment"]["ABIDE_LISTEN"], services["proxy"]["environment"][key]);
        listening.insert(node["environment"]["ABIDE_LISTEN"].to_string());
    }
    assert_eq!(listening.len(), 2);
    assert_eq!(services["grants"]["depends_on"]["migrate"]["condition"], "service_completed_successfully");
    assert_eq!(services["node-a"]["depends_on"]["grants"]["condition"], "service_completed_successfully");
    assert_eq!(services["node-b"]["depends_on"]["node-a"]["condition"], "service_healthy");
}

/// One truth: proxy, roles and grants are the same files, and the nodes have the same settings.
#[test]
fn compose_and_script_share_their_files_names_and_settings() {
    let (config, script) = (resolved(), text_of("examples/compose-without-docker.sh"));
    let services = &config["services"];
    let examples = in_repository("examples/");
    let mut shared = BTreeSet::new();
    for volume in names(services).iter().flat_map(|name| texts(&services[name]["volumes"])) {
        if let Some(rest) = volume.strip_prefix(examples.to_str().expect("a path")) {
            shared.insert(rest.split(':').next().expect("a path").to_owned());
        }
    }
    assert_eq!(shared, ["database/grants.sql", "database/roles.sql", "proxy/haproxy.cfg"].map(String::from).into());
    for file in shared {
        assert!(
            in_repository("examples").join(&file).is_file() && script.contains(&format!("$examples/{file}")),
            "{file}"
        );
    }
    for name in ["node-a", "node-b"] {
        assert!(text_of("examples/proxy/haproxy.cfg").contains(&format!("    server {name} ")), "{name}");
        assert!(script.contains(&format!("\n  node {name}\n")), "{name}");
    }
    for name in ["database", "proxy"] {
        assert!(
            script.contains(&format!("\n{name}() {{")) && script.contains(&format!("until_ready {name} ")),
            "{name}"
        );
    }
    for setting in names(&services["node-a"]["environment"]) {
        assert!(script.contains(&format!("{setting}=")), "the script does not set {setting}");
    }
}

#[test]
fn the_grants_are_those_of_the_documentation() {
    let page = text_of("docs/running.md");
    let block = page.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the grants");
    assert!(block.contains("GRANT") && text_of("examples/database/grants.sql").contains(block), "{block}");
}

/// The instructions of the Dockerfile, continued lines joined.
fn instructions() -> Vec<(String, String)> {
    let text = text_of("Dockerfile").replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.filter_map(|line| line.split_once(' ')).map(|(word, rest)| (word.to_owned(), rest.to_owned())).collect()
}

/// What is copied from the repository.
fn copied() -> Vec<String> {
    let copies = instructions().into_iter().filter(|(word, rest)| word == "COPY" && !rest.starts_with("--from="));
    copies
        .flat_map(|(_, rest)| {
            let mut paths: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
            paths.pop();
            paths
        })
        .collect()
}

#[test]
fn the_image_has_a_rust_that_is_new_enough_and_runs_as_nobody_in_particular() {
    let all = instructions();
    let last_stage = all.iter().rposition(|(word, _)| word == "FROM").expect("a stage");
    let value = |name: &str| {
        let found = all[last_stage..].iter().find(|(word, _)| word == name);
        found.map(|(_, rest)| rest.as_str()).unwrap_or_else(|| panic!("no {name} in the last stage"))
    };
    let version = |text: &str| -> Vec<u32> { text.split('.').map(|part| part.parse().expect("a number")).collect() };
    let rust = all.iter().find_map(|(_, rest)| rest.strip_prefix("RUST=")).expect("ARG RUST");
    let cargo: toml::Table = text_of("Cargo.toml").parse().expect("the manifest");
    let wanted = cargo["workspace"]["package"]["rust-version"].as_str().expect("rust-version");
    assert!(version(rust) >= version(wanted), "{rust} is older than {wanted}");
    assert!(all.iter().any(|(word, rest)| word == "FROM" && rest == "rust:${RUST}-bookworm AS build"));
    assert_eq!(value("FROM"), "debian:bookworm-slim");
    assert!(value("USER").split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)), "{}", value("USER"));
    assert!(value("HEALTHCHECK").ends_with(r#"CMD ["abide-health", "live"]"#));
    let build = all.iter().find(|(_, rest)| rest.starts_with("cargo build")).expect("the build");
    let profile = build.1.split("--profile ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a profile");
    assert!(cargo["profile"].get(profile).is_some(), "no profile {profile}");
    assert!(value("COPY").starts_with(&format!("--from=build /src/target/{profile}/abide ")));
}

#[test]
fn the_image_is_given_all_that_is_compiled_in_and_nothing_secret() {
    let copied = copied();
    let ignored = text_of(".dockerignore");
    assert!(ignored.lines().any(|line| line == "*"), "everything is ignored but what is named");
    for path in &copied {
        assert!(in_repository(path).exists(), "COPY {path}");
        assert!(ignored.lines().any(|line| line == format!("!{path}")), "{path} is ignored");
    }
    for never in ["keys", "data", ".git", ".env", "target", "."] {
        assert!(!ignored.lines().any(|line| line.trim_end_matches('/') == format!("!{never}")), "{never}");
    }
    let mut compiled_in = 0;
    for source in rust_files(&in_repository("src")) {
        let text = std::fs::read_to_string(&source).expect("a source");
        // Tests are not part of the build.
        let text = text.split("#[cfg(test)]").next().expect("a beginning");
        for name in text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let file = source.parent().expect("a folder").join(name).canonicalize().expect("what is included");
            let inside = copied.iter().any(|path| file.starts_with(in_repository(path)));
            let tests_own = source.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"));
            assert!(inside || tests_own, "{} is not copied", file.display());
            compiled_in += 1;
        }
    }
    assert!(compiled_in > 5, "{compiled_in}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Cargo finds a whole workspace in what the image is given.
#[test]
fn the_copied_files_are_a_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in copied().iter().filter(|path| *path != "tests") {
        copy(&in_repository(path), &folder.path().join(path));
    }
    let main = folder.path().join("tests/it/main.rs");
    std::fs::create_dir_all(main.parent().expect("a folder")).expect("a folder");
    std::fs::write(main, "").expect("a file");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--locked", "--offline", "--no-deps", "--format-version", "1"];
    let output = Command::new(cargo).args(arguments).current_dir(folder.path()).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder");
        for entry in std::fs::read_dir(from).expect("a folder").flatten() {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(from, to).expect("a copy");
    }
}
