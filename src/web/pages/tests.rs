//! What holds of every page, whatever it shows.

use std::collections::BTreeMap;

use askama::Template;

use super::samples;
use super::*;
use crate::text::{Language, Text};

fn every_page() -> Vec<(&'static str, String)> {
    samples::every_page(Text::default())
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

#[test]
fn every_page_names_its_language_and_has_one_heading() {
    for (language, (name, html)) in in_every_language() {
        assert!(html.starts_with("<!doctype html>"), "{name}");
        let start = format!("<html lang=\"{language}\" dir=\"{}\">", language.direction());
        assert!(html.contains(&start), "{name} is not in {language}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
    }
}

fn in_every_language() -> impl Iterator<Item = (Language, (&'static str, String))> {
    Language::ALL
        .into_iter()
        .flat_map(|language| samples::every_page(language.into()).into_iter().map(move |page| (language, page)))
}

#[test]
fn every_page_offers_every_language_and_says_which_one_it_is_in() {
    // The page that posts itself to an app has no other form: its policy lets none go anywhere else.
    for (language, (name, html)) in in_every_language().filter(|(_, (name, _))| *name != "form-post") {
        assert_eq!(html.matches("action=\"/language\"").count(), 1, "{name} has no choice of language");
        for one in Language::ALL {
            let button = format!("name=\"language\" value=\"{one}\" lang=\"{one}\"");
            let current = format!("{button} aria-current=\"true\">{}<", one.name());
            assert!(html.contains(&button), "{name} does not offer {one}");
            assert_eq!(html.contains(&current), one == language, "{name} in {language}: {one}");
        }
    }
}

#[test]
fn whoever_chooses_a_language_in_the_middle_of_something_comes_back_to_it() {
    for (name, html) in every_page() {
        let chooser = between(&html, "action=\"/language\"", "</form>").unwrap_or_default();
        let (inside, outside) = (chooser.contains("name=\"interaction\" value=\"i\""), html.replace(chooser, ""));
        assert_eq!(inside, outside.contains("name=\"interaction\" value=\"i\""), "{name}");
    }
}

#[test]
fn titles_are_unique_but_for_the_same_page_in_another_state() {
    let mut titles: BTreeMap<String, &str> = BTreeMap::new();
    for (name, html) in every_page() {
        let same_page = [
            "account-sparse",
            "admin-audit-empty",
            "sign-in-after-the-end",
            "security-with-app",
            "set-up-factor-console",
            "history-empty",
            "data-leaving",
            "security-without-password",
            "profile-picture",
            "profile-picture-refused",
            "error-explained",
            "enter-code-filled",
            "allow-device-elsewhere",
            "sign-in-logo",
            "consent-logo",
        ]
        .contains(&name)
            || name.contains("passkey")
            || name == "second-factor-recovery"
            || super::samples_upstream::OTHER_STATES.contains(&name);
        let title = between(&html, "<title>", "</title>").unwrap_or_default();
        assert!(title.ends_with("· Abide"), "{name}: {title:?}");
        let before = titles.insert(title.to_owned(), name);
        assert!(before.is_none() || same_page, "{name} and {before:?}: {title:?}");
    }
}

#[test]
fn nothing_needs_what_the_content_security_policy_forbids() {
    for (name, html) in every_page() {
        assert!(!html.contains(" style="), "{name}");
        assert!(!html.contains("<style"), "{name}");
        assert!(!html.contains("javascript:"), "{name}");
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script type=\"module\" src=\"/static/").count(),
            "{name}"
        );
        // Frames of relying apps are on one page alone, whose policy names them one by one.
        let elsewhere =
            html.matches("src=\"http").count() - html.matches("<iframe class=\"farewell\" src=\"http").count();
        assert_eq!(elsewhere, 0, "{name}");
        assert!(name == "signed-out" || !html.contains("<iframe"), "{name}");
        for event in [" onclick", " onsubmit", " onload"] {
            assert!(!html.contains(event), "{name}");
        }
    }
}

#[test]
fn every_posted_form_carries_the_csrf_token_but_the_choice_of_language() {
    // What goes to an app proves nothing of ours.
    for (name, html) in every_page().into_iter().filter(|(name, _)| *name != "form-post") {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let tag = form.split('>').next().unwrap_or_default();
            let posted = tag.contains("method=\"post\"") && !tag.contains("action=\"/language\"");
            let guarded = form.contains("name=\"csrf\" value=\"c\"");
            assert_eq!(posted, guarded, "{name}: {tag}");
        }
    }
}

/// Forms of signed-in pages that are done to nobody's account: they lead away, ask who goes on, or hold a link that names
/// whom it was made for.
const OF_NOBODY: &[&str] = &["/account/sign-out", "/account/switch", "/account/add", "/account/email/confirm"];

