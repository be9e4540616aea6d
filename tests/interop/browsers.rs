//! Browsers against our server, without a driver: the page that they open reports what it saw.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use http4k_ws::filter::session_config;
use http4k_ws::http::HeaderValue;
use http4k_ws::http::header::CONTENT_TYPE;
use http4k_ws::prelude::*;
use http4k_ws::session::{Deflate, SessionConfig};

/// The longest time that a browser needs to start, on a slow machine.
const LIMIT: Duration = Duration::from_secs(90);

#[derive(Clone, Copy)]
pub(super) enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    /// Returns the command that opens `page` without a window, with all its files in `profile`.
    fn open(self, page: &str, profile: &Path) -> Command {
        let program = |name| std::env::var_os(name).expect("`tests/interop/run` sets it");
        let mut command = match self {
            Self::Chromium => {
                let mut command = Command::new(program("INTEROP_CHROMIUM"));
                command.args([
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-sync",
                ]);
                command.args(["--no-first-run", "--disable-background-networking"]);
                // Without it, the browser ends as soon as the page is loaded.
                command.arg("--remote-debugging-port=0");
                command.arg(format!("--user-data-dir={}", profile.display()));
                command
            }
            Self::Firefox => {
                let mut command = Command::new(program("INTEROP_FIREFOX"));
                command.args(["--headless", "--no-remote", "--new-instance", "--profile"]);
                command.arg(profile);
                command
            }
        };
        command.arg(page).env("HOME", profile);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Sends compressed messages of many lengths, and reports each extension, or the first difference.
const PAGE: &str = r#"<!doctype html><meta charset=utf-8><title>compressed</title><script>
async function talk(path) {
  const socket = new WebSocket(path);
  socket.binaryType = 'arraybuffer';
  await new Promise((done, fail) => { socket.onopen = done; socket.onerror = fail; });
  const echo = message => new Promise(done => {
    socket.onmessage = event => done(event.data);
    socket.send(message);
  });
  for (let number = 0; number < 50; number++) {
    const sent = `message ${number}: the same words again, grüße — 🦀. `.repeat(number * 20);
    if (await echo(sent) !== sent) throw new Error(`text ${number} of ${path} changed`);
    const bytes = crypto.getRandomValues(new Uint8Array(number * 300));
    const back = new Uint8Array(await echo(bytes));
    if (back.join() !== bytes.join()) throw new Error(`bytes ${number} of ${path} changed`);
  }
  const closed = new Promise(done => { socket.onclose = done; });
  socket.close(4002, 'enough — genug');
  const { code, reason } = await closed;
  // Firefox shows the name of an extension without its parameters.
  return `${path} ${socket.extensions.split(';')[0]} ${code} ${reason}`;
}
(async () => {
  let report;
  try {
    report = [await talk('/alone'), await talk('/kept'), await talk('/plain')].join('\n');
  } catch (error) {
    report = `failed: ${error}`;
  }
  await fetch('/report', { method: 'POST', body: report });
})();
</script>"#;

const REPORT: &str = "\
/alone permessage-deflate 4002 enough — genug
/kept permessage-deflate 4002 enough — genug
/plain  4002 enough — genug";

async fn echo(mut ws: WebSocket) -> WsResult {
    while let Some(message) = ws.recv().await? {
        ws.send(message).await?;
    }
    Ok(())
}

fn page() -> Response {
    let mut page = PAGE.into_response();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    page.headers_mut().insert(CONTENT_TYPE, html);
    page
}

fn report(text: String, reports: Sender<String>) -> StatusCode {
    let sent = reports.send(text);
    sent.map_or(StatusCode::GONE, |()| StatusCode::NO_CONTENT)
}

fn app(reports: Sender<String>) -> PolyHandler {
    let alone = |config: SessionConfig| config.with_deflate(Deflate::default());
    let kept = |config: SessionConfig| {
        let kept = Deflate::default().with_context_takeover(true);
        config.with_deflate(kept.with_peer_context_takeover(true))
    };
    routes! {
        GET  "/"       => http(page()),
        POST "/report" => http(report(_, reports)),
        "/alone" with(session_config(alone)) => ws(echo(ws)),
        "/kept"  with(session_config(kept))  => ws(echo(ws)),
        "/plain" => ws(echo(ws)),
    }
}

pub(super) fn compressed_messages_return_unchanged(browser: Browser) {
    let (reports, reported) = channel();
    let server = app(reports).as_server("127.0.0.1:0").start();
    let server = server.expect("a server");
    let profile = std::env::var_os("INTEROP_PROFILES").expect("`tests/interop/run` sets it");
    let name = match browser {
        Browser::Chromium => "chromium",
        Browser::Firefox => "firefox",
    };
    let profile = Path::new(&profile).join(name);
    std::fs::create_dir_all(&profile).expect("a folder");
    let address = format!("http://{}/", server.addr());
    let mut running = browser.open(&address, &profile).spawn().expect("a browser");
    let report = reported.recv_timeout(LIMIT);
    let _ = running.kill();
    let _ = running.wait();
    assert_eq!(report.as_deref(), Ok(REPORT));
}
