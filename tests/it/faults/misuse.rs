//! What goes wrong between apps, and what thieves do: the same code twice, lost answers, old tokens, two at once.

use super::actor::{Actor, Code, Grant};
use super::client::{APPS, Not};
use super::history::Proof;
use super::probe::ignore_refusal;

impl Actor {
    /// Two servers of one app redeem one code at the same time.
    pub async fn redeem_twice(&mut self) -> Result<(), Not> {
        let place = self.ask().await?;
        let Code { app, code, spent } = &mut self.codes[place];
        *spent = true;
        let app = *app;
        let (one, other) = tokio::join!(
            self.caller.redeem(APPS[app], code, Proof::Right),
            self.caller.redeem(APPS[app], code, Proof::Right)
        );
        let unknown = [&one, &other].into_iter().any(|told| matches!(told, Err(Not::Unknown)));
        for given in [one, other].into_iter().flatten() {
            self.keep(app, given);
        }
        if unknown { Err(Not::Unknown) } else { Ok(()) }
    }

    /// The answer got lost, says the app: the same token once more.
    pub async fn retry(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        let Grant { app, refresh, .. } = &self.grants[place];
        let Some(before) = refresh.len().checked_sub(2) else { return self.refresh_at(place).await };
        let given = self.caller.refresh(APPS[*app], &refresh[before]).await?;
        self.renewed(place, given);
        Ok(())
    }

    /// A thief has an old one.
    pub async fn reuse(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        let Grant { app, refresh, access, .. } = &self.grants[place];
        let Some(oldest) = refresh.len().checked_sub(3) else { return self.refresh_at(place).await };
        let old = refresh[self.dice.below(oldest + 1)].clone();
        let (app, latest, access) = (*app, refresh[refresh.len() - 1].clone(), access.clone());
        ignore_refusal(self.caller.refresh(APPS[app], &old).await)?;
        ignore_refusal(self.caller.userinfo(&access).await)?;
        ignore_refusal(self.caller.refresh(APPS[app], &latest).await)?;
        self.grants[place].dead = true;
        Ok(())
    }

    /// Two tabs renew with one token while an API asks.
    pub async fn renew_while_reading(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        let Grant { app, refresh, access, .. } = &self.grants[place];
        let token = refresh.last().cloned().unwrap_or_default();
        let (one, other, read) = tokio::join!(
            self.caller.refresh(APPS[*app], &token),
            self.caller.refresh(APPS[*app], &token),
            self.caller.userinfo(access)
        );
        let unknown = [one.as_ref().err(), other.as_ref().err(), read.as_ref().err()].contains(&Some(&Not::Unknown));
        for given in [one, other].into_iter().flatten() {
            self.renewed(place, given);
        }
        if unknown { Err(Not::Unknown) } else { Ok(()) }
    }
}
