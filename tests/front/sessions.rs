//! Sessions in a cookie.
