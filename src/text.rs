//! The catalogue: every word a person reads on a page of ours.
//!
//! One Fluent file is embedded in the binary and parsed once. Pages and mails name a message by its key and never hold
//! visible text themselves, so that another language is another file and another [`Text`], without touching a template.
//!
//! Escaping is not done here: a message is plain text and the template escapes it like any other value.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use unic_langid::LanguageIdentifier;

static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| parse(include_str!("../templates/text/en.ftl")));

fn parse(source: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source.to_owned())
        .map_err(|(_, errors)| errors)
        .expect("the embedded catalogue is well-formed: a test parses it");
    let english: LanguageIdentifier = "en".parse().expect("a language of BCP 47");
    let mut bundle = FluentBundle::new_concurrent(vec![english]);
    // The isolating marks are invisible characters that end up in titles, copied text and tests. Names from outside are
    // set in elements of their own instead (`dir="auto"`).
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no key of the embedded catalogue occurs twice: a test parses it");
    bundle
}

/// The language a page or a mail speaks. Always English for now; cheap to copy into every page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    _language: (),
}

impl Text {
    /// The BCP 47 tag of the language, for `lang` on the page.
    pub fn language(&self) -> &'static str {
        "en"
    }

    /// The direction of the writing, for `dir` on the page.
    pub fn direction(&self) -> &'static str {
        "ltr"
    }

    /// The message `key`, which takes no arguments.
    pub fn say(&self, key: &str) -> String {
        render(key, None)
    }

    /// The message `key` with its arguments filled in by name.
    pub fn with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: FluentArgs = arguments.iter().map(|&(name, value)| (name, FluentValue::from(value))).collect();
        render(key, Some(&arguments))
    }

    /// The message `key` with the number `count`, by which it chooses its plural form.
    pub fn count(&self, key: &str, count: usize) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        render(key, Some(&arguments))
    }

    /// An instant for people, in Unix seconds: "23 Nov 2026, 12:27 UTC".
    pub fn moment(&self, unix_seconds: i64) -> String {
        instant(unix_seconds).strftime("%-d %b %Y, %H:%M UTC").to_string()
    }

    /// The same instant for machines, as `<time datetime>` wants it: "2026-11-23T12:27:00Z".
    pub fn machine_moment(&self, unix_seconds: i64) -> String {
        instant(unix_seconds).to_string()
    }
}

/// An instant past what a calendar can print is shown as its last one: a page must not fail over a date.
fn instant(unix_seconds: i64) -> Timestamp {
    let bounded = unix_seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// An unknown key is shown as itself: a wrong word is a smaller harm than a page that does not come.
fn render(key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
    let Some(pattern) = ENGLISH.get_message(key).and_then(|message| message.value()) else {
        debug_assert!(false, "the catalogue has no message {key:?}");
        return key.to_owned();
    };
    let mut errors = Vec::new();
    let rendered = ENGLISH.format_pattern(pattern, arguments, &mut errors).into_owned();
    debug_assert!(errors.is_empty(), "message {key:?}: {errors:?}");
    rendered
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
