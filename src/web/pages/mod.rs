//! The pages: one struct a page, holding exactly what the page shows.
//!
//! Plain data only. A page knows no record, no clock and no rule: whoever fills it has already judged everything, and the
//! template turns it into HTML. Instants are Unix seconds. Every value is escaped by the template, so names and addresses
//! are handed over as they are.
//!
//! Pages with a form carry `csrf`, which comes back as the hidden field `csrf`. A refused form is the same page again with
//! its `alert` set, which is shown as the one element of `role="alert"`. Nothing on a page needs JavaScript.

mod account;
mod admin_clients;
mod admin_records;
mod admin_users;
mod device;
mod entrance;
mod face;
mod leaving;
mod mail;
mod passkeys;
mod person;
mod security;
mod upstream;

// In every build that checks itself, so that browsers can be shown them as well.
#[cfg(debug_assertions)]
pub mod samples;
#[cfg(debug_assertions)]
mod samples_console;
#[cfg(debug_assertions)]
mod samples_device;
#[cfg(debug_assertions)]
mod samples_mail;
#[cfg(debug_assertions)]
mod samples_passkeys;
#[cfg(debug_assertions)]
mod samples_person;
#[cfg(debug_assertions)]
mod samples_upstream;
#[cfg(test)]
mod tests;

pub use account::*;
pub use admin_clients::*;
pub use admin_records::*;
pub use admin_users::*;
pub use device::*;
pub use entrance::*;
pub use face::*;
pub use leaving::*;
pub use mail::*;
pub use passkeys::*;
pub use person::*;
pub use security::*;
pub use upstream::*;
