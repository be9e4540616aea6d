//! The rules for the routes of `http4k-ws`, in one place.
//!
//! Three programs apply them: `routes!` while it expands, the compiler while it evaluates the
//! constants of a route table, and the builder `Routes` at run time. The rules that the compiler
//! needs are therefore `const fn` over `&str` and slices, and this crate has no dependencies.
//!
//! It is an implementation detail of `http4k-ws` and changes without notice.
//!
//! # Templates
//!
//! ```text
//! template := "/" | ( "/" segment )+
//! segment  := literal | "<" name ">" | "<" name ":" type ">" | "<" name ".." ">"
//! literal  := one or more path characters, but not "." and not ".."
//! name     := a letter or "_", then letters, digits and "_"; not "_" alone, and none of
//!             "self", "Self", "super" and "crate"; "r#" before it is not part of it
//! ```
//!
//! A path character is a letter, a digit, or one of ``-._~!$&'()*+,;=:@`` (RFC 3986 §3.3). Spaces
//! around a name or a type are ignored. A rest, `<name..>`, is the last segment. The names in one
//! template differ, and there are at most 16 of them.
//!
//! # Matching
//!
//! A path is split at its slashes, and each segment of the path is percent-decoded.
//!
//! 1. A literal matches the segment that equals it.
//! 2. A parameter matches one segment that is not empty.
//! 3. A rest matches all segments that are left, or none.
//! 4. A mount, which is an application at a prefix, matches like a rest. Its own routes decide.
//!
//! # Shape
//!
//! Two templates have the same shape if they match the same paths: they have the same literals at
//! the same places and parameters at all others, and either both or neither end in a rest or a
//! mount. The names of the parameters do not matter. `/users/<id>` and `/users/<name>` have the
//! same shape; `/users/<id>` and `/users/me` do not.
//!
//! # Precedence
//!
//! Templates are compared segment by segment, from left to right. The first difference decides:
//!
//! ```text
//! literal  >  parameter  >  rest
//! ```
//!
//! 1. If one template is the beginning of the other, the longer one is found first. The shorter
//!    one can match the same paths only if it is a mount.
//! 2. A route that ends at the prefix of a mount is found before the mount.
//! 3. Of two mounts at one prefix, the first one declared is found first.
//! 4. If a route that was found does not match the method or the protocol, or if what follows
//!    does not match the path, the next one in this order is tried.
//!
//! # Methods
//!
//! A route has a set of methods. The empty set stands for every method.
//!
//! 1. A route that names the method is found before one that accepts HEAD by GET (RFC 9110
//!    §9.3.2), and that one before a route for every method.
//! 2. Two sets *overlap*, and neither is found first, if they share a named method or are both
//!    empty.
//! 3. A set *covers* another if it accepts each of the other's methods.
//!
//! # Mistakes
//!
//! 1. Two routes of the same shape, one protocol and overlapping sets are a conflict.
//! 2. A route is unreachable if a route that is found first matches all of its paths, has its
//!    protocol or is a mount, and covers its methods.
//!
//! Inside one table, only the first mistake is possible: of two routes with different shapes, the
//! one found first is the more specific one. The second needs a mount, whose routes are found after
//! every route of the table that continues from its prefix.

mod methods;
mod order;
mod template;
mod trie;

pub use methods::{accepts, covers, overlap};
pub use order::{Pattern, Reach};
pub use template::{Kind, Mistake, Piece, Rule, Segment, parse, pieces, text_equals};
pub use trie::Node;

#[cfg(test)]
mod tests;
