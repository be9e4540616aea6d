//! An application that can be observed: ids, traces over two servers, metrics, and an access log.
//!
//! ```text
//! cargo run --example observe
//! curl -i http://127.0.0.1:9000/drinks/tea -H 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
//! curl http://127.0.0.1:9000/metrics
//! ```
//!
//! 1. `observed(..)` is the list of filters, from the inside out. The log and the metrics are inside
//!    the filters that give a request its id and its trace, so that they have both.
//! 2. The shop asks the warehouse for the stock. The trace is an argument of the handler, which
//!    passes it on with `propagate`.
//! 3. Each label of a metric has a bounded number of values: the method, the template of the route
//!    instead of the path, and the status.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http4k_ws::client::HttpClient;
use http4k_ws::filter::{
    HttpTransaction, TraceContext, WsTransaction, access_log, report_requests, report_sockets,
    request_id, trace_context,
};
use http4k_ws::handler::BoxHttpHandler;
use http4k_ws::message::UriTemplate;
use http4k_ws::prelude::*;

/// The upper bounds of the histogram, in milliseconds.
const BUCKETS: [u64; 5] = [5, 25, 100, 500, 2500];

/// Method, template and status of requests, or template and close code of sockets.
type Labels = (String, String, u16);

/// The numbers that `/metrics` shows.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<Numbers>>);

#[derive(Default)]
struct Numbers {
    requests: BTreeMap<Labels, Histogram>,
    sockets: BTreeMap<Labels, Histogram>,
}

#[derive(Default)]
struct Histogram {
    /// The count of each bucket alone.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    fn add(&mut self, duration: Duration) {
        let fits = |bound: &&u64| duration <= Duration::from_millis(**bound);
        if let Some(bucket) = BUCKETS.iter().position(|bound| fits(&bound)) {
            self.buckets[bucket] += 1;
        }
        self.count += 1;
        self.sum += duration;
    }

    fn write(&self, text: &mut String, name: &str, labels: &str) {
        let mut below = 0;
        for (bound, count) in BUCKETS.iter().zip(self.buckets) {
            below += count;
            let bound = *bound as f64 / 1000.0;
            let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {below}");
        }
        let (count, sum) = (self.count, self.sum.as_secs_f64());
        let _ = writeln!(text, "{name}_bucket{{{labels},le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum{{{labels}}} {sum}");
        let _ = writeln!(text, "{name}_count{{{labels}}} {count}");
    }
}

/// Returns one of the known methods. A client may send any other, and each would be a new label.
fn known(method: &Method) -> String {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
    ];
    let is_known = known.contains(method);
    if is_known {
        method.to_string()
    } else {
        "other".to_owned()
    }
}

fn template(route: Option<&str>) -> String {
    route.unwrap_or("none").to_owned()
}

impl Metrics {
    fn lock(&self) -> MutexGuard<'_, Numbers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn request(&self, done: &HttpTransaction) {
        let method = known(done.request.method());
        // 0 stands for a request whose client left before there was a response.
        let status = done.status.map_or(0, |status| status.as_u16());
        let labels = (method, template(done.route.as_deref()), status);
        self.lock()
            .requests
            .entry(labels)
            .or_default()
            .add(done.duration);
    }

    fn socket(&self, done: &WsTransaction) {
        // Codes from 3000 on are those of applications and clients.
        let code = done.status.code();
        let code = if code < 3000 { code } else { 3000 };
        let labels = ("GET".to_owned(), template(done.route.as_deref()), code);
        self.lock()
            .sockets
            .entry(labels)
            .or_default()
            .add(done.duration);
    }

    /// Returns the numbers in the text format of Prometheus, version 0.0.4.
    fn text(&self) -> Response {
        let mut text = String::new();
        let numbers = self.lock();
        for (name, label, numbers) in [
            ("http_request_duration_seconds", "status", &numbers.requests),
            ("websocket_duration_seconds", "code", &numbers.sockets),
        ] {
            let _ = writeln!(text, "# TYPE {name} histogram");
            for ((method, route, status), histogram) in numbers {
                let labels = format!("method=\"{method}\",route=\"{route}\",{label}=\"{status}\"");
                histogram.write(&mut text, name, &labels);
            }
        }
        text.into_response()
            .with_header("content-type", "text/plain; version=0.0.4")
    }
}

/// Puts the filters around an application, the innermost first.
fn observed(app: PolyHandler, metrics: &Metrics) -> PolyHandler {
    let (requests, sockets) = (metrics.clone(), metrics.clone());
    app.with(report_requests(move |done| requests.request(&done)))
        .with(report_sockets(move |done| sockets.socket(&done)))
        .with(access_log())
        .with(trace_context())
        .with(request_id())
}

