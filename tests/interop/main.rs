//! Our client against independent servers, and independent clients against our server.
//!
//! The tests need browsers and packages of other languages, which `tests/interop/run` finds or
//! installs, so `cargo test --workspace` leaves them out.

mod browsers;
mod ours;
mod theirs;

use std::path::Path;
use std::process::Command;

/// A package that has a server and a client.
#[derive(Clone, Copy)]
enum Package {
    /// `websockets` from PyPI.
    Websockets,
    /// `ws` from npm.
    Ws,
}

impl Package {
    /// Returns the command that runs the package's `server` or `client` from this folder.
    fn program(self, name: &str) -> Command {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
        let installed = |name| std::env::var_os(name).expect("`tests/interop/run` sets it");
        match self {
            Self::Websockets => {
                let mut python = Command::new(installed("INTEROP_PYTHON"));
                python.arg(folder.join(name).with_extension("py"));
                python
            }
            Self::Ws => {
                let mut node = Command::new("node");
                node.arg(folder.join(name).with_extension("mjs"));
                node.env("INTEROP_NODE_MODULES", installed("INTEROP_NODE_MODULES"));
                node
            }
        }
    }
}

macro_rules! with_each_package {
    ($($test:ident: $run:path;)*) => {
        mod websockets {
            $(#[test]
            #[ignore = "run by tests/interop/run"]
            fn $test() { $run(super::Package::Websockets); })*
        }

        mod ws {
            $(#[test]
            #[ignore = "run by tests/interop/run"]
            fn $test() { $run(super::Package::Ws); })*
        }
    };
}

macro_rules! with_each_browser {
    ($($name:ident: $browser:ident;)*) => {
        $(mod $name {
            #[test]
            #[ignore = "run by tests/interop/run"]
            fn compressed_messages_return_unchanged() {
                let browser = crate::browsers::Browser::$browser;
                crate::browsers::compressed_messages_return_unchanged(browser);
            }
        })*
    };
}

with_each_browser! {
    chromium: Chromium;
    firefox: Firefox;
}

with_each_package! {
    messages_return_unchanged: crate::ours::messages_return_unchanged;
    compressed_messages_return_unchanged: crate::ours::compressed_messages_return_unchanged;
    fragments_with_pings_between_are_one_message: crate::ours::fragments_with_pings_between_are_one_message;
    pings_get_pongs_both_ways: crate::ours::pings_get_pongs_both_ways;
    a_subprotocol_is_negotiated: crate::ours::a_subprotocol_is_negotiated;
    headers_arrive: crate::ours::headers_arrive;
    a_refusal_has_its_status_and_body: crate::ours::a_refusal_has_its_status_and_body;
    close_codes_and_reasons_travel_both_ways: crate::ours::close_codes_and_reasons_travel_both_ways;
    an_end_without_a_close_is_1006: crate::ours::an_end_without_a_close_is_1006;
    a_client_reconnects_to_a_restarted_server: crate::ours::a_client_reconnects_to_a_restarted_server;
    pages_are_fetched: crate::ours::pages_are_fetched;
    the_client_accepts_our_server: crate::theirs::the_client_accepts_our_server;
}
