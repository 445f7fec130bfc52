//! The nodes that share one store: who they are, whether they fit together, and who does the work that is done once.
//!
//! Every node reports now and then. One record decides, so that of two that do not fit together one is refused, and of
//! all that would do the background work one does. Times here are of the clock that all of them share, the database's;
//! each node's own clock is kept as its distance from that one.

use crate::model::record::Change;
use crate::model::setting::Setting;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A node reports this often.
pub const EVERY: Duration = Duration::from_secs(10);
/// One that was silent for this long is gone.
pub const GONE: Duration = Duration::from_secs(45);
/// Whoever does the background work loses it when silent for this long.
pub const LEASE: Duration = Duration::from_secs(30);
/// How far the clocks of two nodes may be apart, in seconds: what is judged by one is judged by the other a moment later.
pub const APART: i64 = 30;

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodes {
    nodes: BTreeMap<String, Node>,
    background: Option<Lease>,
}

/// One of them, as it reported last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Node {
    issuer: String,
    /// Its clock minus the shared one, in seconds.
    ahead: i64,
    seen_at: Timestamp,
}

/// Who does the background work, and until when nobody else does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    node: String,
    until: Timestamp,
}

/// What a node says of itself.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id: of one start of one process.
    pub node: String,
    /// The issuer it answers for.
    pub issuer: String,
    /// What its clock shows.
    pub own: Timestamp,
    /// What the shared clock shows.
    pub shared: Timestamp,
}

/// Whether the background work is this node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// It is, for less than [`LEASE`].
    Ours,
    /// It is another node's.
    Theirs,
}

/// What comes of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// It is one of them.
    Member(Background),
    /// Another node answers for another issuer.
    OtherIssuer(String),
    /// The clock of this node is so many seconds ahead of another node's (behind, where negative).
    OtherTime(i64),
}

impl Nodes {
    /// A node reports. One that is new has to fit all others. Of two that are members and drifted apart, the one that
    /// is farther from the shared clock is told.
    pub fn report(self, report: &Report) -> Change<Setting, Reported> {
        let mut nodes = self;
        nodes.nodes.retain(|_, node| !gone(node.seen_at, report.shared));
        let ahead = report.own.0 - report.shared.0;
        let member = nodes.nodes.contains_key(&report.node);
        let others = || nodes.nodes.iter().filter(|(id, _)| **id != report.node);
        if let Some((_, other)) = others().find(|(_, node)| node.issuer != report.issuer) {
            return Change::keep(Reported::OtherIssuer(other.issuer.clone()));
        }
        // Of two that are equally far the id decides: never are both told.
        let farther = |id: &String, node: &Node| (ahead.abs(), &report.node) > (node.ahead.abs(), id);
        let apart =
            |(id, node): &(&String, &Node)| (ahead - node.ahead).abs() > APART && (!member || farther(id, node));
        if let Some((_, other)) = others().find(apart) {
            return Change::keep(Reported::OtherTime(ahead - other.ahead));
        }
        let node = Node { issuer: report.issuer.clone(), ahead, seen_at: report.shared };
        nodes.nodes.insert(report.node.clone(), node);
        let free =
            nodes.background.as_ref().is_none_or(|lease| lease.node == report.node || report.shared >= lease.until);
        if free {
            nodes.background = Some(Lease { node: report.node.clone(), until: report.shared + LEASE });
        }
        let background = if free { Background::Ours } else { Background::Theirs };
        Change::put(Reported::Member(background), Setting::Nodes(nodes))
    }

    /// A node leaves in good order: the others need not wait until it is gone.
    pub fn leave(self, node: &str) -> Change<Setting, ()> {
        let mut nodes = self;
        let was = nodes.nodes.remove(node).is_some();
        nodes.background = nodes.background.filter(|lease| lease.node != node);
        match (was, nodes.nodes.is_empty()) {
            (false, _) => Change::keep(()),
            (true, true) => Change::delete(()),
            (true, false) => Change::put((), Setting::Nodes(nodes)),
        }
    }

    /// How many there are at this instant of the shared clock.
    pub fn count(&self, shared: Timestamp) -> usize {
        self.nodes.values().filter(|node| !gone(node.seen_at, shared)).count()
    }
}

