//! The provider, in process.

use super::app::RelyingApp;
use super::browser::{Answer, Browser};
use super::counting::{Counting, Stopping};
use super::every_answer;
use super::logs::explained;
use super::stream::Stream;
use abide::app::{application, assemble, assemble_reaching};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::crypto::key_folder::sealing_key;
use abide::crypto::seal::{Purpose, Seals};
use abide::crypto::signing_key::KeptKey;
use abide::flow::import::ReplaceSecrets;
use abide::model::account::{Account, EpochReason, username_name};
use abide::model::audit::{Act, Event};
use abide::model::cookies::Switch;
use abide::model::record::{Change, Kind};
use abide::model::setting::Setting;
use abide::model::signing_key::Successor;
use abide::outside::http::Outbound;
use abide::protocol::Timestamp;
use abide::protocol::signing::SigningAlg;
use abide::store::sled::SledStore;
use abide::store::{Backend, Store};
use abide::web::Facing;
use actix_web::HttpMessage;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use serde_json::{Value, json};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tempfile::TempDir;

/// The person of the stories.
pub const USERNAME: &str = "mira";
/// Her password.
pub const PASSWORD: &str = "harbour lanterns at dusk";
/// The issuer of the stories.
pub const ISSUER: &str = "https://id.example.com";

type Calling = Pin<Box<dyn Future<Output = Answer>>>;
type Opening = Pin<Box<dyn Future<Output = Stream>>>;

/// The provider.
#[derive(Clone)]
pub struct Idp {
    call: Rc<dyn Fn(TestRequest) -> Calling>,
    open: Rc<dyn Fn(TestRequest) -> Opening>,
    facing: Data<Facing>,
    store: Arc<Counting>,
    config: Rc<Config>,
    folder: Rc<TempDir>,
}

/// Keys are made once for all stories: what is tested is what is done with them.
static KEYS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    sealing_key(folder.path(), None).unwrap();
    folder
});

/// The signing keys of all stories, as a store has them.
static SIGNING_KEYS: LazyLock<String> = LazyLock::new(|| {
    let since = Timestamp(1_799_000_000);
    let make = |alg| KeptKey::generate(&Successor { alg, published_at: since, active_at: since }).unwrap();
    let keys = [SigningAlg::RS256, SigningAlg::ES256, SigningAlg::EdDSA].map(make);
    Seals::new(&sealing_key(KEYS.path(), None).unwrap()).seal(Purpose::SigningKeys, &keys)
});

/// Puts them there, where the sealing key is the one of all stories as well.
async fn give_keys(config: &Config, store: &Arc<dyn Backend>) {
    if config.keys_dir == KEYS.path() {
        let rule = |before: Option<Setting>| match before {
            Some(_) => Change::keep(()),
            None => Change::put((), Setting::SigningKeys { sealed: SIGNING_KEYS.clone() }),
        };
        let store = Store::new(Arc::clone(store));
        store.change::<Setting, _, _>(Setting::SIGNING_KEYS, rule).await.unwrap().outcome().unwrap();
    }
}

impl Idp {
    /// With the usual settings, one person and the usual clients.
    pub async fn start() -> Idp {
        Idp::with(|_| ()).await
    }

