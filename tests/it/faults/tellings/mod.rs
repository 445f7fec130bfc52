//! Many sessions end, and everybody is told: apps that are well at once, whatever the others do; nobody waits for it.
//!
//! ```text
//! place     the application on a real port, with the real work in the background, and a clock that can jump
//! people    sessions by the store's own verbs: a hundred thousand are there in a minute
//! ear       receivers of logout tokens, good and bad, that remember which sessions they were told of
//! prober    persons and apps who go on using it meanwhile, and how long they waited
//! ```

mod ear;
mod ended_at_once;
mod killed;
mod people;
mod place;
mod prober;
mod timed_out;
