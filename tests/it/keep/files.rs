//! The sealed file.

use super::{Installation, ada_is_signed_in, ada_signs_in, people};
use crate::real::block_on;
use crate::real::visitor::Visitor;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[test]
fn a_backup_of_a_running_server_brings_everything_back() {
    let one = Installation::new("");
    one.import(&people(60));
    let server = one.serve();
    let visitor = Visitor::new();
    block_on(ada_signs_in(&visitor, &one));
    let file = one.path("all.backup");
    let said = one.done(&["backup", file.to_str().unwrap()]);
    assert!(said.contains("records, ") && said.contains("audit events"), "{said}");
    // After the backup, so not in it.
    one.import(&serde_json::json!({"users": [crate::real::idp::person("later")]}));
    let exported = one.done(&["export"]);
    drop(server);

    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    for secret in ["person7", "lantern", "ada@example.org", "argon2id"] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} can be read in it");
    }

    let other = Installation::like(&one, "");
    let restored = other.done(&["restore", file.to_str().unwrap()]);
    assert_eq!(restored.lines().next(), said.lines().next(), "as much came back as went in");
    let again = other.done(&["export"]);
    assert!(exported.contains("\"later\"") && !again.contains("\"later\""));
    assert!(again.contains("\"person59\"") && again.contains("\"lantern\""));
    let _server = other.serve();
    assert!(block_on(ada_is_signed_in(&visitor, &other)), "her session came back too");
    assert!(!block_on(ada_is_signed_in(&Visitor::new(), &other)));
}

#[test]
fn what_cannot_be_restored_is_named_and_nothing_is_written() {
    let one = Installation::new("");
    one.import(&people(30));
    let file = one.path("all.backup");
    one.done(&["backup", file.to_str().unwrap()]);
    let whole = std::fs::read(&file).unwrap();
    let line = whole.iter().position(|byte| *byte == b'\n').unwrap();

    let restores = |bytes: &[u8], words: &str| {
        let other = Installation::like(&one, "");
        std::fs::write(&file, bytes).unwrap();
        other.refused(&["restore", file.to_str().unwrap()], words);
        assert!(!other.path("data").exists(), "something was written");
    };
    // Cut off anywhere, or altered anywhere.
    let places = (0..40).map(|n| line + 1 + n * (whole.len() - line - 1) / 40);
    for place in places.chain([whole.len() - 1]) {
        restores(&whole[..place], "damaged or incomplete");
        let mut altered = whole.clone();
        altered[place] ^= 0x20;
        restores(&altered, "damaged");
    }
    restores(&[&whole[..], b"more"].concat(), "damaged");
    let text = String::from_utf8(whole[..line].to_vec()).unwrap();
    let with_line = |text: String| [text.as_bytes(), &whole[line..]].concat();
    restores(&with_line(text.replace("\"format\":1", "\"format\":7")), "has format 7 and was made by Abide");
    // What the line says for people is sealed with the rest.
    restores(&with_line(text.replace("localhost", "lokalhost")), "damaged");
    for foreign in [&b""[..], b"{}\n", b"PK\x03\x04", &[b'x'; 9000], b"{\"abide\": \"backup\"}\n"] {
        restores(foreign, "no backup of Abide");
    }

    std::fs::write(&file, &whole).unwrap();
    let stranger = Installation::new("");
    stranger.refused(&["restore", file.to_str().unwrap()], "there are no keys in");
    stranger.import(&people(1));
    stranger.refused(&["restore", file.to_str().unwrap()], "sealed with other keys");
    one.refused(&["restore", file.to_str().unwrap()], "is not empty");
    one.refused(&["restore", one.path("absent").to_str().unwrap()], "cannot read");
    let _server = one.serve();
    one.refused(&["restore", file.to_str().unwrap()], "in use by another Abide");
}

#[test]
fn a_backup_that_cannot_be_written_is_named_and_leaves_nothing() {
    let one = Installation::new("");
    one.refused(&["backup", one.path("x").to_str().unwrap()], "there is no store in");
    // Nor where only the folder is left: an empty backup must not take the place of a good one.
    std::fs::create_dir(one.path("data")).unwrap();
    std::fs::write(one.path("x"), "the good one").unwrap();
    for verb in [&["backup", one.path("x").to_str().unwrap()][..], &["export"]] {
        one.refused(verb, "there is no store in");
    }
    assert_eq!(std::fs::read(one.path("x")).unwrap(), b"the good one");
    assert!(!one.path("data").join("store").exists());
    one.import(&people(1));
    one.refused(&["backup", one.path("absent/x").to_str().unwrap()], "cannot write");
    one.refused(&["backup", one.folder.path().to_str().unwrap()], "cannot write");
    let drafts = |folder: &Path| {
        std::fs::read_dir(folder)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"))
            .count()
    };
    assert_eq!(drafts(one.folder.path()) + drafts(one.folder.path().parent().unwrap()), 0);
    let _server = one.serve();
    one.refused(&["backup", one.path("absent/x").to_str().unwrap()], "cannot write");
}