    /// With settings of its own.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Idp {
        let idp = Idp::empty(change).await;
        idp.import(usual()).await;
        idp
    }

    /// With mail that nobody sends, and accounts that people make: everything there is has its page.
    pub async fn mailing() -> Idp {
        Idp::with(Idp::with_every_page).await
    }

    /// Settings under which every page is there.
    pub fn with_every_page(config: &mut Config) {
        config.mail.from = Some("Abide <id@example.com>".parse().unwrap());
        config.mail.server = Some("smtps://mail.example.com".parse().unwrap());
        config.accounts.self_registration = Switch::On;
    }

    /// With nobody and no client in it yet.
    pub async fn empty(change: impl FnOnce(&mut Config)) -> Idp {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(&folder.path().join("store"), 16 << 20).unwrap();
        Idp::over(Arc::new(store), (folder, None), change).await
    }

    /// With a way of its own to the outside.
    pub async fn reaching(outbound: Outbound, change: impl FnOnce(&mut Config)) -> Idp {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(&folder.path().join("store"), 16 << 20).unwrap();
        let idp = Idp::over(Arc::new(store), (folder, Some(outbound)), change).await;
        idp.import(usual()).await;
        idp
    }

    /// With one person and the usual clients, in a store of one's own.
    pub async fn on(store: Arc<dyn Backend>, change: impl FnOnce(&mut Config)) -> Idp {
        let idp = Idp::over(store, (tempfile::tempdir().unwrap(), None), change).await;
        idp.import(usual()).await;
        idp
    }

    async fn over(
        store: Arc<dyn Backend>,
        (folder, outbound): (TempDir, Option<Outbound>),
        change: impl FnOnce(&mut Config),
    ) -> Idp {
        let mut config = Config {
            issuer: ISSUER.parse().unwrap(),
            data_dir: folder.path().join("data"),
            keys_dir: PathBuf::from(KEYS.path()),
            ..Config::default()
        };
        change(&mut config);
        give_keys(&config, &store).await;
        let store = Arc::new(Counting::new(store));
        let clock = Clock::travelling(Timestamp(1_800_000_000));
        let cheap = Cost { memory: 64, passes: 1 };
        let backend = Arc::clone(&store) as Arc<dyn Backend>;
        let facing = match outbound {
            Some(outbound) => assemble_reaching(&config, backend, clock, cheap, outbound).await.unwrap(),
            None => assemble(&config, backend, clock, cheap).await.unwrap(),
        };
        Idp::answering(facing, store, Rc::new(config), Rc::new(folder)).await
    }

    /// The service of a node, every answer of which is held against the rules of [`every_answer`].
    async fn answering(facing: Data<Facing>, store: Arc<Counting>, config: Rc<Config>, folder: Rc<TempDir>) -> Idp {
        let service = Rc::new(init_service(application(facing.clone())).await);
        let answering = Rc::clone(&service);
        let open: Rc<dyn Fn(TestRequest) -> Opening> = Rc::new(move |request| {
            let service = Rc::clone(&answering);
            Box::pin(async move { Stream::of(call_service(&*service, request.to_request()).await) })
        });
        let issuer = config.issuer.to_string();
        let call: Rc<dyn Fn(TestRequest) -> Calling> = Rc::new(move |request| {
            let (service, issuer) = (Rc::clone(&service), issuer.clone());
            Box::pin(async move {
                let request = request.to_request();
                let asked = format!("{} {:.300}", request.method(), request.uri());
                let path = request.path().to_owned();
                let origin = request.headers().get("origin").and_then(|value| value.to_str().ok()).map(str::to_owned);
                let before = explained();
                let response = call_service(&*service, request).await;
                let (status, headers) = (response.status(), response.headers().clone());
                let body = String::from_utf8_lossy(&read_body(response).await).into_owned();
                let answer = Answer { status, headers, body };
                let mut broken = every_answer::broken(&issuer, &answer);
                broken.extend(every_answer::shared_wrongly(&path, origin.as_deref(), &answer));
                if every_answer::refuses_an_app(&issuer, &path, &answer) && explained() == before {
                    broken.push("every refusal of an app's request is explained in the log");
                }
                assert!(
                    broken.is_empty(),
                    "{asked}: {broken:?}\n{} {:?}\n{:.2000}",
                    status,
                    answer.headers,
                    answer.body
                );
                answer
            })
        });
        Idp { call, open, facing, store, config, folder }
    }

    /// Sends a request.
    pub async fn call(&self, request: TestRequest) -> Answer {
        (self.call)(request).await
    }

    /// The same, asked by requests that all bear this header; `look` is shown every answer.
    pub fn bearing(&self, header: (&'static str, &'static str), look: fn(&Answer)) -> Idp {
        let inner = Rc::clone(&self.call);
        let call: Rc<dyn Fn(TestRequest) -> Calling> = Rc::new(move |request| {
            let calling = inner(request.insert_header(header));
            Box::pin(async move {
                let answer = calling.await;
                look(&answer);
                answer
            })
        });
        Idp { call, ..self.clone() }
    }

    /// Sends a request and reads the answer as it comes.
    pub async fn open(&self, request: TestRequest) -> Stream {
        (self.open)(request).await
    }

    /// The next change of this kind waits, for a story that wants to be between two.
    pub fn stop_at(&self, kind: Kind) -> Stopping {
        self.store.stop_at(kind)
    }

    /// The open event streams.
    pub fn streams(&self) -> &abide::web::Streams {
        &self.facing.streams
    }

    /// Imports people and clients.
    pub async fn import(&self, file: Value) {
        self.try_import(file, ReplaceSecrets::No).await.unwrap();
    }

    /// Tries to import; answers with (created, changed, unchanged) or the reason.
    pub async fn try_import(&self, file: Value, replace: ReplaceSecrets) -> Result<(usize, usize, usize), String> {
        let done = self.facing.idp.import(&file.to_string(), replace, self.now()).await;
        done.map(|done| (done.created, done.changed, done.unchanged)).map_err(|error| error.to_string())
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.facing.clock.now()
    }

    /// Time passes.
    pub fn pass(&self, span: &str) {
        let span: abide::protocol::duration::Span = span.parse().unwrap();
        self.move_clock(span.0);
    }

    /// Whoever waits for an instant is told that the clock was moved: no timer runs by this one.
    fn move_clock(&self, span: Duration) {
        self.facing.clock.advance(span);
        self.facing.idp.look_again();
    }

    /// A second passes.
    pub fn tick(&self) {
        self.move_clock(Duration::from_secs(1));
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        Browser::new(self.clone())
    }

    /// One of the usual clients.
    pub fn app(&self, client_id: &str) -> RelyingApp {
        RelyingApp::new(self.clone(), client_id)
    }

    /// The provider's own flows, for what has no request (sweep, set-up link, export).
    pub fn flows(&self) -> &abide::flow::Idp {
        &self.facing.idp
    }

    /// Ends every session of an account by its own record: by disabling it and enabling it again, or by a sign-out.
    pub async fn end_account_of(&self, username: &str, disable: bool) {
        let event = |act| Event::done(act, self.now());
        let account = self.facing.idp.store.find::<Account>(&username_name(username)).await.unwrap().unwrap();
        let change = |wish: fn(Account, Event) -> Change<Account, ()>, event: Event| {
            let store = self.facing.idp.store.clone();
            let key = account.id.to_string();
            async move {
                let rule = move |before: Option<Account>| wish(before.unwrap(), event.clone());
                store.change::<Account, _, _>(&key, rule).await.unwrap().outcome().unwrap();
            }
        };
        if disable {
            change(|account, event| account.disable(event), event(Act::AccountDisabled)).await;
            change(|account, event| account.enable(event), event(Act::AccountEnabled)).await;
        } else {
            let sign_out = |account: Account, event| account.raise_epoch(EpochReason::SignOut, event);
            change(sign_out, event(Act::SessionEnded)).await;
        }
    }

    /// What the background does: appointments are kept, and apps are told, until nothing is due at this instant.
    pub async fn deliver(&self) {
        loop {
            let swept = self.facing.idp.sweep(self.now()).await.unwrap();
            if swept.count == 0 {
                return;
            }
            let mails = swept.mails.into_iter().map(|mail| self.facing.idp.send_mail(mail, self.now()));
            for done in futures_util::future::join_all(mails).await {
                done.unwrap();
            }
            let logos = swept.logos.into_iter().map(|logo| self.facing.idp.fetch_logo(logo, self.now()));
            for done in futures_util::future::join_all(logos).await {
                done.unwrap();
            }
            let errands = swept.errands.into_iter().map(|errand| self.facing.idp.run_errand(errand, self.now()));
            for done in futures_util::future::join_all(errands).await {
                done.unwrap();
            }
        }
    }

    /// Another node on the same store, with its own process state.
    pub async fn beside(&self, config: &Config) -> Data<Facing> {
        let cheap = Cost { memory: 64, passes: 1 };
        let config = Config { keys_dir: PathBuf::from(KEYS.path()), ..config.clone() };
        assemble(&config, Arc::clone(&self.store) as Arc<dyn Backend>, self.facing.clock.clone(), cheap).await.unwrap()
    }

    /// The same, answering requests, with the settings of this one.
    pub async fn another_node(&self) -> Idp {
        let facing = self.beside(&self.config).await;
        Idp::answering(facing, Arc::clone(&self.store), Rc::clone(&self.config), Rc::clone(&self.folder)).await
    }

    /// The same after its process ended and another one began: nothing is left but what the store has. Whoever spoke with the
    /// one before has to be told of this one.
    pub async fn restarted(&self) -> Idp {
        self.store.close().await.unwrap();
        let store = SledStore::open(&self.folder.path().join("store"), 16 << 20).unwrap();
        let store = Arc::new(Counting::new(Arc::new(store)));
        let (clock, cheap) = (Clock::travelling(self.now()), Cost { memory: 64, passes: 1 });
        let facing = assemble(&self.config, Arc::clone(&store) as Arc<dyn Backend>, clock, cheap).await.unwrap();
        Idp::answering(facing, store, Rc::clone(&self.config), Rc::clone(&self.folder)).await
    }

    /// The store does not know any more under which limits its appointments were made, as if they had been others.
    pub async fn forget_limits(&self) {
        let store = &self.facing.idp.store;
        store.change::<Setting, _, _>(Setting::LIMITS, |_| Change::delete(())).await.unwrap().outcome().unwrap();
    }

    /// (reads, changes) of the store so far.
    pub fn store_work(&self) -> (u64, u64) {
        self.store.work()
    }

    /// How many records of every kind, names, rows and appointments there are: what "nothing was stored" compares.
    pub async fn contents(&self) -> String {
        self.store.contents().await
    }
}

