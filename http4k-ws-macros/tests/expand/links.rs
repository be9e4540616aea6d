pub fn app() -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[allow(unused_imports)]
    use ::http4k_ws::__private::probes::*;
    let mut endpoints = __http4k_ws::Endpoints::new();
    endpoints.add({
        fn __endpoints() -> [__http4k_ws::Endpoint; 2] {
            [
                {
                    let p0 = __http4k_ws::param::<u64, _>(0);
                    let p1 = __http4k_ws::param(1);
                    let e = __http4k_ws::http((), (p0, p1), |(), (id, tab)| {
                        __http4k_ws::respond(show(id, tab))
                    });
                    e.0.described([(&p0).__param(), (&p1).__param(), (&e.1).__response()])
                },
                {
                    let p0 = __http4k_ws::param::<UserId, _>(0);
                    let e = __http4k_ws::http((), p0, |(), id| __http4k_ws::respond(person(id)));
                    e.0.described([(&p0).__param(), (&e.1).__response()])
                },
            ]
        }
        __endpoints()
    });
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            if let Some(at1) = path.literal(at, b"users") {
                {
                    let s = path.segment(at1);
                    let at2 = s.end;
                    m.capture(0, s) && m.last(path, 1, at2, &[0])
                }
            } else if let Some(at1) = path.literal(at, b"people") {
                m.last(path, 0, at1, &[1])
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
    #[doc = "`GET /users/<id>/<tab>`\n\nOne user."]
    #[deprecated]
    pub struct user<P1> {
        pub id: ::core::primitive::u64,
        pub tab: P1,
    }
    impl<P1> __http4k_ws::Link for user<P1>
    where
        P1: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/users/<id>/<tab>", &[&self.id, &self.tab])
        }
    }
    impl<P1> user<P1> {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            P1: __http4k_ws::ToPath,
        {
            __http4k_ws::Link::uri(self)
        }
    }
    #[doc = "`/people/<id>`"]
    pub struct person {
        pub id: <__T1_0 as __http4k_ws::Typed>::Type,
    }
    #[doc(hidden)]
    pub(super) enum __T1_0 {}
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
            &[
                (__http4k_ws::Protocol::Http, &["GET"]),
                (__http4k_ws::Protocol::Http, &[]),
            ],
            &[&["id", "tab"], &["id"]],
            [
                (0, "/users/<id>/<tab>", 0, "user", "One user."),
                (1, "/people/<id>", 1, "person", ""),
            ],
        );
    }
    impl __http4k_ws::Typed for app::__T1_0 {
        type Type = UserId;
    }
    impl __http4k_ws::Link for app::person
    where
        for<'a> &'a UserId: __http4k_ws::ToPath,
    {
        type App = app::__Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::path_of("/people/<id>", &[&&self.id])
        }
    }
    impl app::person {
        #[track_caller]
        pub fn uri(&self) -> __http4k_ws::String
        where
            for<'a> &'a UserId: __http4k_ws::ToPath,
        {
            __http4k_ws::Link::uri(self)
        }
    }
};
