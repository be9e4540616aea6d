//! Request ids, trace context, and reports of requests.
