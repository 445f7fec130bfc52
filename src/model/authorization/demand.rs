//! How strongly somebody has to be authenticated: what an app may insist on, what it wishes, and what the installation
//! demands of people by role and group.

use super::factor::{Held, Level};
use crate::model::account::Account;
use crate::model::client::Client;
use crate::model::password::Stands;
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::claims::AuthenticationFacts;
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// `[sign_in] require`: what the installation demands, whatever the app.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(into = "Vec<String>")]
pub struct Requirements(Vec<Requirement>);

/// One line of them: `WHOM ACR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    whom: Whom,
    level: Level,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Whom {
    Everybody,
    Role(String),
    Group(String),
}

/// A requirement that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// It names no class of ours.
    #[error("`{text}` ends with no `acr` of this provider; write one of {known}", text = .0, known = super::factor::ACRS.join(", "))]
    Acr(String),
    /// It names nobody.
    #[error("`{0}` names nobody; write \"everybody ACR\", \"role:admin ACR\" or \"group:staff ACR\"")]
    Whom(String),
}

/// What one request demands of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Demand {
    required: Option<Level>,
    wished: Option<Level>,
    /// An essential `acr` that nobody here can have.
    unheard_of: bool,
}

/// What an authentication lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Nothing.
    Nothing,
    /// A factor that the person holds.
    Shown,
    /// A factor that the person has to set up first.
    Held,
    /// What nobody here can show.
    Everything,
}

impl Requirements {
    /// What is demanded of this person.
    pub fn of(&self, account: &Account) -> Option<Level> {
        let meant = |requirement: &&Requirement| match &requirement.whom {
            Whom::Everybody => true,
            Whom::Role(role) => account.roles.contains(role),
            Whom::Group(group) => account.groups.contains(group),
        };
        self.0.iter().filter(meant).map(|requirement| requirement.level).max()
    }

    /// One by one.
    pub fn entries(&self) -> &[Requirement] {
        &self.0
    }
}

impl FromIterator<Requirement> for Requirements {
    fn from_iter<I: IntoIterator<Item = Requirement>>(entries: I) -> Requirements {
        Requirements(entries.into_iter().collect())
    }
}

impl From<Requirements> for Vec<String> {
    fn from(requirements: Requirements) -> Vec<String> {
        requirements.0.iter().map(ToString::to_string).collect()
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;
    fn from_str(text: &str) -> Result<Requirement, RequirementError> {
        let (whom, acr) = text.trim().rsplit_once(' ').ok_or_else(|| RequirementError::Acr(text.to_owned()))?;
        let level = Level::of_acr(acr).ok_or_else(|| RequirementError::Acr(text.to_owned()))?;
        let whom = match whom.trim().split_once(':') {
            None if whom.trim() == "everybody" => Whom::Everybody,
            Some(("role", role)) if !role.is_empty() => Whom::Role(role.to_owned()),
            Some(("group", group)) if !group.is_empty() => Whom::Group(group.to_owned()),
            _ => return Err(RequirementError::Whom(text.to_owned())),
        };
        Ok(Requirement { whom, level })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.whom {
            Whom::Everybody => f.write_str("everybody")?,
            Whom::Role(role) => write!(f, "role:{role}")?,
            Whom::Group(group) => write!(f, "group:{group}")?,
        }
        write!(f, " {}", self.level.acr())
    }
}

impl Demand {
    /// What a request of this client demands of this person.
    ///
    /// `acr_values` is a wish, and so is the client's default for it, in place of which comes whatever the request says of
    /// `acr` (OpenID Connect Core, 3.1.2.1 and 5.5.1.1; Dynamic Client Registration 1.0, section 2); an essential claim `acr`
    /// is none, and neither is what an administrator wrote down.
    pub fn of_request(
        request: &AuthorizationRequest,
        client: &Client,
        (account, rules): (&Account, &Requirements),
    ) -> Demand {
        let essential = request.essential_acr.as_deref();
        // Any of them will do, so that the weakest is the least; the one that is named first is a wish beyond it.
        let listed = || essential.unwrap_or_default().iter().filter_map(|acr| Level::of_acr(acr));
        let insisted = listed().min();
        let wished = match &request.acr_values {
            Some(values) => Level::wanted(values),
            None if essential.is_some() => None,
            None => client.metadata.default_acr_values.iter().find_map(|acr| Level::of_acr(acr)),
        };
        let wished = wished.max(listed().next());
        let always = client.metadata.require_acr.as_deref().and_then(Level::of_acr);
        Demand {
            required: [insisted, always, rules.of(account)].into_iter().flatten().max(),
            wished,
            unheard_of: essential.is_some_and(|values| !values.is_empty()) && insisted.is_none(),
        }
    }

