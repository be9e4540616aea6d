//! Files with the approved output of tests.

use std::path::Path;
use std::{env, fs, io};

/// The environment variable that selects writing. Empty and `0` select comparison.
pub(crate) const APPROVE: &str = "HTTP4K_WS_APPROVE";

/// Returns `true` if files are written instead of compared.
pub(crate) fn is_approving() -> bool {
    let value = env::var_os(APPROVE).unwrap_or_default();
    !value.is_empty() && value != "0"
}

/// Writes an approved file and its folders.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
