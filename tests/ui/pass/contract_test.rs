//! Every form of a contract's test. Here they only compile; the tests of the library run them.

use http4k_ws::contract_test;
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::{AsyncBackend, Backend};

mod inner {
    pub(crate) use http4k_ws as renamed;
}

fn app() -> PolyHandler {
    routes! { "/<name>" => http(|name: String| async move { name }) }
}

#[contract_test(app())]
fn plain(backend: &impl Backend) {
    assert_eq!(backend.http("/bob").body(), "bob");
}

#[contract_test(app())]
pub(crate) fn with_a_result(backend: &impl Backend) -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(backend.http("/bob").body(), "bob");
    Ok(())
}

#[contract_test(app())]
async fn awaiting(backend: &impl AsyncBackend) {
    assert_eq!(backend.http("/bob").await.body(), "bob");
}

#[contract_test(app(), crate = crate::pass::contract_test::inner::renamed)]
#[ignore = "slow"]
fn over_a_parameter<B: Backend>(backend: &B) {
    assert_eq!(backend.http("/bob").body(), "bob");
}

#[test]
fn accepted() {
    assert_eq!(app().test_http("/bob").body(), "bob");
}
