struct Search {
    #[query(default = 1)]
    page: u32,
    #[header]
    x_key: Option<String>,
    #[body]
    filter: Filter,
}

// becomes

#[automatically_derived]
impl ::http4k_ws::__private::request::ReadsBody for Search {}
#[automatically_derived]
impl ::http4k_ws::__private::request::DescribeRequest for Search {
    type Body = ();
    fn describe(
        route: &mut ::http4k_ws::__private::request::RouteDescription,
        _: ::core::option::Option<::http4k_ws::__private::request::SchemaOf>,
    ) {
        #[allow(unused_imports)]
        use ::http4k_ws::__private::request::traits::*;
        let _ = &route;
        route.fields.push(
            ::http4k_ws::__private::request::FieldDescription::of::<u32>(
                ::http4k_ws::__private::request::field::<::http4k_ws::__private::request::Query, u32>("page").defaulted(1).meta().clone(),
            )
            .with_schema(::http4k_ws::__private::request::witness::<u32>().__schema())
            .with_default("1"),
        );
        route.fields.push(
            ::http4k_ws::__private::request::FieldDescription::of::<String>(
                ::http4k_ws::__private::request::field::<::http4k_ws::__private::request::Header, String>("x-key").optional().meta().clone(),
            )
            .with_schema(::http4k_ws::__private::request::witness::<String>().__schema()),
        );
        route.body = (&::http4k_ws::__private::request::witness::<Filter>()).__body();
    }
}
#[automatically_derived]
impl ::http4k_ws::__private::request::FromRequest for Search {
    async fn from_request(
        request: &mut ::http4k_ws::__private::request::Request
    ) -> ::core::result::Result<Self, ::http4k_ws::__private::request::Rejection> {
        let mut failures = ::http4k_ws::__private::request::Failures::new();
        let f0 = failures.read(
            ::http4k_ws::__private::request::field::<
                ::http4k_ws::__private::request::Query,
                u32
            >("page").defaulted(1).get(&*request)
        );
        let f1 = failures.read(
            ::http4k_ws::__private::request::field::<
                ::http4k_ws::__private::request::Header,
                String
            >("x-key").optional().get(&*request)
        );
        let f2 = failures.read(
            ::http4k_ws::__private::request::body::<Filter>().get(request).await
        );
        match (f0, f1, f2,) {
            (
                ::core::option::Option::Some(f0),
                ::core::option::Option::Some(f1),
                ::core::option::Option::Some(f2),
            ) => {
                ::core::result::Result::Ok(Self { page: f0, x_key: f1, filter: f2, })
            }
            _ => ::core::result::Result::Err(failures.rejection()),
        }
    }
}
#[automatically_derived]
impl ::http4k_ws::__private::request::Modifier<::http4k_ws::__private::request::Request>
    for Search
{
    fn modify(
        self,
        request: ::http4k_ws::__private::request::Request
    ) -> ::core::result::Result<
        ::http4k_ws::__private::request::Request,
        ::http4k_ws::__private::request::LensFailure
    > {
        let request = ::http4k_ws::__private::request::field::<
            ::http4k_ws::__private::request::Query,
            u32
        >("page").defaulted(1).set(request, self.page)?;
        let request = ::http4k_ws::__private::request::field::<
            ::http4k_ws::__private::request::Header,
            String
        >("x-key").optional().set(request, self.x_key)?;
        let request =
            ::http4k_ws::__private::request::body::<Filter>().set(request, self.filter)?;
        ::core::result::Result::Ok(request)
    }
}
