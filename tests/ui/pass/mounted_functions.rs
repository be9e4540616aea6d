//! Functions that are mounted, and modules of the same name.

use http4k_ws::{PolyHandler, routes};

/// A function with the name of its module, which exports everything.
mod users {
    pub use http4k_ws::*;

    pub fn users() -> PolyHandler {
        routes! { "/" => http(|| "users") }
    }

    pub mod inner {
        use super::*;

        routes! { pub fn app() -> PolyHandler { "/a" => mount(users()), "/b" => mount(super::users()) } }
    }
}

/// A table with the name of its module.
mod rooms {
    use http4k_ws::*;

    routes! { pub fn rooms() -> PolyHandler { "/" as all => http(|| "rooms") } }

    routes! { fn hidden() -> PolyHandler { "/" as found => http(|| "hidden") } }

    pub mod inner {
        use super::hidden;
        use http4k_ws::{PolyHandler, routes};

        routes! { pub fn app() -> PolyHandler { "/a" => mount(hidden()) } }

        pub fn link() -> String {
            app::uri(hidden::found)
        }
    }
}

mod by_import {
    use super::users;
    use http4k_ws::{PolyHandler, routes};
    use users::users;

    routes! { pub fn app() -> PolyHandler { "/a" => mount(users()) } }
}

mod by_import_alone {
    use super::users::users;
    use http4k_ws::{PolyHandler, routes};

    routes! { pub fn app() -> PolyHandler { "/a" => mount(users()) } }
}

mod by_glob {
    use super::users::*;

    routes! { pub fn app() -> PolyHandler { "/a" => mount(users()) } }
}

mod by_path {
    use http4k_ws::{PolyHandler, routes};

    routes! {
        pub fn app() -> PolyHandler {
            "/a" => mount(crate::pass::mounted_functions::users::users()),
            "/b" => mount(super::users::users()),
        }
    }
}

mod table_by_import {
    use super::rooms::rooms;
    use http4k_ws::{PolyHandler, routes};

    routes! { pub fn app() -> PolyHandler { "/a" => mount(rooms()) } }

    pub fn link() -> String {
        app::uri(rooms::all)
    }
}

mod table_by_another_name {
    use super::rooms::rooms as chats;
    use http4k_ws::{PolyHandler, routes};

    routes! { pub fn app() -> PolyHandler { "/a" => mount(chats()) } }

    pub fn link() -> String {
        app::uri(chats::all)
    }
}

mod table_by_path {
    use super::rooms;
    use http4k_ws::{PolyHandler, routes};

    routes! { pub fn app() -> PolyHandler { "/a" => mount(rooms::rooms()) } }

    pub fn link() -> String {
        app::uri(rooms::rooms::all)
    }
}

/// A module beside the function that is not of routes.
mod pages {
    pub const TITLE: &str = "pages";

    /// A function that is not of routes.
    #[allow(dead_code)]
    pub struct Routes;
}

fn pages() -> PolyHandler {
    routes! { "/" => http(|| pages::TITLE) }
}

routes! {
    fn beside() -> PolyHandler {
        "/a" => mount(pages()),
    }
}

#[test]
fn accepted() {
    fn local() -> PolyHandler {
        routes! { "/" => http(|| "local") }
    }
    routes! { fn local_table() -> PolyHandler { "/" => http(|| "table") } }
    let closure = || routes! { "/" => http(|| "closure") };
    let expressions = routes! {
        "/a" => mount(closure()),
        "/b" => mount(local()),
        "/c" => mount(local_table()),
        "/d" => mount(users::users()),
        "/e" => mount(rooms::rooms()),
        "/f" => mount(pages()),
    };
    for (app, path, expected) in [
        (users::inner::app(), "/a", "users"),
        (users::inner::app(), "/b", "users"),
        (rooms::inner::app(), "/a", "hidden"),
        (by_import::app(), "/a", "users"),
        (by_import_alone::app(), "/a", "users"),
        (by_glob::app(), "/a", "users"),
        (by_path::app(), "/a", "users"),
        (by_path::app(), "/b", "users"),
        (table_by_import::app(), "/a", "rooms"),
        (table_by_another_name::app(), "/a", "rooms"),
        (table_by_path::app(), "/a", "rooms"),
        (beside(), "/a", "pages"),
        (expressions.clone(), "/a", "closure"),
        (expressions.clone(), "/b", "local"),
        (expressions.clone(), "/c", "table"),
        (expressions.clone(), "/d", "users"),
        (expressions.clone(), "/e", "rooms"),
        (expressions, "/f", "pages"),
    ] {
        assert_eq!(app.test_http(path).body(), expected, "{path} {expected}");
    }
    for link in [
        rooms::inner::link(),
        table_by_import::link(),
        table_by_another_name::link(),
        table_by_path::link(),
    ] {
        assert_eq!(link, "/a");
    }
}
