//! The one outbound HTTP client.

use super::connect::Guarded;
use super::names::{Names, System};
use super::trust;
use super::unreached::Unreached;
use crate::model::outbound::{Allowed, Author, Destination};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// No version in it: it would tell strangers which faults to try.
const AGENT: &str = "Abide";
/// An answer's head is cut off where it has this many bytes and has not ended: `hyper` looks after every read, which may
/// bring as many again. It has 100 lines at most, as `hyper` would have it anyway.
const LARGEST_HEAD: usize = 16 * 1024;
/// And its body this many, where nothing else is said.
const LARGEST_BODY: usize = 64 * 1024;
/// A connection that waits to be used again is closed after this long.
const IDLE: Duration = Duration::from_secs(10);
/// So many connections to one place wait to be used again.
const IDLE_PER_PLACE: usize = 4;

/// How long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// To connect, all addresses of a name together.
    pub connect: Duration,
    /// From the look-up of the name to the last byte of the answer.
    pub whole: Duration,
}

/// The limits in use; tests take shorter ones.
pub const LIMITS: Limits = Limits { connect: Duration::from_secs(3), whole: Duration::from_secs(10) };

/// What an [`Outbound`] stands on; tests put their own in.
pub struct Parts {
    /// How long it may take.
    pub limits: Limits,
    /// Who knows the addresses of names.
    pub names: Arc<dyn Names>,
    /// Which certificates are believed.
    pub tls: ClientConfig,
    /// What a stranger's URI may reach besides the public Internet: nothing, but where tests have no other place for a
    /// server than this machine.
    pub strangers: Allowed,
}

/// Asks others by HTTP. Clones share their connections.
#[derive(Clone)]
pub struct Outbound {
    limits: Limits,
    listed: Pool,
    /// A pool of its own: a stranger's URI must not find a connection open that it could not have opened.
    public: Pool,
}

type Pool = Client<HttpsConnector<Guarded>, String>;

impl Outbound {
    /// As an installation wants it: the system's resolver, the system's certificates.
    pub fn new(rules: Allowed) -> Outbound {
        let (names, tls) = (Arc::new(System::new()), trust::system());
        Outbound::of(rules, Parts { limits: LIMITS, names, tls, strangers: Allowed::default() })
    }

    /// From parts.
    pub fn of(rules: Allowed, parts: Parts) -> Outbound {
        let Parts { limits, names, tls, strangers } = parts;
        let pool = |rules| {
            let guarded = Guarded::new(rules, Arc::clone(&names), limits.connect);
            let connector = HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(IDLE_PER_PLACE)
                .http1_max_buf_size(LARGEST_HEAD)
                .build(connector.enable_http1().wrap_connector(guarded))
        };
        Outbound { limits, listed: pool(rules), public: pool(strangers) }
    }

    /// Posts a form; answers with the status code, whatever it is. A redirect is an answer like any other.
    ///
    /// # Errors
    /// There was no answer, or none that could be taken. What was sent may have arrived all the same, except where
    /// [`Unreached::nothing_was_sent`] says otherwise.
    pub async fn post_form(&self, uri: &str, author: Author, fields: &[(&str, &str)]) -> Result<u16, Unreached> {
        let destination = Destination::parse(uri)?;
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(destination.as_str().parse::<Uri>().map_err(|_| Unreached::unusual())?)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(USER_AGENT, AGENT)
            .body(body)
            .map_err(|_| Unreached::unusual())?;
        let exchange = async {
            let answer = self.pool(author).request(request).await.map_err(|error| Unreached::of(&error))?;
            let status = answer.status().as_u16();
            taken(answer.into_body()).await?;
            Ok(status)
        };
        timeout(self.limits.whole, exchange).await.unwrap_or(Err(Unreached::TimedOut))
    }
}

impl Outbound {
    /// Sends a request and reads the whole answer, within the same limits. A redirect is an answer like any other.
    ///
    /// # Errors
    /// There was no answer, or none that could be taken.
    pub async fn exchange(&self, request: Request<String>, author: Author) -> Result<Response<Vec<u8>>, Unreached> {
        self.exchange_within(request, author, LARGEST_BODY).await
    }

    /// The same, and the body has at most so many bytes.
    ///
    /// # Errors
    /// There was no answer, or none that could be taken.
    pub async fn exchange_within(
        &self,
        request: Request<String>,
        author: Author,
        most: usize,
    ) -> Result<Response<Vec<u8>>, Unreached> {
        let destination = Destination::parse(&request.uri().to_string())?;
        let (mut parts, body) = request.into_parts();
        parts.uri = destination.as_str().parse::<Uri>().map_err(|_| Unreached::unusual())?;
        parts.headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let request = Request::from_parts(parts, body);
        let exchange = async {
            let answer = self.pool(author).request(request).await.map_err(|error| Unreached::of(&error))?;
            let (parts, body) = answer.into_parts();
            Ok(Response::from_parts(parts, read(body, most).await?))
        };
        timeout(self.limits.whole, exchange).await.unwrap_or(Err(Unreached::TimedOut))
    }
}

impl Outbound {
    /// Whom an address of this author may lead to.
    fn pool(&self, author: Author) -> &Pool {
        match author {
            Author::Administrator => &self.listed,
            Author::Stranger => &self.public,
        }
    }
}

/// Reads a body to its end and forgets it: the connection can then be used again.
async fn taken(body: Incoming) -> Result<(), Unreached> {
    each(body, LARGEST_BODY, |_| ()).await
}

/// Reads a body to its end.
async fn read(body: Incoming, most: usize) -> Result<Vec<u8>, Unreached> {
    let mut whole = Vec::new();
    each(body, most, |piece| whole.extend_from_slice(piece)).await?;
    Ok(whole)
}

async fn each(mut body: Incoming, most: usize, mut take: impl FnMut(&[u8])) -> Result<(), Unreached> {
    let mut left = most;
    if body.size_hint().lower() > left as u64 {
        return Err(Unreached::TooLarge);
    }
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Unreached::of(&error))?;
        let length = frame.data_ref().map_or(0, |data| data.len());
        left = left.checked_sub(length).ok_or(Unreached::TooLarge)?;
        if let Some(piece) = frame.data_ref() {
            take(piece);
        }
    }
    Ok(())
}
