//! The application, put together: opened from a configuration, served, stopped. `main`, the demo and the tests all go
//! through here.

pub mod background;
pub mod control;
pub mod files;
pub mod keep;
mod kept;
pub mod key_files;
mod key_table;
mod listener;

use crate::clock::Clock;
use crate::config::{Config, MailTls, Opening, StoreKind};
use crate::crypto::hashing::{Cost, Hashing, USUAL};
use crate::crypto::key_folder::{forget_former_keys, former_keys, sealing_key};
use crate::crypto::keyring::Keyring;
use crate::crypto::seal::Seals;
use crate::crypto::webauthn::RelyingParty;
use crate::flow::import::{Imported, ReplaceSecrets};
use crate::flow::logo::Fetching;
use crate::flow::mail::PostOffice;
use crate::flow::nodes::Membership;
use crate::flow::notify::Pacing;
use crate::flow::upstream::Upstreams;
use crate::flow::{Idp, Settings, TokenLifetimes};
use crate::model::cookies::Switch;
use crate::model::grant::OfflineLimits;
use crate::outside::breached::Breached;
use crate::outside::http::Outbound;
use crate::outside::mail::{Mailer, Protection, Relay};
use crate::outside::published::{self, Published};
use crate::store::{Backend, Store};
use crate::web::{self, Facing, Streams};
use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App as Actix, HttpServer};
use anyhow::Context;
use kept::Kept;
pub use kept::migrate;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// Sign-ins that may wait for the password hash at the same time.
const HASHING_QUEUE: usize = 64;
/// Token requests with weak client secrets that may wait at the same time.
const CLIENT_QUEUE: usize = 8;
/// A graceful stop waits this long for requests in flight, in seconds.
const FAREWELL: u64 = 15;

/// The provider, opened and not yet served.
pub struct App {
    config: Config,
    facing: Data<Facing>,
    store: Kept,
}

/// The provider, answering.
pub struct Running {
    addresses: Vec<SocketAddr>,
    setup_link: Option<String>,
    server: ServerHandle,
    over: watch::Receiver<bool>,
    tasks: Vec<JoinHandle<()>>,
    facing: Data<Facing>,
    store: Kept,
}

impl App {
    /// Opens store and keys.
    ///
    /// # Errors
    /// What cannot be opened, and what to do.
    pub async fn open(config: Config) -> anyhow::Result<App> {
        App::open_by(config, Clock::System).await
    }

    /// The same by another clock than the machine's.
    ///
    /// # Errors
    /// What cannot be opened, and what to do.
    pub async fn open_by(config: Config, clock: Clock) -> anyhow::Result<App> {
        let app = App::open_without_keys(config, clock).await?;
        open_keys(&app.config, &app.facing).await?;
        Ok(app)
    }

    /// For making new keys, also where those that are there cannot be read.
    async fn open_without_keys(config: Config, clock: Clock) -> anyhow::Result<App> {
        make_data_dir(&config)?;
        let store = Kept::open_whole(&config).await?;
        let facing = unready(&config, store.backend(), (clock, USUAL), reach(&config))?;
        // Before the keys: whoever does not fit leaves nothing of its own in the others' store.
        facing.idp.fits(facing.clock.now()).await??;
        Ok(App { config, facing, store })
    }

    /// Imports a file into the provider.
    ///
    /// # Errors
    /// The first wrong entry; then nothing was imported.
    pub async fn import(&self, json: &str) -> anyhow::Result<Imported> {
        Ok(self.facing.idp.import(json, ReplaceSecrets::No, self.facing.clock.now()).await?)
    }

