//! Stories over actors: what people and apps see.

mod back_channel;
mod browsers;
mod console;
mod events;
mod frames;
mod introspection;
mod limits;
mod logout;
mod main_job;
mod reconstitution;
mod second_factor;
mod security;
mod several;
mod status;
mod table;
mod upstream;
