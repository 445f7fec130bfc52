//! The deployment files: what they start is driven, what cannot be started here is at least read.
//!
//! * `topology`: `examples/compose-without-docker.sh` as a process, and what it says about itself;
//! * `nodes`: two nodes behind the proxy, one killed, all ended;
//! * `streams`: an end on one node, heard on the other;
//! * `proxy`: the proxy's configuration before nodes that misbehave on purpose;
//! * `files`: `docker-compose.yml` by Debian's `docker-compose config`, and the Dockerfile by its words. No image is built.

mod files;
mod nodes;
mod proxy;
mod streams;
mod topology;

use std::path::{Path, PathBuf};

/// A file of the repository.
fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Its text.
fn text_of(path: &str) -> String {
    std::fs::read_to_string(in_repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
