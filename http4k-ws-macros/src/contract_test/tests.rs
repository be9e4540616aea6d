use quote::quote;
use syn::LitStr;

use super::*;

/// What the compiler would report.
fn mistakes(options: TokenStream, item: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expanded(options, item)).expect("an expansion is Rust");
    let text = |item| match item {
        syn::Item::Macro(item) => {
            let literal: LitStr = item.mac.parse_body().expect("a message");
            Some(literal.value())
        }
        _ => None,
    };
    file.items.into_iter().filter_map(text).collect()
}

fn is_golden(text: &str) {
    let (input, output) = text.split_once("// becomes\n").expect("two parts");
    let mut function: syn::ItemFn = syn::parse_str(input).expect("a golden file is Rust");
    let attribute = function.attrs.remove(0);
    let options = attribute.meta.require_list().expect("an application");
    let output: TokenStream = output.parse().expect("a golden file is Rust");
    let closed_up =
        |tokens: &TokenStream| -> String { tokens.to_string().split_whitespace().collect() };
    let expanded = expanded(options.tokens.clone(), quote!(#function));
    assert_eq!(closed_up(&expanded), closed_up(&output), "{expanded}");
}

#[test]
fn the_expansions_are_the_golden_ones() {
    is_golden(include_str!("../../../tests/expand/contract_test.rs"));
    is_golden(include_str!("../../../tests/expand/contract_test_async.rs"));
    is_golden(include_str!(
        "../../../tests/expand/contract_test_config.rs"
    ));
}

#[test]
fn each_mistake_says_what_to_write() {
    let app = || quote!(app());
    let good = || {
        quote!(
            fn test(backend: &impl Backend) {}
        )
    };
    let cases = [
        (quote!(), good(), "whose contract is it?"),
        (
            quote!(one(), two()),
            good(),
            "a contract is of one application",
        ),
        (
            quote!(one(), config = a(), config = b()),
            good(),
            "a contract has one configuration",
        ),
        (
            quote!(one(), configuration = a()),
            good(),
            "options are `config = ServerConfig::default()` and `crate = path`",
        ),
        (
            app(),
            quote!(
                struct Test;
            ),
            "tests are made of a function",
        ),
        (
            app(),
            quote!(
                fn test() {}
            ),
            "a contract is a function over its backend alone; write `backend: &impl Backend`",
        ),
        (
            app(),
            quote!(
                async fn test(client: &mut impl WsClient) {}
            ),
            "a contract is a function over its backend alone; write `backend: &impl AsyncBackend`",
        ),
        (
            app(),
            quote!(
                fn test(backend: &impl Backend, name: &str) {}
            ),
            "a contract is a function over its backend alone",
        ),
        (
            app(),
            quote!(
                fn test(&self) {}
            ),
            "a contract is a function over its backend alone",
        ),
        (
            app(),
            quote!(
                async fn test(backend: &impl Backend) {}
            ),
            "an async test takes `&impl AsyncBackend`",
        ),
        (
            app(),
            quote!(
                fn test(backend: &impl http4k_ws::testing::contract::AsyncBackend) {}
            ),
            "a test over an `AsyncBackend` is an `async fn`",
        ),
        (
            app(),
            quote!(
                fn test(client: &impl WsClient) {}
            ),
            "a contract is over its backend, of which `backend.ws(\"/path\")` opens a client",
        ),
        (
            app(),
            quote!(
                #[tokio::test]
                async fn test(backend: &impl AsyncBackend) {}
            ),
            "`contract_test` makes the tests",
        ),
    ];
    for (options, item, expected) in cases {
        let found = mistakes(options, item.clone());
        assert_eq!(found.len(), 1, "{item}: {found:?}");
        assert!(found[0].starts_with(expected), "{item}: {}", found[0]);
    }
}
