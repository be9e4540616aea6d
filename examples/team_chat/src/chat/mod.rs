//! Rooms, presence and history.

pub(crate) mod history;
pub(crate) mod messages;
pub(crate) mod rooms;
pub(crate) mod team;

pub(crate) use history::History;
pub(crate) use messages::User;
pub(crate) use team::Team;
