#[doc = " The whole application."]
pub fn app() -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    let mut endpoints = __http4k_ws::Endpoints::new();
    endpoints.add({
        fn __endpoints() -> [__http4k_ws::Endpoint; 4] {
            [
                __http4k_ws::http_handler(one),
                __http4k_ws::http_handler(two),
                __http4k_ws::http((), |(), call| {
                    let x = call.param(0)?;
                    __http4k_ws::answer(three(x))
                }),
                __http4k_ws::http((), |(), call| {
                    let rest = call.rest(0)?;
                    __http4k_ws::answer(four(rest))
                }),
            ]
        }
        __endpoints()
    });
    endpoints.add([__http4k_ws::mount(five())]);
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"a") {
                (path.last(at1, b"b") && m.end(path, &[0, 1])
                    || {
                        let s = path.segment(at1);
                        let at2 = s.end;
                        m.capture(0, s) && path.last(at2, b"c") && m.end(path, &[2])
                    }
                    || m.rest(path, 0, at1, &[3]))
            } else if let Some(at1) = path.literal(at, b"m") {
                m.mount(path, at1, 4)
            } else {
                false
            }
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
#[doc = "Links to the routes of `app()`. Each has the parameters of its route as fields, and `uri()`, its path with the parameters percent-encoded."]
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
    #[doc = "`GET /a/b`"]
    pub struct one;
    impl __http4k_ws::Link for one {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/a/b", &[])
        }
    }
    impl one {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`POST /a/b`"]
    pub struct two;
    impl __http4k_ws::Link for two {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/a/b", &[])
        }
    }
    impl two {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`/a/<x>/c`"]
    pub struct three<P0> {
        pub x: P0,
    }
    impl<P0> __http4k_ws::Link for three<P0>
    where
        P0: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/a/<x>/c", &[&self.x])
        }
    }
    impl<P0> three<P0> {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            P0: __http4k_ws::ToPath,
        {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`/a/<rest..>`"]
    pub struct four<P0> {
        pub rest: P0,
    }
    impl<P0> __http4k_ws::Link for four<P0>
    where
        P0: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/a/<rest..>", &[&self.rest])
        }
    }
    impl<P0> four<P0> {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            P0: __http4k_ws::ToPath,
        {
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
        const ROUTES: &'static [__http4k_ws::RouteMeta] = &[
            __http4k_ws::http_route(&["GET"], "/a/b", &[], "one", ""),
            __http4k_ws::http_route(&["POST"], "/a/b", &[], "two", ""),
            __http4k_ws::http_route(&[], "/a/<x>/c", &["x"], "three", ""),
            __http4k_ws::http_route(&[], "/a/<rest..>", &["rest"], "four", ""),
            __http4k_ws::mount_route(&[], "/m", &[], "five", ""),
        ];
        const MOUNTS: &'static [__http4k_ws::Mount] =
            &[__http4k_ws::Mount::of::<app::__Routes, 4>("five")];
    }
    #[allow(unused_imports, dead_code)]
    const _: () = {
        type __Router = app::__Routes;
        const _: () = {
            mod __module {}
            use ::http4k_ws::__private::Unknown as __Routes;
            const _: () = {
                mod __names {
                    pub(super) use super::*;
                    pub(super) fn five() {}
                }
                use __names::five as __module;
                const _: () = {
                    use __module::*;
                    impl __http4k_ws::Mounting<4> for __Router {
                        type Mounted = __Routes;
                    }
                };
            };
        };
    };
    #[allow(long_running_const_eval)]
    const _: () = __http4k_ws::check_mount(<app::__Routes as __http4k_ws::Tabled>::TABLE, 0);
    impl<T, A> __http4k_ws::Mounts<T, __http4k_ws::Through<4, A>> for app::__Routes
    where
        <app::__Routes as __http4k_ws::Mounting<4>>::Mounted: __http4k_ws::Mounts<T, A>,
    {
        fn prefix(path: &mut ::std::string::String) {
            __http4k_ws::push_prefix::<<app::__Routes as __http4k_ws::Mounting<4>>::Mounted, T, A>(
                path, "/m",
            )
        }
    }
};
