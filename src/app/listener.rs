//! The listening socket.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// Connections that may wait to be taken.
const BACKLOG: i32 = 2048;
/// A peer that acknowledges nothing for so long is gone. Together with the heartbeat of the event streams (25 s) one that
/// vanished without a word is noticed within two heartbeats; the system's own patience is a quarter of an hour.
const SILENCE: Duration = Duration::from_secs(24);

/// Listens at an address.
///
/// # Errors
/// The address cannot be had.
pub(super) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    rustix::net::listen(&listener, BACKLOG)?;
    // Every connection that is taken inherits it.
    #[cfg(target_os = "linux")]
    rustix::net::sockopt::set_tcp_user_timeout(&listener, u32::try_from(SILENCE.as_millis()).unwrap_or(u32::MAX))?;
    Ok(listener)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn a_taken_connection_inherits_the_patience_of_its_listener() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (taken, _) = listener.accept().unwrap();
        assert_eq!(rustix::net::sockopt::tcp_user_timeout(&taken).unwrap(), 24_000);
    }
}
