//! Where a URI leads, before anybody has looked it up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// URIs are not longer than this.
const LONGEST: usize = 2048;

/// An absolute URI that a request may be made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    url: Url,
    door: Door,
}

/// Scheme, host and port: all that the rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// How it is spoken to.
    pub scheme: Scheme,
    /// Names are in lower case and without a dot at the end; IPv4 addresses are normalised from whatever way they were
    /// written in.
    pub host: Host<String>,
    /// The port.
    pub port: u16,
}

/// How a destination is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// By TLS.
    Https,
    /// In the clear.
    Http,
}

/// Why a URI is no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// No absolute URI, or one with unusual bytes.
    #[error("it is no absolute URI of printable ASCII characters")]
    NotUri,
    /// Another scheme.
    #[error("its scheme is neither https nor http")]
    Scheme,
    /// User name or password.
    #[error("it must not have a user name or password")]
    UserInfo,
    /// A fragment.
    #[error("it must not have a fragment")]
    Fragment,
    /// No port one can connect to.
    #[error("port 0 cannot be connected to")]
    Port,
}

impl Destination {
    /// Reads a URI.
    ///
    /// # Errors
    /// Why nothing can be asked there.
    pub fn parse(uri: &str) -> Result<Destination, BadAddress> {
        if uri.len() > LONGEST || !uri.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(BadAddress::NotUri);
        }
        let url = Url::parse(uri).map_err(|_| BadAddress::NotUri)?;
        // By bytes as well: a parser reads `https:x` as `https://x/`.
        let authority = ["https://", "http://"].iter().find_map(|scheme| uri.strip_prefix(scheme));
        let authority = authority.ok_or(BadAddress::Scheme)?.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(BadAddress::UserInfo);
        }
        if uri.contains('#') {
            return Err(BadAddress::Fragment);
        }
        let door = Door::of(url.scheme(), url.host_str().unwrap_or_default(), url.port())?;
        Ok(Destination { url, door })
    }

    /// What the rules look at.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// The URI, normalised.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

impl Door {
    /// From the parts of a URI; an IPv6 address stands in brackets.
    ///
    /// # Errors
    /// What cannot be connected to.
    pub fn of(scheme: &str, host: &str, port: Option<u16>) -> Result<Door, BadAddress> {
        let scheme = match scheme {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err(BadAddress::Scheme),
        };
        let host = match Host::parse(host).map_err(|_| BadAddress::NotUri)? {
            Host::Domain(name) => Host::Domain(name.strip_suffix('.').unwrap_or(&name).to_owned()),
            literal => literal,
        };
        let port = port.unwrap_or(scheme.default_port());
        if port == 0 {
            return Err(BadAddress::Port);
        }
        Ok(Door { scheme, host, port })
    }

    /// The address, where the host is one or is known to mean one (RFC 6761, section 6.3: `localhost` and all names
    /// below it are this machine, whatever a resolver says); else the name to look up.
    pub fn known(&self) -> Result<Vec<IpAddr>, &str> {
        match &self.host {
            Host::Ipv4(ip) => Ok(vec![(*ip).into()]),
            Host::Ipv6(ip) => Ok(vec![IpAddr::from(*ip).to_canonical()]),
            Host::Domain(name) if name == "localhost" || name.ends_with(".localhost") => {
                Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
            }
            Host::Domain(name) => Err(name),
        }
    }
}

impl Scheme {
    /// The port of a URI that names none.
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Https => 443,
            Scheme::Http => 80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations() {
        for (uri, door) in [
            ("https://rp.example.com/logout?x=1", Ok(("rp.example.com", 443))),
            ("https://RP.Example.com.:8443", Ok(("rp.example.com", 8443))),
            ("http://rp.example.com", Ok(("rp.example.com", 80))),
            ("https://rp.example.com/@", Ok(("rp.example.com", 443))),
            ("https://[::1]:9", Ok(("[::1]", 9))),
            // However an IPv4 address is written, it is that address.
            ("https://127.1", Ok(("127.0.0.1", 443))),
            ("https://2130706433", Ok(("127.0.0.1", 443))),
            ("https://0x7f.0.0.1", Ok(("127.0.0.1", 443))),
            ("https://0177.0.0.01", Ok(("127.0.0.1", 443))),
            ("https://%31%32%37.0.0.1", Ok(("127.0.0.1", 443))),
            ("https://127.0.0.1.", Ok(("127.0.0.1", 443))),
            ("", Err(BadAddress::NotUri)),
            ("rp.example.com", Err(BadAddress::NotUri)),
            ("https://", Err(BadAddress::NotUri)),
            ("https://a b", Err(BadAddress::NotUri)),
            ("https://a\\@b", Err(BadAddress::NotUri)),
            ("https://a\r\nX: y", Err(BadAddress::NotUri)),
            ("https://１２７.0.0.1", Err(BadAddress::NotUri)),
            ("https://[fe80::1%25eth0]", Err(BadAddress::NotUri)),
            ("https://1.2.3.4.5", Err(BadAddress::NotUri)),
            ("https://a:99999", Err(BadAddress::NotUri)),
            ("https:rp.example.com", Err(BadAddress::Scheme)),
            ("ftp://rp.example.com", Err(BadAddress::Scheme)),
            ("file:///etc/passwd", Err(BadAddress::Scheme)),
            ("gopher://127.0.0.1:6379/_x", Err(BadAddress::Scheme)),
            ("https://me@rp.example.com", Err(BadAddress::UserInfo)),
            ("https://:x@rp.example.com", Err(BadAddress::UserInfo)),
            ("https://@rp.example.com", Err(BadAddress::UserInfo)),
            ("https://rp.example.com/#x", Err(BadAddress::Fragment)),
            ("https://rp.example.com#@x", Err(BadAddress::Fragment)),
            ("https://rp.example.com:0", Err(BadAddress::Port)),
        ] {
            let found = Destination::parse(uri).map(|found| (found.door.host.to_string(), found.door.port));
            assert_eq!(found, door.map(|(host, port)| (host.to_owned(), port)), "{uri}");
        }
        assert_eq!(Destination::parse(&format!("https://a/{}", "x".repeat(LONGEST))), Err(BadAddress::NotUri));
    }
}
