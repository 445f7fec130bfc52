//! The rules over a destination and the addresses it turned out to have.

use super::address::{self, Kind};
use super::destination::{Door, Scheme};
use super::entry::Entry;
use serde::Serialize;
use std::net::IpAddr;
use url::Host;

/// `[outbound] allow`: what may be reached though private, and by plain http. Empty: the public Internet by https.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(into = "Vec<String>")]
pub struct Allowed(Vec<Entry>);

/// Which rule forbids it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The machine's own credentials.
    #[error("clouds hand out credentials of this machine there; it is never reached")]
    Metadata,
    /// In the clear.
    #[error("it is plain http, and no entry of `[outbound] allow` with http:// lists it")]
    Plain,
    /// No address on the Internet.
    #[error("{0} is {1}, and no entry of `[outbound] allow` lists it")]
    Special(IpAddr, Kind),
}

/// Names of the same places as [`Kind::Metadata`], for resolvers that answer with another address.
const METADATA_NAMES: [&str; 8] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "metadata.tencentyun.com",
    "metadata.oraclecloud.com",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Is the name one of a cloud's metadata?
pub(super) fn is_metadata_name(name: &str) -> bool {
    METADATA_NAMES.contains(&name)
}

impl Allowed {
    /// What can be said before any address is known. It spares look-ups; it admits nothing.
    ///
    /// # Errors
    /// Whatever its addresses are, it is forbidden.
    pub fn name(&self, door: &Door) -> Result<(), Forbidden> {
        if matches!(&door.host, Host::Domain(name) if is_metadata_name(name)) {
            return Err(Forbidden::Metadata);
        }
        if door.scheme == Scheme::Http && !self.0.iter().any(|entry| entry.may_list(door)) {
            return Err(Forbidden::Plain);
        }
        Ok(())
    }

    /// May this address of the destination be connected to?
    ///
    /// # Errors
    /// Why not.
    pub fn address(&self, door: &Door, address: IpAddr) -> Result<(), Forbidden> {
        let address = address.to_canonical();
        match (address::kind(address), door.scheme) {
            (Kind::Metadata, _) => Err(Forbidden::Metadata),
            _ if self.0.iter().any(|entry| entry.lists(door, address)) => Ok(()),
            (_, Scheme::Http) => Err(Forbidden::Plain),
            (Kind::Public, Scheme::Https) => Ok(()),
            (kind, Scheme::Https) => Err(Forbidden::Special(address, kind)),
        }
    }

