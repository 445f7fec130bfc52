//! Every page in every state it can be in, in every language, light and dark: axe-core finds nothing, nothing is wider
//! than a small phone or a desk, and what is written from right to left is laid out from right to left.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;

use abide::text::Language;
use abide::web::pages::samples::every_page;
use serde_json::{Value, json};

use super::appearance::{axe, run_axe};
use super::driver::{Profile, story};
use super::page::Page;
use super::warning::picture;

#[test]
fn english() {
    walk(Language::English);
}

#[test]
fn german() {
    walk(Language::German);
}

#[test]
fn french() {
    walk(Language::French);
}

#[test]
fn simplified_chinese() {
    walk(Language::SimplifiedChinese);
}

/// What the compiler cannot ask for: a story above for each language.
#[test]
fn every_language_is_walked() {
    assert_eq!(Language::ALL.len(), 4);
}

type Pages = Arc<BTreeMap<&'static str, String>>;

fn walk(language: Language) {
    let (pages, at) = exhibition(language);
    story(Profile::Desk, move |page| async move {
        let mut problems = Vec::new();
        for name in pages.keys() {
            unfold(&page, &format!("{at}/{name}")).await;
            let found = look(&page, &format!("{language}-{name}")).await;
            problems.extend(found.into_iter().map(|problem| format!("{name} in {language}: {problem}")));
        }
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    });
}

/// Opens a page and everything that is folded up on it.
async fn unfold(page: &Page, address: &str) {
    page.open(address).await;
    page.script("for (const one of document.querySelectorAll('details')) one.open = true;").await;
}

async fn look(page: &Page, name: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (width, scheme) in [(1280, "light"), (320, "dark")] {
        appear(page, width, scheme).await;
        picture(page, &format!("{name}-{width}")).await;
        problems.extend(too_wide(page).await.map(|wide| format!("wider than {width} pixels: {wide}")));
        // What a screen reader is told does not depend on colours or on the room there is; contrast and the size of what
        // is touched do.
        let rules = if scheme == "light" { Value::Null } else { json!(["color-contrast", "target-size"]) };
        problems.extend(run_axe(page, &rules).await.into_iter().map(|one| format!("{scheme}, {width}: {one}")));
    }
    problems
}

async fn appear(page: &Page, width: u32, scheme: &str) {
    let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    page.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    // Without motion, colours change at once, and none is measured halfway.
    let features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")];
    let features = features.map(|(name, value)| json!({"name": name, "value": value}));
    page.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await;
    let right = format!("return innerWidth === {width} && matchMedia('(prefers-color-scheme: {scheme})').matches;");
    assert_eq!(page.script(&right).await, true, "{width} {scheme}");
}

/// What sticks out on either side.
async fn too_wide(page: &Page) -> Option<String> {
    let found = page.script(STICKS_OUT).await;
    found.as_str().map(str::to_owned)
}

const STICKS_OUT: &str = r#"
const room = document.documentElement.clientWidth;
const seen = (one) => !one.closest(".unseen, .skip, .clip, template");
const out = (one) => { const box = one.getBoundingClientRect(); return box.width > 0 && (box.right > room + 1 || box.left < -1); };
const wide = [...document.querySelectorAll("body *")].filter((one) => seen(one) && out(one));
if (document.documentElement.scrollWidth <= room && wide.length === 0) return null;
return wide.slice(0, 5).map((one) => `<${one.localName} id="${one.id}" class="${one.className}"> ${one.textContent.trim().slice(0, 40)}`).join(" ") || "unknown";
"#;

/// No language of ours is written so yet. The stylesheet is ready when the same pages, turned around, are mirrored: what
/// began at the left edge begins at the right one.
#[test]
fn from_right_to_left() {
    let (pages, at) = exhibition(Language::German);
    story(Profile::Desk, move |page| async move {
        let mut problems = Vec::new();
        for name in pages.keys() {
            unfold(&page, &format!("{at}/{name}")).await;
            for width in [1280, 320] {
                appear(&page, width, "light").await;
                let found = page.script(MIRRORED).await;
                picture(&page, &format!("rtl-{name}-{width}")).await;
                problems.extend(found.as_str().map(|problem| format!("{name}, {width}: not mirrored: {problem}")));
                problems.extend(too_wide(&page).await.map(|wide| format!("{name}, {width}: too wide: {wide}")));
                page.script("document.documentElement.dir = 'ltr';").await;
            }
        }
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    });
}

/// Compares the boxes of all blocks before and after. Text that says its direction itself stays as it is, and so does
/// what is set as code.
const MIRRORED: &str = r#"
const blocks = [...document.querySelectorAll("main, main section, main form, main h1, main h2, main button, main a.button, main input:not([type=hidden]), main li, main dt, main .notice, main .alert, .bar, .tabs a, .foot, .languages button")];
const seen = blocks.filter((one) => one.getClientRects().length && !one.closest("[dir]:not(html)"));
const edges = () => seen.map((one) => { const box = one.getBoundingClientRect(); return [box.left, box.right]; });
const room = document.documentElement.clientWidth;
const before = edges();
document.documentElement.dir = "rtl";
const after = edges();
const off = seen.filter((one, place) => Math.abs(before[place][0] - (room - after[place][1])) > 2 || Math.abs(before[place][1] - (room - after[place][0])) > 2);
return off.length ? off.slice(0, 4).map((one) => { const place = seen.indexOf(one); return `<${one.localName} class="${one.className}" id="${one.id}"> ${before[place]} became ${after[place]}`; }).join("; ") : null;
"#;

/// A site that shows the sample pages of a language as Abide would, with its own stylesheet and scripts, and axe-core. It
/// answers as long as the tests run.
fn exhibition(language: Language) -> (Pages, String) {
    let pages: Pages = Arc::new(every_page(language.into()).into_iter().collect());
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("its number").port();
    let (shown, axe) = (pages.clone(), axe());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { continue };
            show(stream, &shown, &axe);
        }
    });
    (pages, format!("http://localhost:{port}"))
}

fn show(mut stream: TcpStream, pages: &BTreeMap<&str, String>, axe: &str) {
    let mut lines = BufReader::new(&stream).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    // The head is read to its end: an answer to an unread one would be a reset connection.
    lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = match path.strip_prefix('/').unwrap_or_default() {
        "axe.js" => ("200 OK", "text/javascript", axe.to_owned()),
        // They would leave for the app: that asked for the sign-out, or that the answer is for.
        "static/signed-out.js" | "static/form-post.js" => ("200 OK", "text/javascript", String::new()),
        file if file.starts_with("static/") => {
            let kind = if file.ends_with(".css") { "text/css" } else { "text/javascript" };
            let kind = if file.ends_with(".svg") { "image/svg+xml" } else { kind };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            ("200 OK", kind, std::fs::read_to_string(path).unwrap_or_default())
        }
        // The scripts of the pages ask for the session: here is none, and the pages stay as they are.
        name => match pages.get(name) {
            Some(html) => ("200 OK", "text/html", html.replace("</head>", "<script src=\"/axe.js\"></script></head>")),
            None => ("503 Service Unavailable", "text/plain", String::new()),
        },
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nConnection: close\r\n");
    let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
}
