//! Connections, opened only to addresses that the rules admit: the address that was judged is the address that is
//! connected to, because one function does both, and nothing is looked up again in between.

use super::names::Names;
use super::unreached::Unreached;
use crate::model::outbound::{Allowed, Door};
use hyper::Uri;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

/// No more addresses of a name than these are tried.
const TRIED: usize = 4;

/// Opens connections under rules.
#[derive(Clone)]
pub struct Guarded {
    inner: Arc<Inner>,
}

struct Inner {
    rules: Allowed,
    names: Arc<dyn Names>,
    limit: Duration,
}

impl Guarded {
    /// Under these rules, in at most this time.
    pub fn new(rules: Allowed, names: Arc<dyn Names>, limit: Duration) -> Guarded {
        Guarded { inner: Arc::new(Inner { rules, names, limit }) }
    }
}

impl Inner {
    async fn connect(&self, uri: &Uri) -> Result<TcpStream, Unreached> {
        let door = Door::of(uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default(), uri.port_u16())?;
        self.rules.name(&door)?;
        let addresses = match door.known() {
            Ok(addresses) => addresses,
            Err(name) => self.names.addresses(name).await.map_err(|_| Unreached::Resolution)?,
        };
        open(&self.admitted(&door, addresses)?, door.port, self.limit).await
    }

    /// The addresses that may be connected to, of which there is one at least.
    fn admitted(&self, door: &Door, addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, Unreached> {
        let mut why = Unreached::Resolution;
        let mut admitted = Vec::new();
        for address in addresses.into_iter().map(|address| address.to_canonical()) {
            match self.rules.address(door, address) {
                Ok(()) => admitted.push(address),
                Err(forbidden) => why = forbidden.into(),
            }
        }
        admitted.truncate(TRIED);
        if admitted.is_empty() { Err(why) } else { Ok(admitted) }
    }
}

/// Tries one address after the other; each has its share of the time, so that a dead one costs no other its turn.
async fn open(addresses: &[IpAddr], port: u16, limit: Duration) -> Result<TcpStream, Unreached> {
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut why = Unreached::Resolution;
    for address in addresses {
        match timeout(share, TcpStream::connect((*address, port))).await {
            Ok(Ok(stream)) => {
                // A request is one small piece: waiting to fill a packet would only delay it.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => why = Unreached::Refused,
            Ok(Err(_)) => why = Unreached::Connect,
            Err(_) => why = Unreached::TimedOut,
        }
    }
    Err(why)
}

impl Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, Unreached>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unreached>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move { inner.connect(&uri).await.map(TokioIo::new) })
    }
}
