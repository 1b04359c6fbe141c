//! Peers in turn, run by run.

use rustix::time::{ClockId, clock_gettime};

use crate::error::Failure;
use crate::pages::Page;
use crate::peers::{Pass, Peer};

/// The processor time of this thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadClock {
    start: f64,
}

impl ThreadClock {
    pub(crate) fn start() -> Self {
        Self { start: now() }
    }

    pub(crate) fn seconds(self) -> f64 {
        now() - self.start
    }
}

fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Each peer's passes: all peers once, then all again, so that a slow minute of the machine falls on all alike. One pass of each before does not
/// count.
pub(crate) fn alternate(peers: &mut [Box<dyn Peer>], pages: &[Page], runs: usize) -> Result<Vec<Vec<Pass>>, Failure> {
    let mut passes = vec![Vec::new(); peers.len()];
    for run in 0..=runs {
        for (peer, passes) in peers.iter_mut().zip(&mut passes) {
            let pass = peer.pass(pages)?;
            eprintln!("run {run} of {runs}: {:<24} {:>9.3} s", peer.name(), pass.seconds);
            if run > 0 {
                passes.push(pass);
            }
        }
    }
    Ok(passes)
}