#[test]
fn every_form_of_a_signed_in_page_says_to_whom_the_page_was_shown() {
    let mut seen = 0;
    for (name, html) in every_page() {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let tag = form.split('>').next().unwrap_or_default();
            let action = between(tag, "action=\"", "\"").unwrap_or_default();
            let theirs = tag.contains("method=\"post\"")
                && (action.starts_with("/account/") || action.starts_with("/admin/"))
                && !OF_NOBODY.contains(&action);
            assert_eq!(form.contains("name=\"person\" value=\"w\""), theirs, "{name}: {tag}");
            seen += usize::from(theirs);
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_refused_form_has_exactly_one_alert_and_others_none() {
    for (name, html) in every_page() {
        let due = usize::from(name.ends_with("-refused"));
        assert_eq!(html.matches("role=\"alert\"").count(), due, "{name}");
    }
}

#[test]
fn no_id_occurs_twice_on_a_page() {
    for (name, html) in every_page() {
        let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}");
    }
}

#[test]
fn the_contract_of_the_forms_is_kept() {
    let pages: BTreeMap<_, _> = every_page().into_iter().collect();
    let wanted: [(&str, &[&str]); 6] = [
        (
            "sign-in",
            &["name=\"username\"", "name=\"password\"", "name=\"remember\"", "name=\"interaction\"", "id=\"sign-in\""],
        ),
        (
            "select",
            &["name=\"account\" value=\"h1\"", "id=\"use-another\" type=\"submit\" name=\"account\" value=\"\""],
        ),
        (
            "consent",
            &[
                "id=\"allow\" type=\"submit\" name=\"decision\" value=\"allow\"",
                "id=\"deny\" type=\"submit\" name=\"decision\" value=\"deny\"",
            ],
        ),
        (
            "sign-out",
            &[
                "id=\"sign-out\" type=\"submit\" name=\"choice\" value=\"sign-out\"",
                "id=\"stay\" type=\"submit\" name=\"choice\" value=\"stay\"",
                "name=\"request\"",
            ],
        ),
        ("setup", &["name=\"username\"", "name=\"password\"", "name=\"token\" value=\"t\""]),
        (
            "account",
            &[
                "id=\"end-others\"",
                "id=\"sign-out\"",
                "name=\"session\" value=\"s2\"",
                "name=\"client\" value=\"bank\"",
            ],
        ),
    ];
    for (name, parts) in wanted {
        for part in parts {
            assert!(pages[name].contains(part), "{name} lacks {part}");
        }
    }
}

#[test]
fn names_from_outside_are_escaped() {
    let page = ErrorPage {
        text: Text::default(),
        title: "<b>".into(),
        explanation: "\"><script>".into(),
        reference: Some("<i>".into()),
        developer: Some("<u>".into()),
        explained: Some(("<em>".into(), "<s>".into(), "<tt>".into())),
    };
    let html = page.render().unwrap();
    for raw in ["<b>", "<i>", "<u>", "<em>", "<s>", "<tt>", "\"><script>"] {
        assert!(!html.contains(raw), "{raw}");
    }
}

#[test]
fn the_cursor_and_the_query_are_encoded_in_the_link_to_the_next_page() {
    let page = AdminSessions {
        text: Text::default(),
        csrf: "c".into(),
        whose: "w".into(),
        person: "Grace".into(),
        sessions: Vec::new(),
        query: "a&b".into(),
        next: Some("c/d".into()),
        notice: None,
    };
    let html = page.render().unwrap();
    assert!(html.contains("?query=a%26b&amp;after=c%2Fd"), "{html}");
}

/// Physical sides would be wrong in a language that is written from right to left.
#[test]
fn the_stylesheet_knows_start_and_end_and_neither_left_nor_right() {
    let css = include_str!("../../../static/abide.css");
    for (at, line) in css.lines().enumerate() {
        let Some((property, value)) = line.trim().trim_end_matches(';').split_once(": ") else { continue };
        let physical = ["left", "right"].iter().any(|side| property.contains(side) || value == *side);
        let mut depth = 0;
        let outside = |c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == ' ' && depth == 0
        };
        let sides: Vec<&str> = value.split(outside).collect();
        // The check marks, which no writing turns around.
        let tick = ["0 0.15rem 0.15rem 0", "0 2px 2px 0"].contains(&value);
        let lopsided = ["margin", "padding", "border-width", "border-radius", "inset"].contains(&property)
            && sides.len() == 4
            && sides[1] != sides[3];
        assert!(!physical && (!lopsided || tick), "line {}: {}", at + 1, line.trim());
    }
}

/// Browsers pass over what they cannot read, and with it whatever follows an open brace.
#[test]
fn every_rule_of_the_stylesheet_is_closed() {
    let mut depth = 0_i32;
    for (number, line) in include_str!("../../../static/abide.css").lines().enumerate() {
        depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
        assert!((0..=2).contains(&depth), "line {}: {line}", number + 1);
    }
    assert_eq!(depth, 0);
}
