"/echo/<text>" => http(|text: String| async move { text }),
