//! The command line.

use abide::app::control::{self, Verb};
use abide::app::files::write_private;
use abide::app::{App, Running, keep, key_files};
use abide::clock::Stopwatch;
use abide::config::{Config, ConfigError};
use abide::flow::import::ReplaceSecrets;
use abide::logs;
use abide::model::signing_key::Urgency;
use abide::store::postgres::Migrated;
use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::signal::unix::{Signal, SignalKind, signal};

const LONG: &str = "\
Abide is an OpenID Connect identity provider. A person signs in once; Abide keeps the session and, while it lives, \
silently reissues tokens to the apps that rely on it.

Every setting has a default: `abide serve` alone runs on http://localhost:8080 and shows a link that makes the first \
administrator.";

const AFTER: &str = "\
Examples:
  abide serve                                  run with the defaults, or with ./abide.toml where there is one
  abide check --config /etc/abide.toml         say what is wrong with a configuration
  abide import people.json                     add people and apps; into a running server too
  abide export - > configuration.json          print what `import` would read
  abide backup /var/lib/abide/abide.backup     everything, sealed, while the server runs
  abide keys rotate --revoke                   in an emergency: new signing keys, and nothing of the old ones
  ABIDE_LISTEN=127.0.0.1:9000 abide serve      one setting from the environment

Configuration:
  --config FILE, else the variable ABIDE_CONFIG, else ./abide.toml if it exists, else the defaults.
  Variables override the file: [session] idle_timeout is ABIDE_SESSION__IDLE_TIMEOUT.

Exit codes:
  0  done
  1  failed; the reason is on standard error
  2  wrong configuration or usage; every wrong setting is on standard error with its line";

