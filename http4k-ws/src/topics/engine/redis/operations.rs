//! The operations of the engine, as commands of Redis.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, Pipeline, Value};

use super::link::{BATCH, LIFE_MS, Link};
use super::reply::{self, epoch_text};
use super::script::Script;
use super::{Inner, RedisEngine};
use crate::topics::engine::{
    AttemptError, Down, Engine, EngineEvents, EngineFuture, History, Interest, Member,
    MemberChange, MemberId, NodeId, Publication,
};
use crate::topics::name::TopicName;
use crate::topics::position::Position;

impl Engine for RedisEngine {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        Box::pin(self.0.publish(entry))
    }

    fn interest(&self, changes: Vec<Interest>) {
        let mut of_servers = vec![Vec::new(); self.0.servers.len()];
        for change in changes {
            let (Interest::Add(topic) | Interest::Remove(topic)) = &change;
            of_servers[self.0.index_of(topic)].push(change);
        }
        for (server, changes) in self.0.servers.iter().zip(of_servers) {
            if !changes.is_empty() {
                server.change(changes);
            }
        }
    }

    fn events(&self) -> EngineEvents {
        self.0.servers.iter().for_each(|server| server.clear());
        self.0.events.restart()
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        Box::pin(self.0.positions(topics))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        Box::pin(self.0.history(topic, after, up_to))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        Box::pin(self.0.members(topic))
    }

    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        Box::pin(self.0.beat(node))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        Box::pin(self.0.members_of(node))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        Box::pin(self.0.forget(node))
    }

    fn lease(&self) -> Option<Duration> {
        Some(self.0.config.lease)
    }

    fn part_of(&self, topic: &TopicName) -> usize {
        self.0.index_of(topic)
    }
}

/// The error for a reply that no script of this version returns.
pub(super) fn unexpected() -> Down {
    Down::new("Redis sent an unexpected reply")
}

impl Inner {
    fn link_of(&self, topic: &TopicName) -> Result<Arc<Link>, Down> {
        self.servers[self.index_of(topic)].link()
    }

    /// Returns the command that runs a script which opens the log of a topic.
    fn opening(&self, link: &Link, script: Script, topic: &TopicName) -> Cmd {
        let mut cmd = link.script(script, &self.layout.topic(topic).log());
        let fresh = epoch_text(rand::random());
        cmd.arg(link.run()).arg(fresh).arg(LIFE_MS);
        cmd
    }

    async fn publish(&self, entry: &Publication) -> Result<Position, AttemptError> {
        let link = self.link_of(&entry.topic);
        let link = link.map_err(|down| AttemptError::NotSent(down.cause))?;
        let cmd = self.publishing(&link, entry);
        match link.run_one(cmd).await {
            Ok(reply) => stored(reply),
            Err(error) => Err(refused(&link, &error)),
        }
    }

    fn publishing(&self, link: &Link, entry: &Publication) -> Cmd {
        let keys = self.layout.topic(&entry.topic);
        let (node, number) = entry.once;
        let kept_ms = u64::try_from(entry.keep_for.as_millis()).unwrap_or(u64::MAX);
        // A time beyond this is an error of PEXPIRE.
        let kept_ms = kept_ms.clamp(1, 100 * 365 * LIFE_MS);
        // A node also removes members of others, in whose set of topics the topic is.
        let member_of = match &entry.change {
            Some(MemberChange::Join(member)) => member.id.node,
            Some(MemberChange::Leave(id)) => id.node,
            None => node,
        };
        let written = self.layout.written(&keys, node, member_of);
        let mut cmd = link.script(Script::Publish, &written);
        cmd.arg(link.run())
            .arg(epoch_text(rand::random()))
            .arg(kept_ms.max(LIFE_MS))
            .arg(keys.channel())
            .arg(&entry.bytes[..])
            .arg(entry.keep)
            .arg(kept_ms)
            .arg(number)
            .arg(entry.expect.map(epoch_text).unwrap_or_default());
        match &entry.change {
            None => cmd.arg("").arg("").arg(""),
            Some(MemberChange::Join(member)) => cmd
                .arg("join")
                .arg(member.id.to_string())
                .arg(&*member.name),
            Some(MemberChange::Leave(id)) => cmd.arg("leave").arg(id.to_string()).arg(""),
        };
        cmd.arg(member_of.to_string()).arg(entry.topic.as_str());
        cmd
    }

    async fn positions(&self, topics: &[TopicName]) -> Result<Vec<Position>, Down> {
        let mut found = vec![None; topics.len()];
        let mut of_servers: HashMap<usize, Vec<usize>> = HashMap::new();
        for (place, topic) in topics.iter().enumerate() {
            let server = of_servers.entry(self.index_of(topic)).or_default();
            server.push(place);
        }
        for (server, places) in of_servers {
            let link = self.servers[server].link()?;
            for batch in places.chunks(BATCH) {
                self.read_positions(&link, topics, batch, &mut found)
                    .await?;
            }
        }
        found
            .into_iter()
            .map(|at| at.ok_or_else(unexpected))
            .collect()
    }

