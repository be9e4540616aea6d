pub fn app() -> PolyHandler {
    let r0 = ::http4k_ws::__private::http_handler(home);
    ::http4k_ws::__private::broken! { let req : :: http4k_ws :: __private :: Request = :: core :: unreachable ! () ; let ws : :: http4k_ws :: __private :: WebSocket = :: core :: unreachable ! () ; let id = :: core :: unreachable ! () ; show (id) }
    {
        fn walk(
            path: &::http4k_ws::__private::Path<'_>,
            m: &mut ::http4k_ws::__private::Matching<'_>,
            at: usize,
        ) -> bool {
            path.last(at, b"good") && m.end(path, &[0])
        }
        ::http4k_ws::__private::Router::app(
            <app::Routes as ::http4k_ws::__private::Tabled>::ROUTES,
            walk,
            [r0],
            [::http4k_ws::__private::Unmatched {
                params: &[],
                side: ::http4k_ws::__private::unmatched(),
            }],
        )
    }
}
#[doc = "Links to the routes of `app()`."]
#[allow(
    dead_code,
    missing_debug_implementations,
    non_camel_case_types,
    private_bounds,
    private_interfaces,
    unreachable_pub
)]
pub mod app {
    #[doc(hidden)]
    pub enum Routes {}
    #[doc = "`/good`"]
    pub struct home;
    #[doc = r" The path of a link to a route here, or of one that is mounted here."]
    pub fn uri<L, OnlyMount>(link: L) -> ::std::string::String
    where
        L: ::http4k_ws::__private::Link,
        Routes: ::http4k_ws::__private::Mounts<L::App, OnlyMount>,
    {
        ::http4k_ws::__private::mounted_uri::<Routes, L, OnlyMount>(
            ::std::string::String::new(),
            &link,
        )
    }
}
#[allow(deprecated, private_bounds, private_interfaces)]
const _: () = {
    impl ::http4k_ws::__private::Tabled for app::Routes {
        const ROUTES: &'static [::http4k_ws::__private::RouteMeta] =
            &[::http4k_ws::__private::RouteMeta {
                protocol: ::http4k_ws::__private::Protocol::Http,
                methods: &[],
                template: "/good",
                params: &[],
                name: "home",
                docs: "",
            }];
    }
    impl ::http4k_ws::__private::Link for app::home {
        type App = app::Routes;
        fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::path_of("/good", &[])
        }
    }
    impl app::home {
        #[doc = r" The path, with the parameters percent-encoded."]
        pub fn uri(&self) -> ::std::string::String {
            ::http4k_ws::__private::Link::uri(self)
        }
    }
};
const _: () = {
    ::core::compile_error! { "a parameter is written `<id>`, not `{id}`\n\n\"/users/{id}\"\n        ^^^^" }
};
