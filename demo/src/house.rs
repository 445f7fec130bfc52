//! The provider and both apps, opened and stopped together.

use std::path::Path;

use abide::app::Running;
use abide_rp::Clock;
use actix_web::dev::ServerHandle;
use anyhow::Context;

use crate::idp;
use crate::ports::Reserved;
use crate::registrations::Registrations;
use crate::relying_app::brand::{MERIDIAN, PLAZA};
use crate::relying_app::{Shop, Surroundings, server};

/// All of it, running.
pub(crate) struct House {
    pub(crate) issuer: String,
    pub(crate) bank_origin: String,
    pub(crate) plaza_origin: String,
    provider: Running,
    apps: [ServerHandle; 2],
}

impl House {
    /// Opens everything by one clock. Where an app does not start, the provider is stopped again.
    ///
    /// # Errors
    /// What does not start, and why.
    pub(crate) async fn open(home: &Path, ports: [Reserved; 3], clock: &Clock) -> anyhow::Result<House> {
        let [idp_port, bank_port, plaza_port] = ports;
        let registrations = Registrations::load_or_create(home)?;
        let issuer = format!("http://localhost:{}", idp_port.number());
        let bank_origin = MERIDIAN.origin(bank_port.number());
        let plaza_origin = PLAZA.origin(plaza_port.number());
        let clients = [
            idp::Registered { brand: &MERIDIAN, origin: &bank_origin, secret: &registrations.bank },
            idp::Registered { brand: &PLAZA, origin: &plaza_origin, secret: &registrations.plaza },
        ];
        let provider = idp::start(&issuer, home, idp_port.release(), &clients, clock).await?;
        let apps = async {
            let bank = Surroundings { issuer: &issuer, origin: &bank_origin, secret: &registrations.bank, clock };
            let plaza = Surroundings { issuer: &issuer, origin: &plaza_origin, secret: &registrations.plaza, clock };
            Ok::<_, anyhow::Error>([
                serve(Shop::open(&MERIDIAN, &bank, (PLAZA.name, &plaza_origin)).await?, bank_port)?,
                serve(Shop::open(&PLAZA, &plaza, (MERIDIAN.name, &bank_origin)).await?, plaza_port)?,
            ])
        }
        .await;
        match apps {
            Ok(apps) => Ok(House { issuer, bank_origin, plaza_origin, provider, apps }),
            Err(error) => {
                provider.stop().await?;
                Err(error)
            }
        }
    }

    /// Stops everything, the apps first.
    ///
    /// # Errors
    /// When the provider does not stop as it should.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let [bank, plaza] = &self.apps;
        tokio::join!(bank.stop(true), plaza.stop(true));
        self.provider.stop().await
    }
}

fn serve(app: Shop, port: Reserved) -> anyhow::Result<ServerHandle> {
    let name = app.brand.name;
    server::open(app, port.into_listeners()).with_context(|| format!("{name} does not start"))
}