    /// Reads the positions of the topics at `places`. A log of another process is opened anew.
    async fn read_positions(
        &self,
        link: &Link,
        topics: &[TopicName],
        places: &[usize],
        found: &mut [Option<Position>],
    ) -> Result<(), Down> {
        let mut to_open = places.to_vec();
        // Behind a proxy only a script knows which process it runs in.
        if !link.run().is_empty() {
            let mut pipe = Pipeline::with_capacity(places.len());
            for &place in places {
                let [numbers, ..] = self.layout.topic(&topics[place]).log();
                pipe.cmd("HMGET").arg(numbers).arg(&["e", "r", "o"]);
            }
            let replies = link.run_all(&pipe).await.map_err(Down::new)?;
            to_open.clear();
            for (&place, reply) in places.iter().zip(replies) {
                found[place] = position_in(link.run(), reply);
                if found[place].is_none() {
                    to_open.push(place);
                }
            }
        }
        let mut pipe = Pipeline::with_capacity(to_open.len());
        for &place in &to_open {
            pipe.add_command(self.opening(link, Script::Position, &topics[place]));
        }
        if to_open.is_empty() {
            return Ok(());
        }
        let replies = link.run_all(&pipe).await.map_err(Down::new)?;
        for (place, reply) in to_open.into_iter().zip(replies) {
            let reply = reply::array(reply).unwrap_or_default();
            found[place] = position(&reply);
        }
        Ok(())
    }

    async fn history(&self, topic: &TopicName, after: u64, up_to: u64) -> Result<History, Down> {
        let link = self.link_of(topic)?;
        let mut cmd = self.opening(&link, Script::History, topic);
        cmd.arg(after).arg(up_to);
        let reply = link.run_one(cmd).await.map_err(Down::new)?;
        let read = || {
            let reply = reply::array(reply)?;
            let last = position(&reply)?;
            let (first_kept, up_to) =
                (reply::number(reply.get(2)?)?, reply::number(reply.get(3)?)?);
            let mut rows = reply::array(reply.into_iter().nth(4)?)?.into_iter();
            let mut entries = Vec::with_capacity(rows.len() / 2);
            while let (Some(offset), Some(entry)) = (rows.next(), rows.next()) {
                entries.push((reply::number(&offset)?, reply::bytes(entry)?));
            }
            Some(History {
                last,
                first_kept,
                up_to,
                entries,
            })
        };
        read().ok_or_else(unexpected)
    }

    async fn members(&self, topic: &TopicName) -> Result<(Vec<Member>, Position), Down> {
        let link = self.link_of(topic)?;
        let cmd = self.opening(&link, Script::Members, topic);
        let reply = link.run_one(cmd).await.map_err(Down::new)?;
        let read = || {
            let reply = reply::array(reply)?;
            let last = position(&reply)?;
            let mut fields = reply::array(reply.into_iter().nth(2)?)?.into_iter();
            let mut members = Vec::with_capacity(fields.len() / 2);
            while let (Some(id), Some(name)) = (fields.next(), fields.next()) {
                let id = reply::text(id)?.parse().ok()?;
                let name = reply::text(name)?;
                members.push(Member { id, name });
            }
            Some((members, last))
        };
        read().ok_or_else(unexpected)
    }
}

/// Reads an epoch and an offset at the front of a reply.
fn position(reply: &[Value]) -> Option<Position> {
    let epoch = reply::epoch(reply.first()?)?;
    Some(Position::new(epoch, reply::number(reply.get(1)?)?))
}

/// Reads the numbers of a log, if the process `run` stored them.
fn position_in(run: &str, numbers: Value) -> Option<Position> {
    let numbers = reply::array(numbers)?;
    let [epoch, its_run, offset] = numbers.as_slice() else {
        return None;
    };
    match its_run {
        Value::BulkString(its_run) if its_run == run.as_bytes() => {
            Some(Position::new(reply::epoch(epoch)?, reply::number(offset)?))
        }
        _ => None,
    }
}

/// Reads the reply to a publication.
fn stored(reply: Value) -> Result<Position, AttemptError> {
    let reply = reply::array(reply).unwrap_or_default();
    let changed = reply.get(2).and_then(reply::number);
    match (position(&reply), changed) {
        (Some(at), Some(0)) => Ok(at),
        (Some(_), Some(_)) => Err(AttemptError::EpochChanged),
        _ => Err(AttemptError::NoReply(unexpected().cause)),
    }
}

/// Returns the outcome of a publication that failed.
fn refused(link: &Link, error: &redis::RedisError) -> AttemptError {
    let text = error.to_string();
    match error.code() {
        // The server has become a replica, or is about to be one.
        Some("READONLY") => {
            link.end();
            AttemptError::NotSent(text)
        }
        Some("LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" | "NOSCRIPT") => {
            AttemptError::NotSent(text)
        }
        Some(_) => AttemptError::Refused(text),
        None => AttemptError::NoReply(text),
    }
}
