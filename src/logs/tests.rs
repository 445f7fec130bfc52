use super::*;
use serde_json::Value;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(style: Style, levels: &str, act: impl FnOnce()) -> String {
    let paper = Paper::default();
    let copy = paper.clone();
    let levels: Levels = levels.parse().unwrap();
    let subscriber = tracing_subscriber::registry()
        .with(EnvFilter::try_new(levels.directives()).unwrap())
        .with(Lines::new(style, move || copy.clone()));
    tracing::subscriber::with_default(subscriber, act);
    let bytes = paper.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn a_request() {
    let span = tracing::info_span!("request", id = "4f2a", path = "/authorize", status = tracing::field::Empty);
    let _entered = span.enter();
    let inner = tracing::info_span!("sign_in", id = 7);
    let _inner = inner.enter();
    span.record("status", 200);
    tracing::info!(client = "bank", "signed in");
}

#[test]
fn json_is_flat() {
    let line = written(Style::Json, "info", a_request);
    assert_eq!(line.matches('\n').count(), 1, "{line}");
    let json: Value = serde_json::from_str(&line).unwrap();
    for (name, value) in [
        ("message", Value::from("signed in")),
        ("level", "info".into()),
        ("client", "bank".into()),
        ("request", "4f2a".into()),
        ("path", "/authorize".into()),
        ("status", 200.into()),
        ("sign_in", 7.into()),
        ("target", "abide::logs::tests".into()),
    ] {
        assert_eq!(json[name], value, "{line}");
    }
    assert!(json["time"].as_str().unwrap().ends_with('Z'));
}

#[test]
fn text_is_flat() {
    let line = written(Style::Plain, "info", a_request);
    assert!(
        line.ends_with("  INFO signed in  client=bank sign_in=7 request=4f2a path=/authorize status=200\n"),
        "{line}"
    );
    assert!(!line.contains('\x1b'));
    assert!(written(Style::Coloured, "info", a_request).contains("\x1b[32m"));
}

#[test]
fn no_value_ends_a_line_or_moves_the_cursor() {
    for style in [Style::Plain, Style::Json] {
        let line = written(style, "info", || {
            let evil = "a\nlevel=error \x1b[2J\u{9b}2J";
            tracing::info!(client = evil, shown = ?evil, displayed = %evil, "{evil}");
        });
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
        assert!(!line.contains('\x1b'), "{line:?}");
    }
    let line = written(Style::Plain, "info", || tracing::info!(client = "a b=c", "x"));
    assert!(line.ends_with("client=\"a b=c\"\n"), "{line}");
}

#[test]
fn a_bare_level_is_for_abide_alone() {
    let act = || {
        tracing::debug!("ours");
        tracing::debug!(target: "actix_http::h1", "theirs");
        tracing::info!(target: "actix_http::h1", "loud");
    };
    let lines = written(Style::Plain, "debug", act);
    assert!(lines.contains("ours") && !lines.contains("theirs") && lines.contains("actix_http::h1: loud"), "{lines}");
    assert_eq!(written(Style::Plain, "warn", act), "");
    assert!(written(Style::Plain, "warn,abide::logs=debug", act).contains("ours"));
}

#[test]
fn what_came_through_the_log_crate_keeps_its_target() {
    let act = || tracing::info!(log.target = "sled::pagecache", log.file = "x.rs", "recovered");
    assert!(written(Style::Plain, "info", act).ends_with("INFO sled::pagecache: recovered\n"));
    let json: Value = serde_json::from_str(&written(Style::Json, "info", act)).unwrap();
    assert_eq!((&json["target"], &json["log.file"]), (&"sled::pagecache".into(), &Value::Null));
}
