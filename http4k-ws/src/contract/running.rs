//! What `contract_test` expands to: a contract, and a test of it in each world.

#![allow(missing_docs)] // Only generated code names what is here.

use std::process::Termination;

use tokio::runtime::Builder;

use super::{AsyncWorld, OverDuplex, OverNetwork, World};
use crate::handler::{IntoPolyHandler, PolyHandler};
use crate::server::ServerConfig;
use crate::testing::InMemory;

/// An application, and a test of it.
pub trait Contract {
    fn app() -> PolyHandler;

    fn config() -> ServerConfig {
        ServerConfig::default()
    }

    fn test<W: World>(world: W) -> impl Termination;
}

/// An application, and an async test of it.
pub trait AsyncContract {
    fn app() -> PolyHandler;

    fn config() -> ServerConfig {
        ServerConfig::default()
    }

    fn test<W: AsyncWorld>(world: W) -> impl Future<Output = impl Termination>;
}

/// What was written as the application.
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
    with_virtual_time(C::test(InMemory::new(C::app()).with_config(C::config())))
}

pub fn over_the_network_async<C: AsyncContract>() -> impl Termination {
    let test = C::test(OverNetwork::with_config(C::app(), C::config()));
    block_on(Builder::new_current_thread().enable_all(), test)
}

pub fn over_duplex_async<C: AsyncContract>() -> impl Termination {
    with_virtual_time(C::test(OverDuplex::with_config(C::app(), C::config())))
}

/// Runs a test whose whole world lives in its runtime.
fn with_virtual_time<T>(test: impl Future<Output = T>) -> T {
    let mut runtime = Builder::new_current_thread();
    #[cfg(feature = "testing")]
    runtime.start_paused(true);
    block_on(runtime.enable_all(), test)
}

fn block_on<T>(runtime: &mut Builder, test: impl Future<Output = T>) -> T {
    let runtime = runtime.build();
    runtime
        .expect("a runtime of one thread can be built")
        .block_on(test)
}
