//! Stories over actors: what people and apps see.

mod browsers;
mod events;
mod limits;
mod logout;
mod main_job;
mod status;
