//! An app on this crate against the real provider over loopback, with a clock that travels for both.

mod both_sides;
mod faulty;
mod provider_says;
mod renewing;
mod restoring;
mod signing_in;
mod status;
mod world;
