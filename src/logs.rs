//! Log lines: for people on a terminal, JSON otherwise, on standard error.
//!
//! The lines are made here and not by `tracing_subscriber::fmt`: its JSON nests the fields of spans in a list, its text
//! prints values as they come, line breaks and terminal codes of a stranger's request included. Here the fields of all
//! open spans stand flat beside those of the event, the `id` of a span under the span's name (`request{id=…}` gives
//! `request`), and no value can end a line.

mod fields;
mod line;

use crate::config::{Levels, LogFormat};
use fields::{Fields, TARGET, gather};
use std::io::{self, IsTerminal, Write};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Why logging did not start.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The level cannot be understood; [`Levels`] refuses such ones before.
    #[error("log.level: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// It runs already.
    #[error("logging was started twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Starts logging for the whole process.
///
/// # Errors
/// When it runs already.
pub fn start(format: LogFormat, levels: &Levels) -> Result<(), LogsError> {
    let filter = EnvFilter::try_new(levels.directives())?;
    tracing_subscriber::registry().with(filter).with(Lines::new(style(format), io::stderr)).try_init()?;
    Ok(())
}

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Text in colour.
    Coloured,
    /// Text.
    Plain,
    /// JSON.
    Json,
}

fn style(format: LogFormat) -> Style {
    let terminal = io::stderr().is_terminal();
    // https://no-color.org: present and not empty.
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    match format {
        LogFormat::Json => Style::Json,
        LogFormat::Auto if !terminal => Style::Json,
        LogFormat::Auto | LogFormat::Text if coloured => Style::Coloured,
        LogFormat::Auto | LogFormat::Text => Style::Plain,
    }
}

/// The layer that writes a line for every event.
struct Lines<W> {
    style: Style,
    writer: W,
}

impl<W: for<'w> MakeWriter<'w> + 'static> Lines<W> {
    fn new(style: Style, writer: W) -> Lines<W> {
        Lines { style, writer }
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::of_span(attributes.metadata().name());
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut own = Fields::of_event();
        event.record(&mut own);
        let mut fields = gather(context.event_scope(event), own);
        let target = fields.iter().position(|(name, _)| *name == TARGET).map(|at| fields.remove(at).1);
        let mut now = String::new();
        // A clock that cannot be printed must not cost the line.
        let _ = SystemTime.format_time(&mut Writer::new(&mut now));
        let metadata = event.metadata();
        let target = target.as_ref().and_then(|target| target.as_str()).unwrap_or(metadata.target());
        let head = line::Head { now: &now, level: *metadata.level(), target };
        let line = match self.style {
            Style::Json => line::json(&head, &fields),
            Style::Plain => line::text(&head, &fields, line::Colour::Off),
            Style::Coloured => line::text(&head, &fields, line::Colour::On),
        };
        // One write a line, so that lines of several threads do not mix. There is nobody to tell when it fails.
        let _ = self.writer.make_writer_for(metadata).write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests;
