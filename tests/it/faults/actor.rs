//! A person with a browser, and the apps' servers that act for them: what they hold, and what they do with it.

use super::Dice;
use super::client::{APPS, Caller, Coded, Given, Not};
use super::history::Proof;
use super::wire::Jar;

/// Does the person go on, or did nobody answer?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    GoesOn,
    /// Nobody knows how the last call ended: the round is over for this person.
    Stops,
}

/// Grants, codes and, half as many, ended browsers that are remembered.
const REMEMBERED: usize = 6;

/// One person.
pub struct Actor {
    pub caller: Caller,
    pub dice: Dice,
    /// Every request has a number of its own.
    asked: usize,
    standing: Standing,
    signed_in: Option<SignedIn>,
    /// Browsers as they were before they were signed out.
    past: Vec<Jar>,
    grants: Vec<Grant>,
    codes: Vec<Code>,
}

/// Is the person known to have an account?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Stranger,
    Known,
}

struct SignedIn {
    jar: Jar,
    /// An ID token of this session, and the app it was for.
    hint: Option<(usize, String)>,
}

/// A grant with every refresh token that was seen, the latest last.
struct Grant {
    app: usize,
    /// Nothing of it works any more, as far as the apps know.
    dead: bool,
    refresh: Vec<String>,
    access: String,
}

struct Code {
    app: usize,
    code: String,
    spent: bool,
}

impl Actor {
    /// Somebody nobody knows yet.
    pub fn new(caller: Caller, dice: Dice) -> Actor {
        let standing = Standing::Stranger;
        Actor { caller, dice, asked: 0, standing, signed_in: None, past: vec![], grants: vec![], codes: vec![] }
    }

    /// One act of the mix.
    pub async fn act(&mut self) -> Flow {
        let done = if self.standing == Standing::Stranger {
            self.introduce().await
        } else if self.signed_in.is_none() {
            self.sign_in().await
        } else {
            match self.dice.below(100) {
                0..25 => self.ask_and_redeem().await,
                25..33 => self.ask().await.map(drop),
                33..38 => self.redeem_twice().await,
                38..62 => self.refresh().await,
                62..72 => self.retry().await,
                72..77 => self.reuse().await,
                77..90 => self.read().await,
                90..95 => self.renew_while_reading().await,
                _ => self.sign_out().await,
            }
        };
        self.forget();
        if done == Err(Not::Unknown) { Flow::Stops } else { Flow::GoesOn }
    }

    pub fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    async fn introduce(&mut self) -> Result<(), Not> {
        self.caller.import().await?;
        self.standing = Standing::Known;
        Ok(())
    }

    fn nonce(&mut self) -> String {
        self.asked += 1;
        format!("{}-{}", self.caller.who, self.asked)
    }

    /// Signs in, sometimes after a wrong password. An address may try thirty passwords a minute.
    async fn sign_in(&mut self) -> Result<(), Not> {
        let roll = self.dice.roll().to_be_bytes();
        let mut jar = Jar::new(format!("10.{}.{}.{}", roll[0], roll[1], roll[2]));
        jar.browser = self.past.last().and_then(|past| past.browser.clone());
        let app = self.dice.below(APPS.len());
        if self.dice.below(8) == 0 {
            let nonce = self.nonce();
            if let Err(Not::Unknown) = self.caller.sign_in(&jar, APPS[app], Proof::Wrong, &nonce).await.map(drop) {
                return Err(Not::Unknown);
            }
        }
        let nonce = self.nonce();
        let Coded { code, jar } = self.caller.sign_in(&jar, APPS[app], Proof::Right, &nonce).await?;
        self.signed_in = Some(SignedIn { jar, hint: None });
        self.codes.push(Code { app, code, spent: false });
        self.redeem(self.codes.len() - 1).await
    }

    /// Asks silently for a code, which waits. Whoever is told to sign in again has been signed out.
    async fn ask(&mut self) -> Result<usize, Not> {
        let (app, nonce) = (self.dice.below(APPS.len()), self.nonce());
        let Some(SignedIn { jar, .. }) = &self.signed_in else { return Err(Not::Refused) };
        match self.caller.silent(jar, APPS[app], &nonce).await {
            Ok(Coded { code, .. }) => {
                self.codes.push(Code { app, code, spent: false });
                Ok(self.codes.len() - 1)
            }
            Err(not) => {
                if not == Not::Refused {
                    self.leave();
                }
                Err(not)
            }
        }
    }

    async fn ask_and_redeem(&mut self) -> Result<(), Not> {
        let code = self.ask().await?;
        if self.dice.below(6) == 0 {
            let Code { app, code, .. } = &self.codes[code];
            if let Err(Not::Unknown) = self.caller.redeem(APPS[*app], code, Proof::Wrong).await.map(drop) {
                return Err(Not::Unknown);
            }
        }
        self.redeem(code).await
    }

