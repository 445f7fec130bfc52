//! One event as one line.

use serde_json::Value;
use std::fmt::Write;
use tracing::Level;

/// Whether terminal colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    On,
    Off,
}

/// What every line begins with.
pub(super) struct Head<'a> {
    pub(super) now: &'a str,
    pub(super) level: Level,
    pub(super) target: &'a str,
}

const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";

fn hue(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

/// `2026-01-02T03:04:05.000000Z  INFO signed in  client=bank request=4f2a`
pub(super) fn text(head: &Head<'_>, fields: &[(&'static str, Value)], colour: Colour) -> String {
    let (dim, hue, reset) = match colour {
        Colour::On => (DIM, hue(head.level), RESET),
        Colour::Off => ("", "", ""),
    };
    let mut line = format!("{dim}{}{reset} {hue}{:>5}{reset} ", head.now, head.level);
    // A stranger's words are told from ours by where they come from: libraries are named, Abide is not.
    if head.target != "abide" && !head.target.starts_with("abide::") {
        let _ = write!(line, "{dim}{}:{reset} ", head.target);
    }
    if let Some((_, message)) = fields.iter().find(|(name, _)| *name == "message") {
        line.extend(shown(message).chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
        line.push(' ');
    }
    for (name, value) in fields.iter().filter(|(name, _)| *name != "message") {
        let _ = write!(line, " {dim}{name}={reset}{}", quoted(value));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Quoted where it could be taken for more than one value, or could move the cursor.
fn quoted(value: &Value) -> String {
    let text = shown(value);
    let safe = !text.is_empty() && text.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '"' && c != '=');
    if safe { text } else { format!("{text:?}") }
}

/// `{"time":"…","level":"info","message":"signed in","client":"bank","request":"4f2a","target":"abide::flow"}`
pub(super) fn json(head: &Head<'_>, fields: &[(&'static str, Value)]) -> String {
    let level = head.level.as_str().to_ascii_lowercase();
    let message =
        fields.iter().find(|(name, _)| *name == "message").map_or_else(Value::default, |(_, text)| text.clone());
    let first = [("time", Value::from(head.now)), ("level", Value::from(level)), ("message", message)];
    let ours = ["time", "level", "message", "target"];
    let rest = fields.iter().filter(|(name, _)| !ours.contains(name)).map(|(name, value)| (*name, value.clone()));
    let all = first.into_iter().chain(rest).chain([("target", Value::from(head.target))]);
    let members: Vec<String> = all.map(|(name, value)| format!("{}:{value}", Value::from(name))).collect();
    format!("{{{}}}\n", members.join(","))
}
