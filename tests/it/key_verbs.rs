//! `abide keys` of the real binary, and keys sealed at rest.

use crate::serving::Server;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

const SEAL: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER: &str = "HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHgA=";

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn why(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// (kid, standing) of each line of the table.
fn keys(text: &str) -> Vec<(String, String)> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = text.lines().skip(1).map(words).take_while(|words| words.len() == 6);
    lines.map(|words| (words[0].clone(), words[2].clone())).collect()
}

/// The names of the keys that the server shows.
fn shown(server: &Server) -> Vec<String> {
    let answer = server.get("/jwks").unwrap();
    let set: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn standings(text: &str) -> Vec<String> {
    keys(text).into_iter().map(|(_, standing)| standing).collect()
}

#[test]
fn keys_are_listed_and_rotated_on_a_running_server_and_on_a_stopped_one() {
    let mut server = Server::start();
    let list = said(&server.run(&["keys", "list"]));
    assert!(list.starts_with("kid ") && list.lines().nth(1).unwrap().contains(" RS256  signs "), "{list}");
    let first = shown(&server);
    assert_eq!((keys(&list)[0].0.clone(), standings(&list)), (first[0].clone(), vec!["signs".to_owned()]));

    let announced = said(&server.run(&["keys", "rotate"]));
    assert_eq!(standings(&announced), ["announced", "signs"], "{announced}");
    assert!(announced.contains("shown from now on"));
    assert_eq!(shown(&server).len(), 2, "at once");
    let at_once = said(&server.run(&["keys", "rotate", "--now"]));
    // The one that was announced never signs.
    assert_eq!(standings(&at_once), ["signs", "retired", "retired"], "{at_once}");
    let before = shown(&server);
    assert_eq!(before.len(), 3);

    let revoked = said(&server.run(&["keys", "rotate", "--now", "--revoke"]));
    assert_eq!(standings(&revoked), ["signs"], "{revoked}");
    let after = shown(&server);
    assert_eq!((after.len(), before.contains(&after[0])), (1, false));
    assert_eq!(server.stop(), Some(0));
    assert!(!std::fs::read_to_string(server.log()).unwrap().contains("pkcs8"));

    assert_eq!(keys(&said(&server.run(&["keys", "list"])))[0].0, after[0], "from the store itself");
    assert_eq!(standings(&said(&server.run(&["keys", "rotate", "--revoke"]))), ["signs"]);
    server.serve();
    assert!(!after.contains(&shown(&server)[0]) && shown(&server).len() == 1);
}

#[test]
fn wrong_usage_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_abide"));
        command.args(arguments).current_dir(folder.path()).env_remove("ABIDE_CONFIG").output().unwrap()
    };
    for usage in [&["keys"][..], &["keys", "burn"], &["keys", "rotate", "--soon"], &["keys", "list", "all"]] {
        assert_eq!(run(usage).status.code(), Some(2), "{usage:?}");
    }
    for verb in [&["keys", "list"][..], &["keys", "rotate"], &["keys", "rotate", "--revoke"]] {
        assert!(why(&run(verb)).contains("there is no store in data"), "{verb:?}");
    }
    assert!(why(&run(&["keys", "unseal"])).contains("keys.seal_key"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

fn sealing_key(server: &Server) -> String {
    std::fs::read_to_string(server.file("keys/sealing.key")).unwrap()
}

fn configure(server: &Server, keys: &str) {
    std::fs::write(server.file("abide.toml"), format!("[keys]\n{keys}\n")).unwrap();
}

#[test]
fn keys_at_rest_are_sealed_by_a_key_of_ones_own() {
    let mut server = Server::start();
    let (plain, first) = (sealing_key(&server), shown(&server));
    server.stop();
    std::fs::write(server.file("seal.key"), format!("{SEAL}\n")).unwrap();
    configure(&server, "seal_key_file = \"seal.key\"");
    server.serve();
    let sealed = sealing_key(&server);
    assert!(sealed.starts_with("sealed:1:") && !sealed.contains(plain.trim()));
    assert_eq!(shown(&server), first, "the same keys");
    server.stop();
    server.serve();
    assert_eq!((shown(&server), sealing_key(&server)), (first.clone(), sealed.clone()));
    server.stop();

    // None, another one, and a sealed file that somebody changed.
    std::fs::remove_file(server.file("abide.toml")).unwrap();
    for verb in [&["serve"][..], &["export"], &["keys", "list"], &["backup", "abide.backup"]] {
        let words = why(&server.run(verb));
        assert!(words.contains("keys/sealing.key is sealed") && words.contains("seal_key_file"), "{words}");
    }
    let by_variable =
        |key: &str, verb: &[&str]| server.command(verb).env("ABIDE_KEYS__SEAL_KEY", key).output().unwrap();
    assert!(why(&by_variable(OTHER, &["serve"])).contains("sealed by another key"));
    assert!(why(&by_variable(OTHER, &["keys", "unseal"])).contains("sealed by another key"));
    let mut altered = sealed.clone().into_bytes();
    altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
    std::fs::write(server.file("keys/sealing.key"), &altered).unwrap();
    assert!(why(&by_variable(SEAL, &["serve"])).contains("was altered"));
    std::fs::write(server.file("keys/sealing.key"), &sealed).unwrap();
    let wrong = by_variable("c2hvcnQ=", &["check"]);
    let words = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        words.contains("keys.seal_key: is no key; write 32 bytes in base64") && !words.contains("c2hvcnQ="),
        "{words}"
    );

    // Another key for it: the seal comes off with the old one, and the next start puts on the new one.
    assert!(said(&by_variable(SEAL, &["keys", "unseal"])).contains("not sealed any more"));
    assert_eq!(sealing_key(&server), plain);
    assert!(said(&by_variable(OTHER, &["keys", "list"])).contains(&first[0]));
    assert!(sealing_key(&server).starts_with("sealed:1:"));
    assert!(why(&by_variable(SEAL, &["serve"])).contains("sealed by another key"));
}

#[test]
fn a_lost_folder_is_no_end() {
    let mut server = Server::start();
    let first = shown(&server);
    server.stop();
    std::fs::remove_file(server.file("keys/sealing.key")).unwrap();
    for verb in [&["serve"][..], &["keys", "list"], &["keys", "rotate", "--now"]] {
        let words = why(&server.run(verb));
        assert!(words.contains("another keys_dir") && words.contains("abide keys rotate"), "{words}");
    }
    let made = said(&server.run(&["keys", "rotate", "--revoke"]));
    server.serve();
    assert_eq!(shown(&server), [keys(&made)[0].0.clone()]);
    assert_ne!(shown(&server), first);
}

#[test]
fn key_files_of_a_former_version_become_the_stores() {
    let mut server = Server::start();
    server.stop();
    let (folder, data) = (server.file("keys"), server.file("data"));
    // As the version before left them: a sealing key, a file a key, and no keys in the store.
    std::fs::remove_dir_all(&data).unwrap();
    let kid = former_file(&folder);
    server.serve();
    assert!(shown(&server).contains(&kid), "{:?}", shown(&server));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "the files are gone");
    server.stop();
    server.serve();
    assert!(shown(&server).contains(&kid));
}

/// Written as the former version wrote them.
fn former_file(folder: &Path) -> String {
    use abide::model::signing_key::Successor;
    use std::os::unix::fs::PermissionsExt;
    let since = abide::protocol::Timestamp(1_700_000_000);
    let times = Successor { alg: abide::protocol::signing::SigningAlg::ES256, published_at: since, active_at: since };
    let mut kept = serde_json::to_value(abide::crypto::signing_key::KeptKey::generate(&times).unwrap()).unwrap();
    kept.as_object_mut().unwrap().remove("public");
    let kid = kept["kid"].as_str().unwrap().to_owned();
    let path = folder.join(format!("ES256-{kid}.json"));
    std::fs::write(&path, serde_json::to_vec_pretty(&kept).unwrap()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    kid
}
