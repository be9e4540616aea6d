//! Calls whose result may change, in an expression that is evaluated once.
//!
//! `show(Instant::now())` looks as if each request had its own instant. Such a call must be in
//! braces. One that names a value around it is not reported, nor is one that always returns the
//! same: a constructor such as `Some(3)`, `Duration::from_secs(3)` or `String::new()`. A method
//! that reads shared state, such as `count.lock()`, is always reported.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMacro, ExprMethodCall, Path, Token};

use crate::parse::compact;

/// A call whose result may change, and its text.
pub(super) struct Changing {
    pub(super) at: Span,
    pub(super) text: String,
}

/// Types whose `new()` returns an empty value.
const EMPTY: [&str; 9] = [
    "String",
    "Vec",
    "VecDeque",
    "HashMap",
    "BTreeMap",
    "HashSet",
    "BTreeSet",
    "PathBuf",
    "HeaderMap",
];

/// Returns the first call in `expr` whose result may change. Braces and closures hide theirs.
pub(super) fn changing_call(expr: &Expr) -> Option<Changing> {
    match expr {
        Expr::Call(call) => first(&call.args).or_else(|| changing(call)),
        Expr::MethodCall(call) => {
            let inner = changing_call(&call.receiver).or_else(|| first(&call.args));
            inner.or_else(|| reading(call))
        }
        Expr::Macro(mac) => in_macro(mac),
        Expr::Struct(value) => first(value.fields.iter().map(|field| &field.expr)),
        Expr::Tuple(tuple) => first(&tuple.elems),
        Expr::Array(array) => first(&array.elems),
        Expr::Repeat(repeat) => changing_call(&repeat.expr),
        Expr::Paren(paren) => changing_call(&paren.expr),
        Expr::Group(group) => changing_call(&group.expr),
        Expr::Reference(reference) => changing_call(&reference.expr),
        Expr::Unary(unary) => changing_call(&unary.expr),
        Expr::Cast(cast) => changing_call(&cast.expr),
        Expr::Field(field) => changing_call(&field.base),
        Expr::Try(tried) => changing_call(&tried.expr),
        Expr::Assign(named) => changing_call(&named.right),
        Expr::Binary(binary) => {
            changing_call(&binary.left).or_else(|| changing_call(&binary.right))
        }
        Expr::Index(index) => changing_call(&index.expr).or_else(|| changing_call(&index.index)),
        _ => None,
    }
}

/// Returns a method that reads what other calls change, such as `count.lock()`.
fn reading(call: &ExprMethodCall) -> Option<Changing> {
    READS
        .iter()
        .any(|method| call.method == method)
        .then(|| Changing {
            at: call.span(),
            text: compact(call.to_token_stream()),
        })
}

fn first<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> Option<Changing> {
    exprs.into_iter().find_map(changing_call)
}

/// Looks into the arguments of `format!`, `vec!` and the like.
fn in_macro(mac: &ExprMacro) -> Option<Changing> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
    let arguments = arguments.parse2(mac.mac.tokens.clone()).ok()?;
    first(&arguments)
}

fn changing(call: &ExprCall) -> Option<Changing> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let is_same = is_constructor(&function.path, call.args.is_empty());
    (!is_same && !names_something(call.to_token_stream())).then(|| Changing {
        at: call.span(),
        text: compact(call.to_token_stream()),
    })
}

/// Methods that read what is behind a lock or in a cell.
const READS: [&str; 9] = [
    "lock",
    "try_lock",
    "blocking_lock",
    "read",
    "try_read",
    "blocking_read",
    "write",
    "load",
    "borrow",
];

/// Returns `true` for a function that creates the same value each time, by its name.
fn is_constructor(function: &Path, is_of_nothing: bool) -> bool {
    let mut segments = function.segments.iter().rev();
    let last = segments
        .next()
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
    if last.starts_with(char::is_uppercase) {
        return true;
    }
    let Some(ty) = segments.next() else {
        return false;
    };
    match last.as_str() {
        "default" => true,
        "new" if is_of_nothing => EMPTY.iter().any(|empty| ty.ident == empty),
        name => {
            !is_of_nothing
                && ["new", "from", "with"]
                    .iter()
                    .any(|word| name.starts_with(word))
        }
    }
}

/// Returns `true` if the tokens name a value, and not only functions, types and members.
fn names_something(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let punct = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) => Some(punct.as_char()),
        _ => None,
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => names_something(group.stream()),
        TokenTree::Ident(_) => {
            let is_member = at > 0 && punct(at - 1) == Some('.');
            let is_last_of_path = at > 0 && punct(at - 1) == Some(':');
            let is_longer = matches!(punct(at + 1), Some(':' | '!'));
            let is_called = matches!(
                tokens.get(at + 1),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
            );
            !(is_member || is_last_of_path || is_longer || is_called)
        }
        TokenTree::Literal(text) => text.to_string().contains('{'),
        TokenTree::Punct(_) => false,
    })
}
