//! The template of the route that responds, for a filter that runs before the route is chosen.
//!
//! 1. A filter behind a router finds the [`Place`] of the request, which has the template.
//! 2. A filter around a router stores a slot in the place, which the router fills.
//! 3. A request without a route has no template. The templates of an application are thus a bounded
//!    set, whatever paths clients request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::position::{Outcome, Place};
use crate::message::Request;

/// A slot for the template of the route that a router chooses.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundTemplate(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    template: Option<String>,
    /// The span of the request, of which the template is a field.
    #[cfg(feature = "tracing")]
    span: Option<tracing::Span>,
}

impl FoundTemplate {
    /// Returns the template of the route of `request`, or a slot that its router fills.
    pub(crate) fn of(request: &mut Request) -> Self {
        if let Some(place) = request.extensions_mut().get_mut::<Place>() {
            return match place.outcome {
                Outcome::Found => {
                    let found = Self::default();
                    found.set(place.template().into_owned());
                    found
                }
                Outcome::Mounted => place.found.get_or_insert_default().clone(),
                _ => Self::default(),
            };
        }
        let found = Self::default();
        let place = Place::before_routing(found.clone());
        request.extensions_mut().insert(place);
        found
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the template.
    pub(super) fn set(&self, template: String) {
        let mut found = self.lock();
        #[cfg(feature = "tracing")]
        if let Some(span) = &found.span {
            span.record("route", template.as_str());
        }
        found.template = Some(template);
    }

    /// Sets the field `route` of `span`, as soon as the template is known.
    #[cfg(feature = "tracing")]
    pub(crate) fn show_in(&self, span: &tracing::Span) {
        let mut found = self.lock();
        if let Some(template) = &found.template {
            span.record("route", template.as_str());
        }
        found.span = Some(span.clone());
    }

    /// Returns the template. `None` if no route was chosen.
    pub(crate) fn get(&self) -> Option<String> {
        self.lock().template.clone()
    }
}
