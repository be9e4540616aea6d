//! The text of tokens in a message.

use proc_macro2::{TokenStream, TokenTree};

/// Returns the text of tokens, usually as the user spaced them.
pub(crate) fn compact(tokens: impl IntoIterator<Item = TokenTree>) -> String {
    let mut text = tokens.into_iter().collect::<TokenStream>().to_string();
    for (spaced, tight) in [
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :: ", "::"),
        (" . ", "."),
        (" ,", ","),
        (" !(", "!("),
        ("! (", "!("),
        ("| |", "||"),
        (" ?", "?"),
        (":: <", "::<"),
        ("::< ", "::<"),
        (" >(", ">("),
        ("& ", "&"),
    ] {
        text = text.replace(spaced, tight);
    }
    closures(&text)
}

/// Returns a text with the parameters of its closures as a user spaces them.
fn closures(text: &str) -> String {
    let mut spaced = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("| ") {
        let begins = before.is_empty()
            || ["(", "async ", "move "]
                .iter()
                .any(|end| before.ends_with(end));
        let params = behind.split_once(" |").filter(|_| begins);
        spaced += before;
        let Some((params, behind)) = params else {
            spaced += "| ";
            rest = behind;
            continue;
        };
        spaced += &format!("|{}|", params.replace(" :", ":"));
        rest = behind;
    }
    spaced + rest
}
