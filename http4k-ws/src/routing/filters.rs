//! The filters of a `with(..)`, by the place where it stands.
//!
//! `routes!` sees which entries are behind a `with(..)`, and calls the function for them. A filter
//! that would affect none of them, or only half of them unseen, does not compile.

use crate::handler::place::{BeforeHttp, BeforeWs, SeesHttp, SeesUpgrades};
use crate::handler::{BoxPolyFilter, IntoPolyFilter};

/// Makes a filter with nothing behind it.
pub fn filter<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind>,
{
    BoxPolyFilter::new(filter.into_poly_filter())
}

/// Makes a filter before HTTP routes alone.
pub fn filter_before_http<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + BeforeHttp<Kind>,
{
    self::filter(filter)
}

/// Makes a filter before WebSocket routes alone.
pub fn filter_before_ws<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + BeforeWs<Kind>,
{
    self::filter(filter)
}

/// Makes a filter before routes of both protocols, or before a mounted application.
pub fn filter_before_both<F, Kind>(filter: F) -> BoxPolyFilter
where
    F: IntoPolyFilter<Kind> + SeesHttp<Kind> + SeesUpgrades<Kind>,
{
    self::filter(filter)
}
