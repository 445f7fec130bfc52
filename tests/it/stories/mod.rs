//! Stories over actors: what people and apps see.

mod address;
mod back_channel;
mod browsers;
mod console;
mod demands;
mod events;
mod frames;
mod introspection;
mod invitation;
mod languages;
mod limits;
mod logout;
pub mod mail;
mod main_job;
pub mod passkeys;
mod person;
pub mod picture;
mod reconstitution;
mod reset;
pub mod second_factor;
mod security;
mod several;
mod sign_up;
mod status;
mod table;
mod upstream;
mod upstream_factors;
