//! The template of the route that responds, for a filter that runs before the route is chosen.
//!
//! 1. A filter behind a router finds the [`Place`] of the request, which has the template.
//! 2. A filter around a router stores a slot in the place, which the router fills.
//! 3. A request without a route has no template. The templates of an application are thus a bounded
//!    set, whatever paths clients request.

use std::sync::{Arc, Mutex, PoisonError};

use super::call::{Outcome, Place};
use crate::message::Request;

/// A slot for the template of the route that a router chooses.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundTemplate(Arc<Mutex<Option<String>>>);

impl FoundTemplate {
    /// Returns the template of the route of `request`, or a slot that its router fills.
    pub(crate) fn of(request: &mut Request) -> Self {
        if let Some(place) = request.extensions_mut().get_mut::<Place>() {
            return match place.outcome {
                Outcome::Found => Self(Arc::new(Mutex::new(Some(place.template())))),
                Outcome::Mounted => place.found.get_or_insert_default().clone(),
                _ => Self::default(),
            };
        }
        let found = Self::default();
        let place = Place::before_routing(found.clone());
        request.extensions_mut().insert(place);
        found
    }

    /// Stores the template. It is also a field of the span that the request runs in.
    pub(super) fn set(&self, template: String) {
        #[cfg(feature = "tracing")]
        tracing::Span::current().record("route", template.as_str());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(template);
    }

    /// Returns the template. `None` if no route was chosen.
    pub(crate) fn get(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
