//! Chromium, started anew for every story.

use std::path::Path;
use std::sync::LazyLock;

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::page::Page;
use crate::real::process::{Process, fresh_dir};

const CHROMEDRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// What a person's browser is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A window on a desk, light colours.
    Desk,
    /// The same in dark colours.
    DarkDesk,
    /// 390 pixels wide, touch, light colours.
    Phone,
    /// The same in dark colours.
    DarkPhone,
    /// Scripts are blocked.
    WithoutScript,
    /// Cookies of other sites are allowed in frames, which Debian's Chromium blocks unless it is told. Believes every
    /// certificate.
    AllowingFrames,
    /// The usual blocking, and believes every certificate.
    BlockingFrames,
}

struct Driver {
    process: Process,
    address: String,
}

/// One chromedriver for all stories.
static DRIVER: LazyLock<Driver> = LazyLock::new(|| {
    for program in [CHROMEDRIVER, CHROMIUM] {
        assert!(Path::new(program).exists(), "{program} is missing; `tests/run.sh tools` installs it");
    }
    let process = Process::start(Path::new(CHROMEDRIVER), &["--port=0".as_ref()], fresh_dir());
    let marker = "started successfully on port ";
    let port = std::iter::from_fn(|| process.line())
        .find_map(|line| Some(line.split_once(marker)?.1.trim_end_matches('.').to_owned()));
    let port = port.unwrap_or_else(|| panic!("chromedriver does not start: {}", process.last_words()));
    Driver { address: format!("http://127.0.0.1:{port}"), process }
});

/// Tells a story with a browser that nobody has used yet. Where it fails, what the browser showed is printed.
pub fn story<F, Fut>(profile: Profile, tell: F)
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let driver = &*DRIVER;
    // Below the driver's own, where a browser that outlives its driver is looked for.
    let dir = tempfile::Builder::new().prefix("profile-").tempdir_in(driver.process.dir());
    let dir = dir.expect("a directory for the profile");
    crate::real::block_on(async {
        let page = begin(driver, profile, dir.path()).await;
        let told = tokio::spawn(tell(page.clone())).await;
        if told.is_err() {
            eprintln!("the browser showed: {}", page.description().await);
        }
        let closed = page.close().await;
        match told {
            Ok(()) => closed.expect("the browser closes"),
            Err(failure) => std::panic::resume_unwind(failure.into_panic()),
        }
    });
}

async fn begin(driver: &Driver, profile: Profile, dir: &Path) -> Page {
    let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options(profile, dir)});
    let Value::Object(capabilities) = capabilities else { unreachable!("an object was written above") };
    let client = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.address).await;
    Page::new(client.unwrap_or_else(|error| panic!("no browser: {error}\n{}", driver.process.last_words())))
}

fn options(profile: Profile, dir: &Path) -> Value {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--no-proxy-server",
        "--lang=en",
        "--window-size=1280,1000",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", dir.display()));
    let scheme = if matches!(profile, Profile::DarkDesk | Profile::DarkPhone) { "0" } else { "1" };
    arguments.push(format!("--blink-settings=preferredColorScheme={scheme}"));
    if matches!(profile, Profile::AllowingFrames | Profile::BlockingFrames) {
        arguments.push("--ignore-certificate-errors".to_owned());
    }
    let mut options = json!({"binary": CHROMIUM, "args": arguments});
    if matches!(profile, Profile::Phone | Profile::DarkPhone) {
        options["mobileEmulation"] =
            json!({"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 3.0, "touch": true}});
    }
    if profile == Profile::AllowingFrames {
        options["prefs"] = json!({"profile.cookie_controls_mode": 0});
    }
    if profile == Profile::WithoutScript {
        options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
    }
    options
}
