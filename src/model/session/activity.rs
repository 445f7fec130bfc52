//! Idle means that the person is idle. Here are the acts, and which of them are the person's.

/// Something that happened while a session lived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    /// The person signed in or posted another form of an interaction.
    FormPosted,
    /// The person used a page of the account or the console.
    PageUsed,
    /// An authorization request that the person answered on a page, or started with a click (`Sec-Fetch-Dest:
    /// document` and `Sec-Fetch-User: ?1`).
    AuthorizationByPerson,
    /// The person pressed "Stay signed in" on a page of ours.
    StayedSignedIn,
    /// A client that may reported an act of the person in it.
    Reported,
    /// A refresh by a client whose refreshes count.
    CountedRefresh,
    /// Anything a machine does alone: `prompt=none`, scripted and framed requests, other refreshes, userinfo,
    /// introspection, polling.
    Machine,
}

/// Whose idle clock an act moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counts {
    /// The session's.
    Session,
    /// The session's and that of the application session it belongs to.
    SessionAndApplication,
    /// That of the application session alone.
    Application,
    /// Nobody's.
    Nothing,
}

impl Activity {
    /// Whose idle clock it moves.
    pub fn counts(self) -> Counts {
        match self {
            Activity::FormPosted | Activity::PageUsed | Activity::StayedSignedIn => Counts::Session,
            Activity::AuthorizationByPerson | Activity::Reported => Counts::SessionAndApplication,
            Activity::CountedRefresh => Counts::Application,
            Activity::Machine => Counts::Nothing,
        }
    }
}
