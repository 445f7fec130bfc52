//! An entry of `[outbound] allow`: `[http://]host-or-CIDR[:port or :*]`.

use super::address::{self, Kind};
use super::allowed::is_metadata_name;
use super::destination::{Door, Scheme};
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::Host;

/// One entry. It lists one scheme: with `http://` plain http, without it https. Without a port it lists the scheme's
/// own port alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    scheme: Scheme,
    place: Place,
    port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Exactly this name, whatever its addresses.
    Name(String),
    /// Every address in it, whatever its name.
    Net(IpNet),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Any,
    Is(u16),
}

/// Why a text is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A scheme that is not to be written, or none of ours.
    #[error(
        "`{0}`: https is meant without saying so, and plain http is the only scheme to write; write such as \
         \"app.internal:8443\" or \"http://app.internal:8080\""
    )]
    Scheme(String),
    /// Neither host nor network.
    #[error(
        "`{0}` is neither a host nor a network; write such as \"app.internal:8443\", \"10.1.0.0/16:*\" or \
         \"http://localhost:3000\""
    )]
    Place(String),
    /// An IPv6 address whose port nobody could find.
    #[error("`{0}`: an IPv6 address stands in brackets; write such as \"[fd00::1]:8443\" or \"[fd00::/8]:*\"")]
    Brackets(String),
    /// No port.
    #[error("`{0}`: what follows the last colon is no port; write 1 to 65535, or * for every port")]
    Port(String),
    /// A pattern of names.
    #[error("`{0}`: names are listed one by one, without *; write each, or the network they are in")]
    Wildcard(String),
    /// Everything.
    #[error(
        "`{0}` is everything: whoever registers an app could then reach whatever this machine can. Write only what apps \
         are at"
    )]
    Everything(String),
    /// An IPv4 network in IPv6's clothes.
    #[error("`{0}` is an IPv4 address written as IPv6; write the IPv4 address or network, such as \"10.1.0.0/16\"")]
    Mapped(String),
    /// Never reached.
    #[error("`{0}`: clouds hand out credentials of this machine there; it is never reached, so leave it out")]
    Metadata(String),
}

impl FromStr for Entry {
    type Err = EntryError;
    fn from_str(text: &str) -> Result<Entry, EntryError> {
        let (scheme, rest) = match text.split_once("://") {
            None => (Scheme::Https, text),
            Some(("http", rest)) => (Scheme::Http, rest),
            Some(_) => return Err(EntryError::Scheme(text.to_owned())),
        };
        let (place, port) = parted(rest).ok_or_else(|| EntryError::Brackets(text.to_owned()))?;
        let place = place_of(&place).map_err(|error| error(text.to_owned()))?;
        let port = match port {
            None => Port::Is(scheme.default_port()),
            Some("*") => Port::Any,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let port = digits.parse().ok().filter(|port| *port != 0);
                Port::Is(port.ok_or_else(|| EntryError::Port(text.to_owned()))?)
            }
            Some(_) => return Err(EntryError::Port(text.to_owned())),
        };
        Ok(Entry { scheme, place, port })
    }
}

/// Host or network, without brackets, and the port; none when a colon may mean either.
fn parted(rest: &str) -> Option<(String, Option<&str>)> {
    let Some(bracketed) = rest.strip_prefix('[') else {
        return match rest.split_once(':') {
            None => Some((rest.to_owned(), None)),
            Some((_, port)) if port.contains(':') => None,
            Some((place, port)) => Some((place.to_owned(), Some(port))),
        };
    };
    let (inner, after) = bracketed.split_once(']')?;
    let (length, port) = match after.split_once(':') {
        None => (after, None),
        Some((length, port)) => (length, Some(port)),
    };
    // Both `[fd00::/8]` and `[fd00::]/8`.
    (inner.contains(':') && (length.is_empty() || length.starts_with('/'))).then(|| (format!("{inner}{length}"), port))
}

fn place_of(text: &str) -> Result<Place, fn(String) -> EntryError> {
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    if let Ok(net) = net {
        return network(net.trunc()).map(Place::Net);
    }
    if text.contains('*') {
        return Err(EntryError::Wildcard);
    }
    // Not `10.1`, which URLs take for 10.0.0.1: who lists something writes it out. Nor what URLs would take for a name
    // and nobody has for one, such as two entries with a semicolon between.
    let usual = |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    match Host::parse(text) {
        Ok(Host::Domain(name)) if usual(&name) && !text.contains('%') => {
            let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
            if is_metadata_name(&name) { Err(EntryError::Metadata) } else { Ok(Place::Name(name)) }
        }
        _ => Err(EntryError::Place),
    }
}

