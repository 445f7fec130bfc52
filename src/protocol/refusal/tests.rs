use super::*;
use crate::protocol::error::{Depth, OAuthError};
use proptest::prelude::*;

#[test]
fn every_reason_has_a_rule_and_a_remedy_in_words_that_may_stand_in_an_error_description() {
    for reason in Reason::all() {
        let name = reason.name();
        for text in [reason.said(), reason.wrong(), reason.right(), &reason.rule().to_string()] {
            assert!(text.len() > 5 && text.chars().all(fits) && !text.contains("  "), "{name}: {text}");
        }
        assert!(reason.right().ends_with('.'), "{name}: a remedy is whole sentences");
        assert!(reason.right().starts_with(char::is_uppercase), "{name}");
        assert!(!reason.wrong().ends_with('.') && !reason.said().ends_with('.'), "{name}");
        let told = OAuthError::of(reason).to_client("app", Depth::Full);
        assert!(told.told().contains(reason.right()) && told.told().contains(reason.rule().section()), "{name}");
        assert_eq!(OAuthError::of(reason).to_client("app", Depth::Brief).told(), reason.said(), "{name}");
    }
    assert!(Reason::all().count() > 150, "{}", Reason::all().count());
}

#[test]
fn every_rule_is_one_that_something_is_refused_by() {
    for rule in Rule::ALL {
        assert!(Reason::all().any(|reason| reason.rule() == *rule), "{rule:?}");
        assert!(!rule.words().ends_with('.') && rule.words().starts_with(char::is_lowercase), "{rule:?}");
    }
}

#[test]
fn values_are_escaped_and_cut() {
    assert_eq!(shown("a\"b\\c\nd\u{202e}é"), "a%22b%5Cc%0Ad%E2%80%AE%C3%A9");
    assert!(shown(&"x".repeat(10_000)).len() < 320);
    assert_eq!(parameter("code_verifier"), "code_verifier");
    assert_eq!(parameter("evil\nname"), "one that is not known here");
}

proptest! {
    #[test]
    fn whatever_is_sent_the_description_is_one(sent in ".*", own in ".*") {
        let refusal = OAuthError::of(authorize::SCOPE_FORBIDDEN).sent(&sent).in_place("The client's record", [own]);
        let told = refusal.to_client("app", Depth::Full);
        prop_assert!(told.told().chars().all(fits) && told.told().len() <= 1200);
    }
}
