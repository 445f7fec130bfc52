//! What a node does by itself: it reports to the others, sweeps, tends the signing keys, has relying apps told, and forgets.

use crate::flow::logo::Wanted;
use crate::flow::mail::Outgoing;
use crate::flow::notify::Errand;
use crate::flow::watch::OVERHEAR_EVERY;
use crate::model::nodes::{Background, EVERY};
use crate::web::Facing;
use actix_web::web::Data;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::MissedTickBehavior;

/// The sweep looks for what is due this often: apps learn of a time-out within 5 s.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// What others did to the signing keys is known everywhere after this long.
const KEYS_EVERY: Duration = Duration::from_secs(1);
/// Old audit events are looked for this often.
const FORGET_EVERY: Duration = Duration::from_secs(600);

/// Starts what every node does, whatever its store.
pub fn start(facing: &Data<Facing>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(report(facing.clone())),
        tokio::spawn(sweep(facing.clone())),
        tokio::spawn(keys(facing.clone())),
        tokio::spawn(forget(facing.clone())),
    ]
}

/// Tells the other nodes that this one is there.
async fn report(facing: Data<Facing>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match facing.idp.report(facing.clock.now()).await {
            Ok(Ok(())) => (),
            Ok(Err(refused)) => tracing::error!(%refused, "this node does not fit the others and is not ready"),
            Err(fault) => tracing::warn!(%fault, "this node could not report to the others"),
        }
    }
}

/// Takes what other nodes do as hints, while somebody waits here.
pub(super) async fn overhear(facing: Data<Facing>) {
    let mut ticks = tokio::time::interval(OVERHEAR_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut since = facing.clock.now();
    loop {
        ticks.tick().await;
        let now = facing.clock.now();
        if facing.streams.open_now() == 0 {
            since = now;
            continue;
        }
        match facing.idp.overhear(since).await {
            Ok(()) => since = now,
            Err(fault) => tracing::warn!(%fault, "what other nodes did could not be read; it is tried again"),
        }
    }
}

/// Keeps the appointments of the sweep, batch by batch while there are any, and has relying apps told of what ended.
/// Where several nodes share a store, one of them does.
async fn sweep(facing: Data<Facing>) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = Seen::No;
    let mut errands = Errands { facing: facing.clone(), running: JoinSet::new() };
    loop {
        ticks.tick().await;
        while facing.idp.nodes.background(facing.clock.now()) == Background::Ours {
            if seen == Seen::No {
                if let Err(fault) = facing.idp.relook_if_limits_changed(facing.clock.now()).await {
                    tracing::error!(%fault, "sessions could not be looked at under new limits; it is tried again");
                    break;
                }
                // Of less weight: what cannot be read here keeps no app from being told of an end.
                if let Err(fault) = facing.idp.appoint_logos(facing.clock.now()).await {
                    tracing::warn!(%fault, "the logos of apps that nobody looked for yet are not looked for now");
                }
                seen = Seen::Yes;
            }
            match facing.idp.sweep(facing.clock.now()).await {
                Ok(swept) if swept.count == 0 => break,
                Ok(swept) => {
                    tracing::debug!(swept.count, "swept");
                    errands.send(swept.mails);
                    errands.fetch(swept.logos);
                    errands.take(swept.errands).await;
                }
                Err(fault) => {
                    tracing::error!(%fault, "the sweep failed; it is tried again");
                    break;
                }
            }
        }
        errands.forget_finished();
    }
}

/// Follows the signing keys of the store, and gives them their successors where that is this node's work.
async fn keys(facing: Data<Facing>) {
    let mut ticks = tokio::time::interval(KEYS_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = facing.clock.now();
        if let Err(fault) = facing.idp.follow_keys().await {
            tracing::warn!(%fault, "the signing keys could not be read; it is tried again");
            continue;
        }
        if facing.idp.nodes.background(now) == Background::Ours
            && let Err(fault) = facing.idp.succeed_keys(now).await
        {
            tracing::error!(%fault, "signing keys could not be given their successors; it is tried again");
        }
    }
}

/// Forgets old audit events.
async fn forget(facing: Data<Facing>) {
    let mut ticks = tokio::time::interval(FORGET_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if facing.idp.nodes.background(facing.clock.now()) == Background::Ours
            && let Err(fault) = facing.idp.forget_events(facing.clock.now()).await
        {
            tracing::error!(%fault, "old audit events could not be forgotten; it is tried again");
        }
    }
}

/// Did the sweep of this process see to what may be missing in a store that another configuration or version used: were
/// appointments made under the limits of today, and for every logo?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Yes,
    No,
}

/// The errands on their way. Where there are too many the sweep waits: what is due stays in the store.
struct Errands {
    facing: Data<Facing>,
    running: JoinSet<()>,
}

impl Errands {
    async fn take(&mut self, errands: Vec<Errand>) {
        self.forget_finished();
        for mut errand in errands {
            self.facing.idp.make_room(&mut errand).await;
            let facing = self.facing.clone();
            self.running.spawn(async move {
                if let Err(fault) = facing.idp.run_errand(errand, facing.clock.now()).await {
                    tracing::error!(%fault, "relying apps could not be told of an end; it is tried again");
                }
            });
        }
    }

    fn send(&mut self, mails: Vec<Outgoing>) {
        for mail in mails {
            let facing = self.facing.clone();
            self.running.spawn(async move {
                if let Err(fault) = facing.idp.send_mail(mail, facing.clock.now()).await {
                    tracing::error!(%fault, "what came of a mail could not be written down; it is tried again");
                }
            });
        }
    }

    fn fetch(&mut self, logos: Vec<Wanted>) {
        for logo in logos {
            let facing = self.facing.clone();
            self.running.spawn(async move {
                if let Err(fault) = facing.idp.fetch_logo(logo, facing.clock.now()).await {
                    tracing::error!(%fault, "what came of a logo could not be written down; it is tried again");
                }
            });
        }
    }

    fn forget_finished(&mut self) {
        while self.running.try_join_next().is_some() {}
    }
}
