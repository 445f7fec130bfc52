//! Names become addresses.

use async_trait::async_trait;
use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The system's resolver blocks a thread for as long as a name server likes to take. These threads hash passwords and
/// write files as well: strangers' names may hold so many of them and no more.
const AT_A_TIME: usize = 64;

/// Who knows the addresses of names.
#[async_trait]
pub trait Names: Send + Sync {
    /// The addresses of a name, best first.
    ///
    /// # Errors
    /// It has none, or nobody could be asked.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
pub struct System {
    turns: Arc<Semaphore>,
}

impl System {
    /// With all turns free.
    pub fn new() -> System {
        System { turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

impl Default for System {
    fn default() -> System {
        System::new()
    }
}

#[async_trait]
impl Names for System {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(io::Error::other)?;
        let name = name.to_owned();
        let looking = tokio::task::spawn_blocking(move || {
            // Held by the thread and not by whoever asked: who gives up waiting does not end the look-up.
            let _turn = turn;
            (name.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
        });
        looking.await.map_err(io::Error::other)?
    }
}
