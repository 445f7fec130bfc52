//! Actors for stories: the provider in process with a travelling clock, browsers, relying apps.
//!
//! `Idp` is the real application over a temporary store; `Browser` keeps cookies that obey the clock, follows one
//! redirect at a time and fills forms; `RelyingApp` asks, redeems and renews. Nothing here knows the inside of the
//! provider: everything goes through requests.

mod app;
pub mod authenticator;
mod browser;
mod counting;
mod every_answer;
mod holder;
mod idp;
pub mod keyed;
mod logos;
mod logs;
mod mail;
mod receiver;
pub mod site;
mod stream;
pub mod upstream;

pub use app::{CHALLENGE, RelyingApp, Tokens, VERIFIER, claims_of};
pub use browser::{Answer, Browser, multipart};
pub use holder::{Holder, presenting};
pub use idp::{ISSUER, Idp, PASSWORD, USERNAME};

pub use logos::{Giving, LogoServer};

pub use logs::Logs;

pub use mail::{Cover, Letter, Login, MailServer, Smtp};
pub use receiver::{Manner, Receiver};
pub use stream::{Said, Stream};
