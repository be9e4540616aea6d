//! The number of values of a field, by its type.

use syn::{GenericArgument, PathArguments, Type};

use super::source::Source;

/// The number of values of a field.
pub(crate) enum Shape {
    Once(Type),
    Optional(Type),
    Many(Type),
    OptionalMany(Type),
}

impl Shape {
    /// Returns the type of one value.
    pub(crate) fn of_one(&self) -> &Type {
        let (Self::Once(of) | Self::Optional(of) | Self::Many(of) | Self::OptionalMany(of)) = self;
        of
    }

    /// Returns `true` if the type of one value is `Part`, with any path.
    pub(super) fn is_file(&self) -> bool {
        is_named(self.of_one(), "Part")
    }

    pub(super) fn of(of: &Type, source: Source) -> Self {
        let once = |of: &Type| Self::Once(of.clone());
        if let Some(inner) = inside(of, "Option") {
            return match inside(inner, "Vec") {
                Some(innermost) if source != Source::Body => Self::OptionalMany(innermost.clone()),
                _ => Self::Optional(inner.clone()),
            };
        }
        match inside(of, "Vec") {
            Some(inner) if source != Source::Body => Self::Many(inner.clone()),
            _ => once(of),
        }
    }
}

fn is_named(of: &Type, name: &str) -> bool {
    match of {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        Type::Group(group) => is_named(&group.elem, name),
        _ => false,
    }
}

/// Returns `T` of `Option<T>`, with any path to `Option`, and in an invisible group of a
/// `macro_rules!` macro.
fn inside<'a>(of: &'a Type, name: &str) -> Option<&'a Type> {
    let path = match of {
        Type::Path(path) => &path.path,
        Type::Group(group) => return inside(&group.elem, name),
        _ => return None,
    };
    let last = path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
