//! Counts what a thread allocates, so that a test can say how much memory a piece of work took at its height.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes this thread holds now, and the most it has held since [`peak_of`] began.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(bytes: usize, sign: isize) {
    // A thread that is ending has nothing left to count in.
    let _ = HELD.try_with(|held| {
        let (now, peak) = held.get();
        let now = now + sign * isize::try_from(bytes).unwrap_or(isize::MAX);
        held.set((now, peak.max(now)));
    });
}

#[expect(unsafe_code, reason = "every call is handed to the system's allocator as it came")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), -1);
        count(size, 1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// What the work gives, and the bytes it held at most at one time on this thread.
pub fn peak_of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.with(|held| {
        let (now, _) = held.get();
        held.set((now, now));
        now
    });
    let made = work();
    let (_, peak) = HELD.with(Cell::get);
    (made, usize::try_from(peak - before).unwrap_or(0))
}

#[test]
fn the_height_of_what_was_held_is_counted() {
    let ((), peak) = peak_of(|| {
        drop(std::hint::black_box(vec![1_u8; 3_000_000]));
        drop(std::hint::black_box(vec![1_u8; 2_000_000]));
    });
    assert!((3_000_000..3_100_000).contains(&peak), "{peak}");
}
