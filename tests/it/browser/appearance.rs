//! Every page on a desk and on a phone, light and dark: axe-core finds nothing, nothing is wider than the screen, every
//! page has a title of its own, and the focus can be seen wherever the Tab key leads.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{DEMO, Demo, EMPTY, House, TOURED, setup_link};

#[test]
fn on_a_desk() {
    tour(Profile::Desk);
}

#[test]
fn on_a_desk_in_the_dark() {
    tour(Profile::DarkDesk);
}

#[test]
fn on_a_phone() {
    tour(Profile::Phone);
}

#[test]
fn on_a_phone_in_the_dark() {
    tour(Profile::DarkPhone);
}

fn tour(profile: Profile) {
    let (house, demo, setup) = (&*TOURED, &*DEMO, setup_link(&EMPTY));
    let axe = axe();
    story(profile, move |page| async move {
        let mut inspection = Inspection::new(page, axe, profile);
        inspection.entrance(house, &setup).await;
        inspection.way_out(house).await;
        inspection.console(house).await;
        inspection.apps(demo).await;
        let problems = inspection.problems;
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    });
}

/// What never complains proves nothing.
#[test]
fn an_inspection_sees_what_is_wrong() {
    let axe = axe();
    story(Profile::DarkPhone, move |page| async move {
        let mut inspection = Inspection::new(page, axe, Profile::DarkPhone);
        let bad = "<meta name=viewport content='width=device-width'><title></title>\
                   <style>body{background:white} p{width:2000px;color:%23999} a:focus{outline:none}</style>\
                   <p><img src=x>pale<input><p><a href=x>link</a>";
        inspection.visit("a bad page", &format!("data:text/html,<!doctype html>{bad}")).await;
        let problems = inspection.problems.join("\n");
        let expected = [
            "image-alt",
            "color-contrast",
            "label",
            "wider than the screen",
            "of the first level",
            "language",
            "brightness",
            "no title",
            "the focus cannot be seen",
        ];
        for problem in expected {
            assert!(problems.contains(problem), "{problem} was not noticed:\n{problems}");
        }
    });
}

pub fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; run `tests/run.sh npm`, or `npm ci` in tests/interop", path.display())
    })
}

/// What axe-core finds on a page that has it: by all rules of WCAG 2.2, levels A and AA, or by these alone.
pub async fn run_axe(page: &Page, rules: &Value) -> Vec<String> {
    let found = page.script_later(&format!("const rules = {rules};\n{RUN_AXE}")).await;
    let violations = found.as_array().cloned().unwrap_or_else(|| vec![found]);
    violations.iter().map(Value::to_string).collect()
}

/// One browser on its way through all pages. It notes what is wrong and goes on, so that one run tells everything.
pub(super) struct Inspection {
    pub page: Page,
    axe: String,
    profile: Profile,
    titles: BTreeMap<String, &'static str>,
    pub problems: Vec<String>,
}

impl Inspection {
    pub fn new(page: Page, axe: String, profile: Profile) -> Inspection {
        Inspection { page, axe, profile, titles: BTreeMap::new(), problems: Vec::new() }
    }

    async fn entrance(&mut self, house: &House, setup: &str) {
        let person = format!("{:?}", self.profile);
        self.visit("an unknown client", &format!("{}?client_id=nobody", house.idp.at("/authorize"))).await;
        self.visit("no such page", &house.idp.at("/nowhere")).await;
        self.visit("setup", setup).await;
        self.visit("a void setup link", &house.idp.at("/setup?token=nonsense")).await;
        self.visit("sign-in", &house.request("asks", &[])).await;
        self.page.fill("#username", &person).await;
        self.page.fill("#password", "a password nobody has chosen").await;
        self.page.click("#sign-in").await;
        self.page.find("[role=alert]").await;
        self.look("sign-in, refused").await;
        house.sign_in(&self.page, &person).await;
        self.page.find("#allow").await;
        self.look("consent").await;
        self.page.click("#allow").await;
        self.page.arrive(&house.app).await;
        self.visit("choosing an account", &house.request("asks", &[("prompt", "select_account")])).await;
        self.visit("sign-in, again", &house.request("asks", &[("prompt", "login")])).await;
    }

    async fn way_out(&mut self, house: &House) {
        self.visit("account", &house.idp.at("/account")).await;
        self.visit("sign-out", &house.idp.at("/end_session")).await;
        self.page.click("#sign-out").await;
        self.page.find(".seal").await;
        self.look("signed out").await;
    }

