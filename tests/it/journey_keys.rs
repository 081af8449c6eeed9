//! Changing the key of the live account: what is shown and kept is of the key in use.

use std::sync::{Arc, Condvar, Mutex};

use egui::accesskit::Role;
use reelmeter::account::Billing;
use reelmeter::money::Usd;
use reelmeter::spend::Books;
use reelmeter::store::Store;

use crate::journey::{Window, open_live};
use crate::loopback::{Loopback, json};

/// Two keys of accounts that have $100 and $20.
const OLD: &str = "key-of-the-first-account";
const NEW: &str = "key-of-the-second-account";

/// Holds answers back while it is shut.
#[derive(Default)]
struct Gate {
    is_shut: Mutex<bool>,
    moved: Condvar,
    /// How many answers wait before it.
    waiting: Mutex<u32>,
}

impl Gate {
    fn shut(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.moved.notify_all();
    }

    fn pass(&self) {
        *self.waiting.lock().unwrap() += 1;
        drop(self.moved.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
        *self.waiting.lock().unwrap() -= 1;
    }
}

/// Opens the gate at the end, also of a test that fails.
struct Opener(Arc<Gate>);

impl Drop for Opener {
    fn drop(&mut self) {
        self.0.shut(false);
    }
}

fn balance(window: &Window) -> Option<Usd> {
    match window.harness.state().model().info.value.as_ref()?.billing {
        Billing::Wallet { balance, .. } => balance,
        _ => None,
    }
}

/// Asks for the wallet once more, and waits for the answer.
fn read_again(window: &mut Window) {
    window.click(Role::Button, "Ask HeyGen again");
    window.until("the wallet is read again", |harness| !harness.state().model().info.loading);
}

#[test]
fn a_slow_answer_to_the_old_key_is_not_taken_for_the_new_wallet() {
    let folder = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    let before = Arc::clone(&gate);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let server = runtime.block_on(Loopback::start(move |seen| {
        if seen.path != "/v3/users/me" {
            return json(r#"{"data":[],"has_more":false}"#);
        }
        let is_old = seen.header("x-api-key") == Some(OLD);
        if is_old {
            // Others are answered meanwhile.
            tokio::task::block_in_place(|| before.pass());
        }
        let balance = if is_old { 100 } else { 20 };
        let wallet = serde_json::json!({"currency": "usd", "remaining_balance": balance});
        json(&serde_json::json!({"data": {"username": "u", "billing_type": "wallet", "wallet": wallet}}).to_string())
    }));
    // Dropped before the runtime: whatever fails, nobody waits at the gate for ever.
    let _opener = Opener(Arc::clone(&gate));
    let mut window = open_live(folder.path(), &server.base, OLD);
    window.until("the old wallet is shown", |harness| {
        !harness.state().model().info.loading && harness.state().model().info.value.is_some()
    });
    assert_eq!(balance(&window), Some(Usd::from_cents(10_000)));

    gate.shut(true);
    window.click(Role::Button, "Ask HeyGen again");
    let waits = Arc::clone(&gate);
    window.until("the old key's answer is on its way", move |_| *waits.waiting.lock().unwrap() == 1);
    window.use_key(NEW);
    window.until("the new wallet is shown", |harness| harness.state().model().info.value.is_some());
    gate.shut(false);
    let gone = Arc::clone(&gate);
    window.until("the old key's answer has left", move |_| *gone.waiting.lock().unwrap() == 0);
    for _ in 0..3 {
        read_again(&mut window);
        assert_eq!(balance(&window), Some(Usd::from_cents(2_000)));
    }
    drop(window);

    let database =
        std::fs::read_dir(folder.path().join("data")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut database = database.filter(|path| path.extension().is_some_and(|extension| extension == "db"));
    let books = Books::load(&Store::open(&database.next().unwrap()).unwrap()).unwrap();
    let kept: Vec<_> = books.readings().iter().map(|reading| (reading.balance, reading.is_of_another_key)).collect();
    assert_eq!(kept, [(Usd::from_cents(10_000), false), (Usd::from_cents(2_000), true)]);
}
