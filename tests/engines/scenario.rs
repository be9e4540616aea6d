//! Nodes that publish while faults happen.

use std::thread::sleep;
use std::time::Duration;

use crate::node::{Node, Report, Settings};
use crate::process::Directory;
use crate::verify::{Verdict, verify};

/// A run of two nodes or more.
pub(crate) struct Scenario {
    pub(crate) settings: Settings,
    pub(crate) nodes: Vec<Node>,
    directory: Directory,
}

/// Returns the settings of a run with 4 topics and about 5 s of messages.
pub(crate) fn settings(url: String) -> Settings {
    Settings {
        name: String::new(),
        url,
        behind_proxy: false,
        on_disk: false,
        lease_ms: 15_000,
        topics: 4,
        history: 1000,
        publishes: 200,
        pause_ms: 25,
        members: 0,
        directory: Default::default(),
    }
}

impl Scenario {
    /// Starts nodes named `a`, `b` and so on, and waits until all of them follow their topics.
    pub(crate) fn start(mut settings: Settings, count: u8) -> Self {
        let directory = Directory::new();
        settings.directory = directory.path().to_owned();
        let nodes = (0..count).map(|number| {
            let name = char::from(b'a' + number).to_string();
            Node::start(Settings {
                name,
                ..settings.clone()
            })
        });
        let mut nodes: Vec<Node> = nodes.collect();
        nodes.iter_mut().for_each(|node| node.wait_for("ready"));
        // None publishes before all of them follow.
        std::fs::write(directory.file("start"), "").expect("a file");
        sleep(Duration::from_millis(500));
        Self {
            settings,
            nodes,
            directory,
        }
    }

    /// Waits until all has been published, and returns the reports of the nodes.
    pub(crate) fn reports(&mut self) -> Vec<Report> {
        self.nodes.iter_mut().for_each(|node| node.wait_for("done"));
        self.finish();
        self.nodes.iter_mut().map(Node::report).collect()
    }

    /// Lets the nodes report, without waiting for what they publish.
    pub(crate) fn finish(&self) {
        std::fs::write(self.directory.file("finish"), "").expect("a file");
    }

    /// Ends the run, and returns its verdict.
    pub(crate) fn verdict(mut self, name: &str) -> Verdict {
        let reports = self.reports();
        let verdict = verify(&reports);
        println!("{name}: {verdict:?}");
        let quiet = reports.iter().all(|report| report.is_quiet);
        assert!(quiet, "a node is not where the engine is: {verdict:#?}");
        let expected = self.nodes.len() * self.settings.topics;
        let expected = expected * self.settings.publishes as usize;
        let results = verdict.published + verdict.not_stored + verdict.unknown;
        assert_eq!(results, expected, "each publication has a result");
        verdict
    }
}

pub(crate) fn pause(milliseconds: u64) {
    sleep(Duration::from_millis(milliseconds));
}
