//! Counters of requests and sockets, as Prometheus reads them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http4k_ws::filter::{HttpTransaction, WsTransaction};

/// The counters by their names and labels. A clone counts in the same place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(Arc<Mutex<BTreeMap<String, f64>>>);

impl Metrics {
    pub(crate) fn request(&self, done: &HttpTransaction) {
        let route = done.route.as_deref().unwrap_or("none");
        let status = done.status.map_or(499, |status| status.as_u16());
        let seconds = done.duration.as_secs_f64();
        let labels = format!("{{route={route:?},status=\"{status}\"}}");
        self.add(format!("requests_total{labels}"), 1.0);
        self.add(format!("request_seconds_total{labels}"), seconds);
    }

    pub(crate) fn socket(&self, done: &WsTransaction) {
        self.add("sockets_total".into(), 1.0);
        let messages = done.traffic.messages_received as f64;
        self.add("socket_messages_total".into(), messages);
    }

    /// Returns a line for each counter.
    pub(crate) fn text(self) -> String {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |(name, value)| format!("{name} {value}\n");
        counters.iter().map(line).collect()
    }

    fn add(&self, name: String, value: f64) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry(name).or_default() += value;
    }
}
