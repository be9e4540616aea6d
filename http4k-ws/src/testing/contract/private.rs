//! The functions that the expansion of `contract_test` calls.

#![allow(missing_docs)] // Only generated code names these items.

use std::process::Termination;

use tokio::runtime::Builder;

use super::{AsyncBackend, Backend, OverDuplex, OverNetwork};
use crate::handler::{IntoPolyHandler, PolyHandler};
use crate::server::ServerConfig;
use crate::testing::in_memory::InMemory;
use crate::testing::runtime::block_on;

/// An application, and a test over a backend.
pub trait Contract {
    fn app() -> PolyHandler;

    fn config() -> ServerConfig {
        ServerConfig::default()
    }

    fn test<B: Backend>(backend: B) -> impl Termination;
}

/// An application, and an async test over a backend.
pub trait AsyncContract {
    fn app() -> PolyHandler;

    fn config() -> ServerConfig {
        ServerConfig::default()
    }

    fn test<B: AsyncBackend>(backend: B) -> impl Future<Output = impl Termination>;
}

/// Converts the expression in the attribute to an application.
pub fn app<Kind>(app: impl IntoPolyHandler<Kind>) -> PolyHandler {
    app.into_poly_handler()
}

pub fn in_memory<C: Contract>() -> impl Termination {
    C::test(InMemory::new(C::app()).with_config(C::config()))
}

pub fn over_the_network<C: Contract>() -> impl Termination {
    C::test(OverNetwork::with_config(C::app(), C::config()))
}

pub fn over_duplex<C: Contract>() -> impl Termination {
    C::test(OverDuplex::with_config(C::app(), C::config()))
}

pub fn in_memory_async<C: AsyncContract>() -> impl Termination {
    block_on(C::test(InMemory::new(C::app()).with_config(C::config())))
}

pub fn over_the_network_async<C: AsyncContract>() -> impl Termination {
    let test = C::test(OverNetwork::with_config(C::app(), C::config()));
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("a runtime of one thread can be built")
        .block_on(test)
}

pub fn over_duplex_async<C: AsyncContract>() -> impl Termination {
    block_on(C::test(OverDuplex::with_config(C::app(), C::config())))
}
