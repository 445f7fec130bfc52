//! Where a module is played: the provider as one sets it up for a run of the suite, the variant, and what was found wrong.

use super::Variant;
use crate::harness::Idp;
use abide::config::Config;
use abide::model::cookies::Switch;
use std::fmt::Display;

/// Where a module is played.
pub struct Stage {
    pub idp: Idp,
    pub variant: Variant,
    found: Vec<String>,
    demands: usize,
}

impl Stage {
    /// A provider that nobody has been to.
    pub async fn new(variant: Variant) -> Stage {
        Stage { idp: Idp::with(as_for_the_suite).await, variant, found: Vec::new(), demands: 0 }
    }

    /// What the suite takes for a failure, unless it holds.
    pub fn must(&mut self, holds: bool, what: impl Display) {
        self.demand(holds, "failure", what);
    }

    /// What the suite warns of, unless it holds. It is no better here than a failure.
    pub fn should(&mut self, holds: bool, what: impl Display) {
        self.demand(holds, "warning", what);
    }

    fn demand(&mut self, holds: bool, grade: &str, what: impl Display) {
        self.demands += 1;
        if !holds {
            self.found.push(format!("{grade}: {what}"));
        }
    }

    /// What was found wrong.
    pub fn found(&mut self) -> Vec<String> {
        std::mem::take(&mut self.found)
    }

    /// How much was demanded.
    pub fn demands(&self) -> usize {
        self.demands
    }
}

/// The settings of a run: apps register themselves, with the flows that the plans play.
pub fn as_for_the_suite(config: &mut Config) {
    config.registration.open = Switch::On;
    config.registration.certification = Switch::On;
}
