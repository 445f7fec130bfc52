//! What a mail says, before it has words.

use super::address::MailAddress;
use crate::model::audit::{Act, Event, Outcome};
use crate::model::authorization::interaction::LIFETIME;
use crate::model::session::Device;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long the link to a new password works.
pub const RESET_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How long the link that proves an address works.
pub const VERIFY_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long an invitation stands.
pub const INVITATION_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3_600);

/// A letter: to whom, in which language, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address; none for a letter that only stands in for one, so that the work is the same.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The language the person prefers (BCP 47), where that is known.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// What it says.
    #[serde(rename = "s")]
    pub says: Says,
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub enum Says {
    /// The link to a new password, which was asked for.
    Reset {
        /// The link.
        link: String,
        /// Whose.
        username: String,
    },
    /// The same, sent by an administrator.
    ResetSent {
        /// The link.
        link: String,
        /// Whose.
        username: String,
    },
    /// The link that proves that the address is theirs. Whose account it is to be for is not said: it may be a stranger's
    /// mailbox, and nobody is to write into that what they like.
    Verify {
        /// The link.
        link: String,
    },
    /// The link with which an account comes to be.
    SignUp {
        /// The link.
        link: String,
    },
    /// Somebody wants an account under an address, or the address for their account, that has one already.
    Known {
        /// Where to sign in.
        link: String,
    },
    /// An administrator invites.
    Invitation {
        /// The link.
        link: String,
        /// Who.
        by: String,
    },
    /// The code for a sign-in that is unusual.
    SignInCode {
        /// The code, in groups.
        code: String,
        /// Whose.
        username: String,
        /// From where.
        device: Device,
        /// The account page, for whoever did not try to sign in.
        link: String,
    },
    /// Something happened to the account.
    Notice {
        /// What.
        what: Notice,
        /// Whose.
        username: String,
        /// When.
        at: Timestamp,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<Device>,
        /// The account page.
        link: String,
    },
}

/// What a person is told of by mail, whether they did it or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A sign-in from a browser that the account was never seen in.
    NewDevice,
    /// A sign-in after many wrong attempts.
    ManyFailures,
    /// The same of codes: whoever typed them knew the first factor.
    ManyCodes,
    /// The password was set.
    PasswordChanged,
    /// A second factor was added.
    FactorAdded,
    /// A second factor was taken away.
    FactorRemoved,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// The mail address was changed.
    AddressChanged,
    /// Another provider signs the person in from now on.
    UpstreamConnected,
    /// One that did does so no more.
    UpstreamDisconnected,
    /// The account is going to be deleted.
    DeletionAsked,
    /// It stays after all.
    DeletionCancelled,
}

impl Notice {
    /// The one place that decides which events make a mail.
    pub fn of(event: &Event) -> Option<Notice> {
        if event.outcome == Outcome::Refused {
            return None;
        }
        match (event.act, event.reason.as_deref()) {
            (Act::SignInUnusual, Some("new_device")) => Some(Notice::NewDevice),
            (Act::SignIn, Some("many_failures")) => Some(Notice::ManyFailures),
            (Act::SignIn, Some("many_codes")) => Some(Notice::ManyCodes),
            (Act::PasswordChanged, _) => Some(Notice::PasswordChanged),
            (Act::FactorAdded, _) => Some(Notice::FactorAdded),
            (Act::FactorRemoved, _) => Some(Notice::FactorRemoved),
            // Made together with a factor they are part of what is told then.
            (Act::RecoveryCodesMade, Some("first")) => None,
            (Act::RecoveryCodesMade, _) => Some(Notice::RecoveryCodesMade),
            (Act::RecoveryCodeUsed, _) => Some(Notice::RecoveryCodeUsed),
            (Act::AddressChanged, _) => Some(Notice::AddressChanged),
            (Act::UpstreamConnected, _) => Some(Notice::UpstreamConnected),
            (Act::UpstreamDisconnected, _) => Some(Notice::UpstreamDisconnected),
            (Act::DeletionAsked, _) => Some(Notice::DeletionAsked),
            (Act::DeletionCancelled, _) => Some(Notice::DeletionCancelled),
            _ => None,
        }
    }
}

impl Letter {
    /// In a fixed short word what it is about.
    pub fn about(&self) -> &'static str {
        match self.says {
            Says::Reset { .. } | Says::ResetSent { .. } => "reset",
            Says::Verify { .. } => "verify",
            // One word for both: what is kept of them must not tell which it was.
            Says::SignUp { .. } | Says::Known { .. } => "address",
            Says::Invitation { .. } => "invitation",
            Says::SignInCode { .. } => "sign_in_code",
            Says::Notice { .. } => "notice",
        }
    }

    /// How long it is worth being sent.
    pub fn worth(&self) -> Duration {
        match self.says {
            Says::Reset { .. } | Says::ResetSent { .. } => RESET_LIFETIME,
            Says::SignInCode { .. } => LIFETIME,
            Says::Verify { .. } | Says::SignUp { .. } | Says::Known { .. } => VERIFY_LIFETIME,
            Says::Invitation { .. } | Says::Notice { .. } => super::PATIENCE,
        }
    }

    /// To whom, once more judged: nothing else goes into an envelope.
    pub fn address(&self) -> Option<MailAddress> {
        MailAddress::parse(self.to.as_deref()?)
    }
}
