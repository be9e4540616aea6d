use std::cell::RefCell;
use std::task::Waker;

use tokio::time::advance;

use super::*;

/// The bytes of a segment, in which the system adds to the last one whatever the bound is.
const SEGMENT: usize = 64 * 1024;

const BASE: u32 = 16 * 1024;

/// A socket of a system that accepts segments while fewer bytes than its bound are unsent, and
/// reports that it is writable when they are fewer than half of it.
#[derive(Debug)]
struct Kernel(RefCell<State>);

#[derive(Debug)]
struct State {
    bound: u32,
    unsent: usize,
    /// The room in the last segment.
    room: usize,
    writable: bool,
    accepted: usize,
}

impl Kernel {
    fn new(bound: u32) -> Self {
        Self(RefCell::new(State {
            bound,
            unsent: 0,
            room: 0,
            writable: true,
            accepted: 0,
        }))
    }

    fn bound(&self) -> u32 {
        self.0.borrow().bound
    }

    fn accepted(&self) -> usize {
        self.0.borrow().accepted
    }

    /// Sends `bytes` to the peer.
    fn send(&self, bytes: usize) {
        let mut state = self.0.borrow_mut();
        state.unsent = state.unsent.saturating_sub(bytes);
        state.notify();
    }

    /// Sends everything.
    fn drain(&self) {
        self.send(usize::MAX);
    }
}

impl State {
    fn notify(&mut self) {
        self.writable |= 2 * self.unsent < self.bound as usize;
    }

    /// Accepts a part of `bytes`, and ends the segment if it is all of them.
    fn accept(&mut self, bytes: usize) -> Option<usize> {
        let mut taken = 0;
        while taken < bytes {
            if self.room == 0 {
                if self.unsent >= self.bound as usize {
                    break;
                }
                self.room = SEGMENT;
            }
            let more = self.room.min(bytes - taken);
            taken += more;
            self.room -= more;
            self.unsent += more;
        }
        if taken == bytes {
            self.room = 0;
        }
        self.accepted += taken;
        (taken > 0).then_some(taken)
    }
}

impl Bounded for Kernel {
    fn max_unsent(&self) -> Option<u32> {
        Some(self.bound())
    }

    fn set_max_unsent(&self, bytes: u32) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.bound = bytes;
        state.notify();
        Ok(())
    }

    fn poll_write(&self, _cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut state = self.0.borrow_mut();
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        match state.writable.then(|| state.accept(bytes)).flatten() {
            Some(taken) => Poll::Ready(Ok(taken)),
            None => {
                state.writable = false;
                Poll::Pending
            }
        }
    }

    fn write_now(&self, _byte: u8) -> io::Result<usize> {
        let accepted = self.0.borrow_mut().accept(1);
        accepted.ok_or_else(|| io::ErrorKind::WouldBlock.into())
    }
}

/// A writer to a socket, which offers the rest of a payload until all of it is accepted.
#[derive(Debug)]
struct Writer {
    kernel: Kernel,
    writes: LongWrites,
    left: usize,
}

impl Writer {
    fn new(bound: u32) -> Self {
        Self {
            kernel: Kernel::new(bound),
            writes: LongWrites::default(),
            left: 0,
        }
    }

    /// Writes once, and returns the number of bytes that were accepted.
    fn write(&mut self) -> usize {
        let bytes = vec![0; self.left];
        let (first, second) = bytes.split_at(self.left.min(10));
        let slices = [IoSlice::new(first), IoSlice::new(second)];
        let mut cx = Context::from_waker(Waker::noop());
        assert!(self.writes.concern(self.left), "the socket is not idle");
        match self.writes.poll_write(&self.kernel, &mut cx, &slices) {
            Poll::Ready(written) => {
                let written = written.expect("an open socket");
                self.left -= written;
                written
            }
            Poll::Pending => 0,
        }
    }

