//! The demo: an identity provider and two relying apps, started by one command.
//!
//! `cargo run --release -p demo` starts Abide on `http://localhost:8080`, Meridian Bank on
//! `http://bank.localhost:8081` and Plaza on `http://plaza.localhost:8082`. The provider runs in this process for
//! convenience only: the apps know nothing of it but its issuer URL and speak to it over HTTP, like anybody's app.
//!
//! * `idp` is the only file that calls the provider's library: it writes the import file and starts it.
//! * `relying_app` is one implementation of a relying app on the crate `abide-rp`, worn by two brands.
//! * `house` opens all three and stops them.
//! * `terminal`, `ports`, `shutdown`, `registrations` are the command around them.

mod house;
mod idp;
mod ports;
mod registrations;
mod relying_app;
mod secret;
mod shutdown;
#[cfg(test)]
mod story;
mod terminal;

use std::path::{Path, PathBuf};

use abide_rp::Clock;
use anyhow::Context;
use clap::Parser;

use crate::house::House;
use crate::relying_app::brand::{MERIDIAN, PLAZA};

/// Starts an OpenID Connect identity provider and two apps that rely on it.
#[derive(Debug, Parser)]
#[command(name = "demo", version, after_help = "Everything listens on this machine only. Ctrl-C stops it.")]
struct Options {
    /// Port of the identity provider; the apps take the two after it. A taken port is replaced by the next free one.
    #[arg(long, default_value_t = 8080, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..=65_000))]
    port: u16,
    /// Keep accounts, sessions and keys in this directory. Without it a temporary one is used and removed at the end.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Where the demo keeps its things; a temporary directory disappears when this is dropped.
enum Home {
    Kept(PathBuf),
    Temporary(tempfile::TempDir),
}

impl Home {
    fn choose(asked: Option<PathBuf>) -> anyhow::Result<Self> {
        match asked {
            Some(dir) => {
                std::fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
                Ok(Self::Kept(dir))
            }
            None => {
                let dir = tempfile::Builder::new().prefix("abide-demo-").tempdir();
                Ok(Self::Temporary(dir.context("cannot create a temporary directory")?))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(dir) => dir,
            Self::Temporary(dir) => dir.path(),
        }
    }
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    // Before anything opens a TLS-capable client: reqwest is built without a provider of its own.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        anyhow::bail!("a TLS provider was installed before ours");
    }
    terminal::log_to_stderr();
    run(Options::parse()).await
}

async fn run(options: Options) -> anyhow::Result<()> {
    let home = Home::choose(options.data_dir)?;
    let house = House::open(home.path(), ports::reserve(options.port)?, &Clock::System).await?;
    let welcome = terminal::Welcome {
        addresses: [
            ("Identity provider", &house.issuer),
            (MERIDIAN.name, &house.bank_origin),
            (PLAZA.name, &house.plaza_origin),
        ],
        moved: ports::moved(options.port, &[&house.issuer, &house.bank_origin, &house.plaza_origin]),
        data: matches!(home, Home::Kept(_)).then(|| home.path()),
    };
    let asked = match welcome.print() {
        Ok(()) => shutdown::asked().await,
        Err(error) => Err(error.into()),
    };
    house.stop().await?;
    asked
}
