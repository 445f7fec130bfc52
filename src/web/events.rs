//! `GET /session/events`: the status, told again whenever it changes (server-sent events, WHATWG HTML, 9.2).
//!
//! `event: standing` carries the JSON of `GET /session`: at once, and whenever it is another one, because something
//! happened or because an instant came that the last one named. A comment goes out when nothing was said for 25 s, so that
//! proxies keep the connection and a client that vanished is noticed: the next write meets its silence. The last event says
//! why it is the last: `event: end` with `{"reason": …}`, see [`StreamEnd`]. A client that reads `session_over` is done;
//! after any other it connects again.
//!
//! It asks by the same two doors as `GET /session` ([`super::session`]). The standing is judged on the store at every event,
//! and never on what an earlier event said. A stream is a few hundred bytes while it waits: no task, one timer, a place
//! among those who wait for its records ([`crate::flow::watch`]), and the last status.

use super::Facing;
use super::asking::Asking;
use super::bearer::{bare, refused};
use super::refusal::{endpoint, logged};
use super::session::{Door, door};
use super::streams::{Full, Outlook, Place};
use super::token::{body, broken};
use crate::flow::Fault;
use crate::flow::status::{Asker, Subject};
use crate::flow::token::NoToken;
use crate::flow::watch::Watch;
use crate::protocol::refusal::transport;
use crate::protocol::session_status::{SessionStatus, StandingWords, StreamEnd};
use crate::protocol::time::Timestamp;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

/// A comment after this much silence.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// A stream of our own pages, which no token bounds, lasts this long.
const LONGEST: Duration = Duration::from_secs(3_600);
/// When something broke, it is tried again after this time.
const PATIENCE: Duration = Duration::from_secs(5);

/// GET /session/events
pub(super) async fn get(request: HttpRequest, asking: Asking) -> HttpResponse {
    let (idp, now) = (asking.idp(), asking.now);
    let subject = match door(&request, &asking) {
        Ok(Door::Token(token)) => idp.subject_of_token(token.of(&request), now).await.map(Some),
        Ok(Door::Cookie(page)) => idp.subject_of_browser(&asking.visitor, page).await.map_err(NoToken::Fault),
        Err(refusal) => return *refusal,
    };
    let subject = match subject {
        Ok(Some(subject)) => subject,
        Ok(None) => return bare(),
        Err(refusal) => return refused(&refusal, &request),
    };
    // Listening begins before the first look, so that no change falls between them.
    let watch = idp.watch(&subject);
    let first = match idp.status(&subject, now).await {
        Ok(status) => status,
        Err(fault) => return broken(&fault, &request),
    };
    if request.method() == Method::HEAD {
        return HttpResponse::Ok().content_type(KIND).finish();
    }
    let Some(facing) = request.app_data::<Data<Facing>>().cloned() else { return bare() };
    let place = match facing.streams.take(&subject) {
        Ok(place) => place,
        Err(full) => return no_place(full, &request),
    };
    let until = match &subject.asker {
        Asker::App { until, .. } => *until,
        Asker::OurPage(..) => now + LONGEST,
    };
    let events = Events {
        waiting: Waiting { watch, timer: Box::pin(tokio::time::sleep(Duration::ZERO)), beat_at: now, judge_at: now },
        facing,
        subject,
        until,
        told: None,
        state: State::Judged(Ok(first)),
        _place: place,
    };
    // A proxy that gathers output would keep events back.
    HttpResponse::Ok().content_type(KIND).insert_header(("x-accel-buffering", "no")).body(events)
}

const KIND: &str = "text/event-stream";

fn no_place(full: Full, request: &HttpRequest) -> HttpResponse {
    let (status, reason) = match full {
        Full::Part => (StatusCode::TOO_MANY_REQUESTS, transport::STREAMS_OF_SESSION),
        Full::Whole => (StatusCode::TOO_MANY_REQUESTS, transport::STREAMS_OF_CLIENT),
        Full::Node => (StatusCode::SERVICE_UNAVAILABLE, transport::STREAMS),
    };
    let error = reason.into();
    logged(&error, &endpoint(request));
    HttpResponse::build(status).insert_header((header::RETRY_AFTER, "30")).json(body(&error))
}

type Judging = Pin<Box<dyn Future<Output = Result<SessionStatus, Fault>>>>;

