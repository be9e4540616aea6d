//! The time to find a route: the matcher that `routes!` generates against matchit 0.9, on 130 routes like
//! those of GitHub, each requested once a round.
//!
//! ```text
//! cargo bench -p http4k-ws --bench lookup
//! ```
//!
//! Rounds alternate between the contestants, so that other load on the machine meets all of them;
//! figures are medians over the rounds, in nanoseconds per lookup. Ours also compares the method and
//! finds the position of each parameter, as matchit does.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Instant;

use http4k_ws::__private::Router;
use http4k_ws::routing::Routes;
use http4k_ws::{Method, PolyHandler, Request, routes};

const ROUNDS: usize = 301;
const REPEATS: usize = 40;

/// The routes once for the macro, and once as data.
macro_rules! github {
    ($($template:literal)*) => {
        fn written() -> PolyHandler {
            routes! { $(GET $template => http(ok()),)* }
        }
        const TEMPLATES: &[&str] = &[$($template),*];
    };
}

github! {
    "/authorizations"
    "/authorizations/<_id>"
    "/applications/<_client_id>/tokens"
    "/applications/<_client_id>/tokens/<_access_token>"
    "/events"
    "/repos/<_owner>/<_repo>/events"
    "/networks/<_owner>/<_repo>/events"
    "/orgs/<_org>/events"
    "/users/<_user>/received_events"
    "/users/<_user>/received_events/public"
    "/users/<_user>/events"
    "/users/<_user>/events/public"
    "/users/<_user>/events/orgs/<_org>"
    "/feeds"
    "/notifications"
    "/repos/<_owner>/<_repo>/notifications"
    "/notifications/threads/<_id>"
    "/notifications/threads/<_id>/subscription"
    "/repos/<_owner>/<_repo>/stargazers"
    "/users/<_user>/starred"
    "/user/starred"
    "/user/starred/<_owner>/<_repo>"
    "/repos/<_owner>/<_repo>/subscribers"
    "/users/<_user>/subscriptions"
    "/user/subscriptions"
    "/repos/<_owner>/<_repo>/subscription"
    "/user/subscriptions/<_owner>/<_repo>"
    "/users/<_user>/gists"
    "/gists"
    "/gists/public"
    "/gists/starred"
    "/gists/<_id>"
    "/gists/<_id>/star"
    "/gists/<_id>/forks"
    "/repos/<_owner>/<_repo>/git/blobs/<_sha>"
    "/repos/<_owner>/<_repo>/git/commits/<_sha>"
    "/repos/<_owner>/<_repo>/git/refs"
    "/repos/<_owner>/<_repo>/git/tags/<_sha>"
    "/repos/<_owner>/<_repo>/git/trees/<_sha>"
    "/issues"
    "/user/issues"
    "/orgs/<_org>/issues"
    "/repos/<_owner>/<_repo>/issues"
    "/repos/<_owner>/<_repo>/issues/<_number>"
    "/repos/<_owner>/<_repo>/assignees"
    "/repos/<_owner>/<_repo>/assignees/<_assignee>"
    "/repos/<_owner>/<_repo>/issues/<_number>/comments"
    "/repos/<_owner>/<_repo>/issues/<_number>/events"
    "/repos/<_owner>/<_repo>/labels"
    "/repos/<_owner>/<_repo>/labels/<_name>"
    "/repos/<_owner>/<_repo>/issues/<_number>/labels"
    "/repos/<_owner>/<_repo>/issues/<_number>/labels/<_name>"
    "/repos/<_owner>/<_repo>/milestones/<_number>/labels"
    "/repos/<_owner>/<_repo>/milestones"
    "/repos/<_owner>/<_repo>/milestones/<_number>"
    "/emojis"
    "/gitignore/templates"
    "/gitignore/templates/<_name>"
    "/meta"
    "/rate_limit"
    "/users/<_user>/orgs"
    "/user/orgs"
    "/orgs/<_org>"
    "/orgs/<_org>/members"
    "/orgs/<_org>/members/<_user>"
    "/orgs/<_org>/public_members"
    "/orgs/<_org>/public_members/<_user>"
    "/orgs/<_org>/teams"
    "/teams/<_id>"
    "/teams/<_id>/members"
    "/teams/<_id>/members/<_user>"
    "/teams/<_id>/repos"
    "/teams/<_id>/repos/<_owner>/<_repo>"
    "/user/teams"
    "/repos/<_owner>/<_repo>/pulls"
    "/repos/<_owner>/<_repo>/pulls/<_number>"
    "/repos/<_owner>/<_repo>/pulls/<_number>/commits"
    "/repos/<_owner>/<_repo>/pulls/<_number>/files"
    "/repos/<_owner>/<_repo>/pulls/<_number>/merge"
    "/repos/<_owner>/<_repo>/pulls/<_number>/comments"
    "/user/repos"
    "/users/<_user>/repos"
    "/orgs/<_org>/repos"
    "/repositories"
    "/repos/<_owner>/<_repo>"
    "/repos/<_owner>/<_repo>/contributors"
    "/repos/<_owner>/<_repo>/languages"
    "/repos/<_owner>/<_repo>/teams"
    "/repos/<_owner>/<_repo>/tags"
    "/repos/<_owner>/<_repo>/branches"
    "/repos/<_owner>/<_repo>/branches/<_branch>"
    "/repos/<_owner>/<_repo>/collaborators"
    "/repos/<_owner>/<_repo>/collaborators/<_user>"
    "/repos/<_owner>/<_repo>/comments"
    "/repos/<_owner>/<_repo>/commits/<_sha>/comments"
    "/repos/<_owner>/<_repo>/commits"
    "/repos/<_owner>/<_repo>/commits/<_sha>"
    "/repos/<_owner>/<_repo>/readme"
    "/repos/<_owner>/<_repo>/keys"
    "/repos/<_owner>/<_repo>/keys/<_id>"
    "/repos/<_owner>/<_repo>/downloads"
    "/repos/<_owner>/<_repo>/downloads/<_id>"
    "/repos/<_owner>/<_repo>/forks"
    "/repos/<_owner>/<_repo>/hooks"
    "/repos/<_owner>/<_repo>/hooks/<_id>"
    "/repos/<_owner>/<_repo>/releases"
    "/repos/<_owner>/<_repo>/releases/<_id>"
    "/repos/<_owner>/<_repo>/releases/<_id>/assets"
    "/repos/<_owner>/<_repo>/stats/contributors"
    "/repos/<_owner>/<_repo>/stats/commit_activity"
    "/repos/<_owner>/<_repo>/stats/code_frequency"
    "/repos/<_owner>/<_repo>/stats/participation"
    "/repos/<_owner>/<_repo>/stats/punch_card"
    "/repos/<_owner>/<_repo>/statuses/<_ref>"
    "/search/repositories"
    "/search/code"
    "/search/issues"
    "/search/users"
    "/legacy/issues/search/<_owner>/<_repository>/<_state>/<_keyword>"
    "/legacy/repos/search/<_keyword>"
    "/legacy/user/search/<_keyword>"
    "/legacy/user/email/<_email>"
    "/users/<_user>"
    "/user"
    "/users"
    "/user/emails"
    "/users/<_user>/followers"
    "/user/followers"
    "/users/<_user>/following"
    "/user/following"
}

