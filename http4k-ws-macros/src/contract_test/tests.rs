use proc_macro2::TokenStream;
use quote::quote;

use crate::tests::{assert_golden, assert_mistakes, tokens};

/// Expands a function whose first attribute has the options.
fn expanded(function: TokenStream) -> TokenStream {
    let mut function: syn::ItemFn = syn::parse2(function).expect("a function");
    let attribute = function.attrs.remove(0);
    let options = attribute.meta.require_list().expect("an application");
    super::expanded(options.tokens.clone(), quote!(#function))
}

#[test]
fn the_expansions_are_the_golden_ones() {
    for golden in [
        "contract_test",
        "contract_test_async",
        "contract_test_config",
    ] {
        assert_golden(golden, expanded);
    }
}

#[test]
fn each_message_names_the_fix() {
    let valid = "fn test(backend: &impl Backend) {}";
    for (options, item, expected) in [
        (
            "",
            valid,
            "the application is missing: write `#[contract_test(app())]`",
        ),
        ("one(), two()", valid, "a contract has one application"),
        (
            "one(), config = a(), config = b()",
            valid,
            "a contract has one configuration: remove this one",
        ),
        (
            "one(), configuration = a()",
            valid,
            "unknown option: write `config = ServerConfig::default()` or `crate = path`",
        ),
        (
            "app()",
            "struct Test;",
            "`contract_test` needs a function: write",
        ),
        (
            "app()",
            "fn test() {}",
            "a contract has one parameter: write `backend: &impl Backend`",
        ),
        (
            "app()",
            "async fn test(client: &mut impl WsClient) {}",
            "a contract has one parameter: write `backend: &impl AsyncBackend`",
        ),
        (
            "app()",
            "fn test(backend: &impl Backend, name: &str) {}",
            "a contract has one parameter",
        ),
        ("app()", "fn test(&self) {}", "a contract has one parameter"),
        (
            "app()",
            "async fn test(backend: &impl Backend) {}",
            "an `async fn` needs an async backend: write `&impl AsyncBackend`",
        ),
        (
            "app()",
            "fn test(backend: &impl http4k_ws::testing::contract::AsyncBackend) {}",
            "an `AsyncBackend` needs an `async fn`: write `async fn`, or `&impl Backend`",
        ),
        (
            "app()",
            "fn test(client: &impl WsClient) {}",
            "a contract receives a backend, and `backend.ws(\"/path\")` opens a client",
        ),
        (
            "app()",
            "#[tokio::test] async fn test(backend: &impl AsyncBackend) {}",
            "`contract_test` defines the tests: remove this attribute",
        ),
    ] {
        let expansion = super::expanded(tokens(options), tokens(item));
        assert_mistakes(item, expansion, &[expected]);
    }
}
