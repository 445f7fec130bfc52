//! The fields of events and of the spans around them.

use serde_json::Value;
use std::fmt;
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// The true target of an event that came through the `log` crate; that of its metadata is always `log`.
pub(super) const TARGET: &str = "log.target";

/// Fields in the order they were recorded.
#[derive(Debug, Default)]
pub(super) struct Fields {
    span: Option<&'static str>,
    list: Vec<(&'static str, Value)>,
}

impl Fields {
    pub(super) fn of_event() -> Fields {
        Fields::default()
    }

    pub(super) fn of_span(name: &'static str) -> Fields {
        Fields { span: Some(name), list: Vec::new() }
    }

    fn add(&mut self, field: &Field, value: Value) {
        let name = match self.span {
            Some(span) if field.name() == "id" => span,
            _ => field.name(),
        };
        // What came through the `log` crate says in fields where it was written. Only its target is worth a place.
        if name.starts_with("log.") && name != TARGET {
            return;
        }
        match self.list.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => self.list.push((name, value)),
        }
    }
}

/// The fields of an event followed by those of the spans around it, the innermost first. Of one name, the innermost.
pub(super) fn gather<'a, S>(scope: Option<Scope<'a, S>>, own: Fields) -> Vec<(&'static str, Value)>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let mut all = own.list;
    for span in scope.into_iter().flatten() {
        let extensions = span.extensions();
        let Some(fields) = extensions.get::<Fields>() else { continue };
        for (name, value) in &fields.list {
            if all.iter().all(|(known, _)| known != name) {
                all.push((name, value.clone()));
            }
        }
    }
    all
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}").into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.add(field, value.to_string().into());
    }
}
