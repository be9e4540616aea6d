//! A Redis server as a process of its own, and a client for its commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::process::{Directory, Process, free_port, program};

/// A running Redis.
pub(crate) struct Redis {
    program: PathBuf,
    pub(crate) port: u16,
    directory: Directory,
    arguments: Vec<String>,
    pub(crate) process: Process,
}

impl Redis {
    /// Starts a server that keeps nothing on the disk unless it is told to. Returns `None` if the
    /// program is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&["--save", ""])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Option<Self> {
        let program = program("redis-server")?;
        let directory = Directory::new();
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        // A port that was free may be taken by another test.
        for _ in 0..5 {
            let port = free_port();
            let process = launch(&program, port, &directory, &arguments);
            let mut redis = Self {
                program: program.clone(),
                port,
                directory: Directory::new(),
                arguments: arguments.clone(),
                process,
            };
            if redis.is_ready() {
                redis.directory = directory;
                return Some(redis);
            }
        }
        panic!("redis-server does not start");
    }

    fn is_ready(&mut self) -> bool {
        let port = self.port;
        self.process.responds(|| {
            let reply = Client::connect(port).and_then(|mut client| client.send(&["PING"]));
            reply.is_ok_and(|reply| reply == "PONG" || reply.starts_with("NOAUTH"))
        })
    }

    /// Kills the server, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the server again on its port, with what it kept on the disk.
    pub(crate) fn start_again(&mut self) {
        self.process = launch(&self.program, self.port, &self.directory, &self.arguments);
        assert!(self.is_ready(), "redis-server does not start again");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Runs a command, and returns the texts of its reply, separated by spaces.
    pub(crate) fn run(&self, command: &[&str]) -> String {
        let mut client = Client::connect(self.port).expect("a server");
        client.send(command).expect("a reply")
    }

    /// Returns the value of a field of `INFO`.
    pub(crate) fn info(&self, field: &str) -> u64 {
        let info = self.run(&["INFO"]);
        let value = info.lines().find_map(|line| line.strip_prefix(field));
        let value = value.and_then(|value| value.strip_prefix(':'));
        let value = value.and_then(|value| value.trim().parse().ok());
        value.unwrap_or_else(|| panic!("no field {field}"))
    }
}

fn launch(program: &PathBuf, port: u16, directory: &Directory, arguments: &[String]) -> Process {
    let mut command = Command::new(program);
    command
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--appendonly", "no", "--daemonize", "no", "--dir"])
        .arg(directory.path())
        .args(arguments);
    Process::start(&mut command, &directory.file("redis.log"))
}

/// A connection for commands.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let stream = BufReader::new(stream);
        Ok(Self { stream })
    }

    pub(crate) fn send(&mut self, command: &[&str]) -> std::io::Result<String> {
        let mut text = format!("*{}\r\n", command.len());
        for part in command {
            text += &format!("${}\r\n{part}\r\n", part.len());
        }
        self.stream.get_mut().write_all(text.as_bytes())?;
        self.reply()
    }

    fn reply(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let (kind, rest) = line.trim_end().split_at(1);
        let length = || rest.parse::<i64>().unwrap_or(-1);
        match kind {
            "$" if length() >= 0 => {
                let mut bytes = vec![0; length() as usize + 2];
                self.stream.read_exact(&mut bytes)?;
                bytes.truncate(bytes.len() - 2);
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
            "*" => {
                let parts = (0..length()).map(|_| self.reply());
                Ok(parts.collect::<std::io::Result<Vec<_>>>()?.join(" "))
            }
            _ => Ok(rest.to_owned()),
        }
    }
}
