//! Who holds the key? (DPoP, RFC 9449)
//!
//! A proof is *judged* and verified first, which costs the store nothing, and *spent* only after everything else about the
//! request was found good: a stranger who makes proofs by the thousand leaves nothing behind. Spending is one conditional
//! write under the key's thumbprint and the proof's name, so that a proof is good once on all nodes together.
//!
//! A nonce is the MAC over the stretch of time in which it was given out. Nothing is stored for it, and every node knows
//! those of the others.

use crate::crypto::fingerprint::fingerprint;
use crate::crypto::jws::{signed_by, thumbprint};
use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, digest};
use crate::flow::token::{Caller, NoToken, refused};
use crate::flow::{Idp, SKEW};
use crate::model::cookies::Switch;
use crate::model::dpop::{Request, judge, stretch, until};
use crate::model::setting::Once;
use crate::protocol::claims::AccessTokenClaims;
use crate::protocol::dpop::{Claims, Header, Proof};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{Reason, proof as why};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// By which scheme an access token comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// Whoever bears it may use it (RFC 6750).
    Bearer,
    /// Whoever holds its key (RFC 9449, section 7.1).
    Dpop,
}

/// What a request shows of a key.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its `DPoP` header.
    pub header: Header<'a>,
    /// Its method.
    pub method: &'a str,
    /// The path it was sent to.
    pub path: &'a str,
}

impl<'a> From<Caller<'a>> for Shown<'a> {
    /// Clients only post.
    fn from(caller: Caller<'a>) -> Shown<'a> {
        Shown { header: caller.proof, method: "POST", path: caller.endpoint }
    }
}

/// An access token, and what came with it.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The token.
    pub token: &'a str,
    /// How it came.
    pub scheme: Scheme,
    /// What the request shows of a key.
    pub shown: Shown<'a>,
}

/// A key that a request proved to be at hand; the proof is good, and not spent yet.
pub(in crate::flow) struct Proven {
    /// The key (RFC 7638).
    pub thumbprint: String,
    what: String,
    until: Timestamp,
}

impl Idp {
    /// Which key a request shows; none where it shows none. `token` is the access token that the proof has to be for.
    ///
    /// # Errors
    /// `invalid_dpop_proof` or `use_dpop_nonce`.
    pub(in crate::flow) fn proven(
        &self,
        shown: Shown<'_>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Proven>, OAuthError> {
        let text = match shown.header {
            Header::Absent => return Ok(None),
            Header::One(text) => text,
            Header::Unreadable => return Err(why::TWO.into()),
        };
        let proof = Proof::parse(text)?;
        let token_hash = token.map(|token| URL_SAFE_NO_PAD.encode(fingerprint(token.as_bytes())));
        let url = self.issuer.at(shown.path);
        let request = Request { method: shown.method, url: &url, token_hash: token_hash.as_deref() };
        judge(&proof.claims, &request, now).map_err(|reason| said(reason, &proof.claims, &request))?;
        self.check_nonce(proof.claims.nonce.as_deref(), now)?;
        if signed_by(std::slice::from_ref(&proof.key), proof.alg, &proof.token) == Same::No {
            return Err(why::SIGNATURE.into());
        }
        let thumbprint = thumbprint(&proof.key);
        let what = format!("dpop/{}", digest(&format!("{thumbprint}\n{}", proof.claims.jti)).as_key());
        Ok(Some(Proven { thumbprint, what, until: until(&proof.claims) }))
    }

    /// Uses a proof up.
    ///
    /// # Errors
    /// `invalid_dpop_proof` for one that was used before, or a fault.
    pub(in crate::flow) async fn spend_proof(&self, proven: Option<&Proven>) -> Result<(), NoToken> {
        let Some(proven) = proven else { return Ok(()) };
        match self.once(&proven.what, proven.until, None).await? {
            Once::Now => Ok(()),
            Once::Before => refused(why::USED),
        }
    }

    /// Does an access token come from whoever it was given to? One that is bound to a key comes with a proof by that key, and
    /// by no other way; one that is not comes as `Bearer`.
    ///
    /// # Errors
    /// `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce`, or a fault.
    pub(in crate::flow) async fn check_possession(
        &self,
        claims: &AccessTokenClaims,
        presented: Presented<'_>,
        now: Timestamp,
    ) -> Result<(), NoToken> {
        let bound = match (&claims.cnf, presented.scheme) {
            (None, Scheme::Bearer) => return Ok(()),
            (Some(key), Scheme::Dpop) => &key.jkt,
            (Some(_), Scheme::Bearer) => {
                return refused(why::TOKEN_BOUND);
            }
            (None, Scheme::Dpop) => {
                return refused(why::TOKEN_UNBOUND);
            }
        };
        let Some(proven) = self.proven(presented.shown, Some(presented.token), now).map_err(NoToken::Refused)? else {
            return refused(why::MISSING);
        };
        if proven.thumbprint != *bound {
            return refused(why::TOKEN_OTHER_KEY);
        }
        self.spend_proof(Some(&proven)).await
    }

    /// The nonce that is to be said in proofs from now on. Where none is demanded none is given out: whoever was given one has
    /// to say it (RFC 9449, section 11.3).
    pub fn dpop_nonce(&self, now: Timestamp) -> Option<String> {
        let nonce = || URL_SAFE_NO_PAD.encode(self.seals.mac(Purpose::DpopNonce, &[&stretch(now).to_be_bytes()]));
        (self.settings.dpop_nonce == Switch::On).then(nonce)
    }

    /// Where none is demanded, one that is said is of a time before: its client hears of no newer one.
    fn check_nonce(&self, said: Option<&str>, now: Timestamp) -> Result<(), OAuthError> {
        let good = self.settings.dpop_nonce == Switch::Off || said.is_some_and(|said| self.gave_nonce(said, now));
        if good { Ok(()) } else { Err(why::NONCE.into()) }
    }

    /// Was it given out in this stretch of time or the one before, by this node or by one whose clock is a little ahead?
    fn gave_nonce(&self, said: &str, now: Timestamp) -> bool {
        let Ok(said) = URL_SAFE_NO_PAD.decode(said) else { return false };
        let mut stretches = [stretch(now) - 1, stretch(now), stretch(now + SKEW)].into_iter();
        stretches.any(|stretch| self.seals.check(Purpose::DpopNonce, &[&stretch.to_be_bytes()], &said) == Same::Yes)
    }
}

/// What a proof should say in place of what it says.
fn said(reason: &'static Reason, claims: &Claims, request: &Request<'_>) -> OAuthError {
    let refusal = OAuthError::of(reason);
    match reason {
        why::METHOD => refusal.sent(&claims.htm).in_place("This request", [request.method]),
        why::ADDRESS => refusal.in_place("This request", [request.url]),
        _ => refusal,
    }
}
