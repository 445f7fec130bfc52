//! The verbs of the command line: through the socket of a running server, or, where none runs, on the store itself.
//!
//! The socket lies in `data_dir` and only its owner may open it. One request a connection: a line of JSON there, lines of
//! JSON back, the last one with the outcome.

use crate::app::App;
use crate::app::files::Draft;
use crate::app::kept::Kept;
use crate::app::key_table::table;
use crate::clock::Clock;
use crate::config::Config;
use crate::flow::import::{ImportError, ReplaceSecrets};
use crate::model::signing_key::Urgency;
use crate::web::Facing;
use actix_web::web::Data;
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The largest request, in bytes: an import file of some hundred thousand people.
const MOST: u64 = 256 * 1024 * 1024;

/// What can be asked of a provider from the command line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Verb {
    /// Import a file.
    Import {
        /// The file.
        json: String,
        /// Do its secrets replace those that are there?
        replace_secrets: ReplaceSecrets,
    },
    /// Export everything an import would read.
    Export,
    /// Renew the set-up link.
    SetupLink,
    /// Write everything into a sealed file.
    Backup {
        /// Its absolute path.
        file: PathBuf,
    },
    /// List the signing keys.
    Keys,
    /// Make new signing keys.
    RotateKeys {
        /// What becomes of those before, and when.
        urgency: Urgency,
    },
}

/// What comes back, a line each; the last one is not about progress.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(String),
    Done(String),
    Failed(String),
}

/// Told how far long work has come.
pub type Tell<'a> = &'a mut (dyn FnMut(String) + Send);

/// Does what the verb says; answers with what is to be printed.
///
/// # Errors
/// What was refused or went wrong.
pub async fn call(config: &Config, verb: Verb, tell: Tell<'_>) -> anyhow::Result<String> {
    match UnixStream::connect(socket(config)).await {
        Ok(stream) => {
            tracing::info!(data = %config.data_dir.display(), "through the running server");
            ask(stream, &verb, tell).await
        }
        Err(_) => {
            let made = !Kept::exists(config);
            if made && matches!(verb, Verb::Export | Verb::Backup { .. } | Verb::Keys | Verb::RotateKeys { .. }) {
                bail!("there is no store in {}; is --config missing?", config.data_dir.display());
            }
            let which = if made { "a new store, because there was none" } else { "the store itself" };
            tracing::info!(data = %config.data_dir.display(), "no server runs; working on {which}");
            let app = match verb {
                // The way out where the keys that are there cannot be read any more.
                Verb::RotateKeys { urgency: Urgency::Revoking } => {
                    App::open_without_keys(config.clone(), Clock::System).await?
                }
                _ => App::open(config.clone()).await?,
            };
            let answer = perform(&app.facing, verb, tell).await;
            app.store.backend().close().await?;
            answer
        }
    }
}

async fn ask(mut stream: UnixStream, verb: &Verb, tell: Tell<'_>) -> anyhow::Result<String> {
    stream.write_all(&serde_json::to_vec(verb)?).await?;
    stream.shutdown().await?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let line = lines.next_line().await.context("the running server broke off")?;
        let line = line.context("the running server gave no answer; its log says why")?;
        match serde_json::from_str(&line)
            .context("the running server's answer cannot be understood; is it of this version?")?
        {
            Answer::Progress(text) => tell(text),
            Answer::Done(text) => return Ok(text),
            Answer::Failed(why) => bail!("{why}"),
        }
    }
}

