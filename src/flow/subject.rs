//! Under which names apps know a person and a session: `sub` and `sid`.
//!
//! A client with pairwise subjects shares neither with clients of other sectors (OpenID Connect Core, section 8.1), so that
//! no two of them find out that they speak of one person.

use crate::crypto::seal::Purpose;
use crate::flow::Idp;
use crate::model::client::Client;
use crate::model::id::{AccountId, SessionId};
use crate::model::session::application::Epochs;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

impl Idp {
    /// What a client calls a person: the account's own `sub`, or a name that is derived for the client's sector.
    pub(in crate::flow) fn subject(&self, client: &Client, account: &AccountId) -> String {
        let Some(sector) = client.sector() else { return account.to_string() };
        let mac = self.seals.mac(Purpose::PairwiseSubject, &[sector.as_bytes(), account.as_str().as_bytes()]);
        URL_SAFE_NO_PAD.encode(mac)
    }

    /// Does a client mean this person by `subject`?
    pub(in crate::flow) fn is_subject(&self, subject: &str, client: Option<&Client>, account: &AccountId) -> bool {
        client.is_some_and(|client| self.subject(client, account) == subject)
    }

    /// What a client calls a session.
    pub(in crate::flow) fn sid_for(&self, client: &Client, session: &SessionId, of: Epochs) -> String {
        let sid = self.sid(session, of);
        let Some(sector) = client.sector() else { return sid };
        let mac = self.seals.mac(Purpose::SessionName, &[sid.as_bytes(), sector.as_bytes()]);
        URL_SAFE_NO_PAD.encode(&mac[..16])
    }
}
