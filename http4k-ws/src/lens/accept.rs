//! Content negotiation (RFC 9110 §12.5.1).

use http::header::{ACCEPT, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::format::essence;
use crate::message::{IntoResponse, Request, Response, members};

/// The media types that a client accepts, from its `Accept` header.
///
/// # Examples
///
/// ```
/// use http4k_ws::IntoRequest;
/// use http4k_ws::lens::Accept;
/// use http4k_ws::message::RequestExt;
///
/// let accepted = "text/html, application/json;q=0.9, text/*;q=0.5";
/// let request = "/".into_request().unwrap().with_header("accept", accepted);
/// let accept = Accept::of(&request);
/// assert_eq!(accept.choose(&["application/json", "text/html"]), Some("text/html"));
/// assert_eq!(accept.choose(&["text/csv", "application/json"]), Some("application/json"));
/// assert_eq!(accept.choose(&["image/png"]), None);
///
/// // A request without the header accepts any type.
/// assert_eq!(Accept::of(&"/".into_request().unwrap()).choose(&["image/png"]), Some("image/png"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Accept(Vec<Range>);

/// A media range and its weight.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    kind: String,
    subtype: String,
    /// The unit is a thousandth.
    weight: u16,
}

impl Accept {
    /// Reads the `Accept` header of `request`. A range that is not valid is ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Accept;
    /// use http4k_ws::prelude::*;
    ///
    /// // One range is not valid; the other is read.
    /// let request = "/".into_request().unwrap().with_header("accept", "html;q=two, text/csv");
    /// assert_eq!(Accept::of(&request).choose(&["text/html", "text/csv"]), Some("text/csv"));
    /// ```
    pub fn of<B>(request: &Request<B>) -> Self {
        Self::of_fields(request.headers())
    }

    /// Reads the header of a request with the fields `headers`.
    pub(crate) fn of_fields(headers: &HeaderMap) -> Self {
        Self(members(headers, ACCEPT).filter_map(Range::read).collect())
    }

    /// Returns the offer that the client prefers, which is the first of several with the same
    /// weight; `None` if it accepts none of them.
    ///
    /// An offer has the weight of the most specific range that matches it, so that `text/*;q=0`
    /// with `text/html` accepts HTML and no other text. Parameters of an offer, such as its
    /// charset, are ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Accept;
    /// use http4k_ws::prelude::*;
    ///
    /// let request = "/".into_request().unwrap().with_header("accept", "text/*;q=0, text/html");
    /// let accept = Accept::of(&request);
    /// let html = "text/html; charset=utf-8"; // Its charset is ignored.
    /// assert_eq!(accept.choose(&["text/csv", html]), Some(html));
    /// assert_eq!(accept.choose(&["text/csv"]), None);
    /// ```
    pub fn choose<'a>(&self, offers: &[&'a str]) -> Option<&'a str> {
        let mut best = None;
        for offer in offers {
            let weight = self.weight(offer);
            if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
                best = Some((weight, *offer));
            }
        }
        best.map(|(_, offer)| offer)
    }

    /// Returns the offer that [`choose`](Self::choose) returns.
    ///
    /// # Errors
    ///
    /// [`NotAcceptable`] if the client accepts no offer; as a response it is 406.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{Accept, NotAcceptable};
    /// use http4k_ws::prelude::*;
    ///
    /// fn report(request: Request) -> Result<&'static str, NotAcceptable> {
    ///     Accept::of(&request).require(&["text/csv", "application/json"])
    /// }
    ///
    /// assert_eq!(report.test_http("/").body(), "text/csv");
    /// assert_eq!(report.test_http(Request::get("/").header("accept", "image/png")).status(), 406);
    /// ```
    pub fn require<'a>(&self, offers: &[&'a str]) -> Result<&'a str, NotAcceptable> {
        self.choose(offers).ok_or_else(|| NotAcceptable {
            offers: offers.join(", "),
        })
    }

    /// Returns `true` if a range names `offer` itself, and no range has a greater weight.
    pub(crate) fn prefers(&self, offer: &str) -> bool {
        let (kind, subtype) = offer.split_once('/').unwrap_or((offer, ""));
        let named = self.0.iter();
        let named = named.filter(|range| range.fits(kind, subtype) == Some(2));
        let greatest = self.0.iter().map(|range| range.weight).max();
        named
            .map(|range| range.weight)
            .max()
            .is_some_and(|weight| weight > 0 && Some(weight) == greatest)
    }

    fn weight(&self, offer: &str) -> u16 {
        if self.0.is_empty() {
            return 1000;
        }
        let essence = essence(offer);
        let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, ""));
        let fitting = self.0.iter().filter_map(|range| {
            let specific = range.fits(kind, subtype)?;
            Some((specific, range.weight))
        });
        fitting.max().map_or(0, |(_, weight)| weight)
    }
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() {
            return None;
        }
        let quality = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim_end()
                .eq_ignore_ascii_case("q")
                .then(|| value.trim())
        });
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            subtype: subtype.to_ascii_lowercase(),
            weight: quality.map_or(Some(1000), thousandths)?,
        })
    }

    /// Returns the specificity of the range for this type; `None` if it does not match.
    fn fits(&self, kind: &str, subtype: &str) -> Option<u8> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", "*") => Some(0),
            (known, "*") if known == kind => Some(1),
            (known, known_subtype) if known == kind && known_subtype == subtype => Some(2),
            _ => None,
        }
    }
}

