#[message(msgpack, json)]
struct Person {
    name: String,
    age: u32,
}

// becomes

#[automatically_derived]
impl ::http4k_ws::__private::message::Message for Person {
    const NAME: &'static str = "Person";
    const FORMATS: &'static [::http4k_ws::__private::message::Format] = &[
        ::http4k_ws::__private::message::Format::MessagePack,
        ::http4k_ws::__private::message::Format::Json
    ];
    fn into_message(
        self
    ) -> ::core::result::Result<
        ::http4k_ws::__private::message::WsMessage,
        ::http4k_ws::__private::message::LensFailure
    > {
        ::http4k_ws::__private::message::msgpack::into_message::<Self>(self)
    }
    fn from_message(
        message: ::http4k_ws::__private::message::WsMessage
    ) -> ::core::result::Result<Self, ::http4k_ws::__private::message::LensFailure> {
        ::http4k_ws::__private::message::msgpack::from_message::<Self>(message)
    }
    fn into_message_in(
        self,
        format: ::http4k_ws::__private::message::Format
    ) -> ::core::result::Result<
        ::http4k_ws::__private::message::WsMessage,
        ::http4k_ws::__private::message::LensFailure
    > {
        match format {
            ::http4k_ws::__private::message::Format::Json => ::http4k_ws::__private::message::json::into_message::<Self>(self),
            _ => self.into_message(),
        }
    }
    fn from_message_in(
        format: ::http4k_ws::__private::message::Format,
        message: ::http4k_ws::__private::message::WsMessage
    ) -> ::core::result::Result<Self, ::http4k_ws::__private::message::LensFailure> {
        match format {
            ::http4k_ws::__private::message::Format::Json => ::http4k_ws::__private::message::json::from_message::<Self>(message),
            _ => Self::from_message(message),
        }
    }
    fn description() -> ::http4k_ws::__private::message::MessageDescription {
        #[allow(unused_imports)]
        use ::http4k_ws::__private::message::traits::*;
        ::http4k_ws::__private::message::MessageDescription::of::<Self>()
            .with_schema(::http4k_ws::__private::message::witness::<Self>().__schema())
    }
}
#[automatically_derived]
impl ::http4k_ws::__private::message::DescribeResponse for Person {
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
impl ::http4k_ws::__private::message::IntoResponse for Person {
    fn into_response(self) -> ::http4k_ws::__private::message::Response {
        ::http4k_ws::__private::message::response::<Self>(self)
    }
}
