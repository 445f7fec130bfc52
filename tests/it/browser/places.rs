//! The running programs that stories visit. Started when first needed, outside any story's runtime: stories take a
//! reference before they begin.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use url::Url;

use super::page::Page;
use crate::real::idp::{ABIDE, RealIdp, client, password_of, person};
use crate::real::process::{Process, free_port, fresh_dir};

/// The demo: its addresses and its one person, as it prints them.
pub struct Demo {
    /// The identity provider.
    pub provider: String,
    /// Meridian Bank.
    pub bank: String,
    /// Plaza.
    pub plaza: String,
    /// Who signs in.
    pub username: String,
    /// And how.
    pub password: String,
    _process: Process,
}

/// The demo of all stories.
pub static DEMO: LazyLock<Demo> = LazyLock::new(|| {
    // The apps take the two ports after it; a taken one is replaced by the demo itself.
    let port = free_port().min(64_000).to_string();
    let process = Process::start(&demo_binary(), &["--port".as_ref(), port.as_ref()], fresh_dir());
    let lines: Vec<String> =
        std::iter::from_fn(|| process.line()).take_while(|line| !line.contains("Ctrl-C")).collect();
    let told = |name: &str| {
        let value = lines.iter().find_map(|line| Some(line.trim().strip_prefix(name)?.trim().to_owned()));
        value.unwrap_or_else(|| panic!("the demo prints no {name}: {lines:?}\n{}", process.last_words()))
    };
    Demo {
        provider: told("Identity provider"),
        bank: told("Meridian Bank"),
        plaza: told("Plaza"),
        username: told("Username"),
        password: told("Password"),
        _process: process,
    }
});

/// Cargo names the programs of this package only; the demo's lies beside them.
fn demo_binary() -> PathBuf {
    let path = Path::new(ABIDE).with_file_name("demo");
    let built = path.is_file();
    assert!(built, "{} is missing; `cargo build -p demo` builds it, and so does `tests/run.sh build`", path.display());
    path
}

impl Demo {
    /// Signs in at the bank, from its start page to the page of who is signed in.
    pub async fn sign_in_at_bank(&self, page: &Page) {
        page.open(&self.bank).await;
        page.click("#sign-in").await;
        page.fill("#username", &self.username).await;
        page.fill("#password", &self.password).await;
        page.click("#sign-in").await;
        page.find("#session").await;
        page.arrive(&self.bank).await;
    }
}

/// `abide serve` with people and two apps whose address answers.
pub struct House {
    /// The provider.
    pub idp: RealIdp,
    /// Where the apps live, `http://app.localhost:port`.
    pub app: String,
}

/// The provider of the stories. Whatever changes something of a person has a person of its own.
pub static HOUSE: LazyLock<House> = LazyLock::new(|| House::open(&["nora", "vera", "jon", "lena"]));

/// The provider of the tours through all pages, one person for each. Not [`HOUSE`]: thirty sign-ins a minute from one
/// address are the limit, and a fast machine would come near it.
pub static TOURED: LazyLock<House> = LazyLock::new(|| House::open(&["Desk", "DarkDesk", "Phone", "DarkPhone"]));

/// The provider of the stories about second factors, for the same reason.
pub static KEYED: LazyLock<House> = LazyLock::new(|| House::open(&["ada", "tilda", "olof", "runa", "vide"]));

/// An identity provider without an administrator.
pub static EMPTY: LazyLock<RealIdp> = LazyLock::new(RealIdp::empty);

/// The setup link, which lies in a file because the log is no place for it.
pub fn setup_link(idp: &RealIdp) -> String {
    let text = std::fs::read_to_string(idp.data_dir().join("setup-link")).expect("the file with the setup link");
    text.split_whitespace().find(|word| word.starts_with("http")).expect("a link in it").to_owned()
}

/// RFC 7636, appendix B: nobody redeems these codes.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An authorization request of `client_id` with parameters of its own.
pub fn authorization_request(issuer: &str, client_id: &str, app: &str, more: &[(&str, &str)]) -> String {
    let redirect_uri = format!("{app}/callback");
    let usual = [
        ("client_id", client_id),
        ("redirect_uri", &redirect_uri),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let url = Url::parse_with_params(&format!("{issuer}/authorize"), usual.iter().chain(more));
    url.expect("an address").into()
}

impl House {
    /// Starts one with these people, the administrator `ines`, and two clients: `asks` for consent, and `trusted`.
    /// One of its own for stories that change who is signed in.
    pub fn with_people(people: &[&str]) -> House {
        House::open(people)
    }

    fn open(people: &[&str]) -> House {
        let app = landing();
        let mut people: Vec<Value> = people.iter().copied().map(person).collect();
        let mut ines = person("ines");
        ines["roles"] = json!(["admin"]);
        people.push(ines);
        let callback = format!("{app}/callback");
        let policy = format!("{app}/policy");
        let asks = client("asks", &callback, json!({"consent": "ask", "client_uri": app, "policy_uri": policy}));
        let trusted = client("trusted", &callback, json!({"client_name": "Harbour Desk"}));
        House { idp: RealIdp::with(&people, &[asks, trusted]), app }
    }

    /// An authorization request of one of its clients.
    pub fn request(&self, client_id: &str, more: &[(&str, &str)]) -> String {
        authorization_request(&self.idp.issuer, client_id, &self.app, more)
    }

    /// Fills in the sign-in page that the browser shows.
    pub async fn sign_in(&self, page: &Page, username: &str) {
        page.fill("#username", username).await;
        page.fill("#password", &password_of(username)).await;
        page.click("#sign-in").await;
    }
}

/// A site that answers every address with the same page, as long as the tests run.
pub fn landing() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("its number").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let page = "<!doctype html><title>Arrived</title><p id=\"arrived\">Arrived.";
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ";
            // The request is read and not looked at: an answer to an unread one would be a reset connection.
            let _ = stream.read(&mut [0; 8192]);
            let _ = write!(stream, "{head}{}\r\n\r\n{page}", page.len());
        }
    });
    format!("http://app.localhost:{port}")
}