fn network(net: IpNet) -> Result<IpNet, fn(String) -> EntryError> {
    if net.prefix_len() == 0 {
        return Err(EntryError::Everything);
    }
    if matches!(net, IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some()) {
        return Err(EntryError::Mapped);
    }
    let single = net.prefix_len() == net.max_prefix_len();
    if single && address::kind(net.addr()) == Kind::Metadata { Err(EntryError::Metadata) } else { Ok(net) }
}

impl Entry {
    /// Does it list this address of that destination? `address` is canonical.
    pub(super) fn lists(&self, door: &Door, address: IpAddr) -> bool {
        self.speaks_of(door)
            && match &self.place {
                Place::Name(name) => named(door, name),
                Place::Net(net) => net.contains(&address),
            }
    }

    /// Could it list an address of that destination?
    pub(super) fn may_list(&self, door: &Door) -> bool {
        self.speaks_of(door)
            && match &self.place {
                Place::Name(name) => named(door, name),
                Place::Net(_) => true,
            }
    }

    fn speaks_of(&self, door: &Door) -> bool {
        self.scheme == door.scheme && (self.port == Port::Any || self.port == Port::Is(door.port))
    }
}

fn named(door: &Door, name: &str) -> bool {
    matches!(&door.host, Host::Domain(host) if host == name)
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scheme == Scheme::Http {
            f.write_str("http://")?;
        }
        match &self.place {
            Place::Name(name) => f.write_str(name)?,
            Place::Net(IpNet::V4(net)) if net.prefix_len() == 32 => write!(f, "{}", net.addr())?,
            Place::Net(IpNet::V4(net)) => write!(f, "{net}")?,
            Place::Net(IpNet::V6(net)) if net.prefix_len() == 128 => write!(f, "[{}]", net.addr())?,
            Place::Net(IpNet::V6(net)) => write!(f, "[{net}]")?,
        }
        match self.port {
            Port::Any => f.write_str(":*"),
            Port::Is(port) if port == self.scheme.default_port() => Ok(()),
            Port::Is(port) => write!(f, ":{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_printed() {
        for (text, printed) in [
            ("app.internal", "app.internal"),
            ("App.Internal.:443", "app.internal"),
            ("app:8443", "app:8443"),
            ("localhost:*", "localhost:*"),
            ("http://app.internal", "http://app.internal"),
            ("http://app.internal:80", "http://app.internal"),
            ("http://app.internal:443", "http://app.internal:443"),
            ("http://app.internal:*", "http://app.internal:*"),
            ("b\u{fc}ro.example", "xn--bro-hoa.example"),
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3/8:*", "10.0.0.0/8:*"),
            ("http://10.0.0.0/8:8080", "http://10.0.0.0/8:8080"),
            ("[fd00::1]", "[fd00::1]"),
            ("[fd00::1]:8443", "[fd00::1]:8443"),
            ("[fd00::1/8]:*", "[fd00::/8]:*"),
            ("[fd00::]/8:*", "[fd00::/8]:*"),
            ("169.254.0.0/16", "169.254.0.0/16"),
        ] {
            let entry: Entry = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(entry.to_string(), printed, "{text}");
            assert_eq!(printed.parse(), Ok(entry), "{printed}");
        }
    }

    #[test]
    fn what_is_no_entry() {
        /// What is said of a text, and texts it is said of.
        type Row = (fn(String) -> EntryError, &'static [&'static str]);
        let table: &[Row] = &[
            (EntryError::Scheme, &["https://app.internal", "ftp://a", "HTTP://a", "://a"]),
            (EntryError::Place, &["", ":80", "http://", "10.1", "10.0.0.0/33", "10.0.0.0/", "a/b", "a b", "a/8:1"]),
            (
                EntryError::Place,
                &["http://a/", "0x7f.1", "a@b", "127.0.0.256", "a;b", "a,b", "(a)", "%61", "[::g]", "[1::2/129]"],
            ),
            (
                EntryError::Brackets,
                &["fd00::1", "fd00::/8", "fd00::1:8443", "[fd00::1", "[a]:80", "[::1]x:80", "a:1:2"],
            ),
            (EntryError::Port, &["a:", "a:0", "a:65536", "a:x", "a:+1", "a:**", "[::1]:", "10.0.0.0/8:"]),
            (EntryError::Wildcard, &["*", "*.internal", "a*:80"]),
            (EntryError::Everything, &["0.0.0.0/0", "http://1.2.3.4/0:*", "[::/0]:*"]),
            (EntryError::Mapped, &["[::ffff:10.0.0.1]", "[::ffff:0.0.0.0/96]"]),
            (EntryError::Metadata, &["169.254.169.254", "http://169.254.169.254:*", "[fd00:ec2::254]"]),
            (EntryError::Metadata, &["metadata.google.internal", "Metadata.:80", "[64:ff9b::169.254.169.254]"]),
        ];
        for (error, texts) in table {
            for text in *texts {
                assert_eq!(text.parse::<Entry>(), Err(error((*text).to_owned())), "{text}");
            }
        }
    }
}
