//! The real programs, each in a process of its own, and a visitor who uses them over HTTP.
//!
//! * `process`: a program that cannot outlive the tests;
//! * `idp`: `abide serve` in a fresh directory, on a free port;
//! * `pasted`: what the pages about clients tell people to paste;
//! * `travelling`: the same application in this process, on a real port, with a clock that stories move;
//! * `visitor`: a cookie jar that follows one redirect at a time and fills in forms.

pub mod idp;
pub mod pasted;
pub mod process;
pub mod travelling;
pub mod visitor;

/// Runs one test's asynchronous part.
pub fn block_on<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(story)
}
