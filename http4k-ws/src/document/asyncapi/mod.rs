//! AsyncAPI 3.0: the sockets and the streams of events.
//!
//! 1. A route is a channel, with the operation `receive_<id>` for the messages of the client and
//!    `send_<id>` for those of the application.
//! 2. Schemas are in JSON Schema draft 7, on which those of AsyncAPI are based.
//! 3. A channel names the servers of its protocol, if both protocols are in use.

mod channel;
mod draft7;
mod messages;

use self::channel::Channel;
use self::draft7::draft7;
use self::messages::Messages;
use super::document::Document;
use super::info::Info;
use super::names::Names;
use super::table::{Entry, Table};
use super::tree::{Members, Tree};
use crate::PolyHandler;
use crate::routing::Protocol;

impl PolyHandler {
    /// Returns the AsyncAPI 3.0 document of this application: its sockets and streams of events as
    /// channels, with their parameters, messages and credentials.
    ///
    /// Operations are seen from the application: it receives the messages of its clients. The id of
    /// a channel is the name of the route. A socket has its query and header fields in the binding
    /// `ws`, and in `x-close` the statuses that the library closes with.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::prelude::*;
    /// use http4k_ws::document::Info;
    ///
    /// async fn chat(mut ws: WebSocket<String, String>, room: String) -> WsResult {
    ///     while let Some(text) = ws.recv().await? {
    ///         ws.send(format!("{room}: {text}")).await?;
    ///     }
    ///     Ok(())
    /// }
    ///
    /// let app = routes! { "/rooms/<room>" => ws(chat(ws, room)) };
    /// let document = app.asyncapi(&Info::new("chat", "1.0")).to_value();
    /// assert_eq!(document["channels"]["chat"]["address"], "/rooms/{room}");
    /// assert_eq!(document["operations"]["receive_chat"]["action"], "receive");
    /// ```
    pub fn asyncapi(&self, info: &Info) -> Document {
        let mut table = Table::of_channels(self);
        let servers = Servers::of(info, &table.entries);
        let (mut channels, mut operations) = (Members::new(), Members::new());
        let (mut messages, mut ids) = (Messages::default(), Names::default());
        for entry in &table.entries {
            let names = servers.references(entry);
            let channel = Channel::of(entry, names, &mut messages, &mut table.schemas);
            channels.push(entry.id.clone(), channel.members);
            for (id, operation) in channel.operations {
                operations.push(ids.unique(&id), operation);
            }
        }
        let schemas = table.schemas.components().iter();
        let schemas = schemas.map(|(name, schema)| {
            let schema = Tree::schema(draft7(schema.clone()));
            (name.clone(), schema)
        });
        let components = Members::new()
            .with_members("messages", messages.into_components())
            .with_members("schemas", schemas.collect())
            .with_members("securitySchemes", table.schemes("httpApiKey"));
        Document::new(
            Members::new()
                .with("asyncapi", "3.0.0")
                .with("info", info.members(false))
                .with_members("servers", servers.members())
                .with("defaultContentType", "application/json")
                .with("channels", channels)
                .with("operations", operations)
                .with_members("components", components),
        )
    }
}

/// The servers of both protocols, if routes use them.
struct Servers {
    ws: Vec<(String, Members)>,
    http: Vec<(String, Members)>,
}

impl Servers {
    fn of(info: &Info, entries: &[Entry]) -> Self {
        let uses = |protocol| entries.iter().any(|e| e.route.protocol() == protocol);
        let with = |scheme, is_used| {
            if is_used {
                info.servers(scheme)
            } else {
                Vec::new()
            }
        };
        Self {
            ws: with("ws", uses(Protocol::Ws)),
            http: with("http", uses(Protocol::Sse)),
        }
    }

    /// Returns references to the servers of `entry`, if those of the other protocol are listed too.
    fn references(&self, entry: &Entry) -> Vec<Tree> {
        if self.ws.is_empty() || self.http.is_empty() {
            return Vec::new();
        }
        let servers = match entry.route.protocol() {
            Protocol::Ws => &self.ws,
            _ => &self.http,
        };
        let references = servers.iter().map(|(name, _)| {
            let to = format!("#/servers/{name}");
            Members::new().with("$ref", to).into()
        });
        references.collect()
    }

    fn members(self) -> Members {
        let servers = self.ws.into_iter().chain(self.http);
        servers
            .map(|(name, server)| (name, server.into()))
            .collect()
    }
}
