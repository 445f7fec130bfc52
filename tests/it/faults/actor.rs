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
    pub asked: usize,
    pub standing: Standing,
    pub signed_in: Option<SignedIn>,
    /// Browsers as they were before they were signed out.
    pub past: Vec<Jar>,
    pub grants: Vec<Grant>,
    pub codes: Vec<Code>,
}

/// Is the person known to have an account?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Stranger,
    Known,
}

pub struct SignedIn {
    pub jar: Jar,
    /// An ID token of this session, and the app it was for.
    pub hint: Option<(usize, String)>,
}

/// A grant with every refresh token that was seen, the latest last.
pub struct Grant {
    pub app: usize,
    /// Nothing of it works any more, as far as the apps know.
    pub dead: bool,
    pub refresh: Vec<String>,
    pub access: String,
}

pub struct Code {
    pub app: usize,
    pub code: String,
    pub spent: bool,
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

    pub fn nonce(&mut self) -> String {
        self.asked += 1;
        format!("{}-{}", self.caller.who, self.asked)
    }

    /// Signs in, sometimes after a wrong password. An address may try thirty passwords a minute.
    pub async fn sign_in(&mut self) -> Result<(), Not> {
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
    pub async fn ask(&mut self) -> Result<usize, Not> {
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

    pub async fn redeem(&mut self, place: usize) -> Result<(), Not> {
        let Code { app, code, spent } = &mut self.codes[place];
        // Whether or not it was heard.
        *spent = true;
        let (app, given) = (*app, self.caller.redeem(APPS[*app], code, Proof::Right).await?);
        self.keep(app, given);
        Ok(())
    }

    pub fn keep(&mut self, app: usize, given: Given) {
        if let Some(signed_in) = &mut self.signed_in {
            signed_in.hint.get_or_insert((app, given.id));
        }
        self.grants.push(Grant { app, dead: false, refresh: vec![given.refresh], access: given.access });
    }

    pub fn a_living_grant(&mut self) -> Result<usize, Not> {
        let living: Vec<usize> = (0..self.grants.len()).filter(|place| !self.grants[*place].dead).collect();
        if living.is_empty() { Err(Not::Refused) } else { Ok(*self.dice.pick(&living)) }
    }

    /// Presents the latest refresh token.
    pub async fn refresh(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        self.refresh_at(place).await
    }

    pub async fn refresh_at(&mut self, place: usize) -> Result<(), Not> {
        let Grant { app, refresh, .. } = &self.grants[place];
        let token = refresh.last().cloned().unwrap_or_default();
        let told = self.caller.refresh(APPS[*app], &token).await;
        self.grants[place].dead = matches!(told, Err(Not::Refused));
        self.renewed(place, told?);
        Ok(())
    }

    pub fn renewed(&mut self, place: usize, given: Given) {
        let grant = &mut self.grants[place];
        if grant.refresh.last() != Some(&given.refresh) {
            grant.refresh.push(given.refresh);
        }
        grant.access = given.access;
    }

    async fn read(&mut self) -> Result<(), Not> {
        let place = self.a_living_grant()?;
        self.caller.userinfo(&self.grants[place].access).await
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

    pub fn forget(&mut self) {
        self.grants.drain(..self.grants.len().saturating_sub(REMEMBERED));
        self.codes.drain(..self.codes.len().saturating_sub(REMEMBERED));
        self.past.drain(..self.past.len().saturating_sub(REMEMBERED / 2));
    }
}
