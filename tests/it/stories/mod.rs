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
pub mod passkeys;
mod person;
mod reconstitution;
pub mod second_factor;
mod security;
mod several;
mod status;
mod table;
mod upstream;
mod upstream_factors;