    /// Writes until nothing more is accepted.
    fn write_all(&mut self) {
        while self.left > 0 && self.write() > 0 {}
    }

    /// Writes the start of a payload to a peer that reads fast, until the bound is raised and
    /// nothing more is accepted.
    fn raise(&mut self, length: usize) {
        self.left = length;
        self.write_all();
        while self.kernel.bound() == BASE {
            assert!(self.left > 0, "the payload is too short");
            self.kernel.drain();
            self.write_all();
        }
    }

    fn is_idle(&self) -> bool {
        !self.writes.concern(0)
    }
}

#[tokio::test(start_paused = true)]
async fn the_bound_is_raised_for_a_fast_peer_until_the_payload_is_accepted() {
    let mut writer = Writer::new(BASE);
    writer.left = 4_000_000;
    let mut bounds = vec![writer.kernel.bound()];
    while writer.left > 0 {
        writer.write_all();
        advance(Duration::from_millis(1)).await;
        bounds.push(writer.kernel.bound());
        writer.kernel.drain();
    }
    bounds.dedup();
    assert_eq!(bounds, [BASE, RAISED, BASE]);
    assert_eq!(writer.kernel.accepted(), 4_000_000);
    // The next write shows that nothing is left of it.
    writer.left = 100;
    writer.write_all();
    assert!(writer.is_idle() && writer.left == 0);
}

#[tokio::test(start_paused = true)]
async fn the_bound_stays_for_a_slow_peer_and_for_one_that_reads_nothing() {
    let mut writer = Writer::new(BASE);
    writer.left = 4_000_000;
    writer.write_all();
    let held = writer.kernel.accepted();
    advance(Duration::from_secs(9)).await;
    writer.write_all();
    assert_eq!(writer.kernel.accepted(), held, "nothing more is accepted");
    while writer.left > 0 {
        advance(Duration::from_secs(1)).await;
        writer.kernel.send(65_536);
        writer.write_all();
        assert_eq!(writer.kernel.bound(), BASE);
    }
    assert!(writer.is_idle());
}

