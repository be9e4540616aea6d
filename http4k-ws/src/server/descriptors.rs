//! The limit on the descriptors of a process, of which each TCP connection takes one.

use std::sync::Once;

/// Returns the number of connections that the process has descriptors for. `None` if that is not
/// known, as on systems other than Linux, or if the soft limit (`RLIMIT_NOFILE`, `ulimit -n`) is
/// not a number.
pub(super) fn room_for_connections() -> Option<usize> {
    // Reading the file needs no unsafe code and no crate. `getrlimit` would need one of them.
    let limits = match cfg!(any(target_os = "linux", target_os = "android")) {
        true => std::fs::read_to_string("/proc/self/limits").ok()?,
        false => return None,
    };
    Some(without_reserve(soft_limit(&limits)?))
}

/// Logs, once per process, that fewer connections are accepted than the configuration allows.
pub(super) fn report(most: usize, configured: Option<usize>) {
    static REPORTED: Once = Once::new();
    REPORTED.call_once(|| {
        let configured = configured.map_or("any number".to_owned(), |most| most.to_string());
        log::warn!(
            "at most {most} connections are accepted, not {configured} (`max_connections`): \
             the process may open few descriptors (`ulimit -n`)"
        );
    });
}

/// Subtracts the descriptors for files and other connections: an eighth, at least 32, at most
/// 1,024.
fn without_reserve(limit: usize) -> usize {
    limit.saturating_sub((limit / 8).clamp(32, 1024)).max(1)
}

fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let table = |line: &str| {
            format!(
                "Limit                     Soft Limit           Hard Limit           Units     \n\
                 Max processes             7                    8                    processes \n\
                 {line}\nMax locked memory         1                    2                    bytes\n"
            )
        };
        for (line, limit) in [
            (
                "Max open files            1024                 1048576              files     ",
                Some(1024),
            ),
            (
                "Max open files            unlimited            unlimited            files     ",
                None,
            ),
            (
                "Max file size             3                    4                    bytes     ",
                None,
            ),
        ] {
            assert_eq!(soft_limit(&table(line)), limit, "{line}");
        }
    }

    #[test]
    fn a_reserve_is_subtracted() {
        for (limit, connections) in [(0, 1), (32, 1), (40, 8), (1024, 896), (1_000_000, 998_976)] {
            assert_eq!(without_reserve(limit), connections, "{limit}");
        }
    }
}