async fn perform(facing: &Facing, verb: Verb, tell: Tell<'_>) -> anyhow::Result<String> {
    let (idp, now) = (&facing.idp, facing.clock.now());
    match verb {
        Verb::Import { json, replace_secrets } => match idp.import(&json, replace_secrets, now).await {
            Ok(done) => {
                let counts =
                    format!("{} created, {} changed, {} unchanged", done.created, done.changed, done.unchanged);
                Ok(match done.secrets_left {
                    0 => counts,
                    left => format!(
                        "{counts}\n{left} client secret(s) of the file are not the stored ones and were left out; \
                         --replace-secrets replaces them"
                    ),
                })
            }
            Err(ImportError::Wrong(why)) => bail!("nothing was imported: {why}"),
            Err(error) => bail!("{error}"),
        },
        Verb::Export => Ok(idp.export().await?),
        Verb::SetupLink => match idp.offer_setup(now).await? {
            Some(link) => Ok(link.expose().to_owned()),
            None => bail!("there is an administrator who may act; further ones are made in the console"),
        },
        Verb::Keys => Ok(table(&idp.keys().await?, now)),
        Verb::RotateKeys { urgency } => {
            let keys = table(&idp.rotate_keys(urgency, now).await?, now);
            Ok(match urgency {
                Urgency::Announced => format!(
                    "{keys}\nthe keys that are announced are shown from now on, and sign from the instant above"
                ),
                Urgency::AtOnce => format!("{keys}\nthe new keys sign from now on; what the others signed stays good"),
                Urgency::Revoking => format!(
                    "{keys}\nthe new keys sign from now on, and what others signed is refused here; apps that keep the \
                     JWK Set, for five minutes as a rule, learn of it when they ask again"
                ),
            })
        }
        Verb::Backup { file } => {
            let draft = Draft::begin(&file)?;
            let mut writing = draft.writing()?;
            let kept = idp.backup(&mut writing, now, &mut |tally| tell(tally.to_string())).await?;
            tokio::task::spawn_blocking(move || draft.finish()).await??;
            Ok(format!(
                "{kept}\nin {}; it is sealed by the keys in keys_dir, so keep those too, elsewhere",
                file.display()
            ))
        }
    }
}

/// Answers verbs for as long as the server runs. A path too long for a socket costs the verbs, not the server.
pub(super) fn listen(config: &Config, facing: Data<Facing>) -> Option<JoinHandle<()>> {
    let path = socket(config);
    // Nobody else can be listening: whoever has the store's lock is the one server of this folder.
    let _ = std::fs::remove_file(&path);
    let bound = UnixListener::bind(&path).and_then(|listener| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    });
    match bound {
        Ok(listener) => Some(tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(serve(stream, facing.clone()))),
                    Err(error) => {
                        tracing::error!(%error, "the control socket failed; the command line cannot reach this server");
                        return;
                    }
                }
            }
        })),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "no control socket; the command line cannot reach this server");
            None
        }
    }
}

async fn serve(mut stream: UnixStream, facing: Data<Facing>) {
    let mut request = Vec::new();
    let read = (&mut stream).take(MOST).read_to_end(&mut request).await;
    let verb = read.ok().and_then(|_| serde_json::from_slice::<Verb>(&request).ok());
    let Some(verb) = verb else {
        let why = "the request cannot be understood; are server and command line of one version?";
        return send(&mut stream, &Answer::Failed(why.into())).await;
    };
    // Whoever asked may be slow or gone: progress that finds no room is left out.
    let (to, mut progress) = mpsc::channel(1);
    let mut tell = move |text| drop(to.try_send(text));
    let work = async move {
        match perform(&facing, verb, &mut tell).await {
            Ok(text) => Answer::Done(text),
            Err(error) => Answer::Failed(format!("{error:#}")),
        }
    };
    let work = tokio::spawn(work);
    while let Some(text) = progress.recv().await {
        send(&mut stream, &Answer::Progress(text)).await;
    }
    let answer = work.await.unwrap_or_else(|_| Answer::Failed("it broke off; the log says why".into()));
    send(&mut stream, &answer).await;
}

/// Whoever asked may be gone; what was done is done.
async fn send(stream: &mut UnixStream, answer: &Answer) {
    if let Ok(mut line) = serde_json::to_vec(answer) {
        line.push(b'\n');
        let _ = stream.write_all(&line).await;
    }
}

fn socket(config: &Config) -> PathBuf {
    config.data_dir.join("control.sock")
}
