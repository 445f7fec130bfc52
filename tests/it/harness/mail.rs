//! A mail server on loopback: it speaks SMTP, in the clear and by TLS, and keeps what it was given.

use abide::config::{Config, MailTls};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smtp {
    /// It takes every mail.
    Takes,
    /// It answers every mail with this reply code.
    Answers(u16),
    /// It says nothing at all.
    Hangs,
    /// It closes the connection in the middle of a mail, or right after it, without an answer.
    Closes,
}

/// How a connection to it is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Not at all; it says nothing of STARTTLS.
    None,
    /// By TLS from the first byte, with this certificate of `mail/tls`.
    Wrapped(&'static str),
    /// By STARTTLS, with this certificate.
    StartTls(&'static str),
    /// It offers STARTTLS, and refuses it when it is asked.
    Refuses,
}

/// Who may send through it, and how they say who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// What it offers: `PLAIN`, `LOGIN` or both.
    pub mechanisms: &'static str,
    pub username: &'static str,
    pub password: &'static str,
}

/// A mail that it was given.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The envelope.
    pub to: Vec<String>,
    /// Head and body as they came, without the dots of transparency.
    pub raw: String,
}

impl Letter {
    /// A field of the head, unfolded.
    pub fn field(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ").replace("\r\n\t", " ");
        let found = head.lines().find_map(|line| line.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    }

    /// The plain text.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML.
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let (_, rest) = self.raw.split_once(&format!("Content-Type: {kind}")).expect("such a part");
        let (head, body) = rest.split_once("\r\n\r\n").expect("a body");
        // By its whole name: a folded token may go on with two dashes.
        let content_type = self.field("content-type");
        let boundary = content_type.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let body = body.split(&format!("\r\n--{boundary}")).next().unwrap_or_default();
        if head.contains("quoted-printable") { unquoted(body) } else { body.replace("\r\n", "\n") }
    }

    /// The link in it, as a path on our origin.
    pub fn link(&self) -> String {
        let text = self.text();
        let link = text.lines().find_map(|line| line.strip_prefix(super::ISSUER)).expect("a link of ours");
        link.to_owned()
    }

    /// The token in the link.
    pub fn token(&self) -> String {
        self.link().split_once("token=").map(|(_, token)| token.to_owned()).expect("a token")
    }
}

/// RFC 2045, section 6.7.
fn unquoted(body: &str) -> String {
    let body = body.replace("=\r\n", "").replace("\r\n", "\n");
    let (mut bytes, mut rest) = (Vec::new(), body.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'=').then(|| after.get(..2)).flatten();
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// A mail server.
#[derive(Clone)]
pub struct MailServer {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    manner: Mutex<Smtp>,
    letters: Mutex<Vec<Letter>>,
    /// Every line it was told, but for the mails.
    lines: Mutex<Vec<String>>,
    /// Those of them that came in the clear.
    clear: Mutex<Vec<String>>,
    cover: Cover,
    login: Option<Login>,
}

/// How a connection goes on.
enum Ended<S> {
    Closed,
    /// From here on by TLS.
    Covers(S),
}

impl MailServer {
    /// Listens in the clear, and runs as long as the test does.
    pub async fn start(manner: Smtp) -> MailServer {
        MailServer::covered(manner, Cover::None, None).await
    }

    /// Listens under this cover, for these people.
    pub async fn covered(manner: Smtp, cover: Cover, login: Option<Login>) -> MailServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (letters, lines, clear) = Default::default();
        let shared = Arc::new(Shared { manner: Mutex::new(manner), letters, lines, clear, cover, login });
        let of_server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&of_server);
                tokio::spawn(async move {
                    // A connection that ends badly is the client's affair.
                    let _ = receive(stream, &shared).await;
                });
            }
        });
        MailServer { port, shared }
    }

    /// Settings that send through it.
    pub fn configure(&self, config: &mut Config) {
        config.mail.from = Some("Abide <id@example.com>".parse().unwrap());
        config.mail.server = Some(format!("smtp://127.0.0.1:{}", self.port).parse().unwrap());
        config.mail.tls = MailTls::None;
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on it behaves so.
    pub fn turn(&self, manner: Smtp) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// What came, oldest first; it is forgotten then.
    pub fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.shared.letters.lock().unwrap())
    }

    /// The next mail to this address, once it has come.
    pub async fn next_to(&self, address: &str) -> Letter {
        let began = tokio::time::Instant::now();
        loop {
            let found = self.shared.letters.lock().unwrap().extract_if(.., |letter| letter.to == [address]).next();
            match found {
                Some(letter) => return letter,
                None => assert!(began.elapsed().as_secs() < 30, "no mail to {address} came"),
            }
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    }

    /// The one mail that came since.
    pub fn only(&self) -> Letter {
        let letters = self.take();
        let subjects: Vec<String> = letters.iter().map(|letter| letter.field("subject")).collect();
        assert_eq!(letters.len(), 1, "{subjects:?}");
        letters.into_iter().next().unwrap()
    }

    /// The commands that it was given in the clear.
    pub fn clear_lines(&self) -> Vec<String> {
        self.shared.clear.lock().unwrap().clone()
    }

    /// The commands it was given.
    pub fn lines(&self) -> Vec<String> {
        self.shared.lines.lock().unwrap().clone()
    }
}

