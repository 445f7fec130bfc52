//! A device without a browser asks (RFC 8628): its codes, and the person who enters one of them.
//!
//! From there on it is an interaction like any other, with the same demands and the same dispatcher. Two things differ: the
//! person is asked every time, with what is known of the device before them, and the answer waits in the store for the
//! device that asks for it.

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::authorize::{Next, Turn};
use crate::flow::browser::Visitor;
use crate::flow::sign_in::address_prefix;
use crate::flow::token::{Caller, NoToken, refused};
use crate::flow::{Fault, Idp};
use crate::model::authorization::{Goal, grant_type_forbidden, validate_device};
use crate::model::client::{Allowed, Client};
use crate::model::device::{Answer, Answered, DeviceRequest, Entered, INTERVAL, LIFETIME};
use crate::model::id::AccountId;
use crate::model::session::Device;
use crate::model::session::activity::Activity;
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::protocol::authorize::{AuthorizationRequest, Prompt};
use crate::protocol::device::{DeviceAuthorizationRequest, DeviceAuthorizationResponse, UserCode};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::token as why;
use crate::protocol::time::Timestamp;
use crate::protocol::token::GrantType;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What becomes of a user code that somebody entered.
pub enum Entry {
    /// It leads on.
    Open(Box<Turn>),
    /// There is no such code, or not any more.
    Unknown,
    /// Too many were tried from there.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// What a person is shown of the device they are asked about.
#[derive(Clone, Debug)]
pub struct AskingDevice {
    /// The code, to be compared with what the device shows.
    pub code: String,
    /// Where it is, and what it says of itself.
    pub device: Device,
    /// When it asked.
    pub at: Timestamp,
    /// Is it in the network of the person's browser?
    pub nearness: Nearness,
}

/// Is a device where the person's browser is? Somebody else's device, far away, asks with a code that it talked the person
/// into entering (RFC 8628, section 5.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nearness {
    /// They come from one network.
    SameNetwork,
    /// They do not, or nobody knows.
    Elsewhere,
}

impl Idp {
    /// Answers a device that asks for its codes.
    ///
    /// # Errors
    /// `invalid_client`, `unauthorized_client`, `invalid_scope`, `invalid_target`; too many from one network; or a fault.
    pub async fn ask_by_device(
        &self,
        from: Caller<'_>,
        (params, user_agent): (&Params, &str),
        now: Timestamp,
    ) -> Result<DeviceAuthorizationResponse, NoToken> {
        let presented = self.presented(from, params).await?;
        let client = self.authenticate_client(presented, from, now).await?;
        let device = Device { user_agent: user_agent.chars().take(256).collect(), address: from.address.to_owned() };
        self.codes_for(&client, (params, device), now).await.map_err(|refused| refused.heard_by(&client))
    }

    async fn codes_for(
        &self,
        client: &Client,
        (params, device): (&Params, Device),
        now: Timestamp,
    ) -> Result<DeviceAuthorizationResponse, NoToken> {
        if client.allows(GrantType::DeviceCode) == Allowed::No {
            return refused(grant_type_forbidden(why::DEVICE_FORBIDDEN, GrantType::DeviceCode, client));
        }
        let asked = DeviceAuthorizationRequest::parse(params).map_err(NoToken::Refused)?;
        let request = validate_device(as_request(client, asked), client).map_err(NoToken::Refused)?;
        if let Attempt::Wait { until } = self.count_stranger("device-asks", (client, &device.address), now).await? {
            return Err(NoToken::until(until, now));
        }
        let secret = random::secret();
        // A code that somebody else has at this moment is met once in many lives; then another one is made.
        loop {
            let Some(code) = UserCode::of(&random::bytes::<32>()) else { continue };
            let new = DeviceRequest {
                key: self.device_key(&code),
                secret: secret.digest(),
                client: client.id.clone(),
                scope: request.scope.clone(),
                resource: request.resource.clone(),
                device: device.clone(),
                started_at: now,
                interval: INTERVAL.as_secs(),
                asked_at: None,
                answer: Answer::Awaited,
            };
            let key = new.key.clone();
            let rule = move |before| DeviceRequest::begin(before, new.clone());
            let changed = self.store.change::<DeviceRequest, _, _>(&key, rule);
            if changed.await?.outcome()? == Answered::Now {
                let page = self.issuer.at("/device");
                return Ok(DeviceAuthorizationResponse {
                    device_code: format!("{key}.{}", secret.expose()),
                    user_code: code.shown(),
                    verification_uri_complete: format!("{page}?user_code={}", code.shown()),
                    verification_uri: page,
                    expires_in: LIFETIME.as_secs(),
                    interval: INTERVAL.as_secs(),
                });
            }
        }
    }

