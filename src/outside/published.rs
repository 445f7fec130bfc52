//! Documents that clients publish: their keys (OpenID Connect Core, 10.1.1), their request objects (Core, 6.2)
//! and the redirect URIs of their sectors (Core, 8.1).
//!
//! What was fetched is remembered for a while, and so is that nothing could be had: nobody is asked more often than the
//! rules say, however many want to know, so that whoever sends us rubbish cannot make us send more. How many places are
//! remembered is bounded; the one not asked for longest is forgotten. At strangers' word no host is asked more often than
//! [`super::pace`] says, however many of its addresses were forgotten.

use super::pace::Pace;
use crate::model::outbound::Author;
use crate::outside::Unreached;
use crate::outside::http::Outbound;
use crate::protocol::jwk::{self, Jwk};
use crate::protocol::time::Timestamp;
use hyper::header::ACCEPT;
use hyper::{Request, StatusCode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How documents of a kind are remembered.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// One is asked for anew after this long.
    pub fresh: Duration,
    /// And is of use for this long while it cannot be had.
    pub stale: Duration,
    /// Nobody is asked more often than this.
    pub pace: Duration,
    /// So many places are remembered.
    pub most: usize,
}

/// Keys: a token by one that is not among them has them asked for anew, once a minute; and one that its owner took away
/// is good for an hour at the longest.
pub const KEYS: Rules = Rules {
    fresh: Duration::from_secs(600),
    stale: Duration::from_secs(3_600),
    pace: Duration::from_secs(60),
    most: 1_024,
};
/// Request objects: long enough that a crowd has one fetched once, too short to be noticed.
pub const REQUEST_OBJECTS: Rules =
    Rules { fresh: Duration::from_secs(10), stale: Duration::from_secs(10), pace: Duration::from_secs(10), most: 256 };
/// The redirect URIs of a sector: whoever corrects their list need not wait long.
pub const SECTORS: Rules =
    Rules { fresh: Duration::from_secs(10), stale: Duration::from_secs(10), pace: Duration::from_secs(10), most: 256 };
/// The longest text that is remembered.
const LONGEST_TEXT: usize = 16 * 1024;

/// The documents of one kind, as far as they are known.
pub struct Published<T> {
    outbound: Outbound,
    rules: Rules,
    /// What is made of a document; none when it is not of the kind.
    read: fn(&[u8]) -> Option<T>,
    known: Mutex<Known<T>>,
    pace: Pace,
}

struct Known<T> {
    places: HashMap<Place, (Held<T>, u64)>,
    /// Counts look-ups, to tell which is the oldest.
    asked: u64,
}

/// Where a document is, and whose word that is.
type Place = (String, Author);
type Held<T> = Arc<Kept<T>>;

/// What is known of a place.
struct Kept<T> {
    /// Never held for long: what is known is of use while the place is asked anew.
    found: Mutex<Option<(Arc<T>, Timestamp)>>,
    /// Held while the place is asked, so that of all who want to know one asks.
    asked_at: tokio::sync::Mutex<Option<Timestamp>>,
}

impl Published<Vec<Jwk>> {
    /// The keys of clients.
    pub fn keys(outbound: Outbound, rules: Rules) -> Self {
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).ok().and_then(|set| jwk::published(&set));
        Published { outbound, rules, read, known: Mutex::default(), pace: Pace::default() }
    }
}

impl Published<String> {
    /// The request objects of clients.
    pub fn request_objects(outbound: Outbound, rules: Rules) -> Self {
        let read = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST_TEXT);
            text.map(str::to_owned)
        };
        Published { outbound, rules, read, known: Mutex::default(), pace: Pace::default() }
    }
}

impl Published<Vec<String>> {
    /// The redirect URIs of sectors (OpenID Connect Dynamic Client Registration 1.0, section 5).
    pub fn sectors(outbound: Outbound, rules: Rules) -> Self {
        let read = |bytes: &[u8]| serde_json::from_slice(bytes).ok();
        Published { outbound, rules, read, known: Mutex::default(), pace: Pace::default() }
    }
}

impl<T> Published<T> {
    /// The document there; none when it cannot be had.
    pub async fn of(&self, uri: &str, author: Author, now: Timestamp) -> Option<Arc<T>> {
        let kept = self.kept(uri, author);
        let fresh = || kept.within(self.rules.fresh, now);
        if let Some(fresh) = fresh() {
            return Some(fresh);
        }
        self.ask(&kept, (uri, author), now, || fresh().is_some()).await;
        kept.within(self.rules.stale, now)
    }

    /// A newer document than this, which has not what is looked for; none when there is no newer one, or the place was asked
    /// just now.
    pub async fn newer(&self, than: &Arc<T>, (uri, author): (&str, Author), now: Timestamp) -> Option<Arc<T>> {
        let kept = self.kept(uri, author);
        let another = || kept.found().map(|(document, _)| document).filter(|document| !Arc::ptr_eq(document, than));
        self.ask(&kept, (uri, author), now, || another().is_some()).await;
        another()
    }

    /// How many places are remembered.
    pub fn remembered(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).places.len()
    }

    /// Asks the place, unless somebody else did while we waited, or it was asked just now.
    async fn ask(&self, kept: &Kept<T>, (uri, author): (&str, Author), now: Timestamp, is_done: impl Fn() -> bool) {
        let mut asked_at = kept.asked_at.lock().await;
        if is_done() || asked_at.is_some_and(|at| now < at + self.rules.pace) {
            return;
        }
        let _permit = match author {
            Author::Administrator => None,
            Author::Stranger => match self.pace.admits(uri, now) {
                None => {
                    tracing::info!("a client's host was asked too often, or too many others are: it is not asked now");
                    return;
                }
                permit => permit,
            },
        };
        *asked_at = Some(now);
        match self.fetch(uri, author).await {
            Ok(Some(document)) => {
                *kept.found.lock().unwrap_or_else(PoisonError::into_inner) = Some((Arc::new(document), now));
            }
            Ok(None) => tracing::info!("what a client is said to publish is not what it should be"),
            Err(unreached) => tracing::info!(%unreached, "what a client publishes cannot be had"),
        }
    }

    async fn fetch(&self, uri: &str, author: Author) -> Result<Option<T>, Unreached> {
        let request = Request::get(uri).header(ACCEPT, "*/*").body(String::new());
        let answer = self.outbound.exchange(request.map_err(|_| Unreached::unusual())?, author).await?;
        Ok(if answer.status() == StatusCode::OK { (self.read)(answer.body()) } else { None })
    }

    fn kept(&self, uri: &str, author: Author) -> Held<T> {
        let place = (uri.to_owned(), author);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.asked += 1;
        let asked = known.asked;
        if let Some((kept, last)) = known.places.get_mut(&place) {
            *last = asked;
            return Arc::clone(kept);
        }
        if known.places.len() >= self.rules.most {
            let oldest = known.places.iter().min_by_key(|(_, (_, last))| *last).map(|(place, _)| place.clone());
            oldest.and_then(|oldest| known.places.remove(&oldest));
        }
        let kept = Held::<T>::default();
        known.places.insert(place, (Arc::clone(&kept), asked));
        kept
    }
}

impl<T> Kept<T> {
    fn found(&self) -> Option<(Arc<T>, Timestamp)> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn within(&self, span: Duration, now: Timestamp) -> Option<Arc<T>> {
        self.found().filter(|(_, at)| now < *at + span).map(|(document, _)| document)
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept { found: Mutex::default(), asked_at: tokio::sync::Mutex::default() }
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known { places: HashMap::new(), asked: 0 }
    }
}
