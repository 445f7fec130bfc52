//! What a person sends from a page: a transfer at the bank, a post at Plaza. It is kept in the application session, so it
//! survives a timeout; so does what is half typed, which the page's script keeps on the app's server meanwhile.

use abide_rp::SignedIn;
use serde::{Deserialize, Serialize};

use super::brand::{Brand, Product};

/// Under which the app keeps what was sent.
const SENT: &str = "sent";
/// What is listed; the oldest goes.
const LISTED: usize = 5;
const LONGEST: usize = 280;

/// One thing that was sent.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Sent {
    /// To whom, or what.
    pub(super) what: String,
    /// The amount, at the bank.
    pub(super) amount: Option<String>,
    /// A word that goes with it.
    pub(super) note: String,
}

/// The fields of both forms, as far as each has them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    pub(super) csrf: String,
    to: String,
    amount: String,
    note: String,
    text: String,
}

impl Filled {
    /// What is to be sent, if the form is filled as it should be.
    pub(super) fn sent(&self, brand: &Brand) -> Option<Sent> {
        let short = |text: &str| Some(text.trim().to_owned()).filter(|text| text.chars().count() <= LONGEST);
        let some = |text: &str| short(text).filter(|text| !text.is_empty());
        match brand.product {
            Product::Bank => {
                Some(Sent { what: some(&self.to)?, amount: Some(euros(&self.amount)?), note: short(&self.note)? })
            }
            Product::Social => Some(Sent { what: some(&self.text)?, amount: None, note: String::new() }),
        }
    }
}

/// What this person has sent in this session, the latest first.
pub(super) fn sent_by(person: &SignedIn) -> Vec<Sent> {
    person.state(SENT).unwrap_or_default()
}

/// Keeps what was sent and forgets the draft of it.
pub(super) async fn keep(person: &mut SignedIn, brand: &Brand, sent: Sent) -> Result<(), abide_rp::KeepError> {
    let mut all = sent_by(person);
    all.insert(0, sent);
    all.truncate(LISTED);
    person.set_state(SENT, &all).await?;
    person.forget_draft(brand.draft).await
}

/// An amount as people write it, as the bank shows it: more than nothing, less than a million.
fn euros(text: &str) -> Option<String> {
    let (whole, cents) = text.trim().split_once(['.', ',']).unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(cents) || whole.len() > 6 || cents.len() > 2 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let cents: u32 = if cents.is_empty() { 0 } else { format!("{cents:0<2}").parse().ok()? };
    (whole + cents > 0).then(|| format!("€{whole}.{cents:02}"))
}

#[cfg(test)]
mod tests {
    use super::euros;

    #[test]
    fn amounts_as_people_write_them() {
        let cases = [("12", Some("€12.00")), ("12.4", Some("€12.40")), (" 0,05 ", Some("€0.05"))];
        let wrong = ["", "0", "0.00", "-1", "1.234", "1e3", "1234567", "twelve"].map(|text| (text, None));
        for (text, expected) in cases.into_iter().chain(wrong) {
            assert_eq!(euros(text).as_deref(), expected, "{text}");
        }
    }
}
