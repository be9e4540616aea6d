pub fn app<S: Store>(hub: Hub, db: S, limit: impl Limit) -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    let mut endpoints = __http4k_ws::Endpoints::new();
    let w0 = __http4k_ws::filter_before_ws(logged());
    endpoints.add({
        fn __endpoints<S: Store>(hub: &Hub, db: &S) -> [__http4k_ws::Endpoint; 2] {
            [
                __http4k_ws::ws(__http4k_ws::captured(&*hub), |c0, call| {
                    let c0 = __http4k_ws::copied(c0);
                    let room = call.param(0)?;
                    __http4k_ws::accept(call, move |ws: __http4k_ws::WebSocket<_, _>| async move {
                        __http4k_ws::ws_result(__http4k_ws::consumed(c0.join(ws, room)).await)
                    })
                }),
                __http4k_ws::http(
                    (
                        __http4k_ws::made((*db).clone()),
                        __http4k_ws::made(Page::new(&(*db), 20)),
                    ),
                    |(c1, c2), call| {
                        let c1 = __http4k_ws::copied(c1);
                        let c2 = __http4k_ws::copied(c2);
                        let id = call.param(0)?;
                        __http4k_ws::answer(show(id, c1, c2))
                    },
                ),
            ]
        }
        __endpoints::<S>(&hub, &db)
    });
    endpoints.add([__http4k_ws::http(
        __http4k_ws::made(hub.into_site()),
        |c0, call| {
            let c0 = __http4k_ws::copied(c0);
            __http4k_ws::answer(stamp(c0))
        },
    )]);
    endpoints.add({
        fn __endpoints<S: Store>(limit: &(impl Limit)) -> [__http4k_ws::Endpoint; 1] {
            [__http4k_ws::http(
                __http4k_ws::captured(&*limit),
                |c0, call| {
                    let c0 = __http4k_ws::copied(c0);
                    __http4k_ws::answer(show_limit(c0))
                },
            )]
        }
        __endpoints::<S>(&limit)
    });
    endpoints.with(0..1, &w0);
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            match path.byte(at, 0) {
                b'l' => path.last(at, b"limit") && m.end(path, &[3]),
                b'r' => {
                    if let Some(at1) = path.literal(at, b"rooms") {
                        m.last(path, 0, at1, &[0])
                    } else {
                        false
                    }
                }
                b's' => path.last(at, b"stamp") && m.end(path, &[2]),
                b'u' => {
                    if let Some(at1) = path.literal(at, b"users") {
                        m.last(path, 0, at1, &[1])
                    } else {
                        false
                    }
                }
                _ => false,
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
    #[doc = "`/rooms/<room>`"]
    pub struct join<P0> {
        pub room: P0,
    }
    impl<P0> __http4k_ws::Link for join<P0>
    where
        P0: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/rooms/<room>", &[&self.room])
        }
    }
    impl<P0> join<P0> {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            P0: __http4k_ws::ToPath,
        {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`GET /users/<id>`"]
    pub struct show<P0> {
        pub id: P0,
    }
    impl<P0> __http4k_ws::Link for show<P0>
    where
        P0: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/users/<id>", &[&self.id])
        }
    }
    impl<P0> show<P0> {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            P0: __http4k_ws::ToPath,
        {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`GET /stamp`"]
    pub struct stamp;
    impl __http4k_ws::Link for stamp {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/stamp", &[])
        }
    }
    impl stamp {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`GET /limit`"]
    pub struct show_limit;
    impl __http4k_ws::Link for show_limit {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/limit", &[])
        }
    }
    impl show_limit {
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
        const ROUTES: &'static [__http4k_ws::RouteMeta] = &[
            __http4k_ws::ws_route(&[], "/rooms/<room>", &["room"], "join", ""),
            __http4k_ws::http_route(&["GET"], "/users/<id>", &["id"], "show", ""),
            __http4k_ws::http_route(&["GET"], "/stamp", &[], "stamp", ""),
            __http4k_ws::http_route(&["GET"], "/limit", &[], "show_limit", ""),
        ];
    }
};
