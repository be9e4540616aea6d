//! The conversion that specs and body lenses hold, and the methods that refine it.

use std::sync::Arc;

use super::message_part::Cause;

/// Marks a lens that only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneWay;

/// Marks a lens that reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BothWays;

/// A marker of lenses that write.
#[diagnostic::on_unimplemented(
    message = "this lens only reads",
    label = "it was mapped one way, and can't write",
    note = "declare how a value is written, too: `map_both(read, write)` or \
            `try_map_both(read, write)`"
)]
pub trait Writes {}

impl Writes for BothWays {}

pub(super) type Read<R, T> = Arc<dyn Fn(R) -> Result<T, Cause> + Send + Sync>;
pub(super) type Write<R, T> = Arc<dyn Fn(T) -> Result<R, Cause> + Send + Sync>;

/// A conversion from the raw form `R` of a value, and back to it.
pub(super) struct Codec<R, T> {
    pub(super) read: Read<R, T>,
    /// `None` if the lens was mapped one way.
    pub(super) write: Option<Write<R, T>>,
}

impl<R: 'static, T: 'static> Codec<R, T> {
    pub(super) fn new(
        read: impl Fn(R) -> Result<T, Cause> + Send + Sync + 'static,
        write: impl Fn(T) -> Result<R, Cause> + Send + Sync + 'static,
    ) -> Self {
        Self {
            read: Arc::new(read),
            write: Some(Arc::new(write)),
        }
    }

    /// Returns a codec that only reads.
    pub(super) fn one_way<U: 'static, E: Into<Cause>>(
        self,
        read: impl Fn(T) -> Result<U, E> + Send + Sync + 'static,
    ) -> Codec<R, U> {
        let before = self.read;
        Codec {
            read: Arc::new(move |raw| read(before(raw)?).map_err(Into::into)),
            write: None,
        }
    }

    /// Returns a codec that writes if this one does.
    pub(super) fn both_ways<U: 'static, E: Into<Cause>>(
        mut self,
        read: impl Fn(T) -> Result<U, E> + Send + Sync + 'static,
        write: impl Fn(U) -> T + Send + Sync + 'static,
    ) -> Codec<R, U> {
        let after = self.write.take();
        Codec {
            write: after.map(|after| -> Write<R, U> { Arc::new(move |value| after(write(value))) }),
            ..self.one_way(read)
        }
    }
}

impl<R, T> Clone for Codec<R, T> {
    fn clone(&self) -> Self {
        Self {
            read: Arc::clone(&self.read),
            write: self.write.clone(),
        }
    }
}

/// The methods that map a type which holds a [`Codec`]. Its method `mapped` replaces the codec.
///
/// The literals are texts for the examples: a spec of text, the call that makes a lens of it, the
/// declaration of a `message` and its value with the text `7`, and a call that reads it.
macro_rules! mapping_methods {
    (
        $mapped:ident $(, $place:ident)?;
        $spec:literal, $close:literal, $let:literal = $message:literal, $read:literal
    ) => {
        /// Converts the value that is read. The lens can no longer write.
        ///
        /// For a conversion that may fail, see [`try_map`](Self::try_map).
        #[doc = lens_example!(
            "let length = ", $spec, ".map(|text| text.len())", $close, ";\n",
            $let, " = ", $message, ";\n",
            "assert_eq!(length", $read, "?, 1);\n",
        )]
        pub fn map<R: 'static>(
            self,
            read: impl Fn(T) -> R + Send + Sync + 'static,
        ) -> $mapped<$($place,)? R, OneWay> {
            self.try_map(move |value| Ok::<_, Cause>(read(value)))
        }

        /// Converts the value that is read, or fails as Invalid with the error as its cause. The
        /// lens can no longer write.
        #[doc = lens_example!(
            "let id = ", $spec, ".try_map(|text| text.parse::<u64>())", $close, ";\n",
            "let flag = ", $spec, ".try_map(|text| text.parse::<bool>())", $close, ";\n",
            $let, " = ", $message, ";\n",
            "assert_eq!(id", $read, "?, 7);\n",
            "assert!(flag", $read, ".is_err());\n",
        )]
        pub fn try_map<R: 'static, E: Into<Cause>>(
            self,
            read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
        ) -> $mapped<$($place,)? R, OneWay> {
            self.mapped(|codec| codec.one_way(read))
        }

        /// Converts the value that is read by `read`, and the value that is written by `write`.
        ///
        /// Each must undo the other, so that a value that was set is the value that is read.
        #[doc = lens_example!(
            "let id = ", $spec, ".map_both(String::into_boxed_str, String::from)", $close, ";\n",
            $let, " = ", $message, ";\n",
            "assert_eq!(&*id", $read, "?, \"7\");\n",
            $let, " = id.set(message, \"8\".into())?;\n",
            "assert_eq!(&*id", $read, "?, \"8\");\n",
        )]
        pub fn map_both<R: 'static>(
            self,
            read: impl Fn(T) -> R + Send + Sync + 'static,
            write: impl Fn(R) -> T + Send + Sync + 'static,
        ) -> $mapped<$($place,)? R, D> {
            self.try_map_both(move |value| Ok::<_, Cause>(read(value)), write)
        }

        /// Converts as [`map_both`](Self::map_both), or fails to read as Invalid with the error as
        /// its cause.
        #[doc = lens_example!(
            "let id = ", $spec, "\n",
            "    .try_map_both(|text| text.parse::<u64>(), |id| id.to_string())", $close, ";\n",
            $let, " = ", $message, ";\n",
            "assert_eq!(id", $read, "?, 7);\n",
            $let, " = id.set(message, 8)?;\n",
            "assert_eq!(id", $read, "?, 8);\n",
        )]
        pub fn try_map_both<R: 'static, E: Into<Cause>>(
            self,
            read: impl Fn(T) -> Result<R, E> + Send + Sync + 'static,
            write: impl Fn(R) -> T + Send + Sync + 'static,
        ) -> $mapped<$($place,)? R, D> {
            self.mapped(|codec| codec.both_ways(read, write))
        }
    };
}
pub(super) use mapping_methods;