/// Parses a weight (RFC 9110 §12.4.2): 0 to 1, with at most three digits behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    match whole {
        "0" => Some(rest),
        "1" if rest == 0 => Some(1000),
        _ => None,
    }
}

/// No offered media type is acceptable to the client.
///
/// As a response it is 406, with the offers as plain text (RFC 9110 §15.5.7).
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::Accept;
/// use http4k_ws::message::RequestExt;
/// use http4k_ws::{IntoRequest, IntoResponse};
///
/// let request = "/".into_request().unwrap().with_header("accept", "image/png");
/// let error = Accept::of(&request).require(&["text/html", "text/csv"]).unwrap_err();
/// assert_eq!(error.to_string(), "the available media types are text/html, text/csv");
/// assert_eq!(error.into_response().status(), 406);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the available media types are {offers}")]
pub struct NotAcceptable {
    offers: String,
}

impl IntoResponse for NotAcceptable {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::NOT_ACCEPTABLE, self.to_string()).into_response();
        response
            .headers_mut()
            .insert(VARY, HeaderValue::from_static("accept"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &[&'static str], offers: &[&'static str]) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        Accept::of_fields(&headers).choose(offers)
    }

    #[test]
    fn the_preferred_offer_is_chosen() {
        let offers = ["application/json", "text/html", "text/plain; charset=utf-8"];
        let cases: [(&[&str], Option<&str>); 13] = [
            (&[], Some(offers[0])),
            (&["*/*"], Some(offers[0])),
            (&["text/html"], Some(offers[1])),
            (&["TEXT/HTML"], Some(offers[1])),
            (&["text/*"], Some(offers[1])),
            (&["text/plain"], Some(offers[2])),
            (&["text/html;q=0.4, */*;q=0.5"], Some(offers[0])),
            (&["text/html;q=0.4", "text/plain;q=0.8"], Some(offers[2])),
            (&["text/*;q=0, text/html"], Some(offers[1])),
            (
                &["*/*;q=0.1, application/json;q=0, text/html;q=0"],
                Some(offers[2]),
            ),
            (&["image/*"], None),
            (&["*/*;q=0"], None),
            (
                &["text/html;level=1;q=0.5, application/json;q=0.2"],
                Some(offers[1]),
            ),
        ];
        for (accept, expected) in cases {
            assert_eq!(chosen(accept, &offers), expected, "{accept:?}");
        }
    }

    #[test]
    fn invalid_ranges_are_ignored() {
        for odd in [
            "text",
            "/",
            "text/",
            "text/html;q=2",
            "text/html;q=0.1234",
            "text/html;q=-1",
            "a/b;q=",
        ] {
            let mut headers = HeaderMap::new();
            headers.append(ACCEPT, HeaderValue::from_static(odd));
            let left = Accept::of_fields(&headers).0;
            let weightless = odd == "a/b;q=";
            assert!(left.is_empty() || weightless, "{odd}: {left:?}");
        }
        assert_eq!(thousandths(""), None);
        assert_eq!(thousandths("0.25"), Some(250));
        assert_eq!(thousandths("1.000"), Some(1000));
        assert_eq!(thousandths("1.001"), None);
    }

    #[test]
    fn a_request_without_an_acceptable_offer_is_a_406() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, HeaderValue::from_static("image/png"));
        let refused = Accept::of_fields(&headers)
            .require(&["text/html", "text/plain"])
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the available media types are text/html, text/plain"
        );
        assert_eq!(refused.into_response().status(), 406);
    }
}