    /// Binds and answers.
    ///
    /// # Errors
    /// The address cannot be bound, or a TLS file cannot be used.
    pub async fn serve(self) -> anyhow::Result<Running> {
        let facing = self.facing.clone();
        let server = HttpServer::new(move || application(facing.clone()))
            .client_request_timeout(Duration::from_secs(10))
            .client_disconnect_timeout(Duration::from_secs(5))
            .keep_alive(Duration::from_secs(75))
            .shutdown_timeout(FAREWELL)
            .disable_signals();
        let listen = self.config.listen;
        let tls = tls::acceptor(&self.config.tls)?;
        let bound = listener::listen(listen).and_then(|listener| match tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls),
            None => server.listen(listener),
        });
        let bound = bound.with_context(|| {
            format!("cannot listen on {listen}; where another program listens, choose another address (`listen`)")
        })?;
        let addresses = bound.addrs();
        // As late as can be: whoever reports and then does not start keeps others waiting.
        self.facing.idp.report(self.facing.clock.now()).await??;
        let setup_link = match self.setup_link().await {
            Ok(link) => link,
            Err(error) => {
                self.facing.idp.leave().await?;
                return Err(error);
            }
        };
        let server = bound.run();
        let handle = server.handle();
        let (tell, over) = watch::channel(false);
        let mut tasks = vec![tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the server stopped");
            }
            let _ = tell.send(true);
        })];
        tasks.extend(background::start(&self.facing));
        if self.config.store.kind == StoreKind::Postgres {
            tasks.push(tokio::spawn(background::overhear(self.facing.clone())));
        }
        tasks.push(tokio::spawn(stop_when_broken(self.store.clone(), handle.clone())));
        tasks.extend(control::listen(&self.config, self.facing.clone()));
        Ok(Running { addresses, setup_link, server: handle, over, tasks, facing: self.facing, store: self.store })
    }

    /// The link that makes the first administrator, where there is none. Where nobody sits at a terminal it waits in
    /// a file that only we may read.
    async fn setup_link(&self) -> anyhow::Result<Option<String>> {
        let path = self.config.data_dir.join("setup-link");
        let Some(link) = self.facing.idp.offer_setup(self.facing.clock.now()).await? else {
            // Used up, or never needed.
            let _ = std::fs::remove_file(&path);
            return Ok(None);
        };
        files::write_private(&path, link.expose())?;
        Ok(Some(link.expose().to_owned()))
    }
}

impl Running {
    /// Where it listens.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.addresses.clone()
    }

    /// The link that makes the first administrator, where there is none.
    pub fn setup_link(&self) -> Option<String> {
        self.setup_link.clone()
    }

    /// Returns when the server has stopped by itself.
    pub async fn finished(&self) {
        let mut over = self.over.clone();
        let _ = over.wait_for(|over| *over).await;
    }

    /// Stops: no new connections, requests in flight finish, the store is flushed.
    ///
    /// # Errors
    /// The store could not be flushed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.facing.streams.close();
        self.facing.idp.look_again();
        self.server.stop(true).await;
        for task in &self.tasks {
            task.abort();
        }
        if let Err(fault) = self.facing.idp.leave().await {
            tracing::warn!(%fault, "the other nodes could not be told that this one stops");
        }
        self.store.backend().close().await.context("the store could not be flushed")
    }
}

/// The provider over a store, as a configuration wants it.
///
/// # Errors
/// The keys cannot be read or made.
pub async fn assemble(
    config: &Config,
    store: Arc<dyn Backend>,
    clock: Clock,
    cost: Cost,
) -> anyhow::Result<Data<Facing>> {
    assemble_reaching(config, store, clock, cost, reach(config)).await
}

/// The same with another way to the outside than the one that the configuration describes.
///
/// # Errors
/// The keys cannot be opened.
pub async fn assemble_reaching(
    config: &Config,
    store: Arc<dyn Backend>,
    clock: Clock,
    cost: Cost,
    outbound: Outbound,
) -> anyhow::Result<Data<Facing>> {
    let facing = unready(config, store, (clock, cost), outbound)?;
    open_keys(config, &facing).await?;
    Ok(facing)
}

/// What the installation may reach.
fn reach(config: &Config) -> Outbound {
    Outbound::new(config.outbound.allow.clone())
}

/// The signing keys of the store. Those that a former version kept in files become the store's; then the files go.
async fn open_keys(config: &Config, facing: &Facing) -> anyhow::Result<()> {
    let former = former_keys(&config.keys_dir)?;
    facing.idp.open_keys(&former, facing.clock.now()).await?;
    if !former.is_empty() {
        forget_former_keys(&config.keys_dir)?;
        tracing::info!(folder = %config.keys_dir.display(), "the signing keys are in the store now; their files were removed");
    }
    Ok(())
}

/// Without signing keys yet.
fn unready(
    config: &Config,
    store: Arc<dyn Backend>,
    (clock, cost): (Clock, Cost),
    outbound: Outbound,
) -> anyhow::Result<Data<Facing>> {
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let idp = Idp {
        issuer: config.issuer.clone(),
        store: Store::new(store),
        seals: Seals::new(&*sealing_key(&config.keys_dir, config.keys.seal()?.as_ref())?),
        passkeys: RelyingParty::of(&config.issuer),
        ring: Keyring::default(),
        hashing: Hashing::new(cost, workers, HASHING_QUEUE),
        client_hashing: Hashing::new(cost, 1, CLIENT_QUEUE),
        settings: settings(config)?,
        nodes: Membership::default(),
        upstreams: Upstreams::new(config.upstream.iter().map(|one| one.upstream()).collect(), outbound.clone()),
        client_keys: Published::keys(outbound.clone(), published::KEYS),
        request_objects: Published::request_objects(outbound.clone(), published::REQUEST_OBJECTS),
        sectors: Published::sectors(outbound.clone(), published::SECTORS),
        logos: Fetching::default(),
        outbound,
        pacing: Pacing::default(),
        post: PostOffice::new(mailer(config)?),
        breached: config.passwords.breached.as_deref().map(Breached::at),
    };
    Ok(Data::new(Facing {
        idp,
        clock,
        trusted_proxies: config.http.trusted_proxies.clone(),
        streams: Streams::default(),
    }))
}

