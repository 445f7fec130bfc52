//! One node or two of one installation, taken in turns.

use super::client::Ground;
use super::node::{Node, Plan};
use crate::store::cluster::Cluster;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Nodes with the same data, keys and issuer. Every request goes to the next of them.
pub struct Nodes {
    nodes: Vec<Arc<Node>>,
    turn: AtomicUsize,
}

impl Nodes {
    /// One node on sled.
    pub async fn on_sled(refresh_retry: Option<&'static str>) -> Nodes {
        Nodes::started(vec![Node::new(&Plan { refresh_retry, ..Plan::default() })]).await
    }

    /// Two nodes on one PostgreSQL database, which is told as well.
    pub async fn two(refresh_retry: Option<&'static str>) -> (Nodes, String) {
        let cluster = Cluster::shared().await;
        let database = cluster.with_schema().await;
        let plan = Plan { database: Some(cluster.url(&database)), refresh_retry, ..Plan::default() };
        let one = Node::new(&plan);
        let other = Node::new(&one.beside(&plan));
        (Nodes::started(vec![one, other]).await, database)
    }

    async fn started(nodes: Vec<Node>) -> Nodes {
        // One after the other: the first makes the keys that all share.
        for node in &nodes {
            node.start().await;
        }
        Nodes { nodes: nodes.into_iter().map(Arc::new).collect(), turn: AtomicUsize::new(0) }
    }

    /// Every one of them.
    pub fn all(&self) -> &[Arc<Node>] {
        &self.nodes
    }
}

#[async_trait::async_trait]
impl Ground for Nodes {
    fn base(&self) -> String {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.nodes[turn % self.nodes.len()].base()
    }
    fn issuer(&self) -> String {
        self.nodes[0].issuer()
    }
    async fn import(&self, file: &Value) -> Result<(), String> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.nodes[turn % self.nodes.len()].import(file).await
    }
}
