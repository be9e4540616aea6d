//! The paths of routes in the notation of both specifications: `/rooms/{room}`.

use http4k_ws_grammar::{Kind, pieces};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::names::{Names, identifier};

/// The characters that a literal segment has escapes for. A brace would open a parameter.
const IN_LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// A complete path with legal names for its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiPath {
    /// The path with its parameters in braces.
    pub(super) address: String,
    /// The names of the parameters, in order. Each occurs once.
    pub(super) params: Vec<String>,
    /// The path without the names. Paths with one shape match the same segments.
    pub(super) shape: String,
    /// The words of the path, as an identifier.
    pub(super) words: String,
    /// `true` if the last parameter is the rest of the path.
    pub(super) has_rest: bool,
}

impl ApiPath {
    pub(super) fn of(template: &str) -> Self {
        let (mut address, mut shape) = (String::new(), String::new());
        let (mut names, mut params, mut words) = (Names::default(), Vec::new(), Vec::new());
        let mut has_rest = false;
        for piece in pieces(template) {
            has_rest |= piece.kind == Kind::Rest;
            let word = identifier(piece.text(template));
            for path in [&mut address, &mut shape] {
                path.push('/');
            }
            if piece.kind == Kind::Literal {
                let text = utf8_percent_encode(piece.text(template), IN_LITERAL).to_string();
                for path in [&mut address, &mut shape] {
                    path.push_str(&text);
                }
            } else {
                let name = names.unique(&word);
                address.push_str(&format!("{{{name}}}"));
                shape.push_str("{}");
                params.push(name);
            }
            words.push(word);
        }
        if address.is_empty() {
            for path in [&mut address, &mut shape] {
                path.push('/');
            }
            words.push("root".into());
        }
        Self {
            address,
            params,
            shape,
            words: words.join("_"),
            has_rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_in_braces_with_legal_names() {
        for (template, address, params, words) in [
            ("/", "/", &[] as &[&str], "root"),
            ("/users/<id: u32>/x", "/users/{id}/x", &["id"], "users_id_x"),
            ("/<id>/<id>", "/{id}/{id_2}", &["id", "id_2"], "id_id"),
            ("/files/<größe..>", "/files/{gr_e}", &["gr_e"], "files_gr_e"),
            ("/a.b/c-d", "/a.b/c-d", &[], "a_b_c_d"),
            ("/caf\u{e9}", "/caf%C3%A9", &[], "caf_"),
        ] {
            let path = ApiPath::of(template);
            assert_eq!(path.address, address);
            assert_eq!(path.params, params);
            assert_eq!(path.words, words);
        }
        assert!(ApiPath::of("/<rest..>").has_rest);
        assert_eq!(ApiPath::of("/<a>/x/<b..>").shape, "/{}/x/{}");
    }
}
