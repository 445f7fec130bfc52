//! The command line of the real binary.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs it in a folder of its own, without settings of the surroundings.
fn abide(folder: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_abide"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ABIDE_")) {
        command.env_remove(name);
    }
    let command = command.args(arguments).envs(env.iter().copied()).current_dir(folder).stdin(Stdio::null());
    command.output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

#[test]
fn wrong_settings_exit_2_and_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("abide.toml"), "\n[session]\nidle_timeout = \"30 min\"\nmax_lifetme = \"1d\"\n")
        .unwrap();
    for verb in [&["serve"][..], &["check"], &["export"], &["setup-link"], &["import", "-"]] {
        let output = abide(folder.path(), verb, &[]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{verb:?}: {message}");
        assert!(output.stdout.is_empty(), "{verb:?}");
        for part in [
            "abide.toml, line 3: session.idle_timeout: ",
            "`30 min` is no duration",
            "\"15m\"",
            "line 4: session.max_lifetme: no such setting; did you mean `session.max_lifetime`?",
        ] {
            assert!(message.contains(part), "{verb:?}: {part} is missing in {message}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made beside the file");
}

#[test]
fn the_file_is_found_by_option_then_variable_then_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["abide", "variable", "option"] {
        std::fs::write(folder.path().join(format!("{name}.toml")), format!("{name} = 1")).unwrap();
    }
    let says = |arguments: &[&str], env: &[(&str, &str)]| text(&abide(folder.path(), arguments, env).stderr);
    let named = [("ABIDE_CONFIG", "variable.toml")];
    assert!(says(&["check"], &[]).contains("abide.toml, line 1"));
    assert!(says(&["check"], &named).contains("variable.toml, line 1"));
    assert!(says(&["check", "--config", "option.toml"], &named).contains("option.toml, line 1"));
    assert!(says(&["--config", "option.toml", "check"], &[]).contains("option.toml, line 1"));
    let absent = abide(folder.path(), &["check", "--config", "absent.toml"], &[]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(text(&absent.stderr).contains("absent.toml: cannot be read"));
}

#[test]
fn wrong_variables_and_wrong_usage_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = abide(folder.path(), &["check"], &[("ABIDE_TOKENS__CODE", "1h")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("variable ABIDE_TOKENS__CODE: tokens.code: 1h is too long"));
    for usage in [&[][..], &["fly"], &["import"], &["serve", "--port", "1"]] {
        assert_eq!(abide(folder.path(), usage, &[]).status.code(), Some(2), "{usage:?}");
    }
}

#[test]
fn check_of_a_good_file_exits_0() {
    let folder = tempfile::tempdir().unwrap();
    let output = abide(folder.path(), &["check"], &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("The configuration is good (the defaults)"));
    assert!(text(&output.stdout).contains("issuer: plain http"), "advice does not fail");
    let good = "issuer = \"https://id.example.com\"\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n[mail]\nfrom = \"Abide <id@example.com>\"\nserver = \"smtps://mail.example.com\"\n";
    std::fs::write(folder.path().join("good.toml"), good).unwrap();
    let output = abide(folder.path(), &["check", "--config", "good.toml"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "The configuration is good (good.toml).\n");
}

#[test]
fn check_names_a_file_of_stolen_passwords_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let line = |digit: &str| format!("{}:3\r\n", digit.repeat(40));
    std::fs::write(folder.path().join("abide.toml"), "[passwords]\nbreached = \"stolen.txt\"\n").unwrap();
    for (content, fault) in [
        (None, "cannot be read"),
        (Some(String::new()), "empty"),
        (Some("hunter2\n".to_owned()), "40 hexadecimal digits"),
        (Some(line("B") + &line("A")), "not sorted"),
        (Some(line("A") + &line("B")[..20]), "breaks off"),
    ] {
        if let Some(content) = content {
            std::fs::write(folder.path().join("stolen.txt"), content).unwrap();
        }
        for verb in ["check", "serve"] {
            let output = abide(folder.path(), &[verb, "--config", "abide.toml"], &[]);
            let told = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{told}");
            assert!(
                told.contains("passwords.breached") && told.contains("stolen.txt") && told.contains(fault),
                "{told}"
            );
        }
    }
    std::fs::write(folder.path().join("stolen.txt"), line("a") + &line("b")).unwrap();
    let output = abide(folder.path(), &["check", "--config", "abide.toml"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn help_names_every_verb_and_the_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let output = abide(folder.path(), &["--help"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for part in
        ["serve", "import", "export", "check", "setup-link", "--config", "Examples:", "Exit codes:", "ABIDE_CONFIG"]
    {
        assert!(help.contains(part), "{part} is missing in {help}");
    }
    for verb in ["serve", "import", "export", "check", "setup-link"] {
        let output = abide(folder.path(), &[verb, "--help"], &[]);
        assert_eq!(output.status.code(), Some(0), "{verb}");
        assert!(text(&output.stdout).contains("--config <FILE>"), "{verb}");
    }
    assert!(text(&abide(folder.path(), &["import", "--help"], &[]).stdout).contains("--replace-secrets"));
}

#[test]
fn an_import_file_that_is_not_there_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    let output = abide(folder.path(), &["import", "absent.json"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read absent.json"));
}

#[test]
fn a_secret_is_added_beside_the_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = abide(folder.path(), arguments, &[]);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let import = |secret: &str, more: &[&str]| {
        let file = format!(
            "{{\"clients\": [{{\"client_id\": \"notes\", \"client_secret\": \"{}\", \
             \"redirect_uris\": [\"https://notes.example.com/cb\"]}}]}}",
            secret.repeat(32)
        );
        std::fs::write(folder.path().join("app.json"), file).unwrap();
        run(&[&["import", "app.json"], more].concat())
    };
    assert_eq!(import("a", &[]).1, "1 created, 0 changed, 0 unchanged\n");
    assert_eq!(import("b", &["--add-secrets"]).1, "0 created, 1 changed, 0 unchanged\n");
    let (code, _, why) = import("c", &["--add-secrets"]);
    assert!(code == Some(1) && why.contains("clients[0] (notes): client_secret: two are good already"), "{why}");
    assert!(run(&["export"]).1.contains("\"previous_client_secret_hash\": \"sha256:"));
    assert_eq!(import("b", &["--replace-secrets"]).1, "0 created, 1 changed, 0 unchanged\n");
    assert!(!run(&["export"]).1.contains("previous_client_secret_hash"));
    assert_eq!(import("b", &["--add-secrets", "--replace-secrets"]).0, Some(2), "one or the other");
}
