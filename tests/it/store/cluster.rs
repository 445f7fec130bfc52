//! Real PostgreSQL servers of the tests' own, on loopback and a free port, as an ordinary user.
//!
//! * [`Cluster::start`]: a server in a temporary folder; gone when it is dropped or the tests end, in whatever way;
//! * [`Cluster::stop`], [`Cluster::start_again`]: what happens to servers;
//! * [`Cluster::shared`]: one for all tests, with a template database that has the schema;
//! * [`Cluster::database`], [`Cluster::url`], [`Cluster::run`]: an empty or templated database, its URL, statements;
//! * [`PostgresBench`]: a database per scenario.

use super::Bench;
use abide::store::Backend;
use abide::store::postgres::{PostgresStore, Settings};
use sqlx::{Connection as _, Executor as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// The superuser of the cluster and its password.
const ADMIN: (&str, &str) = ("admin", "only-for-tests");
/// The database others are made from.
const TEMPLATE: &str = "with_schema";

/// Ends the server and removes its folder once the pipe to us is closed: statics are never dropped, and a killed test
/// run drops nothing.
const KEEPER: &str = r#"cat >/dev/null; "$1/pg_ctl" stop -D "$0/data" -m immediate >/dev/null 2>&1; rm -rf "$0""#;

/// A server.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
    keeper: Child,
    made: AtomicU32,
}

impl Cluster {
    /// Makes and starts one.
    pub fn start() -> Cluster {
        Cluster::start_in(&std::env::temp_dir())
    }

    /// Makes and starts one below a folder that everybody may enter.
    pub fn start_in(place: &Path) -> Cluster {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("abide-pg-").tempdir_in(place).expect("a folder").keep();
        std::fs::write(folder.join("password"), ADMIN.1).expect("a file");
        if is_root() {
            assert!(Command::new("chown").args(["-R", ordinary()]).arg(&folder).status().expect("chown").success());
        }
        let mut initdb = as_ordinary(&programs.join("initdb"));
        initdb.args(["--no-sync", "--wal-segsize=1", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]);
        initdb.arg("--username").arg(ADMIN.0).arg("--pwfile").arg(folder.join("password"));
        quiet(initdb.arg("--pgdata").arg(folder.join("data")));
        let mut keeper = as_ordinary(Path::new("sh"));
        keeper.args(["-c", KEEPER]).arg(&folder).arg(&programs).current_dir("/");
        let keeper = keeper.stdin(Stdio::piped()).spawn().expect("a shell");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let cluster = Cluster { folder, programs, port, keeper, made: AtomicU32::new(0) };
        cluster.start_again();
        cluster
    }

    /// Starts it after a stop, on the same port.
    pub fn start_again(&self) {
        // Speed: the tests end processes, never the machine.
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c fsync=off -c max_connections=300 \
             -c shared_buffers=32MB",
            self.port
        );
        let mut start = as_ordinary(&self.programs.join("pg_ctl"));
        start.args(["start", "-w", "-t", "60", "-o", &options]).arg("-D").arg(self.folder.join("data"));
        quiet(start.arg("-l").arg(self.folder.join("log")));
    }

    /// Stops it: `fast` or `immediate`.
    pub fn stop(&self, mode: &str) {
        let mut stop = as_ordinary(&self.programs.join("pg_ctl"));
        quiet(stop.args(["stop", "-w", "-m", mode, "-D"]).arg(self.folder.join("data")));
    }

    /// Starts it again if it ended by itself.
    pub fn start_if_down(&self) {
        let mut status = as_ordinary(&self.programs.join("pg_ctl"));
        let status = status.args(["status", "-D"]).arg(self.folder.join("data")).stdout(Stdio::null());
        if !status.status().expect("pg_ctl").success() {
            self.start_again();
        }
    }

    /// The one for all tests.
    pub async fn shared() -> &'static Cluster {
        static SHARED: OnceCell<Cluster> = OnceCell::const_new();
        let start = || async {
            let cluster = tokio::task::spawn_blocking(Cluster::start).await.expect("a cluster");
            cluster.run("postgres", &format!("CREATE DATABASE {TEMPLATE}")).await;
            let settings = Settings::new(&cluster.url(TEMPLATE)).expect("a URL");
            PostgresStore::migrate(&settings).await.expect("a schema");
            cluster
        };
        SHARED.get_or_init(start).await
    }

    /// The URL of a database, for the superuser.
    pub fn url(&self, database: &str) -> String {
        self.url_of(ADMIN, database)
    }

    /// The URL of a database, for a role and its password.
    pub fn url_of(&self, (role, password): (&str, &str), database: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}", self.port)
    }

    /// A database of its own, from a template.
    pub async fn database(&self, template: &str) -> String {
        let name = format!("t{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.run("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        name
    }

    /// A database with the schema.
    pub async fn with_schema(&self) -> String {
        self.database(TEMPLATE).await
    }

    /// Runs statements as the superuser.
    pub async fn run(&self, database: &str, statements: &str) {
        let mut connection = sqlx::PgConnection::connect(&self.url(database)).await.expect("a connection");
        let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()));
        connection.execute(statements).await.expect("statements");
        connection.close().await.expect("closing");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// The newest of Debian's, or what the path has.
fn programs() -> PathBuf {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    all.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    all.retain(|folder| folder.join("initdb").exists());
    all.sort();
    all.pop().expect("PostgreSQL's server is missing; tests/run.sh postgres installs it")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout == b"0\n"
}

/// PostgreSQL refuses to run as root.
fn ordinary() -> &'static str {
    let known = Command::new("id").arg("postgres").stdout(Stdio::null()).stderr(Stdio::null()).status().expect("id");
    if known.success() { "postgres" } else { "nobody" }
}

fn as_ordinary(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", ordinary(), "--regid", "nogroup", "--clear-groups"]).arg(program).current_dir("/");
    command
}

/// Runs it and shows what it said only if it failed. Its output is a file: what `pg_ctl` starts inherits it, and a pipe
/// would stay open for as long as the server runs.
fn quiet(command: &mut Command) {
    let mut said = tempfile::tempfile().expect("a file");
    let copy = || said.try_clone().expect("a file");
    let status = command.stdin(Stdio::null()).stdout(copy()).stderr(copy()).status().expect("a program");
    if !status.success() {
        let mut text = String::new();
        let _ = std::io::Seek::rewind(&mut said);
        let _ = std::io::Read::read_to_string(&mut said, &mut text);
        panic!("{command:?} failed: {text}");
    }
}

/// A database of the shared server.
pub struct PostgresBench {
    database: OnceCell<String>,
}

impl PostgresBench {
    pub fn new() -> PostgresBench {
        PostgresBench { database: OnceCell::new() }
    }
}

#[async_trait::async_trait]
impl Bench for PostgresBench {
    async fn open(&self) -> Arc<dyn Backend> {
        let cluster = Cluster::shared().await;
        let database = self.database.get_or_init(|| cluster.with_schema()).await;
        let settings = Settings::new(&cluster.url(database)).expect("a URL");
        Arc::new(PostgresStore::connect(&settings).await.expect("the store opens"))
    }
}
