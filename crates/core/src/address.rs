//! IP addresses and networks as ranges of one number line.
//!
//! IPv4 addresses lie in IPv6's mapped range (`::ffff:0:0/96`), so that every spelling of an address is one number.

use alloc::string::{String, ToString};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// From `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRange {
    /// The lowest address.
    pub first: Ipv6Addr,
    /// The highest address.
    pub last: Ipv6Addr,
}

impl AddressRange {
    /// Whether the address lies in it. An IPv4 address does so only where an end of the range is one: `::/0` is all of
    /// IPv6, and nothing else.
    #[must_use]
    pub fn contains(&self, address: Ipv6Addr) -> bool {
        self.first <= address
            && address <= self.last
            && (!is_four(address) || is_four(self.first) || is_four(self.last))
    }

    /// Reads one address (`10.1.2.3`, `2001:db8::1`) or a network (`10.1.0.0/16`). Bits past the prefix are ignored.
    ///
    /// ```
    /// use trailsift_core::address::{AddressRange, parse};
    ///
    /// let network = AddressRange::parse("10.1.0.0/16").unwrap();
    /// assert!(network.contains(parse(b"10.1.200.3").unwrap()));
    /// assert!(!network.contains(parse(b"10.2.0.0").unwrap()));
    /// assert_eq!(AddressRange::parse("10.1.0.0/33"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Some((address, prefix)) = text.split_once('/') else {
            let address = mapped(text.parse().ok()?);
            return Some(Self { first: address, last: address });
        };
        if prefix.len() > 3 || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let prefix: u32 = prefix.parse().ok()?;
        let address: IpAddr = address.parse().ok()?;
        let host_bits = match address {
            IpAddr::V4(_) => 32_u32.checked_sub(prefix)?,
            IpAddr::V6(_) => 128_u32.checked_sub(prefix)?,
        };
        let hosts = u128::MAX.checked_shr(128 - host_bits).unwrap_or_default();
        let bits = mapped(address).to_bits();
        Some(Self { first: (bits & !hosts).into(), last: (bits | hosts).into() })
    }
}

/// Whether it is an IPv4 address, which is kept as IPv6 maps it.
pub(crate) fn is_four(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}

/// Every address of IPv4, or of IPv6.
pub(crate) fn family(four: bool) -> AddressRange {
    if four {
        let [first, last] =
            [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST].map(|a| a.to_ipv6_mapped());
        AddressRange { first, last }
    } else {
        AddressRange { first: Ipv6Addr::UNSPECIFIED, last: u128::MAX.into() }
    }
}

fn mapped(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// The address as it is usually written: in IPv4's own form where it is one of those.
pub(crate) fn text(address: Ipv6Addr) -> String {
    match address.to_ipv4_mapped() {
        Some(four) => four.to_string(),
        None => address.to_string(),
    }
}

/// Reads an entry's address; a port behind it (`192.0.2.1:54321`, `[2001:db8::1]:443`), as Cerbos writes its peers, is
/// left out.
///
/// ```
/// use trailsift_core::address::parse;
///
/// assert_eq!(parse(b"2001:DB8:0:0::1"), parse(b"[2001:db8::1]:443"));
/// assert_eq!(parse(b"::ffff:192.0.2.1"), parse(b"192.0.2.1"));
/// assert_eq!(parse(b"unknown"), None);
/// ```
#[must_use]
pub fn parse(text: &[u8]) -> Option<Ipv6Addr> {
    let text = core::str::from_utf8(text).ok()?;
    if let Ok(address) = text.parse() {
        return Some(mapped(address));
    }
    let (address, port) = text.rsplit_once(':')?;
    if port.is_empty() || port.len() > 5 || !port.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match address.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?.parse().ok(),
        None => address.parse().ok().map(|v4| mapped(IpAddr::V4(v4))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_the_same() {
        let one = parse(b"2001:db8::1").unwrap();
        for text in ["2001:0DB8:0:0:0:0:0:1", "2001:db8:0::0:1", "[2001:db8::1]:443"] {
            assert_eq!(parse(text.as_bytes()), Some(one), "{text}");
        }
        let four = parse(b"192.0.2.1");
        assert!(four.is_some());
        for text in ["::ffff:192.0.2.1", "::ffff:c000:201", "192.0.2.1:54321"] {
            assert_eq!(parse(text.as_bytes()), four, "{text}");
        }
    }

    #[test]
    fn networks_hold_their_ends_and_no_more() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["::1", "2001:db8::"]),
            (
                "2001:db8::/32",
                ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
                ["2001:db7:ffff::", "2001:db9::"],
            ),
            ("::/0", ["::", "2001:db8::1"], ["10.0.0.1", "x"]),
            ("::ffff:0:0/96", ["0.0.0.0", "10.0.0.1"], ["::1", "2001:db8::"]),
            ("192.0.2.7/32", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.6", "192.0.2.8"]),
        ] {
            let range = AddressRange::parse(network).unwrap();
            for text in inside {
                assert!(range.contains(parse(text.as_bytes()).unwrap()), "{text} in {network}");
            }
            for text in outside {
                let address = parse(text.as_bytes());
                assert!(!address.is_some_and(|a| range.contains(a)), "{text} in {network}");
            }
        }
    }

    #[test]
    fn what_is_no_address() {
        for text in
            ["", "10.0.0", "10.0.0.256", "10.0.0.1/", "10.0.0.1/+8", "::1/129", "x/8", "1.2.3.4:"]
        {
            assert_eq!(AddressRange::parse(text), None, "{text}");
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
