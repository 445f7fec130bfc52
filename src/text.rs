//! The catalogue: every word a person reads on a page of ours.
//!
//! One Fluent file for each [`Language`] is embedded in the binary and parsed once. Pages and mails name a message by its
//! key and never hold visible text themselves, so that another language is another file and another variant, without
//! touching a template. [`Preferences`] decides who is spoken to in which.
//!
//! Escaping is not done here: a message is plain text and the template escapes it like any other value.

mod language;
mod preferences;

pub use language::Language;
pub use preferences::Preferences;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

type Catalogue = FluentBundle<FluentResource>;

static CATALOGUES: LazyLock<[Catalogue; 4]> = LazyLock::new(|| Language::ALL.map(parse));

/// The file of a language, as it was written.
fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../templates/text/en.ftl"),
        Language::German => include_str!("../templates/text/de.ftl"),
        Language::French => include_str!("../templates/text/fr.ftl"),
        Language::SimplifiedChinese => include_str!("../templates/text/zh-Hans.ftl"),
    }
}

fn catalogue(language: Language) -> &'static Catalogue {
    let [english, german, french, chinese] = &*CATALOGUES;
    match language {
        Language::English => english,
        Language::German => german,
        Language::French => french,
        Language::SimplifiedChinese => chinese,
    }
}

fn parse(language: Language) -> Catalogue {
    let resource = FluentResource::try_new(source(language).to_owned())
        .map_err(|(_, errors)| errors)
        .expect("the embedded catalogue is well-formed: a test parses it");
    let identifier: LanguageIdentifier = language.tag().parse().expect("a language of BCP 47");
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // The isolating marks are invisible characters that end up in titles, copied text and tests. Names from outside are
    // set in elements of their own instead (`dir="auto"`).
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English | Language::SimplifiedChinese => |value, _| grouped(value, ","),
        Language::German => |value, _| grouped(value, "."),
        Language::French => |value, _| grouped(value, "\u{202f}"),
    }));
    bundle.add_resource(resource).expect("no key of the embedded catalogue occurs twice: a test parses it");
    bundle
}

/// A whole number with its thousands set apart; anything else is left to Fluent.
fn grouped(value: &FluentValue<'_>, mark: &str) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let digits = number.as_string();
    if digits.len() < 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (first, rest) = digits.split_at(1 + (digits.len() - 1) % 3);
    let groups =
        rest.as_bytes().chunks(3).map(|group| group.iter().map(|digit| char::from(*digit)).collect::<String>());
    Some(std::iter::once(first.to_owned()).chain(groups).collect::<Vec<_>>().join(mark))
}

/// The words a page or a mail is written with; English by default. Cheap to copy into every page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text {
    language: Language,
}

impl From<Language> for Text {
    fn from(language: Language) -> Text {
        Text { language }
    }
}

/// The names of the months, shortened, January first.
const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10",
    "month-11", "month-12",
];

impl Text {
    /// The BCP 47 tag of the language, for `lang` on the page.
    pub fn language(&self) -> &'static str {
        self.language.tag()
    }

    /// The direction of the writing, for `dir` on the page.
    pub fn direction(&self) -> &'static str {
        self.language.direction()
    }

    /// The languages to choose from.
    pub fn languages(&self) -> [Language; 4] {
        Language::ALL
    }

    /// The message `key`, which takes no arguments.
    pub fn say(&self, key: &str) -> String {
        self.render(key, None)
    }

    /// The message `key` with its arguments filled in by name.
    pub fn with(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: FluentArgs = arguments.iter().map(|&(name, value)| (name, FluentValue::from(value))).collect();
        self.render(key, Some(&arguments))
    }

    /// The message `key` with the number `count`, by which it chooses its plural form.
    pub fn count(&self, key: &str, count: usize) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        self.render(key, Some(&arguments))
    }

    /// An instant for people, in Unix seconds: "23 Nov 2026, 12:27 UTC".
    pub fn moment(&self, unix_seconds: i64) -> String {
        let at = universal(unix_seconds);
        let month = MONTHS[usize::from(at.month().unsigned_abs()).clamp(1, 12) - 1];
        let parts = [
            ("day", at.day().to_string()),
            ("month", self.say(month)),
            ("year", at.year().to_string()),
            ("time", format!("{:02}:{:02}", at.hour(), at.minute())),
        ];
        self.with("moment", &parts.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// The same instant for machines, as `<time datetime>` wants it: "2026-11-23T12:27:00Z".
    pub fn machine_moment(&self, unix_seconds: i64) -> String {
        instant(unix_seconds).to_string()
    }

    /// What a catalogue lacks is said in English, and an unknown key is shown as itself: a wrong word is a smaller harm
    /// than a page that does not come. Tests see to it that neither happens.
    fn render(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let found = [self.language, Language::English].into_iter().find_map(|language| {
            let catalogue = catalogue(language);
            Some((catalogue, catalogue.get_message(key)?.value()?))
        });
        let Some((catalogue, pattern)) = found else {
            debug_assert!(false, "the catalogue has no message {key:?}");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let rendered = catalogue.format_pattern(pattern, arguments, &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "message {key:?}: {errors:?}");
        rendered
    }
}

/// An instant past what a calendar can print is shown as its last one: a page must not fail over a date.
fn instant(unix_seconds: i64) -> Timestamp {
    let bounded = unix_seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(bounded).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn universal(unix_seconds: i64) -> DateTime {
    TimeZone::UTC.to_datetime(instant(unix_seconds))
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