/// Asks the warehouse, in the trace of the request.
async fn drink(name: String, trace: TraceContext, warehouse: BoxHttpHandler) -> Response {
    // A template encodes the name, so that it cannot lead to another path.
    let stock = UriTemplate::parse("/stock/<name>").expect("a template");
    let target = stock.fill(&[("name", &name)]).map(String::into_request);
    match target {
        Ok(Ok(request)) => warehouse.call(trace.propagate(request)).await,
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn news(ws: WebSocket) -> WsResult {
    Ok(ws.send("tea is hot").await?)
}

/// The shop, in front of a warehouse: a client over the network, or an application in memory.
fn shop(warehouse: BoxHttpHandler, metrics: &Metrics) -> PolyHandler {
    let shown = metrics.clone();
    let app = routes! {
        GET "/drinks/<name>" => http(drink(name, _, warehouse)),
        "/news" => ws(news(ws)),
        GET "/metrics" => http({ move |_request: Request| shown.text() }),
    };
    observed(app, metrics)
}

/// Responds with the stock and the id of the trace, so that one can see it arrive.
async fn stock(name: String, trace: TraceContext) -> String {
    format!("3 {name} for {}", trace.trace_id())
}

fn warehouse(metrics: &Metrics) -> PolyHandler {
    observed(
        routes! { GET "/stock/<name>" => http(stock(name, _)) },
        metrics,
    )
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let upstream = warehouse(&Metrics::default())
        .as_server("127.0.0.1:0")
        .start()?;
    let client = HttpClient::new().with_base(format!("http://{}", upstream.addr()))?;
    println!("http://127.0.0.1:9000/drinks/tea and /metrics");
    shop(BoxHttpHandler::new(client), &Metrics::default())
        .serve("127.0.0.1:9000")
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    fn tea() -> Request {
        let request = Request::get("/drinks/tea")
            .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
        request.body(Body::empty()).expect("a request")
    }

    #[test]
    fn the_trace_reaches_the_warehouse_in_memory() {
        let warehouse = warehouse(&Metrics::default());
        let response = shop(warehouse.http().clone(), &Metrics::default()).test_http(tea());
        assert_eq!(response.body(), &format!("3 tea for {TRACE}"));
        assert_eq!(response.header("x-request-id").map(str::len), Some(32));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_trace_reaches_the_warehouse_over_the_network()
    -> Result<(), Box<dyn std::error::Error>> {
        let metrics = Metrics::default();
        let upstream = warehouse(&metrics).as_server("127.0.0.1:0").start()?;
        let client = HttpClient::new().with_base(format!("http://{}", upstream.addr()))?;
        let shop = shop(BoxHttpHandler::new(client), &Metrics::default());
        let server = shop.as_server("127.0.0.1:0").start()?;
        let client = HttpClient::new().with_base(format!("http://{}", server.addr()))?;
        assert_eq!(
            client.send(tea()).await?.body(),
            &format!("3 tea for {TRACE}")
        );
        let text = client.send("/metrics").await?.into_body().text().await?;
        let count = "http_request_duration_seconds_count{method=\"GET\",route=\"/drinks/<name>\",\
                     status=\"200\"} 1\n";
        assert!(text.contains(count), "{text}");
        Ok(())
    }

    #[test]
    fn labels_are_bounded() {
        let metrics = Metrics::default();
        let shop = shop(warehouse(&Metrics::default()).http().clone(), &metrics);
        for number in 0..100 {
            shop.test_http(format!("/wp-{number}.php"));
            shop.test_http(format!("/%64rinks/{number}"));
            let method = Method::from_bytes(format!("M{number}").as_bytes()).expect("a token");
            shop.test_http(
                "/nowhere"
                    .into_request()
                    .expect("a request")
                    .with_method(method),
            );
            shop.test_ws("/news").close(WsStatus::NORMAL);
        }
        let response = shop.test_http("/metrics");
        let text = response.body().as_text().expect("text");
        for (labels, count) in [
            ("method=\"GET\",route=\"none\",status=\"404\"", 100),
            ("method=\"other\",route=\"none\",status=\"404\"", 100),
            (
                "method=\"GET\",route=\"/drinks/<name>\",status=\"200\"",
                100,
            ),
            ("method=\"GET\",route=\"/news\",code=\"1000\"", 100),
        ] {
            assert!(
                text.contains(&format!("_count{{{labels}}} {count}\n")),
                "{labels}\n{text}"
            );
        }
        assert_eq!(text.matches("_count{").count(), 4, "{text}");
    }

    #[test]
    fn buckets_are_cumulative() {
        let mut histogram = Histogram::default();
        for millis in [1, 5, 6, 3000] {
            histogram.add(Duration::from_millis(millis));
        }
        let mut text = String::new();
        histogram.write(&mut text, "t", "a=\"b\"");
        let counts: Vec<_> = text
            .lines()
            .filter_map(|line| line.rsplit(' ').next())
            .collect();
        assert_eq!(counts, ["2", "3", "3", "3", "3", "4", "3.012", "4"]);
        assert!(
            text.contains("t_bucket{a=\"b\",le=\"0.005\"} 2\n"),
            "{text}"
        );
    }
}
