//! Everything that people hold is tried, while all is well.

use super::actor::{Actor, Standing};
use super::client::{APPS, Not};

impl Actor {
    /// Tries everything that is held: what must work, and what must not.
    pub async fn probe(&mut self) -> Result<(), Not> {
        if self.signed_in.is_some() {
            ignore_refusal(self.ask().await)?;
        }
        for jar in self.past.clone() {
            let (app, nonce) = (self.dice.below(APPS.len()), self.nonce());
            ignore_refusal(self.caller.silent(&jar, APPS[app], &nonce).await)?;
        }
        for place in 0..self.grants.len() {
            // What is dead stays dead: looked at now and then.
            if self.grants[place].dead && self.dice.below(3) > 0 {
                continue;
            }
            ignore_refusal(self.caller.userinfo(&self.grants[place].access).await)?;
            // Once more what was presented last where the answer was lost; one that was answered moves on.
            ignore_refusal(self.refresh_at(place).await)?;
        }
        for place in 0..self.codes.len() {
            // A spent one ends what it gave: not every time.
            if !self.codes[place].spent || self.dice.below(4) == 0 {
                ignore_refusal(self.redeem(place).await)?;
            }
        }
        self.forget();
        Ok(())
    }

    /// Whoever was signed out comes back, while all is well.
    pub async fn come_back(&mut self) -> Result<(), Not> {
        if self.standing == Standing::Known && self.signed_in.is_none() {
            ignore_refusal(self.sign_in().await)
        } else {
            Ok(())
        }
    }

    /// Tries the password at a door that may be closed, now and then: every time would be slowed down.
    pub async fn knock(&mut self) -> Result<(), Not> {
        if self.standing == Standing::Known && self.dice.below(4) == 0 {
            ignore_refusal(self.sign_in().await)
        } else {
            Ok(())
        }
    }
}

/// Both are good answers; which is right the judge says.
pub fn ignore_refusal<T>(told: Result<T, Not>) -> Result<(), Not> {
    match told {
        Err(Not::Unknown) => Err(Not::Unknown),
        _ => Ok(()),
    }
}
