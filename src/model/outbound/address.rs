//! What kind of address one is (IANA special-purpose address registries; RFC 6890, RFC 8190).

use ipnet::{Ipv4Net, Ipv6Net};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anybody's.
    Public,
    /// A cloud hands out the machine's own credentials there.
    Metadata,
    /// "This network", the unspecified address among them: systems connect to themselves by it.
    Unspecified,
    /// This machine.
    Loopback,
    /// RFC 1918.
    Private,
    /// Behind a carrier's NAT (RFC 6598).
    Shared,
    /// RFC 3927, RFC 4291.
    LinkLocal,
    /// RFC 4193, and the site-local addresses before them.
    UniqueLocal,
    /// To many.
    Multicast,
    /// To all.
    Broadcast,
    /// For examples (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// For measuring devices (RFC 2544, RFC 5180).
    Benchmarking,
    /// Everything else that is no address of a host on the Internet.
    Reserved,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// The first that contains the address says what it is.
const V4: [(Ipv4Net, Kind); 16] = [
    (v4(0, 0, 0, 0, 8), Kind::Unspecified),
    (v4(10, 0, 0, 0, 8), Kind::Private),
    (v4(100, 64, 0, 0, 10), Kind::Shared),
    (v4(127, 0, 0, 0, 8), Kind::Loopback),
    (v4(169, 254, 0, 0, 16), Kind::LinkLocal),
    (v4(172, 16, 0, 0, 12), Kind::Private),
    (v4(192, 0, 0, 0, 24), Kind::Reserved),
    (v4(192, 0, 2, 0, 24), Kind::Documentation),
    (v4(192, 88, 99, 0, 24), Kind::Reserved),
    (v4(192, 168, 0, 0, 16), Kind::Private),
    (v4(198, 18, 0, 0, 15), Kind::Benchmarking),
    (v4(198, 51, 100, 0, 24), Kind::Documentation),
    (v4(203, 0, 113, 0, 24), Kind::Documentation),
    (v4(224, 0, 0, 0, 4), Kind::Multicast),
    (v4(255, 255, 255, 255, 32), Kind::Broadcast),
    (v4(240, 0, 0, 0, 4), Kind::Reserved),
];

/// The first that contains the address says what it is; what none contains is reserved: only `2000::/3` is given out.
const V6: [(Ipv6Net, Kind); 13] = [
    (Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128), Kind::Unspecified),
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), Kind::Loopback),
    // NAT64 (RFC 6052) and 6to4 (RFC 3056) are as public as the address inside them.
    (v6(0x64, 0xff9b, 0, 96), Kind::Public),
    (v6(0x2002, 0, 0, 16), Kind::Public),
    (v6(0x2001, 0x2, 0, 48), Kind::Benchmarking),
    // Teredo, ORCHID and other protocols.
    (v6(0x2001, 0, 0, 23), Kind::Reserved),
    (v6(0x2001, 0xdb8, 0, 32), Kind::Documentation),
    (v6(0x3fff, 0, 0, 20), Kind::Documentation),
    (v6(0x2000, 0, 0, 3), Kind::Public),
    (v6(0xfc00, 0, 0, 7), Kind::UniqueLocal),
    (v6(0xfe80, 0, 0, 10), Kind::LinkLocal),
    (v6(0xfec0, 0, 0, 10), Kind::UniqueLocal),
    (v6(0xff00, 0, 0, 8), Kind::Multicast),
];

/// Where clouds hand out credentials of the machine. No list can be whole; what is not here is still link-local or
/// private, and reached only where somebody listed it.
const METADATA_V4: [Ipv4Addr; 8] = [
    // Nearly all of them.
    Ipv4Addr::new(169, 254, 169, 254),
    // Containers and pods at Amazon.
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    // Scaleway, Tencent.
    Ipv4Addr::new(169, 254, 42, 42),
    Ipv4Addr::new(169, 254, 0, 23),
    // Alibaba, Oracle, Azure. The last one is a public address, and answers only from inside.
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(168, 63, 129, 16),
];
const METADATA_V6: [Ipv6Addr; 5] = [
    // Amazon: machines, pods.
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    // Google, Scaleway, OpenStack.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
];

/// What the address is for. An IPv6 address that is another way to write an IPv4 address, or leads to one, is judged by
/// that as well.
pub fn kind(address: IpAddr) -> Kind {
    match address.to_canonical() {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => match (kind_v6(address), embedded(address).map(kind_v4)) {
            (_, Some(Kind::Metadata)) => Kind::Metadata,
            (Kind::Public, Some(inner)) => inner,
            (outer, _) => outer,
        },
    }
}