async fn receive(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    if *shared.manner.lock().unwrap() == Smtp::Hangs {
        return std::future::pending().await;
    }
    let greeting = &b"220 mail.test ESMTP\r\n"[..];
    if let Cover::Wrapped(certificate) = shared.cover {
        let stream = acceptor(certificate).accept(stream).await?;
        return serve(stream, (shared, Covered::Yes), greeting).await.map(drop);
    }
    match (serve(stream, (shared, Covered::No), greeting).await?, shared.cover) {
        (Ended::Covers(stream), Cover::StartTls(certificate)) => {
            let stream = acceptor(certificate).accept(stream).await?;
            serve(stream, (shared, Covered::Yes), b"").await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Does TLS cover what is said?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Covered {
    Yes,
    No,
}

fn acceptor(certificate: &str) -> TlsAcceptor {
    let folder = format!("{}/tests/it/mail/tls", env!("CARGO_MANIFEST_DIR"));
    let chain = vec![CertificateDer::from_pem_file(format!("{folder}/{certificate}.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(format!("{folder}/key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    (shared, covered): (&Shared, Covered),
    greeting: &[u8],
) -> std::io::Result<Ended<S>> {
    let mut stream = BufReader::new(stream);
    stream.write_all(greeting).await?;
    stream.flush().await?;
    let mut session = Session { to: Vec::new(), known: shared.login.is_none() };
    loop {
        let Some(line) = told(&mut stream, (shared, covered)).await? else { return Ok(Ended::Closed) };
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let manner = *shared.manner.lock().unwrap();
        let answer = match verb.as_str() {
            "EHLO" => capabilities(shared, covered),
            "STAR" if matches!(shared.cover, Cover::StartTls(_)) && covered == Covered::No => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(Ended::Covers(stream.into_inner()));
            }
            "STAR" => "454 not now\r\n".to_owned(),
            "AUTH" => authenticate(&mut stream, &line, (shared, covered), &mut session).await?,
            "MAIL" if !session.known => "530 who are you?\r\n".to_owned(),
            "MAIL" => match manner {
                Smtp::Answers(code) => format!("{code} no\r\n"),
                _ => "250 ok\r\n".to_owned(),
            },
            "RSET" | "NOOP" => "250 ok\r\n".to_owned(),
            "RCPT" => {
                session.to.push(line.trim_start_matches("RCPT TO:").trim_matches(['<', '>']).to_owned());
                "250 ok\r\n".to_owned()
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                stream.flush().await?;
                let raw = mail(&mut stream).await?;
                if manner == Smtp::Closes {
                    return Ok(Ended::Closed);
                }
                let letter = Letter { to: std::mem::take(&mut session.to), raw };
                shared.letters.lock().unwrap().push(letter);
                "250 taken\r\n".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                stream.flush().await?;
                return Ok(Ended::Closed);
            }
            _ => "502 no such command\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
    }
}

/// What it knows of whoever is connected.
struct Session {
    to: Vec<String>,
    known: bool,
}

/// The next line; none when the other side closed.
async fn told<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    (shared, covered): (&Shared, Covered),
) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let line = line.trim_end().to_owned();
    shared.lines.lock().unwrap().push(line.clone());
    if covered == Covered::No {
        shared.clear.lock().unwrap().push(line.clone());
    }
    Ok(Some(line))
}

fn capabilities(shared: &Shared, covered: Covered) -> String {
    let starts = matches!(shared.cover, Cover::StartTls(_) | Cover::Refuses) && covered == Covered::No;
    let starts = if starts { "250-STARTTLS\r\n" } else { "" };
    let login = shared.login.map(|login| format!("250-AUTH {}\r\n", login.mechanisms)).unwrap_or_default();
    format!("250-mail.test\r\n{starts}{login}250 8BITMIME\r\n")
}

/// RFC 4616 and the LOGIN that everybody speaks.
async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    line: &str,
    told_by: (&Shared, Covered),
    session: &mut Session,
) -> std::io::Result<String> {
    let Some(login) = told_by.0.login else { return Ok("502 no such command\r\n".to_owned()) };
    let words: Vec<&str> = line.split(' ').collect();
    let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default();
    let shown = match (words.get(1).map(|word| word.to_ascii_uppercase()).as_deref(), words.get(2)) {
        (Some("PLAIN"), Some(text)) => decoded(text),
        (Some("LOGIN"), None) => {
            let mut shown = String::new();
            for question in ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"] {
                stream.write_all(question.as_bytes()).await?;
                stream.flush().await?;
                let answer = told(stream, told_by).await?.unwrap_or_default();
                shown = format!("{shown}\0{}", decoded(&answer));
            }
            shown
        }
        _ => return Ok("504 not so\r\n".to_owned()),
    };
    session.known = shown == format!("\0{}\0{}", login.username, login.password);
    Ok(if session.known { "235 welcome\r\n" } else { "535 no\r\n" }.to_owned())
}

/// Up to the line with nothing but a dot (RFC 5321, section 4.5.2).
async fn mail<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut whole = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(whole);
        }
        whole.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