/// The person and clients every story begins with.
fn usual() -> Value {
    let secret = |id: &str| format!("{id}-secret-{}", "0123456789abcdef".repeat(2));
    let client = |id: &str, extra: Value| {
        let mut client = json!({
            "client_id": id,
            "client_name": format!("The {id}"),
            "client_secret": secret(id),
            "redirect_uris": [format!("https://{id}.example.com/callback")],
            "post_logout_redirect_uris": [format!("https://{id}.example.com/bye")],
            "consent": "skip",
        });
        for (member, value) in extra.as_object().unwrap() {
            if value.is_null() {
                client.as_object_mut().unwrap().remove(member);
            } else {
                client[member] = value.clone();
            }
        }
        client
    };
    json!({
        "users": [
            {"username": USERNAME, "password": PASSWORD, "claims": {
                "name": "Mira Lindqvist", "given_name": "Mira", "family_name": "Lindqvist", "email": "mira@example.org",
                "email_verified": true, "phone_number": "+46 8 5555 0142", "address": {"country": "SE"}}},
            {"username": "otto", "password": "another person entirely"},
            {"username": "boss", "password": "the boss of all of this", "roles": ["admin"]},
        ],
        "clients": [
            client("social", json!({})),
            client("bank", json!({"session": {"idle_timeout": "2m", "max_lifetime": "10m"}, "resources": ["https://bank.example.com/api"]})),
            client("asking", json!({"consent": "ask"})),
            client("posting", json!({"token_endpoint_auth_method": "client_secret_post"})),
            client("exempt", json!({"require_pkce": false})),
            client("elliptic", json!({"id_token_signed_response_alg": "ES256"})),
            client("edwards", json!({"id_token_signed_response_alg": "EdDSA"})),
            client("spa", json!({"token_endpoint_auth_method": "none", "client_secret": null})),
            client("native", json!({"token_endpoint_auth_method": "none", "client_secret": null, "application_type": "native",
                "redirect_uris": ["com.example.native:/callback", "http://127.0.0.1/callback"], "post_logout_redirect_uris": []})),
            client("offline", json!({"offline_access": true})),
            client("counting", json!({"session": {"idle_timeout": "5m", "activity": "refresh"}})),
            client("narrow", json!({"logout_scope": "app"})),
            client("query", json!({"redirect_uris": ["https://query.example.com/callback?tenant=1"]})),
        ],
    })
}
