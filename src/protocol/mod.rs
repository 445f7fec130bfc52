//! The words of OAuth 2.0 and OpenID Connect: parse and print, nothing else.
//!
//! Knows no record, no rule, no request and no clock. Every type here is plain data that tests can write down.

pub mod assertion;
pub mod authorize;
pub mod claims;
pub mod claims_request;
pub mod client_auth;
pub mod client_metadata;
pub mod cookie_header;
pub mod device;
pub mod discovery;
pub mod dpop;
pub mod duration;
pub mod end_session;
pub mod error;
pub mod introspection;
pub mod issuer;
pub mod jwk;
pub mod jws;
pub mod logout_token;
pub mod params;
pub mod pkce;
pub mod redirect;
pub mod refusal;
pub mod request_object;
pub mod response;
pub mod scope;
pub mod session_status;
pub mod signing;
pub mod time;
pub mod token;

pub use issuer::Issuer;
pub use time::Timestamp;
