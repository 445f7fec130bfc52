//! What needs a key, randomness or a costly computation: one file for each.
//!
//! * [`random`] makes every random value there is.
//! * [`secret`] holds secrets that cannot be printed, digests them, and compares in constant time.
//! * [`seal`] seals what travels through browsers, and derives names and MACs from the installation's key.
//! * [`key_folder`] keeps the installation's sealing key in its file, sealed itself where another key is given for that.
//! * [`signing_key`] makes and parses one signing key; [`keyring`] has all of them, ready for use.
//! * [`jwt`] signs and verifies JSON Web Tokens.
//! * [`jws`] verifies what clients signed.
//! * [`fingerprint`] says whether two stores hold the same.
//! * [`totp`] makes and checks the codes of authenticator apps.
//! * [`webauthn`] puts challenges to passkeys and verifies their answers.
//! * [`hashing`] hashes passwords, off the event loop and in a bounded queue.

pub mod fingerprint;
pub mod hashing;
pub mod jws;
pub mod jwt;
pub mod key_folder;
pub mod keyring;
pub mod random;
pub mod seal;
pub mod secret;
pub mod signing_key;
pub mod totp;
pub mod webauthn;
