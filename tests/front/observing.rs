//! Request ids, trace context, and reports of requests.

mod ids;
mod logs;
mod reports;
mod traces;
