//! The operations of the engine.

use std::time::Duration;

use futures_util::future::try_join;
use http4k_ws::topics::engine::{
    AttemptError, Down, Engine, EngineEvents, EngineFuture, History, Interest, Member,
    MemberChange, MemberId, NodeId, Publication,
};
use http4k_ws::topics::{Position, TopicName};

use crate::NatsEngine;
use crate::link::Failure;
use crate::log::{Unstored, unstored};
use crate::shared::{Current, Shared};

/// The attempts of an operation, while the epoch changes.
const EPOCHS: usize = 3;

impl Engine for NatsEngine {
    fn publish<'a>(
        &'a self,
        entry: &'a Publication,
    ) -> EngineFuture<'a, Result<Position, AttemptError>> {
        Box::pin(publish(self.shared(), entry))
    }

    fn interest(&self, changes: Vec<Interest>) {
        self.shared().change(changes);
    }

    fn events(&self) -> EngineEvents {
        self.shared().events()
    }

    fn positions<'a>(
        &'a self,
        topics: &'a [TopicName],
    ) -> EngineFuture<'a, Result<Vec<Position>, Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            shared.positions(&at, topics).await
        }))
    }

    fn history<'a>(
        &'a self,
        topic: &'a TopicName,
        after: u64,
        up_to: u64,
    ) -> EngineFuture<'a, Result<History, Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            shared.history(&at, topic, after, up_to).await
        }))
    }

    fn members<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> EngineFuture<'a, Result<(Vec<Member>, Position), Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            shared.members(&at, topic).await
        }))
    }

    fn beat(&self, node: NodeId) -> EngineFuture<'_, Result<Vec<NodeId>, Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            if !shared.members_are_kept(&at.link, at.epoch).await? {
                shared.end_without_members(&at.link, at.epoch).await?;
                return Err(Failure::Absent);
            }
            let (ended, ()) = try_join(shared.beat(&at, node), shared.still(&at)).await?;
            Ok(ended)
        }))
    }

    fn members_of(
        &self,
        node: NodeId,
    ) -> EngineFuture<'_, Result<Vec<(TopicName, MemberId)>, Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            shared.members_of(&at, node).await
        }))
    }

    fn forget(&self, node: NodeId) -> EngineFuture<'_, Result<(), Down>> {
        let shared = self.shared();
        Box::pin(in_epoch(shared, move |at| async move {
            shared.forget(&at, node).await
        }))
    }

    fn lease(&self) -> Option<Duration> {
        Some(self.shared().config.lease)
    }
}

/// Runs an operation that changes no log, again if the epoch has changed.
async fn in_epoch<T, F: Future<Output = Result<T, Failure>>>(
    shared: &Shared,
    operation: impl Fn(Current) -> F,
) -> Result<T, Down> {
    let mut at = shared.current()?;
    for _ in 0..EPOCHS {
        match operation(at.clone()).await {
            Ok(done) => return Ok(done),
            Err(Failure::Absent) => at = renewed(shared, &at).await?,
            Err(failure) => return Err(Down::new(failure)),
        }
    }
    Err(Down::new(Failure::Absent))
}

/// Checks the streams, because none has the subjects of this epoch.
async fn renewed(shared: &Shared, at: &Current) -> Result<Current, Down> {
    shared.check_again(at).await.map_err(|failure| {
        let cause = failure.to_string();
        at.link.end(&cause);
        Down::new(cause)
    })
}

/// Makes one attempt to store an entry.
async fn publish(shared: &Shared, entry: &Publication) -> Result<Position, AttemptError> {
    let not_sent = |down: Down| AttemptError::NotSent(down.cause);
    let mut at = shared.current().map_err(not_sent)?;
    for _ in 0..EPOCHS {
        if entry.expect.is_some_and(|epoch| epoch != at.epoch) {
            return Err(AttemptError::EpochChanged);
        }
        let stored = match &entry.change {
            None => shared.publish(&at, entry).await.map_err(unstored),
            Some(MemberChange::Join(member)) => shared.join(&at, entry, member).await,
            Some(MemberChange::Leave(id)) => shared.leave(&at, entry, *id).await,
        };
        match stored {
            Ok(position) => return Ok(position),
            Err(Unstored::Absent) => at = renewed(shared, &at).await.map_err(not_sent)?,
            Err(Unstored::Failed(error)) => return Err(error),
        }
    }
    Err(AttemptError::NotSent(Failure::Absent.to_string()))
}
