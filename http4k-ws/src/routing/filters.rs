//! The filters of a `with(..)`, by the routes behind it.
//!
//! `routes!` knows the entries behind a `with(..)`, and calls the function for their protocols. A
//! filter does not compile if it affects none of them, or if it silently affects one protocol of
//! two.

use crate::handler::place::{BeforeHttp, BeforeWs, SeesHttp, SeesUpgrades};
use crate::handler::{BoxPolyFilter, IntoPolyFilter};

/// Converts a filter without routes behind it.
pub fn filter<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind>,
{
    BoxPolyFilter::new(filter.into_poly_filter())
}

/// Converts a filter before HTTP routes only.
pub fn filter_before_http<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + BeforeHttp<Kind>,
{
    self::filter(filter)
}

/// Converts a filter before WebSocket routes only.
pub fn filter_before_ws<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + BeforeWs<Kind>,
{
    self::filter(filter)
}

/// Converts a filter before routes of both protocols, or before a mounted application.
pub fn filter_before_both<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + SeesHttp<Kind> + SeesUpgrades<Kind>,
{
    self::filter(filter)
}
