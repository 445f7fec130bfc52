//! An answer that is read as it comes.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::Value;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// A body that goes on.
pub struct Stream {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Pin<Box<BoxBody>>,
}

/// What an event stream said.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// An event with its data.
    Event(String, Value),
    /// A comment.
    Comment,
    /// Nothing more will come.
    Over,
}

impl Said {
    /// The data of an event of this name.
    pub fn event(self, expected: &str) -> Value {
        match self {
            Said::Event(name, data) if name == expected => data,
            other => panic!("no {expected}: {other:?}"),
        }
    }
}

impl Stream {
    pub fn of<B: MessageBody + 'static>(response: ServiceResponse<B>) -> Stream {
        let (status, headers) = (response.status(), response.headers().clone());
        Stream { status, headers, body: Box::pin(response.into_body().boxed()) }
    }

    /// What is said next, waited for.
    pub async fn next(&mut self) -> Said {
        let chunk =
            tokio::time::timeout(Duration::from_secs(20), poll_fn(|context| self.body.as_mut().poll_next(context)));
        let Some(chunk) = chunk.await.expect("something is said") else { return Said::Over };
        let text = String::from_utf8(chunk.unwrap().to_vec()).unwrap();
        let whole = text.strip_suffix("\n\n").unwrap_or_else(|| panic!("no whole event: {text:?}"));
        let field = |name: &str| whole.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        match (whole, field("event"), field("data")) {
            (":", ..) => Said::Comment,
            (_, Some(name), Some(data)) => Said::Event(name.to_owned(), serde_json::from_str(data).unwrap()),
            _ => panic!("no event: {text:?}"),
        }
    }

    /// Nothing is said for a moment.
    pub async fn is_silent(&mut self) -> bool {
        let next = poll_fn(|context| self.body.as_mut().poll_next(context));
        tokio::time::timeout(Duration::from_millis(60), next).await.is_err()
    }
}
