//! A server in a process of its own, and the figures that Linux has of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::Outcome;
use crate::crowd::Crowd;

/// A running server, which ends when this value is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts this program as a server with `options`, and lets it allocate shared state.
    pub(crate) async fn start(options: &[&str]) -> Outcome<Self> {
        let server = Self::start_with(options).await?;
        server.warm_up().await?;
        Ok(server)
    }

    /// The same for a server that the peers of other measurements cannot use.
    pub(crate) async fn start_with(options: &[&str]) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the server printed nothing")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self {
            address: line.trim().parse()?,
            child,
        })
    }

    async fn warm_up(&self) -> Outcome<()> {
        let alone = self.open_files()?;
        let mut crowd = Crowd::open(self.address, "/echo", 64).await?;
        crowd.echo(&[b'w'; 1024]).await?;
        drop(crowd);
        self.until_open_files(alone, Duration::from_secs(10))
            .await?;
        Ok(())
    }

    /// Bytes of memory that the process has now.
    pub(crate) fn memory(&self) -> Outcome<u64> {
        self.status("VmRSS:")
    }

    /// The most that the process ever had since [`forget_peak`](Self::forget_peak), in bytes.
    pub(crate) fn peak(&self) -> Outcome<u64> {
        self.status("VmHWM:")
    }

    pub(crate) fn forget_peak(&self) -> Outcome<()> {
        Ok(fs::write(
            format!("/proc/{}/clear_refs", self.child.id()),
            "5",
        )?)
    }

    fn status(&self, name: &str) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|rest| rest.split_whitespace().next());
        Ok(kilobytes.ok_or("no such line")?.parse::<u64>()? * 1024)
    }

    /// Waits until the process is idle.
    pub(crate) async fn until_quiet(&self) -> Outcome<()> {
        let mut before = self.ticks()?;
        for _ in 0..100 {
            sleep(Duration::from_millis(300)).await;
            let now = self.ticks()?;
            if now == before {
                return Ok(());
            }
            before = now;
        }
        Err("the server is never idle".into())
    }

    /// The processor time that it has used, in clock ticks.
    fn ticks(&self) -> Outcome<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in parentheses, may contain spaces.
        let (_, fields) = stat.rsplit_once(')').ok_or("no such file")?;
        let mut fields = fields.split_whitespace().skip(11);
        let (user, system) = (
            fields.next().ok_or("no time")?,
            fields.next().ok_or("no time")?,
        );
        Ok(user.parse::<u64>()? + system.parse::<u64>()?)
    }

    /// Returns the number of files, and so of connections, that the process has open.
    pub(crate) fn open_files(&self) -> Outcome<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// Waits until the process has `count` files open.
    pub(crate) async fn until_accepted(&self, count: usize, limit: Duration) -> Outcome<()> {
        let start = Instant::now();
        while self.open_files()? < count {
            if start.elapsed() > limit {
                return Err(format!("connections are not accepted after {limit:?}").into());
            }
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Waits until the process has at most `count` files open, and returns the time it took.
    pub(crate) async fn until_open_files(
        &self,
        count: usize,
        limit: Duration,
    ) -> Outcome<Duration> {
        let start = Instant::now();
        while self.open_files()? > count {
            if start.elapsed() > limit {
                return Err(format!("connections are still open after {limit:?}").into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(start.elapsed())
    }

    /// Returns the number of tasks that are alive, without the one that counts.
    pub(crate) async fn tasks(&self) -> Outcome<usize> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream
            .write_all(b"GET /tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (_, count) = answer.rsplit_once("\r\n").ok_or("no response")?;
        Ok(count.parse()?)
    }

    /// Waits until at most `count` tasks are alive.
    pub(crate) async fn until_tasks(&self, count: usize, limit: Duration) -> Outcome<()> {
        let start = Instant::now();
        while self.tasks().await? > count {
            if start.elapsed() > limit {
                return Err(format!("tasks are still alive after {limit:?}").into());
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) -> Outcome<()> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status()?;
        if sent.success() {
            Ok(())
        } else {
            Err("`kill` failed".into())
        }
    }

    /// Waits until the process has ended.
    pub(crate) async fn exit(&mut self, limit: Duration) -> Outcome<ExitStatus> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > limit {
                return Err(format!("the server still runs after {limit:?}").into());
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Panics if this process, and so the server, may not open `count` files.
pub(crate) fn needs_files(count: usize) -> Outcome<()> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let limit = line.and_then(|rest| rest.split_whitespace().next());
    match limit.ok_or("no limit of open files")?.parse::<usize>() {
        Ok(limit) if limit < count => {
            Err(format!("{count} open files are needed, the limit is {limit}: ulimit -n").into())
        }
        // Otherwise it is `unlimited`.
        _ => Ok(()),
    }
}

/// Returns the growth of memory, in KiB for each of `count`.
pub(crate) fn kib_each(before: u64, after: u64, count: usize) -> f64 {
    after.saturating_sub(before) as f64 / 1024.0 / count as f64
}

/// Returns the growth of memory, in MiB.
pub(crate) fn mib(before: u64, after: u64) -> f64 {
    after.saturating_sub(before) as f64 / (1024.0 * 1024.0)
}
