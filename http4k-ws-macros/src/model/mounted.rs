//! `mount(users::api(db))`: the function whose application is mounted.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, Path, PathArguments, PathSegment, Token};

/// The path of a function, beside which its table is looked up.
pub(crate) struct Mounted {
    pub(crate) leading: Option<Token![::]>,
    /// The modules of the path; none if it is a single name.
    pub(crate) modules: Vec<Ident>,
    pub(crate) function: Ident,
}

impl Mounted {
    /// Returns the function that `app` calls. `None` if only the running program can find out.
    pub(super) fn by(app: &Expr) -> Option<Self> {
        match app {
            Expr::Group(group) => Self::by(&group.expr),
            // A filter removes no route, and a function may return a `Result`.
            Expr::MethodCall(call)
                if ["with", "unwrap", "expect"]
                    .iter()
                    .any(|name| call.method == name) =>
            {
                Self::by(&call.receiver)
            }
            Expr::Try(tried) => Self::by(&tried.expr),
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) if path.qself.is_none() => Self::at(&path.path),
                _ => None,
            },
            _ => None,
        }
    }

    fn at(path: &Path) -> Option<Self> {
        let mut segments = path.segments.iter();
        let function = segments.next_back()?.ident.clone();
        // An associated function cannot have a module beside it.
        let is_module = |segment: &PathSegment| {
            let name = segment.ident.unraw().to_string();
            matches!(segment.arguments, PathArguments::None)
                && !name.starts_with(char::is_uppercase)
        };
        segments.clone().all(is_module).then(|| Self {
            leading: path.leading_colon,
            modules: segments.map(|segment| segment.ident.clone()).collect(),
            function,
        })
    }

    /// Returns the path as in the source.
    pub(crate) fn spelled(&self) -> String {
        let leading = self.leading.to_token_stream().to_string();
        let names = self.modules.iter().chain([&self.function]);
        let names: Vec<String> = names.map(ToString::to_string).collect();
        format!("{leading}{}", names.join("::"))
    }
}