    async fn console(&mut self, house: &House) {
        self.visit("sign-in to the console", &house.idp.at("/admin")).await;
        house.sign_in(&self.page, "ines").await;
        self.page.find("nav.tabs").await;
        for (name, place) in [("people", "/admin/users"), ("apps", "/admin/clients")] {
            self.page.open(&house.idp.at(place)).await;
            self.page.click("details.add summary").await;
            self.look(name).await;
        }
        self.visit("sessions", &house.idp.at("/admin/sessions")).await;
        self.visit("audit", &house.idp.at("/admin/audit")).await;
    }

    async fn apps(&mut self, demo: &Demo) {
        self.visit("the bank's start page", &demo.bank).await;
        demo.sign_in_at_bank(&self.page).await;
        self.look("the bank").await;
        self.page.open(&demo.plaza).await;
        self.page.find("#session").await;
        self.look("the square").await;
        self.page.click("#sign-out").await;
        self.page.find("#signed-out").await;
        self.look("the square's start page").await;
    }

    pub async fn visit(&mut self, name: &'static str, url: &str) {
        self.page.open(url).await;
        self.look(name).await;
    }

    pub async fn look(&mut self, name: &'static str) {
        let mut problems = Vec::new();
        problems.extend(self.accessibility().await);
        for (what, question) in QUESTIONS {
            let answer = self.page.script(question).await;
            if !answer.is_null() {
                problems.push(format!("{what}: {answer}"));
            }
        }
        problems.extend(self.colours().await);
        problems.extend(self.title(name).await);
        problems.extend(self.page.focus_problems().await);
        self.problems.extend(problems.into_iter().map(|problem| format!("{name} ({:?}): {problem}", self.profile)));
    }

    async fn accessibility(&self) -> Vec<String> {
        self.page.script(&format!("{}\nreturn null;", self.axe)).await;
        run_axe(&self.page, &Value::Null).await
    }

    async fn colours(&self) -> Option<String> {
        let dark = matches!(self.profile, Profile::DarkDesk | Profile::DarkPhone);
        let found = self.page.script(BRIGHTNESS).await;
        let (asked, brightness) = (found[0].as_bool()?, found[1].as_f64()?);
        assert_eq!(asked, dark, "the browser does not ask for the colours of this profile");
        if matches!(self.profile, Profile::Phone | Profile::DarkPhone) {
            assert_eq!(self.page.script("return screen.width;").await, 390);
        }
        let fits = if dark { brightness < 80.0 } else { brightness > 175.0 };
        (!fits).then(|| format!("the page's background has a brightness of {brightness:.0} of 255"))
    }

    /// Two pages of one title cannot be told apart in a list of tabs (WCAG 2.4.2). The apps' pages are one page each.
    async fn title(&mut self, name: &'static str) -> Option<String> {
        let title = self.page.title().await;
        if title.is_empty() {
            return Some("it has no title".to_owned());
        }
        if name.contains("the bank") || name.contains("the square") {
            return None;
        }
        let other = self.titles.insert(title.clone(), name)?;
        // What stands after the comma is a state of one page.
        let page = |name: &'static str| name.split(',').next();
        (page(name) != page(other)).then(|| format!("its title “{title}” is that of “{other}”"))
    }
}

const QUESTIONS: [(&str, &str); 3] = [
    (
        "wider than the screen",
        r#"
        const room = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= room) return null;
        const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1);
        return wide.slice(0, 5).map((one) => `<${one.localName} id="${one.id}" class="${one.className}">`).join(" ") || "unknown";
        "#,
    ),
    (
        "headings",
        r#"const n = document.querySelectorAll("h1").length; return n === 1 ? null : `${n} of the first level`;"#,
    ),
    ("language", r#"return document.documentElement.lang === "en" ? null : document.documentElement.lang;"#),
];

const RUN_AXE: &str = r#"
const done = arguments[arguments.length - 1];
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const runOnly = rules ? { type: "rule", values: rules } : { type: "tag", values: tags };
axe.run(document, { runOnly }).then(
  (found) => done(found.violations.map((one) => ({ rule: one.id, why: one.help, where: one.nodes.slice(0, 4).map((node) => [node.target.join(" "), node.failureSummary]) }))),
  (error) => done(String(error)),
);
"#;

const BRIGHTNESS: &str = r#"
const colour = (one) => getComputedStyle(one).backgroundColor;
const none = "rgba(0, 0, 0, 0)";
const of_page = [document.body, document.documentElement].map(colour).find((one) => one !== none);
const canvas = document.createElement("canvas").getContext("2d");
canvas.fillStyle = of_page ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "black" : "white");
canvas.fillRect(0, 0, 1, 1);
const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
return [matchMedia("(prefers-color-scheme: dark)").matches, 0.299 * r + 0.587 * g + 0.114 * b];
"#;
