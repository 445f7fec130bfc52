//! The one place that sends mail.
//!
//! By SMTP, over TLS: from the first byte (`smtps`), or by STARTTLS, which is then required, so that nobody on the way
//! turns it off (RFC 8314). Plain SMTP is for a relay on this machine alone. In development a mail is shown on the
//! terminal and not sent. A message is built here from checked parts; `lettre` encodes headers, and an address with a line
//! break in it is no address.

use crate::protocol::time::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransportBuilder;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::io::Write;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long one command to the mail server may take.
const COMMAND: Duration = Duration::from_secs(20);
/// How long a whole attempt may take.
const ATTEMPT: Duration = Duration::from_secs(60);

/// A mail server.
#[derive(Clone)]
pub struct Relay {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Username and password, where it wants them.
    pub login: Option<(String, Zeroizing<String>)>,
    /// What we call ourselves.
    pub ourselves: String,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte.
    Wrapped,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// None: for a relay on this machine.
    None,
}

/// Where mails go.
enum Way {
    Relay(Box<AsyncSmtpTransport<Tokio1Executor>>),
    Terminal,
}

/// What sends mails.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

/// A mail, in words.
#[derive(Debug)]
pub struct Post<'a> {
    /// To whom.
    pub to: &'a str,
    /// The subject: one line.
    pub subject: &'a str,
    /// The text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
    /// Names the message: what stands in `Message-ID` before the `@`.
    pub id: &'a str,
    /// When it is sent.
    pub at: Timestamp,
}

/// Why a mail was not sent. Nothing of the mail is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The mail server will never take it.
    #[error("the mail server refuses it: {0}")]
    Refused(String),
    /// Not this time.
    #[error("it could not be sent: {0}")]
    NotNow(String),
}

/// Is this the sender of a mail: `id@example.com` or `Abide <id@example.com>`?
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

impl Mailer {
    /// Sends through a mail server.
    ///
    /// # Errors
    /// What is wrong with sender or server.
    pub fn by(relay: Relay, from: &str) -> Result<Mailer, String> {
        let builder = match relay.protection {
            Protection::Wrapped => AsyncSmtpTransport::<Tokio1Executor>::relay(&relay.host),
            Protection::StartTls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&relay.host),
            Protection::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)),
        };
        let builder: AsyncSmtpTransportBuilder = builder.map_err(|error| error.to_string())?;
        let builder = builder.port(relay.port).timeout(Some(COMMAND)).hello_name(ClientId::Domain(relay.ourselves));
        let builder = match relay.login {
            Some((username, password)) => {
                builder.credentials(Credentials::new(username, Zeroizing::<String>::clone(&password).to_string()))
            }
            None => builder,
        };
        Ok(Mailer { from: sender(from)?, way: Way::Relay(Box::new(builder.build())) })
    }

    /// Shows mails on the terminal instead of sending them.
    ///
    /// # Errors
    /// What is wrong with the sender.
    pub fn showing(from: &str) -> Result<Mailer, String> {
        Ok(Mailer { from: sender(from)?, way: Way::Terminal })
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// Whether trying again makes sense.
    pub async fn send(&self, post: Post<'_>) -> Result<(), Unsent> {
        if let Way::Terminal = self.way {
            return show(&post).map_err(|error| Unsent::NotNow(error.to_string()));
        }
        let message = self.message(post).map_err(Unsent::Refused)?;
        let Way::Relay(relay) = &self.way else { return Ok(()) };
        match tokio::time::timeout(ATTEMPT, relay.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // The server's own words may repeat the address; its number does not.
            Ok(Err(error)) if error.is_permanent() && welcomes(relay).await => Err(Unsent::Refused(numbered(&error))),
            Ok(Err(error)) => Err(Unsent::NotNow(numbered(&error))),
            Err(_) => Err(Unsent::NotNow("it took too long".into())),
        }
    }

    fn message(&self, post: Post<'_>) -> Result<Message, String> {
        let wrong = |error: &dyn std::error::Error| error.to_string();
        let to: Address = post.to.parse().map_err(|error: lettre::address::AddressError| wrong(&error))?;
        let seconds = Duration::from_secs(u64::try_from(post.at.0).unwrap_or_default());
        let id = format!("<{}@{}>", post.id, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(post.subject)
            .date(std::time::UNIX_EPOCH + seconds)
            .message_id(Some(id))
            .multipart(MultiPart::alternative_plain_html(post.plain, post.html));
        let mut message = message.map_err(|error| wrong(&error))?;
        // No answering machine answers (RFC 3834, section 5).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        message.headers_mut().insert_raw(HeaderValue::new(name, "auto-generated".into()));
        Ok(message)
    }
}

/// Does the server let us in? If not, a refusal is one of us (a login, RFC 4954; no service at all) and not of the mail, which
/// is good again once that is mended.
async fn welcomes(relay: &AsyncSmtpTransport<Tokio1Executor>) -> bool {
    matches!(tokio::time::timeout(COMMAND, relay.test_connection()).await, Ok(Ok(true)))
}

fn sender(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|_| format!("`{text}` is no sender of a mail"))
}

fn numbered(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("it answered {code}"),
        None if error.is_tls() => "TLS could not be established".into(),
        None if error.is_timeout() => "it took too long".into(),
        None if error.is_client() => "it does not offer what is needed (STARTTLS, or a way to sign in)".into(),
        None => "it cannot be reached".into(),
    }
}

/// The one place where a link of a mail is shown on our side: it was asked for by `development = true`.
fn show(post: &Post<'_>) -> std::io::Result<()> {
    let Post { to, subject, plain, .. } = post;
    let rule = "-".repeat(72);
    let shown = format!(
        "{rule}\nMAIL, shown and not sent (mail.development)\nTo: {to}\nSubject: {subject}\n\n{plain}\n{rule}\n"
    );
    std::io::stderr().lock().write_all(shown.as_bytes())
}
