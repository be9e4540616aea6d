//! Links of the documentation to parts that a feature can remove.
//!
//! A comment on an item that is always present shortens such a link to its text, in a code span and
//! brackets. It ends with an empty line, behind which the target is an attribute, such as
//! `#[doc = crate::doc_link::client!("HttpClient")]`. Without the feature, the link leads to the
//! list of features on the page of the crate.

/// Defines a macro that returns the target of a link: an item behind a prefix, if it is present.
macro_rules! target {
    ($d:tt $name:ident, $prefix:literal, $present:meta) => {
        #[cfg($present)]
        macro_rules! $name {
            ($d item:literal) => { concat!("[`", $d item, "`]: ", $prefix, $d item) };
            ($d text:literal, $d item:literal) => { concat!("[`", $d text, "`]: ", $prefix, $d item) };
        }
        #[cfg(not($present))]
        macro_rules! $name {
            ($d text:literal $d (, $d item:literal)?) => {
                concat!("[`", $d text, "`]: crate#cargo-features")
            };
        }
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
