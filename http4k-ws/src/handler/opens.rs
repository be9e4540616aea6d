//! The functions that respond to an opening handshake without the socket.
//!
//! `ws(greet(name))` may be a call that responds to the handshake, or a call of a function over a
//! socket that lacks its socket. The macro can't tell them apart, so the function's type does. Its
//! trait has an associated type for the function itself: without an implementation, the type of the
//! function is unknown, and the compiler adds no messages about the arguments or the result of the
//! call.
//!
//! A method cannot be named before its call, so there each parameter of the path says it.

use super::arguments::{Param, param};
use super::{IntoWsResponse, WsRespond};
use crate::message::FromPath;

/// A function of `Args` that returns what opens or refuses a socket, or a future of it.
///
/// Both parameters are always inferred; `When` is [`Now`](super::Now) or [`Later`](super::Later).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not respond to an opening handshake by itself",
    label = "a function over a socket is passed the socket: write `ws(greet(ws, name))`",
    note = "without `ws`, the function of a ws route returns a `WsResponse`, a `WsConsumer`, an `Option` or a \
            `Result` of one, or a future of it"
)]
pub trait Opens<Args, When> {
    /// This type.
    type Same;

    /// Returns this function.
    fn same(&self) -> &Self::Same;
}

macro_rules! opens {
    ($($arg:ident)*) => {
        impl<F, R, W, $($arg),*> Opens<($($arg,)*), W> for F
        where
            F: Fn($($arg),*) -> R,
            R: WsRespond<W, Output: IntoWsResponse>,
        {
            type Same = F;

            fn same(&self) -> &F {
                self
            }
        }
    };
}

opens!();
opens!(A);
opens!(A B);
opens!(A B C);
opens!(A B C D);
opens!(A B C D E);
opens!(A B C D E G);
opens!(A B C D E G H);
opens!(A B C D E G H I);

/// A type of a path parameter that is passed to a method that responds to a handshake.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a path segment",
    label = "a method over a socket is passed the socket too: write `ws(hub.join(ws, room))`",
    note = "a parameter of the path has the type of the method's parameter",
    note = "write `&name` in the call of a method that takes a reference, such as `&str`; otherwise take an owned \
            type that implements `FromStr`"
)]
pub trait OpeningParam<Via>: Sized {
    /// Returns the argument that is the path parameter at `index`.
    fn at(index: usize) -> Param<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromPath<Via>, Via> OpeningParam<Via> for T {
    fn at(index: usize) -> Param<T> {
        param(index)
    }
}
