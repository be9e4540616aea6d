//! Placeholders for the types of disabled features, so that the compiler names the feature.
//!
//! 1. Each type can be named, but no function creates a value of it.
//! 2. Every function has a bound that only the feature could meet. The compiler's message for that
//!    bound shows the line for the manifest.
//! 3. The functions return an associated type of the bound. It is unknown if the bound is not met,
//!    so the compiler adds no messages about uses of the result.

use std::marker::PhantomData;

/// The type argument of a disabled feature.
#[derive(Debug)]
pub enum Off {}

#[cfg(not(feature = "deflate"))]
mod deflate {
    use super::{Off, PhantomData};

    /// The feature `deflate`, which is disabled.
    #[diagnostic::on_unimplemented(
        message = "compressed messages need the feature `deflate` of http4k-ws",
        label = "the feature `deflate` is off",
        note = "in `Cargo.toml`, under `[dependencies]`: `http4k-ws = {{ version = \"0.1\", features = [\"deflate\"] }}`"
    )]
    pub trait DeflateFeature {
        /// A value that needs the feature.
        type Value;
    }

    /// A placeholder for a type that needs the feature `deflate`.
    #[derive(Debug)]
    pub struct NeedsDeflate<Feature>(PhantomData<Feature>);

    /// The settings of compression, which need the feature `deflate`. Without it, this does not
    /// compile:
    ///
    /// ```compile_fail,E0277
    /// use http4k_ws::session::{Deflate, SessionConfig};
    ///
    /// let config = SessionConfig::default().with_deflate(Deflate::default());
    /// ```
    pub type Deflate = NeedsDeflate<Off>;

    #[diagnostic::do_not_recommend]
    impl<Feature> DeflateFeature for NeedsDeflate<Feature> {
        type Value = Self;
    }

    impl<Feature> NeedsDeflate<Feature> {
        /// Needs the feature `deflate`.
        #[allow(
            clippy::should_implement_trait,
            reason = "the function of the enabled feature has this name"
        )]
        pub fn default() -> Feature::Value
        where
            Feature: DeflateFeature,
        {
            unreachable!("no type implements the feature")
        }
    }
}

#[cfg(all(feature = "server", not(feature = "http2")))]
mod http2 {
    use super::{Off, PhantomData};

    /// The feature `http2`, which is disabled.
    #[diagnostic::on_unimplemented(
        message = "HTTP/2 needs the feature `http2` of http4k-ws",
        label = "the feature `http2` is off",
        note = "in `Cargo.toml`, under `[dependencies]`: `http4k-ws = {{ version = \"0.1\", features = [\"http2\"] }}`"
    )]
    pub trait Http2Feature {
        /// A value that needs the feature.
        type Value;
    }

    /// A placeholder for a type that needs the feature `http2`.
    #[derive(Debug)]
    pub struct NeedsHttp2<Feature>(PhantomData<Feature>);

    /// The bounds of HTTP/2, which need the feature `http2`. Without it, this does not compile:
    ///
    /// ```compile_fail,E0277
    /// use http4k_ws::server::{Http2Config, ServerConfig};
    ///
    /// let config = ServerConfig::default().with_http2(Http2Config::default());
    /// ```
    pub type Http2Config = NeedsHttp2<Off>;

    #[diagnostic::do_not_recommend]
    impl<Feature> Http2Feature for NeedsHttp2<Feature> {
        type Value = Self;
    }

    impl<Feature> NeedsHttp2<Feature> {
        /// Needs the feature `http2`.
        #[allow(
            clippy::should_implement_trait,
            reason = "the function of the enabled feature has this name"
        )]
        pub fn default() -> Feature::Value
        where
            Feature: Http2Feature,
        {
            unreachable!("no type implements the feature")
        }
    }
}

#[cfg(all(any(feature = "server", feature = "client"), not(feature = "tls")))]
mod tls {
    use super::{Off, PhantomData};

