//! `GET …/session/events`: the status as server-sent events, driven by the app's own session and by the provider's
//! stream. It is judged anew every second from facts at hand, read anew when it changed, and closed when it is over.

use super::sign_in::present;
use super::status::{not_signed_in, told};
use super::{app_of, broken, refusal};
use crate::app::RelyingApp;
use crate::hub::{Channel, Grant, Heard};
use crate::provider::upstream::TokenSource;
use crate::secret::Name;
use crate::session::{ApplicationSession, Authority};
use crate::store::StoreFault;
use actix_web::http::{StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

const TICK: Duration = Duration::from_secs(1);
/// Ticks between two heartbeats: proxies close what is silent, and a client that vanished is noticed.
const HEARTBEAT: u32 = 25;

pub(super) async fn events(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let present = match present(&app, &request).await {
        Ok(Some(present)) => present,
        Ok(None) => return Ok(not_signed_in()),
        Err(fault) => return Ok(broken(&fault)),
    };
    let Some(channel) = app.inner.hub.watch(&present.name) else {
        return Ok(refusal(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", "too many pages watch this session"));
    };
    let stream = match Watching::begin(app, present.name, channel).await {
        Ok(stream) => stream,
        Err(fault) => return Ok(broken(&fault)),
    };
    let body = futures_util::stream::unfold(Some(stream), |stream| async move {
        let mut stream = stream?;
        let (said, last) = stream.next().await;
        Some((Ok::<Bytes, actix_web::Error>(said), (!last).then_some(stream)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body))
}

/// One page that watches.
struct Watching {
    app: RelyingApp,
    name: Name,
    session: Option<ApplicationSession>,
    channel: Arc<Channel>,
    changes: watch::Receiver<u64>,
    /// The nonce of the grant by whose tokens the provider is listened to.
    heard_by: Option<String>,
    upstream: Option<Heard>,
    provider: Option<Value>,
    ticks: Interval,
    silent_for: u32,
    said: Option<Value>,
}

enum Happened {
    Changed,
    Upstream,
    Tick,
}

impl Watching {
    async fn begin(app: RelyingApp, name: Name, channel: Arc<Channel>) -> Result<Watching, StoreFault> {
        // Before the session is read: what changes from here on is noticed.
        let changes = channel.changes();
        let session = app.inner.store.find(&name).await?.map(|stored| stored.session);
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (heard_by, upstream, provider, silent_for, said) = (None, None, None, 0, None);
        let mut watching =
            Watching { app, name, session, channel, changes, heard_by, upstream, provider, ticks, silent_for, said };
        watching.listen().await;
        Ok(watching)
    }

    /// Listens to the provider by the grant that the session rests on now, unless it does already.
    async fn listen(&mut self) {
        let Some(session) = &self.session else { return };
        let nonce = &session.tokens.nonce;
        let over = session.standing(self.app.policy(), self.app.now()).authority() == Authority::Over;
        if over || self.heard_by.as_ref() == Some(nonce) {
            return;
        }
        let grant = Grant { nonce: nonce.clone(), renewals: session.renewals };
        let listen = || self.app.inner.provider.listen(self.tokens(&grant.nonce));
        let mut upstream = self.channel.hear(&grant, listen).await;
        self.provider = upstream.as_mut().and_then(|latest| latest.borrow_and_update().clone());
        self.upstream = upstream;
        self.heard_by = Some(grant.nonce);
    }

    /// Gives the access tokens of one grant.
    fn tokens(&self, nonce: &str) -> TokenSource {
        let (inner, name, nonce) = (Arc::downgrade(&self.app.inner), self.name.clone(), nonce.to_owned());
        Box::new(move || {
            let (inner, name, nonce) = (inner.clone(), name.clone(), nonce.clone());
            Box::pin(async move {
                let inner = inner.upgrade()?;
                let token = inner.access_token(&name).await.ok().flatten()?;
                // Read after the token: a session never goes back to an earlier grant.
                let stored = inner.store.find(&name).await.ok().flatten()?;
                (stored.session.tokens.nonce == nonce).then_some(token)
            })
        })
    }

    /// The next thing to say, and whether it is the last.
    async fn next(&mut self) -> (Bytes, bool) {
        loop {
            let (status, over) = self.status();
            if self.said.as_ref() != Some(&status) {
                let mut text = status.clone();
                text["now"] = self.app.now().into();
                self.said = Some(status);
                self.silent_for = 0;
                return (Bytes::from(format!("event: standing\ndata: {text}\n\n")), over);
            }
            match self.wait().await {
                Ok(Happened::Tick) => {
                    self.silent_for += 1;
                    if self.silent_for >= HEARTBEAT {
                        self.silent_for = 0;
                        return (Bytes::from_static(b": still here\n\n"), false);
                    }
                }
                Ok(Happened::Changed | Happened::Upstream) => {}
                Err(fault) => {
                    tracing::error!("{fault}");
                    return (Bytes::from_static(b": gone\n\n"), true);
                }
            }
        }
    }

    /// What there is to say now; `now` itself is left out, or every second would be news.
    fn status(&self) -> (Value, bool) {
        let now = self.app.now();
        let Some(session) = &self.session else {
            return (serde_json::json!({"standing": "ended", "reason": null}), true);
        };
        let mut status = told(&self.app, session, self.provider.as_ref(), now);
        status["now"] = Value::Null;
        (status, session.standing(self.app.policy(), now).authority() == Authority::Over)
    }

    async fn wait(&mut self) -> Result<Happened, StoreFault> {
        let upstream = async {
            let closed = match &mut self.upstream {
                Some(latest) => latest.changed().await.is_err(),
                None => true,
            };
            if closed {
                std::future::pending::<()>().await;
            }
        };
        let happened = tokio::select! {
            _ = self.changes.changed() => Happened::Changed,
            () = upstream => Happened::Upstream,
            _ = self.ticks.tick() => Happened::Tick,
        };
        match happened {
            Happened::Changed => {
                self.session = self.app.inner.store.find(&self.name).await?.map(|stored| stored.session);
                self.listen().await;
            }
            Happened::Upstream => {
                self.provider = self.upstream.as_mut().and_then(|latest| latest.borrow_and_update().clone());
                if let Some((nonce, status)) = self.heard_by.as_deref().zip(self.provider.as_ref()) {
                    self.app.inner.streamed(&self.name, (nonce, status), self.app.now()).await?;
                }
            }
            Happened::Tick => {}
        }
        Ok(happened)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        tracing::trace!("{} watch the session still", Arc::strong_count(&self.channel) - 1);
    }
}