/// The rules of an installation, as its configuration has them.
///
/// # Errors
/// A file that it names cannot be read.
pub fn settings(config: &Config) -> anyhow::Result<Settings> {
    let tokens = &config.tokens;
    Ok(Settings {
        sessions: config.session.policies(),
        tokens: TokenLifetimes {
            code: tokens.code.0,
            access: tokens.access.0,
            id: tokens.id.0,
            refresh_retry: tokens.refresh_retry.0,
            offline: OfflineLimits { idle: tokens.refresh_idle.0, max: tokens.refresh_max.0 },
        },
        rotate_after: config.keys.rotate_after,
        cookies: config.cookies,
        requirements: config.sign_in.require.clone(),
        on_jump: config.sign_in.on_jump,
        on_unusual: config.sign_in.on_unusual,
        self_registration: config.accounts.self_registration,
        registration: config.registration.terms()?,
        dpop_nonce: tokens.dpop_nonce,
    })
}

/// What sends mails, where there is mail.
fn mailer(config: &Config) -> anyhow::Result<Option<Mailer>> {
    let mail = &config.mail;
    let host = config.issuer.host();
    let from = mail.from.as_ref().map_or_else(|| format!("Abide <abide@{host}>"), ToString::to_string);
    let wrong = |reason: String| anyhow::anyhow!("mail: {reason}");
    let Some(server) = &mail.server else {
        let shows = mail.development == Switch::On;
        return if shows { Mailer::showing(&from).map(Some).map_err(wrong) } else { Ok(None) };
    };
    let password = match (mail.password.secret(), &mail.password_file) {
        (Some(secret), _) => Some(Zeroizing::new(secret.expose().to_owned())),
        (None, Some(path)) => {
            let read = std::fs::read_to_string(path).map(Zeroizing::new);
            let text = read.with_context(|| format!("mail.password_file: {} cannot be read", path.display()))?;
            Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
        (None, None) => None,
    };
    let protection = match (server.opening, mail.tls) {
        (Opening::Tls, _) => Protection::Wrapped,
        (Opening::Clear, MailTls::Required) => Protection::StartTls,
        (Opening::Clear, MailTls::None) => Protection::None,
    };
    let relay = Relay {
        host: server.host.clone(),
        port: server.port,
        protection,
        login: password.map(|password| (mail.username.clone(), password)),
        ourselves: host.to_owned(),
    };
    Mailer::by(relay, &from).map(Some).map_err(wrong)
}

/// The one application: for the server and for tests alike.
pub fn application(
    facing: Data<Facing>,
) -> Actix<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    Actix::new()
        .app_data(facing)
        .app_data(PayloadConfig::new(web::LARGEST_FORM))
        .wrap(from_fn(web::speak))
        .wrap(from_fn(web::hand_out_nonce))
        .wrap(from_fn(web::by_registered_origin))
        .wrap(from_fn(web::guard))
        .wrap(from_fn(web::trace))
        .configure(web::routes)
}

fn make_data_dir(config: &Config) -> anyhow::Result<()> {
    let folder = &config.data_dir;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("the data folder {} cannot be made", folder.display()))
}

/// A store that failed to reach the disk is final: nothing may be answered any more.
async fn stop_when_broken(store: Kept, server: ServerHandle) {
    if let Some(fault) = store.over().await {
        tracing::error!(%fault, "the store is broken; stopping");
        server.stop(false).await;
    }
}

mod tls {
    //! TLS ended by ourselves.

    use crate::config::Tls;
    use anyhow::Context;
    use rustls::ServerConfig;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    /// The server's side of TLS, where a certificate is configured.
    pub(super) fn acceptor(tls: &Tls) -> anyhow::Result<Option<ServerConfig>> {
        let Some((cert, key)) = tls.files() else { return Ok(None) };
        let named = |path: &std::path::Path| format!("tls: {} cannot be used", path.display());
        let chain = CertificateDer::pem_file_iter(cert).with_context(|| named(cert))?;
        let chain = chain.collect::<Result<Vec<_>, _>>().with_context(|| named(cert))?;
        let private = PrivateKeyDer::from_pem_file(key).with_context(|| named(key))?;
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private);
        Ok(Some(config.context("tls: the certificate and the key do not go together")?))
    }
}
