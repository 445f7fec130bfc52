//! What a person allowed a client, as it stands today.

use super::{Fault, Idp};
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::id::AccountId;

impl Idp {
    /// The consent that counts. One from before the client's record was for a client that was removed: whoever has its id
    /// now is somebody else.
    pub(in crate::flow) async fn consent_of(
        &self,
        account: &AccountId,
        client: &Client,
    ) -> Result<Option<Consent>, Fault> {
        let consent = self.store.read::<Consent>(&Consent::key_of(account, &client.id)).await?;
        Ok(consent.filter(|consent| client.was_given(consent.since)))
    }
}
