#[allow(unused_variables)]
pub fn app() -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[allow(unused_imports)]
    use ::http4k_ws::__private::probes::*;
    let mut endpoints = __http4k_ws::Endpoints::new();
    endpoints.add({
        fn __endpoints() -> [__http4k_ws::Endpoint; 1] {
            [__http4k_ws::http_handler(home)]
        }
        __endpoints()
    });
    __http4k_ws::broken! { let req : __http4k_ws :: Request = :: core :: unreachable ! () ; let ws : __http4k_ws :: WebSocket = :: core :: unreachable ! () ; let sse : __http4k_ws :: Sse = :: core :: unreachable ! () ; let id = :: core :: unreachable ! () ; show (id) }
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            __http4k_ws::literal_end(path, m, at, "good", 0)
        }
        __http4k_ws::Router::app(
            <app::__Routes as __http4k_ws::Tabled>::ROUTES,
            walk,
            endpoints,
            [__http4k_ws::Unmatched {
                params: &[],
                endpoint: __http4k_ws::unmatched(),
                fallbacks: &[],
            }],
        )
    }
}
#[doc = "Links to the routes of `app()`. The fields of a link are the parameters of its route, and `uri()` returns its path with the parameters percent-encoded."]
#[allow(
    dead_code,
    deprecated,
    missing_debug_implementations,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    private_bounds,
    private_interfaces,
    unreachable_pub
)]
pub mod app {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[doc(hidden)]
    pub enum __Routes {}
    #[doc = "`/good`"]
    pub struct home;
    impl __http4k_ws::Link for home {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/good", &[])
        }
    }
    impl home {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = r" Returns the path of a link to a route here, or to one that is mounted here."]
    #[doc = r""]
    #[doc = r" # Panics"]
    #[doc = r""]
    #[doc = r" Panics if `try_uri` returns an error."]
    #[track_caller]
    pub fn uri<L, OnlyMount>(link: L) -> ::std::string::String
    where
        L: __http4k_ws::Link,
        __Routes: __http4k_ws::Mounts<L::App, OnlyMount>,
    {
        __http4k_ws::filled(try_uri(link))
    }
    #[doc = r" Returns the path of a link to a route here, or to one that is mounted here, unless a"]
    #[doc = r" value can't be part of a path."]
    pub fn try_uri<L, OnlyMount>(link: L) -> __http4k_ws::Filled
    where
        L: __http4k_ws::Link,
        __Routes: __http4k_ws::Mounts<L::App, OnlyMount>,
    {
        __http4k_ws::mounted_uri::<__Routes, L, OnlyMount>(
            ::core::result::Result::Ok(::std::string::String::new()),
            &link,
        )
    }
}
#[allow(deprecated, private_bounds, private_interfaces)]
const _: () = {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    impl __http4k_ws::Tabled for app::__Routes {
        const ROUTES: &'static [__http4k_ws::RouteMeta] = &__http4k_ws::table(
            &[(__http4k_ws::Protocol::Http, &[])],
            &[&[]],
            [(0, "/good", 0, "home", "")],
        );
    }
};
const _: () = {
    ::core::compile_error! { "a parameter is written `<id>`, not `{id}`\n\n\"/users/{id}\"\n        ^^^^" }
};
