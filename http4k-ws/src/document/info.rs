//! The facts about an application that its routes do not have.

use super::tree::{Members, Tree};

/// The title, version, licence, contact and servers of an application, for its documents.
///
/// # Examples
///
/// ```
/// use http4k_ws::document::Info;
/// use http4k_ws::routing::Routes;
///
/// let info = Info::new("chat", "1.2")
///     .with_description("Rooms, and the people in them.")
///     .with_license("MIT")
///     .with_contact("The team", "https://example.com/team")
///     .with_server("https://chat.example.com");
///
/// let app = Routes::new().build().unwrap();
/// let document = app.openapi(&info).to_value();
/// assert_eq!(document["info"]["license"]["identifier"], "MIT");
/// assert_eq!(document["servers"][0]["url"], "https://chat.example.com");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Info {
    title: String,
    version: String,
    description: String,
    license: Option<String>,
    contact: Option<(String, String)>,
    servers: Vec<String>,
}

impl Info {
    /// Creates the facts with a title and the version of the application, such as `1.2.0`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// use http4k_ws::routing::Routes;
    ///
    /// let app = Routes::new().build().unwrap();
    /// let document = app.openapi(&Info::new("chat", "1.2.0")).to_value();
    /// assert_eq!(document["info"]["version"], "1.2.0");
    /// ```
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: version.into(),
            description: String::new(),
            license: None,
            contact: None,
            servers: Vec::new(),
        }
    }

    /// Sets the description, which may be Markdown.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// # use http4k_ws::routing::Routes;
    /// # let app = Routes::new().build().unwrap();
    ///
    /// let info = Info::new("chat", "1.2.0").with_description("Rooms, *live*.");
    /// assert_eq!(app.openapi(&info).to_value()["info"]["description"], "Rooms, *live*.");
    /// ```
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }

    /// Sets the licence of the API by its SPDX expression, such as `MIT OR Apache-2.0`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// # use http4k_ws::routing::Routes;
    /// # let app = Routes::new().build().unwrap();
    ///
    /// let info = Info::new("chat", "1.2.0").with_license("MIT OR Apache-2.0");
    /// let document = app.openapi(&info).to_value();
    /// assert_eq!(document["info"]["license"]["identifier"], "MIT OR Apache-2.0");
    /// ```
    pub fn with_license(self, expression: impl Into<String>) -> Self {
        Self {
            license: Some(expression.into()),
            ..self
        }
    }

    /// Sets the name of the team or person to contact, and the URL of a page or `mailto:` with an
    /// address.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// # use http4k_ws::routing::Routes;
    /// # let app = Routes::new().build().unwrap();
    ///
    /// let info = Info::new("chat", "1.2.0").with_contact("The team", "mailto:team@example.com");
    /// let contact = app.openapi(&info).to_value()["info"]["contact"].clone();
    /// assert_eq!(contact["name"], "The team");
    /// assert_eq!(contact["email"], "team@example.com");
    /// ```
    pub fn with_contact(self, name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            contact: Some((name.into(), url.into())),
            ..self
        }
    }

    /// Adds a server by the URL that its routes are below, such as `https://chat.example.com/v1`.
    ///
    /// The schemes `http` and `https` stand for both protocols. Sockets are then at `ws` and `wss`.
    /// Without a server, OpenAPI has the server `/`, which is the origin of the document itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::document::Info;
    /// # use http4k_ws::routing::Routes;
    /// # let greet = |ws: http4k_ws::WebSocket| ws.try_send("hi");
    /// # let app = Routes::new().ws("/", greet).build().unwrap();
    ///
    /// let info = Info::new("chat", "1.2.0").with_server("https://chat.example.com/v1");
    /// let openapi = app.openapi(&info).to_value();
    /// assert_eq!(openapi["servers"][0]["url"], "https://chat.example.com/v1");
    /// let asyncapi = app.asyncapi(&info).to_string();
    /// assert!(asyncapi.contains("\"protocol\": \"wss\""), "{asyncapi}");
    /// ```
    pub fn with_server(mut self, url: impl Into<String>) -> Self {
        self.servers.push(url.into());
        self
    }

    /// Returns the member `info` of both documents. Only OpenAPI has SPDX expressions.
    pub(super) fn members(&self, has_identifier: bool) -> Members {
        let license = self.license.as_deref().map(|expression| {
            let identifier = has_identifier.then_some(expression);
            Members::new()
                .with("name", expression)
                .with_some("identifier", identifier)
        });
        let contact = self.contact.as_ref().map(|(name, url)| {
            let contact = Members::new().with_text("name", name);
            match url.strip_prefix("mailto:") {
                Some(address) => contact.with_text("email", address),
                None => contact.with_text("url", url),
            }
        });
        Members::new()
            .with("title", self.title.as_str())
            .with("version", self.version.as_str())
            .with_text("description", &self.description)
            .with_some("contact", contact)
            .with_some("license", license)
    }

    /// Returns the servers of OpenAPI.
    pub(super) fn http_servers(&self) -> Tree {
        let none = self.servers.is_empty().then_some("/");
        let urls = none
            .into_iter()
            .chain(self.servers.iter().map(String::as_str));
        urls.map(|url| Members::new().with("url", with_scheme(url, "http")).into())
            .collect()
    }

    /// Returns the servers of AsyncAPI with a scheme, which is `ws` or `http`: each with its name.
    pub(super) fn servers(&self, scheme: &str) -> Vec<(String, Members)> {
        let urls = self.servers.iter().enumerate();
        let parts = urls.filter_map(|(index, url)| {
            let url = with_scheme(url, scheme);
            let (protocol, rest) = url.split_once("://")?;
            let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let number = if index == 0 {
                String::new()
            } else {
                format!("_{}", index + 1)
            };
            let server = Members::new()
                .with("host", host)
                .with_text("pathname", path.trim_end_matches('/'))
                .with("protocol", protocol);
            Some((format!("{scheme}{number}"), server))
        });
        parts.collect()
    }
}

/// Returns `url` with `ws` in the place of `http`, or the other way round.
fn with_scheme(url: &str, scheme: &str) -> String {
    let rest = url.strip_prefix("http").or_else(|| url.strip_prefix("ws"));
    match rest {
        Some(rest) if rest.starts_with("://") || rest.starts_with("s://") => {
            format!("{scheme}{rest}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_both_schemes() {
        let info = Info::new("a", "1")
            .with_server("https://a.example/v1/")
            .with_server("ws://b.example:80")
            .with_server("/relative");
        let urls = info.http_servers().to_value();
        let urls: Vec<_> = urls.as_array().unwrap().iter().map(|s| &s["url"]).collect();
        assert_eq!(
            urls,
            ["https://a.example/v1/", "http://b.example:80", "/relative"]
        );

        let servers = info.servers("ws").into_iter();
        let servers: Vec<_> = servers
            .map(|(name, server)| (name, Tree::from(server).to_value()))
            .collect();
        let expected = [
            (
                "ws",
                serde_json::json!({ "host": "a.example", "pathname": "/v1", "protocol": "wss" }),
            ),
            (
                "ws_2",
                serde_json::json!({ "host": "b.example:80", "protocol": "ws" }),
            ),
        ];
        assert_eq!(
            servers,
            expected.map(|(name, server)| (name.to_owned(), server))
        );
    }

    #[test]
    fn a_contact_is_a_page_or_an_address() {
        let info = Info::new("a", "1").with_contact("Ann", "mailto:ann@example.com");
        let members = Tree::from(info.members(true)).to_value();
        assert_eq!(members["contact"]["email"], "ann@example.com");
        assert!(members.get("license").is_none());
    }
}
