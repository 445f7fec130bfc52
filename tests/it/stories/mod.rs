//! Stories over actors: what people and apps see.

mod back_channel;
mod browsers;
mod console;
mod demands;
mod events;
mod frames;
mod introspection;
mod limits;
mod logout;
mod main_job;
mod person;
pub mod passkeys;
mod reconstitution;
pub mod second_factor;
mod security;
mod status;
mod table;
