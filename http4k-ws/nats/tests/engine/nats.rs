//! A NATS server with JetStream, as a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::{Directory, Process, free_port, program};

/// A running server.
pub(crate) struct Nats {
    program: PathBuf,
    pub(crate) port: u16,
    directory: Directory,
    arguments: Vec<String>,
    pub(crate) process: Process,
}

impl Nats {
    /// Starts a server. Returns `None` if the program is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&["-js"])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Option<Self> {
        let program = program("nats-server")?;
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        // A port that was free may be taken by another test.
        for _ in 0..5 {
            let (port, directory) = (free_port(), Directory::new());
            let process = launch(&program, port, &directory, &arguments);
            let mut nats = Self {
                program: program.clone(),
                port,
                directory,
                arguments: arguments.clone(),
                process,
            };
            if nats.is_ready() {
                return Some(nats);
            }
        }
        panic!("nats-server does not start");
    }

    /// Starts a server with a file of settings, beside its address and directory.
    pub(crate) fn start_with_settings(settings: &str) -> Option<(Self, Directory)> {
        let directory = Directory::new();
        let file = directory.file("nats.conf");
        fs::write(&file, settings).expect("a file");
        let nats = Self::start_with(&["-js", "-c", file.to_str().expect("a path")])?;
        Some((nats, directory))
    }

    fn is_ready(&mut self) -> bool {
        let port = self.port;
        self.process.responds(|| {
            let info = TcpStream::connect(("127.0.0.1", port)).and_then(|stream| {
                stream.set_read_timeout(Some(Duration::from_secs(5)))?;
                let mut line = String::new();
                BufReader::new(stream).read_line(&mut line)?;
                Ok(line)
            });
            info.is_ok_and(|line| line.starts_with("INFO "))
        })
    }

    /// Kills the server, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the server again on its port, with what it kept on the disk.
    pub(crate) fn start_again(&mut self) {
        self.process = launch(&self.program, self.port, &self.directory, &self.arguments);
        assert!(self.is_ready(), "nats-server does not start again");
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Copies what the server has on the disk.
    pub(crate) fn copy(&self) -> Directory {
        let copy = Directory::new();
        copy_all(&self.directory.file("store"), &copy.file("store"));
        copy
    }

    /// Replaces what the killed server has on the disk.
    pub(crate) fn restore(&self, copy: &Directory) {
        let store = self.directory.file("store");
        fs::remove_dir_all(&store).expect("a directory");
        copy_all(&copy.file("store"), &store);
    }
}

fn launch(program: &Path, port: u16, directory: &Directory, arguments: &[String]) -> Process {
    let mut command = Command::new(program);
    command
        .args(["-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
        .arg(directory.file("store"))
        .args(arguments);
    Process::start(&mut command, &directory.file("nats.log"))
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("a file");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a file").is_dir() {
            true => copy_all(&entry.path(), &target),
            // A file of a running server may vanish.
            false => drop(fs::copy(entry.path(), target)),
        }
    }
}