fn ok() -> &'static str {
    "ok"
}

fn main() {
    let (written, made, matchit) = (written(), made(), matchit());
    let (written, made) = (Router::of(&written), Router::of(&made));
    let (written, made) = (written.expect("a router"), made.expect("a router"));
    let paths: Vec<String> = TEMPLATES.iter().map(|template| path(template)).collect();
    for (index, path) in paths.iter().enumerate() {
        for router in [written, made] {
            assert_eq!(find(router, path), Some(index), "{path}");
        }
        assert_eq!(
            matchit.at(path).map(|found| *found.value),
            Ok(index),
            "{path}"
        );
    }

    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(timed(&paths, |path| {
            black_box(find(written, path));
        }));
        times[1].push(timed(&paths, |path| {
            black_box(matchit.at(path)).ok();
        }));
        times[2].push(timed(&paths, |path| {
            black_box(find(made, path));
        }));
    }
    let [written, matchit, made] = times.map(median);
    println!(
        "{} routes, {ROUNDS} rounds, ns a lookup (median)",
        TEMPLATES.len()
    );
    println!("  routes!   {written:6.1}");
    println!("  matchit   {matchit:6.1}");
    println!("  Routes    {made:6.1}");
    println!("  routes! / matchit   {:.2}", written / matchit);
    println!("  Routes  / matchit   {:.2}", made / matchit);
}

fn find(router: &Router, path: &str) -> Option<usize> {
    let mut captures = [(0, 0); 16];
    let found = router.lookup(black_box(&Method::GET), path, &mut captures);
    black_box(&captures);
    found
}

/// Nanoseconds for one lookup.
fn timed(paths: &[String], mut lookup: impl FnMut(&str)) -> f64 {
    let start = Instant::now();
    for _ in 0..REPEATS {
        for path in paths {
            lookup(black_box(path));
        }
    }
    start.elapsed().as_nanos() as f64 / (REPEATS * paths.len()) as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn made() -> PolyHandler {
    let routes = TEMPLATES.iter().fold(Routes::new(), |routes, template| {
        routes.http(Method::GET, *template, |_request: Request| ok())
    });
    routes.build().expect("the templates differ")
}

fn matchit() -> matchit::Router<usize> {
    let mut router = matchit::Router::new();
    for (index, template) in TEMPLATES.iter().enumerate() {
        let template = template.replace('<', "{").replace('>', "}");
        router
            .insert(template, index)
            .expect("the templates differ");
    }
    router
}

/// A path for each template, with values of the usual lengths.
fn path(template: &str) -> String {
    let segments = template.split('/').map(|segment| match segment {
        "<_owner>" => "rust-lang",
        "<_repo>" => "rust",
        "<_sha>" => "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "<_user>" => "octocat",
        "<_number>" | "<_id>" => "1347",
        parameter if parameter.starts_with('<') => "something",
        literal => literal,
    });
    segments.collect::<Vec<_>>().join("/")
}
