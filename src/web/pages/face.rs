//! A person as pages show them.

use super::entrance::initial;

/// A picture, or the first letter of a name where there is none. Both are decoration: the name stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// What to call the person.
    pub name: String,
    /// The path of their picture here.
    pub picture: Option<String>,
}

impl Face {
    /// Shown in place of a picture.
    pub fn initial(&self) -> String {
        initial(&self.name)
    }
}
