//! What the demo says on the terminal.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::idp::person;

/// Warnings and faults go to standard error; `RUST_LOG` asks for more.
pub(crate) fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// The facts a visitor needs.
pub(crate) struct Welcome<'a> {
    /// What runs where, in the order to visit.
    pub(crate) addresses: [(&'a str, &'a str); 3],
    /// Ports somebody else has.
    pub(crate) moved: Vec<u16>,
    /// The directory that stays, if one was asked for.
    pub(crate) data: Option<&'a Path>,
}

impl Welcome<'_> {
    /// Writes the welcome to standard output.
    ///
    /// # Errors
    /// When standard output is gone.
    pub(crate) fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(self.text().as_bytes())?;
        out.flush()
    }

    fn text(&self) -> String {
        let mut text = String::from("\n  The Abide demo is running.\n\n");
        for (what, address) in self.addresses {
            line(&mut text, what, address);
        }
        text.push('\n');
        line(&mut text, "Username", person::USERNAME);
        line(&mut text, "Password", person::PASSWORD);
        text.push('\n');
        match self.data {
            Some(dir) => line(&mut text, "Data", &dir.display().to_string()),
            None => line(&mut text, "Data", "temporary, gone when the demo stops"),
        }
        if !self.moved.is_empty() {
            let ports: Vec<String> = self.moved.iter().map(u16::to_string).collect();
            line(&mut text, "Taken", &format!("{}; the next free was used", ports.join(", ")));
        }
        let [_, (bank, _), (plaza, _)] = self.addresses;
        let _ = write!(text, "\n  Sign in at {bank}, then open {plaza}. Ctrl-C stops.\n\n");
        text
    }
}

fn line(text: &mut String, what: &str, value: &str) {
    let _ = writeln!(text, "  {what:<18}  {value}");
}

#[cfg(test)]
mod tests {
    use super::Welcome;

    #[test]
    fn names_every_address_and_the_credentials() {
        let addresses = [("Identity provider", "http://localhost:1"), ("A", "http://a"), ("B", "http://b")];
        let text = Welcome { addresses, moved: vec![8080], data: None }.text();
        for expected in ["http://localhost:1", "http://a", "http://b", "mira", "8080; the next free"] {
            assert!(text.contains(expected), "{expected} is missing from {text}");
        }
        assert!(text.lines().all(|line| line.len() <= 80));
    }
}
