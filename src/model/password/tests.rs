use super::Beside::{Nothing, SecondFactor};
use super::*;
use crate::model::account::Account;
use proptest::prelude::*;
use serde_json::json;

fn mirabella() -> Account {
    let claims = json!({"given_name": "Zoë", "family_name": "Harcourt", "name": "Zoë 小明 Harcourt", "nickname": "Al"});
    Account {
        username: "Mirabella".into(),
        claims: claims.as_object().cloned().unwrap(),
        address: Some("m.l@lanterns.example".into()),
        ..crate::model::session::tests::account()
    }
}

fn words() -> Context {
    Context::of(&mirabella(), "login.orchard.org")
}

#[test]
fn verdicts_of_a_password_that_stands_alone() {
    use Weakness::{Common, Context, TooLong, TooShort, Unseen};
    for (password, verdict) in [
        ("fourteen chars", Err(TooShort(15))),
        ("fifteen charact", Ok(Stands::Alone)),
        ("correct horse battery stable", Ok(Stands::Alone)),
        ("correct horse battery staple", Err(Common)),
        ("purple monkey dishwasher", Ok(Stands::Alone)),
        // Numbers as long as a password may be, unless one runs along them.
        ("839201741126508", Ok(Stands::Alone)),
        ("123456789012345", Err(Common)),
        ("111111111111111", Err(Common)),
        ("qwertyuiopasdfghjkl", Err(Common)),
        ("1qaz2wsx3edc4rfv", Err(Common)),
        // One unit over and over counts once.
        (&"ö".repeat(15), Err(Common)),
        ("abcabcabcabcabcabc", Err(Common)),
        ("PasswordPassword", Err(Common)),
        ("basketballbasketballbasketball", Err(Common)),
        ("lantern lantern lantern", Err(Common)),
        ("a lantern at dusk a lantern at dusk", Ok(Stands::Alone)),
        // A common one with padding around it.
        ("password2026!!!", Err(Common)),
        ("!!!!Dragon19870412", Err(Common)),
        ("Pa\u{73}sword 12345678", Err(Common)),
        ("P@ssw0rd-P@ssw0rd-", Err(Common)),
        ("password 839201741126508", Ok(Stands::Alone)),
        // The person's own words, and those of the place.
        ("mirabella-mirabella", Err(Context)),
        ("mirabella-harcourt", Err(Context)),
        ("Mirabella19870412", Err(Context)),
        ("zoe\u{308}.harcourt.1987", Err(Context)),
        ("小明小明1987-04-12-!", Err(Context)),
        ("m.l@lanterns.example", Err(Context)),
        ("login.orchard.org2", Err(Context)),
        ("Abide-Abide-Login1", Err(Context)),
        ("password-mirabella", Err(Context)),
        ("Mirabella12345678!", Err(Context)),
        ("correct horse mirabella", Ok(Stands::Alone)),
        ("alphabetical order", Ok(Stands::Alone)),
        // What cannot be typed again.
        ("an evening \u{202e}at the harbour", Err(Unseen)),
        ("an evening at\nthe harbour", Err(Unseen)),
        ("an evening at\0the harbour", Err(Unseen)),
        ("\u{feff}an evening at the harbour", Err(Unseen)),
        ("👩\u{200d}🚀 an evening on the moon", Ok(Stands::Alone)),
        ("ein Abend am Hafen, später", Ok(Stands::Alone)),
        ("港口的灯笼在黄昏时分都亮起来了呢", Ok(Stands::Alone)),
        (&"a b".repeat(90), Err(TooLong)),
        (&"an evening ".repeat(1_000), Err(TooLong)),
        ("", Err(TooShort(15))),
    ] {
        assert_eq!(judge(password, &words(), Nothing), verdict, "{password:?}");
    }
}

