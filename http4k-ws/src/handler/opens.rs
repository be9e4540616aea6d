//! The functions that respond to an opening handshake without the socket.
//!
//! `ws(greet(name))` may be a call that responds to the handshake, or a call of a function over a
//! socket that lacks its socket. The macro can't tell them apart, so the function's type does. Its
//! trait has an associated type for the function itself: without an implementation, the type of the
//! function is unknown, and the compiler adds no messages about the arguments or the result of the
//! call.

use super::{IntoWsResponse, WsRespond};

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
