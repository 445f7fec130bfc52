//! The demo: an identity provider and two relying apps, started by one command.
//!
//! `cargo run --release -p demo` starts Abide on `http://localhost:8080`, Meridian Bank on
//! `http://bank.localhost:8081` and Plaza on `http://plaza.localhost:8082`. The provider runs in this process for
//! convenience only: the apps know nothing of it but its issuer URL and speak to it over HTTP, like anybody's app.
//!
//! * `idp` is the only file that calls the provider's library: it writes the import file and starts it.
//! * `relying_app` is one implementation of a relying app on the crate `abide-rp`, worn by two brands.
//! * `terminal`, `ports`, `shutdown`, `registrations` are the command around them.

mod idp;
mod ports;
mod registrations;
mod relying_app;
mod secret;
mod shutdown;
mod terminal;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Parser;

use crate::ports::Reserved;
use crate::registrations::Registrations;
use crate::relying_app::brand::{MERIDIAN, PLAZA};
use crate::relying_app::{Shop, Surroundings, server};

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
    let [idp_port, bank_port, plaza_port] = ports::reserve(options.port)?;
    let registrations = Registrations::load_or_create(home.path())?;
    let issuer = format!("http://localhost:{}", idp_port.number());
    let bank_origin = MERIDIAN.origin(bank_port.number());
    let plaza_origin = PLAZA.origin(plaza_port.number());

    let clients = [
        idp::Registered { brand: &MERIDIAN, origin: &bank_origin, secret: &registrations.bank },
        idp::Registered { brand: &PLAZA, origin: &plaza_origin, secret: &registrations.plaza },
    ];
    let provider = idp::start(&issuer, home.path(), idp_port.release(), &clients).await?;
    let apps = async {
        let bank = Surroundings { issuer: &issuer, origin: &bank_origin, secret: &registrations.bank };
        let plaza = Surroundings { issuer: &issuer, origin: &plaza_origin, secret: &registrations.plaza };
        Ok::<_, anyhow::Error>([
            open(Shop::open(&MERIDIAN, &bank, (PLAZA.name, &plaza_origin)).await?, bank_port)?,
            open(Shop::open(&PLAZA, &plaza, (MERIDIAN.name, &bank_origin)).await?, plaza_port)?,
        ])
    }
    .await;

    if apps.is_ok() {
        let moved = ports::moved(options.port, &[&issuer, &bank_origin, &plaza_origin]);
        let welcome = terminal::Welcome {
            addresses: [("Identity provider", &issuer), (MERIDIAN.name, &bank_origin), (PLAZA.name, &plaza_origin)],
            moved,
            data: matches!(home, Home::Kept(_)).then(|| home.path()),
        };
        welcome.print()?;
        shutdown::asked().await?;
    }
    if let Ok([bank, plaza]) = &apps {
        tokio::join!(bank.stop(true), plaza.stop(true));
    }
    provider.stop().await?;
    apps.map(drop)
}

fn open(app: Shop, port: Reserved) -> anyhow::Result<actix_web::dev::ServerHandle> {
    let name = app.brand.name;
    server::open(app, port.into_listeners()).with_context(|| format!("{name} does not start"))
}