#[tokio::test(start_paused = true)]
async fn a_short_payload_and_a_higher_bound_are_left_alone() {
    for (bound, length) in [(BASE, LONG), (RAISED, 8 << 20), (4 << 20, 16 << 20)] {
        let mut writer = Writer::new(bound);
        writer.left = length;
        while writer.left > 0 {
            writer.write_all();
            assert_eq!(writer.kernel.bound(), bound);
            writer.kernel.drain();
        }
        writer.write_all();
        assert!(writer.is_idle());
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_payload_needs_no_proof_unless_it_is_late() {
    let mut writer = Writer::new(BASE);
    for (pause, raised_at_once) in [(0, false), (0, true), (5, false)] {
        advance(Duration::from_secs(pause)).await;
        writer.kernel.drain();
        writer.left = 1 << 20;
        writer.write();
        assert_eq!(
            writer.kernel.bound() == RAISED,
            raised_at_once && writer.left > 0
        );
        assert_eq!(writer.left == 0, raised_at_once);
        while writer.left > 0 {
            writer.kernel.drain();
            writer.write_all();
        }
        assert_eq!(writer.kernel.bound(), BASE);
    }
}

#[tokio::test(start_paused = true)]
async fn messages_behind_a_payload_wait_until_its_backlog_is_small() {
    let mut writer = Writer::new(BASE);
    writer.raise(2 << 20);
    writer.kernel.drain();
    writer.write_all();
    assert_eq!(writer.left, 0, "all of it is accepted");
    let unsent = writer.kernel.0.borrow().unsent;
    assert!(unsent > 256 * 1024, "most of it is not sent: {unsent}");
    writer.left = 100;
    writer.write_all();
    assert_eq!(writer.left, 100, "it stays in its queue");
    writer.kernel.send(unsent - BASE as usize);
    writer.write_all();
    assert_eq!(writer.left, 100);
    writer.kernel.send(BASE as usize);
    writer.write_all();
    assert!(writer.is_idle() && writer.left == 0);
}

/// Advances the time by `stall`, in which the peer takes `bytes`, and polls as a deadline does.
async fn passes(writer: &mut Writer, stall: u64, bytes: usize) -> usize {
    writer.kernel.send(bytes);
    advance(Duration::from_secs(stall)).await;
    writer.write()
}

#[tokio::test(start_paused = true)]
async fn a_slow_peer_makes_progress_in_the_steps_of_the_original_bound() {
    let step = BASE as usize / 2;
    for in_payload in [true, false] {
        let mut writer = Writer::new(BASE);
        let length = if in_payload { 4 << 20 } else { 2 << 20 };
        writer.raise(length);
        if !in_payload {
            writer.kernel.drain();
            writer.write_all();
            writer.left = 100;
            writer.write_all();
        }
        let left = writer.left;
        assert!(left > 50, "it is blocked");
        // Some of the segments lie above the bound.
        passes(&mut writer, 9, SEGMENT).await;
        assert_eq!(writer.kernel.bound(), BASE, "a slow peer ends the raise");
        for at in 0..20 {
            let progress = passes(&mut writer, 9, step).await;
            assert_eq!(progress, 1, "a step counts: {at} {in_payload}");
        }
        assert_eq!(passes(&mut writer, 9, 0).await, 0, "nothing was read");
        let mut halves = 0;
        for _ in 0..10 {
            halves += passes(&mut writer, 9, step / 2).await;
        }
        assert_eq!(halves, 5, "each second half is a step");
        assert_eq!(writer.kernel.bound(), BASE);
        // Many steps at once count once.
        assert_eq!(passes(&mut writer, 9, 20 * step).await, 1);
        assert_eq!(passes(&mut writer, 9, 0).await, 0, "nothing was read");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_is_polled_early_is_not_tested() {
    let mut writer = Writer::new(BASE);
    writer.raise(4 << 20);
    writer.kernel.send(100_000);
    advance(FAST / 2).await;
    assert_eq!(writer.write(), 0);
    assert_eq!(writer.kernel.bound(), RAISED, "the peer may still be fast");
    writer.kernel.send(RAISED as usize / 2);
    assert!(writer.write() > 1);
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[tokio::test]
async fn a_socket_of_the_system_has_its_bound_back_after_the_payload() -> io::Result<()> {
    use std::future::poll_fn;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use crate::wire::socket::{UNSENT, prepare_tcp};

    const LENGTH: usize = 64 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut peer = TcpStream::connect(listener.local_addr()?).await?;
    let (stream, _address) = listener.accept().await?;
    prepare_tcp(&stream, UNSENT)?;
    let reads = tokio::spawn(async move {
        let (mut bytes, mut read) = (vec![0; 1 << 20], 0);
        while read < LENGTH + 1 {
            read += peer.read(&mut bytes).await?;
        }
        io::Result::Ok(read)
    });
    let mut writes = LongWrites::default();
    let payload = vec![0; LENGTH];
    let (mut written, mut bounds) = (0, vec![]);
    while written < LENGTH {
        let slices = [IoSlice::new(&payload[written..])];
        written += poll_fn(|cx| writes.poll_write(&stream, cx, &slices)).await?;
        bounds.extend(stream.max_unsent());
        bounds.dedup();
    }
    assert!(bounds.contains(&RAISED), "the peer reads fast: {bounds:?}");
    assert_eq!(bounds.last(), Some(&UNSENT));
    // The next byte leaves once most of the payload is sent.
    let last = [IoSlice::new(&[0])];
    assert_eq!(
        poll_fn(|cx| writes.poll_write(&stream, cx, &last)).await?,
        1
    );
    assert!(!writes.concern(0), "no state is left");
    assert_eq!(reads.await??, LENGTH + 1);
    Ok(())
}
