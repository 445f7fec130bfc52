//! What is kept: in the store, in files of an administrator, in browsers.

use super::{Seen, text};
use abide::crypto::seal::{Purpose, Seals};
use abide::flow::browser::{Browser, handles, session_cookie};
use abide::model::account::Account;
use abide::model::authorization::Interaction;
use abide::model::client::{Client, check};
use abide::model::consent::Consent;
use abide::model::cookies::Switch;
use abide::model::credential::Credential;
use abide::model::device::DeviceRequest;
use abide::model::grant::Grant;
use abide::model::history::History;
use abide::model::id::BrowserId;
use abide::model::invitation::Invitation;
use abide::model::logo::Logo;
use abide::model::mail::Mail;
use abide::model::picture::Picture;
use abide::model::record::{Kind, Record};
use abide::model::registration::{self, Terms};
use abide::model::session::Session;
use abide::model::setting::Setting;
use abide::model::throttle::Throttle;
use abide::protocol::client_metadata::ClientMetadata;
use abide::protocol::cookie_header;
use abide::protocol::duration::Limit;
use abide::protocol::redirect::{ApplicationType, LocalHttp, registrable};
use abide::store::entry::Entry;
use abide::store::{decode, encode};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Metadata of a client, as an administrator and as a stranger says it. What was read and is printed again reads the same,
/// and what passes has addresses that pass.
pub fn client_metadata(input: &[u8]) -> Seen {
    if let Ok(said) = serde_json::from_slice::<Map<String, Value>>(input) {
        for certification in [Switch::Off, Switch::On] {
            registered(&said, certification);
        }
    }
    let Ok(mut read) = serde_json::from_slice::<ClientMetadata>(input) else { return Seen::Refused };
    // The secret is read and never printed.
    read.client_secret = None;
    let printed = serde_json::to_string(&read).expect("what was read can be written");
    assert_eq!(serde_json::from_str::<ClientMetadata>(&printed).ok().as_ref(), Some(&read), "{printed}");
    if check(&read).is_ok() {
        let kind: ApplicationType = read.application_type;
        for uri in read.redirect_uris.iter().chain(&read.post_logout_redirect_uris) {
            assert!(registrable(uri, kind, LocalHttp::Allowed).is_ok(), "{uri:?}");
        }
        assert!(!read.client_id.is_empty() && read.client_id.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    Seen::Read
}

/// A client that registers itself. It is taken as it would be from an administrator, but for what only an administrator
/// may say; and it reads the same when it is sent back as it was shown (RFC 7592, section 2.2).
fn registered(said: &Map<String, Value>, certification: Switch) {
    let terms = Terms { open: Switch::On, tokens: Vec::new(), certification, unused: Limit::Never };
    let metadata = match registration::read(said, "id", &terms) {
        Ok(metadata) => metadata,
        Err(refused) => {
            let allowed = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\';
            assert!(refused.description.bytes().all(allowed), "{:?}", refused.description);
            return;
        }
    };
    assert!(check(&metadata).is_ok() && metadata.client_id == "id" && metadata.client_secret.is_none());
    if certification == Switch::Off {
        assert!(metadata.require_pkce && metadata.response_types.iter().all(|one| !one.shows_tokens()));
    }
    assert_eq!(registration::read(&registration::shown(&metadata), "id", &terms).ok().as_ref(), Some(&metadata));
}

/// A cookie of sessions as text, or what was done to a browser's cookie of ours: pairs of a place and what is written over
/// what stands there. One of ours opens only unaltered, and as nothing but what it is.
pub fn cookie(input: &[u8]) -> Seen {
    if let Some(text) = text(input) {
        header(text);
        let secrets = handles(text);
        assert!(secrets.len() <= 8);
        assert!(secrets.is_empty() || session_cookie(&secrets).expose() == text, "a cookie has one spelling");
        assert!(SEALED.seals.open::<Browser>(Purpose::Browser, text).is_none(), "it was not sealed here");
    }
    let mut altered = SEALED.cookie.clone().into_bytes();
    for pair in input.chunks_exact(2) {
        let place = usize::from(pair[0]) % altered.len();
        altered[place] = pair[1];
    }
    let Ok(altered) = String::from_utf8(altered) else { return Seen::Refused };
    let opened = SEALED.seals.open::<Browser>(Purpose::Browser, &altered);
    assert_eq!(opened.is_some(), altered == SEALED.cookie, "{altered}");
    assert!(SEALED.seals.open::<Value>(Purpose::Interaction, &altered).is_none());
    Seen::Read
}

/// The `Cookie` headers of a request, a line each. Whoever adds a cookie of a name that is there takes it away; the value of
/// one that was not there is found whole.
fn header(lines: &str) {
    let value = |lines: &str| cookie_header::sole(lines.lines(), "abide_session").map(str::to_owned);
    let times = cookie_header::named(lines.lines(), "abide_session").count();
    assert_eq!(value(lines).is_some(), times == 1);
    assert!(value(lines).is_none_or(|value| !value.contains(';')));
    for planted in [format!("{lines}\nabide_session=planted"), format!("abide_session=planted; {lines}")] {
        let found = value(&planted);
        assert_eq!(found.as_deref(), (times == 0).then_some("planted"), "{planted:?}");
    }
}

struct Sealed {
    seals: Seals,
    cookie: String,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let seals = Seals::new(&[7; 32]);
    let browser = Browser { id: BrowserId::new("the-one-browser".to_owned()), accounts: Vec::new() };
    let cookie = seals.seal(Purpose::Browser, &browser);
    Sealed { seals, cookie }
});

/// A stored record: the name of its kind in the first line, then its bytes. The first line `entry` is an item of a copy of
/// everything. What is read and written again stays as it is from then on.
pub fn records(input: &[u8]) -> Seen {
    let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return Seen::Refused };
    let (name, bytes) = (&input[..end], &input[end + 1..]);
    if name == b"entry" {
        let Some(entry) = Entry::parse(bytes) else { return Seen::Refused };
        assert_eq!(entry.bytes(), bytes, "an item has one encoding");
        return Seen::Read;
    }
    let Some(kind) = text(name).and_then(Kind::named) else { return Seen::Refused };
    match kind {
        Kind::Account => record::<Account>(bytes),
        Kind::Credential => record::<Credential>(bytes),
        Kind::Client => record::<Client>(bytes),
        Kind::Consent => record::<Consent>(bytes),
        Kind::Session => record::<Session>(bytes),
        Kind::Grant => record::<Grant>(bytes),
        Kind::Interaction => record::<Interaction>(bytes),
        Kind::Throttle => record::<Throttle>(bytes),
        Kind::Setting => record::<Setting>(bytes),
        Kind::History => record::<History>(bytes),
        Kind::Mail => record::<Mail>(bytes),
        Kind::Invitation => record::<Invitation>(bytes),
        Kind::Picture => match record::<Picture>(bytes) {
            Seen::Refused => record::<Logo>(bytes),
            read => read,
        },
        Kind::Device => record::<DeviceRequest>(bytes),
    }
}

fn record<R: Record>(bytes: &[u8]) -> Seen {
    let Ok(read) = decode::<R>(bytes) else { return Seen::Refused };
    let _ = (read.key(), read.names(), read.rows());
    let Ok(written) = encode(&read) else { return Seen::Refused };
    let again = decode::<R>(&written).expect("what was written can be read");
    assert_eq!((read.key(), read.names(), read.rows()), (again.key(), again.names(), again.rows()));
    assert!(encode(&again).is_ok_and(|twice| twice == written), "what was written reads as it was");
    Seen::Read
}
