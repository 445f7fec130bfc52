//! Stories over actors: what people and apps see.

mod back_channel;
mod browsers;
mod events;
