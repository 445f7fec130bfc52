//! Reads the file, then the environment, and remembers where everything was written.

use super::Config;
use super::keys::{self, Setting};
use super::nearest::nearest;
use super::problem::{ConfigError, Place, Problem};
use super::rules;
use super::upstream;
use super::values::Raw;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Names the file; every other variable with our prefix is a setting.
const FILE_VARIABLE: &str = "ABIDE_CONFIG";
const PREFIX: &str = "ABIDE_";

/// Where each setting that was written was written last.
pub(super) type Places = BTreeMap<&'static str, Place>;

impl Config {
    /// Reads the settings: defaults, then the file, then the variables `ABIDE_…` (`ABIDE_SESSION__IDLE_TIMEOUT` is
    /// `session.idle_timeout`; lists are parted by commas). Other variables are ignored. Relative paths stay as they
    /// are, and so are relative to the working directory.
    ///
    /// # Errors
    /// Every wrong setting with its line or variable, the reason, and what would be right. Rules over several settings
    /// are judged only when each of them can be read.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Config, ConfigError> {
        let mut loading = Loading::default();
        if let Some(path) = path {
            loading.file(path);
        }
        loading.environment(env);
        loading.finish()
    }
}

#[derive(Default)]
struct Loading {
    config: Config,
    places: Places,
    problems: Vec<Problem>,
}

impl Loading {
    fn file(&mut self, path: &Path) {
        let whole = |reason| Problem { place: Place::File(path.to_owned()), key: String::new(), reason };
        let text = match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => return self.problems.push(whole("is not UTF-8; save it as UTF-8 text".into())),
            Err(error) => {
                let reason =
                    format!("cannot be read ({error}); name a file with --config, or leave it out to run on defaults");
                return self.problems.push(whole(reason));
            }
        };
        let (table, errors) = DeTable::parse_recoverable(&text);
        let mut walk = Walk { loading: self, path: path.to_owned(), text: &text };
        for error in &errors {
            // The library's own printing shows the line's text, which may one day be a secret.
            let at = error.span().map_or(0, |span| span.start);
            walk.problem(
                at,
                "",
                format!("is no TOML here: {}; write such as listen = \"127.0.0.1:8080\"", error.message()),
            );
        }
        if errors.is_empty() {
            walk.table("", table.get_ref());
        }
        self.problems.sort_by(|a, b| a.place.cmp(&b.place));
    }

    fn environment(&mut self, env: impl Iterator<Item = (String, String)>) {
        let ours: BTreeMap<String, String> =
            env.filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE && !is_kubernetes(name)).collect();
        for (name, value) in ours {
            let key = name[PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
            self.value(&key, &Raw::Variable(value), Place::Variable(name));
        }
    }

    fn value(&mut self, key: &str, raw: &Raw, place: Place) {
        let Some(setting) = keys::setting(key) else { return self.unknown(key, place) };
        match (setting.set)(&mut self.config, raw) {
            Ok(()) => drop(self.places.insert(setting.key, place)),
            Err(reason) => self.problems.push(Problem { place, key: key.to_owned(), reason }),
        }
    }

    fn unknown(&mut self, key: &str, place: Place) {
        let reason = match &place {
            Place::Variable(_) => format!("no such setting; did you mean {}?", variable(nearest(key))),
            _ => format!("no such setting; did you mean `{}`?", nearest(key)),
        };
        self.problems.push(Problem { place, key: key.to_owned(), reason });
    }

    fn finish(mut self) -> Result<Config, ConfigError> {
        if self.problems.is_empty() {
            rules::follow(&mut self.config, &self.places);
            self.problems = rules::judge(&self.config, &self.places);
        }
        if self.problems.is_empty() { Ok(self.config) } else { Err(ConfigError { problems: self.problems }) }
    }
}

/// Kubernetes and container links set these for a neighbour that is named `abide`: `ABIDE_SERVICE_HOST`, `ABIDE_PORT_…`.
fn is_kubernetes(name: &str) -> bool {
    let rest = &name[PREFIX.len()..];
    rest == "PORT" || rest.starts_with("PORT_") || rest == "SERVICE_HOST" || rest.starts_with("SERVICE_PORT")
}

/// The variable of a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

/// A walk over the tree of one file.
struct Walk<'a> {
    loading: &'a mut Loading,
    path: PathBuf,
    text: &'a str,
}

impl Walk<'_> {
    /// Every table of `[[upstream]]`.
    fn upstreams(&mut self, at: usize, value: &DeValue<'_>) {
        let tables = match value {
            DeValue::Array(array) => array.iter().map(|one| (one.span().start, one.get_ref())).collect(),
            _ => Vec::new(),
        };
        let tables: Option<Vec<_>> = tables
            .into_iter()
            .map(|(at, one)| if let DeValue::Table(table) = one { Some((at, table)) } else { None })
            .collect();
        let Some(tables) = tables.filter(|tables| !tables.is_empty()) else {
            let reason = "is a list of tables; write [[upstream]] on a line of its own and its settings below".into();
            return self.problem(at, upstream::SECTION, reason);
        };
        for (at, table) in tables {
            let mut problems = Vec::new();
            let read = upstream::read(at, table, &self.loading.config.upstream, &mut problems);
            self.loading.config.upstream.extend(read);
            for (at, key, reason) in problems {
                self.problem(at, &format!("{}.{key}", upstream::SECTION), reason);
            }
        }
    }

    fn place(&self, at: usize) -> Place {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        Place::Line(self.path.clone(), 1 + before.iter().filter(|byte| **byte == b'\n').count())
    }

    fn problem(&mut self, at: usize, key: &str, reason: String) {
        let place = self.place(at);
        self.loading.problems.push(Problem { place, key: key.to_owned(), reason });
    }

    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let at = name.span().start;
            let key =
                if section.is_empty() { name.get_ref().to_string() } else { format!("{section}.{}", name.get_ref()) };
            // A dot inside a quoted name parts nothing: `"session.idle_timeout" = …` is another key.
            let dotted = name.get_ref().contains('.');
            let known: Option<&Setting> = keys::setting(&key).filter(|_| !dotted);
            match value.get_ref() {
                value if key == upstream::SECTION => self.upstreams(at, value),
                DeValue::Table(inner) if known.is_none() && !inner.is_empty() && !dotted => self.table(&key, inner),
                DeValue::Table(_) if keys::is_section(&key) && !dotted => (),
                _ if keys::is_section(&key) => {
                    self.problem(
                        at,
                        &key,
                        format!("is a section; write [{key}] on a line of its own and its settings below"),
                    );
                }
                _ if dotted => {
                    let reason = "no such setting: quotes keep the name in one piece; write it without them".into();
                    self.problem(at, &key, reason);
                }
                other => {
                    let place = self.place(at);
                    self.loading.value(&key, &raw(other), place);
                }
            }
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    let entries = |array: &toml::de::DeArray<'_>| {
        let text = |value: &DeValue<'_>| if let DeValue::String(text) = value { Some(text.to_string()) } else { None };
        array.iter().map(|entry| text(entry.get_ref())).collect::<Option<Vec<_>>>()
    };
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Array(array) => entries(array).map_or(Raw::Other("a list of other things than texts"), Raw::List),
        DeValue::Integer(_) | DeValue::Float(_) => Raw::Other("a bare number"),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}
