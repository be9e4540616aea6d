//! What both crates must agree on.

use quote::quote;
use syn::LitStr;

/// The library's own tests read the same table, and say which error and which captures.
#[test]
fn routes_takes_and_refuses_the_templates_that_the_library_does() {
    let table = include_str!("../../tests/data/templates.txt");
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    for line in lines {
        let mut columns = line.split('|').map(str::trim);
        let template = columns.next().unwrap_or_default();
        let refused = columns
            .nth(1)
            .is_some_and(|outcome| outcome.starts_with("error "));
        let literal = LitStr::new(template, proc_macro2::Span::call_site());
        // `req` takes every parameter, so that the template alone can be wrong.
        let expansion = super::expanded(quote!(#literal => http(handler(req)))).to_string();
        if expansion.contains("compile_error") != refused {
            wrong.push(template);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