#[derive(Parser)]
#[command(version, about = "An OpenID Connect identity provider whose heart is the session", long_about = LONG, after_long_help = AFTER)]
#[command(after_help = "`--help` has examples, where settings come from, and the exit codes.")]
struct CommandLine {
    #[command(subcommand)]
    act: Act,
    /// The configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", env = "ABIDE_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Act {
    /// Run the server until SIGTERM or Ctrl-C
    ///
    /// Stops gracefully: no new connections, requests in flight finish, the store is flushed. A second Ctrl-C stops at
    /// once. Logs go to standard error: text on a terminal, JSON otherwise.
    Serve,
    /// Add and change people and apps from a JSON file
    ///
    /// Never removes anything; importing twice changes nothing; one bad entry imports nothing and is named. Goes
    /// through a running server, or opens its store when none runs.
    #[command(
        after_long_help = "Example of a file:\n  {\"clients\": [{\"client_id\": \"notes\", \"client_name\": \"Notes\",\n    \
        \"redirect_uris\": [\"https://notes.example.com/callback\"], \"token_endpoint_auth_method\": \"none\"}]}"
    )]
    Import(Import),
    /// Print people and apps as `import` reads them
    ///
    /// A file is made readable for its owner alone, and replaced in one step.
    Export {
        /// Where to write; `-` is standard output
        #[arg(default_value = "-", value_name = "FILE")]
        file: PathBuf,
    },
    /// Explain what is wrong with a configuration, and what may not be meant
    ///
    /// Advice alone leaves the exit code at 0.
    Check,
    /// Bring the schema of the PostgreSQL database to this version
    ///
    /// Run it with a role that may create tables, before starting a newer Abide; other roles need no such right. Does
    /// nothing where nothing is to be done. The embedded store needs no migration.
    Migrate,
    /// Write everything into one sealed file, while the server runs
    ///
    /// People, apps, sessions, grants and the audit log as they are at one instant, sealed by a key in keys_dir: keep
    /// keys_dir too, elsewhere. The file is written by the server where one runs, and replaced in one step.
    Backup {
        /// Where to write
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Fill an empty store from a backup
    ///
    /// The server must not run. The whole file is checked before anything is written, and what was written is read again and
    /// compared. keys_dir must be the one of the installation that made the backup.
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Carry everything from the store of one configuration to the empty store of another
    ///
    /// From the embedded store to PostgreSQL or back, or to a new place. No server may run on either. The source is only
    /// read; at the end both are read again and compared. Broken off, the same command goes on where it was. Variables
    /// count for neither file, but ABIDE_STORE__URL for one that has kind = "postgres" and no url. keys_dir is not moved: both
    /// configurations should name the same keys.
    Move {
        /// The configuration of the store to move from
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The configuration of the store to move to
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Look at the signing keys, and make new ones
    Keys {
        #[command(subcommand)]
        act: KeyAct,
    },
    /// Print a new one-time link that makes an administrator where there is none
    ///
    /// It is good for an hour and for one use, and makes earlier links void. Fails while there is an administrator who may act.
    SetupLink,
}

#[derive(Subcommand)]
enum KeyAct {
    /// List them: which signs, since when and until when
    List,
    /// Make new ones; without an option they are shown now and sign in a day
    ///
    /// Keys are succeeded by themselves after `[keys] rotate_after`; this is for when that should not be waited for. Goes
    /// through a running server, whose other nodes follow within a second, or opens its store when none runs.
    Rotate {
        /// The new keys sign at once; those before stay shown, and what they signed stays good
        #[arg(long)]
        now: bool,
        /// In an emergency: the new keys sign at once, those before are not shown any more, and no token that they signed is
        /// accepted
        #[arg(long)]
        revoke: bool,
    },
    /// Take the seal from keys_dir, so that another key can seal it
    ///
    /// The key that seals it now must be configured. No server should be started meanwhile.
    Unseal,
}

#[derive(Args)]
struct Import {
    /// The file; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also replace passwords and client secrets of people and apps that exist already
    #[arg(long)]
    replace_secrets: bool,
    /// Add client secrets beside those of apps that exist already: both are good until --replace-secrets ends the older one
    #[arg(long, conflicts_with = "replace_secrets")]
    add_secrets: bool,
}

const FAILED: u8 = 1;
const WRONG_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let path = line.config.or_else(usual_file);
    // A move has its own two files, and the settings of the installation at hand are no matter.
    let settings = if matches!(line.act, Act::Move { .. }) { Ok(Config::default()) } else { settings(path.as_deref()) };
    let config = match settings {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(WRONG_CONFIGURATION);
        }
    };
    match run(line.act, config, path.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<ConfigError>() => {
            eprintln!("{error}");
            ExitCode::from(WRONG_CONFIGURATION)
        }
        Err(error) => {
            eprintln!("abide: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn usual_file() -> Option<PathBuf> {
    let usual = PathBuf::from("abide.toml");
    // A link to nowhere is a file that somebody meant.
    usual.symlink_metadata().is_ok().then_some(usual)
}

fn settings(path: Option<&Path>) -> Result<Config, ConfigError> {
    // `std::env::vars` panics at the first variable of anybody's that is not UTF-8.
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    Config::load(path, std::env::vars_os().map(|(name, value)| (text(name), text(value))))
}

fn run(act: Act, config: Config, path: Option<&Path>) -> anyhow::Result<()> {
    if let Act::Check = act {
        return check(&config, path);
    }
    // The only installation of a provider in this process; a second would be refused and change nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    logs::start(config.log.format, &config.log.level)?;
    match act {
        Act::Check => Ok(()),
        Act::Serve => block_on(serve(config)),
        Act::Import(import) => {
            let json = read(&import.file)?;
            let replace_secrets = match (import.replace_secrets, import.add_secrets) {
                (true, _) => ReplaceSecrets::Yes,
                (false, true) => ReplaceSecrets::Beside,
                (false, false) => ReplaceSecrets::No,
            };
            call(&config, Verb::Import { json, replace_secrets }).and_then(|text| print(&text))
        }
        Act::Export { file } => {
            let json = call(&config, Verb::Export)?;
            // Hashes of passwords are in it.
            if file == Path::new("-") { print(&json) } else { write_private(&file, &json) }
        }
        Act::Migrate => print(&migrated(block_on(abide::app::migrate(&config))?)),
        Act::Backup { file } => {
            let file = std::path::absolute(&file).with_context(|| format!("{} is no path", file.display()))?;
            call(&config, Verb::Backup { file }).and_then(|text| print(&text))
        }
        Act::Restore { file } => {
            let mut progress = Progress::new();
            let restored = block_on(keep::restore(&config, &file, &mut |tally| progress.tell(&tally.to_string())))?;
            drop(progress);
            print(&format!("{restored}\nrestored and compared"))
        }
        Act::Move { from, to } => {
            let (from, to) = (settings_of_one(&from)?, settings_of_one(&to)?);
            if from.keys_dir != to.keys_dir {
                eprintln!(
                    "abide: the two configurations have other keys_dir; the keys are not moved, so copy them yourself"
                );
            }
            let mut progress = Progress::new();
            let moved = block_on(keep::move_store(&from, &to, &mut |tally| progress.tell(&tally.to_string())))?;
            drop(progress);
            print(&format!("{moved}\nmoved and compared; the source is as it was"))
        }
        Act::Keys { act: KeyAct::List } => call(&config, Verb::Keys).and_then(|text| print(&text)),
        Act::Keys { act: KeyAct::Rotate { now, revoke } } => {
            let urgency = match (now, revoke) {
                (_, true) => Urgency::Revoking,
                (true, false) => Urgency::AtOnce,
                (false, false) => Urgency::Announced,
            };
            call(&config, Verb::RotateKeys { urgency }).and_then(|text| print(&text))
        }
        Act::Keys { act: KeyAct::Unseal } => print(&key_files::unseal(&config)?),
        Act::SetupLink => call(&config, Verb::SetupLink).and_then(|text| print(&text)),
    }
}

fn call(config: &Config, verb: Verb) -> anyhow::Result<String> {
    let mut progress = Progress::new();
    block_on(control::call(config, verb, &mut |text| progress.tell(&text)))
}

/// Shows how far long work has come: in place on a terminal, a line every few seconds elsewhere.
struct Progress {
    last: Stopwatch,
    terminal: bool,
}

impl Progress {
    fn new() -> Progress {
        Progress { last: Stopwatch::start(), terminal: io::stderr().is_terminal() }
    }

    fn tell(&mut self, text: &str) {
        if self.last.milliseconds() < if self.terminal { 200 } else { 5000 } {
            return;
        }
        self.last = Stopwatch::start();
        if self.terminal { eprint!("\r{text}\x1b[K") } else { eprintln!("{text}") }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// The settings of one file alone, with the variable for the URL of a database where the file wants one.
fn settings_of_one(path: &Path) -> Result<Config, ConfigError> {
    let url = std::env::var("ABIDE_STORE__URL").ok().map(|url| ("ABIDE_STORE__URL".to_owned(), url));
    let alone = Config::load(Some(path), std::iter::empty());
    if url.is_none() || alone.is_ok() { alone } else { Config::load(Some(path), url.into_iter()) }
}

fn migrated(done: Option<Migrated>) -> String {
    match done {
        None => "The embedded store needs no migration.".into(),
        Some(Migrated { from, to }) if from == to => format!("The schema has version {to} already."),
        Some(Migrated { from: 0, to }) => format!("The schema was made, version {to}."),
        Some(Migrated { from, to }) => format!("The schema was brought from version {from} to {to}."),
    }
}

/// actix-web wants its own system around the runtime.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    actix_web::rt::System::with_tokio_rt(|| runtime).block_on(work)
}

async fn serve(config: Config) -> anyhow::Result<()> {
    if !is_trial(&config) {
        config.check().iter().for_each(|advice| tracing::warn!("{advice}"));
    }
    let app = App::open(config.clone()).await?;
    // Not before: while a large store is being opened, a signal should end the process as it ends any other.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let running = app.serve().await?;
    greet(&config, &running);
    tokio::select! {
        _ = running.finished() => bail!("the server stopped by itself; the log says why"),
        () = either(&mut interrupt, &mut terminate) => tracing::info!("stopping"),
    }
    tokio::select! {
        stopped = running.stop() => {
            stopped?;
            tracing::info!("stopped");
        }
        _ = interrupt.recv() => {
            eprintln!("abide: stopped at once; requests in flight were cut");
            // Returning would wait for work on other threads. The store needs no farewell: what it answered is on disk.
            std::process::exit(i32::from(FAILED));
        }
    }
    Ok(())
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! { _ = one.recv() => (), _ = other.recv() => () }
}

/// On this machine alone: advice for real installations would only hide what matters at the first start.
fn is_trial(config: &Config) -> bool {
    config.issuer.transport() == abide::protocol::issuer::Transport::Plain
}

/// For a person who just started it. The link is a secret and goes to a terminal only, never through the log.
fn greet(config: &Config, running: &Running) {
    let addresses: Vec<String> = running.addresses().iter().map(ToString::to_string).collect();
    let addresses = addresses.join(", ");
    let link = running.setup_link();
    if !io::stderr().is_terminal() {
        tracing::info!(issuer = %config.issuer, listen = addresses, "ready");
        if link.is_some() {
            let file = config.data_dir.join("setup-link");
            tracing::warn!(file = %file.display(), "there is no administrator who may act; the link in this file makes one, and `abide setup-link` another");
        }
        return;
    }
    let (data, keys) = (config.data_dir.display(), config.keys_dir.display());
    eprintln!(
        "\n  Abide is ready.\n\n  issuer  {}\n  listen  {addresses}\n  data    {data}\n  keys    {keys}",
        config.issuer
    );
    if let Some(link) = link {
        eprintln!(
            "\n  There is no administrator who may act. This link makes one; it works once, within an hour:\n\n  {link}"
        );
    }
    eprintln!("\n  Ctrl-C stops it.\n");
}

fn check(config: &Config, path: Option<&Path>) -> anyhow::Result<()> {
    let source = path.map_or_else(|| "the defaults".into(), |path| path.display().to_string());
    let advice = config.check();
    let mut text = format!("The configuration is good ({source}).\n");
    if !advice.is_empty() {
        text.push_str("\nIt works, but perhaps not as you mean it:\n");
        advice.iter().for_each(|advice| text.push_str(&format!("  {advice}\n")));
    }
    print(&text)
}

fn print(text: &str) -> anyhow::Result<()> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    write!(io::stdout(), "{text}{end}").context("cannot write to standard output")
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    } else {
        text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(text)
}