fn kind_v4(address: Ipv4Addr) -> Kind {
    if METADATA_V4.contains(&address) {
        return Kind::Metadata;
    }
    V4.iter().find(|(net, _)| net.contains(&address)).map_or(Kind::Public, |(_, kind)| *kind)
}

fn kind_v6(address: Ipv6Addr) -> Kind {
    if METADATA_V6.contains(&address) {
        return Kind::Metadata;
    }
    V6.iter().find(|(net, _)| net.contains(&address)).map_or(Kind::Reserved, |(_, kind)| *kind)
}

/// The IPv4 address inside an IPv6 address that some router or system would turn into it.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let joined = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // IPv4-compatible (RFC 4291, 2.5.5.1), IPv4-translated (RFC 2765), NAT64 (RFC 6052), local NAT64 (RFC 8215).
        [0, 0, 0, 0, 0 | 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        // 6to4 (RFC 3056).
        | [0x2002, high, low, ..] => Some(joined(high, low)),
        _ => None,
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Public => "a public address",
            Kind::Metadata => "an address of a cloud's metadata",
            Kind::Unspecified => "an unspecified address",
            Kind::Loopback => "a loopback address",
            Kind::Private => "a private address",
            Kind::Shared => "a shared address of a carrier",
            Kind::LinkLocal => "a link-local address",
            Kind::UniqueLocal => "a unique-local address",
            Kind::Multicast => "a multicast address",
            Kind::Broadcast => "a broadcast address",
            Kind::Documentation => "an address for documentation",
            Kind::Benchmarking => "an address for benchmarking",
            Kind::Reserved => "a reserved address",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let table: &[(Kind, &[&str])] = &[
            (
                Kind::Public,
                &[
                    "1.1.1.1",
                    "9.255.255.255",
                    "11.0.0.0",
                    "100.63.255.255",
                    "100.128.0.0",
                    "126.255.255.255",
                    "128.0.0.0",
                    "172.15.255.255",
                    "172.32.0.0",
                    "192.0.1.0",
                    "198.17.255.255",
                    "198.20.0.0",
                    "223.255.255.255",
                    "2606:4700::1111",
                    "2001:200::1",
                    "::ffff:1.1.1.1",
                    "64:ff9b::1.1.1.1",
                    "2002:101:101::1",
                ],
            ),
            (Kind::Unspecified, &["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::0.0.0.0"]),
            (Kind::Loopback, &["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]),
            (Kind::Loopback, &["2002:7f00:1::", "2002:7fff:ffff:1:2:3:4:5"]),
            (Kind::Private, &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.1.1"]),
            (Kind::Private, &["::ffff:10.1.2.3", "64:ff9b::192.168.0.1", "2002:c0a8:101::1"]),
            (Kind::Shared, &["100.64.0.0", "100.127.255.255", "::ffff:100.64.0.1"]),
            (Kind::LinkLocal, &["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1", "64:ff9b::169.254.1.1"]),
            (Kind::UniqueLocal, &["fc00::1", "fd12:3456::1", "fdff:ffff::1", "fec0::1"]),
            (Kind::Multicast, &["224.0.0.1", "239.255.255.255", "ff02::1", "::ffff:224.0.0.1"]),
            (Kind::Broadcast, &["255.255.255.255", "::ffff:255.255.255.255"]),
            (Kind::Documentation, &["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1"]),
            (Kind::Benchmarking, &["198.18.0.0", "198.19.255.255", "2001:2::1"]),
            (
                Kind::Reserved,
                &[
                    "192.0.0.1",
                    "192.88.99.1",
                    "240.0.0.1",
                    "255.255.255.254",
                    // Deprecated or local ways to write an IPv4 address; Teredo; discard; nobody's.
                    "::127.0.0.1",
                    "::1.1.1.1",
                    "::ffff:0:1.1.1.1",
                    "64:ff9b:1::1.1.1.1",
                    "2001::1",
                    "2001:20::1",
                    "100::1",
                    "4000::1",
                    "5f00::1",
                ],
            ),
            (
                Kind::Metadata,
                &[
                    "169.254.169.254",
                    "169.254.170.2",
                    "100.100.100.200",
                    "192.0.0.192",
                    "168.63.129.16",
                    "fd00:ec2::254",
                    "fd20:ce::254",
                    "::ffff:169.254.169.254",
                    "::169.254.169.254",
                    "::ffff:0:169.254.169.254",
                    "64:ff9b::a9fe:a9fe",
                    "64:ff9b:1::a9fe:a9fe",
                    "2002:a9fe:a9fe::1",
                ],
            ),
        ];
        for (expected, addresses) in table {
            for address in *addresses {
                assert_eq!(kind(address.parse().unwrap()), *expected, "{address}");
            }
        }
    }
}
