//! Pictures that apps publish. What comes is not believed: it is still to be drawn anew.

use super::Unreached;
use super::http::Outbound;
use crate::model::outbound::Author;
use hyper::header::{ACCEPT, CONTENT_TYPE};
use hyper::{Request, StatusCode};

/// The kinds that are taken.
const KINDS: [&str; 3] = ["image/webp", "image/png", "image/jpeg"];

/// Why there is none. Nothing that the other side wrote is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoImage {
    /// There was no answer, or none that could be taken.
    #[error(transparent)]
    Unreached(#[from] Unreached),
    /// It was another answer.
    #[error("the answer was {0}, not 200")]
    Status(u16),
    /// It is not said to be one.
    #[error("the answer is not said to be PNG, JPEG or WebP")]
    Kind,
}

impl Outbound {
    /// What is said to be a picture there, of at most so many bytes.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn image(&self, uri: &str, author: Author, most: usize) -> Result<Vec<u8>, NoImage> {
        let request = Request::get(uri).header(ACCEPT, KINDS.join(", ")).body(String::new());
        let answer = self.exchange_within(request.map_err(|_| Unreached::unusual())?, author, most).await?;
        if answer.status() != StatusCode::OK {
            return Err(NoImage::Status(answer.status().as_u16()));
        }
        let said = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let said = said.split(';').next().unwrap_or_default().trim();
        if !KINDS.iter().any(|kind| said.eq_ignore_ascii_case(kind)) {
            return Err(NoImage::Kind);
        }
        Ok(answer.into_body())
    }
}
