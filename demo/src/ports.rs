//! Three free ports: the ones asked for, or the next free ones.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::Context;

/// A port held open on the loopback addresses until its server takes it over.
pub(crate) struct Reserved {
    number: u16,
    listeners: Vec<TcpListener>,
}

impl Reserved {
    /// Takes the port on IPv4 loopback and, where the machine has IPv6, on its loopback too.
    ///
    /// Browsers try `::1` first for `localhost`: a stranger there would get our visitors, so such a port is taken.
    fn claim(number: u16) -> Option<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, number)) {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => return None,
            Err(_) => None,
        };
        Some(Self { number, listeners: std::iter::once(v4).chain(v6).collect() })
    }

    /// The port's number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// The open listeners, for a server that can take them over.
    pub(crate) fn into_listeners(self) -> Vec<TcpListener> {
        self.listeners
    }

    /// Lets go of the port, for a server that binds by itself.
    pub(crate) fn release(self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.number))
    }
}

/// Holds `first` and the two ports after it; each taken one is replaced by the next free port beyond all three.
///
/// # Errors
/// When no port is free up to 65535.
pub(crate) fn reserve(first: u16) -> anyhow::Result<[Reserved; 3]> {
    let mut spare = first.saturating_add(3)..=u16::MAX;
    let mut next = |wanted: u16| {
        Reserved::claim(wanted)
            .or_else(|| spare.find_map(Reserved::claim))
            .with_context(|| format!("no free port from {wanted} on"))
    };
    Ok([next(first)?, next(first.saturating_add(1))?, next(first.saturating_add(2))?])
}

/// The wanted ports that were taken by somebody else.
pub(crate) fn moved(first: u16, origins: &[&str; 3]) -> Vec<u16> {
    let wanted = [first, first.saturating_add(1), first.saturating_add(2)];
    let is_moved = |(port, origin): &(u16, &&str)| !origin.ends_with(&format!(":{port}"));
    wanted.into_iter().zip(origins).filter(is_moved).map(|(port, _)| port).collect()
}

#[cfg(test)]
mod tests {
    use super::{moved, reserve};

    #[test]
    fn a_taken_port_is_replaced_and_named() {
        let held = reserve(28_410).expect("free ports");
        let second = reserve(held[0].number()).expect("free ports");
        for port in &second {
            assert!(held.iter().all(|one| one.number() != port.number()));
        }
        let names = second.each_ref().map(|port| format!("http://localhost:{}", port.number()));
        let origins = [names[0].as_str(), &names[1], &names[2]];
        assert!(moved(held[0].number(), &origins).contains(&held[0].number()));
    }
}
