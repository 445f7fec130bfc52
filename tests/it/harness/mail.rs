//! A mail server on loopback: it speaks SMTP, and keeps what it was given.

use abide::config::{Config, MailTls};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Smtp {
    /// It takes every mail.
    Takes,
    /// It answers every mail with this reply code.
    Answers(u16),
    /// It says nothing at all.
    Hangs,
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
}

impl MailServer {
    /// Listens, and runs as long as the test does.
    pub async fn start(manner: Smtp) -> MailServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared =
            Arc::new(Shared { manner: Mutex::new(manner), letters: Mutex::default(), lines: Mutex::default() });
        let of_server = Arc::clone(&shared);
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&of_server);
                actix_web::rt::spawn(async move {
                    // A connection that ends badly is the client's affair.
                    let _ = serve(stream, &shared).await;
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

    /// From now on it behaves so.
    pub fn turn(&self, manner: Smtp) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// What came, oldest first; it is forgotten then.
    pub fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.shared.letters.lock().unwrap())
    }

    /// The one mail that came since.
    pub fn only(&self) -> Letter {
        let letters = self.take();
        let subjects: Vec<String> = letters.iter().map(|letter| letter.field("subject")).collect();
        assert_eq!(letters.len(), 1, "{subjects:?}");
        letters.into_iter().next().unwrap()
    }

    /// The commands it was given.
    pub fn lines(&self) -> Vec<String> {
        self.shared.lines.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let manner = || *shared.manner.lock().unwrap();
    if manner() == Smtp::Hangs {
        return std::future::pending().await;
    }
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.test ESMTP\r\n").await?;
    let mut to = Vec::new();
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        shared.lines.lock().unwrap().push(line.trim_end().to_owned());
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match (verb.as_str(), manner()) {
            ("EHLO", _) => "250-mail.test\r\n250 8BITMIME\r\n".to_owned(),
            ("MAIL", Smtp::Answers(code)) => format!("{code} no\r\n"),
            ("MAIL" | "RSET" | "NOOP", _) => "250 ok\r\n".to_owned(),
            ("RCPT", _) => {
                to.push(line.trim_end().trim_start_matches("RCPT TO:").trim_matches(['<', '>']).to_owned());
                "250 ok\r\n".to_owned()
            }
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                let raw = mail(&mut stream).await?;
                let letter = Letter { to: std::mem::take(&mut to), raw };
                shared.letters.lock().unwrap().push(letter);
                "250 taken\r\n".to_owned()
            }
            ("QUIT", _) => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "502 no such command\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}

/// Up to the line with nothing but a dot (RFC 5321, section 4.5.2).
async fn mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut whole = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(whole);
        }
        whole.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
