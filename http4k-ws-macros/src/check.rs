//! Every rule that needs no more than the macro's own table.

use crate::errors::Errors;
use crate::model::Routes;

pub(crate) fn routes(_model: &Routes, _errors: &mut Errors) {}
