#[contract_test(app(), config = config().with_max_body(10))]
fn greets(backend: &impl Backend) {
    backend.ws("/bob");
}
// becomes
#[cfg(test)]
fn greets(backend: &impl Backend) {
    backend.ws("/bob");
}
#[cfg(test)]
impl ::http4k_ws::__private::contract::Contract for greets::Contract {
    fn app() -> ::http4k_ws::__private::contract::PolyHandler {
        ::http4k_ws::__private::contract::app(app())
    }
    fn config() -> ::http4k_ws::__private::contract::ServerConfig {
        config().with_max_body(10)
    }
    fn test<B: ::http4k_ws::__private::contract::Backend>(backend: B) -> impl ::std::process::Termination {
        greets(&backend)
    }
}
#[cfg(test)]
mod greets {
    pub(super) enum Contract {}

    #[::core::prelude::v1::test]
    fn in_memory() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::in_memory::<Contract>()
    }

    #[::core::prelude::v1::test]
    fn over_the_network() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::over_the_network::<Contract>()
    }

    #[::core::prelude::v1::test]
    fn over_duplex() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::over_duplex::<Contract>()
    }
}
