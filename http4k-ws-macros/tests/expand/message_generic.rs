struct Envelope<T: Clone, const N: usize>
where
    T: Debug,
{
    payload: [T; N],
}

// becomes

#[automatically_derived]
impl<T: Clone, const N: usize> ::http4k_ws::__private::message::Message for Envelope<T, N>
where
    T: Debug,
    Self: ::http4k_ws::__private::message::Serialize
        + ::http4k_ws::__private::message::DeserializeOwned
        + ::core::marker::Send
        + 'static,
{
    const NAME: &'static str = "Envelope";
    const FORMATS: &'static [::http4k_ws::__private::message::Format] = &[::http4k_ws::__private::message::Format::Json];
    fn into_message(
        self
    ) -> ::core::result::Result<
        ::http4k_ws::__private::message::WsMessage,
        ::http4k_ws::__private::message::LensFailure
    > {
        ::http4k_ws::__private::message::json::into_message::<Self>(self)
    }
    fn from_message(
        message: ::http4k_ws::__private::message::WsMessage
    ) -> ::core::result::Result<Self, ::http4k_ws::__private::message::LensFailure> {
        ::http4k_ws::__private::message::json::from_message::<Self>(message)
    }
    fn description() -> ::http4k_ws::__private::message::MessageDescription {
        #[allow(unused_imports)]
        use ::http4k_ws::__private::message::traits::*;
        ::http4k_ws::__private::message::MessageDescription::of::<Self>()
            .with_schema(::http4k_ws::__private::message::witness::<Self>().__schema())
    }
}
#[automatically_derived]
impl<T: Clone, const N: usize> ::http4k_ws::__private::message::DescribeResponse for Envelope<T, N>
where
    T: Debug,
    Self: ::http4k_ws::__private::message::Serialize
        + ::http4k_ws::__private::message::DeserializeOwned
        + ::core::marker::Send
        + 'static, {
    type Body = Self;
    type Failure = ();
    fn responses(
        body: ::core::option::Option<::http4k_ws::__private::message::SchemaOf>,
        _: ::core::option::Option<::http4k_ws::__private::message::SchemaOf>,
    ) -> ::std::vec::Vec<::http4k_ws::__private::message::ResponseDescription> {
        ::http4k_ws::__private::message::responses::<Self>(body)
    }
}
#[automatically_derived]
impl<T: Clone, const N: usize> ::http4k_ws::__private::message::IntoResponse for Envelope<T, N>
where
    T: Debug,
    Self: ::http4k_ws::__private::message::Serialize
        + ::http4k_ws::__private::message::DeserializeOwned
        + ::core::marker::Send
        + 'static, {
    fn into_response(self) -> ::http4k_ws::__private::message::Response {
        ::http4k_ws::__private::message::response::<Self>(self)
    }
}
