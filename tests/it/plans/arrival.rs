//! What a browser comes back to the app with.

use super::{Party, ResponseMode, Stage};
use crate::harness::{Answer, Browser};
use actix_web::http::header;
use std::collections::BTreeMap;

/// Where the parameters of an answer stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Query,
    Fragment,
    Form,
}

/// How a request at the authorization endpoint ended.
#[derive(Debug)]
pub enum Came {
    /// With an answer for the app.
    Back(Arrival),
    /// With a page for the person alone.
    Page(Answer),
}

/// An answer for the app.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub place: Place,
    pub told: BTreeMap<String, String>,
    /// The address it was sent to, without what the answer is made of.
    pub at: String,
    /// Which of our pages the person saw before.
    pub shown: Vec<Shown>,
}

/// A page that a person answered on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    SignIn,
    Consent,
}

impl Arrival {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.told.get(name).map(String::as_str)
    }

    /// A parameter that a module cannot go on without.
    pub fn need(&self, name: &str) -> String {
        self.get(name).unwrap_or_else(|| panic!("no {name} came back: {:?}", self.told)).to_owned()
    }

    /// Did the person sign in for this?
    pub fn signed_in(&self) -> bool {
        self.shown.contains(&Shown::SignIn)
    }
}

impl Came {
    /// The answer for the app, where a page is not what should have come.
    pub fn back(self) -> Arrival {
        match self {
            Came::Back(arrival) => arrival,
            Came::Page(page) => panic!("a page ends it: {} {:?}", page.status, page.text("main")),
        }
    }
}

/// Follows what the provider shows, as a person does who agrees to everything, until the app has its answer or no form
/// leads on.
pub async fn follow(browser: &mut Browser, mut answer: Answer, party: &Party) -> Came {
    let mut shown = Vec::new();
    for _ in 0..12 {
        if let Some((place, at, told)) = for_the_app(&answer, party) {
            return Came::Back(Arrival { place, told, at, shown });
        }
        answer = if answer.headers.contains_key(header::LOCATION) {
            let to = answer.location().to_owned();
            browser.get(&to).await
        } else if answer.body.contains("id=\"sign-in\"") {
            shown.push(Shown::SignIn);
            browser.sign_in(&answer).await
        } else if answer.body.contains("id=\"allow\"") {
            shown.push(Shown::Consent);
            browser.submit(&answer, "/consent", &[("decision", "allow")]).await
        } else {
            return Came::Page(answer);
        };
    }
    panic!("it does not end: {} {}", answer.status, answer.body)
}

type Parts = (Place, String, BTreeMap<String, String>);

fn for_the_app(answer: &Answer, party: &Party) -> Option<Parts> {
    let own = |address: &str| address.starts_with(&party.origin());
    if answer.headers.contains_key(header::LOCATION) {
        let location = answer.location();
        if !own(location) {
            return None;
        }
        let (at, place, pairs) = match (location.split_once('#'), location.split_once('?')) {
            (Some((at, pairs)), _) => (at, Place::Fragment, pairs),
            (None, Some((at, pairs))) => (at, Place::Query, pairs),
            (None, None) => (location, Place::Query, ""),
        };
        let told = serde_urlencoded::from_str::<Vec<(String, String)>>(pairs).unwrap();
        return Some((place, at.to_owned(), told.into_iter().collect()));
    }
    let at = answer.attribute("form[method=post]", "action").filter(|action| own(action))?;
    Some((Place::Form, at.clone(), answer.fields(&at)))
}

impl Stage {
    /// Where an answer of this variant has to stand.
    pub fn place(&self) -> Place {
        match (self.variant.response_mode, self.variant.response_type) {
            (ResponseMode::FormPost, _) => Place::Form,
            (ResponseMode::Default, "code") => Place::Query,
            (ResponseMode::Default, _) => Place::Fragment,
        }
    }
}