    /// The feature `tls`, which is disabled.
    #[diagnostic::on_unimplemented(
        message = "TLS needs the feature `tls` of http4k-ws",
        label = "the feature `tls` is off",
        note = "in `Cargo.toml`, under `[dependencies]`: `http4k-ws = {{ version = \"0.1\", features = [\"tls\"] }}`"
    )]
    pub trait TlsFeature {
        /// A value that needs the feature.
        type Value;
    }

    /// A placeholder for a type that needs the feature `tls`.
    #[derive(Debug)]
    pub struct NeedsTls<Feature, Side>(PhantomData<(Feature, Side)>);

    /// The type argument of the server's side.
    #[cfg(feature = "server")]
    #[derive(Debug)]
    pub enum OfServer {}

    /// The type argument of the client's side.
    #[cfg(feature = "client")]
    #[derive(Debug)]
    pub enum OfClient {}

    #[diagnostic::do_not_recommend]
    impl<Feature, Side> TlsFeature for NeedsTls<Feature, Side> {
        type Value = Self;
    }

    /// The certificate of a server, which needs the feature `tls`. Without it, this does not
    /// compile:
    ///
    /// ```compile_fail,E0277
    /// use http4k_ws::server::{ServerConfig, ServerTls};
    ///
    /// let tls = ServerTls::from_files("chain.pem", "key.pem").unwrap();
    /// let config = ServerConfig::default().with_tls(tls);
    /// ```
    #[cfg(feature = "server")]
    pub type ServerTls = NeedsTls<Off, OfServer>;

    /// The certificates that a client trusts, which need the feature `tls`. Without it, this does
    /// not compile:
    ///
    /// ```compile_fail,E0277
    /// use http4k_ws::client::{ClientTls, HttpClient};
    ///
    /// let client = HttpClient::new().with_tls(ClientTls::new());
    /// ```
    #[cfg(feature = "client")]
    pub type ClientTls = NeedsTls<Off, OfClient>;

    #[cfg(feature = "server")]
    impl<Feature> NeedsTls<Feature, OfServer> {
        /// Needs the feature `tls`.
        ///
        /// # Errors
        ///
        /// Never returns: no type implements the feature.
        pub fn from_pem<Chain, Key>(_chain: Chain, _key: Key) -> Result<Feature::Value, Off>
        where
            Feature: TlsFeature,
        {
            unreachable!("no type implements the feature")
        }

        /// Needs the feature `tls`.
        ///
        /// # Errors
        ///
        /// Never returns: no type implements the feature.
        pub fn from_files<Chain, Key>(_chain: Chain, _key: Key) -> Result<Feature::Value, Off>
        where
            Feature: TlsFeature,
        {
            unreachable!("no type implements the feature")
        }
    }

    #[cfg(feature = "client")]
    impl<Feature> NeedsTls<Feature, OfClient> {
        /// Needs the feature `tls`.
        #[allow(
            clippy::new_ret_no_self,
            reason = "the function of the enabled feature has this name"
        )]
        pub fn new() -> Feature::Value
        where
            Feature: TlsFeature,
        {
            unreachable!("no type implements the feature")
        }

        /// Needs the feature `tls`.
        #[allow(
            clippy::should_implement_trait,
            reason = "the function of the enabled feature has this name"
        )]
        pub fn default() -> Feature::Value
        where
            Feature: TlsFeature,
        {
            unreachable!("no type implements the feature")
        }

        /// Needs the feature `tls`.
        ///
        /// # Errors
        ///
        /// Never returns: no type implements the feature.
        pub fn trusting_only<Roots>(_roots: Roots) -> Result<Feature::Value, Off>
        where
            Feature: TlsFeature,
        {
            unreachable!("no type implements the feature")
        }
    }
}

#[cfg(not(feature = "multipart"))]
mod multipart {
    use super::{Off, PhantomData};
    use crate::message::{FromRequest, ReadsBody, Rejection, Request};

    /// The feature `multipart`, which is disabled.
    #[diagnostic::on_unimplemented(
        message = "a form with files needs the feature `multipart` of http4k-ws",
        label = "the feature `multipart` is off",
        note = "in `Cargo.toml`, under `[dependencies]`: `http4k-ws = {{ version = \"0.1\", features = [\"multipart\"] }}`"
    )]
    pub trait MultipartFeature {}

    /// A placeholder for a type that needs the feature `multipart`.
    #[derive(Debug)]
    pub struct NeedsMultipart<Feature, Kind>(PhantomData<(Feature, Kind)>);

    /// The type argument of a form.
    #[derive(Debug)]
    pub enum OfForm {}

    /// The type argument of a part.
    #[derive(Debug)]
    pub enum OfPart {}

    /// A form with files, which needs the feature `multipart`. Without it, this does not compile:
    ///
    /// ```compile_fail,E0277
    /// use http4k_ws::lens::Multipart;
    /// use http4k_ws::prelude::*;
    ///
    /// async fn upload(_form: Multipart) -> &'static str {
    ///     "stored"
    /// }
    ///
    /// let app = routes! { POST "/" => http(upload(_)) };
    /// ```
    pub type Multipart = NeedsMultipart<Off, OfForm>;

    /// A part of a form with files, which needs the feature `multipart`.
    pub type Part = NeedsMultipart<Off, OfPart>;

    impl<Feature: MultipartFeature, Kind> FromRequest for NeedsMultipart<Feature, Kind> {
        async fn from_request(_request: &mut Request) -> Result<Self, Rejection> {
            unreachable!("no type implements the feature")
        }
    }

    impl<Feature: MultipartFeature, Kind> ReadsBody for NeedsMultipart<Feature, Kind> {}
}

#[cfg(not(feature = "deflate"))]
pub use deflate::Deflate;
#[cfg(not(feature = "deflate"))]
pub(crate) use deflate::DeflateFeature;
#[cfg(all(feature = "server", not(feature = "http2")))]
pub use http2::Http2Config;
#[cfg(all(feature = "server", not(feature = "http2")))]
pub(crate) use http2::Http2Feature;
#[cfg(not(feature = "multipart"))]
pub use multipart::{Multipart, Part};
#[cfg(all(feature = "client", not(feature = "tls")))]
pub use tls::ClientTls;
#[cfg(all(feature = "server", not(feature = "tls")))]
pub use tls::ServerTls;
#[cfg(all(any(feature = "server", feature = "client"), not(feature = "tls")))]
pub(crate) use tls::TlsFeature;
