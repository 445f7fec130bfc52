//! Debian's Chromium by WebDriver, against the real binaries.
//!
//! All stories share one chromedriver, one running demo and one `abide serve`; each has a browser with a fresh profile.
//!
//! * `driver`, `page`, `keyboard`, `devtools`: the browser, and how stories use it;
//! * `places`: the running programs;
//! * `demo`, `keys_only`, `secrecy`: the bank and the square;
//! * `entrance`, `account`, `accounts`, `console`: the provider's own pages;
//! * `passkeys`, `second_factor`: passkeys with WebDriver's virtual authenticator; codes and recovery codes by keyboard;
//! * `frames`: hidden frames of relying apps;
//! * `oidc_client_ts`: npm's `oidc-client-ts` in an app without a server;
//! * `warning`, `warning_access`, `warning_console`: before and after the end of the session, for everybody, and of the
//!   console;
//! * `appearance`: accessibility, phone, dark mode; `people`: the same of the pages that mails and factors lead to;
//!   `languages`: the same in every language, from every sample page.

mod account;
mod accounts;
mod appearance;
mod console;
mod demo;
mod devtools;
mod driver;
mod entrance;
mod frames;
mod keyboard;
mod keys_only;
mod languages;
mod oidc_client_ts;
mod page;
mod passkeys;
mod people;
pub mod places;
mod second_factor;
mod secrecy;
mod warning;
mod warning_access;
mod warning_console;
