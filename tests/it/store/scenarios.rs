//! What every backend keeps: one function per name in [`super::SCENARIOS`], by subject.

mod carry;
mod changes;
mod life;
mod lists;
mod sweep_and_audit;
mod values;

pub use carry::*;
pub use changes::*;
pub use life::*;
pub use lists::*;
pub use sweep_and_audit::*;
pub use values::*;