#[test]
fn beside_a_second_factor_a_password_may_be_shorter() {
    use Weakness::{Common, Context, TooShort};
    for (password, verdict) in [
        ("sevench", Err(TooShort(8))),
        ("kw7 vqzp", Ok(Stands::BesideFactor)),
        ("an evening at the harbour", Ok(Stands::Alone)),
        ("password", Err(Common)),
        ("dragon1!", Err(Common)),
        ("12345678", Err(Common)),
        ("abcdabcd", Err(Common)),
        ("mirabella", Err(Context)),
        ("harcourt!", Err(Context)),
        // Long, and yet only good enough beside another factor.
        ("Mirabella19870412", Ok(Stands::BesideFactor)),
        ("author-9k", Ok(Stands::BesideFactor)),
    ] {
        assert_eq!(judge(password, &words(), SecondFactor), verdict, "{password:?}");
    }
}

#[test]
fn composed_and_decomposed_are_one() {
    assert_eq!(*normalized("e\u{301}"), *normalized("\u{e9}"));
    assert_ne!(*normalized(" a "), *normalized("a"));
    assert_eq!(normalized(&"x".repeat(10_000)).chars().count(), MAXIMUM + 1);
    // Fifteen characters as they are hashed, thirty as they came.
    assert_eq!(judge(&"e\u{301}".repeat(14), &words(), Nothing), Err(Weakness::TooShort(15)));
}

#[test]
fn names_without_end_are_no_work_without_end() {
    let mut account = mirabella();
    account.claims.insert("name".into(), (0..3_000).map(|n| format!("w{n} ")).collect::<String>().into());
    let context = Context::of(&account, "id.example.com");
    assert_eq!(judge("harbour lanterns at dusk", &context, Nothing), Ok(Stands::Alone));
}

fn list() -> Vec<&'static str> {
    include_str!("common.txt").lines().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever it is, the rule answers, and never lets a short or an overlong one pass.
    #[test]
    fn any_text_is_judged(text in "\\PC{0,300}", factor in any::<bool>()) {
        let beside = if factor { SecondFactor } else { Nothing };
        let count = normalized(&text).chars().count();
        if let Ok(stands) = judge(&text, &words(), beside) {
            prop_assert!(count >= beside.least() && count <= MAXIMUM);
            prop_assert!(stands == Stands::Alone || factor);
            prop_assert!(stands == Stands::BesideFactor || count >= MINIMUM_ALONE);
        }
    }

    /// A second factor beside it never makes a password worse, and case and form never make one better.
    #[test]
    fn beside_is_laxer_and_case_is_nothing(text in "[ -~]{0,40}") {
        if judge(&text, &words(), Nothing).is_ok() {
            prop_assert_eq!(judge(&text, &words(), SecondFactor), Ok(Stands::Alone));
        }
        prop_assert_eq!(judge(&text, &words(), Nothing), judge(&text.to_uppercase(), &words(), Nothing));
    }

    /// No entry of the list, padded to length with few digits or marks, is ever good.
    #[test]
    fn no_common_one_passes_padded(at in 0..10_000usize, lead in "[0-9!.?-]{0,7}", trail in "[0-9!.?-]{0,7}") {
        let password = format!("{lead}{}{trail}", list()[at]);
        let letters = password.chars().any(char::is_alphabetic);
        let verdict = judge(&password, &words(), Nothing);
        prop_assert!(verdict.is_err() || !letters, "{}: {:?}", password, verdict);
        prop_assert!(judge(list()[at], &words(), SecondFactor).is_err(), "{}", list()[at]);
    }

    /// Several unrelated words always do.
    #[test]
    fn random_words_pass(words_of in proptest::collection::vec("[b-df-hj-np-tv-z][aeiou][b-df-hj-np-tv-z]{1,2}[aeiou]", 5)) {
        let password = words_of.join(" ");
        prop_assume!(words_of.iter().collect::<std::collections::BTreeSet<_>>().len() == 5);
        prop_assert_eq!(judge(&password, &words(), Nothing), Ok(Stands::Alone), "{}", password);
    }
}
