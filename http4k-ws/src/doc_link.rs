//! Links of the documentation to parts that a feature can remove.
//!
//! A comment on an item that is always present shortens such a link to its text, in a code span and
//! brackets. The target is an attribute between two empty lines of the comment, such as
//! `#[doc = crate::doc_link::client!("HttpClient")]`. Without the feature, the link leads to the
//! list of features on the page of the crate. A comment neither begins nor ends with a target:
//! rustdoc would report its tests at this file.

/// Defines a macro that returns the target of a link: an item behind a prefix, if it is present.
macro_rules! target {
    ($d:tt $name:ident, $prefix:literal, $present:meta) => {
        // With few features, all comments that have such a link can be absent, and then the macro
        // and its import are unused.
        #[cfg($present)]
        #[allow(unused_macros)]
        macro_rules! $name {
            ($d item:literal) => { concat!("[`", $d item, "`]: ", $prefix, $d item) };
            ($d text:literal, $d item:literal) => { concat!("[`", $d text, "`]: ", $prefix, $d item) };
        }
        #[cfg(not($present))]
        #[allow(unused_macros)]
        macro_rules! $name {
            ($d text:literal $d (, $d item:literal)?) => {
                concat!("[`", $d text, "`]: crate#cargo-features")
            };
        }
        #[allow(unused_imports)]
        pub(crate) use $name;
    };
}

target!($ client, "crate::client::", feature = "client");
target!($ contract, "crate::testing::contract::", all(feature = "server", feature = "client"));
target!(
    $ guide,
    "crate::guide::",
    all(feature = "macros", feature = "json", feature = "server", feature = "client")
);
target!($ json, "crate::lens::json::", feature = "json");
target!($ macros, "macro@crate::", feature = "macros");
target!($ server, "crate::server::", feature = "server");
// The attribute needs all three.
target!(
    $ contract_test,
    "macro@crate::",
    all(feature = "macros", feature = "server", feature = "client")
);
