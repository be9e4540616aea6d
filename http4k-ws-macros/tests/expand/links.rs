pub fn app(db: Db) -> PolyHandler {
    #[allow(unused_imports)]
    use ::http4k_ws::__private as __http4k_ws;
    #[allow(unused_imports)]
    use ::http4k_ws::__private::probes::*;
    let mut endpoints = __http4k_ws::Endpoints::new();
    fn __endpoints0(db: __http4k_ws::Option<&Db>) -> [__http4k_ws::Endpoint; 4] {
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
            {
                let p0 = __http4k_ws::param(0);
                let e = __http4k_ws::http(__http4k_ws::captured_loan(&db), p0, |c1, name| {
                    __http4k_ws::respond(read(name, c1))
                });
                e.0.described([(&p0).__param(), (&e.1).__response()])
            },
            {
                let p0 = __http4k_ws::param(0);
                __http4k_ws::http_lent_given(
                    (
                        match db {
                            __http4k_ws::Some(db) => __http4k_ws::evaluated(Page::new(&(*db), 20)),
                            __http4k_ws::None => __http4k_ws::absent(),
                        },
                        match db {
                            __http4k_ws::Some(db) => {
                                #[allow(unused_imports)]
                                use __http4k_ws::CapturesWhole as _;
                                __http4k_ws::part_of(&*db, |whole| &whole.site).captured()
                            }
                            __http4k_ws::None => __http4k_ws::absent(),
                        },
                    ),
                    p0,
                    |(c1, c2), given| {
                        let c1 = __http4k_ws::copied(c1);
                        let r = __http4k_ws::witness();
                        match given {
                            __http4k_ws::Some(name) => r.respond_lent(write(name, c1, &**c2)),
                            __http4k_ws::None => __http4k_ws::described((&r).__response()),
                        }
                    },
                )
                .described([(&p0).__param()])
            },
        ]
    }
    endpoints.add(__endpoints0(__http4k_ws::Some(&db)));
    #[allow(non_local_definitions)]
    impl __http4k_ws::TestsLinks for app::__Routes {
        fn tests() -> &'static __http4k_ws::OnceLock<__http4k_ws::LinkTests> {
            static TESTS: __http4k_ws::OnceLock<__http4k_ws::LinkTests> =
                __http4k_ws::OnceLock::new();
            &TESTS
        }
        fn add(tests: &mut __http4k_ws::LinkTests) {
            tests.add(0, __endpoints0(__http4k_ws::None));
            tests.others(2, &[3]);
        }
    }
    {
        fn walk(
            path: &__http4k_ws::RawPath<'_>,
            m: &mut __http4k_ws::Matching<'_>,
            at: usize,
        ) -> bool {
            match path.byte(at, 0) {
                b'f' => {
                    if let Some(at1) = path.literal(at, b"files") {
                        m.last(path, 0, at1, &[2, 3])
                    } else {
                        false
                    }
                }
                b'p' => __http4k_ws::literal_param_end(path, m, at, "people", 0, 1),
                b'u' => {
                    if let Some(at1) = path.literal(at, b"users") {
                        {
                            let s = path.segment(at1);
                            let at2 = s.end;
                            m.capture(0, s) && m.last(path, 1, at2, &[0])
                        }
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
            __http4k_ws::tested_path_of::<__Routes>(0, &[&self.id, &self.tab])
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
    #[doc = "`GET /files/<name>`"]
    pub struct file<P0> {
        pub name: P0,
    }
    impl<P0> __http4k_ws::Link for file<P0>
    where
        P0: __http4k_ws::ToPath,
    {
        type App = __Routes;
        fn try_uri(&self) -> __http4k_ws::Filled {
            __http4k_ws::tested_path_of::<__Routes>(2, &[&self.name])
        }
    }
    impl<P0> file<P0> {
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
        const ROUTES: &'static [__http4k_ws::RouteMeta] = &__http4k_ws::table(
            &[
                (__http4k_ws::Protocol::Http, &["GET"]),
                (__http4k_ws::Protocol::Http, &[]),
                (__http4k_ws::Protocol::Http, &["PUT"]),
            ],
            &[&["id", "tab"], &["id"], &["name"]],
            [
                (0, "/users/<id>/<tab>", 0, "user", "One user."),
                (1, "/people/<id>", 1, "person", ""),
                (0, "/files/<name>", 2, "file", ""),
                (2, "/files/<name>", 2, "file", ""),
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
