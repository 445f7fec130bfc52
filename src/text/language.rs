//! The languages our pages speak, and which of them a language tag means (BCP 47: RFC 5646 and RFC 4647).

use std::fmt;

/// A language our pages speak. Another one is another variant, another catalogue in `templates/text/`, and what the
/// compiler then asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// What everybody gets who wants none of the others.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Chinese in simplified characters.
    SimplifiedChinese,
}

/// A longer tag is none of ours (RFC 5646, section 4.4.1, has 35 characters as what suffices).
const LONGEST_TAG: usize = 35;
/// More tags of one list are not looked at.
const MOST_TAGS: usize = 16;
/// A longer `Accept-Language` is no browser's.
const LONGEST_LIST: usize = 1024;

impl Language {
    /// All of them, as people choose from them.
    pub const ALL: [Language; 4] = [Language::English, Language::German, Language::French, Language::SimplifiedChinese];

    /// The tag, for `lang` on the page, `Content-Language` and `ui_locales_supported`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::French => "fr",
            Language::SimplifiedChinese => "zh-Hans",
        }
    }

    /// What it calls itself: whoever looks for it may not read the one on the page.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::French => "Français",
            Language::SimplifiedChinese => "简体中文",
        }
    }

    /// The direction of the writing, for `dir` on the page. The stylesheet knows start and end, never left and right.
    pub fn direction(self) -> &'static str {
        match self {
            Language::English | Language::German | Language::French | Language::SimplifiedChinese => "ltr",
        }
    }

    /// The language a tag means, by lookup (RFC 4647, section 3.4): `de-AT` is German. Chinese is looked up by its
    /// script, which a region implies where it is not said; whoever reads traditional characters is not given
    /// simplified ones, but what they want next.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let well_formed = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        // Systems write `de_AT` where the web writes `de-AT`; a `locale` claim may hold either (OpenID Connect Core, 5.1).
        let parts = || tag.split(['-', '_']);
        if tag.len() > LONGEST_TAG || !parts().all(well_formed) {
            return None;
        }
        let mut parts = parts().map(str::to_ascii_lowercase);
        match parts.next()?.as_str() {
            "en" => Some(Language::English),
            "de" => Some(Language::German),
            "fr" => Some(Language::French),
            "zh" | "cmn" => simplified(parts).then_some(Language::SimplifiedChinese),
            _ => None,
        }
    }

    /// The first that we speak of a list in the order of preference, separated by spaces (`ui_locales`).
    pub fn of_list(tags: &str) -> Option<Language> {
        tags.split_ascii_whitespace().take(MOST_TAGS).find_map(Language::of_tag)
    }

    /// The one an `Accept-Language` prefers of those that we speak (RFC 9110, section 12.5.4). What is malformed in it
    /// is passed over. `*` decides nothing: whoever takes any language is served in English anyway.
    pub fn accepted(list: &str) -> Option<Language> {
        if list.len() > LONGEST_LIST {
            return None;
        }
        let mut found: Option<(u16, Language)> = None;
        for item in list.split(',').take(MOST_TAGS) {
            let (tag, weight) = match item.split_once(';') {
                None => (item, Some(1000)),
                Some((tag, parameter)) => (tag, quality(parameter)),
            };
            let (Some(language), Some(weight @ 1..)) = (Language::of_tag(tag.trim()), weight) else { continue };
            // Of equal ones the first counts.
            if found.is_none_or(|(best, _)| weight > best) {
                found = Some((weight, language));
            }
        }
        found.map(|(_, language)| language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Whether the rest of a Chinese tag means simplified characters.
fn simplified(mut rest: impl Iterator<Item = String>) -> bool {
    let Some(mut part) = rest.next() else { return true };
    if part == "cmn" {
        let Some(next) = rest.next() else { return true };
        part = next;
    }
    match part.len() {
        4 if part.bytes().all(|b| b.is_ascii_alphabetic()) => part == "hans",
        // Another Chinese language (`zh-yue`), which says so.
        3 if part.bytes().all(|b| b.is_ascii_alphabetic()) => rest.next().is_some_and(|script| script == "hans"),
        _ => !["tw", "hk", "mo"].contains(&part.as_str()),
    }
}

/// `q=0.8` in thousandths (RFC 9110, section 12.4.2); none where it is anything else.
fn quality(parameter: &str) -> Option<u16> {
    let value = parameter.trim().strip_prefix(['q', 'Q'])?.strip_prefix('=')?;
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{part:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", below) => Some(below),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, French, German, SimplifiedChinese};
    use proptest::prelude::*;

    #[test]
    fn tags_mean_languages() {
        let cases = [
            ("en", Some(English)),
            ("EN-us", Some(English)),
            ("de", Some(German)),
            ("de-AT", Some(German)),
            ("de_CH", Some(German)),
            ("de-Latn-DE-1996", Some(German)),
            ("fr-CA", Some(French)),
            ("zh", Some(SimplifiedChinese)),
            ("zh-CN", Some(SimplifiedChinese)),
            ("zh-SG", Some(SimplifiedChinese)),
            ("zh-Hans", Some(SimplifiedChinese)),
            ("zh-Hans-HK", Some(SimplifiedChinese)),
            ("zh-Hans-CN", Some(SimplifiedChinese)),
            ("zh-cmn-Hans-CN", Some(SimplifiedChinese)),
            ("cmn-Hans", Some(SimplifiedChinese)),
            ("cmn", Some(SimplifiedChinese)),
            ("zh-TW", None),
            ("zh-HK", None),
            ("zh-Hant", None),
            ("zh-Hant-CN", None),
            ("zh-yue", None),
            ("zh-yue-Hant", None),
            ("yue", None),
            ("es", None),
            ("den", None),
            ("frr", None),
            ("x-de", None),
            ("i-default", None),
            ("*", None),
            ("", None),
            ("-", None),
            ("de-", None),
            ("de--AT", None),
            ("de-\u{7}", None),
            ("de-averylongsubtag", None),
            ("de-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", None),
        ];
        for (tag, language) in cases {
            assert_eq!(Language::of_tag(tag), language, "{tag:?}");
        }
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn the_browser_is_given_what_it_prefers() {
        let cases = [
            ("de", Some(German)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(German)),
            ("es,fr;q=0.5,de;q=0.7", Some(German)),
            ("es, it;q=0.9", None),
            ("zh-TW,zh-Hant;q=0.9,fr;q=0.5", Some(French)),
            ("zh-CN,zh;q=0.9", Some(SimplifiedChinese)),
            ("*", None),
            ("*, de;q=0.1", Some(German)),
            ("de;q=0", None),
            ("de;q=0, fr;q=0.001", Some(French)),
            ("fr ; q=0.2 , de ; q=0.3", Some(German)),
            ("fr;Q=1.000,de;q=1", Some(French)),
            ("de;q=NaN", None),
            ("de;q=NaN, fr;q=0.1", Some(French)),
            ("de;q=1.5", None),
            ("de;q=1.001", None),
            ("de;q=-1", None),
            ("de;q=", None),
            ("de;q=.", None),
            ("de;q=0.1234", None),
            ("de;q=0.5;q=0.6", None),
            ("de;level=1", None),
            ("de;", None),
            (",,,;,=,de", Some(German)),
            ("", None),
        ];
        for (list, language) in cases {
            assert_eq!(Language::accepted(list), language, "{list:?}");
        }
        assert_eq!(Language::accepted(&format!("de,{}", "x,".repeat(10_000))), None);
        assert_eq!(Language::accepted(&format!("{}de", "xx,".repeat(16))), None);
    }

    #[test]
    fn a_list_is_read_in_its_order_and_not_to_its_end() {
        assert_eq!(Language::of_list("es fr-CA de"), Some(French));
        assert_eq!(Language::of_list("  \t zh-Hant   zh-Hans"), Some(SimplifiedChinese));
        assert_eq!(Language::of_list(""), None);
        assert_eq!(Language::of_list(&format!("{}de", "es ".repeat(16))), None);
        assert_eq!(Language::of_list(&"d".repeat(10_000)), None);
    }

    proptest! {
        #[test]
        fn nothing_fails_to_be_read(text in ".{0,200}") {
            let _ = (Language::of_tag(&text), Language::of_list(&text), Language::accepted(&text));
        }

        #[test]
        fn the_heaviest_wins(weights in proptest::collection::vec(0u16..=1000, 4)) {
            let text = |weight: u16| if weight == 1000 { "1".to_owned() } else { format!("0.{weight:03}") };
            let items = Language::ALL.into_iter().zip(&weights).map(|(one, weight)| format!("{one};q={}", text(*weight)));
            let best = weights.iter().max().filter(|best| **best > 0);
            let expected = best.and_then(|best| Some(Language::ALL[weights.iter().position(|one| one == best)?]));
            prop_assert_eq!(Language::accepted(&items.collect::<Vec<_>>().join(", ")), expected);
        }
    }
}
