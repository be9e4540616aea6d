//! Tests of a link's values by the arguments of its routes.
//!
//! 1. The type of a parameter that has none in the path is inferred in the function that builds the
//!    endpoint, and has no name outside of it.
//! 2. So the first link of a table calls these functions too, but without loans: their endpoints
//!    are without what they capture, and only their arguments are kept.
//! 3. A function whose endpoints need more than captured names is not called.
#![allow(missing_docs)]

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::across::Tabled;
use super::endpoint::Endpoint;
use crate::handler::arguments::Arguments;
use crate::message::PathError;

/// A table whose links are tested.
pub trait TestsLinks: Tabled {
    /// Returns the tests, which are built once.
    fn tests() -> &'static OnceLock<LinkTests>;

    /// Adds the tests of all routes.
    fn add(tests: &mut LinkTests);
}

/// The tests of one route.
pub(super) trait PathTests: Send + Sync {
    /// Reads a percent-encoded text as the path parameter with this index.
    fn test(&self, param: usize, raw: &str) -> Result<(), PathError>;
}

impl<A: Arguments> PathTests for A {
    fn test(&self, param: usize, raw: &str) -> Result<(), PathError> {
        Arguments::test(self, param, raw)
    }
}

/// The arguments of the routes of each link.
#[derive(Default)]
pub struct LinkTests {
    /// By the index of a route.
    routes: HashMap<usize, Arc<dyn PathTests>>,
    /// The other routes of a link, by the index of its first.
    others: HashMap<usize, &'static [usize]>,
}

impl LinkTests {
    pub(super) fn of<R: TestsLinks>() -> &'static Self {
        R::tests().get_or_init(|| {
            let mut tests = Self::default();
            R::add(&mut tests);
            tests
        })
    }

    /// Adds the routes of one function, from the route with the index `first` on.
    pub fn add<const N: usize>(&mut self, first: usize, endpoints: [Endpoint; N]) {
        for (index, endpoint) in endpoints.into_iter().enumerate() {
            if let Some(tests) = endpoint.tests {
                self.routes.insert(first + index, tests);
            }
        }
    }

    /// Adds the other routes of a link.
    pub fn others(&mut self, link: usize, routes: &'static [usize]) {
        self.others.insert(link, routes);
    }

    /// Reads a percent-encoded text as the path parameter of a link. It is valid if one of the
    /// link's routes reads it.
    pub(super) fn test(&self, link: usize, param: usize, raw: &str) -> Result<(), PathError> {
        let others = self.others.get(&link).copied().unwrap_or_default();
        let mut result = Ok(());
        for route in [&[link], others].concat() {
            result = match self.routes.get(&route) {
                Some(tests) => tests.test(param, raw),
                None => Ok(()),
            };
            if result.is_ok() {
                break;
            }
        }
        result
    }
}

impl fmt::Debug for LinkTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkTests")
    }
}