    /// Under which key the question with this user code is kept. The code itself is not.
    fn device_key(&self, code: &UserCode) -> String {
        URL_SAFE_NO_PAD.encode(&self.seals.mac(Purpose::UserCode, &[code.as_str().as_bytes()])[..16])
    }

    /// A person entered a code. What is typed is counted before it is looked at.
    pub async fn enter_user_code(&self, visitor: &Visitor, typed: &str, now: Timestamp) -> Result<Entry, Fault> {
        let lane = self.bucket("user-code", &[&address_prefix(&visitor.device.address)]);
        if let Attempt::Wait { until } = self.count(&lane, ACCOUNT, now).await? {
            return Ok(Entry::Throttled { until });
        }
        let Some(code) = UserCode::parse(typed) else { return Ok(Entry::Unknown) };
        let key = self.device_key(&code);
        let Some(asked) = self.store.read::<DeviceRequest>(&key).await?.filter(|asked| asked.awaits(now)) else {
            return Ok(Entry::Unknown);
        };
        let Some(client) = self.store.read::<Client>(asked.client.as_str()).await? else { return Ok(Entry::Unknown) };
        // It alone does not count. Were the guesses before it forgotten, whoever has a code of their own could enter it after
        // every fifth guess, and guess as fast as they like.
        self.store.change::<Throttle, _, _>(&lane, Throttle::refund).await?.outcome()?;
        let wanted = DeviceAuthorizationRequest { scope: asked.scope, resource: asked.resource };
        let goal = Goal::Device(Entered { key, code }, Box::new(as_request(&client, wanted)));
        let (turn, _) = self.open_page(visitor, (goal, Activity::Machine), now).await?;
        Ok(Entry::Open(Box::new(turn)))
    }

    /// The device that somebody entered the code of; none when the time is over, or it was answered.
    pub(in crate::flow) async fn asking_device(
        &self,
        visitor: &Visitor,
        entered: &Entered,
        now: Timestamp,
    ) -> Result<Option<AskingDevice>, Fault> {
        let asked = self.store.read::<DeviceRequest>(&entered.key).await?.filter(|asked| asked.awaits(now));
        Ok(asked.map(|asked| {
            let (one, other) = (address_prefix(&asked.device.address), address_prefix(&visitor.device.address));
            let same = !one.is_empty() && one == other;
            AskingDevice {
                code: entered.code.shown(),
                device: asked.device,
                at: asked.started_at,
                nearness: if same { Nearness::SameNetwork } else { Nearness::Elsewhere },
            }
        }))
    }

    /// Leaves a person's answer for the device.
    pub(in crate::flow) async fn answer_device(
        &self,
        entered: &Entered,
        (by, answer): (&AccountId, Answer),
        now: Timestamp,
    ) -> Result<Next, Fault> {
        let (by, allowed) = (by.clone(), matches!(answer, Answer::Allowed(_)));
        let rule = move |before| DeviceRequest::answer(before, &by, answer.clone(), now);
        let changed = self.store.change::<DeviceRequest, _, _>(&entered.key, rule);
        Ok(Next::DeviceTold(match changed.await?.outcome()? {
            Answered::TooLate => DeviceTold::TooLate,
            Answered::Now if allowed => DeviceTold::Allowed,
            Answered::Now => DeviceTold::Denied,
        }))
    }
}

/// What a person is told at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeviceTold {
    /// The device goes on.
    Allowed,
    /// It does not.
    Denied,
    /// The code is over, or was answered before.
    TooLate,
    /// The app cannot have it: this is the error.
    Refused(OAuthError),
}

/// The question of a device as an authorization request: the same rules are held against it. The person is always asked.
fn as_request(client: &Client, asked: DeviceAuthorizationRequest) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: client.id.to_string(),
        scope: asked.scope,
        resource: asked.resource,
        prompt: vec![Prompt::Consent],
        ..AuthorizationRequest::default()
    }
}