    /// The entries, in the order of the configuration.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

impl FromIterator<Entry> for Allowed {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Allowed {
        Allowed(entries.into_iter().collect())
    }
}

impl From<Allowed> for Vec<String> {
    fn from(allowed: Allowed) -> Vec<String> {
        allowed.0.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outbound::Destination;

    fn judged(allow: &[&str], uri: &str, address: &str) -> Result<(), Forbidden> {
        let allowed: Allowed = allow.iter().map(|entry| entry.parse::<Entry>().unwrap()).collect();
        let door = Destination::parse(uri).unwrap().door().clone();
        allowed.name(&door)?;
        allowed.address(&door, address.parse().unwrap())
    }

    #[test]
    fn addresses_under_rules() {
        const GOOD: &str = "";
        const PLAIN: &str = "plain http";
        const META: &str = "credentials";
        const PRIVATE: &str = "a private address";
        const LOOP: &str = "a loopback address";
        let table: &[(&[&str], &str, &str, &str)] = &[
            // Nothing listed.
            (&[], "https://a.example", "1.1.1.1", GOOD),
            (&[], "https://a.example:8443", "2606:4700::1", GOOD),
            (&[], "https://a.example", "10.0.0.1", PRIVATE),
            (&[], "https://a.example", "::ffff:10.0.0.1", PRIVATE),
            (&[], "https://localhost", "127.0.0.1", LOOP),
            (&[], "http://a.example", "1.1.1.1", PLAIN),
            (&[], "http://a.example", "10.0.0.1", PLAIN),
            // A name: whatever its addresses, at its scheme and port.
            (&["a.example"], "https://a.example", "10.0.0.1", GOOD),
            (&["a.example"], "https://A.EXAMPLE./x", "10.0.0.1", GOOD),
            (&["a.example"], "https://a.example:443", "10.0.0.1", GOOD),
            (&["a.example"], "https://a.example:8443", "10.0.0.1", PRIVATE),
            (&["a.example"], "https://a.example:8443", "1.1.1.1", GOOD),
            (&["a.example"], "https://b.a.example", "10.0.0.1", PRIVATE),
            (&["a.example"], "https://a.example.b", "10.0.0.1", PRIVATE),
            (&["a.example"], "http://a.example", "10.0.0.1", PLAIN),
            (&["a.example:8443"], "https://a.example:8443", "10.0.0.1", GOOD),
            (&["a.example:8443"], "https://a.example", "10.0.0.1", PRIVATE),
            (&["a.example:*"], "https://a.example:1", "10.0.0.1", GOOD),
            (&["a.example:*"], "http://a.example", "1.1.1.1", PLAIN),
            (&["http://a.example"], "http://a.example", "1.1.1.1", GOOD),
            (&["http://a.example"], "http://a.example", "10.0.0.1", GOOD),
            (&["http://a.example"], "http://a.example:8080", "1.1.1.1", PLAIN),
            (&["http://a.example"], "http://b.example", "1.1.1.1", PLAIN),
            (&["http://a.example:*"], "http://a.example:8080", "10.0.0.1", GOOD),
            (&["http://a.example:*"], "https://a.example", "10.0.0.1", PRIVATE),
            // Networks: whatever the name.
            (&["10.0.0.0/8"], "https://a.example", "10.255.0.1", GOOD),
            (&["10.0.0.0/8"], "https://10.1.2.3", "10.1.2.3", GOOD),
            (&["10.0.0.0/8"], "https://a.example", "::ffff:10.0.0.1", GOOD),
            (&["10.0.0.0/8"], "https://a.example", "192.168.0.1", PRIVATE),
            (&["10.0.0.0/8"], "https://a.example:8443", "10.0.0.1", PRIVATE),
            (&["10.0.0.0/8"], "http://a.example", "10.0.0.1", PLAIN),
            // Who lists a network has not listed the ways round by a translator.
            (&["10.0.0.0/8:*"], "https://[64:ff9b::a00:1]", "64:ff9b::a00:1", PRIVATE),
            (&["10.0.0.0/8:*"], "https://[2002:a00:1::]", "2002:a00:1::", PRIVATE),
            (&["[64:ff9b::]/96"], "https://[64:ff9b::a00:1]", "64:ff9b::a00:1", GOOD),
            (&["http://10.0.0.0/8:8080"], "http://a.example:8080", "10.0.0.1", GOOD),
            (&["http://10.0.0.0/8:8080"], "http://a.example:8080", "1.1.1.1", PLAIN),
            (&["http://10.0.0.0/8:8080"], "http://a.example", "10.0.0.1", PLAIN),
            (&["[fd00::/8]:*"], "https://a.example:9", "fd00::1", GOOD),
            (&["[::1]:*"], "https://[::1]:9", "::1", GOOD),
            (&["[::1]:*"], "https://localhost:9", "127.0.0.1", LOOP),
            (&["localhost:*"], "https://localhost:9", "127.0.0.1", GOOD),
            (&["localhost:*"], "https://a.localhost:9", "127.0.0.1", LOOP),
            (&["127.0.0.0/8:*"], "https://a.localhost:9", "127.0.0.1", GOOD),
            // Never, whatever is listed.
            (&["169.254.0.0/16:*"], "https://169.254.169.254", "169.254.169.254", META),
            (&["169.254.0.0/16:*"], "https://169.254.169.1", "169.254.169.1", GOOD),
            (&["a.example:*"], "https://a.example", "169.254.169.254", META),
            (&["a.example:*"], "https://a.example", "::ffff:169.254.169.254", META),
            (&["a.example:*"], "https://a.example", "fd00:ec2::254", META),
            (&["a.example:*"], "https://a.example", "64:ff9b::a9fe:a9fe", META),
            (&["http://100.64.0.0/10:*"], "http://100.100.100.200", "100.100.100.200", META),
            (&["http://10.0.0.0/8:*"], "http://metadata.google.internal", "10.0.0.1", META),
            (&["10.0.0.0/8:*"], "https://Metadata.Google.Internal.", "10.0.0.1", META),
        ];
        for (allow, uri, address, expected) in table {
            let found = judged(allow, uri, address).map_or_else(|forbidden| forbidden.to_string(), |()| String::new());
            let same = if expected.is_empty() { found.is_empty() } else { found.contains(expected) };
            assert!(same, "{allow:?} {uri} {address}: {found:?} and not {expected:?}");
        }
    }
}