    async fn redeem(&mut self, place: usize) -> Result<(), Not> {
        let Code { app, code, spent } = &mut self.codes[place];
        // Whether or not it was heard.
        *spent = true;
        let (app, given) = (*app, self.caller.redeem(APPS[*app], code, Proof::Right).await?);
        self.keep(app, given);
        Ok(())
    }

    /// Two servers of one app redeem one code at the same time.
    async fn redeem_twice(&mut self) -> Result<(), Not> {
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

    fn keep(&mut self, app: usize, given: Given) {
        if let Some(signed_in) = &mut self.signed_in {
            signed_in.hint.get_or_insert((app, given.id));
        }
        self.grants.push(Grant { app, dead: false, refresh: vec![given.refresh], access: given.access });
    }

    fn a_living_grant(&mut self) -> Result<usize, Not> {
        let living: Vec<usize> = (0..self.grants.len()).filter(|place| !self.grants[*place].dead).collect();
        if living.is_empty() { Err(Not::Refused) } else { Ok(*self.dice.pick(&living)) }
    }

    /// Presents the latest refresh token.
    async fn refresh(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        self.refresh_at(place).await
    }

    async fn refresh_at(&mut self, place: usize) -> Result<(), Not> {
        let Grant { app, refresh, .. } = &self.grants[place];
        let token = refresh.last().cloned().unwrap_or_default();
        let told = self.caller.refresh(APPS[*app], &token).await;
        self.grants[place].dead = matches!(told, Err(Not::Refused));
        self.renewed(place, told?);
        Ok(())
    }

    fn renewed(&mut self, place: usize, given: Given) {
        let grant = &mut self.grants[place];
        if grant.refresh.last() != Some(&given.refresh) {
            grant.refresh.push(given.refresh);
        }
        grant.access = given.access;
    }

    /// The answer got lost, says the app: the same token once more.
    async fn retry(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        let Grant { app, refresh, .. } = &self.grants[place];
        let Some(before) = refresh.len().checked_sub(2) else { return self.refresh_at(place).await };
        let given = self.caller.refresh(APPS[*app], &refresh[before]).await?;
        self.renewed(place, given);
        Ok(())
    }

    /// A thief has an old one.
    async fn reuse(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        let Grant { app, refresh, access, .. } = &self.grants[place];
        let Some(oldest) = refresh.len().checked_sub(3) else { return self.refresh_at(place).await };
        let old = refresh[self.dice.below(oldest + 1)].clone();
        let (app, latest, access) = (*app, refresh[refresh.len() - 1].clone(), access.clone());
        for told in [
            self.caller.refresh(APPS[app], &old).await.map(drop),
            self.caller.userinfo(&access).await,
            self.caller.refresh(APPS[app], &latest).await.map(drop),
        ] {
            if told == Err(Not::Unknown) {
                return told;
            }
        }
        self.grants[place].dead = true;
        Ok(())
    }

    async fn read(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        self.caller.userinfo(&self.grants[place].access).await
    }

    /// Two tabs renew with one token while an API asks.
    async fn renew_while_reading(&mut self) -> Result<(), Not> {
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

    /// Signs out, sometimes while an app renews.
    async fn sign_out(&mut self) -> Result<(), Not> {
        let Some(SignedIn { jar, hint: Some((app, hint)) }) = &self.signed_in else { return Err(Not::Refused) };
        let meanwhile = async {
            match self.grants.last().filter(|grant| grant.refresh.len() > 1) {
                Some(Grant { app, refresh, .. }) => {
                    let token = refresh.last().map(String::as_str).unwrap_or_default();
                    Some(self.caller.refresh(APPS[*app], token).await)
                }
                None => None,
            }
        };
        let (done, renewed) = tokio::join!(self.caller.sign_out(jar, APPS[*app], hint), meanwhile);
        let unknown = matches!(renewed, Some(Err(Not::Unknown)));
        if let Some(Ok(given)) = renewed {
            self.renewed(self.grants.len() - 1, given);
        }
        done?;
        self.leave();
        if unknown { Err(Not::Unknown) } else { Ok(()) }
    }

    /// The browser begins anew; what it had is kept to be tried later.
    fn leave(&mut self) {
        self.past.extend(self.signed_in.take().map(|signed_in| signed_in.jar));
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

    fn forget(&mut self) {
        self.grants.drain(..self.grants.len().saturating_sub(REMEMBERED));
        self.codes.drain(..self.codes.len().saturating_sub(REMEMBERED));
        self.past.drain(..self.past.len().saturating_sub(REMEMBERED / 2));
    }

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
}

fn ignore_refusal<T>(told: Result<T, Not>) -> Result<(), Not> {
    match told {
        Err(Not::Unknown) => Err(Not::Unknown),
        _ => Ok(()),
    }
}