fn gone(seen_at: Timestamp, shared: Timestamp) -> bool {
    shared >= seen_at + GONE
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    const ISSUER: &str = "https://id.example.com";

    fn report(node: &str, ahead: i64, shared: i64) -> Report {
        Report { node: node.into(), issuer: ISSUER.into(), own: Timestamp(shared + ahead), shared: Timestamp(shared) }
    }

    fn after(nodes: Nodes, report: &Report) -> (Reported, Nodes) {
        let change = nodes.clone().report(report);
        match change.fate {
            Fate::Put(Setting::Nodes(nodes)) => (change.outcome, nodes),
            Fate::Keep => (change.outcome, nodes),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_of_them_does_the_background_work_until_it_is_silent() {
        let (said, nodes) = after(Nodes::default(), &report("a", 0, 100));
        assert_eq!(said, Reported::Member(Background::Ours));
        let (said, nodes) = after(nodes, &report("b", 0, 105));
        assert_eq!(said, Reported::Member(Background::Theirs));
        let (said, nodes) = after(nodes, &report("a", 0, 110));
        assert_eq!(said, Reported::Member(Background::Ours));
        for (shared, want) in [(139, Background::Theirs), (140, Background::Ours)] {
            let (said, _) = after(nodes.clone(), &report("b", 0, shared));
            assert_eq!(said, Reported::Member(want), "at {shared}");
        }
        let Fate::Put(Setting::Nodes(left)) = nodes.leave("a").fate else { panic!("it stays") };
        let (said, left) = after(left, &report("b", 0, 111));
        assert_eq!(said, Reported::Member(Background::Ours));
        assert_eq!(left.count(Timestamp(112)), 1);
        assert_eq!(left.leave("b").fate, Fate::Delete);
    }

    #[test]
    fn another_issuer_is_refused_until_the_others_are_gone() {
        let (_, nodes) = after(Nodes::default(), &report("a", 0, 100));
        let other = Report { issuer: "https://other.example".into(), ..report("b", 0, 144) };
        assert_eq!(after(nodes.clone(), &other), (Reported::OtherIssuer(ISSUER.into()), nodes.clone()));
        let later = Report { shared: Timestamp(145), own: Timestamp(145), ..other };
        let (said, nodes) = after(nodes, &later);
        assert_eq!(said, Reported::Member(Background::Ours));
        assert_eq!(nodes.count(Timestamp(145)), 1, "the silent one is forgotten");
    }

    #[test]
    fn clocks_more_than_30_s_apart_are_refused_at_the_door() {
        let (_, nodes) = after(Nodes::default(), &report("a", 20, 100));
        for (ahead, want) in [
            (50, Reported::Member(Background::Theirs)),
            (-10, Reported::Member(Background::Theirs)),
            (51, Reported::OtherTime(31)),
            (-11, Reported::OtherTime(-31)),
        ] {
            let (said, left) = after(nodes.clone(), &report("b", ahead, 101));
            assert_eq!(said, want, "{ahead}");
            assert_eq!(left.count(Timestamp(101)), if matches!(want, Reported::Member(_)) { 2 } else { 1 });
        }
    }

    #[test]
    fn of_two_that_drift_apart_the_one_farther_from_the_shared_clock_is_told() {
        let (_, nodes) = after(Nodes::default(), &report("a", 0, 100));
        let (_, nodes) = after(nodes, &report("b", 0, 100));
        let (said, nodes) = after(nodes, &report("b", 40, 110));
        assert_eq!(said, Reported::OtherTime(40));
        let (said, _) = after(nodes, &report("a", 0, 111));
        assert!(matches!(said, Reported::Member(_)), "{said:?}");
        // Equally far in opposite directions, whoever reports first: one of them stays.
        let apart = |first: (&str, i64), second: (&str, i64)| {
            let (_, nodes) = after(Nodes::default(), &report("a", 0, 100));
            let (_, nodes) = after(nodes, &report("b", 0, 100));
            let (_, nodes) = after(nodes, &report(first.0, first.1, 110));
            let (other, nodes) = after(nodes, &report(second.0, second.1, 110));
            let (one, _) = after(nodes, &report(first.0, first.1, 120));
            [one, other].iter().filter(|said| matches!(said, Reported::Member(_))).count()
        };
        assert_eq!(apart(("a", 16), ("b", -16)), 1);
        assert_eq!(apart(("b", 16), ("a", -16)), 1);
    }
}
