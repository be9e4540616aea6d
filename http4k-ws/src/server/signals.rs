//! What a program is told by its user or by the system.

/// Ctrl-C, and on Unix SIGTERM.
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminate: {
                use tokio::signal::unix::{SignalKind, signal};
                signal(SignalKind::terminate())
                    .inspect_err(|error| log::warn!("SIGTERM will not be seen: {error}"))
                    .ok()
            },
        }
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            () = interrupted() => {}
            () = self.terminated() => {}
        }
    }

    #[cfg(unix)]
    async fn terminated(&mut self) {
        match &mut self.terminate {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn terminated(&mut self) {
        std::future::pending().await
    }
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        log::warn!("Ctrl-C will not be seen: {error}");
        std::future::pending::<()>().await;
    }
}