enum State {
    /// Nothing is known to have changed.
    Still,
    /// The store is being asked.
    Judging(Judging),
    /// It answered.
    Judged(Result<SessionStatus, Fault>),
    /// This is the last that is said.
    Last(StreamEnd),
    /// All is said.
    Over,
}

/// One stream.
struct Events {
    facing: Data<Facing>,
    subject: Subject,
    /// It ends here at the latest.
    until: Timestamp,
    /// What was said last.
    told: Option<SessionStatus>,
    state: State,
    waiting: Waiting,
    _place: Place,
}

struct Waiting {
    watch: Watch,
    timer: Pin<Box<Sleep>>,
    /// When a comment is due.
    beat_at: Timestamp,
    /// When it will be another status without anything happening.
    judge_at: Timestamp,
}

impl MessageBody for Events {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let this = self.get_mut();
        loop {
            match std::mem::replace(&mut this.state, State::Still) {
                State::Over => {
                    this.state = State::Over;
                    return Poll::Ready(None);
                }
                State::Last(end) => {
                    this.state = State::Over;
                    return said(&format!("event: end\ndata: {}\n\n", json!({"reason": end})));
                }
                State::Judging(mut judging) => match judging.as_mut().poll(context) {
                    Poll::Ready(judged) => this.state = State::Judged(judged),
                    Poll::Pending => {
                        this.state = State::Judging(judging);
                        return Poll::Pending;
                    }
                },
                State::Judged(judged) => {
                    if let Some(text) = this.take(judged) {
                        return said(&text);
                    }
                }
                State::Still => {
                    if let Some(text) = ready!(this.wait(context)) {
                        return said(text);
                    }
                }
            }
        }
    }
}

fn said(text: &str) -> Poll<Option<Result<Bytes, Infallible>>> {
    Poll::Ready(Some(Ok(Bytes::copy_from_slice(text.as_bytes()))))
}

impl Events {
    /// What there is to say of a judgement, and what comes next.
    fn take(&mut self, judged: Result<SessionStatus, Fault>) -> Option<String> {
        let now = self.facing.clock.now();
        let status = match judged {
            Ok(status) => status,
            Err(fault) => {
                tracing::warn!(%fault, "a stream could not be judged; it is tried again");
                self.waiting.judge_at = now + PATIENCE;
                return None;
            }
        };
        if matches!(self.subject.asker, Asker::OurPage(..)) && status.session == StandingWords::FORMER {
            self.state = State::Last(StreamEnd::Superseded);
            return None;
        }
        if !status.application.unwrap_or(status.session).standing.lives() {
            self.state = State::Last(StreamEnd::SessionOver);
        }
        self.waiting.judge_at = Watch::again_at(&status, now).unwrap_or(Timestamp(i64::MAX));
        if self.told.as_ref() == Some(&status) {
            return None;
        }
        // Only the first says how long to wait before connecting again.
        let retry = if self.told.is_none() { "retry: 5000\n" } else { "" };
        let text = format!("{retry}event: standing\ndata: {}\n\n", json!(status));
        self.told = Some(status);
        self.waiting.beat_at = now + HEARTBEAT;
        Some(text)
    }

    /// Waits until something may have changed, or a comment is due.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Option<&'static str>> {
        let changed = self.waiting.watch.poll_changed(context);
        let now = self.facing.clock.now();
        if self.facing.streams.outlook() == Outlook::Closing {
            self.state = State::Last(StreamEnd::Closing);
            return Poll::Ready(None);
        }
        if now >= self.until {
            self.state = State::Last(match self.subject.asker {
                Asker::App { .. } => StreamEnd::TokenExpired,
                Asker::OurPage(..) => StreamEnd::TooLong,
            });
            return Poll::Ready(None);
        }
        if changed.is_ready() || now >= self.waiting.judge_at {
            let (facing, subject) = (self.facing.clone(), self.subject.clone());
            self.state = State::Judging(Box::pin(async move { facing.idp.status(&subject, now).await }));
            return Poll::Ready(None);
        }
        if now >= self.waiting.beat_at {
            self.waiting.beat_at = now + HEARTBEAT;
            return Poll::Ready(Some(":\n\n"));
        }
        let next = self.until.min(self.waiting.judge_at).min(self.waiting.beat_at);
        self.waiting.timer.set(tokio::time::sleep(now.until(next)));
        ready!(self.waiting.timer.as_mut().poll(context));
        Poll::Ready(None)
    }
}
