//! What the audit log says: typed events, written in the same transaction as the fact they tell of.

use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What was attempted.
    pub act: Act,
    /// How it ended.
    pub outcome: Outcome,
    /// Who acted: an account's `sub`; none where nobody was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The client it was done for or by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Why, in a fixed short word such as `reuse`; never free text from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it was done to, where that is not the actor: an account's `sub`, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Event {
    /// A succeeded act.
    pub fn done(act: Act, at: Timestamp) -> Event {
        Event { at, act, outcome: Outcome::Done, actor: None, client: None, reason: None, target: None }
    }

    /// A refused act, with the short word why.
    pub fn refused(act: Act, at: Timestamp, reason: &str) -> Event {
        Event { outcome: Outcome::Refused, reason: Some(reason.to_owned()), ..Event::done(act, at) }
    }

    /// By this account.
    pub fn by(mut self, actor: impl ToString) -> Event {
        self.actor = Some(actor.to_string());
        self
    }

    /// For this client.
    pub fn client(mut self, client: impl ToString) -> Event {
        self.client = Some(client.to_string());
        self
    }

    /// Because of.
    pub fn because(mut self, reason: &str) -> Event {
        self.reason = Some(reason.to_owned());
        self
    }

    /// Done to.
    pub fn to(mut self, target: impl ToString) -> Event {
        self.target = Some(target.to_string());
        self
    }
}

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took effect.
    Done,
    /// It was refused and changed nothing but the count of refusals.
    Refused,
}

/// The acts that leave a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A password was tried.
    SignIn,
    /// A session began.
    SessionStarted,
    /// The person authenticated again in a live session.
    Reauthenticated,
    /// The person showed one more factor in a live session.
    SteppedUp,
    /// A session ended.
    SessionEnded,
    /// A limit of a session, or of one app's part in it, passed.
    SessionTimedOut,
    /// A session that had timed out came back.
    SessionReconstituted,
    /// A client got a part in a session.
    ApplicationJoined,
    /// A code was redeemed.
    GrantIssued,
    /// A grant was ended before its time.
    GrantRevoked,
    /// A person answered a device that asked.
    DeviceAnswered,
    /// A person agreed to what a client asks.
    ConsentGiven,
    /// A person took that back.
    ConsentWithdrawn,
    /// An account came to be.
    AccountCreated,
    /// An account was changed.
    AccountChanged,
    /// An account was disabled.
    AccountDisabled,
    /// An account was enabled again.
    AccountEnabled,
    /// A password was set.
    PasswordChanged,
    /// A second factor was set up.
    FactorAdded,
    /// A second factor was taken away.
    FactorRemoved,
    /// A passkey got another name.
    FactorRenamed,
    /// Recovery codes were made; those before are void.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A sign-in was unusual: the reason says how.
    SignInUnusual,
    /// A person asked for their account to be deleted after the time of grace.
    DeletionAsked,
    /// They took that back.
    DeletionCancelled,
    /// The account and what was kept of it are gone.
    AccountDeleted,
    /// A person downloaded what is kept of them.
    DataDownloaded,
    /// An account was connected with somebody whom an upstream knows.
    UpstreamConnected,
    /// That was undone.
    UpstreamDisconnected,
    /// An upstream said that a session of its is over.
    UpstreamLogout,
    /// A client was registered.
    ClientCreated,
    /// A client was changed.
    ClientChanged,
    /// A signing key was made; the reason says why.
    SigningKeyMade,
    /// A signing key is nothing any more, and neither is what it signed.
    SigningKeyRevoked,
    /// The one-time set-up link was made.
    SetupLinkMade,
    /// The first administrator was made with it.
    SetupDone,
    /// A mail was taken by the mail server.
    MailSent,
    /// A mail was given up.
    MailFailed,
    /// A new password was asked for by mail.
    PasswordResetAsked,
    /// A link to a new password was used.
    PasswordReset,
    /// A mail address was to be proved.
    AddressAsked,
    /// The mail address of an account was changed to one that was proved.
    AddressChanged,
    /// Somebody wants to make an account.
    SignUpAsked,
    /// Somebody was invited.
    InvitationMade,
    /// An invitation was taken back.
    InvitationRevoked,
}
