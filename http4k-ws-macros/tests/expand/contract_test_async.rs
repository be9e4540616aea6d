#[contract_test(app(), crate = renamed)]
#[should_panic]
async fn greets(backend: &impl AsyncBackend) -> TestResult {
    backend.ws("/bob").await;
    Ok(())
}
// becomes
#[cfg(test)]
async fn greets(backend: &impl AsyncBackend) -> TestResult {
    backend.ws("/bob").await;
    Ok(())
}
#[cfg(test)]
impl renamed::__private::contract::AsyncContract for greets::Contract {
    fn app() -> renamed::__private::contract::PolyHandler {
        renamed::__private::contract::app(app())
    }
    async fn test<B: renamed::__private::contract::AsyncBackend>(backend: B) -> impl ::std::process::Termination {
        greets(&backend).await
    }
}
#[cfg(test)]
mod greets {
    pub(super) enum Contract {}

    #[::core::prelude::v1::test]
    #[should_panic]
    fn in_memory() -> () {
        let _ = renamed::__private::contract::in_memory_async::<Contract>();
    }

    #[::core::prelude::v1::test]
    #[should_panic]
    fn over_the_network() -> () {
        let _ = renamed::__private::contract::over_the_network_async::<Contract>();
    }

    #[::core::prelude::v1::test]
    #[should_panic]
    fn over_duplex() -> () {
        let _ = renamed::__private::contract::over_duplex_async::<Contract>();
    }
}
