//! The picture of a person: what they hand in is taken apart and drawn anew, and nothing else of it is kept.

mod drawing;

pub use drawing::{Drawing, Drawn, LOGO, PORTRAIT, Unfit};

use crate::model::account::{Account, AccountStanding};
use crate::model::audit::Event;
use crate::model::id::AccountId;
use crate::model::record::{Change, Kind, Record, Row};
use crate::protocol::issuer::Issuer;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A picture as it is served. It is shown while its account names it ([`Account::picture`]) and at no other time: what a
/// crash left behind is found by nobody, and goes with the next one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// What it is called: random, new with every picture, so that an address never shows another one, and says nothing of
    /// whose it is to apps that know the person by different names.
    pub name: String,
    /// Whose.
    pub account: AccountId,
    /// Since when.
    pub set_at: Timestamp,
    /// The file.
    jpeg: Drawn,
}

impl Picture {
    /// A picture just drawn.
    pub fn new(name: String, account: AccountId, set_at: Timestamp, jpeg: &[u8]) -> Picture {
        Picture { name, account, set_at, jpeg: Drawn::new(jpeg) }
    }

    /// The file.
    pub fn jpeg(&self) -> Vec<u8> {
        self.jpeg.jpeg()
    }

    /// The file in base64, as data are taken along.
    pub fn base64(&self) -> &str {
        self.jpeg.base64()
    }

    /// May it be shown?
    pub fn is_shown_by(&self, account: &Account) -> bool {
        account.standing() == AccountStanding::Active && account.picture.as_ref() == Some(&self.name)
    }
}

impl Record for Picture {
    const KIND: Kind = Kind::Picture;

    fn key(&self) -> String {
        self.name.clone()
    }

    fn rows(&self) -> Vec<Row> {
        vec![Row { list: "pictures-by-account", group: self.account.to_string(), order: String::new() }]
    }
}

impl Account {
    /// Shows this picture from here on, or none; tells which one it was before.
    pub fn show_picture(mut self, picture: Option<String>, event: Event) -> Change<Account, Option<String>> {
        let before = std::mem::replace(&mut self.picture, picture);
        if before == self.picture {
            return Change::keep(None);
        }
        self.note_update(event.at);
        Change::put(before, self).told(event)
    }

    /// The path of the picture here; none where there is none, or only one elsewhere.
    pub fn picture_path(&self) -> Option<String> {
        self.picture.as_ref().map(|name| format!("/picture/{name}"))
    }

    /// Its address, for apps. It stands before whatever an administrator wrote as the claim.
    pub(super) fn picture_address(&self, issuer: &Issuer) -> Option<String> {
        self.picture_path().map(|path| issuer.at(&path))
    }
}
