#[contract_test(app())]
/// Greets each client by name.
#[ignore]
#[cfg(unix)]
fn greets(backend: &impl Backend) {
    backend.ws("/bob");
}
// becomes
#[cfg(test)]
/// Greets each client by name.
#[cfg(unix)]
fn greets(backend: &impl Backend) {
    backend.ws("/bob");
}
#[cfg(test)]
#[cfg(unix)]
impl ::http4k_ws::__private::contract::Contract for greets::Contract {
    fn app() -> ::http4k_ws::__private::contract::PolyHandler {
        ::http4k_ws::__private::contract::app(app())
    }
    fn test<B: ::http4k_ws::__private::contract::Backend>(backend: B) -> impl ::std::process::Termination {
        greets(&backend)
    }
}
#[cfg(test)]
#[cfg(unix)]
mod greets {
    pub(super) enum Contract {}

    #[::core::prelude::v1::test]
    #[ignore]
    fn in_memory() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::in_memory::<Contract>()
    }

    #[::core::prelude::v1::test]
    #[ignore]
    fn over_the_network() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::over_the_network::<Contract>()
    }

    #[::core::prelude::v1::test]
    #[ignore]
    fn over_duplex() -> impl ::std::process::Termination {
        ::http4k_ws::__private::contract::over_duplex::<Contract>()
    }
}
