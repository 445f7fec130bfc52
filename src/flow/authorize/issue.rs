//! Success: the client takes part in the session and gets its code.

use super::waiting::Open;
use super::{Granted, Next, Problem};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::device::DeviceTold;
use crate::flow::session::Current;
use crate::flow::token::NoToken;
use crate::flow::{Fault, Idp};
use crate::model::authorization::factor::told;
use crate::model::authorization::next_step::{allowed, asking, console_id, console_limits, owed};
use crate::model::authorization::{Goal, ReturnAddress, Unbound};
use crate::model::client::Client;
use crate::model::device::{Answer, Entered};
use crate::model::grant::{Code, SessionBinding};
use crate::model::id::GrantId;
use crate::model::record::{Change, Fate};
use crate::model::session::activity::Activity;
use crate::model::session::application::Asking;
use crate::model::session::standing::{EndReason, Standing};
use crate::model::session::{Join, Joined, Session};
use crate::protocol::authorize::{AuthorizationRequest, Prompt};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{Reason, person as why};
use crate::protocol::response::Part;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Success: the client takes part in the session, and gets its code.
    pub(super) async fn issue(
        &self,
        open: Open,
        client: Option<Client>,
        current: Current,
        activity: Activity,
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let Some(interaction) = self.consume(open, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone));
        };
        let request = match (interaction.goal, &client) {
            (Goal::Authorize(request), Some(_)) => request,
            (Goal::Device(entered, request), Some(client)) => {
                return self.allow_device(&entered, (client, *request), (&current, activity), now).await;
            }
            (Goal::Console, _) => return self.enter_console(&current, activity, now).await,
            (goal @ Goal::EndOthers(_), _) => {
                self.end_others(&current, now).await?;
                return Ok(Next::Arrived(goal));
            }
            (goal, _) => return Ok(Next::Arrived(goal)),
        };
        let Some(client) = client else { return Ok(self.refuse_unbound(Unbound::UnknownClient, None, None)) };
        let address = match ReturnAddress::of(&request, &client) {
            Ok(address) => address,
            Err(unbound) => return Ok(self.refuse_unbound(unbound, Some(&client), Some(&request.redirect_uri))),
        };
        let join = Join { client: client.id.clone(), limits: client.limits(), asking: asking(&request), activity };
        let answer = match self.join(&current, join, now).await? {
            Joined::Part(session) if self.allowed_still((&current.session, &session), &client, &request).await? => {
                self.note_use(&client, now).await?;
                self.granted(&session, &client, *request, now).await?
            }
            Joined::Part(session) => {
                self.leave_app(&session, &client.id, now).await?;
                Err(if request.prompts(Prompt::None) { why::CONSENT.into() } else { why::TAKEN_BACK.into() })
            }
            Joined::Over(_) | Joined::Refused(_) => Err(why::SESSION_OVER.into()),
            Joined::Full => Err(why::TOO_MANY_APPS.into()),
        };
        Ok(self.respond(address, answer.map_err(|refusal| client.hears(refusal))))
    }

    /// The person allowed it: the client takes part in the session, and what comes of it waits for the device.
    async fn allow_device(
        &self,
        entered: &Entered,
        (client, request): (&Client, AuthorizationRequest),
        (current, activity): (&Current, Activity),
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let join = Join { client: client.id.clone(), limits: client.limits(), asking: Asking::Visibly, activity };
        let told = |reason: &'static Reason| Ok(Next::DeviceTold(DeviceTold::Refused(client.hears(reason.into()))));
        match self.join(current, join, now).await? {
            Joined::Part(session) if !self.allowed_still((&current.session, &session), client, &request).await? => {
                self.leave_app(&session, &client.id, now).await?;
                told(why::TAKEN_BACK)
            }
            Joined::Part(session) => {
                let facts = code(&session, client, request, now);
                let answer = Answer::Allowed(Box::new(facts));
                self.answer_device(entered, (&current.account.id, answer), now).await
            }
            Joined::Over(_) | Joined::Refused(_) => told(why::SESSION_OVER),
            Joined::Full => told(why::TOO_MANY_APPS),
        }
    }

    /// Does the person allow it still, now that the client takes part? Whoever takes back what they allowed deletes the consent
    /// first and ends the client's parts then. So a part that was there when the consent was read ends with it; one that began
    /// since may have come after that, and the consent is read once more.
    async fn allowed_still(
        &self,
        (before, after): (&Session, &Session),
        client: &Client,
        request: &AuthorizationRequest,
    ) -> Result<bool, Fault> {
        let part = |session: &Session| session.participants.get(&client.id).map(|part| part.epoch);
        if part(before) == part(after) || owed(request, client).is_empty() {
            return Ok(true);
        }
        let consent = self.consent_of(&after.account, client).await?;
        Ok(allowed(consent.as_ref(), request, client))
    }

    async fn enter_console(&self, current: &Current, activity: Activity, now: Timestamp) -> Result<Next, Fault> {
        let join = Join { client: console_id(), limits: console_limits(), asking: Asking::Visibly, activity };
        Ok(match self.join(current, join, now).await? {
            Joined::Part(_) => Next::Arrived(Goal::Console),
            _ => Next::Problem(Problem::InteractionGone),
        })
    }

    async fn join(&self, current: &Current, join: Join, now: Timestamp) -> Result<Joined, Fault> {
        let (account, policies) = (current.account.clone(), self.settings.sessions);
        // Judged on the copy first: a silent reissue within the touch step needs no transaction here. What it hands
        // out is judged anew at redemption, against the store.
        let worth = current.session.clone().join(&join, &account, &policies, now);
        if matches!(worth.fate, Fate::Keep) {
            return Ok(worth.outcome);
        }
        let changed = self.store.change::<Session, _, _>(current.session.id.as_str(), move |before| match before {
            Some(session) => session.join(&join, &account, &policies, now),
            None => Change::keep(Joined::Over(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        Ok(changed.await?.outcome()?)
    }

    /// What the response type says: a code, tokens that are shown in the browser, or both.
    async fn granted(
        &self,
        session: &Session,
        client: &Client,
        request: AuthorizationRequest,
        now: Timestamp,
    ) -> Result<Result<Granted, OAuthError>, Fault> {
        let response_type = request.response_type;
        let facts = code(session, client, request, now);
        let by_code = response_type.gives(Part::Code).then(|| self.seals.seal(Purpose::Code, &facts));
        if !response_type.shows_tokens() {
            return Ok(Ok(Granted { code: by_code, shown: None }));
        }
        match self.show_tokens(client, (response_type, facts), by_code.as_deref(), now).await {
            Ok(shown) => Ok(Ok(Granted { code: by_code, shown: Some(shown) })),
            Err(NoToken::Fault(fault)) => Err(fault),
            Err(NoToken::Refused(_) | NoToken::Busy | NoToken::TooOften(_)) => Ok(Err(why::SESSION_OVER.into())),
        }
    }
}

/// The facts that a code stands for.
fn code(session: &Session, client: &Client, request: AuthorizationRequest, now: Timestamp) -> Code {
    let part = session.participants.get(&client.id);
    Code {
        grant: GrantId::new(random::id()),
        client: client.id.clone(),
        redirect_uri: request.redirect_uri,
        challenge: request.code_challenge,
        account: session.account.clone(),
        binding: SessionBinding {
            session: session.id.clone(),
            epoch: session.epoch,
            application_epoch: part.map_or(0, |part| part.epoch),
            account_epoch: session.account_epoch,
        },
        scope: client.permitted(&request.scope),
        claims: request.claims,
        resource: request.resource,
        key: request.dpop_jkt,
        nonce: request.nonce,
        authentication: told(session.authentication(), request.essential_acr.as_deref()),
        issued_at: now,
    }
}
