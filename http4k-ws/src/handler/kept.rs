//! The extensions of an opening handshake that a socket keeps.

use http::Extensions;

use super::pass_through::UpgradeHandle;

/// Drops the extensions that a socket must not keep.
pub(super) fn drop_unkept(extensions: &mut Extensions) {
    extensions.remove::<UpgradeHandle>();
}
