//! A value that proves an identity, of any type.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// The value of a ticket or of a session. A clone shares it.
///
/// # Examples
///
/// ```
/// use http4k_ws::message::CredentialValue;
///
/// let value = CredentialValue::new(String::from("ann"));
/// assert_eq!(value.get::<String>().map(String::as_str), Some("ann"));
/// assert_eq!(value.get::<u32>(), None);
/// ```
#[derive(Clone)]
pub struct CredentialValue(Arc<dyn Any + Send + Sync>);

impl CredentialValue {
    /// Shares `value`.
    pub fn new(value: impl Send + Sync + 'static) -> Self {
        Self(Arc::new(value))
    }

    /// Returns the value if it is a `T`.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

/// Omits the value.
impl fmt::Debug for CredentialValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialValue")
    }
}
