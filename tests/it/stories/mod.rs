//! Stories over actors: what people and apps see.

mod limits;
mod logout;
mod main_job;
