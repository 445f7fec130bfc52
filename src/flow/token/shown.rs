//! Tokens that the authorization endpoint hands out in the browser: implicit and hybrid flows (OpenID Connect Core, 3.2 and
//! 3.3), for clients that were allowed them.

use super::NoToken;
use super::code::birth;
use super::mint::{Beside, Wish};
use crate::crypto::random;
use crate::flow::Idp;
use crate::model::client::Client;
use crate::model::grant::{Code, CodeAge, Grant, Reach};
use crate::model::id::GrantId;
use crate::protocol::response::{Part, ResponseType};
use crate::protocol::time::Timestamp;

/// What is handed out in the browser.
#[derive(Debug)]
pub struct Shown {
    /// An access token.
    pub access: Option<ShownAccess>,
    /// An ID token.
    pub id_token: Option<String>,
}

/// An access token beside what is told of it.
#[derive(Debug)]
pub struct ShownAccess {
    /// The token.
    pub token: String,
    /// For how many seconds it is good.
    pub expires_in: String,
    /// What it allows.
    pub scope: String,
}

impl Idp {
    /// Makes the tokens of a response type. The access token rests on a grant of its own, which nothing renews: the code
    /// beside it becomes another. An ID token alone stores nothing.
    ///
    /// # Errors
    /// What it rests on is over, or a fault.
    pub(in crate::flow) async fn show_tokens(
        &self,
        client: &Client,
        (response_type, facts): (ResponseType, Code),
        code: Option<&str>,
        now: Timestamp,
    ) -> Result<Shown, NoToken> {
        let grant = Grant { id: GrantId::new(random::id()), reach: Reach::Session, ..birth(client, &facts, now) };
        let mut life = self.judge(&grant, client, now).await?;
        self.equip(client, now).await?;
        let audience = self.audience(client, &grant.resource, &[])?;
        let wish = Wish { scope: grant.scope.clone(), audience, nonce: facts.nonce, key: None };
        let mut access = None;
        if response_type.gives(Part::Token) {
            let seed = grant.clone();
            let changed = self
                .store
                .change::<Grant, _, _>(grant.id.as_str(), move |before| Grant::redeem(before, &seed, CodeAge::Fresh));
            changed.await?.outcome()?;
            // Judged again: what ended while the grant was born must get no token.
            life = self.judge(&grant, client, now).await?;
            let (token, seconds) = self.access_token(client, &grant, &life, &wish, now)?;
            access = Some(ShownAccess { token, expires_in: seconds.to_string(), scope: wish.scope.to_string() });
        }
        let beside = Beside { access_token: access.as_ref().map(|access| access.token.as_str()), code };
        let id_token = match response_type.gives(Part::IdToken) {
            true => Some(self.id_token(client, &grant, &life, (&wish, beside), now)?),
            false => None,
        };
        Ok(Shown { access, id_token })
    }
}