    /// What a page of ours demands of this person.
    pub fn of_page(account: &Account, rules: &Requirements) -> Demand {
        Demand { required: rules.of(account), ..Demand::default() }
    }

    /// Not less than two factors, where somebody showed a password that is good enough beside another factor only.
    #[must_use]
    pub fn of_password(self, password: Stands, shown: &AuthenticationFacts) -> Demand {
        if password == Stands::Alone || !shown.amr.iter().any(|word| word == "pwd") {
            return self;
        }
        Demand { required: self.required.max(Some(Level::Two)), ..self }
    }

    /// Does it go beyond what somebody has?
    pub fn exceeds(&self, has: Level) -> bool {
        self.unheard_of || self.required.max(self.wished).is_some_and(|wanted| wanted > has)
    }

    /// The least that is let in.
    pub fn least(&self) -> Level {
        self.required.unwrap_or(Level::One)
    }

    /// What somebody who holds this much is asked for: the wish as well, where it can be had.
    pub fn aim(&self, held: &Held) -> Level {
        self.least().max(self.wished.filter(|wished| held.reaches() >= *wished).unwrap_or(Level::One))
    }

    /// What an authentication of this level lacks, for somebody who holds that much. A wish that cannot be had is no lack.
    pub fn lack(&self, has: Level, held: &Held) -> Lack {
        let reached = held.reaches();
        let beyond = |wanted: Option<Level>| wanted.filter(|wanted| *wanted > has);
        match (beyond(self.required), beyond(self.wished)) {
            _ if self.unheard_of => Lack::Everything,
            (Some(required), _) if reached < required => Lack::Held,
            (Some(_), _) => Lack::Shown,
            (None, Some(wished)) if reached >= wished => Lack::Shown,
            (None, _) => Lack::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::factor::Method;
    use super::*;

    #[test]
    fn requirements_read_and_print() {
        for text in ["everybody urn:abide:acr:aal1", "role:admin urn:abide:acr:aal2", "group:a b urn:abide:acr:aal2"] {
            assert_eq!(text.parse::<Requirement>().expect(text).to_string(), text);
        }
        for text in ["", "everybody", "everybody aal2", "role:admin", "role:admin urn:abide:acr:aal9"] {
            assert_eq!(text.parse::<Requirement>(), Err(RequirementError::Acr(text.into())), "{text}");
        }
        for text in ["nobody urn:abide:acr:aal2", "role: urn:abide:acr:aal2", "user:x urn:abide:acr:aal2"] {
            assert_eq!(text.parse::<Requirement>(), Err(RequirementError::Whom(text.into())), "{text}");
        }
    }

    #[test]
    fn a_password_that_needs_a_factor_demands_one() {
        let shown = |amr: &[&str]| AuthenticationFacts {
            auth_time: crate::protocol::time::Timestamp(0),
            acr: Level::One.acr().into(),
            amr: amr.iter().map(ToString::to_string).collect(),
        };
        let least = |required, password, amr: &[&str]| {
            Demand { required, ..Demand::default() }.of_password(password, &shown(amr)).least()
        };
        assert_eq!(least(None, Stands::BesideFactor, &["pwd"]), Level::Two);
        assert_eq!(least(None, Stands::Alone, &["pwd"]), Level::One);
        assert_eq!(least(None, Stands::BesideFactor, &[]), Level::One, "another provider vouched for the person");
        let strongest = Some(Level::PhishingResistant);
        assert_eq!(least(strongest, Stands::BesideFactor, &["pwd"]), Level::PhishingResistant);
    }

    #[test]
    fn what_is_lacking() {
        let nothing = Held::default();
        let app = Held::of([Method::Totp]);
        let (one, two) = (Some(Level::One), Some(Level::Two));
        let of = |required, wished| Demand { required, wished, unheard_of: false };
        for (demand, has, held, lack) in [
            (of(None, None), Level::One, &nothing, Lack::Nothing),
            (of(one, one), Level::One, &nothing, Lack::Nothing),
            (of(two, None), Level::One, &nothing, Lack::Held),
            (of(two, None), Level::One, &app, Lack::Shown),
            (of(two, None), Level::Two, &nothing, Lack::Nothing),
            (of(None, two), Level::One, &nothing, Lack::Nothing),
            (of(None, two), Level::One, &app, Lack::Shown),
            (of(one, two), Level::One, &nothing, Lack::Nothing),
            (of(two, one), Level::One, &nothing, Lack::Held),
            (Demand { unheard_of: true, ..of(None, None) }, Level::Two, &app, Lack::Everything),
        ] {
            assert_eq!(demand.lack(has, held), lack, "{demand:?} {has:?} {held:?}");
            // Whatever is lacking shows before anybody looks at what is held.
            assert!(demand.exceeds(has) || lack == Lack::Nothing, "{demand:?} {has:?}");
        }
    }
}
