//! Keys, as WebDriver actions: what has the focus gets them.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use super::page::Page;

/// Stops of the Tab key on one page at most; more means that the focus goes round without the one looked for.
const STOPS: usize = 60;

impl Page {
    /// Presses and releases one key.
    pub async fn press(&self, key: Key) {
        self.strike([char::from(key)]).await;
    }

    /// Presses keys together, each held until the last is down.
    pub async fn chord(&self, keys: impl IntoIterator<Item = Key>) {
        let keys: Vec<char> = keys.into_iter().map(char::from).collect();
        let down = keys.iter().map(|value| KeyAction::Down { value: *value });
        let up = keys.iter().rev().map(|value| KeyAction::Up { value: *value });
        let actions = down.chain(up).fold(KeyActions::new("keyboard".to_owned()), KeyActions::then);
        self.client.perform_actions(actions).await.expect("keys");
    }

    /// Types text into what has the focus.
    pub async fn type_text(&self, text: &str) {
        self.strike(text.chars()).await;
    }

    async fn strike(&self, keys: impl IntoIterator<Item = char>) {
        let actions = keys.into_iter().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(actions).await.expect("keys");
    }

    /// Presses Tab until an element matching the selector has the focus; on the way, every stop must show that it has it.
    pub async fn tab_to(&self, css: &str) {
        self.find(css).await;
        for _ in 0..STOPS {
            if self.focus_matches(css).await {
                return;
            }
            self.press(Key::Tab).await;
            assert_eq!(self.focus_problem().await, None, "at {}", self.url().await);
        }
        panic!("the Tab key does not reach {css}; {}", self.description().await);
    }

    /// Presses Tab until the focus comes round, and tells where it could not be seen, or that it stops nowhere.
    pub async fn focus_problems(&self) -> Vec<String> {
        let (mut stops, mut problems, mut outside) = (Vec::new(), Vec::new(), 0);
        while stops.len() < STOPS && outside < 2 {
            self.press(Key::Tab).await;
            match self.script(DESCRIBE_FOCUS).await.as_str() {
                Some(stop) if stops.iter().any(|before| before == stop) => break,
                Some(stop) => stops.push(stop.to_owned()),
                // Between the last element and the first the browser itself has the focus.
                None => outside += 1,
            }
            problems.extend(self.focus_problem().await);
        }
        if stops.is_empty() && self.has("a[href], button:not([hidden]), summary").await {
            problems.push("the Tab key stops nowhere".to_owned());
        }
        problems
    }

    /// Whether the element with the focus matches.
    pub async fn focus_matches(&self, css: &str) -> bool {
        self.script(&format!("return document.activeElement.matches({css:?});")).await == true
    }

    /// What is wrong with the focus (WCAG 2.2, 2.4.7): it has to be on the screen, and outlined or shadowed.
    async fn focus_problem(&self) -> Option<String> {
        self.script(FOCUS_PROBLEM).await.as_str().map(str::to_owned)
    }
}

/// Null for the page itself. The place tells apart what is called the same.
const DESCRIBE_FOCUS: &str = r#"
const it = document.activeElement;
if (!it || it === document.body || it === document.documentElement) return null;
const all = [...document.querySelectorAll("*")];
return `${all.indexOf(it)} <${it.localName} id="${it.id}" name="${it.getAttribute("name") ?? ""}"> ${it.textContent.trim().slice(0, 40)}`;
"#;

/// Null when all is well. A shadow or an outline may sit on a wrapper that has the focus within.
const FOCUS_PROBLEM: &str = r#"
const it = document.activeElement;
if (!it || it === document.body || it === document.documentElement) return null;
const name = `<${it.localName} id="${it.id}"> ${it.textContent.trim().slice(0, 40)}`;
const seen = (one) => {
  const style = getComputedStyle(one);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
};
if (!seen(it) && !seen(it.parentElement)) return `the focus cannot be seen on ${name}`;
const box = it.getBoundingClientRect();
const on_screen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
return on_screen ? null : `the focus is off the screen on ${name}`;
"#;
