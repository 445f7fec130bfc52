//! Mail addresses that we write to: plain ones alone, so that nothing in one can become a header or a command.

use crate::model::record::Name;
use std::fmt;

/// An address of the form `local@domain` (RFC 5321, section 4.1.2, without quoted strings, comments and IP literals). The
/// domain of another script is kept in its ASCII form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress {
    local: String,
    domain: String,
}

impl MailAddress {
    /// Reads one; none where it has another form.
    pub fn parse(text: &str) -> Option<MailAddress> {
        let (local, domain) = text.rsplit_once('@')?;
        let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        let local_fits = local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom));
        // The parser of hosts decodes per cent signs, which nobody writes in an address.
        if !local_fits || domain.len() > 253 || domain.ends_with('.') || domain.contains('%') {
            return None;
        }
        let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else { return None };
        let label = |label: &str| {
            let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
        };
        let fits = domain.len() <= 253 && domain.split('.').all(label);
        fits.then(|| MailAddress { local: local.to_owned(), domain })
    }

    /// How addresses compare: in lower case. Standards let a mail server tell upper case from lower in what is before the
    /// `@`; none does that people use, and two accounts that differ in nothing else would be one person's.
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }

    /// The unique name that a verified address claims.
    pub fn name(&self) -> Name {
        Name { sort: "email", value: self.key() }
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// The unique name behind what somebody typed: of an address, or of nothing, so that the work is the same.
pub fn typed_name(typed: &str) -> Name {
    MailAddress::parse(typed).map_or_else(|| Name { sort: "email", value: String::new() }, |address| address.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, key) in [
            ("mira@example.org", Some("mira@example.org")),
            ("Mira.L+abide@Example.ORG", Some("mira.l+abide@example.org")),
            ("a@localhost", Some("a@localhost")),
            ("post@bücher.example", Some("post@xn--bcher-kva.example")),
            ("", None),
            ("mira", None),
            ("@example.org", None),
            ("mira@", None),
            ("mira@example.org.", None),
            ("mira@exa mple.org", None),
            ("mira @example.org", None),
            (" mira@example.org", None),
            (".mira@example.org", None),
            ("mi..ra@example.org", None),
            ("\"mira\"@example.org", None),
            ("mira@[192.0.2.1]", None),
            ("mira@192.0.2.1", None),
            ("mira@example.org\r\nBcc: all@example.org", None),
            ("mira\r\nRCPT TO:<x@example.org>@example.org", None),
            ("mira@example.org\0", None),
            ("mira@example.org,otto@example.org", None),
            ("mira@otto@example.org", None),
            ("Mira <mira@example.org>", None),
            ("m\u{202e}ira@example.org", None),
            ("mıra@example.org", None),
            ("mira@-example.org", None),
            ("mira@exam_ple.org", None),
            ("mira@ex%61mple.org", None),
            ("mira@%65xample.org", None),
        ] {
            assert_eq!(MailAddress::parse(text).map(|address| address.key()).as_deref(), key, "{text:?}");
        }
        assert!(MailAddress::parse(&format!("{}@example.org", "a".repeat(65))).is_none());
        assert!(MailAddress::parse(&format!("a@{}", "a.".repeat(5_000))).is_none());
        assert_eq!(typed_name("nobody"), Name { sort: "email", value: String::new() });
    }
}
