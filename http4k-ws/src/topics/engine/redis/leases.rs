//! The leases of nodes and the members of each, on every server.

use redis::Pipeline;

use super::Inner;
use super::link::{BATCH, LIFE_MS};
use super::operations::unexpected;
use super::reply;
use super::script::Script;
use super::server::Server;
use crate::topics::engine::{Down, MemberId, NodeId};
use crate::topics::name::TopicName;

impl Inner {
    pub(super) async fn beat(&self, node: NodeId) -> Result<Vec<NodeId>, Down> {
        let mut ended = OfServers::default();
        for server in &self.servers {
            ended.add(self.beat_on(server, node).await);
        }
        let mut ended = ended.into_all()?;
        ended.sort_unstable();
        ended.dedup();
        Ok(ended)
    }

    async fn beat_on(&self, server: &Server, node: NodeId) -> Result<Vec<NodeId>, Down> {
        let link = server.link()?;
        let keys = [self.layout.nodes(), self.layout.topics_of(node)];
        let mut cmd = link.script(Script::Beat, &keys);
        let lease_ms = u64::try_from(self.config.lease.as_millis()).unwrap_or(LIFE_MS);
        cmd.arg(node.to_string()).arg(lease_ms).arg(LIFE_MS);
        let reply = link.run_one(cmd).await.map_err(Down::new)?;
        let nodes = reply::array(reply).ok_or_else(unexpected)?;
        let nodes = nodes.iter().map(|node| reply::epoch(node).map(NodeId));
        nodes.collect::<Option<Vec<_>>>().ok_or_else(unexpected)
    }

    pub(super) async fn members_of(
        &self,
        node: NodeId,
    ) -> Result<Vec<(TopicName, MemberId)>, Down> {
        let mut found = OfServers::default();
        for server in &self.servers {
            found.add(self.members_on(server, node).await);
        }
        found.into_all()
    }

    /// Returns the members of a node in the topics of one server.
    async fn members_on(
        &self,
        server: &Server,
        node: NodeId,
    ) -> Result<Vec<(TopicName, MemberId)>, Down> {
        let link = server.link()?;
        let of_node = self.layout.topics_of(node);
        let topics = redis::cmd("SMEMBERS").arg(&of_node).take();
        let topics = link.run_one(topics).await.map_err(Down::new)?;
        let topics = reply::array(topics).ok_or_else(unexpected)?;
        let topics = topics.into_iter().filter_map(|topic| {
            let topic = reply::text(topic)?;
            let (kind, own) = topic.split_once('/')?;
            TopicName::new(kind, own).ok()
        });
        let topics: Vec<TopicName> = topics.collect();
        let mut found = Vec::new();
        for batch in topics.chunks(BATCH) {
            let mut pipe = Pipeline::with_capacity(batch.len());
            for topic in batch {
                let [_, _, members] = self.layout.topic(topic).log();
                let mut cmd = link.script(Script::MembersOf, &[members, of_node.clone()]);
                cmd.arg(format!("{node}/")).arg(topic.as_str());
                pipe.add_command(cmd);
            }
            let replies = link.run_all(&pipe).await.map_err(Down::new)?;
            for (topic, reply) in batch.iter().zip(replies) {
                for id in reply::array(reply).ok_or_else(unexpected)? {
                    let id = reply::text(id).and_then(|id| id.parse().ok());
                    found.push((topic.clone(), id.ok_or_else(unexpected)?));
                }
            }
        }
        Ok(found)
    }

    pub(super) async fn forget(&self, node: NodeId) -> Result<(), Down> {
        let mut done = OfServers::default();
        for server in &self.servers {
            done.add(self.forget_on(server, node).await);
        }
        done.into_all().map(drop)
    }

    async fn forget_on(&self, server: &Server, node: NodeId) -> Result<Vec<()>, Down> {
        let link = server.link()?;
        let keys = [self.layout.nodes(), self.layout.topics_of(node)];
        let mut cmd = link.script(Script::Forget, &keys);
        cmd.arg(node.to_string());
        link.run_one(cmd).await.map_err(Down::new)?;
        Ok(Vec::new())
    }
}

/// The results of an operation on every server. One that cannot be reached is left out, unless all
/// are.
struct OfServers<T> {
    found: Option<Vec<T>>,
    down: Option<Down>,
}

impl<T> Default for OfServers<T> {
    fn default() -> Self {
        Self {
            found: None,
            down: None,
        }
    }
}

impl<T> OfServers<T> {
    fn add(&mut self, of_one: Result<Vec<T>, Down>) {
        match of_one {
            Ok(found) => self.found.get_or_insert_with(Vec::new).extend(found),
            Err(down) => self.down = Some(down),
        }
    }

    fn into_all(self) -> Result<Vec<T>, Down> {
        self.found
            .ok_or_else(|| self.down.unwrap_or_else(unexpected))
    }
}
