//! What a person allowed a client, as it stands today.

use super::{Fault, Idp, SKEW};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::id::AccountId;
use crate::protocol::time::Timestamp;

impl Idp {
    /// The consent that counts. One from before the client's record was for a client that was removed: whoever has its id
    /// now is somebody else.
    pub(in crate::flow) async fn consent_of(
        &self,
        account: &AccountId,
        client: &Client,
    ) -> Result<Option<Consent>, Fault> {
        let consent = self.store.read::<Consent>(&Consent::key_of(account, &client.id)).await?;
        Ok(consent.filter(|consent| is_of_this_record(consent.since, client)))
    }
}

/// Was something given to the client whose record this is, and not to one of the same id before it?
pub(in crate::flow) fn is_of_this_record(given_at: Timestamp, client: &Client) -> bool {
    // The clock of another node may have stamped it.
    given_at + SKEW >= client.created_at
}
