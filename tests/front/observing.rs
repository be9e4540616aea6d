//! Request ids, trace context, and reports of requests.

mod ids;
mod reports;
mod traces;
