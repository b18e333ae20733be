//! All of a transaction, or nothing of it.

use web_sys::IdbTransaction;

/// Takes a transaction back when it is given up half-way, by a failure or because it took too long: left alone, the browser
/// would commit what had been asked of it so far, and perhaps much later.
pub struct Whole(IdbTransaction);

impl Whole {
    /// Watches over this one.
    pub const fn new(transaction: IdbTransaction) -> Self {
        Self(transaction)
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        // Nobody listens any more.
        self.0.set_onabort(None);
        self.0.set_oncomplete(None);
        self.0.set_onerror(None);
        // Fails for one that is over.
        let _ = self.0.abort();
    }
}
